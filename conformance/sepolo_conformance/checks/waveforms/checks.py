"""Waveforms: samples as a series, cycles as its summary, signatures as its statistics, decisions about it."""

import json
from collections.abc import Iterator, Mapping
from datetime import timedelta
from itertools import pairwise
from math import sqrt
from typing import Any

from sepolo_conformance.api.timestamps import parse_instant
from sepolo_conformance.checks.common.cycles import Cycle, Movement, cycles, movements
from sepolo_conformance.compare.current_statistics import between, half_unit, statistics_of
from sepolo_conformance.compare.rows import Row, is_close, number, text
from sepolo_conformance.engine.case import Case, requirement
from sepolo_conformance.model.requirement import MUST, SANDBOX, SHOULD
from sepolo_conformance.transport.exchange import Exchange

_EXAMPLE = "The page's example: index 42, offset 420 ms, 142 samples, 1420 ms."
_OURS = "Our own choice: the page is silent."
_LOGIC = "Statistics of one and the same series of numbers."

_EDGE = 0.02
"""How far figures in A may overlap where both are rounded."""
_ACTIONS = ("Classify", "Confirm", "Dismiss", "Defer")
_DIRECTIONS = ("NormalToReverse", "ReverseToNormal")
_TYPES: Mapping[str, tuple[str, type | tuple[type, ...], bool]] = {
    "isAnomalySuggested": ("true or false", bool, False),
    "anomalyScore": ("a number or null", (int, float), True),
    "anomalyDecisionAction": ("text or null", str, True),
}
"""Member to (what it has to be, in words and as types, whether it may be null)."""


# -- Samples -------------------------------------------------------------------------------------------------


@requirement(
    "WAV-001",
    SHOULD,
    clause=_EXAMPLE,
    title="The samples of a cycle are numbered from 0 without gaps or repeats",
)
def numbered_without_gaps(case: Case) -> None:
    """Compares the indices of all samples of a few cycles with 0, 1, 2 and so on."""
    for cycle in cycles(case):
        found = sorted(index for index in _column(cycle, "cycleSampleIndex") if index is not None)
        if not found or not cycle.walk.ended:
            continue
        wanted = [float(index) for index in range(len(found))]
        odd = [one for one, two in zip(found, wanted, strict=True) if one != two][:1]
        actual = f"{len(found)} samples, first {found[0]:g}, last {found[-1]:g}; index {odd} is out of turn"
        case.expect(
            found == wanted, f"indices 0 to {len(found) - 1} in {cycle.name}, each once", actual, cycle.walk.last
        )


@requirement(
    "WAV-002",
    SHOULD,
    clause=_EXAMPLE,
    title="Offsets grow with the index",
)
def offsets_grow(case: Case) -> None:
    """Compares the offset of each sample of a few cycles with that of the sample before."""
    for cycle, series in _series(case):
        wrong = [(one, two) for one, two in pairwise(series) if two[1] < one[1]][:1]
        actual = "; ".join(f"{two[1]:g} ms at index {two[0]:g} after {one[1]:g} ms" for one, two in wrong)
        case.expect(not wrong, f"offsets of {cycle.name} that grow with the index", actual, cycle.walk.last)


