"""The request log: bounded by number and by bytes, whole over processes, and unharmed by one that is killed."""

import multiprocessing
import sys
from collections import Counter
from collections.abc import Callable
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess

import pytest

from sepolo_mock_server.state.request_log import RequestLog

SPAWN = multiprocessing.get_context("spawn")


@pytest.fixture
def make() -> Callable[..., RequestLog]:
    """Make small logs."""

    def new(records: int = 5, capacity: int = 1_000, *, several: bool = True) -> RequestLog:
        return RequestLog.made(records=records, capacity=capacity, several=several)

    return new


def test_records_in_order(make: Callable[..., RequestLog]) -> None:
    """Records are numbered from 1, and are read in the order of their numbers."""
    log = make()
    assert (log.last, log.read(1, 9)) == (0, [])
    assert [log.append(record) for record in (b"a", b"", b"ccc")] == [1, 2, 3]
    assert (log.last, log.read(0, 9)) == (3, [(1, b"a"), (2, b""), (3, b"ccc")])
    assert log.read(2, 2) == [(2, b"")]


def test_bounded_by_number(make: Callable[..., RequestLog]) -> None:
    """Only the last records are kept."""
    log = make(records=5)
    for number in range(1, 13):
        log.append(b"%d" % number)
    assert log.read(1, 99) == [(number, b"%d" % number) for number in range(8, 13)]


@pytest.mark.parametrize("size", [1, 7, 100, 333, 500, 501, 999, 1_000])
def test_bounded_by_bytes(make: Callable[..., RequestLog], size: int) -> None:
    """Records that leave no room for others are dropped whole, and none of the kept ones is damaged."""
    log = make(records=50, capacity=1_000)
    for number in range(1, 201):
        log.append(bytes([number]) * size)
        kept = log.read(1, number)
        assert kept == [(one, bytes([one]) * size) for one in range(number - len(kept) + 1, number + 1)]
        assert 1 <= len(kept) <= min(50, 1_000 // size)
    assert len(kept) == min(50, 1_000 // size)


def test_records_of_different_sizes(make: Callable[..., RequestLog]) -> None:
    """Whatever the sizes, each record that is read is as it was stored."""
    log = make(records=20, capacity=1_000)
    for number in range(1, 500):
        log.append(bytes([number % 251]) * (number * 37 % 300))
        for found, record in log.read(1, number):
            assert record == bytes([found % 251]) * (found * 37 % 300)


def test_hundred_megabytes() -> None:
    """The log takes 100 MB of records in its bounded memory, and keeps the last ones."""
    log = RequestLog.made(several=False)
    for number in range(4_000):
        log.append(b"%05d" % number + bytes(25_000))
    kept = log.read(1, log.last)
    assert [number for number, _ in kept] == list(range(log.last - len(kept) + 1, log.last + 1))
    assert 60 * 2**20 < sum(len(record) for _, record in kept) <= 64 * 2**20


APPEND = """
for number in range(500):
    log.append(b"%d-%d" % (name, number) * 10)
results.send(True)
"""
HALF = """
log._memory.lock(0)
log._words[0] += 100
log._memory.bytes[log._data_at + 56 : log._data_at + 59] = b"xyz"
results.send(True)
results.recv()
"""


def started(program: str, log: RequestLog, name: int = 0) -> tuple[SpawnProcess, Connection]:
    """Start a process that runs a program with the log, and return the other end of its `results`."""
    ours, theirs = SPAWN.Pipe()
    process = SPAWN.Process(target=exec, args=(program, {"log": log, "name": name, "results": theirs}))
    process.start()
    theirs.close()
    return process, ours


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX locks")
def test_processes_append_at_the_same_time(make: Callable[..., RequestLog]) -> None:
    """What several processes append is all there, once, and undamaged."""
    log = make(records=2_000, capacity=200_000)
    processes = [started(APPEND, log, name) for name in (1, 2)]
    for process, results in processes:
        assert results.recv() is True
        process.join()
        results.close()
    found = Counter(record for _, record in log.read(1, log.last))
    assert found == Counter({b"%d-%d" % (name, number) * 10: 1 for name in (1, 2) for number in range(500)})


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX locks")
def test_killed_process(make: Callable[..., RequestLog]) -> None:
    """A process that is killed while it appends neither keeps the lock nor leaves a record that is not complete."""
    log = make(records=9, capacity=160)
    log.append(b"first" * 10)
    log.append(b"second")
    process, results = started(HALF, log)
    assert results.recv() is True
    process.kill()
    process.join()
    results.close()
    assert log.append(b"third") == 3
    assert log.read(1, 3) == [(2, b"second"), (3, b"third")]
