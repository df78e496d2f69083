"""Chains of calls as a state machine: what one answer shows is asked for in the next.

Kept apart, as Hypothesis is slow to import. Schemathesis has such a machine too, but starts it only where it expects a
random call to succeed; of this contract, where windows and ids come first, it would hardly leave the list of vendors.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from sepolo_conformance.api.calls import Call
from sepolo_conformance.api.links import DETAILS
from sepolo_conformance.engine.case import Case, describe
from sepolo_conformance.transport.exchange import Exchange
from sepolo_openapi.contract import Operation

__all__ = ["follower"]

_ROWS = 20


@dataclass(frozen=True)
class Clue:
    """Values of parameters that belong together, as one row shows them below the ids it was asked for."""

    values: Mapping[str, object]
    source: Exchange


def follower(case: Case, calls: Sequence[Call]) -> type[RuleBasedStateMachine]:
    """Return a machine that makes these calls with values of earlier answers put in, the newest ones rather."""
    names = {call.operation.operation_id: _names(call.operation) for call in calls}

    class Follower(RuleBasedStateMachine):
        def __init__(self) -> None:
            super().__init__()
            self.clues: list[Clue] = []
            self.step = 0

        @rule(ahead=st.integers(0, len(calls) - 1), back=st.integers(0, 8))
        def ask(self, ahead: int, back: int) -> None:
            # Counted from the last one, so that Hypothesis's simplest chain goes through all of them.
            call = calls[(self.step + ahead) % len(calls)]
            self.step += 1
            wanted = names[call.operation.operation_id]
            fitting = [clue for clue in reversed(self.clues) if wanted & clue.values.keys()]
            clue = fitting[back % len(fitting)] if fitting else None
            made = _with(call, clue)
            page = case.call(made, follows=clue.source if clue else None)
            told = f" for what {clue.source.request.operation_id} showed" if clue else ""
            case.expect(page.status < 500, f"{call.operation.operation_id} without 5xx{told}", describe(page), page)
            self.clues.extend(_clues(made, page, set().union(*names.values())))

    return Follower


def _names(operation: Operation) -> set[str]:
    """Return the parameters that name a thing; what `status` means differs from list to list."""
    return {parameter.name for parameter in operation.parameters if parameter.name.endswith("Id")}


def _with(call: Call, clue: Clue | None) -> Call:
    """Return the call with the values of a clue, wherever it has a parameter for them."""
    call = call.with_page_size(_ROWS)
    if clue is None:
        return call
    ids = {name: str(clue.values.get(name, value)) for name, value in call.ids.items()}
    known = _names(call.operation) - ids.keys()
    query = {name: value for name, value in clue.values.items() if name in known}
    return Call(call.operation, ids, call.query).having(query)


def _clues(call: Call, page: Exchange, names: set[str]) -> Iterator[Clue]:
    """Yield what the first, the middle and the last row of an answer show, or its one object, below the call's ids."""
    if not page.ok or page.fault is not None:
        return
    rows = page.rows or ([page.data] if isinstance(page.data, dict) and "data" not in page.data else [])
    _, parameter, member = DETAILS.get(call.operation.operation_id, ("", "", ""))
    for row in (rows[place] for place in sorted({0, len(rows) // 2, len(rows) - 1}) if rows):
        shown = {**row, parameter: row.get(member)} if parameter else row
        values = {name: value for name, value in shown.items() if name in names and isinstance(value, str | int)}
        yield Clue({**call.ids, **values}, page)
