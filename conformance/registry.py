"""Joins requirements with what judges them: a check that sends requests, or a watcher of every answer.

`@requirement("PAG-003")` makes a function the check of a requirement, `@watch("ERR-002")` makes one the watcher.
A requirement has exactly one of the two; a test holds that.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from importlib import import_module
from inspect import getdoc
from types import MappingProxyType
from typing import TYPE_CHECKING

from conformance.exchange import Exchange
from conformance.requirements import AREAS, catalogue

if TYPE_CHECKING:
    from conformance.case import Case

__all__ = ["TOUR", "Judge", "Mismatch", "checks", "judge_of", "load", "requirement", "watch", "watchers"]

TOUR = "SHP-001"
"""The check that calls every operation once; it runs along where a watched requirement is asked for alone."""


@dataclass(frozen=True, slots=True)
class Mismatch:
    """What a watcher saw: `kind` is the same for deviations that are one and the same fault."""

    expected: str
    actual: str
    kind: str


Check = Callable[["Case"], None]
Watcher = Callable[[Exchange], Iterable[Mismatch] | None]


@dataclass(frozen=True, slots=True)
class Judge:
    """What judges a requirement: its function, and whether that is a check or a watcher.

    `traffic` are the checks that a watcher needs to have something to see.
    """

    requirement_id: str
    function: Check | Watcher
    watches: bool
    traffic: tuple[str, ...] = ()

    @property
    def module(self) -> str:
        return self.function.__module__

    @property
    def explanation(self) -> str:
        """How it is judged, in the words of the function's docstring."""
        return getdoc(self.function) or ""


_JUDGES: dict[str, Judge] = {}


def requirement(requirement_id: str) -> Callable[[Check], Check]:
    """Make a function the check of a requirement; it gets a Case and says what it finds through it."""

    def register(check: Check) -> Check:
        _add(Judge(requirement_id, check, watches=False))
        return check

    return register


def watch(requirement_id: str, *traffic: str) -> Callable[[Watcher], Watcher]:
    """Make a function the watcher of a requirement: it sees every exchange of the whole run.

    It returns None where the answer has no bearing on the requirement, else the mismatches, none if all is well.
    `traffic` names the checks that run along where watched requirements are asked for alone; by default the tour.
    """

    def register(watcher: Watcher) -> Watcher:
        _add(Judge(requirement_id, watcher, watches=True, traffic=traffic or (TOUR,)))
        return watcher

    return register


def _add(judge: Judge) -> None:
    if judge.requirement_id not in catalogue():
        raise ValueError(f"{judge.requirement_id} isn't in the catalogue")
    before = _JUDGES.get(judge.requirement_id)
    # pytest may run a module a second time under another name; that is the same function again.
    if before is not None and _place(before) != _place(judge):
        raise ValueError(f"{judge.requirement_id} is judged twice: {_place(before)} and {_place(judge)}")
    _JUDGES[judge.requirement_id] = judge


def _place(judge: Judge) -> tuple[str, str]:
    code = judge.function.__code__
    return code.co_filename, judge.function.__qualname__


def load() -> None:
    """Import the check files of all areas, so that all judges are known."""
    for area in AREAS.values():
        import_module(f"conformance.checks.test_{area}")


def judge_of(requirement_id: str) -> Judge:
    """Return what judges a requirement, KeyError if nothing does."""
    load()
    return _JUDGES[requirement_id]


def checks() -> Mapping[str, Judge]:
    """Return the checks by requirement, without watchers."""
    load()
    return MappingProxyType({name: judge for name, judge in _JUDGES.items() if not judge.watches})


def watchers() -> Mapping[str, Judge]:
    """Return the watchers by requirement."""
    load()
    return MappingProxyType({name: judge for name, judge in _JUDGES.items() if judge.watches})
