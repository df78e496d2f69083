"""Random faults: one or two small alterations at random places, reproducible by number.

A fault drops, duplicates, swaps, shifts, retypes or leaks something. Operation, pages, rows and members are drawn; the
same number draws the same fault. Some faults can't be found without knowing the data, such as a customer's phone
number that is one too high.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from random import Random
from types import MappingProxyType
from typing import Any

from sepolo_openapi import reader
from tests.mutants.harness.alterations import LISTS, PAGED, Row, Rows, change_rows, on_operations
from tests.mutants.harness.messages import Request, Response
from tests.mutants.harness.predicates import always, has_scope, is_later_page
from tests.mutants.harness.request_windows import parse_timestamp, shift_timestamp
from tests.mutants.harness.wrapper import Alteration, Upstream, layered

__all__ = ["KINDS", "RandomFault", "draw"]

_SCHEMAS = reader.load().document["components"]["schemas"]
_DETAILS = ("getAsset", "getDevice", "getServiceReport", "getMovementSignature")
_TOTALS = ("getAssetsSummary", "getServicePerformance", "getMe")


@dataclass(frozen=True, slots=True)
class RandomFault:
    """One or two alterations, with a description."""

    title: str
    kinds: tuple[str, ...]
    alteration: Alteration = field(repr=False)


def draw(number: int) -> RandomFault:
    """Return the fault of a number; every fourth one combines two."""
    rng = Random(f"fault/{number}")
    parts = [_draw_one(rng) for _ in range(2 if number % 4 == 3 else 1)]
    titles, kinds, alterations = zip(*parts, strict=True)
    return RandomFault("; ".join(titles), kinds, layered(*alterations))


def _draw_one(rng: Random) -> tuple[str, str, Alteration]:
    kind = rng.choice(list(KINDS))
    title, alteration = KINDS[kind](rng)
    return title, kind, alteration


def _draw_pages(rng: Random, name: str) -> tuple[str, Callable[[Request], bool]]:
    """Which pages are altered, as text and predicate; a list without pages is always altered."""
    choices: tuple[tuple[str, Callable[[Request], bool]], ...] = (
        ("every page", always),
        ("later pages", is_later_page),
        ("pages of odd size", lambda request: request.query_int("pageSize", 100) % 2 == 1),
        ("large pages", lambda request: request.query_int("pageSize", 100) > 50),
    )
    return rng.choice(choices if name in PAGED else choices[:1])


def _move_rows(rng: Random, change: Callable[[Rows, int], Rows], verb: str) -> tuple[str, Alteration]:
    """A fault in the number or the order of rows; `change` gets the rows and an index."""
    name, index = rng.choice(LISTS), rng.randrange(4)
    pages, when = _draw_pages(rng, name)

    def changed(_request: Request, found: Rows) -> Rows:
        return change(found, index) if len(found) > index + 1 else found

    return f"{verb} row {index} on {pages} of {name}", change_rows(changed, name, when=when)


def _drop(rng: Random) -> tuple[str, Alteration]:
    return _move_rows(rng, lambda found, at: found[:at] + found[at + 1 :], "drop")


def _duplicate(rng: Random) -> tuple[str, Alteration]:
    return _move_rows(rng, lambda found, at: found[: at + 1] + found[at:], "double")


def _swap(rng: Random) -> tuple[str, Alteration]:
    return _move_rows(rng, lambda found, at: [*found[:at], found[at + 1], found[at], *found[at + 2 :]], "swap")


def _change_member(rng: Random, change: Callable[[Any], Any], verb: str) -> tuple[str, Alteration]:
    """A fault in one member, in a stable share of the rows."""
    name = rng.choice((*LISTS, *_DETAILS, *_TOTALS, "getTelemetryDaily"))
    member, share = rng.choice(_members(name)), rng.choice((1, 3, 10))

    def changed(row: Mapping[str, Any]) -> Row:
        selected = sum(map(ord, str(sorted(map(str, row.values()))))) % share == 0
        value = row.get(member)
        return {**row, member: change(value)} if selected and _is_scalar(value) else dict(row)

    async def altered(request: Request, upstream: Upstream) -> Response:
        response = await upstream(request)
        if not response.ok:
            return response
        if isinstance(response.json, dict) and "data" not in response.json:
            return response.with_json(changed(response.json))
        return response.with_rows([changed(row) for row in response.rows])

    return f"{verb} {member} in one of {share} of {name}", on_operations(altered, name)


def _members(name: str) -> list[str]:
    operation = reader.load().operations[name]
    return list(_SCHEMAS[operation.row_schema or operation.schema_name]["properties"])


def _shift(rng: Random) -> tuple[str, Alteration]:
    step = rng.choice((1, -1, 60, 3_600))

    def shifted(value: Any) -> Any:
        if isinstance(value, bool):
            return not value
        if isinstance(value, int | float):
            return value + step
        return shift_timestamp(value, step) if parse_timestamp(value) else f"{value}x"

    return _change_member(rng, shifted, f"shift by {step}")


def _retype(rng: Random) -> tuple[str, Alteration]:
    def retyped(value: Any) -> Any:
        if isinstance(value, bool):
            return int(value)
        return str(value) if isinstance(value, int | float) else 0

    return _change_member(rng, retyped, "retype")


def _is_scalar(value: Any) -> bool:
    return value is not None and isinstance(value, str | int | float | bool)


def _leak(rng: Random) -> tuple[str, Alteration]:
    """Data of another organisation are returned, as a row of a list or by their id."""
    name = rng.choice((*LISTS, *_DETAILS))

    async def altered(request: Request, upstream: Upstream) -> Response:
        response = await upstream(request)
        if not has_scope(request):
            return response
        foreign = await upstream(upstream.as_foreign(request))
        if not response.ok or name not in LISTS:
            return foreign if response.status == 404 and foreign.ok else response
        return response.with_rows(response.rows[:-1] + foreign.rows[:1]) if foreign.ok else response

    return f"leak by {name}", on_operations(altered, name)


KINDS: Mapping[str, Callable[[Random], tuple[str, Alteration]]] = MappingProxyType(
    {"drop": _drop, "double": _duplicate, "swap": _swap, "shift": _shift, "retype": _retype, "leak": _leak}
)
