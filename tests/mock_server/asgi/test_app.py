"""The application: paths outside the contract, methods, HEAD, OPTIONS, health, and unexpected exceptions."""

import asyncio
import errno
import logging
import threading
from typing import Any

import pytest

from sepolo_mock_server import build
from sepolo_mock_server.asgi import app as app_module
from sepolo_mock_server.errors import messages
from sepolo_mock_server.settings import Settings
from tests.harness.in_process import MEMORY
from tests.harness.managed import OPERATOR

ME = "/api/v1/me"


def error(response: Any) -> tuple[int, str, str]:
    """Return status, code and message of an error response, after a check of its common members."""
    body = response.json
    assert response.headers["content-type"] == "application/json"
    assert body["requestId"] == response.headers["x-request-id"]
    assert response.headers["access-control-allow-origin"] == "*"
    return response.status, body["error"], body["message"]


@pytest.mark.parametrize("key", ["full", None])
@pytest.mark.parametrize(
    "place", ["/index.html", "/api/v1", "/api/v1/me/", "/api/v1/ME", "/api/v2/me", "/api/v1/assets/a/b"]
)
def test_unknown_routes(client: Any, place: str, key: str | None) -> None:
    """A path outside the API is a 404 with an error body, with and without a key."""
    assert error(client.get(place, key=key)) == (404, "not_found", messages.no_route(place).message)


def test_unsupported_method(client: Any) -> None:
    """A method that a path item does not have is a 405 whose Allow lists those it has."""
    response = client("DELETE", "/api/v1/service-reports", key=None)
    assert error(response)[:2] == (405, "method_not_allowed")
    assert response.headers["allow"] == "GET, HEAD, OPTIONS, POST"
    assert client("POST", ME).headers["allow"] == "GET, HEAD, OPTIONS"


@pytest.mark.parametrize(
    "place", [ME, "/api/v1/devices?pageSize=100", "/api/v1/nowhere", "/healthz", "/", "/openapi.json"]
)
def test_head(client: Any, place: str) -> None:
    """HEAD has the status and headers of GET and no body."""
    head, get = client("HEAD", place), client.get(place)
    ignored = {"x-request-id"}
    assert (head.status, head.body) == (get.status, b"")
    assert {n: v for n, v in head.headers.items() if n not in ignored} == {
        n: v for n, v in get.headers.items() if n not in ignored
    }


def test_preflight(client: Any) -> None:
    """OPTIONS needs no key and lists the allowed methods and headers for a CORS preflight."""
    response = client("OPTIONS", "/api/v1/service-reports", key=None, headers=[("Origin", "https://example.org")])
    assert (response.status, response.body, response.headers["allow"]) == (204, b"", "GET, HEAD, OPTIONS, POST")
    assert response.headers["access-control-allow-methods"] == response.headers["allow"]
    assert "Idempotency-Key" in response.headers["access-control-allow-headers"]
    assert client("OPTIONS", "/api/v1/nowhere", key=None).status == 404


@pytest.mark.parametrize(
    ("requested", "echoed"),
    [
        ("traceparent,x-b3-traceid , Sentry-Trace", ["traceparent", "x-b3-traceid", "Sentry-Trace"]),
        ("content-type, traceparent, TraceParent", ["traceparent"]),
        ("x y, a:b, \u00e9, (c), good, \x1b[0m, , " + "n" * 65, ["good"]),
        (", ".join(f"h{number}" for number in range(40)), [f"h{number}" for number in range(32)]),
    ],
)
def test_preflight_allows_requested_headers(client: Any, requested: str, echoed: list[str]) -> None:
    """A preflight allows the headers that the browser asks for, if they are tokens, within bounds."""
    known = client("OPTIONS", "/api/v1/me", key=None).headers["access-control-allow-headers"]
    response = client("OPTIONS", "/api/v1/me", key=None, headers=[("Access-Control-Request-Headers", requested)])
    assert response.headers["access-control-allow-headers"] == ", ".join([known, *echoed])
    assert response.headers["vary"] == "access-control-request-method, access-control-request-headers"


@pytest.mark.parametrize(("method", "echoed"), [("GET", ""), ("PUT", ", PUT"), ("P T", ""), ("", "")])
def test_preflight_allows_requested_method(client: Any, method: str, echoed: str) -> None:
    """A preflight allows the requested method, so that the browser shows the 405 of one that is not supported."""
    response = client("OPTIONS", "/api/v1/me", key=None, headers=[("Access-Control-Request-Method", method)])
    assert response.headers["access-control-allow-methods"] == "GET, HEAD, OPTIONS" + echoed
    assert response.headers["allow"] == "GET, HEAD, OPTIONS"


def test_health(client: Any) -> None:
    """The health check needs no key."""
    response = client.get("/healthz", key=None)
    assert (response.status, response.json) == (200, {"status": "ok"})
    assert client("OPTIONS", "/healthz", key=None).status == 204
    assert client("POST", "/healthz", key=None).status == 405


def test_unexpected_exception_is_500(
    client: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """An unexpected exception is a 500 without its text, and one log entry with its traceback."""

    def fail(**_call: Any) -> None:
        raise ZeroDivisionError("secret")

    monkeypatch.setattr(client.view, "devices", fail)
    response = client.get("/api/v1/devices")
    assert error(response) == (500, "internal_error", messages.internal_error().message)
    assert b"secret" not in response.body
    (record,) = caplog.records
    assert (record.levelno, record.exc_info is not None) == (logging.ERROR, True)
    assert response.headers["x-request-id"] in record.getMessage()


def test_added_paths(client: Any) -> None:
    """A path outside the contract can be added; it needs no key."""

    async def page(_scope: Any, _receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"console"})

    client.app.add_url_rule("/console", view_func=page)
    assert client.get("/console", key=None).body == b"console"


def test_preparation_after_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the first change needs is prepared in a thread after the start, and not before; no failure is printed."""
    monkeypatch.setattr(app_module, "PREPARE_S", 0.0)
    app = build.app(Settings(state=MEMORY, operator_token=OPERATOR))
    prepared: list[str] = []

    async def run() -> None:
        done = asyncio.Event()
        loop = asyncio.get_running_loop()

        def prepare() -> None:
            prepared.append(threading.current_thread().name)
            loop.call_soon_threadsafe(done.set)
            raise OSError(errno.EMFILE, "Too many open files")

        app.fallback.prepare = prepare
        steps = iter(["lifespan.startup", "lifespan.shutdown"])

        async def receive() -> dict[str, str]:
            step = next(steps)
            if step == "lifespan.shutdown":
                assert prepared == []
                await done.wait()
            return {"type": step}

        async def send(_message: Any) -> None:
            pass

        await app.fallback({"type": "lifespan"}, receive, send)

    asyncio.run(run())
    assert prepared != [threading.current_thread().name]
    assert len(prepared) == 1
