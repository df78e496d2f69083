"""Memory of results that are produced once in a run."""

import pytest

from sepolo_conformance.model.memory import Memory
from sepolo_conformance.model.outcomes import NotTested, RunError, Vacuous


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
