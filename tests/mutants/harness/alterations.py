"""Building blocks of alterations: what is changed, on which operations, and on which requests.

Each function returns an alteration; without operations it applies to all of them. A change must not modify its
argument, since responses are shared. The mutants themselves are in the tables of `tests/mutants/<area>/`.
"""

from collections.abc import Callable, Mapping
from typing import Any

from sepolo_openapi import contract
from tests.mutants.harness.messages import Request, Response
from tests.mutants.harness.wrapper import Alteration, Upstream

__all__ = [
    "DEVICE_LISTS",
    "LISTS",
    "PAGED",
    "READS",
    "SERVER_ERROR",
    "Row",
    "Rows",
    "add_to_member",
    "change_error",
    "change_json",
    "change_request",
    "change_response",
    "change_rows",
    "error_response",
    "fail_without_rows",
    "fall_back_to_foreign_key",
    "ignore_boundaries",
    "ignore_scope",
    "is_later_page",
    "on_operations",
    "reject",
    "set_members",
]

Row = dict[str, Any]
Rows = list[Row]
When = Callable[[Request], bool]

_OPERATIONS = contract.load().operations
READS = tuple(name for name, operation in _OPERATIONS.items() if operation.method == "GET")
LISTS = tuple(name for name, operation in _OPERATIONS.items() if operation.page is not None)
PAGED = tuple(name for name in LISTS if any(parameter.name == "cursor" for parameter in _OPERATIONS[name].parameters))
DEVICE_LISTS = ("listDeviceTelemetry", "listPointGuardCycles", "listMovements")


def always(_request: Request) -> bool:
    return True


def is_later_page(request: Request) -> bool:
    return request.is_later_page


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
        return change(request, response) if response.status in statuses else response

    return on_operations(altered, *operations, when=when)


def error_response(status: int, error: str = "error", message: str = "No.") -> Response:
    """An error in the envelope, without the headers and members that the sandbox adds."""
    empty = Response(status, ((b"content-type", b"application/json"),), b"null")
    return empty.with_json({"error": error, "message": message})


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
        if response.ok or not request.has_scope:
            return response
        foreign = await upstream(request.with_key(upstream.foreign_key(request)))
        return foreign if foreign.ok else response

    return on_operations(altered, *operations, when=when)


def ignore_scope(*operations: str, when: When = always) -> Alteration:
    """Send the request with a key of the same organisation that has every scope and no boundary."""

    async def altered(request: Request, upstream: Upstream) -> Response:
        return await upstream(request.with_key(upstream.unrestricted_key(request)))

    return on_operations(altered, *operations, when=when)


def ignore_boundaries(*operations: str, when: When = always) -> Alteration:
    """Ignore the data boundaries of a key that has the scope."""
    return ignore_scope(*operations, when=lambda request: request.has_scope and when(request))


def add_to_member(row: Row, name: str, step: float) -> dict[str, Any]:
    """The member with a number added, as a mapping; empty where the member is null or absent."""
    value = row.get(name)
    return {} if value is None else {name: round(value + step, 6)}
