"""Responses that several checks judge and that are requested once in a run."""

from collections.abc import Callable, Iterator
from typing import TypeVar

from sepolo_conformance.api.calls import Call
from sepolo_conformance.api.identity import Identity
from sepolo_conformance.engine.case import Case
from sepolo_conformance.model.outcomes import NotTested
from sepolo_conformance.transport.exchange import Exchange

T = TypeVar("T")


def collect_once(case: Case, name: tuple[object, ...], collect: Callable[[], Iterator[T]]) -> list[T]:
    """Return what `collect` yields, which runs once in a run.

    The notes of its parts that ended without a verdict are repeated for each check that uses the result.
    """

    def produce() -> tuple[list[T], list[str], list[NotTested], str]:
        notes, untested = len(case.notes), len(case.untested)
        found = list(collect())
        return found, case.notes[notes:], case.untested[untested:], case.requirement.id

    found, notes, untested, first = case.once(name, produce)
    if first != case.requirement.id:
        case.notes.extend(note for note in notes if note not in case.notes)
        case.untested.extend(reason for reason in untested if reason not in case.untested)
    return found


def fetch_once(case: Case, call: Call, identity: Identity | None = None) -> Exchange:
    """Return the response to a call, which is sent once in a run, for checks that only look at the response.

    `identity` defaults to the key that `home.reader` chooses.
    """
    caller = identity or case.home.reader(call.operation.operation_id)
    return case.once(("fetch", call.target, caller.key.placeholder), lambda: case.call(call, key=caller))
