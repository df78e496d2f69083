"""Ends a run of several processes with its budget, although a process was killed or does not answer.

pytest-xdist waits for a report of each process. After some deaths of a process it waits for ever, and it gives a
process that does not answer ten seconds to end.
"""

import threading
from collections.abc import Callable
from typing import Any

import pytest

_GRACE_S = 1.0
"""Seconds after the end of the budget for the processes to end by themselves."""


class Overdue:
    """The end of a run of several processes. `happened` tells whether processes were ended by force."""

    def __init__(self, config: pytest.Config, left: Callable[[], float]) -> None:
        self._config = config
        self._left = left
        self._is_finished = threading.Event()
        self.happened = False

    def watch(self) -> None:
        """Watch the processes from now on, until `finish`."""
        threading.Thread(target=self._watch, name="budget of all processes", daemon=True).start()

    def finish(self) -> None:
        """End the watch."""
        self._is_finished.set()

    def _watch(self) -> None:
        while (seconds := self._left() + _GRACE_S) > 0:
            if self._is_finished.wait(seconds):
                return
        session: Any = self._config.pluginmanager.getplugin("dsession")
        if session is not None:
            # The session calls the method in its own thread, when it takes the event.
            session.worker_overdue = lambda: self._end(session)
            session.queue.put(("overdue", {}))

    def _end(self, session: Any) -> None:
        """Kill the processes, and let the session end."""
        self.happened = True
        for node in session._active_nodes:  # noqa: SLF001 - pytest-xdist has no public way
            kill = getattr(getattr(node.gateway, "_io", None), "kill", None)
            if kill is not None:
                kill()
        session._active_nodes.clear()  # noqa: SLF001 - as above
        session.shuttingdown = True
