"""Requests and the store: threads, the bound of the wait, and the log of an outage."""

import asyncio
import gc
import logging
import sqlite3
import threading
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any

import pytest

from sepolo_mock_server.errors import ApiError, messages
from sepolo_mock_server.state import trouble
from sepolo_mock_server.state.access import StateAccess
from sepolo_mock_server.state.reports import IdempotencyKey, NewReport, Owner
from sepolo_mock_server.state.store import StateStore
from sepolo_mock_server.state.trouble import StateError

OWNER = Owner("demo:1", "7f2d3f0a-7c51-42cf-a06d-2c2df5f0c20b", "EUR", "full", frozenset(), frozenset())
REPORT = NewReport(1_000, "asset", "device", 2, 12, "C-1", {"title": "t"})
KEY = IdempotencyKey("a1", "digest")


class Clock:
    """A monotonic clock that a test sets."""

    now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(tmp_path: Path, clock: Clock) -> Iterator[StateStore]:
    """A state in a file."""
    made = StateStore(f"sqlite:///{tmp_path / 'state.db'}", clock)
    made.open()
    yield made
    made.close()


def run(work: Callable[[], Coroutine[Any, Any, None]]) -> None:
    asyncio.run(asyncio.wait_for(work(), 60))


async def failure(answer: Coroutine[Any, Any, Any]) -> StateError:
    with pytest.raises(StateError) as caught:
        await answer
    return caught.value


def raising(error: Exception) -> Callable[[], None]:
    def work() -> None:
        raise error

    return work


def test_reads_do_not_wait_for_a_lock(store: StateStore, tmp_path: Path) -> None:
    """A read is answered while a write waits for a lock that another process holds."""
    access = StateAccess(store)
    other = sqlite3.connect(tmp_path / "state.db", isolation_level=None)

    async def work() -> None:
        other.execute("BEGIN IMMEDIATE")
        write = asyncio.ensure_future(access.write(store.create, OWNER, REPORT, None))
        while not store.uses:  # noqa: ASYNC110 - another thread changes it
            await asyncio.sleep(0)
        assert await access.read(store.version) == (0, 0)
        assert not write.done()
        other.execute("ROLLBACK")
        assert (await write)[1] is False

    run(work)
    access.close()
    other.close()


def test_memory_is_used_by_one_thread() -> None:
    """Reads and writes of a state in memory, which is one connection, run in the same thread."""
    access = StateAccess(StateStore("sqlite://"))

    async def work() -> None:
        assert await access.read(threading.get_ident) == await access.write(threading.get_ident)

    run(work)
    access.close()


def test_hanging_database(store: StateStore, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    """A write that the database holds up is a 503 and is never stored; later writes get their 503 at once."""
    access = StateAccess(store, answer_s=0.01)
    entered, released = threading.Event(), threading.Event()
    insert = store._insert

    def hanging(*arguments: Any) -> str:
        report_id = insert(*arguments)
        entered.set()
        released.wait()
        return report_id

    async def work() -> None:
        with monkeypatch.context() as patch:
            patch.setattr(store, "_insert", hanging)
            first = asyncio.ensure_future(access.write(store.create, OWNER, REPORT, KEY))
            queued = asyncio.ensure_future(access.write(store.create, OWNER, REPORT, None))
            await asyncio.to_thread(entered.wait)
            clock.now_s = 10.0
            for write in (first, queued):
                found = await failure(asyncio.wait_for(write, 30))
                assert (found.status, found.message) == (503, messages.STATE_UNREACHABLE)
            await failure(access.write(store.create, OWNER, REPORT, None))
        released.set()
        access.close()
        later = StateAccess(store)
        assert await later.write(store.create, OWNER, REPORT, KEY) == (first_id(), False)
        assert (await later.read(store.version))[1] == 1
        later.close()

    run(work)


def first_id() -> str:
    """Return the id of the first report of a state."""
    return str(REPORT.numbered(OWNER, 0, 1)["serviceReportId"])


def test_slow_work_without_trouble(store: StateStore) -> None:
    """Work that takes longer than a wait for the database may is answered, if the database does not hold it up."""
    access = StateAccess(store, answer_s=0.001)
    released = threading.Event()

    async def work() -> None:
        slow = asyncio.ensure_future(access.read(released.wait))
        done, _ = await asyncio.wait({slow}, timeout=0.05)
        assert not done
        released.set()
        assert await slow is True

    run(work)
    access.close()


def test_one_line_for_an_outage(store: StateStore, caplog: pytest.LogCaptureFixture) -> None:
    """An outage is logged when it begins and when it ends, whatever the number of requests and other errors in it."""
    access = StateAccess(store)
    gone = trouble.silent()
    full = StateError(messages.STATE_FULL, 5, "database or disk is full")

    async def work() -> None:
        for error in (gone, gone, messages.not_found()):
            for call in (access.read, access.write):
                with pytest.raises(ApiError):
                    await call(raising(error))
        await access.read(store.version)
        for _ in range(3):
            await failure(access.write(raising(full)))
            await access.read(store.version)
        await access.write(store.probe)
        await access.write(store.probe)

    with caplog.at_level(logging.WARNING):
        run(work)
    assert [record.getMessage() for record in caplog.records] == [
        "the state can't be used, reads fail: the database does not answer",
        "the state can be used again",
        "the state can't be used, writes fail: database or disk is full",
        "the state can be used again",
    ]
    assert not any(record.exc_info for record in caplog.records)
    access.close()


def test_probes_are_shared(store: StateStore, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    """Requests for the readiness within a second share one probe, and its result."""
    access = StateAccess(store)
    probes: list[int] = []

    def probe() -> None:
        probes.append(1)
        if len(probes) == 1:
            raise trouble.silent()

    monkeypatch.setattr(store, "probe", probe)

    async def work() -> None:
        clock.now_s = 100.0
        failed = await asyncio.gather(access.check(), access.check(), return_exceptions=True)
        assert [type(one) for one in failed] == [StateError, StateError]
        await failure(access.check())
        assert len(probes) == 1
        clock.now_s += 1.0
        await access.check()
        await access.check()
        assert len(probes) == 2

    run(work)
    access.close()


def test_forgotten_access_ends_its_threads(store: StateStore) -> None:
    """An access that nobody closes ends its threads when it is deleted."""

    async def thread_of_a_read() -> threading.Thread:
        return await StateAccess(store).read(threading.current_thread)

    thread = asyncio.run(thread_of_a_read())
    gc.collect()
    thread.join(60)
    assert not thread.is_alive()
