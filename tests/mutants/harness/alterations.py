"""Building blocks of alterations: what is changed, on which operations, and when.

Each function gives an alteration. A change gets what came and returns what goes; it must not alter its argument,
since answers are shared. Whole deviations stand in the tables.
"""

import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from sepolo_openapi import reader
from tests.mutants.harness.wrapper import Alteration, Ask, Reply, Site

__all__ = [
    "DEVICE_LISTS",
    "JSON",
    "LISTS",
    "PAGED",
    "READS",
    "Row",
    "Rows",
    "as_stranger_too",
    "asks",
    "boundless",
    "data",
    "each",
    "failing",
    "first_of",
    "later_pages",
    "numbered",
    "only",
    "refusals",
    "refuse",
    "replies",
    "rows",
    "tidy",
    "unforeseen",
]

Row = dict[str, Any]
Rows = list[Row]
When = Callable[[Ask], bool]

_ALL = reader.load().operations
READS = tuple(name for name, operation in _ALL.items() if operation.method == "GET")
LISTS = tuple(name for name, operation in _ALL.items() if operation.page is not None)
PAGED = tuple(name for name in LISTS if any(parameter.name == "cursor" for parameter in _ALL[name].parameters))
DEVICE_LISTS = ("listDeviceTelemetry", "listPointGuardCycles", "listMovements")
JSON = "application/json"


def always(_ask: Ask) -> bool:
    return True


def later_pages(ask: Ask) -> bool:
    """A page after the first."""
    return bool(ask.value("cursor"))


def only(alteration: Alteration, *operations: str, when: When = always) -> Alteration:
    """The alteration on some operations, or on all if none is named."""

    async def altered(ask: Ask, site: Site) -> Reply:
        if (ask.name in operations if operations else True) and when(ask):
            return await alteration(ask, site)
        return await site(ask)

    return altered


def asks(change: Callable[[Ask], Ask], *operations: str, when: When = always) -> Alteration:
    """The sandbox is asked something else than was asked."""

    async def altered(ask: Ask, site: Site) -> Reply:
        return await site(change(ask))

    return only(altered, *operations, when=when)


def replies(change: Callable[[Ask, Reply], Reply], *operations: str, when: When = always) -> Alteration:
    """Successful answers are changed."""

    async def altered(ask: Ask, site: Site) -> Reply:
        reply = await site(ask)
        return change(ask, reply) if reply.ok and ask.operation else reply

    return only(altered, *operations, when=when)


def data(change: Callable[[Ask, Any], Any], *operations: str, when: When = always) -> Alteration:
    """The JSON values of successful answers are changed."""
    return replies(lambda ask, reply: reply.with_data(change(ask, reply.data)), *operations, when=when)


def rows(change: Callable[[Ask, Rows], Rows], *operations: str, when: When = always) -> Alteration:
    """The rows of a list are changed."""
    return replies(lambda ask, reply: reply.with_rows(change(ask, reply.rows)), *operations, when=when)


def each(change: Callable[[Row], Mapping[str, Any]], *operations: str, when: When = always) -> Alteration:
    """Members of each row, or of a single object, are set to what `change` returns."""

    def on_page(_ask: Ask, reply: Reply) -> Reply:
        found = reply.data
        if isinstance(found, dict) and "data" not in found:
            return reply.with_data({**found, **change(found)})
        return reply.with_rows([{**row, **change(row)} for row in reply.rows])

    return replies(on_page, *operations, when=when)


def refusals(
    change: Callable[[Ask, Reply], Reply], *statuses: int, operations: tuple[str, ...] = (), when: When = always
) -> Alteration:
    """Refusals of some statuses are changed."""

    async def altered(ask: Ask, site: Site) -> Reply:
        reply = await site(ask)
        return change(ask, reply) if reply.status in statuses else reply

    return only(altered, *operations, when=when)


def refuse(status: int, error: str = "error", message: str = "No.") -> Reply:
    """A refusal in the envelope, as a careless deployment would write it."""
    empty = Reply(status, ((b"content-type", JSON.encode()),), b"null")
    return empty.with_data({"error": error, "message": message})


def failing(when: When, *operations: str, status: int = 500) -> Alteration:
    """Some requests fail."""

    async def altered(_ask: Ask, _site: Site) -> Reply:
        return refuse(status, "internal_error", "An unexpected error occurred.")

    return only(altered, *operations, when=when)


def unforeseen(_ask: Ask, reply: Reply) -> Reply:
    """Nothing is found, and nobody thought of that."""
    return reply if reply.rows else refuse(500, "internal_error", "Sequence contains no elements.")


async def first_of(found: Awaitable[Reply], otherwise: Callable[[], Awaitable[Reply]]) -> Reply:
    """The answer, or another one where it is no success."""
    reply = await found
    if reply.ok:
        return reply
    second = await otherwise()
    return second if second.ok else reply


def as_stranger_too(*operations: str, when: When = always) -> Alteration:
    """What isn't found, or not taken, is asked for as another organisation."""

    async def altered(ask: Ask, site: Site) -> Reply:
        if ask.key is None or ask.operation is None or ask.operation.scope not in ask.key.scopes:
            return await site(ask)
        return await first_of(site(ask), lambda: site(ask.as_key(site.stranger(ask))))

    return only(altered, *operations, when=when)


def boundless(*operations: str, when: When = always) -> Alteration:
    """The key's data boundaries are forgotten."""

    async def altered(ask: Ask, site: Site) -> Reply:
        if ask.key is None or ask.operation is None or ask.operation.scope not in ask.key.scopes:
            return await site(ask)
        return await site(ask.as_key(site.master(ask)))

    return only(altered, *operations, when=when)


def numbered(row: Row, name: str, step: float) -> dict[str, Any]:
    """The member with a number added, nothing where it is null or absent."""
    value = row.get(name)
    return {} if value is None else {name: round(value + step, 6)}


def tidy(text: str) -> str:
    """A text without what only its own sandbox would say: digits, for a stable choice among rows."""
    return re.sub(r"[^0-9]", "", text)
