"""Daily telemetry: one row per device and day, with the values of the day's telemetry."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sepolo_conformance.api.calls import Call
from sepolo_conformance.api.timestamps import LAST, parse_instant, stamp
from sepolo_conformance.checks.common.clauses import OURS
from sepolo_conformance.checks.common.details import complete_list
from sepolo_conformance.checks.common.varied_rows import varied
from sepolo_conformance.checks.common.whole_lists import whole_list
from sepolo_conformance.compare.current_statistics import half_unit
from sepolo_conformance.compare.rows import Row, differing_members, number, text
from sepolo_conformance.engine import SANDBOX, SHOULD, Case, Exchange, fetch_once, requirement

_DAY = timedelta(days=1)
_UNUSUAL_DAYS, _INCOMPLETE_DAYS, _VARIED_DAYS = 2, 2, 14
"""Days that are compared with their telemetry: with an unusual number of samples, without some values, and others."""
_WEEK, _PAGES_OF_WEEK = timedelta(days=8), 8
"""A week with whole days at both ends, and pages of the largest size that its samples have at most."""
_ROUNDING_C = 0.05
"""How far rounding can move an average temperature beyond the extremes, in °C."""


@dataclass(frozen=True, slots=True)
class _Day:
    """A row of daily telemetry with the environmental samples of that day.

    `movements` is the number of movements listed for the day, None if they are too many to read.
    """

    row: Row
    exchange: Exchange
    samples: list[dict[str, Any]]
    movements: int | None

    @property
    def name(self) -> str:
        return f"{self.row.get('deviceId')} on {self.row.get('date')}"

    def values(self, member: str) -> list[float]:
        """Return the numbers that the samples show in a member."""
        return [value for sample in self.samples if (value := number(sample.get(member))) is not None]


@requirement(
    "CON-025",
    SHOULD,
    clause="One row per device and day.",
    title="Daily telemetry contains at most one row per device and day",
)
def one_row_per_device_and_day(case: Case) -> None:
    """Counts the rows of each device and day, for one device and, if the list of devices has one page only, for all
    devices on one day."""
    listing = case.home.listing("getTelemetryDaily")
    exchanges = [listing.exchange]
    window = listing.call.window
    with case.part("all devices"):
        if window is not None and complete_list(case, "listDevices").rows:
            exchanges.append(case.call(Call(listing.operation).within(window[1] - _DAY, window[1])))
    for exchange in exchanges:
        counts = Counter((str(row.get("deviceId")), parse_instant(row.get("date"))) for row in exchange.rows)
        repeated = sorted(str(key) for key, count in counts.items() if count > 1)
        case.expect(not repeated, "one row per device and day", f"several rows of {repeated[:2]}", exchange)


@requirement(
    "CON-026",
    SANDBOX,
    clause=OURS,
    title="Daily telemetry shows the counts and averages of the day's telemetry and movements",
)
def day_is_calculated_from_telemetry(case: Case) -> None:
    """Compares the samples and averages of some days with the environmental telemetry of the same days, and the
    movements with the listed ones. A sample without a value counts as a sample and not in the average.

    The days differ: other devices, an unusual number of samples, samples without a value, ends of months and years,
    days on which clocks change, and the current day. A day whose row has changed since it was listed is not judged.
    Also reads the telemetry of a week as one list, and compares the samples of each day, as a week is longer than what
    databases keep together.
    """
    with case.part("listDeviceTelemetry"):
        _expect_days_of_list(case)
    for day in _days(case):
        compared = [("samples", float(len(day.samples)), 0.0, f"{len(day.samples)} samples")]
        for member, source in (("averageTemperature", "temperature"), ("averageHumidity", "humidity")):
            values, average = day.values(source), number(day.row.get(member))
            if values and average is not None:
                mean = sum(values) / len(values)
                how = f"{member} {mean:.2f}, the mean of {len(values)} samples"
                compared.append((member, mean, half_unit(average) + 0.01, how))
        if day.movements is not None and day.row.get("movements") is not None:
            compared.append(("movements", float(day.movements), 0.0, f"{day.movements} movements"))
        wrong = {name for name, value, tolerance, _ in compared if not _is_near(day.row.get(name), value, tolerance)}
        if wrong and _changed(case, day, wrong):
            continue
        for name, _, _, how in compared:
            case.expect(name not in wrong, f"{how} of {day.name}", day.row.get(name), day.exchange)


@requirement(
    "CON-027", SANDBOX, clause=OURS, title="The average temperature of a day lies between its minimum and maximum"
)
def average_between_extremes(case: Case) -> None:
    """Compares the average temperature of some days with minTemperature and maxTemperature of the row, or with the
    extremes of the day's telemetry where the row doesn't show them."""
    for day in _days(case):
        average, values = number(day.row.get("averageTemperature")), day.values("temperature")
        low, high = number(day.row.get("minTemperature")), number(day.row.get("maxTemperature"))
        if average is not None and (values or (low is not None and high is not None)):
            low, high = min(values) if low is None else low, max(values) if high is None else high
            expected = f"an average from {low} to {high} °C on {day.row.get('date')}"
            case.expect(low - _ROUNDING_C <= average <= high + _ROUNDING_C, expected, average, day.exchange)


def _expect_days_of_list(case: Case) -> None:
    """Expect as many environmental samples on each day of a week's telemetry as its daily rows show.

    A difference is reported if it is still the same when both lists are read again.
    """
    known = case.home.listing("listDeviceTelemetry").call
    if known.window is None:
        case.vacuous("the list has no window")
    start, stop = max(known.window[0], known.window[1] - _WEEK), known.window[1]
    call = known.within(start, stop).having(telemetryType=0).with_page_size()
    days = Call(case.operation("getTelemetryDaily"), query=dict(known.ids)).within(start, stop)
    walk, page = case.walk(call, pages=_PAGES_OF_WEEK), fetch_once(case, days)
    if not walk.ended:
        case.vacuous("the telemetry of a week has too many pages")
    wrong = _miscounted(walk.rows, case.rows(page), (start, stop))
    if wrong:
        now = _miscounted(case.walk(call, pages=_PAGES_OF_WEEK).rows, case.call(days).rows, (start, stop))
        wrong = {day: counts for day, counts in wrong.items() if now.get(day) == counts}
    day, (shown, counted) = min(wrong.items(), default=(start, (0.0, 0)))
    expected = f"{counted} samples on {stamp(day)}, counted in the telemetry of the days around it"
    case.expect(not wrong, expected, f"{shown:g} in the daily row", (walk.last, page))


def _miscounted(
    samples: Iterable[Row], days: Iterable[Row], window: tuple[datetime, datetime]
) -> dict[datetime, tuple[float, int]]:
    """Return the whole days of a window whose row shows another number of samples: that number, and the counted one."""
    stamps = (parse_instant(row.get("stamp")) for row in samples if row.get("telemetryType") == 0)
    counts = Counter(at.replace(hour=0, minute=0, second=0, microsecond=0) for at in stamps if at is not None)
    found = ((parse_instant(row.get("date")), number(row.get("samples"))) for row in days)
    return {
        day: (shown, counts[day])
        for day, shown in found
        if counts and day and shown is not None and window[0] <= day <= window[1] - _DAY and shown != counts[day]
    }


def _is_near(shown: object, value: float, tolerance: float) -> bool:
    given = number(shown)
    return given is not None and abs(given - value) <= tolerance


def _changed(case: Case, day: _Day, names: Iterable[str]) -> bool:
    """Return whether the row of a day shows other values now: late samples are counted at any time."""
    page = case.call(Call(case.operation("getTelemetryDaily"), query=_ids(day.row)).within(*_window(day.row)))
    rows = [row for row in page.rows if row.get("date") == day.row.get("date")]
    return page.ok and (not rows or bool(differing_members(rows[0], day.row, names)))


def _days(case: Case) -> tuple[_Day, ...]:
    """Return varied days, read once per run: first days with an unusual number of samples and with missing values."""
    return case.once(("days",), lambda: tuple(_read_days(case)))


def _read_days(case: Case) -> Iterator[_Day]:
    listing = whole_list(case, "getTelemetryDaily")
    rows = [row for row in listing.rows if parse_instant(row.get("date")) and text(row, "deviceId")]
    usual = Counter(str(row.get("samples")) for row in rows).most_common(1)
    unusual = [row for row in rows if str(row.get("samples")) != usual[0][0]]
    chosen = [
        *varied(unusual, _UNUSUAL_DAYS, case.rng),
        *_with_missing_values(case, rows)[:_INCOMPLETE_DAYS],
        *varied(rows, _VARIED_DAYS, case.rng),
    ]
    for row in {(row["deviceId"], row["date"]): row for row in chosen}.values():
        call = Call(case.operation("listDeviceTelemetry"), _ids(row)).within(*_window(row))
        samples = case.walk(call.having(telemetryType=0).with_page_size(), pages=5)
        call = Call(case.operation("listMovements"), _ids(row)).within(*_window(row)).with_page_size()
        movements = case.walk(call, pages=2)
        if samples.ended:
            yield _Day(row, listing.exchange, samples.rows, len(movements.rows) if movements.ended else None)


def _with_missing_values(case: Case, days: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the days on which a sample of the longest list of telemetry has no temperature."""
    with case.part("listDeviceTelemetry"):
        samples = (row for row in whole_list(case, "listDeviceTelemetry").rows if row.get("telemetryType") == 0)
        gaps = {(text(row, "deviceId"), text(row, "stamp")[:10]) for row in samples if row.get("temperature") is None}
        return [row for row in days if (row["deviceId"], row["date"][:10]) in gaps]
    return []


def _ids(row: Row) -> dict[str, str]:
    return {"deviceId": text(row, "deviceId")}


def _window(row: Row) -> tuple[datetime, datetime]:
    """Return the day of a row, up to its last second."""
    midnight = parse_instant(row.get("date")) or LAST
    return midnight, midnight + _DAY - timedelta(seconds=1)
