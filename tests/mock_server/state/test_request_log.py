"""The request log: bounded by number and by bytes, whole over processes, and unharmed by one that is killed."""

import multiprocessing
import sys
from collections import Counter
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess

import pytest

from sepolo_mock_server.rules import records
from sepolo_mock_server.rules.records import Values, packed_headers
from sepolo_mock_server.state.request_log import RequestLog

SPAWN = multiprocessing.get_context("spawn")
HEADERS = packed_headers(())
SMALL = 1_000


def values(body: bytes) -> Values:
    """Return the values of a request with this body."""
    return (
        0.0,
        0.0,
        200,
        0,
        0,
        0,
        "GET",
        b"/",
        b"",
        b"",
        b"",
        b"\0\0",
        HEADERS,
        HEADERS,
        (),
        body,
        b"",
        SMALL + len(body),
    )


def bodies(log: RequestLog, first: int = 1, last: int = 10**6) -> list[tuple[int, bytes]]:
    """Return number and body of the records that are read."""
    return [(record.number, record.request_body) for record in log.read(first, last)]


SIZES = {False: SMALL, True: len(records.packed(values(b"")))}
"""Bytes that a record without a body counts, in the log of one process and in that of several."""


@pytest.fixture(params=[False, True], ids=["one process", "several processes"])
def several(request: pytest.FixtureRequest) -> bool:
    """The kind of log: of one process, or of several."""
    return bool(request.param)


def test_records_in_order(several: bool) -> None:
    """Records are numbered from 1, and are read in the order of their numbers."""
    log = RequestLog.made(several=several)
    assert (log.last, bodies(log)) == (0, [])
    assert [log.append(values(body)) for body in (b"a", b"", b"ccc")] == [1, 2, 3]
    assert (log.first, log.last, bodies(log, 0, 9)) == (1, 3, [(1, b"a"), (2, b""), (3, b"ccc")])
    assert (bodies(log, 2, 2), bodies(log, 3, 2), bodies(log, 4, 9)) == ([(2, b"")], [], [])


def test_bounded_by_number(several: bool) -> None:
    """Only the last records are kept."""
    log = RequestLog.made(several=several, most=5, capacity=100_000)
    for number in range(1, 13):
        log.append(values(b"%d" % number))
    assert bodies(log) == [(number, b"%d" % number) for number in range(8, 13)]
    assert bodies(log, 1, 9) == [(8, b"8"), (9, b"9")]


@pytest.mark.parametrize("size", [1, 7, 100, 333, 500, 501, 999, 1_000])
def test_bounded_by_bytes(several: bool, size: int) -> None:
    """Records that leave no room for others are dropped whole, and none of the kept ones is damaged."""
    size += SIZES[several]
    capacity = 1_000 + 8 * SIZES[several]
    log = RequestLog.made(several=several, most=50, capacity=capacity)
    for number in range(1, 201):
        log.append(values(bytes([number]) * (size - SIZES[several])))
        kept = bodies(log)
        expected = range(number - len(kept) + 1, number + 1)
        assert kept == [(one, bytes([one]) * (size - SIZES[several])) for one in expected]
        assert 1 <= len(kept) <= min(50, capacity // size)
    # The shared log stores a record in one piece, so that a part of its memory may be free.
    assert len(kept) >= min(50, capacity // size - several)


def test_records_of_different_sizes(several: bool) -> None:
    """Whatever the sizes, each record that is read is as it was stored."""
    log = RequestLog.made(several=several, most=20, capacity=1_000 + 8 * SIZES[several])
    for number in range(1, 500):
        log.append(values(bytes([number % 251]) * (number * 37 % 300)))
        for found, body in bodies(log):
            assert body == bytes([found % 251]) * (found * 37 % 300)


def test_hundred_megabytes(several: bool) -> None:
    """The log takes 100 MB of records in its bounded memory, and keeps the last ones."""
    log = RequestLog.made(several=several)
    for number in range(4_000):
        log.append(values(b"%05d" % number + bytes(25_000)))
    kept = log.read(1, log.last)
    assert [record.number for record in kept] == list(range(log.last - len(kept) + 1, log.last + 1))
    assert 60 * 2**20 < sum(len(record.request_body) for record in kept) <= 64 * 2**20


APPEND = """
for number in range(500):
    log.append((*values[:15], b"%d-%d" % (name, number) * 10, b"", 0))
results.send(True)
"""
HALF = """
log._memory.lock(0)
log._words[0] += 100
log._memory.bytes[log._data_at + 10 : log._data_at + 13] = b"xyz"
results.send(True)
results.recv()
"""


def started(program: str, log: RequestLog, name: int = 0) -> tuple[SpawnProcess, Connection]:
    """Start a process that runs a program with the log, and return the other end of its `results`."""
    ours, theirs = SPAWN.Pipe()
    process = SPAWN.Process(
        target=exec, args=(program, {"log": log, "name": name, "results": theirs, "values": values(b"")})
    )
    process.start()
    theirs.close()
    return process, ours


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX locks")
def test_processes_append_at_the_same_time() -> None:
    """What several processes append is all there, once, and undamaged."""
    log = RequestLog.made(several=True, most=2_000, capacity=400_000)
    processes = [started(APPEND, log, name) for name in (1, 2)]
    for process, results in processes:
        assert results.recv() is True
        process.join()
        results.close()
    found = Counter(body for _, body in bodies(log))
    assert found == Counter({b"%d-%d" % (name, number) * 10: 1 for name in (1, 2) for number in range(500)})


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX locks")
def test_killed_process() -> None:
    """A process that is killed while it appends neither keeps the lock nor leaves a record that is not complete."""
    log = RequestLog.made(several=True, most=9, capacity=(2 * SIZES[True] + 164) // 8 * 8)
    log.append(values(b"first" * 10))
    log.append(values(b"second"))
    process, results = started(HALF, log)
    assert results.recv() is True
    process.kill()
    process.join()
    results.close()
    assert log.append(values(b"third")) == 3
    assert bodies(log) == [(2, b"second"), (3, b"third")]