@requirement(
    "WAV-003",
    SHOULD,
    clause=_EXAMPLE,
    title="Offsets grow in equal steps",
)
def equal_steps(case: Case) -> None:
    """Compares the steps between offsets of neighbouring samples with their median: 2 % of it, or the
    millisecond that offsets are rounded to, are tolerated."""
    for cycle, series in _series(case):
        steps = [(two[0], two[1] - one[1]) for one, two in pairwise(series) if two[0] - one[0] == 1]
        if not steps:
            continue
        median = sorted(step for _, step in steps)[len(steps) // 2]
        odd = [(index, step) for index, step in steps if abs(step - median) > max(1.0, median / 50)][:1]
        actual = "; ".join(f"{step:g} ms before index {index:g}" for index, step in odd)
        case.expect(not odd, f"steps of {median:g} ms in {cycle.name}", actual, cycle.walk.last)


@requirement(
    "WAV-004",
    SHOULD,
    clause=_EXAMPLE,
    title="No offset lies beyond the duration, no index beyond the count",
)
def within_the_cycle(case: Case) -> None:
    """Compares each sample's index with the count and its offset with the duration that it shows itself."""
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


@requirement(
    "WAV-005",
    SHOULD,
    clause=_EXAMPLE,
    title="Every sample of a cycle says the same count and duration",
)
def one_count_and_duration(case: Case) -> None:
    """Collects cycleSampleCount and cycleDurationMs over all samples of a few cycles, with the cycle's own samples and
    durationMs."""
    for cycle in cycles(case):
        for name, own in (("cycleSampleCount", "samples"), ("cycleDurationMs", "durationMs")):
            found = {value for value in _column(cycle, name) if value is not None}
            if found:
                said = number(cycle.row.get(own))
                values = sorted(found if said is None else {*found, said})
                expected = f"one {name} in all samples of {cycle.name}, as its own {own}"
                case.expect(len(values) == 1, expected, values[:4], cycle.shown)


@requirement(
    "WAV-006",
    SHOULD,
    clause="The example: 1.420 s from start to stop, 142 samples of 10 ms.",
    title="A cycle lasts as long as its samples",
)
def lasts_as_its_samples(case: Case) -> None:
    """Compares stop less start with the number of samples times their step, and with cycleDurationMs. A step, the
    second that instants may be rounded to, and 1 % are tolerated."""
    for cycle, series in _series(case):
        start, stop = parse_instant(cycle.row.get("start")), parse_instant(cycle.row.get("stop"))
        if start is None or stop is None or len(series) < 2 or not cycle.walk.ended:
            continue
        lasts = (stop - start) / timedelta(milliseconds=1)
        step = (series[-1][1] - series[0][1]) / (series[-1][0] - series[0][0]) if series[-1][0] > series[0][0] else 0.0
        durations = [value for value in _column(cycle, "cycleDurationMs") if value is not None][:1]
        rounded = 1_000.0 if start.microsecond == stop.microsecond == 0 else 1.0
        for what, wanted in (
            ("samples times their step", len(series) * step),
            *(("cycleDurationMs", d) for d in durations),
        ):
            fits = abs(lasts - wanted) <= max(step, rounded) + 0.01 * wanted
            expected = f"{cycle.name} to last {wanted:g} ms, its {what}"
            case.expect(fits, expected, f"{lasts:g} ms from start to stop", cycle.shown)


# -- Signatures ----------------------------------------------------------------------------------------------


@requirement(
    "WAV-007",
    SHOULD,
    clause=_LOGIC,
    title="Percentiles of a current are in order, between its extremes",
)
def percentiles_in_order(case: Case) -> None:
    """Looks at the signature of every listed movement, and at those of a few by their id."""
    order = ("currentMin", "currentP10", "currentP50", "currentP90", "currentMax")
    for name, signature, exchange in _signatures(case):
        shown = [(member, value) for member in order if (value := number(signature.get(member))) is not None]
        wrong = [(one, two) for one, two in pairwise(shown) if two[1] < one[1] - _EDGE / 2][:1]
        if len(shown) > 1:
            actual = "; ".join(f"{one[0]} {one[1]:g}, {two[0]} {two[1]:g}" for one, two in wrong)
            case.expect(not wrong, f"{', '.join(member for member, _ in shown)} of {name} in order", actual, exchange)


@requirement(
    "WAV-008",
    SHOULD,
    clause=_LOGIC,
    title="The effective current isn't negative, nor below the mean or above the maximum",
)
def effective_current(case: Case) -> None:
    """Compares currentRms of the same signatures with the maximum, and with what it can't be below: the mean, the
    minimum, and what half of the samples above P50, or a tenth above P90, amount to by themselves."""
    for name, signature, exchange in _signatures(case):
        rms = number(signature.get("currentRms"))
        if rms is None:
            continue
        low, most = _least_rms(signature), number(signature.get("currentMax"))
        fits = rms >= low - _EDGE and rms >= 0 and (most is None or rms <= most + _EDGE)
        expected = f"currentRms of {name} from {low:.4g}{'' if most is None else f' to {most:g}'} A"
        case.expect(fits, expected, f"{rms:g} A", exchange)


@requirement(
    "WAV-009",
    SHOULD,
    clause=_LOGIC,
    title="The peak current of a movement isn't below its average",
)
def peak_above_average(case: Case) -> None:
    """Compares peakCurrent with averageCurrent in every listed movement."""
    listing = case.home.listing("listMovements")
    for row in listing.rows:
        average, peak = number(row.get("averageCurrent")), number(row.get("peakCurrent"))
        if average is not None and peak is not None:
            expected = f"a peak of at least the average {average:g} A in movement {row.get('id')}"
            case.expect(peak >= average, expected, f"{peak:g} A", listing.exchange)


@requirement(
    "WAV-010",
    MUST,
    clause="The page shows shapeJson as a string.",
    title="shapeJson is text, or null",
)
def shape_is_text(case: Case) -> None:
    """Looks at the type of shapeJson in a few signatures."""
    for movement in movements(case):
        if (
            movement.signature.ok
            and isinstance(movement.signature.data, dict)
            and "shapeJson" in movement.signature.data
        ):
            shape = movement.signature.member("shapeJson")
            expected = "shapeJson as a JSON string, or null"
            case.expect(shape is None or isinstance(shape, str), expected, type(shape).__name__, movement.signature)


@requirement(
    "WAV-011",
    SHOULD,
    clause='The name, and the example "{...}".',
    title="shapeJson is JSON in text",
)
def shape_parses(case: Case) -> None:
    """Parses shapeJson of a few signatures."""
    for movement in movements(case):
        text = movement.signature.member("shapeJson")
        if isinstance(text, str):
            problem = _problem(text)
            case.expect(problem is None, "shapeJson that can be parsed as JSON", problem, movement.signature)


@requirement(
    "WAV-012",
    SANDBOX,
    clause=_OURS,
    title="The shape has as many points as it says, over the whole of the movement",
)
def shape_is_whole(case: Case) -> None:
    """Counts the points of t and current and looks at t: from 0 to 1, growing."""
    for movement, shape in _shapes(case):
        points, times, currents = shape.get("points"), _numbers(shape.get("t")), _numbers(shape.get("current"))
        counts = (len(times), len(currents))
        case.expect(counts == (points, points), f"{points} points in t and current", counts, movement.signature)
        grows = bool(times) and times[0] == 0 and times[-1] == 1 and all(one < two for one, two in pairwise(times))
        case.expect(grows, "t that grows from 0 to 1", f"{times[:2]} to {times[-2:]}", movement.signature)


@requirement(
    "WAV-013",
    SANDBOX,
    clause=_OURS,
    title="The shape is that of the samples",
)
def shape_is_of_samples(case: Case) -> None:
    """Draws the samples of the movement's cycle at the times of the shape and compares, 0.1 A and 3 % tolerated."""
    known = {(cycle.walk.call.ids["deviceId"], cycle.row["cycleId"]): cycle for cycle in cycles(case) if cycle.whole}
    for movement, shape in _shapes(case):
        cycle = known.get((text(movement.row, "deviceId"), text(movement.row, "cycleId")))
        times, currents = _numbers(shape.get("t")), _numbers(shape.get("current"))
        if cycle is None or len(times) != len(currents):
            continue
        pairs = [
            (at, value, between(cycle.currents, min(max(at, 0.0), 1.0)))
            for at, value in zip(times, currents, strict=True)
        ]
        odd = [pair for pair in pairs if not is_close(pair[1], pair[2], relative=0.03, absolute=0.1)][:1]
        actual = "; ".join(f"{value:g} A at t {at:g}, where the samples have {drawn:.3g} A" for at, value, drawn in odd)
        case.expect(not odd, f"the shape of {cycle.name}", actual, (cycle.walk.last, movement.signature))


# -- Cycles and movements ------------------------------------------------------------------------------------


@requirement(
    "WAV-014",
    SANDBOX,
    clause=_OURS,
    title="Sample rate, duration and effective current of a cycle fit its samples",
)
def cycle_fits_samples(case: Case) -> None:
    """Compares sampleRateHz, durationMs and currentRms of a few cycles with their samples."""
    for cycle, series in _series(case):
        if not cycle.whole or len(series) < 2:
            continue
        step = series[1][1] - series[0][1]
        counted = {
            "sampleRateHz": 1000 / step if step else 0.0,
            "durationMs": len(series) * step,
            "currentRms": statistics_of(cycle.currents)["currentRms"],
        }
        for name, value in counted.items():
            said = number(cycle.row.get(name))
            if said is not None:
                fits = is_close(said, value, relative=0.001, absolute=half_unit(said) if name == "currentRms" else 0.01)
                case.expect(fits, f"{name} {value:.4g}, as the samples of {cycle.name}", said, cycle.shown)


@requirement(
    "WAV-015",
    MUST,
    clause='The page: "suggested anomalies and anomaly decision metadata", and shows their types.',
    title="The suggestion is true or false, the score a number, the decision text",
)
def types_of_suggestions(case: Case) -> None:
    """Looks at the types of the three members in every listed movement."""
    listing = case.home.listing("listMovements")
    for row in listing.rows:
        for name, (wanted, kind, nullable) in _TYPES.items():
            if name in row:
                value = row[name]
                right = isinstance(value, kind) and (kind is bool or not isinstance(value, bool))
                fits = right or (nullable and value is None)
                case.expect(fits, f"{name} to be {wanted}", f"{value!r}", listing.exchange)


@requirement(
    "WAV-016",
    SANDBOX,
    clause=_OURS,
    title="Decisions and directions are words of the documented vocabulary",
)
def known_words(case: Case) -> None:
    """Looks at actions and directions of every listed movement and cycle."""
    known = {"anomalyDecisionAction": _ACTIONS, "direction": _DIRECTIONS}
    for source in ("listMovements", "listPointGuardCycles"):
        with case.part(source):
            listing = case.home.listing(source)
            for name, words in known.items():
                odd = [value for value in listing.values(name) if value not in words]
                case.expect(not odd, f"{name} to be one of {', '.join(words)}", odd[:3], listing.exchange)


@requirement(
    "WAV-017",
    SANDBOX,
    clause=_OURS,
    title="Who decided, when and why is there exactly where a decision is",
)
def decisions_are_whole(case: Case) -> None:
    """Looks at every listed movement: who and when only with an action that was decided, both with it, and a score
    with every suggestion."""
    listing = case.home.listing("listMovements")
    for row in listing.rows:
        name = f"movement {row.get('id')}"
        decided = row.get("anomalyDecisionAction") in _ACTIONS[1:]
        for member in ("anomalyDecisionBy", "anomalyDecisionOn"):
            if member in row:
                said = f"{row[member]!r} with action {row.get('anomalyDecisionAction')!r}"
                expected = f"{member} of {name} where there is a decision, and only there"
                case.expect((row[member] is not None) == decided, expected, said, listing.exchange)
        if row.get("isAnomalySuggested") is True:
            score = row.get("anomalyScore")
            case.expect(number(score) is not None, f"a score of {name}, which is suggested", score, listing.exchange)


@requirement(
    "WAV-018",
    SANDBOX,
    clause=_OURS,
    title="Current, peak and duration of a movement fit its signature",
)
def movement_fits_signature(case: Case) -> None:
    """Compares average, peak and duration of a few movements with their signatures, and all durations with start
    and stop."""
    pairs = (("averageCurrent", "currentMean"), ("peakCurrent", "currentMax"), ("duration", "duration"))
    for movement in movements(case):
        for name, source in pairs:
            said, other = number(movement.row.get(name)), number(movement.signature.member(source))
            if said is not None and other is not None:
                expected = f"{name} {other:g} of movement {movement.row['id']}, as its signature's {source}"
                case.expect(is_close(said, other, absolute=0.01), expected, said, (movement.listed, movement.signature))
    listing = case.home.listing("listMovements")
    for row in listing.rows:
        start, stop, lasts = (
            parse_instant(row.get("start")),
            parse_instant(row.get("stop")),
            number(row.get("duration")),
        )
        if start is not None and stop is not None and lasts is not None:
            expected = f"duration {(stop - start).total_seconds():g} s of movement {row.get('id')}, start to stop"
            case.expect(is_close((stop - start).total_seconds(), lasts), expected, lasts, listing.exchange)


# -- What is read --------------------------------------------------------------------------------------------


def _column(cycle: Cycle, name: str) -> list[float | None]:
    return [number(row.get(name)) for row in cycle.samples]


def _series(case: Case) -> Iterator[tuple[Cycle, list[tuple[float, float]]]]:
    """Yield index and offset in ms of the samples of a few cycles, by index."""
    for cycle in cycles(case):
        columns = zip(_column(cycle, "cycleSampleIndex"), _column(cycle, "cycleSampleOffsetMs"), strict=True)
        series = sorted((index, offset) for index, offset in columns if index is not None and offset is not None)
        if series:
            yield cycle, series


def _signatures(case: Case) -> Iterator[tuple[str, Row, Exchange]]:
    """Yield all signatures that are known: those in listed movements, and those read by id."""
    listing = case.home.listing("listMovements")
    for row in listing.rows:
        if isinstance(row.get("currentSignature"), dict):
            yield f"movement {row.get('id')}", row["currentSignature"], listing.exchange
    for movement in movements(case):
        if movement.signature.ok and isinstance(movement.signature.data, dict):
            yield f"signature {movement.row['id']}", movement.signature.data, movement.signature


def _least_rms(signature: Row) -> float:
    """Return what the root mean square of currents in A can't be below, given what else is said of them."""
    shares = {"currentMean": 1.0, "currentMin": 1.0, "currentP50": 0.5, "currentP90": 0.09}
    return max(0.0, *(sqrt(share) * (number(signature.get(name)) or 0.0) for name, share in shares.items()))


def _shapes(case: Case) -> Iterator[tuple[Movement, dict[str, Any]]]:
    for movement in movements(case):
        text = movement.signature.member("shapeJson")
        if isinstance(text, str) and _problem(text) is None:
            shape = json.loads(text)
            if isinstance(shape, dict):
                yield movement, shape


def _problem(text: str) -> str | None:
    try:
        json.loads(text)
    except (ValueError, RecursionError) as error:
        return f"{error}, in {text[:60]!r}"
    return None


def _numbers(values: Any) -> list[float]:
    found = [number(value) for value in values] if isinstance(values, list) else []
    return [value for value in found if value is not None]
