"""Conforming variants with other values: formats of timestamps, numbers and ids, optional members, nulls."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from tests.mutants.harness.alterations import Row, change_json, change_response, on_operations, set_members
from tests.mutants.harness.messages import Request, Response
from tests.mutants.harness.predicates import uses_bearer
from tests.mutants.harness.wrapper import Alteration, Upstream
from tests.variants.harness.schema_members import REMOVED, change_members
from tests.variants.harness.variant import Variant

__all__ = ["VARIANTS", "with_charset", "with_timestamps", "without_nulls"]

_TIMESTAMP = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d+))?Z")


def with_timestamps(form: Callable[[str, str], str]) -> Alteration:
    """Write timestamps in another form; `form` gets the part up to the seconds, and the digits of the fraction."""

    def change(_name: str, schema: Mapping[str, Any], _required: bool, value: Any) -> Any:
        if schema.get("format") != "date-time" or not isinstance(value, str):
            return value
        match = _TIMESTAMP.fullmatch(value)
        return form(match[1], match[2] or "") if match else value

    return change_members(change)


def without_nulls(_name: str, _schema: Mapping[str, Any], required: bool, value: Any) -> Any:
    return REMOVED if value is None and not required else value


def with_charset(_request: Request, response: Response) -> Response:
    return response.with_header(b"content-type", b"application/json; charset=utf-8")


def _without_basis(*bases: str) -> Alteration:
    """Remove optional members that rest on one of these bases."""

    def change(_name: str, schema: Mapping[str, Any], required: bool, value: Any) -> Any:
        return REMOVED if schema.get("x-sepolo-basis") in bases and not required else value

    return change_members(change)


def _undocumented_as_null(name: str, schema: Mapping[str, Any], required: bool, value: Any) -> Any:
    optional = schema.get("x-sepolo-basis") != "documented" and not name.endswith("Id") and name != "id"
    return None if optional and not required and "null" in schema.get("type", ()) else value


async def _upper_case_organization(request: Request, upstream: Upstream) -> Response:
    """organizationId in upper case, as where two serializers write the same UUID differently."""
    response = await upstream(request)
    second = request.key is not None and request.key.organization == 1
    if not response.ok or not (uses_bearer(request) or second):
        return response
    return response.with_members(organizationId=response.json["organizationId"].upper())


def _with_further_members(_request: Request, found: Any) -> Any:
    more = {"traceId": "00-1", "links": []}
    if isinstance(found, list):
        return [{**row, **more} for row in found]
    if "data" in found:
        return {**found, "data": [{**row, **more} for row in found["data"]], "count": len(found["data"])}
    return {**found, **more}


def _with_decimals(_request: Request, response: Response) -> Response:
    """Write costs with two decimals and counts with one, as some serializers do."""
    body = re.sub(rb'("\w*[cC]ost":-?\d+)(\.\d)?(?=[,}])', _two_decimals, response.body)
    counts = rb'("(?:samples|sampleCount|totalVisits|totalAssets|activeAssets)":\d+)(?=[,}])'
    return response.with_body(re.sub(counts, rb"\1.0", body))


def _two_decimals(found: re.Match[bytes]) -> bytes:
    return found[1] + (found[2] + b"0" if found[2] else b".00")


def _with_decimal_integers(value: Any) -> Any:
    """Every integer with a decimal: 3.0 for 3, which is the same number in JSON."""
    if isinstance(value, Mapping):
        return {name: _with_decimal_integers(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_with_decimal_integers(inner) for inner in value]
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _with_arrays_reversed(request: Request, response: Response) -> Response:
    """Arrays within objects in reverse order in responses to Bearer and in details."""
    if not uses_bearer(request) and not request.path_values:
        return response
    return response.with_json(_reversed(response.json))


def _reversed(value: Any, name: str = "data") -> Any:
    if isinstance(value, Mapping):
        return {key: _reversed(inner, key) for key, inner in value.items()}
    if isinstance(value, list):
        found = [_reversed(inner) for inner in value]
        return found if name == "data" else found[::-1]
    return value


def _indented(_request: Request, response: Response) -> Response:
    return replace(response, body=json.dumps(response.json, indent=2, sort_keys=True, ensure_ascii=True).encode())


def _with_scopes_of_example(_request: Request, me: Row) -> Row:
    """The scopes as in the published example, and one that only later versions have."""
    return {**me, "scopes": [*(scope for scope in me["scopes"] if scope != "public_api.read"), "drones.read"]}


def _one_based_index(row: Row) -> Row:
    index = row.get("cycleSampleIndex")
    return {} if index is None else {"cycleSampleIndex": index + 1}


async def _stamp_of_cycle_start(request: Request, upstream: Upstream) -> Response:
    response = await upstream(request)
    if not response.ok:
        return response
    first = next((row["stamp"] for row in response.rows), None)
    cycle = (request.path_values["deviceId"], request.path_values["cycleId"])
    start = upstream.memory.setdefault(cycle, first)
    return response.with_rows([{**row, "stamp": start} for row in response.rows])


def _has_no_signature(movement_id: str) -> bool:
    """Selects about a third of the movements."""
    return movement_id[-1] in "01234"


async def _without_some_signatures(request: Request, upstream: Upstream) -> Response:
    response = await upstream(request)
    if response.ok and request.operation_id == "listMovements":
        return response.with_rows(
            [{**row, "currentSignature": None} if _has_no_signature(row["id"]) else row for row in response.rows]
        )
    if response.ok and _has_no_signature(request.path_values["movementId"]):
        kept = ("movementId", "deviceId")
        return response.with_json({name: value if name in kept else None for name, value in response.json.items()})
    return response


def _with_cancelled_visits(_request: Request, found: Row) -> Row:
    open_visits = max(found["openVisits"] - 1, 0)
    return {**found, "openVisits": open_visits, "cancelledVisits": found["openVisits"] - open_visits}


VARIANTS = (
    Variant(
        "plus-00-00",
        "Timestamps end with +00:00",
        with_timestamps(lambda whole, fraction: f"{whole}{'.' * bool(fraction)}{fraction}+00:00"),
        ("SHP-014",),
    ),
    Variant(
        "seven-digits",
        "Timestamps have seven digits of a second",
        with_timestamps(lambda whole, fraction: f"{whole}.{fraction:0<7}Z"),
    ),
    Variant("extra-members", "Every object has undocumented members", change_json(_with_further_members)),
    Variant("absent-nulls", "Members that are null are left out", change_members(without_nulls)),
    Variant("nothing-assumed", "Members that the contract assumes are left out", _without_basis("assumed")),
    Variant("nothing-implied", "Only documented members are returned", _without_basis("assumed", "implied")),
    Variant("nothing-said", "Undocumented members except ids are null", change_members(_undocumented_as_null)),
    Variant(
        "capitals-by-bearer",
        "organizationId is in upper case for Bearer and for the second organisation",
        on_operations(_upper_case_organization, "getMe"),
    ),
    Variant("decimals", "Costs have two decimals and counts one", change_response(_with_decimals)),
    Variant(
        "decimal-integers",
        "Every integer is written with a decimal, as 3.0",
        change_json(lambda _request, found: _with_decimal_integers(found)),
    ),
    Variant(
        "arrays-reversed",
        "Arrays within rows are in another order in details and for Bearer",
        change_response(_with_arrays_reversed),
    ),
    Variant("pretty", "JSON is indented, sorted and in ASCII", change_response(_indented)),
    Variant("charset", "Content-Type has a charset", change_response(with_charset)),
    Variant(
        "chunked",
        "Responses are sent in chunks",
        change_response(lambda _request, response: response.with_header(b"transfer-encoding", b"chunked")),
    ),
    Variant(
        "me-unlisted",
        "getMe lists the scopes of the published example and an unknown one",
        change_json(_with_scopes_of_example, "getMe"),
    ),
    Variant(
        "samples-from-1",
        "cycleSampleIndex begins with 1",
        set_members(_one_based_index, "listPointGuardCycleSamples", "listDeviceTelemetry"),
        ("WAV-001", "WAV-004"),
    ),
    Variant(
        "samples-of-the-start",
        "stamp of samples is the start of their cycle",
        on_operations(_stamp_of_cycle_start, "listPointGuardCycleSamples"),
    ),
    Variant(
        "signatures-later",
        "Some movements have no signature yet",
        on_operations(_without_some_signatures, "listMovements", "getMovementSignature"),
    ),
    Variant(
        "cancelled-visits",
        "Some visits are neither completed nor open",
        change_json(_with_cancelled_visits, "getServicePerformance"),
    ),
)
