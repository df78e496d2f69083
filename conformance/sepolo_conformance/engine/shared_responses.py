"""Responses that several checks judge and that are requested once in a run."""

from collections.abc import Callable, Iterator
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

from sepolo_conformance.api.calls import Call
from sepolo_conformance.api.identity import Identity
from sepolo_conformance.engine.case import Case
from sepolo_conformance.transport.exchange import Exchange

P = ParamSpec("P")
T = TypeVar("T")


def once_in_run(read: Callable[Concatenate[Case, P], T]) -> Callable[Concatenate[Case, P], T]:
    """Make a function of a case and hashable values run once in a run for the same values, see `Case.once`."""

    @wraps(read)
    def shared(case: Case, /, *values: P.args, **named: P.kwargs) -> T:
        name = (read.__module__, read.__qualname__, values, *named.items())
        return case.once(name, lambda: read(case, *values, **named))

    return shared


def collect_once(collect: Callable[Concatenate[Case, P], Iterator[T]]) -> Callable[Concatenate[Case, P], list[T]]:
    """Make a generator return a list, which is collected once in a run for the same hashable values."""

    @once_in_run
    @wraps(collect)
    def shared(case: Case, /, *values: P.args, **named: P.kwargs) -> list[T]:
        return list(collect(case, *values, **named))

    return shared


def fetch_once(case: Case, call: Call, identity: Identity | None = None) -> Exchange:
    """Return the response to a call, which is sent once in a run, for checks that only look at the response.

    `identity` defaults to the key that `home.reader` chooses.
    """
    caller = identity or case.home.reader(call.operation.operation_id)
    return case.once(("fetch", call.target, caller.key.placeholder), lambda: case.call(call, key=caller))
