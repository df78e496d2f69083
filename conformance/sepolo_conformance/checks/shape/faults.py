"""A deviation of a response from the contract as a value, and the texts that describe it."""

import json
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

MemberPath = list[str | int]
"""Member names and array indices from the whole body to a value."""


class Kind(StrEnum):
    """The kind of a fault: the part of a response, or the rule, that it concerns."""

    BODY = "body"
    MEDIA = "media"
    STATUS = "status"
    HEADER = "header"
    MISSING = "missing"
    TYPE = "type"
    FORMAT = "format"
    OFFSET = "offset"
    ZONE = "zone"
    CASE = "case"
    RANGE = "range"


class Basis(StrEnum):
    """Why the contract describes a member: the published page shows it, implies it, or it is assumed."""

    DOCUMENTED = "documented"
    IMPLIED = "implied"
    ASSUMED = "assumed"


@dataclass(frozen=True, slots=True)
class Fault:
    """A deviation of a response from the contract. `member` is its place without indices, e.g. `data[].stamp`."""

    kind: Kind
    basis: Basis
    member: str
    expected: str
    actual: str


def member_name(path: MemberPath) -> str:
    """Return a path as text, without indices: `data[].rateLimit.requestsPerDay`."""
    text = ""
    for step in path:
        text += "[]" if isinstance(step, int) else f".{step}" if text else step
    return text


def value_at(body: Any, path: MemberPath) -> Any:
    """Return the value at a path."""
    for step in path:
        body = body[step]
    return body


def brief(value: Any) -> str:
    """Return a value as JSON, cut to 120 characters."""
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 120 else f"{text[:119]}…"


def keyword_text(keyword: str, value: Any) -> str:
    """Return what a keyword of JSON Schema requires, as the end of a sentence: "is of type string"."""
    match keyword:
        case "required":
            return "is present"
        case "type":
            return f"is of type {value if isinstance(value, str) else ' or '.join(value)}"
        case "format":
            return f"is a {value}"
        case _:
            return f"satisfies {keyword} {brief(value)}"


def row_description(body: Any, path: MemberPath) -> str:
    """Return which row a path lies in, named by the first string in the row; empty outside of rows.

    The index of a row would mislead: rows that were judged before are left out of the body.
    """
    row = body
    for step in path:
        if isinstance(step, int):
            row = row[step]
            break
        row = row.get(step) if isinstance(row, dict) else None
    if row is body or not isinstance(row, dict):
        return ""
    first = next(((name, value) for name, value in row.items() if isinstance(value, str) and value), None)
    return f" (in the row whose {first[0]} is {first[1]!r})" if first else ""
