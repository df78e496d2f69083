"""Pages of one's own making: another order, another cursor, other page sizes."""

import base64
import json
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import blake2s
from typing import Any

from tests.mutants.harness.alterations import PAGED, Rows, refuse
from tests.mutants.harness.wrapper import Alteration, Ask, Reply, Site

__all__ = ["Paging", "paged"]

_SORTED_BY_INDEX = ("listPointGuardCycleSamples", "listDeviceTelemetry")
"""Lists whose order isn't free, or that are too long to be read whole for each page."""
_LARGEST = 500


@dataclass(frozen=True)
class Paging:
    """How pages are made. `share` of a page's rows is sent although more would fit."""

    default: int = 100
    share: float = 1.0
    order: Callable[[str, Rows], Rows] = lambda _name, found: found
    prefix: str = "p"
    grown: Callable[[Ask, Site, Rows], Rows] = lambda _ask, _site, found: found
    """Rows that have come since, put where they belong."""


def paged(rule: Paging) -> Alteration:
    """Lists come in the pages of a rule."""

    async def altered(ask: Ask, site: Site) -> Reply:
        if ask.name not in PAGED or ask.name in _SORTED_BY_INDEX:
            return await site(ask)
        reply = await site(ask.asking(cursor=None))
        if not reply.ok:
            return reply
        found = rule.grown(ask, site, rule.order(ask.name, await _whole(ask, site)))
        at = _place(rule, ask, found)
        if at is None:
            return refuse(400, "invalid_cursor", "The cursor can't be used here.")
        return _page(rule, ask, reply, found, at)

    return altered


def _page(rule: Paging, ask: Ask, reply: Reply, found: Rows, at: int) -> Reply:
    size = ask.number("pageSize", rule.default)
    stop = at + max(1, int(size * rule.share))
    more = stop < len(found)
    cursor = _cursor(rule, ask, _identity(ask, found[stop - 1])) if more else None
    return reply.with_data({"data": found[at:stop], "nextCursor": cursor, "hasMore": more})


async def _whole(ask: Ask, site: Site) -> Rows:
    """All rows of a list; remembered, since the sandbox's clock stands still."""
    mark = _mark(ask)
    if mark not in site.memory:
        found: list[dict[str, Any]] = []
        page = await site(ask.asking(cursor=None, pageSize=_LARGEST))
        while page.ok:
            found += page.rows
            if not page.data["hasMore"]:
                break
            page = await site(ask.asking(cursor=page.data["nextCursor"], pageSize=_LARGEST))
        site.memory[mark] = found
    kept: Rows = site.memory[mark]
    return kept


def _mark(ask: Ask) -> tuple[Any, ...]:
    filters = {name: value for name, value in ask.values.items() if name not in ("cursor", "pageSize")}
    return ask.path, tuple(sorted(filters.items())), ask.key.name if ask.key else ""


def _identity(ask: Ask, row: dict[str, Any]) -> str:
    """What names a row of the list, so that a cursor stays where it is when rows come in before it."""
    page = ask.operation.page if ask.operation else None
    return json.dumps([row.get(name) for name in page.identity] if page else [])


def _cursor(rule: Paging, ask: Ask, last: str) -> str:
    proof = blake2s(repr((_mark(ask), last)).encode(), digest_size=6).hexdigest()
    return base64.urlsafe_b64encode(f"{rule.prefix}:{proof}:{last}".encode()).decode().rstrip("=")


def _place(rule: Paging, ask: Ask, found: Rows) -> int | None:
    """Where a cursor leads, None if it is none of this list's."""
    cursor = ask.value("cursor")
    if not cursor:
        return 0
    try:
        last = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode().split(":", 2)[2]
    except (ValueError, IndexError):
        return None
    known = [_identity(ask, row) for row in found]
    return known.index(last) + 1 if _cursor(rule, ask, last) == cursor and last in known else None
