"""What identifies a row of a list: the members of `x-sepolo-identity` in the contract."""

from collections.abc import Mapping
from typing import Any

from sepolo_openapi.contract import Operation

_WITHOUT_PAGE = ("deviceId", "date")
"""Identity of the rows of getTelemetryDaily, the only array that is not a page."""


def identity_members(operation: Operation) -> tuple[str, ...]:
    """Return the members that identify a row of an operation."""
    return operation.page.identity if operation.page else _WITHOUT_PAGE


def identify(operation: Operation, row: Mapping[str, Any]) -> tuple[Any, ...] | None:
    """Return the values that identify a row, None if the row shows none of them.

    One of several values may be null, such as the cycle of a sample outside of cycles. Where the contract only assumes
    the member's name and the row lacks it, `id` identifies the row.
    """
    names = identity_members(operation)
    # A single member comes first: walks call this function for every row of every page.
    if len(names) == 1:
        value = row[names[0]] if names[0] in row else row.get("id")
        return None if value is None else (str(value).lower(),)
    values = [row.get(name) for name in names]
    if not any(value is not None for value in values):
        return None
    return tuple([None if value is None else str(value).lower() for value in values])


def complete_identity(operation: Operation, row: Mapping[str, Any]) -> tuple[Any, ...] | None:
    """Return the values that identify a row, None if one of them is missing."""
    found = identify(operation, row)
    return None if found is None or None in found else found


def same_id(one: object, other: object) -> bool:
    """Return whether two ids are the same. Case is ignored, as in SQL Server."""
    return str(one).lower() == str(other).lower()
