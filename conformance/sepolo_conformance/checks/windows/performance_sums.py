"""Service performance over a window: the counts and costs of its parts add up to those of the whole."""

from collections.abc import Mapping
from datetime import timedelta

from sepolo_conformance.api.calls import Call
from sepolo_conformance.api.timestamps import stamp
from sepolo_conformance.checks.common.window_calls import call_without_window
from sepolo_conformance.engine import SHOULD, Case, Exchange, describe, requirement

_SUMS = ("totalVisits", "completedVisits", "estimatedCost", "actualCost")
_CENT = 0.011
"""Tolerance of costs, a little more than one cent."""


@requirement(
    "WIN-030",
    SHOULD,
    clause='Published page: "visit counts and cost totals for a reporting window".',
    title="Counts and costs of service performance in two parts of a window add up to those of the whole",
)
def performance_adds_up(case: Case) -> None:
    """Compares counts and costs of sixty days with those of two parts of them, for two splits: each part is at most
    the whole, and both together are at least the whole, as a visit may overlap the split.
    """
    call = call_without_window(case, case.operation("getServicePerformance"))
    stop = case.target.now()
    start = stop - timedelta(days=60)
    page, whole = _sums(case, call.within(start, stop))
    if not any(whole.values()):
        case.vacuous("no visits in the last 60 days")
    for days in (20, 43):
        # An odd second, so that no visit begins exactly at the split.
        split = start + timedelta(days=days, hours=7, seconds=1_237)
        (first, left), (second, right) = (_sums(case, call.within(start, split)), _sums(case, call.within(split, stop)))
        wrong = _unequal(whole, left, right)
        if wrong and _sums(case, call.within(start, stop))[1] != whole:
            case.vacuous("the sums changed while they were read")
        text = "; ".join(f"{name}: {a} in the whole, {b} and {c} in the parts" for name, a, b, c in wrong)
        expected = f"sums from {stamp(start)} to {stamp(stop)}, split at {stamp(split)}: the parts add up to the whole"
        case.expect(not wrong, expected, text, (page, first, second))


def _sums(case: Case, call: Call) -> tuple[Exchange, dict[str, float]]:
    """Return the response to a call and the sums that it shows as numbers."""
    page = case.call(call)
    case.need(page.status == 200, "status 200", describe(page), page)
    return page, {name: value for name in _SUMS if isinstance(value := page.member(name), int | float)}


def _unequal(
    whole: Mapping[str, float], left: Mapping[str, float], right: Mapping[str, float]
) -> list[tuple[str, float, float, float]]:
    """Return the sums of which a part exceeds the whole, or both parts together are less than the whole."""
    known = [(name, whole[name], left[name], right[name]) for name in whole if name in left and name in right]
    return [one for one in known if max(one[2], one[3]) > one[1] + _CENT or one[2] + one[3] < one[1] - _CENT]
