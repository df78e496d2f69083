"""Documented curl calls and example values are those of a running sandbox.

Both are read from the contract. Run with `-s` to print what was compared. Values that the documentation abbreviates
are compared by form: `sep_live_...` is a masked key, `{...}` is JSON text, the documented scopes are some of the key's,
and the id of a created report is new. The documentation shows at most one row of a list: the list must contain this
row, and its last page must have the documented envelope.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

import pytest

from tests.end_to_end.calls import OPERATIONS, Call, documented_call, documented_calls, raw
from tests.end_to_end.harness import CONTRACT, Client, InProcess, ServerProcess

CALLS = [call for operation in OPERATIONS for call in documented_calls(operation)]


def _name(call: Call) -> str:
    return f"{call.operation.operation_id}{'-with-query' if call.query else ''}"


def example(call: Call) -> Any:
    """Return the documented response of an operation."""
    operation = call.operation
    content = raw(operation)["responses"][str(operation.status)]["content"]["application/json"]
    found = content["examples"]["seed"]
    if "$ref" in found:
        found = CONTRACT.document["components"]["examples"][found["$ref"].rsplit("/", 1)[1]]
    return found["value"]


def _is_masked_key(masked: str, key: str) -> bool:
    return masked.endswith("...") and key.startswith(masked.removesuffix("...")) and 8 < len(masked) - 3 < len(key) // 2


def _is_object_text(text: str) -> bool:
    return isinstance(json.loads(text), dict)


def _is_uuid(text: str) -> bool:
    return str(UUID(text)) == text


class Comparison:
    """Compares documented with received values: collects equal ones, raises AssertionError for others."""

    def __init__(self, key: str) -> None:
        self._key = key
        self.equal: list[str] = []

    def member(self, path: str, documented: Any, found: Any) -> None:
        """Compare a documented value; objects may have more members than the documentation shows."""
        forms: Mapping[str, Callable[[Any], bool]] = {
            "clientId": lambda masked: _is_masked_key(masked, self._key),
            "shapeJson": _is_object_text,
            "scopes": lambda scopes: set(documented) <= set(scopes),
            "createServiceReport.serviceReportId": _is_uuid,
        }
        form = forms.get(path) or forms.get(path.rpartition(".")[2])
        if form is not None:
            assert form(found), (path, documented, found)
            self.equal.append(f"{path} ~ {documented}")
        elif isinstance(documented, dict):
            for name, value in documented.items():
                assert name in found, (path, name)
                self.member(f"{path}.{name}" if path else name, value, found[name])
        else:
            # 8.0 and 8 are different texts in JSON, so their types must be equal too.
            assert (documented, type(documented)) == (found, type(found)), path
            self.equal.append(f"{path} = {json.dumps(documented, ensure_ascii=False)}")

    def row(self, path: str, documented: dict[str, Any], rows: list[dict[str, Any]]) -> None:
        """Compare a documented row with the received row that has the same members."""
        identity = {name: value for name, value in documented.items() if not isinstance(value, dict | float | bool)}
        candidates = [row for row in rows if identity.items() <= row.items()]
        assert len(candidates) == 1, (path, documented, len(candidates), len(rows))
        self.member(path, documented, candidates[0])


def check(client: Client, call: Call, key: str, key_text: str) -> list[str]:
    """Compare the response to a documented call with the documented response; return the compared values."""
    comparison, documented = Comparison(key_text), example(call)
    if call.operation.returns == "page":
        pages = list(call.pages(client, key=key))
        rows = [row for page in pages for row in page["data"]]
        for number, row in enumerate(documented["data"]):
            comparison.row(f"data[{number}]", row, rows)
        comparison.member("", {name: documented[name] for name in ("nextCursor", "hasMore")}, pages[-1])
        comparison.equal.append(f"{len(rows)} rows")
        return comparison.equal
    response = call.send(client, key=key)
    assert response.status == call.operation.status, response
    if call.operation.returns == "array":
        for number, row in enumerate(documented):
            comparison.row(f"[{number}]", row, response.json)
    else:
        path = call.operation.operation_id if call.operation.method == "POST" else ""
        comparison.member(path, documented, response.json)
    return comparison.equal


def _show(call: Call, key: str, equal: list[str]) -> None:
    print(f"\n{call.operation.operation_id} with the {key} key: {call.operation.method} {call.target}")
    for line in equal:
        print(f"    {line}")


@pytest.mark.parametrize("key", ["full", "readonly"])
@pytest.mark.parametrize("call", CALLS, ids=_name)
def test_documented_values_over_http(call: Call, key: str, server: ServerProcess) -> None:
    """A server returns every documented value, or 403 to a key without the scope."""
    if call.operation.scope not in server.keys[key].scopes:
        assert call.send(server, key=key).status == 403
        return
    equal = check(server, call, key, server.keys[key].key)
    assert equal
    _show(call, key, equal)


@pytest.mark.parametrize("seed", [0, 3, 110, 2**63 - 1])
def test_documented_values_with_any_seed(seed: int, make_sandbox: Callable[..., InProcess]) -> None:
    """The demo profile returns every documented value with any seed."""
    client = make_sandbox(seed=seed)
    equal = sum(len(check(client, call, "full", client.keys["full"].key)) for call in CALLS)
    print(f"\nseed {seed}: {equal} values of {len(CALLS)} calls")
    assert equal > 80


def test_every_operation_is_documented() -> None:
    """Every operation has a documented call and response."""
    assert {call.operation.operation_id for call in CALLS} == set(CONTRACT.operations)
    assert all(example(call) is not None for call in CALLS)


def test_documented_create_call_is_a_get(server: ServerProcess) -> None:
    """The documented curl line of createServiceReport, which has no -X and no body, lists service reports."""
    call = documented_call(CONTRACT.operations["createServiceReport"])
    assert server("GET", call.target).json.keys() == {"data", "nextCursor", "hasMore"}


def test_documented_error(server: ServerProcess) -> None:
    """A key without the scope gets the documented 403."""
    content = CONTRACT.document["components"]["responses"]["Forbidden"]["content"]["application/json"]
    documented = content["examples"]["seed"]["value"]
    response = server("GET", "/api/v1/appointments", key="only-assets.read")
    found = response.json
    assert (response.status, {name: found[name] for name in documented}) == (403, documented)
    print(f"\nlistAppointments without its scope: {documented}")
