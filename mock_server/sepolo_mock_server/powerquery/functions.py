"""The functions of the Power Query file as values, read from the contract. `document` writes them as M.

A GET that returns a list, or one record for the whole organisation, is a function. Calls by id are none: their rows are
in the lists.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from sepolo_openapi import Contract, Operation

COLUMN_TYPES: Mapping[str, str] = MappingProxyType(
    {
        "string": "type text",
        "boolean": "type logical",
        "integer": "Int64.Type",
        "number": "type number",
        "date-time": "type datetimezone",
        "date": "type date",
    }
)
"""The type of a column in M by the type or format of its member. Objects and lists stay records and lists."""

_PAGING = frozenset({"cursor", "pageSize"})


@dataclass(frozen=True, slots=True)
class Function:
    """One function of the file.

    `path` is relative to the base URL, `ids` are its template names. `window` names the parameters of the ends of the
    window, None if they are filters like any other; `max_days` is the longest window that one request may ask for.
    `filters` are the optional query parameters, `page_size` the largest page or None without pages. `identity` are the
    members that identify a row. `row` names the schema of a row. A function that is no list returns one row.
    """

    name: str
    summary: str
    scope: str
    path: str
    ids: tuple[str, ...]
    window: tuple[str, str] | None
    max_days: int | None
    filters: tuple[str, ...]
    page_size: int | None
    identity: tuple[str, ...]
    returns: str
    row: str


def functions(contract: Contract) -> tuple[Function, ...]:
    """Return the functions in the order of the contract."""
    return tuple(_functions(contract))


def _functions(contract: Contract) -> Iterator[Function]:
    for operation in contract.operations.values():
        ids = tuple(parameter.name for parameter in operation.parameters if parameter.where == "path")
        if operation.method != "GET" or (operation.returns == "object" and ids):
            continue
        window = operation.window
        # Without a limit, and unless it must be given, the window is a filter like any other.
        given = (window.start, window.end) if window and (window.max_days or window.required) else None
        aliases = set(window.aliases) if window else set[str]()
        hidden = _PAGING | aliases | set(given or ())
        yield Function(
            name=_name(operation),
            summary=operation.summary,
            scope=operation.scope,
            path=operation.path,
            ids=ids,
            window=given,
            # Sums over a window can't be put together from parts of it.
            max_days=window.max_days if window and operation.returns != "object" else None,
            filters=tuple(p.name for p in operation.parameters if p.where == "query" and p.name not in hidden),
            page_size=operation.page.maximum if operation.page else None,
            identity=operation.page.identity if operation.page else _keys(operation),
            returns=operation.returns,
            row=operation.row_schema or operation.schema_name,
        )


def _name(operation: Operation) -> str:
    """Return the operationId without its verb: listDevices becomes Devices."""
    return operation.operation_id.removeprefix("list").removeprefix("get")


def _keys(operation: Operation) -> tuple[str, ...]:
    """Return what identifies a row of a list without pages: the members that it is sorted by."""
    return tuple(member.removeprefix("-") for member in operation.order)


def columns(contract: Contract, row: str) -> tuple[tuple[str, str | None], ...]:
    """Return the members of a row with the type of their column, None for members that stay as they are."""
    return tuple((name, _column(contract.resolve(member))) for name, member in contract.members(row).items())


def _column(schema: Mapping[str, Any]) -> str | None:
    types = schema.get("type", ())
    names = [types] if isinstance(types, str) else [name for name in types if name != "null"]
    if len(names) != 1:
        return None
    return COLUMN_TYPES.get(schema.get("format", ""), COLUMN_TYPES.get(names[0]))


def statuses(contract: Contract) -> tuple[int, ...]:
    """Return the statuses of errors that a GET may be answered with."""
    found = {
        int(status)
        for operation in contract.operations.values()
        if operation.method == "GET"
        for status in contract.at(operation.pointer)["responses"]
        if status >= "400"
    }
    return tuple(sorted(found))
