"""The order of rows by members in the notation of `x-sepolo-order`: `updatedOn`, `-createdOn`. Pure functions."""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from sepolo_conformance.api.timestamps import parse_instant


def out_of_order(rows: Sequence[Mapping[str, Any]], order: Sequence[str]) -> int | None:
    """Return the number, from 2 on, of the first row that belongs before the row above it; None if there is none.

    Two rows of which one lacks a member count as ordered.
    """
    for number, (above, row) in enumerate(pairwise(rows), start=2):
        if _goes_before(row, above, order):
            return number
    return None


def _goes_before(row: Mapping[str, Any], above: Mapping[str, Any], order: Sequence[str]) -> bool:
    for member in order:
        name = member.removeprefix("-")
        mine, other = _comparable(row.get(name)), _comparable(above.get(name))
        if mine is None or other is None or type(mine) is not type(other):
            return False
        if mine != other:
            return bool(mine > other) if member.startswith("-") else bool(mine < other)
    return False


def _comparable(value: Any) -> Any:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    if isinstance(value, str):
        return parse_instant(value) or value
    return float(value)
