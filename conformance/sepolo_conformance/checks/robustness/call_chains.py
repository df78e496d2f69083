"""Chains of calls as a Hypothesis state machine: each call takes ids from the responses before it.

The state machine of Schemathesis starts a chain only with an operation for which it expects a generated call to
succeed. In this contract most operations need an id or a window, so its chains would consist of listVendors.

A module of its own, because Hypothesis is slow to import.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from random import Random

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from sepolo_conformance.api.calls import Call
from sepolo_conformance.api.links import DETAILS
from sepolo_conformance.checks.common.varied_rows import varied
from sepolo_conformance.engine import Case, Exchange, describe
from sepolo_openapi.contract import Operation

_PAGE_SIZE = 20
_ROWS = 4


@dataclass(frozen=True)
class KnownIds:
    """Ids by parameter name that belong together: those of one row, and those that its list was requested with."""

    values: Mapping[str, object]
    source: Exchange


def call_chain(case: Case, calls: Sequence[Call]) -> type[RuleBasedStateMachine]:
    """Return a state machine that makes these calls, with ids of earlier responses, recent ones first."""
    parameters = {call.operation.operation_id: _id_parameters(call.operation) for call in calls}

    class CallChain(RuleBasedStateMachine):
        def __init__(self) -> None:
            super().__init__()
            self.known: list[KnownIds] = []
            self.step = 0

        @rule(ahead=st.integers(0, len(calls) - 1), back=st.integers(0, 8))
        def call(self, ahead: int, back: int) -> None:
            # `ahead` counts from the last call, so that the simplest chain of Hypothesis, all zeros, makes every call.
            call = calls[(self.step + ahead) % len(calls)]
            self.step += 1
            wanted = parameters[call.operation.operation_id]
            fitting = [known for known in reversed(self.known) if wanted & known.values.keys()]
            known = fitting[back % len(fitting)] if fitting else None
            changed = _with_ids(call, known)
            page = case.call(changed, follows=known.source if known else None)
            origin = f" with ids from {known.source.request.operation_id}" if known else ""
            case.expect(page.status < 500, f"no 5xx from {call.operation.operation_id}{origin}", describe(page), page)
            self.known.extend(_ids_in(changed, page, set().union(*parameters.values())))

    return CallChain


def _id_parameters(operation: Operation) -> set[str]:
    """Return the parameters that contain an id. Others, such as `status`, mean different things in different lists."""
    return {parameter.name for parameter in operation.parameters if parameter.name.endswith("Id")}


def _with_ids(call: Call, known: KnownIds | None) -> Call:
    """Return the call with the known ids in all parameters that they fit."""
    call = call.with_page_size(_PAGE_SIZE)
    if known is None:
        return call
    ids = {name: str(known.values.get(name, value)) for name, value in call.ids.items()}
    filters = _id_parameters(call.operation) - ids.keys()
    query = {name: value for name, value in known.values.items() if name in filters}
    return Call(call.operation, ids, call.query).having(query)


def _ids_in(call: Call, page: Exchange, parameters: set[str]) -> Iterator[KnownIds]:
    """Yield the ids in a few rows of a response, chosen for variety, or in its one object."""
    if not page.ok or page.fault is not None:
        return
    rows = page.rows or ([page.data] if isinstance(page.data, dict) and "data" not in page.data else [])
    _, parameter, member = DETAILS.get(call.operation.operation_id, ("", "", ""))
    for row in varied(rows, _ROWS, Random(0)):  # noqa: S311 - the same rows for the same response
        members = {**row, parameter: row.get(member)} if parameter else row
        values = {name: value for name, value in members.items() if name in parameters and isinstance(value, str | int)}
        yield KnownIds({**call.ids, **values}, page)
