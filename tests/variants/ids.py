"""Conforming variants with other ids: UUIDs in capitals, texts that differ only in case or have reserved characters."""

import json
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import quote

from tests.mutants.harness.alterations import change_request
from tests.mutants.harness.messages import Request, Response
from tests.mutants.harness.report_bodies import body_of
from tests.mutants.harness.wrapper import Alteration, Upstream, layered
from tests.variants.harness.schema_members import change_members
from tests.variants.harness.variant import Variant

__all__ = ["VARIANTS"]

_UUID = re.compile(rb"[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")
_NAMES = frozenset({"deviceId", "cycleId", "customerId", "allowedCustomerIds", "externalSystem"})
"""Members and parameters with ids that are not UUIDs."""
_SAME_BUT_FOR_CASE = {"Visma": "sap"}
"""SAP and sap are two systems."""


def _rename(value: Any, change: Callable[[str], str], name: str = "") -> Any:
    """JSON with the ids changed, at any depth."""
    if isinstance(value, Mapping):
        return {key: _rename(inner, change, key) for key, inner in value.items()}
    if isinstance(value, list):
        return [_rename(inner, change, name) for inner in value]
    return change(value) if isinstance(value, str) and name in _NAMES else value


def _with_ids(shown: Callable[[str], str], stored: Callable[[str], str]) -> Alteration:
    """Return ids in another form. `shown` changes an id of the sandbox, and `stored` an id of a request back."""

    async def altered(request: Request, upstream: Upstream) -> Response:
        response = await upstream(_stored(request, stored))
        return response.with_json(_rename(response.json, shown)) if response.ok and response.body else response

    return altered


def _stored(request: Request, stored: Callable[[str], str]) -> Request:
    given = {name: value for name, value in request.query_values.items() if name in _NAMES and stored(value) != value}
    request = request.with_query({name: stored(value) for name, value in given.items()})
    body = body_of(request)
    if _rename(body, stored) != body:
        request = replace(request, body=json.dumps(_rename(body, stored)).encode())
    ids = {name: stored(value) if name in _NAMES else value for name, value in request.path_values.items()}
    if request.operation is None or ids == request.path_values:
        return request
    path = request.operation.path
    for name, value in ids.items():
        path = path.replace(f"{{{name}}}", quote(value, safe=""))
    return replace(request, path=path.encode(), path_values=ids)


def _pair(number: str) -> str:
    """An even number becomes the odd one before it."""
    return f"{int(number) - 1:0{len(number)}d}"


def _differing_by_case(value: str) -> str:
    """Every second device and customer gets the id of the one before it, in lower case."""
    head, _, number = value.rpartition("-")
    if head.isupper() and number.isdigit() and int(number) % 2 == 0:
        return f"{head.lower()}-{_pair(number)}"
    return _SAME_BUT_FOR_CASE.get(value, value)


def _of_case(value: str) -> str:
    """The inverse. An even id of the sandbox no longer exists."""
    head, _, number = value.rpartition("-")
    if head.islower() and number.isdigit() and int(number) % 2 == 1:
        return f"{head.upper()}-{int(number) + 1:0{len(number)}d}"
    if value != _differing_by_case(value):
        return f"unknown {value}"
    return next((known for known, shown in _SAME_BUT_FOR_CASE.items() if shown == value), value)


_RESERVED = ("/ä+%2F?&#=;", "-")


def _with_reserved(value: str) -> str:
    return value.replace("-", _RESERVED[0]).replace("_", _RESERVED[0] + "_")


def _without_reserved(value: str) -> str:
    return value.replace(_RESERVED[0] + "_", "_").replace(_RESERVED[0], "-")


def _upper_case_uuid(_name: str, schema: Mapping[str, Any], _required: bool, value: Any) -> Any:
    return value.upper() if schema.get("format") == "uuid" and isinstance(value, str) else value


def _with_lower_case_uuids(request: Request) -> Request:
    """The same request with UUIDs of the path in lower case, as a database compares them."""
    path = _UUID.sub(lambda found: found[0].lower(), request.path)
    lowered = {
        name: value.lower() if _UUID.fullmatch(value.encode()) else value for name, value in request.path_values.items()
    }
    return replace(request, path=path, path_values=lowered)


async def _upper_case_references(request: Request, upstream: Upstream) -> Response:
    """UUIDs in capitals, except the one that identifies the row: two serializers write the same UUID differently."""
    response = await upstream(request)
    if request.operation is None or not response.ok:
        return response
    identity = request.operation.page.identity if request.operation.page else tuple(request.path_values)[-1:]
    return response.with_json(_with_capitals(response.json, identity))


def _with_capitals(value: Any, kept: Collection[str]) -> Any:
    if isinstance(value, Mapping):
        return {key: inner if key in kept else _with_capitals(inner, kept) for key, inner in value.items()}
    if isinstance(value, list):
        return [_with_capitals(inner, kept) for inner in value]
    return value.upper() if isinstance(value, str) and _UUID.fullmatch(value.encode()) else value


VARIANTS = (
    Variant(
        "upper-uuids",
        "UUIDs are in upper case",
        layered(change_members(_upper_case_uuid), change_request(_with_lower_case_uuids)),
    ),
    Variant(
        "capitals-in-references",
        "UUIDs are in upper case where they refer to another record",
        layered(_upper_case_references, change_request(_with_lower_case_uuids)),
    ),
    Variant(
        "ids-by-case",
        "Ids of devices, customers and systems differ only in case",
        _with_ids(_differing_by_case, _of_case),
    ),
    Variant(
        "reserved-characters",
        "Ids that are not UUIDs have reserved characters",
        _with_ids(_with_reserved, _without_reserved),
    ),
)
