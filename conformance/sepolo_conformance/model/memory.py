"""Memory of data that was read from the target, so that several checks use the same responses."""

from collections.abc import Callable, Hashable
from typing import Any, TypeVar

from sepolo_conformance.model.outcomes import NotTested, RunError, Vacuous

T = TypeVar("T")


class Memory:
    """Results by name; an exception is stored where there is no result."""

    def __init__(self) -> None:
        self._results: dict[Hashable, Any] = {}

    def once(self, name: Hashable, produce: Callable[[], T]) -> T:
        """Return the result of `produce`, which is called only once for each name.

        Vacuous, NotTested and RunError are remembered too, and raised again.
        """
        if name not in self._results:
            try:
                self._results[name] = produce()
            except (Vacuous, NotTested, RunError) as outcome:
                self._results[name] = outcome
        result = self._results[name]
        if isinstance(result, Vacuous | NotTested | RunError):
            raise result
        found: T = result
        return found
