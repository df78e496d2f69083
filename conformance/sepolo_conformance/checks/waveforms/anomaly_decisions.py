"""Suggested anomalies of movements, their scores, and the decisions on them; directions of movements and cycles."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from sepolo_conformance.checks.common.clauses import OURS
from sepolo_conformance.checks.common.cycles import cycles
from sepolo_conformance.checks.common.whole_lists import whole_list
from sepolo_conformance.compare.rows import Row, number
from sepolo_conformance.engine import MUST, SANDBOX, Case, Exchange, requirement

_DECIDED = ("Confirm", "Dismiss", "Defer")
"""Actions that are decisions."""
_VOCABULARY: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {"anomalyDecisionAction": ("Classify", *_DECIDED), "direction": ("NormalToReverse", "ReverseToNormal")}
)
_TYPES: Mapping[str, tuple[str, type | tuple[type, ...], bool]] = MappingProxyType(
    {
        "isAnomalySuggested": ("true or false", bool, False),
        "anomalyScore": ("a number or null", (int, float), True),
        "anomalyDecisionAction": ("text or null", str, True),
    }
)
"""Member to (required type in words, Python types, whether null is allowed)."""


@requirement(
    "WAV-015",
    MUST,
    clause='Published page: "suggested anomalies and anomaly decision metadata"; the page also shows their types.',
    title="isAnomalySuggested is a boolean, anomalyScore a number or null, anomalyDecisionAction text or null",
)
def anomaly_members_have_their_types(case: Case) -> None:
    """Looks at the types of the three members in every listed movement."""
    listing = whole_list(case, "listMovements")
    for row in listing.rows:
        for name, (wanted, kind, nullable) in _TYPES.items():
            if name in row:
                value = row[name]
                # bool is a subclass of int.
                fits = isinstance(value, kind) and (kind is bool or not isinstance(value, bool))
                case.expect(fits or (nullable and value is None), f"{name}: {wanted}", f"{value!r}", listing.exchange)


@requirement(
    "WAV-016", SANDBOX, clause=OURS, title="Decision actions and directions are values of the documented vocabulary"
)
def known_actions_and_directions(case: Case) -> None:
    """Compares anomalyDecisionAction and direction of every listed movement and cycle, of telemetry and of the samples
    of a few cycles with their vocabulary."""
    for source in ("listMovements", "listPointGuardCycles"):
        with case.part(source):
            listing = whole_list(case, source)
            _expect_known(case, listing.rows, listing.exchange)
    with case.part("listDeviceTelemetry"):
        listing = case.home.listing("listDeviceTelemetry")
        _expect_known(case, listing.rows, listing.exchange)
    with case.part("listPointGuardCycleSamples"):
        for cycle in cycles(case):
            _expect_known(case, cycle.samples, cycle.walk.last)


def _expect_known(case: Case, rows: Iterable[Row], exchange: Exchange) -> None:
    shown = [(name, str(row[name])) for row in rows for name in _VOCABULARY if row.get(name) is not None]
    for name, values in _VOCABULARY.items():
        unknown = sorted({value for member, value in shown if member == name and value not in values})
        case.expect(not unknown, f"{name}: one of {', '.join(values)}", unknown[:3], exchange)


@requirement(
    "WAV-017", SANDBOX, clause=OURS, title="A movement shows who decided, and when, if and only if it has a decision"
)
def decisions_are_complete(case: Case) -> None:
    """Looks at every listed movement. anomalyDecisionBy and anomalyDecisionOn are set with the actions Confirm, Dismiss
    and Defer only; every suggested anomaly has a score."""
    listing = whole_list(case, "listMovements")
    for row in listing.rows:
        name, action = f"movement {row.get('id')}", row.get("anomalyDecisionAction")
        for member in ("anomalyDecisionBy", "anomalyDecisionOn"):
            if member in row:
                expected = f"{member} of {name} if and only if there is a decision"
                actual = f"{row[member]!r} with action {action!r}"
                case.expect((row[member] is not None) == (action in _DECIDED), expected, actual, listing.exchange)
        if row.get("isAnomalySuggested") is True:
            score = row.get("anomalyScore")
            expected = f"a score of {name}, whose anomaly is suggested"
            case.expect(number(score) is not None, expected, score, listing.exchange)


@requirement(
    "WAV-019", SANDBOX, clause=OURS, title="Movements whose anomaly is suggested have higher scores than the others"
)
def scores_agree_with_suggestions(case: Case) -> None:
    """Compares the lowest score of the listed movements with a suggestion with every score of those without one."""
    listing = whole_list(case, "listMovements")
    scored = [(number(row.get("anomalyScore")), row) for row in listing.rows]
    suggested = [score for score, row in scored if score is not None and row.get("isAnomalySuggested") is True]
    if not suggested:
        case.vacuous("no anomaly is suggested")
    lowest = min(suggested)
    for score, row in scored:
        if score is not None and row.get("isAnomalySuggested") is False:
            expected = f"a score below {lowest:g} of movement {row.get('id')}, whose anomaly is not suggested"
            case.expect(score <= lowest, expected, f"{score:g}", listing.exchange)
