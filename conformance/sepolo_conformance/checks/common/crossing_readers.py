"""The keys whose requests are crossed, each with a whole list: one that fits on one page and has varied rows."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from typing import Any

from sepolo_conformance.api.calls import Call, Listing
from sepolo_conformance.api.identity import Identity
from sepolo_conformance.api.row_times import row_times
from sepolo_conformance.checks.common.list_walks import MAX_PAGE_SIZE
from sepolo_conformance.checks.common.window_calls import ids_inside
from sepolo_conformance.compare.rows import number, texts
from sepolo_conformance.compare.sequences import Reading, RowId
from sepolo_conformance.engine import Case, NotTested, Vacuous, fetch_once
from sepolo_conformance.target.discovery import Discovery
from sepolo_openapi.contract import Operation

UNBOUNDED, OTHER, GROUPS, CUSTOMERS = "unbounded", "second organisation", "bounded to groups", "bounded to customers"
"""Names of the keys."""
BOUNDED = (GROUPS, CUSTOMERS)

_ROWS = (20, 200)
"""Rows of a whole list, where the data have such a list."""
_FEW_ROWS = (2, 20)
_MOST_DEVICES = 200
_MOST_ROWS = 3_500
"""Rows of a default window that are compared; daily rows have no pages."""
_WIDE, _AROUND = timedelta(days=90), timedelta(minutes=30)
_TWO_DAYS = timedelta(days=1, hours=23, minutes=59, seconds=59)


@dataclass(frozen=True)
class Reader:
    """A key with its whole list, read on one page. `name` is its value of the factor key.

    `usual` is the whole list of the window that applies by default; None if the whole list has no window, or if a call
    needs one.
    """

    name: str
    data: Discovery
    listing: Listing
    usual: Listing | None = None

    @property
    def identity(self) -> Identity:
        return self.listing.reader

    @cached_property
    def reading(self) -> Reading:
        return Reading.of_listing(self.listing)

    @cached_property
    def usual_reading(self) -> Reading | None:
        return None if self.usual is None else Reading.of_listing(self.usual)

    def reading_of(self, whole: Listing) -> Reading:
        """Return the reading of one of the two lists, whose rows are identified once."""
        return self.usual_reading if whole is self.usual and self.usual_reading is not None else self.reading

    @property
    def rows(self) -> list[dict[str, Any]]:
        """The rows of both lists."""
        return [row for listing in (self.listing, self.usual) if listing for row in listing.rows]

    @cached_property
    def usual_ids(self) -> frozenset[RowId]:
        """The ids of the rows of the default window, without rows that the whole list lacks although its window has
        them."""
        if self.usual is None or self.listing.call.window is None:
            return frozenset()
        found = self.reading_of(self.usual)
        strays = set(ids_inside(found, self.listing.call.window)) - set(self.reading.row_ids)
        return frozenset(found.row_ids) - strays

    @cached_property
    def known_ids(self) -> frozenset[RowId]:
        """The ids of the rows of both lists."""
        return self.usual_ids | frozenset(self.reading.row_ids)


def readers_of(case: Case, operation: Operation) -> dict[str, Reader]:
    """Return the keys that have a whole list, by name; raise Vacuous or NotTested if the unbounded key has none."""
    found = {UNBOUNDED: _reader(case, UNBOUNDED, case.home, operation)}
    others: tuple[tuple[str, Callable[[], Discovery]], ...] = (
        (OTHER, lambda: case.away),
        (GROUPS, lambda: _bounded(case, "groups")),
        (CUSTOMERS, lambda: _bounded(case, "customers")),
    )
    for name, find in others:
        with case.part(f"{operation.operation_id}, key {name}"):
            found[name] = _reader(case, name, find(), operation)
    return found


def _bounded(case: Case, kind: str) -> Discovery:
    """Return the data of the first organisation's key with this kind of boundary that has the most scopes."""
    home = case.target.main().organization_id
    found = [one for one in case.target.identities() if getattr(one, kind) and one.organization_id == home]
    if not found:
        raise NotTested(f"needs a key of the first organisation with allowed {kind}: --api-key")
    return case.seen_by(max(found, key=lambda one: len(one.scopes or ())))


def _reader(case: Case, name: str, data: Discovery, operation: Operation) -> Reader:
    data.reader(operation.operation_id)
    for listing in _whole_lists(case, data, operation):
        if listing.complete and listing.rows:
            return Reader(name, data, listing, _usual(case, listing))
    raise Vacuous("no list that fits on one page")


