"""Counts of rate limits that processes share: exact, kept when one of them is killed, and never locked by it."""

import multiprocessing
import sys
import time
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess

import pytest

from sepolo_mock_server.errors import ApiError
from sepolo_mock_server.rules.rate_limits import Policy, RateLimiter
from sepolo_mock_server.state.rate_counts import RateCounts

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="POSIX locks")

POLICIES = (Policy("minute", 100, 86_400), Policy("day", 1_000, 86_400))
KEYS, KEY = 3, 1
SPAWN = multiprocessing.get_context("spawn")


@pytest.fixture
def counts() -> RateCounts:
    return RateCounts.made(KEYS)


def taken(counts: RateCounts, number: int, times: int) -> int:
    """Take from a key's limits; returns how many requests were allowed."""
    limiter = RateLimiter(POLICIES, time.monotonic, counts.of_key(number))
    allowed = 0
    for _ in range(times):
        try:
            limiter.take()
        except ApiError:
            continue
        allowed += 1
    return allowed


TAKE = """
import time
from sepolo_mock_server.errors import ApiError
from sepolo_mock_server.rules.rate_limits import Policy, RateLimiter

limiter = RateLimiter((Policy("minute", 100, 86_400), Policy("day", 1_000, 86_400)), time.monotonic, counts.of_key(1))
allowed = 0
for _ in range(80):
    try:
        limiter.take()
        allowed += 1
    except ApiError:
        pass
results.send(allowed)
"""
LOCK = """
counts.of_key(1).lock()
results.send(True)
results.recv()
"""


def started(program: str, counts: RateCounts) -> tuple[SpawnProcess, Connection]:
    """Start a process that runs a program with the counts, and return the other end of its `results`."""
    ours, theirs = SPAWN.Pipe()
    # A spawned process can't import test modules.
    process = SPAWN.Process(target=exec, args=(program, {"counts": counts, "results": theirs}))
    process.start()
    theirs.close()
    return process, ours


def test_limit_is_exact_over_processes(counts: RateCounts) -> None:
    """Processes that take at the same time get the quota together, and no request more."""
    processes = [started(TAKE, counts) for _ in range(2)]
    assert sum(results.recv() for _, results in processes) == 100
    for process, results in processes:
        process.join()
        results.close()
    assert [taken(counts, number, 5) for number in range(KEYS)] == [5, 0, 5]


def test_killed_process(counts: RateCounts) -> None:
    """A process that is killed while it holds the lock neither keeps it nor loses what was counted before."""
    assert taken(counts, KEY, 30) == 30
    process, results = started(LOCK, counts)
    assert results.recv() is True
    process.kill()
    process.join()
    assert taken(counts, KEY, 90) == 70
    results.close()


def test_headers_are_those_of_one_process(counts: RateCounts) -> None:
    """With shared counts the headers report the requests of all processes."""
    taken(counts, KEY, 10)
    limiter = RateLimiter(POLICIES, time.monotonic, counts.of_key(KEY))
    assert dict(limiter.take())[b"x-ratelimit-remaining"] == b"89"
