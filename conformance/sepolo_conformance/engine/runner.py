"""Runs one check and returns its verdict, independently of pytest."""

import time
import traceback
from dataclasses import dataclass, replace

from sepolo_conformance.engine.case import Case
from sepolo_conformance.engine.registry import Judge
from sepolo_conformance.engine.session import Suite
from sepolo_conformance.model.outcomes import NotTested, RunError, Stop, Vacuous
from sepolo_conformance.model.requirement import Requirement
from sepolo_conformance.model.trace import Trace, traced
from sepolo_conformance.model.verdict import Status, Verdict, broken

_OUTCOMES = {Vacuous: Status.VACUOUS, NotTested: Status.NOT_TESTED, RunError: Status.ERROR}


@dataclass(frozen=True, slots=True)
class Judged:
    """The verdict of a check, without the number of its requests, and the trace of its exchanges."""

    verdict: Verdict
    trace: Trace


def run(suite: Suite, rule: Requirement, judge: Judge) -> Verdict:
    """Return the verdict of a check. An exception in the check becomes status ERROR."""
    return conclude(suite, attempt(suite, rule, judge))


def attempt(suite: Suite, rule: Requirement, judge: Judge) -> Judged:
    """Run a check, in any thread. Its exchanges are not observed yet."""
    case = Case(suite, rule)
    begun = time.monotonic()
    suite.client.probe()
    with traced(Trace()) as trace:
        status, reason = _outcome(case, judge)
    verdict = Verdict(
        id=rule.id,
        status=broken(rule.level, suite.settings.level) if case.findings else status,
        findings=tuple(case.findings),
        reason=None if reason is None else suite.mask(reason),
        notes=tuple(suite.mask(note) for note in case.notes),
        seconds=round(time.monotonic() - begun, 3),
        more=case.more,
    )
    return Judged(verdict, trace)


def conclude(suite: Suite, judged: Judged) -> Verdict:
    """Let the observers judge the exchanges of a check, and return its verdict. Call this in the order of the checks.

    Requests of a shared result count for the first check that used it.
    """
    return replace(judged.verdict, requests=judged.trace.read(suite.observers.observe))


def _outcome(case: Case, judge: Judge) -> tuple[Status, str | None]:
    try:
        judge.function(case)  # type: ignore[arg-type]
    except Stop:
        return Status.PASS, None
    except (Vacuous, NotTested, RunError) as outcome:
        return _OUTCOMES[type(outcome)], str(outcome)
    except Exception as error:  # noqa: BLE001 - a fault of the suite must neither end the run nor count as the target's
        frame = traceback.extract_tb(error.__traceback__)[-1]
        where = f"{frame.filename.rpartition('/')[2]}:{frame.lineno}"
        return Status.ERROR, f"the check raised an exception at {where}: {type(error).__name__}: {error}"
    if case.judged:
        return Status.PASS, None
    if case.untested:
        return Status.NOT_TESTED, str(case.untested[0])
    return Status.VACUOUS, "; ".join(case.notes[:3]) or "there was nothing to judge"
