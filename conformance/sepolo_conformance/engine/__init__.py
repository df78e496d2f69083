"""Runs checks and observers: the registry of requirements, the case that a check gets, and the session of a run.

Check modules import from here; the modules of this package import from each other.
"""

from sepolo_conformance.engine.case import Case
from sepolo_conformance.engine.expectations import describe
from sepolo_conformance.engine.registry import TOUR, Mismatch, observe, requirement
from sepolo_conformance.engine.shared_responses import collect_once, fetch_once, once_in_run
from sepolo_conformance.engine.walk import Walk
from sepolo_conformance.model.outcomes import NotTested, RunError, Vacuous
from sepolo_conformance.model.requirement import MUST, SANDBOX, SHOULD
from sepolo_conformance.transport.exchange import Exchange, Request

__all__ = [
    "MUST",
    "SANDBOX",
    "SHOULD",
    "TOUR",
    "Case",
    "Exchange",
    "Mismatch",
    "NotTested",
    "Request",
    "RunError",
    "Vacuous",
    "Walk",
    "collect_once",
    "describe",
    "fetch_once",
    "observe",
    "once_in_run",
    "requirement",
]