def _usual(case: Case, listing: Listing) -> Listing | None:
    """Return the list of the default window, None if there is none or if it doesn't fit on one page."""
    rule = listing.operation.window
    if rule is None or rule.required or listing.call.window is None:
        return None
    call = listing.call.having({rule.start: None, rule.end: None})
    page = fetch_once(case, call.with_page_size(), listing.reader)
    if not page.ok or page.has_more or not 0 < len(page.rows) <= _MOST_ROWS:
        return None
    return Listing(call, listing.reader, tuple(page.rows), complete=True, exchange=page)


def _whole_lists(case: Case, data: Discovery, operation: Operation) -> Iterator[Listing]:
    """Yield lists of the data, the most varied one first."""
    with suppress(Vacuous, NotTested):
        call = _varied_call(data, data.listing(operation.operation_id))
        if call is not None:
            identity = data.reader(operation.operation_id)
            page = fetch_once(case, call.with_page_size(), identity)
            yield Listing(call, identity, tuple(page.rows), page.ok and not page.has_more, page)
    yield data.small(operation.operation_id, *_ROWS)
    yield data.small(operation.operation_id, *_FEW_ROWS)


def _varied_call(data: Discovery, listing: Listing) -> Call | None:
    """Return a call with more different rows than the first that discovery found."""
    operation, times = listing.operation, row_times(listing.operation, listing.rows)
    middle = times[len(times) // 2] if times else None
    match operation.operation_id:
        case "listDeviceTelemetry":
            return _around_cycle(data, listing)
        case "listPointGuardCycleSamples":
            return _short_cycle(data, operation)
        case "getTelemetryDaily" if middle is not None:
            devices = data.listing("listDevices")
            few = devices.complete and len(devices.rows) <= _MOST_DEVICES
            return listing.call.within(middle, middle + _TWO_DAYS).having(deviceId=None) if few else None
        case "listServiceVisits" | "listAppointments" if middle is not None:
            return listing.call.within(middle - _WIDE, middle + _WIDE)
    return None


def _around_cycle(data: Discovery, listing: Listing) -> Call | None:
    """Return a call of the telemetry around a cycle, which has samples of the cycle and others."""
    cycles = data.listing("listPointGuardCycles")
    starts = row_times(cycles.operation, cycles.rows)
    if not starts or cycles.call.ids != listing.call.ids:
        return None
    middle = starts[len(starts) // 2]
    return listing.call.within(middle - _AROUND, middle + _AROUND)


def _short_cycle(data: Discovery, operation: Operation) -> Call | None:
    """Return a call of the samples of a short cycle, which fit on one page."""
    cycles = data.listing("listPointGuardCycles")
    short = [row for row in cycles.rows if _ROWS[0] <= (number(row.get("samples")) or 0) <= MAX_PAGE_SIZE]
    if not short:
        return None
    shortest = min(short, key=lambda row: row["samples"])
    return Call(operation, {**cycles.call.ids, "cycleId": str(shortest.get("cycleId"))})


def hidden_parents(readers: Mapping[str, Reader]) -> dict[str, str]:
    """Return a key of another organisation and a bounded one that don't see the parent of the unbounded key's list.

    A parent is an asset or a device in the path. Values are the names of the keys that see it.
    """
    owner = readers[UNBOUNDED].listing.call
    found: dict[str, str] = {}
    for name, reader in readers.items():
        for member, source in (("assetId", "listAssets"), ("deviceId", "listDevices")):
            if name != UNBOUNDED and member in owner.ids and not found.keys() & set(BOUNDED):
                with suppress(Vacuous, NotTested):
                    seen = reader.data.listing(source)
                    known = {value.lower() for value in texts(seen.rows, member)}
                    if seen.complete and owner.ids[member].lower() not in known:
                        found[name] = UNBOUNDED
    return found


def distinct(readers: Mapping[str, Reader]) -> list[str]:
    """Return the names of the keys to cross: of the bounded ones those that see fewer rows, or any if none does."""
    whole = readers[UNBOUNDED]
    bounded = [name for name in readers if name in BOUNDED]
    limited = [name for name in bounded if _misses_rows(readers[name], whole)]
    return [*(name for name in readers if name not in BOUNDED), *(limited or bounded[:1])]


def _misses_rows(reader: Reader, whole: Reader) -> bool:
    same_list = reader.listing.call.ids == whole.listing.call.ids
    return same_list and not set(reader.reading.row_ids) >= set(whole.reading.row_ids)
