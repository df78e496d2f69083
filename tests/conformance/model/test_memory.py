"""Memory of results that are produced once in a run."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from sepolo_conformance.model.memory import Memory
from sepolo_conformance.model.outcomes import NotTested, RunError, Vacuous
from sepolo_conformance.model.trace import Trace, current, traced


def test_result_is_produced_once() -> None:
    """The second call with a name returns the first result, also if that is None."""
    memory = Memory()
    assert [memory.once("name", lambda: None), memory.once("name", lambda: 1), memory.once("other", lambda: 2)] == [
        None,
        None,
        2,
    ]


@pytest.mark.parametrize("outcome", [Vacuous("no rows"), NotTested("needs a key"), RunError("no response")])
def test_outcome_without_result_is_remembered(outcome: Exception) -> None:
    """The exception that says why there is no result is raised again."""
    memory = Memory()

    def produce() -> int:
        raise outcome

    for function in (produce, lambda: 1):
        with pytest.raises(type(outcome)) as caught:
            memory.once("name", function)
        assert caught.value is outcome


def test_other_exception_is_not_remembered() -> None:
    """A bug in a check does not affect the checks after it."""
    memory = Memory()
    with pytest.raises(ZeroDivisionError):
        memory.once("name", lambda: 1 // 0)
    assert memory.once("name", lambda: 1) == 1


def test_threads_wait_for_the_one_that_asks_first() -> None:
    """Several threads get one result; after an exception that is not kept, another thread produces it."""
    memory, made, began, go_on = Memory(), [], threading.Event(), threading.Event()

    def produce() -> int:
        made.append(1)
        began.set()
        assert go_on.wait(60.0)
        if len(made) == 1:
            raise ZeroDivisionError
        return len(made)

    def ask() -> int | None:
        try:
            return memory.once("name", produce)
        except ZeroDivisionError:
            return None

    with ThreadPoolExecutor(4) as threads:
        first = threads.submit(ask)
        assert began.wait(60.0)
        others = [threads.submit(ask) for _ in range(3)]
        go_on.set()
        assert (first.result(), [other.result() for other in others]) == (None, [2, 2, 2])


def test_traces_are_read_in_the_order_of_the_checks() -> None:
    """The exchanges of a shared result belong to the first trace that is read, whichever asked first."""
    memory, first, second = Memory(), Trace(), Trace()

    def produce() -> None:
        trace = current()
        assert trace is not None
        trace.add("shared")
        trace.sent += 1

    for trace, own in ((second, "b"), (first, "a")):
        with traced(trace):
            memory.once("name", produce)
            trace.add(own)
    seen: list[str] = []
    assert (first.read(seen.append), second.read(seen.append), seen) == (1, 0, ["shared", "a", "b"])
