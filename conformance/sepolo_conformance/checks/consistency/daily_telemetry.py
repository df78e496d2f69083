"""Daily telemetry: one row per device and day, with the values of the day's telemetry."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sepolo_conformance.api.calls import Call
from sepolo_conformance.api.timestamps import parse_instant
from sepolo_conformance.checks.common.clauses import OURS
from sepolo_conformance.checks.common.details import complete_list
from sepolo_conformance.compare.current_statistics import half_unit
from sepolo_conformance.compare.rows import Row, number, spread
from sepolo_conformance.engine import SANDBOX, SHOULD, Case, Exchange, requirement

_DAY = timedelta(days=1)
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
    movements with the listed ones."""
    for day in _days(case):
        shown = day.row.get("samples")
        count = len(day.samples)
        case.expect(shown == count, f"{count} samples of {day.name}", shown, day.exchange)
        for member, source in (("averageTemperature", "temperature"), ("averageHumidity", "humidity")):
            values, average = day.values(source), number(day.row.get(member))
            if values and average is not None:
                mean = sum(values) / len(values)
                expected = f"{member} {mean:.2f}, the mean of {len(values)} samples of {day.name}"
                case.expect(abs(mean - average) <= half_unit(average) + 0.01, expected, average, day.exchange)
        shown = day.row.get("movements")
        if day.movements is not None and shown is not None:
            case.expect(shown == day.movements, f"{day.movements} movements of {day.name}", shown, day.exchange)


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


def _days(case: Case) -> tuple[_Day, ...]:
    """Return up to three past days, read once per run: first days with an unusual number of samples."""
    return case.once(("days",), lambda: tuple(_read_days(case)))


def _read_days(case: Case) -> Iterator[_Day]:
    listing = case.home.listing("getTelemetryDaily")
    past = [row for row in listing.rows if _has_ended(case, row)]
    usual = Counter(str(row.get("samples")) for row in past).most_common(1)
    unusual = [row for row in past if usual and str(row.get("samples")) != usual[0][0]]
    for row in (*unusual[:2], *spread([row for row in past if row not in unusual], 1)):
        midnight = parse_instant(row["date"])
        if midnight is None:
            continue
        window = (midnight, midnight + _DAY - timedelta(seconds=1))
        ids = {"deviceId": str(listing.call.query["deviceId"])}
        call = Call(case.operation("listDeviceTelemetry"), ids).within(*window).having(telemetryType=0).with_page_size()
        samples = case.walk(call, pages=5)
        call = Call(case.operation("listMovements"), ids).within(*window).with_page_size()
        movements = case.walk(call, pages=2)
        if samples.ended:
            yield _Day(row, listing.exchange, samples.rows, len(movements.rows) if movements.ended else None)


def _has_ended(case: Case, row: Row) -> bool:
    date = parse_instant(row.get("date"))
    return date is not None and date + _DAY <= case.target.now()
