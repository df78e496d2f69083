"""Answers that several checks judge, asked for once in a run, with what couldn't be asked."""

from collections.abc import Callable, Iterator
from typing import TypeVar

from sepolo_conformance.api.calls import Call
from sepolo_conformance.api.identity import Identity
from sepolo_conformance.engine.case import Case
from sepolo_conformance.model.outcomes import NotTested
from sepolo_conformance.transport.exchange import Exchange

__all__ = ["collect_once", "fetch_once"]

T = TypeVar("T")


def collect_once(case: Case, name: tuple[object, ...], ask: Callable[[], Iterator[T]]) -> list[T]:
    """Return what `ask` yields, remembered under `name` for all checks of the run.

    Parts of it that ended without a verdict end so for each check.
    """

    def make() -> tuple[list[T], list[str], list[NotTested], str]:
        notes, lacking = len(case.notes), len(case.lacking)
        found = list(ask())
        return found, case.notes[notes:], case.lacking[lacking:], case.requirement.id

    found, notes, lacking, first = case.once(name, make)
    if first != case.requirement.id:
        case.notes.extend(note for note in notes if note not in case.notes)
        case.lacking.extend(reason for reason in lacking if reason not in case.lacking)
    return found


def fetch_once(case: Case, call: Call, who: Identity | None = None) -> Exchange:
    """Return the answer to a call with a key, asked for once in a run: for checks that only look at it.

    `who` is by default the key that `home.reader` picks.
    """
    who = who or case.home.reader(call.operation.operation_id)
    return case.once(("answered", call.target, who.key.placeholder), lambda: case.call(call, key=who))
