"""Hypothesis, seeded and without second tries: the same seed draws the same values and asks them once.

Kept apart from `case`, as Hypothesis takes a while to import.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import TYPE_CHECKING, Any
from zlib import crc32

import hypothesis
from hypothesis import HealthCheck, Phase, Verbosity
from hypothesis.stateful import RuleBasedStateMachine, run_state_machine_as_test
from hypothesis.strategies import SearchStrategy

if TYPE_CHECKING:
    from sepolo_conformance.engine.case import Case

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
        with _nothing_of_the_source():
            test()
    except Exception:
        # Hypothesis may wrap what ended it, as it saw the second run of an example end in another way.
        if case.ended is not None:
            raise case.ended from None
        raise
    finally:
        case.strict = False
        case.ended = None


@contextmanager
def _nothing_of_the_source() -> Iterator[None]:
    """Keep Hypothesis from drawing numbers and texts that stand in the source of modules that are loaded.

    It does so now and then, for all that isn't installed, and has no setting for it: what a seed sends would depend
    on where the suite is installed, on what was judged before, and on the user's own modules.
    """
    providers: Any = import_module("hypothesis.internal.conjecture.providers")
    found = getattr(providers, "_get_local_constants", None)
    if found is None:
        yield
        return
    nothing = providers.Constants()
    providers._get_local_constants = lambda: nothing  # noqa: SLF001 - see above
    providers.CONSTANTS_CACHE.cache.clear()
    try:
        yield
    finally:
        providers._get_local_constants = found  # noqa: SLF001
        providers.CONSTANTS_CACHE.cache.clear()


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
