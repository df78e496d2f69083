"""shapeJson of a signature: a JSON document in a string, with the curve of the movement."""

import json
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from sepolo_conformance.checks.common.clauses import OURS
from sepolo_conformance.checks.common.cycles import Movement, complete_cycles, movements
from sepolo_conformance.compare.current_statistics import between
from sepolo_conformance.compare.rows import is_close, number
from sepolo_conformance.engine import MUST, SANDBOX, SHOULD, Case, requirement


@requirement(
    "WAV-010", MUST, clause="The published page shows shapeJson as a string.", title="shapeJson is a string or null"
)
def shape_is_a_string(case: Case) -> None:
    """Looks at the type of shapeJson in a few signatures."""
    for movement in movements(case):
        data = movement.signature.data if movement.signature.ok else None
        if isinstance(data, dict) and "shapeJson" in data:
            shape = data["shapeJson"]
            actual = type(shape).__name__
            case.expect(shape is None or isinstance(shape, str), "a string or null", actual, movement.signature)


@requirement(
    "WAV-011",
    SHOULD,
    clause='The name of the member, and its example "{...}".',
    title="shapeJson contains a JSON document",
)
def shape_is_json(case: Case) -> None:
    """Parses shapeJson of a few signatures."""
    for movement in movements(case):
        text = movement.signature.member("shapeJson")
        if isinstance(text, str):
            problem = _parse_error(text)
            case.expect(problem is None, "shapeJson that can be parsed as JSON", problem, movement.signature)


@requirement(
    "WAV-012",
    SANDBOX,
    clause=OURS,
    title="A shape has as many points as it shows in `points`, from the start to the end of the movement",
)
def shape_has_all_points(case: Case) -> None:
    """Counts the points of t and current, and expects t to increase from 0 to 1."""
    for movement, shape in _shapes(case):
        points, times, currents = shape.get("points"), _numbers(shape.get("t")), _numbers(shape.get("current"))
        counts = (len(times), len(currents))
        case.expect(counts == (points, points), f"{points} points in t and current", counts, movement.signature)
        increases = bool(times) and times[0] == 0 and times[-1] == 1 and all(one < two for one, two in pairwise(times))
        case.expect(increases, "t that increases from 0 to 1", f"{times[:2]} to {times[-2:]}", movement.signature)


@requirement("WAV-013", SANDBOX, clause=OURS, title="A shape is the curve of its cycle's samples")
def shape_fits_samples(case: Case) -> None:
    """Compares each point of a shape with the current at the same time in the samples of the movement's cycle.

    Tolerates 3 % or 0.1 A.
    """
    known = complete_cycles(case)
    for movement, shape in _shapes(case):
        cycle = known.get(movement.cycle_key)
        times, currents = _numbers(shape.get("t")), _numbers(shape.get("current"))
        if cycle is None or len(times) != len(currents):
            continue
        points = [
            (at, current, between(cycle.currents, min(max(at, 0.0), 1.0)))
            for at, current in zip(times, currents, strict=True)
        ]
        wrong = [point for point in points if not is_close(point[1], point[2], relative=0.03, absolute=0.1)][:1]
        actual = "; ".join(f"{shown:g} A at t {at:g}, {sampled:.3g} A in the samples" for at, shown, sampled in wrong)
        case.expect(not wrong, f"the curve of {cycle.name}", actual, (cycle.walk.last, movement.signature))


def _shapes(case: Case) -> Iterator[tuple[Movement, dict[str, Any]]]:
    """Yield movements with their shape, where shapeJson contains a JSON object."""
    for movement in movements(case):
        text = movement.signature.member("shapeJson")
        if isinstance(text, str) and _parse_error(text) is None:
            shape = json.loads(text)
            if isinstance(shape, dict):
                yield movement, shape


def _parse_error(text: str) -> str | None:
    try:
        json.loads(text)
    except (ValueError, RecursionError) as error:
        return f"{error}, in {text[:60]!r}"
    return None


def _numbers(values: Any) -> list[float]:
    found = [number(value) for value in values] if isinstance(values, list) else []
    return [value for value in found if value is not None]
