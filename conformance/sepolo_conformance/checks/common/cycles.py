"""Cycles with their samples and movements with their signatures, read once in a run for all checks that judge them.

Some of each are read, of several devices, chosen for variety.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sepolo_conformance.api.calls import Call, Listing
from sepolo_conformance.api.row_identity import same_id
from sepolo_conformance.checks.common.details import known_rows
from sepolo_conformance.checks.common.list_walks import MAX_PAGE_SIZE
from sepolo_conformance.checks.common.varied_rows import varied
from sepolo_conformance.checks.common.whole_lists import whole_list
from sepolo_conformance.compare.rows import Row, number, text, texts
from sepolo_conformance.engine import Case, Exchange, Walk, fetch_once, once_in_run

_CYCLES_PER_DEVICE = 5
"""Cycles of each device that are read, besides the longest and the newest."""
_DEVICES = 3
"""Devices whose cycles are read."""
_CANDIDATES = 4
"""Further devices that are tried, to find another kind of point machine."""
_MOVEMENTS, _MOVEMENTS_OF_OTHERS = 40, 6
"""Movements of the first device that are read, and of each other device."""


@dataclass(frozen=True, slots=True)
class Cycle:
    """A cycle as listed, and a walk over its samples."""

    row: Row
    listed: Exchange
    walk: Walk

    @property
    def name(self) -> str:
        return f"cycle {self.walk.call.ids['cycleId']} of {self.walk.call.ids['deviceId']}"

    @property
    def samples(self) -> list[dict[str, Any]]:
        return self.walk.rows

    @property
    def shown(self) -> tuple[Exchange, Exchange]:
        """The exchanges to show in a finding: the list of cycles, and the last page of samples."""
        return self.listed, self.walk.last

    @property
    def currents(self) -> list[float]:
        """The currents in A, in the order of the sample index."""
        order = sorted(self.samples, key=lambda row: number(row.get("cycleSampleIndex")) or 0.0)
        found = (number(row.get("current")) for row in order)
        return [current for current in found if current is not None]

    @property
    def is_complete(self) -> bool:
        """Whether there are as many samples as the cycle states, each with a current."""
        count = number(self.row.get("samples"))
        return self.walk.ended and count is not None and count == len(self.samples) == len(self.currents) > 0


@dataclass(frozen=True, slots=True)
class Movement:
    """A movement as listed, and the response with its signature."""

    row: Row
    listed: Exchange
    signature: Exchange

    @property
    def cycle_key(self) -> tuple[str, str]:
        """deviceId and cycleId of the movement's cycle, each empty if the row does not show it."""
        return text(self.row, "deviceId"), text(self.row, "cycleId")


def complete_cycles(case: Case) -> dict[tuple[str, str], Cycle]:
    """Return the complete cycles by deviceId and cycleId, to find the cycle of a movement."""
    return {
        (cycle.walk.call.ids["deviceId"], cycle.row["cycleId"]): cycle for cycle in cycles(case) if cycle.is_complete
    }


@once_in_run
def cycle_lists(case: Case) -> tuple[Listing, ...]:
    """Return lists of cycles of a few devices, different kinds of point machines first."""
    first = case.home.listing("listPointGuardCycles")
    devices = [row for row in known_rows(case, "listDevices") if row.get("isPointGuard") is not False]
    others = [row for row in devices if not same_id(row.get("deviceId"), first.call.ids["deviceId"])]
    found: list[Listing] = []
    for name in texts(varied(others, _CANDIDATES, case.rng), "deviceId"):
        call = Call(first.operation, {"deviceId": name}, first.call.query)
        exchange = case.call(call.with_page_size())
        if exchange.ok and exchange.rows:
            found.append(Listing(call, first.reader, tuple(exchange.rows), complete=False, exchange=exchange))
    usual = _length(first)
    return (first, *sorted(found, key=lambda listing: -abs(_length(listing) - usual)))


