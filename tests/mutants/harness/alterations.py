"""Building blocks of alterations: what is changed, on which operations, and on which requests.

Each function returns an alteration; without operations it applies to all of them. A change must not modify its
argument, since responses are shared. The mutants themselves are in the tables of `tests/mutants/<area>/`.
"""

from collections.abc import Callable, Mapping
from typing import Any

from sepolo_openapi import reader
from tests.mutants.harness.messages import Request, Response
from tests.mutants.harness.predicates import always, has_scope, lacks_scope
from tests.mutants.harness.wrapper import Alteration, Upstream

__all__ = [
    "DEVICE_LISTS",
    "EMPTY_PAGE",
    "HTML_PAGE",
    "LISTS",
    "PAGED",
    "READS",
    "SERVER_ERROR",
    "Row",
    "Rows",
    "add_to_member",
    "append_foreign_row",
    "cache_by",
    "change_error",
    "change_json",
    "change_request",
    "change_response",
    "change_rows",
    "error_response",
    "fail_without_rows",
    "fall_back_to_foreign_key",
    "first_page",
    "ignore_boundaries",
    "ignore_scope",
    "json_response",
    "on_operations",
    "reject",
    "remove_member",
    "remove_parameters",
    "require_scope",
    "set_members",
    "without_bearer",
]

Row = dict[str, Any]
Rows = list[Row]
When = Callable[[Request], bool]

_OPERATIONS = reader.load().operations
READS = tuple(name for name, operation in _OPERATIONS.items() if operation.method == "GET")
LISTS = tuple(name for name, operation in _OPERATIONS.items() if operation.page is not None)
PAGED = tuple(name for name in LISTS if any(parameter.name == "cursor" for parameter in _OPERATIONS[name].parameters))
DEVICE_LISTS = ("listDeviceTelemetry", "listPointGuardCycles", "listMovements")
HTML_PAGE = b"<!DOCTYPE html><html><head><title>404</title></head><body><h1>Not Found</h1></body></html>"
EMPTY_PAGE: Row = {"data": [], "nextCursor": None, "hasMore": False}


def on_operations(alteration: Alteration, *operations: str, when: When = always) -> Alteration:
    """Apply an alteration to some operations and some requests only."""

    async def altered(request: Request, upstream: Upstream) -> Response:
        if (request.operation_id in operations if operations else True) and when(request):
            return await alteration(request, upstream)
        return await upstream(request)

    return altered


def change_request(change: Callable[[Request], Request], *operations: str, when: When = always) -> Alteration:
    """Change the request before the sandbox gets it."""

    async def altered(request: Request, upstream: Upstream) -> Response:
        return await upstream(change(request))

    return on_operations(altered, *operations, when=when)


def remove_parameters(*names: str) -> Callable[[Request], Request]:
    """A request change that removes query parameters."""
    return lambda request: request.with_query(dict.fromkeys(names))


def without_bearer(request: Request) -> Request:
    """A request change: the same request without Authorization."""
    return request.without_headers(b"authorization")


first_page = remove_parameters("cursor")
"""A request change: the first page in place of a later one."""


def change_response(
    change: Callable[[Request, Response], Response], *operations: str, when: When = always
) -> Alteration:
    """Change successful responses."""

    async def altered(request: Request, upstream: Upstream) -> Response:
        response = await upstream(request)
        return change(request, response) if response.ok and request.operation else response

    return on_operations(altered, *operations, when=when)


def change_json(change: Callable[[Request, Any], Any], *operations: str, when: When = always) -> Alteration:
    """Change the JSON body of successful responses."""
    return change_response(
        lambda request, response: response.with_json(change(request, response.json)), *operations, when=when
    )


def remove_member(name: str, *operations: str) -> Alteration:
    """Remove a member of a single object."""
    return change_json(lambda _request, found: {key: value for key, value in found.items() if key != name}, *operations)


def change_rows(change: Callable[[Request, Rows], Rows], *operations: str, when: When = always) -> Alteration:
    """Change the rows of a list."""
    return change_response(
        lambda request, response: response.with_rows(change(request, response.rows)), *operations, when=when
    )


def set_members(change: Callable[[Row], Mapping[str, Any]], *operations: str, when: When = always) -> Alteration:
    """Set members of each row, or of a single object, to what `change` returns."""

    def update(_request: Request, response: Response) -> Response:
        found = response.json
        if isinstance(found, dict) and "data" not in found:
            return response.with_json({**found, **change(found)})
        return response.with_rows([{**row, **change(row)} for row in response.rows])

    return change_response(update, *operations, when=when)


