"""Parts of requests for several areas: valid calls, unknown ids, unreadable values, Bearer tokens, methods."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from sepolo_conformance.api.calls import Call
from sepolo_conformance.api.identity import Identity, authorised
from sepolo_conformance.engine import Case, Exchange, NotTested, Request, Vacuous
from sepolo_conformance.model.keys import Key
from sepolo_openapi.contract import Contract, Operation

UNKNOWN_UUID = "c04f03a5-ace0-4000-8000-000000000000"
"""A valid uuid that identifies no resource."""


def bearer_headers(key: Key) -> dict[str, str]:
    """Return the headers of an ordinary request that sends a key as `Authorization: Bearer`."""
    return {"Accept": "application/json", "Authorization": f"Bearer {key.secret}"}


def call_by_bearer(case: Case, call: Call, key: Identity) -> Exchange:
    """Make a call whose key is sent as `Authorization: Bearer`."""
    return case.bare(call, bearer_headers(key.key), key.key)


def get_request(call: Call, key: Key | None) -> Request:
    """Return the ordinary request of a call, without a key if `key` is None."""
    return Request("GET", call.target, authorised(key), key=key, operation_id=call.operation.operation_id)


def head(case: Case, call: Call, key: Identity) -> Exchange:
    """Make a call with HEAD in place of GET."""
    return case.send(replace(get_request(call, key.key), method="HEAD"))


def valid_call(operation: Operation, find: Callable[[str], Call]) -> Call:
    """Return a call that a key with the scope gets 200 for; `find` gives one by operation id, such as `case.home.call`.

    An operation without ids in its path can be called where `find` finds no data or no key; for the others Vacuous or
    NotTested is raised.
    """
    try:
        return find(operation.operation_id)
    except (Vacuous, NotTested):
        if "{" in operation.path:
            raise
        return Call(operation)


def unknown_ids(operation: Operation) -> Mapping[str, str]:
    """Return the path parameters of an operation, each with an id that does not exist."""
    return {parameter.name: UNKNOWN_UUID for parameter in operation.parameters if parameter.where == "path"}


def unreadable_query(operation: Operation) -> Mapping[str, object]:
    """Return the query parameters of an operation that have a format, each with a value that no parser accepts."""
    return {
        parameter.name: "x"
        for parameter in operation.parameters
        if parameter.where == "query" and "format" in parameter.schema
    }


def methods_by_path(contract: Contract) -> Mapping[str, set[str]]:
    """Return the methods that the contract offers for each path, in the order of the contract."""
    found: dict[str, set[str]] = {}
    for operation in contract.operations.values():
        found.setdefault(operation.path, set()).add(operation.method)
    return found
