"""Faults that nobody thought of: small wrappers at random places, composed, from a seed.

A fault drops, doubles, swaps, shifts, retypes or leaks. Where it does so (operation, pages, rows, members) is drawn;
the same number draws the same fault. Some can't be found by anybody who doesn't know the data beforehand, such as a
customer's telephone number that is one too high.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from random import Random
from types import MappingProxyType
from typing import Any

from sepolo_openapi import reader
from tests.mutants.harness.alterations import LISTS, PAGED, Row, Rows, later_pages, only, rows
from tests.mutants.harness.request_windows import instant, moved
from tests.mutants.harness.wrapper import Alteration, Ask, Reply, Site, layered

__all__ = ["KINDS", "RandomFault", "draw"]

_SCHEMAS = reader.load().document["components"]["schemas"]
_DETAILS = ("getAsset", "getDevice", "getServiceReport", "getMovementSignature")
_TOTALS = ("getAssetsSummary", "getServicePerformance", "getMe")


@dataclass(frozen=True, slots=True)
class RandomFault:
    """One or two wrappers, and what they do in words."""

    title: str
    kinds: tuple[str, ...]
    alteration: Alteration = field(repr=False)


def draw(number: int) -> RandomFault:
    """The fault of a number; every fourth is made of two."""
    dice = Random(f"fault/{number}")
    parts = [_one(dice) for _ in range(2 if number % 4 == 3 else 1)]
    titles, kinds, alterations = zip(*parts, strict=True)
    return RandomFault("; ".join(titles), kinds, layered(*alterations))


def _one(dice: Random) -> tuple[str, str, Alteration]:
    kind = dice.choice(list(KINDS))
    title, alteration = KINDS[kind](dice)
    return title, kind, alteration


def _when(dice: Random, name: str) -> tuple[str, Callable[[Ask], bool]]:
    """On which requests; a list without pages has one only."""
    choices: tuple[tuple[str, Callable[[Ask], bool]], ...] = (
        ("every page", lambda _ask: True),
        ("later pages", later_pages),
        ("pages of odd size", lambda ask: ask.number("pageSize", 100) % 2 == 1),
        ("large pages", lambda ask: ask.number("pageSize", 100) > 50),
    )
    return dice.choice(choices if name in PAGED else choices[:1])


def _moving(dice: Random, change: Callable[[Rows, int], Rows], word: str) -> tuple[str, Alteration]:
    """A fault of the rows' places."""
    name, place = dice.choice(LISTS), dice.randrange(4)
    where, when = _when(dice, name)

    def changed(_ask: Ask, found: Rows) -> Rows:
        return change(found, place) if len(found) > place + 1 else found

    return f"{word} row {place} on {where} of {name}", rows(changed, name, when=when)


def _drop(dice: Random) -> tuple[str, Alteration]:
    return _moving(dice, lambda found, at: found[:at] + found[at + 1 :], "drop")


def _double(dice: Random) -> tuple[str, Alteration]:
    return _moving(dice, lambda found, at: found[: at + 1] + found[at:], "double")


def _swap(dice: Random) -> tuple[str, Alteration]:
    return _moving(dice, lambda found, at: [*found[:at], found[at + 1], found[at], *found[at + 2 :]], "swap")


def _changing(dice: Random, change: Callable[[Any], Any], word: str) -> tuple[str, Alteration]:
    """A fault of one member of one row in so many."""
    name = dice.choice((*LISTS, *_DETAILS, *_TOTALS, "getTelemetryDaily"))
    member, share = dice.choice(_members(name)), dice.choice((1, 3, 10))

    def changed(row: Mapping[str, Any]) -> Row:
        hit = sum(map(ord, str(sorted(map(str, row.values()))))) % share == 0
        value = row.get(member)
        return {**row, member: change(value)} if hit and _plain(value) else dict(row)

    async def altered(ask: Ask, site: Site) -> Reply:
        reply = await site(ask)
        if not reply.ok:
            return reply
        if isinstance(reply.data, dict) and "data" not in reply.data:
            return reply.with_data(changed(reply.data))
        return reply.with_rows([changed(row) for row in reply.rows])

    return f"{word} {member} in one of {share} of {name}", only(altered, name)


def _members(name: str) -> list[str]:
    operation = reader.load().operations[name]
    return list(_SCHEMAS[operation.row_schema or operation.schema_name]["properties"])


def _shift(dice: Random) -> tuple[str, Alteration]:
    step = dice.choice((1, -1, 60, 3_600))

    def shifted(value: Any) -> Any:
        if isinstance(value, bool):
            return not value
        if isinstance(value, int | float):
            return value + step
        return moved(value, step) if instant(value) else f"{value}x"

    return _changing(dice, shifted, f"shift by {step}")


def _retype(dice: Random) -> tuple[str, Alteration]:
    def retyped(value: Any) -> Any:
        if isinstance(value, bool):
            return int(value)
        return str(value) if isinstance(value, int | float) else 0

    return _changing(dice, retyped, "retype")


def _plain(value: Any) -> bool:
    return value is not None and isinstance(value, str | int | float | bool)


def _leak(dice: Random) -> tuple[str, Alteration]:
    """What belongs to another organisation is shown, as a row among one's own or by its id."""
    name = dice.choice((*LISTS, *_DETAILS))

    async def altered(ask: Ask, site: Site) -> Reply:
        reply = await site(ask)
        if ask.key is None or ask.operation is None or ask.operation.scope not in ask.key.scopes:
            return reply
        other = await site(ask.as_key(site.stranger(ask)))
        if not reply.ok or name not in LISTS:
            return other if reply.status == 404 and other.ok else reply
        return reply.with_rows(reply.rows[:-1] + other.rows[:1]) if other.ok else reply

    return f"leak by {name}", only(altered, name)


KINDS: Mapping[str, Callable[[Random], tuple[str, Alteration]]] = MappingProxyType(
    {"drop": _drop, "double": _double, "swap": _swap, "shift": _shift, "retype": _retype, "leak": _leak}
)