def change_error(
    change: Callable[[Request, Response], Response],
    *statuses: int,
    operations: tuple[str, ...] = (),
    when: When = always,
) -> Alteration:
    """Change error responses of some statuses."""

    async def altered(request: Request, upstream: Upstream) -> Response:
        response = await upstream(request)
        # The response to HEAD has no body that could be changed.
        applies = response.status in statuses and request.method != "HEAD"
        return change(request, response) if applies else response

    return on_operations(altered, *operations, when=when)


def json_response(value: Any, status: int = 200) -> Response:
    """A response without the headers that the sandbox adds."""
    return Response(status, ((b"content-type", b"application/json"),), b"null").with_json(value)


def error_response(status: int, error: str = "error", message: str = "No.") -> Response:
    """An error in the envelope, without the headers and members that the sandbox adds."""
    return json_response({"error": error, "message": message}, status)


SERVER_ERROR = error_response(500, "internal_error", "An unexpected error occurred.")


def reject(when: When, *operations: str, status: int = 500) -> Alteration:
    """Answer some requests with an error status."""

    async def altered(_request: Request, _upstream: Upstream) -> Response:
        return SERVER_ERROR.with_status(status)

    return on_operations(altered, *operations, when=when)


def fail_without_rows(_request: Request, response: Response) -> Response:
    """A response change: an empty list becomes 500."""
    return response if response.rows else error_response(500, "internal_error", "Sequence contains no elements.")


def fall_back_to_foreign_key(*operations: str, when: When = always) -> Alteration:
    """Send a request that fails again with a key of another organisation."""

    async def altered(request: Request, upstream: Upstream) -> Response:
        response = await upstream(request)
        if response.ok or not has_scope(request):
            return response
        foreign = await upstream(upstream.as_foreign(request))
        return foreign if foreign.ok else response

    return on_operations(altered, *operations, when=when)


async def append_foreign_row(request: Request, upstream: Upstream) -> Response:
    """An alteration: the last page of a list ends with a row of another organisation, where there is room for it."""
    response = await upstream(request)
    if not response.ok or response.has_more or len(response.rows) >= request.query_int("pageSize", 100):
        return response
    foreign = upstream.as_foreign(request).with_query(cursor=None, pageSize=1)
    other = await upstream(foreign)
    return response.with_rows(response.rows + other.rows) if other.ok else response


def cache_by(entry: Callable[[Request], object], *operations: str) -> Alteration:
    """Answer requests that have the scope from a cache: of the same path and query, and of the same `entry`."""

    async def altered(request: Request, upstream: Upstream) -> Response:
        if not has_scope(request):
            return await upstream(request)
        place = (request.path, request.query, entry(request))
        if place not in upstream.memory:
            response = await upstream(request)
            if not response.ok:
                return response
            upstream.memory[place] = response
        kept: Response = upstream.memory[place]
        return kept

    return on_operations(altered, *operations)


def ignore_scope(*operations: str, when: When = always) -> Alteration:
    """Send the request with a key of the same organisation that has every scope and no boundary."""

    async def altered(request: Request, upstream: Upstream) -> Response:
        return await upstream(upstream.as_unrestricted(request))

    return on_operations(altered, *operations, when=when)


def require_scope(scope: str, *operations: str) -> Alteration:
    """Require another scope in place of the operation's own."""

    async def altered(request: Request, upstream: Upstream) -> Response:
        if request.key is None:
            return await upstream(request)
        if scope not in request.key.scopes:
            return error_response(403, "forbidden", f"The API key does not include the {scope} scope.")
        return await upstream(upstream.as_unrestricted(request) if lacks_scope(request) else request)

    return on_operations(altered, *operations)


def ignore_boundaries(*operations: str, when: When = always) -> Alteration:
    """Ignore the data boundaries of a key that has the scope."""
    return ignore_scope(*operations, when=lambda request: has_scope(request) and when(request))


def add_to_member(row: Row, name: str, step: float) -> dict[str, Any]:
    """The member with a number added, as a mapping; empty where the member is null or absent."""
    value = row.get(name)
    return {} if value is None else {name: round(value + step, 6)}
