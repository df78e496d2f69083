"""Invalid, nearly valid and extreme values for query parameters, and calls that contain one of them.

The tables are keyed by the kind of a parameter, which follows from its schema. Each call differs in one parameter from
a call that returns 200, so a rejection can only be about that parameter. Nothing here judges a response.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from types import MappingProxyType

from sepolo_conformance.api.calls import Call, reads
from sepolo_conformance.api.row_identity import is_uuid
from sepolo_conformance.engine import Case, Exchange, collect_once, fetch_once
from sepolo_openapi.contract import Parameter

_SHORT = "a33b5a5d-e55a-423d-9bdf-0bc2c61f7e6"
_LONG = "9" * 40

UNREADABLE: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {"integer": ("x",), "size": ("abc",), "uuid": ("not-a-uuid", _SHORT), "instant": ("yesterday",)}
)
"""Values that no parser accepts for the type."""

NEARLY_VALID: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "integer": ("1.5", "12abc"),
        "size": ("2x",),
        "uuid": (f"{_SHORT}g", f"{_SHORT}35"),
        "instant": ("2026-02-30T00:00:00Z",),
        "choice": ("actives",),
    }
)
"""Values that a lenient parser reads as another value."""

EDGES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "integer": ("2147483647", "2147483648", "-1", "-2147483649", _LONG, "\N{ARABIC-INDIC DIGIT THREE}", ""),
        "size": ("2147483648", _LONG, ""),
        "uuid": ("00000000-0000-0000-0000-000000000000", "ffffffff-ffff-ffff-ffff-ffffffffffff", "", "\x00"),
        "instant": ("0001-01-01T00:00:00Z", "9999-12-31T23:59:59.9999999Z", "0001-01-01T00:00:00+14:00", ""),
        "choice": ("", "ACTIVE", "x" * 3_000, "\x00"),
        "digits": ("999999999", "-999999999", _LONG, "x", ""),
        "text": ("", "\x00", "'", '%"\\', "\N{PILE OF POO}", "x" * 129, "x" * 3_000),
        "cursor": ("eyJhIjoxfQ", "\N{PILE OF POO}"),
    }
)
"""Values that overflow, underflow, or break an encoding or a concatenated query. One cursor is JSON in base64."""

TABLES = MappingProxyType({"unreadable": UNREADABLE, "nearly": NEARLY_VALID, "edges": EDGES})
_DISTRIBUTED = frozenset(("choice", "cursor", "instant", "size", "text", "uuid"))
"""Kinds of many parameters, each of which gets the first extreme value and every second one of the others."""

_DIGITS = re.compile(r"-?[0-9]+")


@dataclass(frozen=True, slots=True)
class Edge:
    """A call with a value of one of the tables in one of its parameters."""

    call: Call
    parameter: Parameter
    value: str

    @property
    def shown(self) -> str:
        """The parameter and its value, cut to a readable length, with the operation."""
        value = self.value if len(self.value) <= 50 else f"{self.value[:20]}… ({len(self.value)} characters)"
        return f"{self.parameter.name}={value!r} of {self.call.operation.operation_id}"


def kind_of(parameter: Parameter) -> str:
    """Return the kind of a query parameter, a key of the tables."""
    schema = parameter.schema
    if parameter.name in ("pageSize", "cursor"):
        return {"pageSize": "size", "cursor": "cursor"}[parameter.name]
    formats = {"uuid": "uuid", "date-time": "instant"}
    if schema.get("format") in formats:
        return formats[schema["format"]]
    if schema.get("type") == "integer":
        return "integer"
    if "enum" in schema:
        return "choice"
    return "digits" if "pattern" in schema else "text"


def edge_calls(call: Call, table: Mapping[str, tuple[str, ...]], *, alone: bool = False) -> Iterator[Edge]:
    """Yield the call with each value of a table in each query parameter of its kind.

    `alone` removes the other end of an optional window, and sets the other end of a required one to the same value: a
    server that computes one end from the other may leave the range of dates.
    """
    plain = call.with_page_size(2)
    for parameter in call.operation.parameters:
        if parameter.where == "query":
            for value in table.get(kind_of(parameter), ()):
                yield Edge(_with_value(plain, parameter.name, value, alone), parameter, value)


@collect_once
def edge_responses(case: Case, name: str) -> Iterator[tuple[Edge, Exchange]]:
    """Yield the responses to the values of the table `name` of `TABLES` in every operation with GET."""
    table, turns = TABLES[name], Counter[str]()
    for operation in reads(case.contract):
        with case.part(operation.operation_id):
            call = case.home.call(operation.operation_id)
            found = edge_calls(call, table, alone=table is EDGES)
            for edge in found if table is not EDGES else distributed(found, turns):
                yield edge, fetch_once(case, edge.call)


def distributed(found: Iterable[Edge], turns: Counter[str]) -> Iterator[Edge]:
    """Yield about half of the calls with extreme values, so that each value is sent to several parameters.

    `turns` counts the parameters of each kind over all operations. Two parameters get the values with even numbers and
    the next two those with odd numbers. If they alternated one by one, all starts of windows would get the same values.
    """
    for parameter, group in groupby(found, key=lambda edge: edge.parameter):
        kind = kind_of(parameter)
        turn = (turns[kind] + 1) // 2 % 2
        turns[kind] += 1
        for place, edge in enumerate(group):
            if kind not in _DISTRIBUTED or place == 0 or place % 2 == turn:
                yield edge


def _with_value(call: Call, name: str, value: str, alone: bool) -> Call:
    window = call.operation.window
    if window is None:
        return call.having({name: value})
    end = window.aliases.get(name, name)
    if end not in (window.start, window.end):
        return call.having({name: value})
    other = window.end if end == window.start else window.start
    # An alias replaces the name that the call has, because two values for one end would be another fault.
    changes: dict[str, object | None] = {end: None}
    if alone:
        changes[other] = value if window.required else None
    return call.having({**changes, name: value})


def violates(parameter: Parameter, value: str) -> bool:
    """Return whether the contract surely forbids a value; False for timestamps, which the area `windows` judges."""
    schema = parameter.schema
    match kind_of(parameter):
        case "integer" | "size":
            return not _DIGITS.fullmatch(value) or not schema["minimum"] <= int(value) <= schema["maximum"]
        case "uuid":
            return not is_uuid(value)
        case "choice":
            return value not in schema["enum"]
        case "digits" | "cursor":
            return not re.search(schema["pattern"], value) or len(value) > schema.get("maxLength", len(value))
        case "text":
            return "\x00" in value or not schema["minLength"] <= len(value) <= schema["maxLength"]
        case _:
            return False
