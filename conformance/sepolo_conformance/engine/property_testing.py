"""Property tests with Hypothesis: a seed always draws the same values, and no request is repeated.

A module of its own, because Hypothesis is slow to import.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import hypothesis
from hypothesis import HealthCheck, Phase, Verbosity
from hypothesis.internal.conjecture import providers
from hypothesis.stateful import RuleBasedStateMachine, run_state_machine_as_test
from hypothesis.strategies import SearchStrategy

from sepolo_conformance.engine.expectations import Expectations


def forall(
    case: Expectations, seed: int, strategy: SearchStrategy[Any], judge: Callable[[Any], None], examples: int
) -> None:
    """Judge values of a strategy, see `Case.forall`."""

    @hypothesis.seed(seed)
    @_settings(examples)
    @hypothesis.given(strategy)
    def property_(value: Any) -> None:
        if case.ended is not None:
            raise case.ended
        judge(value)

    _run(case, property_)


def run_machine(case: Expectations, seed: int, machine: type[RuleBasedStateMachine], examples: int, steps: int) -> None:
    """Run a state machine, see `Case.machine`."""
    seeded = hypothesis.seed(seed)(machine)
    settings = hypothesis.settings(_settings(examples), stateful_step_count=steps)
    _run(case, lambda: run_state_machine_as_test(seeded, settings=settings))


def _run(case: Expectations, test: Callable[[], object]) -> None:
    case.stop_at_first = True
    try:
        with _without_source_constants():
            test()
    except Exception:
        # Hypothesis may wrap the outcome, because the second run of an example ends differently.
        if case.ended is not None:
            raise case.ended from None
        raise
    finally:
        case.stop_at_first = False
        case.ended = None


class _Running(threading.local):
    """Whether a property of the suite runs in this thread."""

    now = False


_RUNNING = _Running()
_LOCK = threading.Lock()
_originals: list[Callable[[], Any]] = []
"""The replaced function, once for each property that runs in any thread."""


@contextmanager
def _without_source_constants() -> Iterator[None]:
    """Keep Hypothesis from drawing numbers and texts out of the source code of loaded modules.

    Hypothesis sometimes does so for modules outside of site-packages, without a setting to disable it. The values of a
    seed would then depend on where the suite is installed, on earlier checks and on the user's own modules. Properties
    of other threads that are not the suite's still get them.
    """
    module: Any = providers  # not a part of the public interface
    original = getattr(module, "_get_local_constants", None)
    if original is None:
        yield
        return
    with _LOCK:
        if _originals:
            original = _originals[0]
        else:
            empty = module.Constants()
            module._get_local_constants = lambda: empty if _RUNNING.now else original()  # noqa: SLF001 - see above
        _originals.append(original)
    _RUNNING.now = True
    module.CONSTANTS_CACHE.cache.clear()  # each thread has its own
    try:
        yield
    finally:
        module.CONSTANTS_CACHE.cache.clear()
        _RUNNING.now = False
        with _LOCK:
            _originals.pop()
            if not _originals:
                module._get_local_constants = original  # noqa: SLF001 - see above


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
