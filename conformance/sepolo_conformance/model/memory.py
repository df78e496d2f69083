"""Memory of data that was read from the target, so that several checks use the same responses."""

import threading
from collections.abc import Callable, Hashable
from contextlib import AbstractContextManager, nullcontext
from contextvars import ContextVar
from typing import Any, TypeVar

from sepolo_conformance.model.outcomes import NotTested, RunError, Vacuous
from sepolo_conformance.model.trace import Trace, current, traced

T = TypeVar("T")

WAITING: ContextVar[Callable[[], AbstractContextManager[None]]] = ContextVar("waiting", default=nullcontext)
"""Makes the context in which a thread waits for a result that another thread produces."""


class _Entry:
    """A result with its trace. `is_remembered` is False if its production raised an exception that is not kept."""

    def __init__(self) -> None:
        self.ended = threading.Event()
        self.trace = Trace()
        self.is_remembered = False
        self.result: Any = None


class Memory:
    """Results by name; an exception is stored where there is no result. Usable from several threads."""

    def __init__(self) -> None:
        self._entries: dict[Hashable, _Entry] = {}
        self._lock = threading.Lock()

    def once(self, name: Hashable, produce: Callable[[], T]) -> T:
        """Return the result of `produce`, which is called only once for each name; other threads wait for it.

        Vacuous, NotTested and RunError are remembered too, and raised again.
        """
        while True:
            with self._lock:
                entry = self._entries.get(name)
                mine = entry is None
                if entry is None:
                    entry = self._entries[name] = _Entry()
            if mine:
                self._produce(name, entry, produce)
            else:
                self._wait(entry)
            if entry.is_remembered:
                break
        trace = current()
        if trace is not None:
            trace.add(entry.trace)
        if isinstance(entry.result, Vacuous | NotTested | RunError):
            raise entry.result.with_traceback(None)
        found: T = entry.result
        return found

    @staticmethod
    def _wait(entry: _Entry) -> None:
        if not entry.ended.is_set():
            with WAITING.get()():
                entry.ended.wait()

    def _produce(self, name: Hashable, entry: _Entry, produce: Callable[[], Any]) -> None:
        """Fill an entry; if the exception is not to be remembered, remove the entry and raise it."""
        try:
            with traced(entry.trace):
                entry.result = produce()
            entry.is_remembered = True
        except (Vacuous, NotTested, RunError) as outcome:
            entry.result, entry.is_remembered = outcome, True
        finally:
            if not entry.is_remembered:
                with self._lock:
                    del self._entries[name]
                if (trace := current()) is not None:
                    trace.extend(entry.trace)
            entry.ended.set()
