"""Mutants that the checks of `consistency/daily_telemetry.py` catch."""

from collections.abc import Callable, Sequence

from tests.mutants.harness.alterations import Row, Rows, add_to_member, change_rows, set_members
from tests.mutants.harness.messages import Request
from tests.mutants.harness.mutant import Mutant, Probe
from tests.mutants.harness.probe_parts import DAYS, TELEMETRY
from tests.mutants.harness.request_windows import parse_timestamp, shift_timestamp, window_of
from tests.mutants.harness.sensor_gaps import sensor_gaps

__all__ = ["MUTANTS"]


def _one_sample_less_on_two_days(row: Row) -> Row:
    return {"samples": row["samples"] - 1} if row["date"][8:10] in ("11", "21") else {}


def _with_last_day_twice(_request: Request, found: Rows) -> Rows:
    return [*found, *found[-1:]]


def _minimum_above_average(row: Row) -> Row:
    """Set the minimum and maximum of a day above its average."""
    average = row.get("averageTemperature")
    return {} if average is None else {"minTemperature": average + 1, "maxTemperature": average + 2}


def _missing_as_zero(values: Sequence[float | None]) -> float:
    return sum(value or 0 for value in values) / len(values)


def _carried_forward(values: Sequence[float | None]) -> float:
    """Fill a missing value with the one before it."""
    filled: list[float] = []
    for value in values:
        filled.append(value if value is not None else filled[-1] if filled else 0.0)
    return sum(filled) / len(filled)


def _divided_by_whole_day(row: Row) -> Row:
    """Divide the sums by the samples of a whole day, also on a day that has fewer."""
    names = ("averageTemperature", "averageHumidity")
    return {name: round(row[name] * row["samples"] / 288, 2) for name in names if row.get(name) is not None}


def _whole_day(_row: Row) -> Row:
    """Count the samples of a whole day, also on the current day."""
    return {"samples": 288}


def _local_day(row: Row) -> Row:
    """Count the samples of a local day, which has 23 or 25 hours when clocks change."""
    changes = {"2026-03-29": 276, "2025-10-26": 300}
    return {"samples": changes.get(row["date"][:10], row["samples"])}


def _last_of_month(row: Row) -> bool:
    return str(shift_timestamp(row["date"], 86_400))[8:10] == "01"


def _of_month_end(name: str, step: float) -> Callable[[Row], Row]:
    return lambda row: add_to_member(row, name, step) if _last_of_month(row) else {}


def _of_last_device(row: Row) -> Row:
    """Count one movement more for one device, as a join that finds a row twice does."""
    return add_to_member(row, "movements", 1) if row["deviceId"].endswith("7") and row["movements"] else {}


def _without_begin_of_chunk(request: Request, found: Rows) -> Rows:
    """Leave out the samples after a border between two partitions that are a week long."""
    window = window_of(request)

    def lost(row: Row) -> bool:
        at = parse_timestamp(row["stamp"])
        border = at and at.replace(minute=0)
        return bool(at and window and border and at.weekday() == 3 and at.hour == 0 and window[0] < border)

    return [row for row in found if not lost(row)]


MUTANTS = (
    Mutant(
        "con-gap-between-chunks",
        ("CON-026",),
        "Telemetry over a week lacks the first hour of Thursday",
        fault=change_rows(_without_begin_of_chunk, "listDeviceTelemetry"),
        probes=(Probe(f"{TELEMETRY}?from=2026-06-03T12:00:00Z&to=2026-06-04T12:00:00Z&telemetryType=0&pageSize=500"),),
    ),
    Mutant(
        "con-day-one-off",
        ("CON-026",),
        "Two days of a month count one sample less than the telemetry has",
        fault=set_members(_one_sample_less_on_two_days, "getTelemetryDaily"),
        probes=(Probe(DAYS),),
    ),
    Mutant(
        "con-day-twice",
        ("CON-025",),
        "getTelemetryDaily returns the last day twice",
        fault=change_rows(_with_last_day_twice, "getTelemetryDaily"),
        probes=(Probe(DAYS),),
    ),
    Mutant(
        "con-coldest-above-average",
        ("CON-027",),
        "minTemperature of a day is above its average",
        subtle=False,
        fault=set_members(_minimum_above_average, "getTelemetryDaily"),
        probes=(Probe(DAYS),),
    ),
    Mutant(
        "con-day-nulls-as-zero",
        ("CON-026",),
        "Samples without a value count as 0 in the averages of a day",
        fault=sensor_gaps(_missing_as_zero),
        probes=(Probe(DAYS),),
    ),
    Mutant(
        "con-day-nulls-carried-forward",
        ("CON-026",),
        "Samples without a value count as the value before in the averages of a day",
        fault=sensor_gaps(_carried_forward),
        probes=(Probe(DAYS),),
    ),
    Mutant(
        "con-day-divided-by-288",
        ("CON-026",),
        "The averages of a day are sums divided by 288",
        fault=set_members(_divided_by_whole_day, "getTelemetryDaily"),
        probes=(Probe(DAYS),),
    ),
    Mutant(
        "con-today-whole",
        ("CON-026",),
        "The current day counts the samples of a whole day",
        fault=set_members(_whole_day, "getTelemetryDaily"),
        probes=(Probe(DAYS),),
    ),
    Mutant(
        "con-day-of-25-hours",
        ("CON-026",),
        "Daily rows count 276 or 300 samples on days on which clocks change",
        fault=set_members(_local_day, "getTelemetryDaily"),
        probes=(Probe(f"{DAYS}?fromUtc=2026-03-20T00:00:00Z&toUtc=2026-04-05T00:00:00Z"),),
    ),
    *(
        Mutant(
            f"con-month-end-{name}",
            ("CON-026",),
            f"{name} of the last day of a month is too high",
            fault=set_members(_of_month_end(name, step), "getTelemetryDaily"),
            probes=(Probe(f"{DAYS}?fromUtc=2026-05-20T00:00:00Z&toUtc=2026-06-05T00:00:00Z"),),
        )
        for name, step in (("samples", 1), ("averageTemperature", 0.3), ("averageHumidity", 0.5), ("movements", 2))
    ),
    Mutant(
        "con-day-movements-joined-twice",
        ("CON-026",),
        "Daily rows of one device count a movement twice",
        fault=set_members(_of_last_device, "getTelemetryDaily"),
        probes=(Probe(DAYS),),
    ),
)
