"""Counts of fault rules: exact over processes, and bounded in memory."""

import multiprocessing
import sys
from uuid import UUID

import pytest

from sepolo_mock_server.rules.faults import FaultRule
from sepolo_mock_server.state.fault_counts import FaultCounts

SPAWN = multiprocessing.get_context("spawn")


def rule(number: int = 1, count: int | None = 2) -> FaultRule:
    return FaultRule(str(UUID(int=number)), "status", 500, count=count)


def test_take() -> None:
    """A rule makes as many requests fail as its count says, and tells which was the last."""
    counts = FaultCounts.made(8)
    assert [counts.take(rule()) for _ in range(4)] == [(True, False), (True, True), (False, False), (False, False)]
    assert (counts.hits(rule()), counts.hits(rule(2))) == (2, 0)


def test_forgotten_rule() -> None:
    """The place of a deleted rule is free for others."""
    counts = FaultCounts.made(1)
    for number in range(1, 1_000):
        assert counts.take(rule(number, 1)) == (True, True)
        counts.forget(rule(number, 1))
    assert counts.hits(rule(5, 1)) == 0


def test_rules_beside_each_other() -> None:
    """Rules that share a place at first have counts of their own."""
    counts = FaultCounts.made(1)
    for number in range(1, 65):
        for _ in range(number % 3):
            counts.take(rule(number, None))
    assert [counts.hits(rule(number, None)) for number in range(1, 65)] == [number % 3 for number in range(1, 65)]


TAKE = """
from sepolo_mock_server.rules.faults import FaultRule
rule = FaultRule("00000000-0000-0000-0000-000000000001", "status", 500, count=150)
results.send(sum(counts.take(rule)[0] for _ in range(100)))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX locks")
def test_count_is_exact_over_processes() -> None:
    """Processes that take at the same time get the count together, and no failure more."""
    counts = FaultCounts.made(8)
    processes = []
    for _ in range(2):
        ours, theirs = SPAWN.Pipe()
        process = SPAWN.Process(target=exec, args=(TAKE, {"counts": counts, "results": theirs}))
        process.start()
        theirs.close()
        processes.append((process, ours))
    assert sum(results.recv() for _, results in processes) == 150
    for process, results in processes:
        process.join()
        results.close()