def _length(listing: Listing) -> float:
    """Return the number of samples of the first cycle of a list, which differs by kind of point machine."""
    return next((count for row in listing.rows if (count := number(row.get("samples")))), 0.0)


@once_in_run
def cycles(case: Case) -> tuple[Cycle, ...]:
    """Return a few cycles; raise Vacuous if there are none, NotTested if no key may read them."""
    found = []
    for listing in cycle_lists(case)[:_DEVICES]:
        stopped = [row for row in listing.rows if isinstance(row.get("cycleId"), str) and row.get("stop") is not None]
        longest = sorted(stopped, key=lambda row: -(number(row.get("samples")) or 0))[:1]
        # Stores that lag behind lack the newest.
        some = (*varied(stopped, _CYCLES_PER_DEVICE, case.rng), *longest, *stopped[-1:])
        chosen = {row["cycleId"]: row for row in some}
        found += [_cycle(case, listing, row, thirds=place % 2 == 0) for place, row in enumerate(chosen.values())]
    if not found:
        case.vacuous("no cycle has stopped")
    return tuple(found)


def _cycle(case: Case, listing: Listing, row: dict[str, Any], *, thirds: bool) -> Cycle:
    operation = case.operation("listPointGuardCycleSamples")
    count = int(number(row.get("samples")) or 0)
    # Some in several pages, because the order has to hold across pages; some in one page, as most integrations read.
    size = min(MAX_PAGE_SIZE, max(1, -(-count // 3))) if thirds else MAX_PAGE_SIZE
    call = Call(operation, {**listing.call.ids, "cycleId": row["cycleId"]}, {"pageSize": size})
    return Cycle(row, listing.exchange, case.walk(call))


@once_in_run
def movements(case: Case) -> tuple[Movement, ...]:
    """Return some movements of several devices, those of `cycles` among them; raises as `cycles`."""
    listing = whole_list(case, "listMovements")
    found = list(_signatures(case, listing, _MOVEMENTS))
    for cycle_list in _other_cycle_lists(case, listing):
        call = Call(listing.operation, cycle_list.call.ids, cycle_list.call.query)
        exchange = fetch_once(case, call.with_page_size())
        if exchange.ok:
            other = Listing(call, listing.reader, tuple(exchange.rows), complete=False, exchange=exchange)
            found += _signatures(case, other, _MOVEMENTS_OF_OTHERS)
    if not found:
        case.vacuous("no movement has an id and a signature")
    return tuple(found)


def _other_cycle_lists(case: Case, listing: Listing) -> list[Listing]:
    """Return the lists of cycles of devices other than that of a listing."""
    with case.part("other devices"):
        return [one for one in cycle_lists(case)[:_DEVICES] if one.call.ids != listing.call.ids]
    return []


def _signatures(case: Case, listing: Listing, count: int) -> Iterator[Movement]:
    """Yield movements of a list, chosen for variety, and the movements of cycles whose samples are read."""
    rows = [row for row in listing.rows if isinstance(row.get("id"), str)]
    calculated = [row for row in rows if row.get("currentSignature") is not None or "currentSignature" not in row]
    chosen = (*varied(calculated, count, case.rng), *_of_cycles(case, listing, calculated))
    operation = case.operation("getMovementSignature")
    for row in {row["id"]: row for row in chosen}.values():
        exchange = case.call(Call(operation, {**listing.call.ids, "movementId": row["id"]}), follows=listing.exchange)
        yield Movement(row, listing.exchange, exchange)


def _of_cycles(case: Case, listing: Listing, rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the movements of the cycles whose samples are read, so that the two can be compared."""
    with case.part("cycles"):
        device = listing.call.ids["deviceId"]
        names = {cycle.row["cycleId"] for cycle in cycles(case) if cycle.walk.call.ids["deviceId"] == device}
        return [row for row in rows if text(row, "cycleId") in names]
    return []
