"""Mutants that the checks of `consistency/daily_telemetry.py` catch."""

from tests.mutants.harness.alterations import Row, Rows, change_rows, set_members
from tests.mutants.harness.messages import Request
from tests.mutants.harness.mutant import Mutant, Probe
from tests.mutants.harness.probe_parts import DAYS

__all__ = ["MUTANTS"]


def _one_sample_less_on_two_days(row: Row) -> Row:
    return {"samples": row["samples"] - 1} if row["date"][8:10] in ("11", "21") else {}


def _with_last_day_twice(_request: Request, found: Rows) -> Rows:
    return [*found, *found[-1:]]


def _minimum_above_average(row: Row) -> Row:
    """Set the minimum and maximum of a day above its average."""
    average = row.get("averageTemperature")
    return {} if average is None else {"minTemperature": average + 1, "maxTemperature": average + 2}


MUTANTS = (
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
)
