"""Asynchronous access to the store: threads for its calls, a bound for the wait, and the log of an outage.

Reads and writes have a thread each, so that a read does not wait for a lock that only a write needs. The threads don't
keep the process alive, because a call to a database that hangs may never return.
"""

import asyncio
import logging
import threading
import weakref
from collections.abc import Callable
from concurrent.futures import Future
from queue import SimpleQueue
from typing import Any, ParamSpec, TypeVar

from sepolo_mock_server.state import trouble
from sepolo_mock_server.state.store import TIMEOUT_S, StateStore
from sepolo_mock_server.state.trouble import StateError

P = ParamSpec("P")
R = TypeVar("R")
_Queue = SimpleQueue["tuple[Future[Any], Callable[[], Any]] | None"]

ANSWER_S = 4.5
"""Longest wait of a request for a state in trouble."""
_SLOW_S = 1.0
"""A call of the database that takes longer is trouble, and not only many requests."""
_PROBED_S = 1.0
"""Time for which the result of a probe is valid, since every probe writes to the disk."""

_log = logging.getLogger("mock_server")


class StateAccess:
    """Runs calls of one store for the requests of one event loop."""

    def __init__(self, store: StateStore, *, answer_s: float | None = None) -> None:
        self.store = store
        self._answer_s = ANSWER_S if answer_s is None else answer_s
        self._outage = _Outage()
        self._writes = _Lane("writes")
        # A state in memory is one connection, which only one thread may use at a time.
        self._reads = self._writes if store.url == "sqlite://" else _Lane("reads")
        self._probe: asyncio.Future[Any] | None = None
        self._probed_s = 0.0

    async def read(self, work: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Run work that reads the store; raise StateError if it can't, or does not answer in time."""
        return await self._run(self._reads, lambda: work(*args, **kwargs))

    async def write(self, work: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Run work that writes to the store; raise StateError, with nothing stored, as `read` does."""
        return await self._run(self._writes, lambda: work(*args, **kwargs))

    async def check(self) -> None:
        """Raise StateError if the state can't be read and written now."""
        now = self.store.clock_s()
        probe = self._probe
        if probe is None or now - self._probed_s >= _PROBED_S:
            self._probed_s = now
            probe = self._probe = asyncio.gather(self.write(self.store.probe), self.read(self.store.version))
            # Without a callback, asyncio logs an error that no client waits for any more.
            probe.add_done_callback(lambda done: done.cancelled() or done.exception())
        await asyncio.shield(probe)

    def close(self) -> None:
        """End the threads, as soon as their calls return, and close the store."""
        for lane in (self._reads, self._writes):
            lane.close()
        self.store.close()

    async def _run(self, lane: "_Lane", work: Callable[[], R]) -> R:
        try:
            result = await self._answer(lane, work)
        except StateError as error:
            self._outage.failed(lane.name, error)
            raise
        self._outage.worked(lane.name)
        return result

    async def _answer(self, lane: "_Lane", work: Callable[[], R]) -> R:
        if self._busy_s(lane) > TIMEOUT_S:
            raise trouble.silent()
        started = lane.submit(work)
        answer = asyncio.wrap_future(started)
        try:
            while not (await asyncio.wait({answer}, timeout=self._answer_s))[0]:
                known = self._outage.of(lane.name)
                if known is None and self._busy_s(lane) <= _SLOW_S:
                    continue
                if started.running():
                    self._abandon(lane)
                raise known or trouble.silent()
            return answer.result()
        finally:
            answer.cancel()

    def _busy_s(self, lane: "_Lane") -> float:
        """Seconds for which the lane's thread has been waiting for the database."""
        use = self.store.uses.get(lane.thread)
        return 0.0 if use is None else self.store.clock_s() - use.since_s

    def _abandon(self, lane: "_Lane") -> None:
        """Keep the call that the lane's thread is in from storing anything."""
        use = self.store.uses.get(lane.thread)
        if use is not None:
            use.abandoned = True


class _Lane:
    """A thread that runs one piece of work after the other, started with the first."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.thread = 0
        """Identifier of the thread, 0 before it was started."""
        self._work: _Queue = SimpleQueue()

    def submit(self, work: Callable[[], R]) -> "Future[R]":
        future: Future[R] = Future()
        if not self.thread:
            thread = threading.Thread(target=_run, args=(self._work,), name=f"state {self.name}", daemon=True)
            thread.start()
            self.thread = thread.ident or 0
            # A lane that nobody closes ends its thread too.
            weakref.finalize(self, self._work.put, None)
        self._work.put((future, work))
        return future

    def close(self) -> None:
        """End the thread after the work that it has; later work starts another."""
        if self.thread:
            self._work.put(None)
            self.thread = 0


def _run(queue: _Queue) -> None:
    while (item := queue.get()) is not None:
        _complete(*item)
        # A thread that waits keeps nothing of its last work alive.
        del item


def _complete(future: "Future[Any]", work: Callable[[], Any]) -> None:
    if not future.set_running_or_notify_cancel():
        return
    try:
        result = work()
    except BaseException as error:  # noqa: BLE001 - the request that waits gets it
        future.set_exception(error)
    else:
        future.set_result(result)


class _Outage:
    """Logs the beginning and the end of an outage, whatever the number of its requests."""

    def __init__(self) -> None:
        self._failing: dict[str, StateError] = {}

    def of(self, lane: str) -> StateError | None:
        """The error that began the outage of a lane, if there is one now."""
        return self._failing.get(lane)

    def failed(self, lane: str, error: StateError) -> None:
        if not self._failing:
            _log.error("the state can't be used, %s fail: %s", lane, error.reason)
        self._failing.setdefault(lane, error)

    def worked(self, lane: str) -> None:
        if not self._failing:
            return
        # What works on a new connection shows that the others can be opened too.
        self._failing = {name: e for name, e in self._failing.items() if name != lane and not e.unreachable}
        if not self._failing:
            _log.warning("the state can be used again")
