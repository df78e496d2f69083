"""Reads members of rows, and compares rows and values. Pure functions that do not depend on the operation."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from sepolo_conformance.api.row_identity import is_uuid, normal_id
from sepolo_conformance.api.timestamps import parse_instant
from sepolo_openapi.contract import Contract

Row = Mapping[str, Any]

_CHANGING = frozenset({"lastSeen", "signalStrength", "batteryPercentage", "isOnline", "updatedOn", "generatedOn"})
"""Members that a running deployment changes between two requests."""


def text(row: Row, name: str) -> str:
    """Return a member that is text, "" for anything else."""
    value = row.get(name)
    return value if isinstance(value, str) else ""


def texts(rows: Iterable[Row], name: str) -> list[str]:
    """Return the distinct texts of a member, in order of appearance."""
    return [value for value in dict.fromkeys(text(row, name) for row in rows) if value]


def scalars(rows: Iterable[Row], name: str) -> list[str | int]:
    """Return the distinct texts and integers of a member, in order of appearance."""
    return list(dict.fromkeys(value for row in rows if isinstance(value := row.get(name), str | int)))


def number(value: object) -> float | None:
    """Return a JSON number, None for anything else, also for true and false."""
    return float(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else None


def is_close(one: float, other: float, relative: float = 0.005, absolute: float = 0.02) -> bool:
    """Return whether two numbers may be the same value that was computed and rounded in two ways."""
    return abs(one - other) <= max(relative * max(abs(one), abs(other)), absolute)


def same_value(one: object, other: object) -> bool:
    """Return whether two JSON values are equal: timestamps by instant, uuids ignoring case, arrays in any order."""
    if one == other and isinstance(one, bool) == isinstance(other, bool):
        return True
    if isinstance(one, str) and isinstance(other, str):
        if is_uuid(one) and is_uuid(other):
            return one.lower() == other.lower()
        instant = parse_instant(one)
        return instant is not None and instant == parse_instant(other)
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return not differing_members(one, other, {*one, *other})
    if isinstance(one, list) and isinstance(other, list):
        # As texts, in which true differs from 1.
        return len(one) == len(other) and _text_of(normal_value(one)) == _text_of(normal_value(other))
    return False


def normal_value(value: object) -> Any:
    """Return a JSON value in a form that is equal for equal values, see `same_value`; arrays are sorted."""
    if isinstance(value, Mapping):
        return {name: normal_value(inner) for name, inner in value.items() if inner is not None}
    if isinstance(value, list):
        # By their text and not as texts: a text in a text doubles its escapes, which is exponential in the depth.
        return sorted(map(normal_value, value), key=_text_of)
    if isinstance(value, str) and (instant := parse_instant(value)) is not None:
        return instant.isoformat()
    return value if isinstance(value, bool) or not isinstance(value, str) else normal_id(value)


def _text_of(value: object) -> str:
    return json.dumps(value, sort_keys=True)


def differing_members(one: Row, other: Row, names: Iterable[str]) -> list[str]:
    """Return the members in which two rows differ; absent and null are equal."""
    return sorted(name for name in names if not same_value(one.get(name), other.get(name)))


def members_by_basis(contract: Contract, schema: str, *bases: str) -> tuple[str, ...]:
    """Return the members of a schema with one of the bases: documented, implied, assumed."""
    return tuple(name for name, member in contract.members(schema).items() if contract.basis(member) in bases)


def fingerprint(identity: tuple[Any, ...] | None, row: Row) -> str | None:
    """Return a text that no row of another organisation has by chance, None if the row has no such text.

    It is the uuid that identifies the row; without one it is the whole row, if that contains a uuid or a timestamp.
    """
    if identity is not None and len(identity) == 1 and is_uuid(identity[0]):
        return str(identity[0])
    if not any(is_uuid(value) or parse_instant(value) for value in row.values()):
        return None
    return json.dumps({name: value for name, value in row.items() if name not in _CHANGING}, sort_keys=True)
