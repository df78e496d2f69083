"""The filters of the contract: which rows match a value, and which values to try on a list. No I/O."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import combinations, pairwise
from types import MappingProxyType
from typing import Any

from sepolo_conformance.api.calls import Call, Listing
from sepolo_conformance.api.row_identity import same_id
from sepolo_conformance.api.timestamps import parse_instant, stamp

_TRIED = 8
"""Maximum number of values of a filter that are tried; the most common ones are chosen."""
_MARGIN = timedelta(seconds=2)
"""Distance of a tried instant from an update, more than the tolerance."""

Row = Mapping[str, Any]
Compare = Callable[[Any, Any], bool]


def _equal(shown: Any, wanted: Any) -> bool:
    return str(shown) == str(wanted)


def _is_active(shown: Any, wanted: Any) -> bool:
    return wanted == "all" or shown is (wanted == "active")


def _at_least(shown: Any, wanted: Any) -> bool:
    return float(shown) >= float(wanted)


def _after(shown: Any, wanted: Any) -> bool:
    return _instant(shown) > _instant(wanted)


def _instant(text: Any) -> datetime:
    found = parse_instant(text)
    if found is None:
        raise ValueError(f"not a date-time: {text!r}")
    return found


@dataclass(frozen=True, slots=True)
class Rule:
    """A filter: parameter `name` of an operation selects the rows whose `member` matches the value.

    `narrows` if discovery may use the filter to make a list shorter.
    """

    operation_id: str
    name: str
    member: str
    compare: Compare
    narrows: bool = True

    def matches(self, row: Row, value: Any) -> bool | None:
        """Return whether a row matches a value, None if the row does not show the member."""
        shown = row.get(self.member)
        if shown is None:
            return None
        try:
            return self.compare(shown, value)
        except (TypeError, ValueError):
            return None

    def shown(self, rows: Iterable[Row]) -> bool:
        """Return whether any row shows the member: deployments may leave out members that are not documented."""
        return any(row.get(self.member) is not None for row in rows)

    def values(self, rows: Iterable[Row]) -> list[Any]:
        """Return the values to try, the rarest first."""
        found = [row[self.member] for row in rows if isinstance(row.get(self.member), str | int | float)]
        if self.compare is _is_active:
            return ["inactive", "active"] if found else []
        if self.compare is _at_least:
            return _steps(found)
        if self.compare is _after:
            return _between(found)
        counts = Counter(found)
        return sorted(counts, key=counts.__getitem__)

    def counts(self, rows: Iterable[Row]) -> Mapping[Any, int]:
        """Return how many rows have each value, empty for filters that do not compare for equality."""
        found = (row.get(self.member) for row in rows)
        scalars = (value for value in found if value is None or isinstance(value, str | int | float))
        return Counter(scalars) if self.compares_for_equality else {}

    @property
    def compares_for_equality(self) -> bool:
        return self.compare in (_equal, same_id)


def _steps(durations: list[Any]) -> list[int]:
    """Return three whole numbers: one that halves the durations, one just below a duration, and one above them all."""
    numbers = sorted(value for value in durations if isinstance(value, int | float))
    if not numbers:
        return []
    cuts = sorted(
        {int(number) + 1 for number in numbers}, key=lambda cut: abs(2 * bisect_left(numbers, cut) - len(numbers))
    )
    return list(dict.fromkeys((*cuts[:1], int(numbers[len(numbers) // 2]), int(numbers[-1]) + 1)))


def _between(updates: list[Any]) -> list[str]:
    """Return instants just after an update and just before the next one, so that rounding does not decide.

    Pairs of updates on the same day come first: they show a server that truncates instants to days.
    """
    found = (parse_instant(value) for value in updates)
    times = sorted({time for time in found if time is not None})
    gaps = [(one, other) for one, other in pairwise(times) if other - one >= 2 * _MARGIN]
    middle = gaps[len(gaps) // 2 :] + gaps[: len(gaps) // 2]
    days = sorted(middle, key=lambda gap: gap[0].date() != gap[1].date())[:_TRIED]
    return [stamp(instant) for one, other in days for instant in (one + _MARGIN, other - _MARGIN)]


def _table() -> Iterator[Rule]:
    yield Rule("listAssets", "status", "isActive", _is_active)
    yield Rule("listAssets", "groupId", "groupId", _equal)
    yield Rule("listAssets", "customerId", "customerId", _equal)
    yield Rule("listDevices", "groupId", "groupId", _equal)
    yield Rule("listDevices", "status", "status", _equal)
    yield Rule("listDeviceTelemetry", "telemetryType", "telemetryType", _equal, narrows=False)
    yield Rule("listDeviceTelemetry", "cycleId", "cycleId", _equal)
    yield Rule("listMovements", "minDurationSeconds", "duration", _at_least)
    yield Rule("listIncidents", "deviceId", "deviceId", _equal)
    yield Rule("listIncidents", "state", "state", _equal)
    yield Rule("listServiceReports", "assetId", "assetId", same_id)
    yield Rule("listServiceReports", "deviceId", "deviceId", _equal)
    yield Rule("listServiceReports", "state", "state", _equal)
    yield Rule("listAppointments", "userId", "userId", same_id, narrows=False)
    yield Rule("listCustomers", "externalSystem", "externalSystem", _equal)
    yield Rule("listInventoryParts", "vendorId", "vendorId", same_id)
    yield Rule("listInventoryParts", "status", "isActive", _is_active)
    yield Rule("getTelemetryDaily", "deviceId", "deviceId", _equal, narrows=False)
    yield Rule("listAssets", "updatedSince", "updatedOn", _after)
    yield Rule("listDevices", "updatedSince", "updatedOn", _after)


RULES: Mapping[tuple[str, str], Rule] = MappingProxyType({(rule.operation_id, rule.name): rule for rule in _table()})
"""The rules by operation and parameter."""


def rules_of(operation_id: str) -> tuple[Rule, ...]:
    """Return the rules of an operation."""
    return tuple(rule for rule in RULES.values() if rule.operation_id == operation_id)


def equality_filters(operation_id: str) -> tuple[str, ...]:
    """Return the filters that select the rows whose member of the same name has the value, to narrow a list by."""
    return tuple(rule.name for rule in rules_of(operation_id) if rule.narrows and rule.compares_for_equality)


@dataclass(frozen=True, slots=True)
class Trial:
    """A list with one or more filters. `matching` of the `known` rows match all of them."""

    call: Call
    chosen: Mapping[Rule, Any]
    matching: int
    known: int

    def matches(self, row: Row) -> bool:
        """Return whether a row matches all filters; a row without one of the members does not."""
        return all(rule.matches(row, value) is True for rule, value in self.chosen.items())

    @property
    def text(self) -> str:
        return " and ".join(f"{rule.name}={value}" for rule, value in self.chosen.items())


def trial(listing: Listing, chosen: Mapping[Rule, Any]) -> Trial:
    """Return the trial of filters on a list."""
    call = listing.call.having({rule.name: value for rule, value in chosen.items()})
    made = Trial(call, chosen, 0, len(listing.rows))
    return Trial(call, chosen, sum(made.matches(row) for row in listing.rows), len(listing.rows))


def trials(listing: Listing, rule: Rule, count: int = 2) -> list[Trial]:
    """Return trials of up to `count` values of a filter that some rows do not match, values of few rows first."""
    values = rule.values(listing.rows)
    # A value of a single row tests neither paging nor combinations.
    several = [value for value in values if rule.counts(listing.rows).get(value, _TRIED) > 2]
    chosen = dict.fromkeys([*several[:_TRIED], *values[-_TRIED:]])
    made = (trial(listing, {rule: value}) for value in chosen)
    # Durations may all lie within the same second; then it is tested that all rows are listed.
    return [one for one in made if one.matching < one.known or rule.compare is _at_least][:count]


def pairs(listing: Listing) -> Iterator[Trial]:
    """Yield each pair of filters twice: with values that a row has together, and with values that no row has together.

    Each value alone matches rows that the other one does not, so a server that ignores one of the filters is found.
    """
    rules = [rule for rule in rules_of(listing.operation.operation_id) if rule.shown(listing.rows)]
    places = {rule: _places(listing, rule) for rule in rules}
    for one, other in combinations(rules, 2):
        sharp = [
            (bool(first & second), {one: value, other: another})
            for value, first in places[one].items()
            for another, second in places[other].items()
            if first - second and second - first
        ]
        for together in (True, False):
            yield from [trial(listing, chosen) for met, chosen in sharp if met is together][:1]


def _places(listing: Listing, rule: Rule) -> dict[Any, frozenset[int]]:
    """Return the numbers of the rows that match, for the most common values of a filter."""
    return {
        value: frozenset(place for place, row in enumerate(listing.rows) if rule.matches(row, value))
        for value in rule.values(listing.rows)[-_TRIED:]
    }
