"""Mutants that the checks of `consistency/cycle_samples.py` catch."""

from tests.mutants.harness.alterations import Row, Rows, change_rows, set_members
from tests.mutants.harness.messages import Request
from tests.mutants.harness.mutant import Mutant, Probe, probe_all_pages
from tests.mutants.harness.predicates import gives, is_later_page
from tests.mutants.harness.probe_parts import CYCLES, SAMPLES, TELEMETRY, WINDOW
from tests.mutants.harness.request_windows import shift_timestamp

__all__ = ["MUTANTS"]


def _with_two_samples_swapped(_request: Request, found: Rows) -> Rows:
    """Swap the second and the third sample."""
    return [*found[:1], *reversed(found[1:3]), *found[3:]]


def _without_60th_sample(_request: Request, found: Rows) -> Rows:
    return [row for row in found if row["cycleSampleIndex"] != 60 or row["cycleSampleCount"] <= 100]


def _other_cycle_for_90th_sample(row: Row) -> Row:
    return {"cycleId": f"{row['cycleId']}x"} if row["cycleSampleIndex"] == 90 else {}


def _lower_peak(row: Row) -> Row:
    """Set the peak to the mean of peak and average."""
    return {"peakCurrent": round((row["peakCurrent"] + row["averageCurrent"]) / 2, 2)}


def _stop_at_start(row: Row) -> Row:
    """End cycles at their start whose number of samples ends with 9."""
    return {"stop": row["start"], "durationMs": 0} if row["samples"] % 10 == 9 else {}


MUTANTS = (
    Mutant(
        "con-cycle-samples",
        ("CON-017",),
        "samples of a cycle is one more than its number of samples",
        fault=set_members(lambda row: {"samples": row["samples"] + 1}, "listPointGuardCycles"),
        probes=(Probe(f"{CYCLES}?{WINDOW}&pageSize=500"),),
    ),
    Mutant(
        "con-cycle-peak",
        ("CON-018",),
        "peakCurrent of a cycle differs from that of its samples",
        fault=set_members(_lower_peak, "listPointGuardCycles"),
        probes=(Probe(f"{CYCLES}?{WINDOW}&pageSize=500"),),
    ),
    Mutant(
        "con-average-above-peak",
        ("CON-019",),
        "averageCurrent and peakCurrent of cycles are swapped",
        subtle=False,
        fault=set_members(
            lambda row: {"averageCurrent": row["peakCurrent"], "peakCurrent": row["averageCurrent"]},
            "listPointGuardCycles",
        ),
        probes=(Probe(f"{CYCLES}?{WINDOW}&pageSize=500"),),
    ),
    Mutant(
        "con-cycle-ends-at-start",
        ("CON-019",),
        "Some cycles stop at their start",
        fault=set_members(_stop_at_start, "listPointGuardCycles"),
        probes=(Probe(f"{CYCLES}?{WINDOW}&pageSize=500"),),
    ),
    Mutant(
        "con-samples-swapped-later",
        ("CON-015",),
        "Two samples of each later page are swapped",
        fault=change_rows(_with_two_samples_swapped, "listPointGuardCycleSamples", when=is_later_page),
        probes=(probe_all_pages(f"{SAMPLES}?pageSize=50"),),
    ),
    Mutant(
        "con-sample-missing",
        ("CON-017",),
        "One sample of long cycles is missing",
        fault=change_rows(_without_60th_sample, "listPointGuardCycleSamples"),
        probes=(Probe(f"{SAMPLES}?pageSize=500"),),
    ),
    Mutant(
        "con-sample-of-another",
        ("CON-016",),
        "One sample of a cycle has another cycleId",
        fault=set_members(_other_cycle_for_90th_sample, "listPointGuardCycleSamples"),
        probes=(Probe(f"{SAMPLES}?pageSize=500"),),
    ),
    Mutant(
        "con-telemetry-of-cycle",
        ("CON-021",),
        "Telemetry filtered by cycleId lacks the first sample",
        fault=change_rows(
            lambda _request, found: [row for row in found if row["cycleSampleIndex"] != 0],
            "listDeviceTelemetry",
            when=gives("cycleId"),
        ),
        probes=(Probe(f"{TELEMETRY}?{WINDOW}&cycleId={{own.cycle}}"),),
    ),
    Mutant(
        "con-samples-a-minute-late",
        ("CON-020",),
        "Timestamps of samples are a minute late",
        fault=set_members(lambda row: {"stamp": shift_timestamp(row["stamp"], 60)}, "listPointGuardCycleSamples"),
        probes=(Probe(SAMPLES),),
    ),
)
