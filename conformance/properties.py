"""Hypothesis, seeded and without second tries: the same seed draws the same values and asks them once.

Kept apart from `case`, as Hypothesis takes a while to import.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from zlib import crc32

import hypothesis
from hypothesis import HealthCheck, Phase, Verbosity
from hypothesis.stateful import RuleBasedStateMachine, run_state_machine_as_test
from hypothesis.strategies import SearchStrategy

if TYPE_CHECKING:
    from conformance.case import Case

__all__ = ["forall", "run_machine"]


def forall(case: "Case", strategy: SearchStrategy[Any], judge: Callable[[Any], None], examples: int) -> None:
    """Judge values of a strategy, see `Case.forall`."""

    @hypothesis.seed(_seed(case))
    @_settings(examples)
    @hypothesis.given(strategy)
    def property_(value: Any) -> None:
        if case.ended is not None:
            raise case.ended
        judge(value)

    _drive(case, property_)


def run_machine(case: "Case", machine: type[RuleBasedStateMachine], examples: int, steps: int) -> None:
    """Run a state machine, see `Case.machine`."""
    seeded = hypothesis.seed(_seed(case))(machine)
    settings = hypothesis.settings(_settings(examples), stateful_step_count=steps)
    _drive(case, lambda: run_state_machine_as_test(seeded, settings=settings))


def _drive(case: "Case", test: Callable[[], object]) -> None:
    case.strict = True
    try:
        test()
    except Exception:
        # Hypothesis may wrap what ended it, as it saw the second run of an example end in another way.
        if case.ended is not None:
            raise case.ended from None
        raise
    finally:
        case.strict = False
        case.ended = None


def _settings(examples: int) -> hypothesis.settings:
    return hypothesis.settings(
        max_examples=examples,
        database=None,
        deadline=None,
        derandomize=False,
        print_blob=False,
        verbosity=Verbosity.quiet,
        phases=(Phase.explicit, Phase.generate),
        suppress_health_check=list(HealthCheck),
    )


def _seed(case: "Case") -> int:
    return crc32(f"{case.settings.seed}/{case.requirement.id}".encode())
