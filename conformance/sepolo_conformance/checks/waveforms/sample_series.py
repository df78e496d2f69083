"""The samples of a cycle as a series: index, offset, count and duration."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise

from sepolo_conformance.api.timestamps import parse_instant
from sepolo_conformance.checks.common.clauses import OURS
from sepolo_conformance.checks.common.cycles import Cycle, cycles
from sepolo_conformance.compare.current_statistics import half_unit, statistics_of
from sepolo_conformance.compare.rows import is_close, number
from sepolo_conformance.engine import SANDBOX, SHOULD, Case, requirement

_EXAMPLE = "The example of the published page: index 42, offset 420 ms, 142 samples, 1420 ms."

Series = list[tuple[float, float]]
"""Index and offset in ms of the samples of a cycle, by index."""


@requirement(
    "WAV-001", SHOULD, clause=_EXAMPLE, title="The samples of a cycle are numbered from 0 without gaps or repeats"
)
def samples_are_numbered_from_0(case: Case) -> None:
    """Compares the indices of all samples of a few cycles with 0, 1, 2 and so on."""
    for cycle in cycles(case):
        found = sorted(index for index in _column(cycle, "cycleSampleIndex") if index is not None)
        if not found or not cycle.walk.ended:
            continue
        wanted = [float(index) for index in range(len(found))]
        wrong = [one for one, two in zip(found, wanted, strict=True) if one != two][:1]
        expected = f"indices 0 to {len(found) - 1} in {cycle.name}, each once"
        actual = f"{len(found)} samples, first {found[0]:g}, last {found[-1]:g}; the first wrong index is {wrong}"
        case.expect(found == wanted, expected, actual, cycle.walk.last)


@requirement("WAV-002", SHOULD, clause=_EXAMPLE, title="The offsets of samples increase with the index")
def offsets_increase(case: Case) -> None:
    """Compares the offset of each sample of a few cycles with that of the sample before."""
    for cycle, series in _series(case):
        wrong = [(one, two) for one, two in pairwise(series) if two[1] < one[1]][:1]
        actual = "; ".join(f"{two[1]:g} ms at index {two[0]:g} after {one[1]:g} ms" for one, two in wrong)
        case.expect(not wrong, f"offsets of {cycle.name} that increase with the index", actual, cycle.walk.last)


@requirement("WAV-003", SHOULD, clause=_EXAMPLE, title="The offsets of samples increase in equal steps")
def steps_are_equal(case: Case) -> None:
    """Compares the steps between the offsets of neighbouring samples with their median.

    Tolerates 2 % of the median, or 1 ms, to which offsets are rounded.
    """
    for cycle, series in _series(case):
        steps = [(two[0], two[1] - one[1]) for one, two in pairwise(series) if two[0] - one[0] == 1]
        if not steps:
            continue
        median = sorted(step for _, step in steps)[len(steps) // 2]
        wrong = [(index, step) for index, step in steps if abs(step - median) > max(1.0, median / 50)][:1]
        actual = "; ".join(f"{step:g} ms before index {index:g}" for index, step in wrong)
        case.expect(not wrong, f"steps of {median:g} ms in {cycle.name}", actual, cycle.walk.last)


@requirement(
    "WAV-004",
    SHOULD,
    clause=_EXAMPLE,
    title="No offset exceeds cycleDurationMs, and each index is less than cycleSampleCount",
)
def samples_lie_within_the_cycle(case: Case) -> None:
    """Compares the index of each sample with the count, and its offset with the duration, that the sample shows."""
    for cycle in cycles(case):
        for row in cycle.samples:
            index, count = number(row.get("cycleSampleIndex")), number(row.get("cycleSampleCount"))
            offset, duration = number(row.get("cycleSampleOffsetMs")), number(row.get("cycleDurationMs"))
            if index is not None and count is not None:
                expected = f"an index from 0 to {count - 1:g} in {cycle.name}"
                case.expect(0 <= index < count, expected, f"{index:g}", cycle.walk.last)
            if offset is not None and duration is not None:
                expected = f"an offset from 0 to {duration:g} ms in {cycle.name}"
                case.expect(0 <= offset <= duration, expected, f"{offset:g} ms", cycle.walk.last)


@requirement("WAV-005", SHOULD, clause=_EXAMPLE, title="All samples of a cycle show the same count and duration")
def count_and_duration_are_the_same(case: Case) -> None:
    """Collects cycleSampleCount and cycleDurationMs from all samples of a few cycles, with `samples` and durationMs of
    the cycle itself."""
    for cycle in cycles(case):
        for name, own_name in (("cycleSampleCount", "samples"), ("cycleDurationMs", "durationMs")):
            found = {value for value in _column(cycle, name) if value is not None}
            if found:
                own = number(cycle.row.get(own_name))
                values = sorted(found if own is None else {*found, own})
                expected = f"one {name} in all samples of {cycle.name}, equal to its {own_name}"
                case.expect(len(values) == 1, expected, values[:4], cycle.shown)


@requirement(
    "WAV-006",
    SHOULD,
    clause="The example of the published page: 1.420 s from start to stop, 142 samples of 10 ms.",
    title="A cycle lasts as long as its samples",
)
def cycle_lasts_as_long_as_its_samples(case: Case) -> None:
    """Compares the time from start to stop with the number of samples times their step, and with cycleDurationMs.

    Tolerates 1 % and one step, or 1 s where start and stop are rounded to seconds.
    """
    for cycle, series in _series(case):
        start, stop = parse_instant(cycle.row.get("start")), parse_instant(cycle.row.get("stop"))
        if start is None or stop is None or len(series) < 2 or not cycle.walk.ended:
            continue
        actual_ms = (stop - start) / timedelta(milliseconds=1)
        first, last = series[0], series[-1]
        step_ms = (last[1] - first[1]) / (last[0] - first[0]) if last[0] > first[0] else 0.0
        rounding_ms = 1_000.0 if start.microsecond == stop.microsecond == 0 else 1.0
        wanted = [("samples times their step", len(series) * step_ms)]
        wanted += [("cycleDurationMs", ms) for ms in _column(cycle, "cycleDurationMs") if ms is not None][:1]
        for source, wanted_ms in wanted:
            fits = abs(actual_ms - wanted_ms) <= max(step_ms, rounding_ms) + 0.01 * wanted_ms
            expected = f"{cycle.name} to last {wanted_ms:g} ms, its {source}"
            case.expect(fits, expected, f"{actual_ms:g} ms from start to stop", cycle.shown)


@requirement(
    "WAV-014",
    SANDBOX,
    clause=OURS,
    title="Sample rate, duration, RMS current and direction of a cycle are those of its samples",
)
def cycle_values_fit_samples(case: Case) -> None:
    """Compares sampleRateHz, durationMs and currentRms of a few cycles with values calculated from their samples, and
    direction with that of each sample."""
    for cycle in cycles(case):
        wanted = cycle.row.get("direction")
        others = {str(row["direction"]) for row in cycle.samples if row.get("direction") not in (None, wanted)}
        if wanted is not None:
            expected = f"direction {wanted} in the samples of {cycle.name}"
            case.expect(not others, expected, sorted(others), cycle.shown)
    for cycle, series in _series(case):
        if not cycle.is_complete or len(series) < 2:
            continue
        step_ms = series[1][1] - series[0][1]
        calculated = {
            "sampleRateHz": 1000 / step_ms if step_ms else 0.0,
            "durationMs": len(series) * step_ms,
            "currentRms": statistics_of(cycle.currents)["currentRms"],
        }
        for name, value in calculated.items():
            shown = number(cycle.row.get(name))
            if shown is not None:
                tolerance = half_unit(shown) if name == "currentRms" else 0.01
                expected = f"{name} {value:.4g}, calculated from the samples of {cycle.name}"
                case.expect(is_close(shown, value, relative=0.001, absolute=tolerance), expected, shown, cycle.shown)


def _column(cycle: Cycle, name: str) -> list[float | None]:
    return [number(row.get(name)) for row in cycle.samples]


def _series(case: Case) -> Iterator[tuple[Cycle, Series]]:
    """Yield a few cycles with their series; cycles whose samples show no index and offset are left out."""
    for cycle in cycles(case):
        columns = zip(_column(cycle, "cycleSampleIndex"), _column(cycle, "cycleSampleOffsetMs"), strict=True)
        series = sorted((index, offset) for index, offset in columns if index is not None and offset is not None)
        if series:
            yield cycle, series
