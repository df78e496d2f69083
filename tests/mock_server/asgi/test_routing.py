"""Routing: the operation and the parameters of a path and a method."""

import pytest

from sepolo_mock_server.asgi.routing import RouteTable
from sepolo_mock_server.errors import ApiError

TABLE = RouteTable(
    [
        ("/v1/reports", "get", "list"),
        ("/v1/reports", "post", "create"),
        ("/v1/reports/{reportId}", "get", "one"),
        ("/v1/reports/latest", "get", "latest"),
        ("/v1/devices/{deviceId}/cycles/{cycleId}/samples", "get", "samples"),
        ("/v1/devices/{deviceId}", "get", "device"),
    ]
)


@pytest.mark.parametrize(
    ("path", "method", "operation", "parameters"),
    [
        (b"/v1/reports", "GET", "list", {}),
        (b"/v1/reports", "POST", "create", {}),
        (b"/v1/reports", "HEAD", "list", {}),
        (b"/v1/reports/latest", "GET", "latest", {}),
        (b"/v1/reports/5", "GET", "one", {"reportId": b"5"}),
        (b"/v1/reports/lat%65st", "GET", "one", {"reportId": b"latest"}),
        (b"/v1/devices/a%2Fb/cycles/c%20d/samples", "GET", "samples", {"deviceId": b"a%2Fb", "cycleId": b"c%20d"}),
        (b"/v1/devices/%zz", "GET", "device", {"deviceId": b"%zz"}),
        (b"/%761/reports", "GET", "list", {}),
    ],
)
def test_found(path: bytes, method: str, operation: str, parameters: dict[str, bytes]) -> None:
    """A literal path has precedence, %2F does not separate segments, and unnecessary encoding is ignored."""
    found = TABLE.find(path)
    assert found is not None
    route, values = found
    assert (route.operation(method), values) == (operation, parameters)


@pytest.mark.parametrize(
    "path",
    [
        b"/",
        b"",
        b"/v1/reports/",
        b"/v1/Reports",
        b"/v1/devices//cycles/c/samples",
        b"/v1/devices/a/cycles",
        b"x/v1/reports",
    ],
)
def test_not_found(path: bytes) -> None:
    """Paths are case-sensitive and must match completely."""
    assert TABLE.find(path) is None


def test_unsupported_method() -> None:
    """A method that the path item does not have is a 405 whose Allow lists those it has."""
    found = TABLE.find(b"/v1/reports")
    assert found is not None
    with pytest.raises(ApiError) as caught:
        found[0].operation("DELETE")
    assert (caught.value.status, caught.value.headers) == (405, (("Allow", "GET, HEAD, OPTIONS, POST"),))
