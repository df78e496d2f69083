"""Cycles and the samples of each."""

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from sepolo_conformance.api.calls import Call
from sepolo_conformance.api.row_identity import same_id
from sepolo_conformance.api.timestamps import TOLERANCE, parse_instant
from sepolo_conformance.checks.common.clauses import EVERY_SAMPLE, EXAMPLE_ARITHMETIC
from sepolo_conformance.checks.common.cycles import cycle_lists, cycles
from sepolo_conformance.compare.current_statistics import half_unit, statistics_of
from sepolo_conformance.compare.rows import Row, is_close, number
from sepolo_conformance.engine import MUST, SHOULD, Case, Exchange, requirement


@requirement(
    "CON-015",
    MUST,
    clause='Published page: "ordered by sample index".',
    title="Samples of a cycle are ordered by their index",
)
def samples_are_ordered_by_index(case: Case) -> None:
    """Reads all samples of a few cycles, some in several pages, and compares each index with the one before."""
    for cycle in cycles(case):
        found = [index for row in cycle.samples if (index := number(row.get("cycleSampleIndex"))) is not None]
        descent = next(((one, two) for one, two in pairwise(found) if two < one), None)
        if len(found) > 1:
            actual = f"{descent[1]:g} after {descent[0]:g}" if descent else ""
            case.expect(descent is None, f"samples of {cycle.name} by ascending index", actual, cycle.walk.last)


@requirement(
    "CON-016",
    MUST,
    clause="The path names device and cycle.",
    title="Samples of a cycle show its cycleId and the deviceId of its device",
)
def samples_show_cycle_and_device(case: Case) -> None:
    """Compares cycleId and deviceId of each sample with those in the path."""
    for cycle in cycles(case):
        for name in ("cycleId", "deviceId"):
            wanted = cycle.walk.call.ids[name]
            shown = [row[name] for row in cycle.samples if row.get(name) is not None]
            others = [value for value in shown if not same_id(value, wanted)]
            actual = f"{len(others)} samples of {others[:1]}"
            case.expect(not others, f"samples of {cycle.name} with {name} {wanted}", actual, cycle.walk.last)


@requirement("CON-017", SHOULD, clause=EVERY_SAMPLE, title="A cycle has as many samples as it shows in `samples`")
def sample_count(case: Case) -> None:
    """Counts the samples of a few cycles and compares with `samples` of the cycle and cycleSampleCount of the
    samples."""
    for cycle in cycles(case):
        if not cycle.walk.ended:
            case.notes.append(f"{cycle.name}: {cycle.walk.problem or 'too many samples to read them all'}")
            continue
        counts = {number(cycle.row.get("samples"))} | {number(row.get("cycleSampleCount")) for row in cycle.samples}
        for count in counts - {None}:
            actual = f"{len(cycle.samples)} samples"
            case.expect(count == len(cycle.samples), f"{count:g} samples, as {cycle.name} shows", actual, cycle.shown)


@requirement(
    "CON-018",
    SHOULD,
    clause="A cycle shows the average and the peak of its current.",
    title="Average and peak current of a cycle are those of its samples",
)
def current_of_samples(case: Case) -> None:
    """Calculates mean and maximum from the samples of complete cycles.

    Tolerates 0.5 % and the rounding of the shown value.
    """
    for cycle in cycles(case):
        if cycle.is_complete:
            counted = statistics_of(cycle.currents)
            for name, source in (("averageCurrent", "currentMean"), ("peakCurrent", "currentMax")):
                shown = number(cycle.row.get(name))
                if shown is not None:
                    fits = is_close(shown, counted[source], absolute=half_unit(shown))
                    expected = f"{name} {counted[source]:.4g} A, calculated from the samples of {cycle.name}"
                    case.expect(fits, expected, shown, cycle.shown)


