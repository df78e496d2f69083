"""What identifies a row of a list: the members of `x-sepolo-identity` in the contract."""

import re
from collections.abc import Mapping
from typing import Any

from sepolo_openapi.contract import Operation

_WITHOUT_PAGE = ("deviceId", "date")
"""Identity of the rows of getTelemetryDaily, the only array that is not a page."""
_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


def is_uuid(value: object) -> bool:
    """Return whether a value is the text of a uuid."""
    return isinstance(value, str) and len(value) == 36 and _UUID.fullmatch(value) is not None


def normal_id(value: object) -> str:
    """Return the text by which an id is compared: a uuid, which is a number in hexadecimal, in lower case.

    Other ids are compared as they are written: two devices may have ids that differ only in case.
    """
    return str(value).lower() if is_uuid(value) else str(value)


def same_id(one: object, other: object) -> bool:
    """Return whether two ids are the same."""
    return normal_id(one) == normal_id(other)


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
        return None if value is None else (normal_id(value),)
    values = [row.get(name) for name in names]
    if not any(value is not None for value in values):
        return None
    return tuple([None if value is None else normal_id(value) for value in values])


def complete_identity(operation: Operation, row: Mapping[str, Any]) -> tuple[Any, ...] | None:
    """Return the values that identify a row, None if one of them is missing."""
    found = identify(operation, row)
    return None if found is None or None in found else found
