"""Every curl and every example value of the published page holds on a running sandbox.

Both are read from the contract. Run with `-s` to see what was compared. What the page itself shortens is compared
by form: `sep_live_...` stands for a masked key, `{...}` for JSON text, the documented_calls scopes are some of the key's,
and the id of a created report is new. The page prints one row of a list or none: a documented_calls row has to be among the
rows of the walk, and the documented_calls envelope is the one of the walk's last page.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

import pytest

from tests.end_to_end.calls import OPERATIONS, READS, Call, documented_call, documented_calls, each_operation, raw
from tests.end_to_end.harness import CONTRACT, Client, InProcess, ServerProcess
from tests.harness.in_process import Response

LAST_PAGE = {"nextCursor": None, "hasMore": False}
CALLS = [call for operation in OPERATIONS for call in documented_calls(operation)]


def _name(call: Call) -> str:
    return f"{call.operation.operation_id}{'-with-query' if call.query else ''}"


def example(call: Call) -> Any:
    """The page's own response to an operation."""
    operation = call.operation
    content = raw(operation)["responses"][str(operation.status)]["content"]["application/json"]
    found = content["examples"]["seed"]
    if "$ref" in found:
        found = CONTRACT.document["components"]["examples"][found["$ref"].rsplit("/", 1)[1]]
    return found["value"]


def _is_masked_key(shown: str, key: str) -> bool:
    return shown.endswith("...") and key.startswith(shown.removesuffix("...")) and 8 < len(shown) - 3 < len(key) // 2


def _is_object_text(text: str) -> bool:
    return isinstance(json.loads(text), dict)


def _is_uuid(text: str) -> bool:
    return str(UUID(text)) == text


class Comparison:
    """Compares a documented_calls value with what came; remembers what held, raises on what doesn't."""

    def __init__(self, key: str) -> None:
        self._key = key
        self.held: list[str] = []

    def member(self, place: str, wanted: Any, found: Any) -> None:
        """A documented_calls value; objects may have more members than the page prints."""
        forms: Mapping[str, Callable[[Any], bool]] = {
            "clientId": lambda shown: _is_masked_key(shown, self._key),
            "shapeJson": _is_object_text,
            "scopes": lambda scopes: set(wanted) <= set(scopes),
            "createServiceReport.serviceReportId": _is_uuid,
        }
        form = forms.get(place) or forms.get(place.rpartition(".")[2])
        if form is not None:
            assert form(found), (place, wanted, found)
            self.held.append(f"{place} ~ {wanted}")
        elif isinstance(wanted, dict):
            for name, value in wanted.items():
                assert name in found, (place, name)
                self.member(f"{place}.{name}" if place else name, value, found[name])
        else:
            # 8.0 is no 8 here: JSON shows the difference, and so do clients that print what they got.
            assert (wanted, type(wanted)) == (found, type(found)), place
            self.held.append(f"{place} = {json.dumps(wanted, ensure_ascii=False)}")

    def row(self, place: str, wanted: dict[str, Any], rows: list[dict[str, Any]]) -> None:
        """A documented_calls row is one of the rows."""
        identity = {name: value for name, value in wanted.items() if not isinstance(value, dict | float | bool)}
        near = [row for row in rows if identity.items() <= row.items()]
        assert len(near) == 1, (place, wanted, len(near), len(rows))
        self.member(place, wanted, near[0])


def walked(client: Client, call: Call, key: str) -> tuple[list[Any], dict[str, Any]]:
    """All rows of a list, and the envelope of the last page."""
    rows: list[Any] = []
    while True:
        response = call.send(client, key=key)
        assert response.status == 200, response
        page = response.json
        rows += page.pop("data")
        assert page["hasMore"] == (page["nextCursor"] is not None)
        if not page["hasMore"]:
            return rows, page
        call = call.with_query(cursor=page["nextCursor"])


def check(client: Client, call: Call, key: str, secret: str) -> list[str]:
    """Compare the page's response to a call with the sandbox's; returns what held."""
    comparison, wanted = Comparison(secret), example(call)
    if call.operation.returns == "page":
        rows, envelope = walked(client, call, key)
        for number, row in enumerate(wanted["data"]):
            comparison.row(f"data[{number}]", row, rows)
        comparison.member("", {name: wanted[name] for name in LAST_PAGE}, envelope)
        comparison.held.append(f"{len(rows)} rows")
        return comparison.held
    response = call.send(client, key=key)
    assert response.status == call.operation.status, response
    if call.operation.returns == "array":
        for number, row in enumerate(wanted):
            comparison.row(f"[{number}]", row, response.json)
    else:
        place = call.operation.operation_id if call.operation.method == "POST" else ""
        comparison.member(place, wanted, response.json)
    return comparison.held


def _show(call: Call, key: str, held: list[str]) -> None:
    print(f"\n{call.operation.operation_id} with the {key} key: {call.operation.method} {call.target}")
    for line in held:
        print(f"    {line}")


@pytest.mark.parametrize("key", ["full", "readonly"])
@pytest.mark.parametrize("call", CALLS, ids=_name)
def test_over_http(call: Call, key: str, server: ServerProcess) -> None:
    """A server process responses every documented_calls call with every documented_calls value."""
    if call.operation.scope not in server.keys[key].scopes:
        assert call.send(server, key=key).status == 403
        return
    held = check(server, call, key, server.keys[key].key)
    assert held
    _show(call, key, held)


@pytest.mark.parametrize("seed", [0, 3, 110, 2**63 - 1])
def test_with_any_seed(seed: int, make_sandbox: Callable[..., InProcess]) -> None:
    """The page is true of the demo profile whatever its seed."""
    client = make_sandbox(seed=seed)
    held = sum(len(check(client, call, "full", client.keys["full"].key)) for call in CALLS)
    print(f"\nseed {seed}: {held} values of {len(CALLS)} calls")
    assert held > 80


def test_the_printed_calls_cover_the_contract() -> None:
    """Every operation has a documented_calls call and a documented_calls response."""
    assert {call.operation.operation_id for call in CALLS} == set(CONTRACT.operations)
    assert all(example(call) is not None for call in CALLS)


@each_operation(READS)
def test_both_printed_headers(operation: Any, server: ServerProcess) -> None:
    """The key works in either of the two headers that the page prints, with the same response."""
    call = documented_call(operation)
    secret = server.keys["full"].key
    ways = [("X-Sepolo-Api-Key", secret), ("Authorization", f"Bearer {secret}")]
    responses = [server("GET", call.target, key=None, headers=[way]) for way in ways]
    assert [response.status for response in responses] == [200, 200]
    assert responses[0].body == responses[1].body


def test_the_printed_create_call_is_a_list(server: ServerProcess) -> None:
    """As documented_calls, without -X and a body, the curl of the create operation lists reports."""
    call = documented_call(CONTRACT.operations["createServiceReport"])
    assert server("GET", call.target).json.keys() == {"data", "nextCursor", "hasMore"}


def test_the_printed_error(server: ServerProcess) -> None:
    """A key without the scope gets the page's own error."""
    content = CONTRACT.document["components"]["responses"]["Forbidden"]["content"]["application/json"]
    wanted = content["examples"]["seed"]["value"]
    response: Response = server("GET", "/api/v1/appointments", key="only-assets.read")
    found = response.json
    assert (response.status, {name: found[name] for name in wanted}) == (403, wanted)
    print(f"\nlistAppointments without its scope: {wanted}")