@requirement(
    "CON-019",
    SHOULD,
    clause=EXAMPLE_ARITHMETIC,
    title="A cycle stops after it starts, its peak is at least its average, and it has samples",
)
def cycle_values_are_plausible(case: Case) -> None:
    """Compares start with stop and average with peak of every listed cycle, and looks for at least one sample."""
    for listing in cycle_lists(case):
        exact = any("." in str(row.get(name)) for row in listing.rows for name in ("start", "stop"))
        for row in listing.rows:
            _expect_plausible(case, row, listing.exchange, exact=exact)


@requirement(
    "CON-020",
    SHOULD,
    clause="A cycle shows start and stop.",
    title="The stamps of a cycle's samples lie between its start and stop",
)
def stamps_within_cycle(case: Case) -> None:
    """Compares the stamps of samples with start and stop of their cycle. Tolerates a second."""
    for cycle in cycles(case):
        start, stop = parse_instant(cycle.row.get("start")), parse_instant(cycle.row.get("stop"))
        if start is None or stop is None:
            continue
        stamps = [(row.get("stamp"), parse_instant(row.get("stamp"))) for row in cycle.samples]
        outside = [text for text, at in stamps if at is not None and not start - TOLERANCE <= at <= stop + TOLERANCE]
        expected = f"stamps from {cycle.row['start']} to {cycle.row['stop']}, as {cycle.name} shows"
        case.expect(not outside, expected, f"{len(outside)} outside, e.g. {outside[:1]}", cycle.shown)


@requirement(
    "CON-021", SHOULD, clause=EVERY_SAMPLE, title="Telemetry filtered by cycleId returns the samples of that cycle"
)
def telemetry_of_cycle(case: Case) -> None:
    """Reads telemetry of two cycles with the filter cycleId and compares index and current of each sample."""
    for cycle in [cycle for cycle in cycles(case) if cycle.is_complete][:2]:
        start, stop = parse_instant(cycle.row.get("start")), parse_instant(cycle.row.get("stop"))
        if start is None or stop is None:
            continue
        call = Call(case.operation("listDeviceTelemetry"), {"deviceId": cycle.walk.call.ids["deviceId"]})
        call = call.within(start - TOLERANCE, stop + TOLERANCE).having(cycleId=cycle.row["cycleId"]).with_page_size()
        walk = case.walk(call, pages=5)
        if not walk.ended:
            case.notes.append(f"{cycle.name}: {walk.problem or 'too many rows'}")
            continue
        one, two = (sorted(_samples(rows)) for rows in (cycle.samples, walk.rows))
        single = [sample for sample in one if sample not in two] + [sample for sample in two if sample not in one]
        expected = f"the {len(one)} samples of {cycle.name}"
        actual = f"{len(two)} samples; in only one of both responses: {single[:2]}"
        case.expect(one == two, expected, actual, (cycle.walk.last, walk.last))


def _expect_plausible(case: Case, row: Row, exchange: Exchange, *, exact: bool) -> None:
    """Judge one cycle. `exact`: its list shows fractions of a second, so start and stop can't be equal by rounding."""
    start, stop = parse_instant(row.get("start")), parse_instant(row.get("stop"))
    average, peak = number(row.get("averageCurrent")), number(row.get("peakCurrent"))
    samples, name = number(row.get("samples")), f"cycle {row.get('cycleId')}"
    if start and stop:
        after = stop > start if exact and samples is not None and samples > 1 else stop >= start
        case.expect(after, f"stop of {name} after its start {row['start']}", row["stop"], exchange)
        expected = f"at least one sample in {name}, which has stopped"
        case.expect(samples is None or samples >= 1, expected, samples, exchange)
    if average is not None and peak is not None:
        case.expect(peak >= average, f"peakCurrent of {name} of at least its average {average} A", peak, exchange)


def _samples(rows: list[dict[str, Any]]) -> Iterator[tuple[float, float]]:
    """Yield index and current of each sample, -1 for a missing value."""
    for row in rows:
        index, current = number(row.get("cycleSampleIndex")), number(row.get("current"))
        yield (-1.0 if index is None else index, -1.0 if current is None else current)
