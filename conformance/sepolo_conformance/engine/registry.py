"""The registry of requirements. Decorators on checks and observers add to it.

`@requirement` declares a requirement together with its check, `@observe` together with its observer. Importing
`sepolo_conformance.checks` fills the registry; this module imports no check.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from inspect import getdoc
from types import MappingProxyType
from typing import Any

from sepolo_conformance.model.requirement import AREAS, SANDBOX, Level, Requirement
from sepolo_conformance.transport.exchange import Exchange

TOUR = "SHP-001"
"""The check that calls every operation once. It is added to a run of observed requirements only."""

RETIRED: Mapping[str, str] = MappingProxyType(
    {
        "CON-039": "PAG-034",
        "FLT-014": "FLT-032",
        "FLT-027": "ROB-013",
        "ISO-021": "ISO-028",
        "PAG-032": "ROB-012",
        "WIN-029": "SHP-017",
        "WRT-001": "SCP-007",
    }
)
"""Ids that were merged into another requirement, with the id that replaces each. They are never used again."""


@dataclass(frozen=True, slots=True)
class Mismatch:
    """A deviation that an observer found. Deviations of the same `kind` are one finding."""

    expected: str
    actual: str
    kind: str


Check = Callable[[Any], None]
"""A check gets a Case. The type is left open here, because the case imports this module."""
Observer = Callable[[Exchange], Iterable[Mismatch] | None]


@dataclass(frozen=True, slots=True)
class Judge:
    """A requirement with the function that judges it, which is a check or an observer.

    `traffic` are the checks that send the requests an observer needs. An `exclusive` check runs while no other does.
    """

    requirement: Requirement
    function: Check | Observer
    observes: bool
    traffic: tuple[str, ...] = ()
    exclusive: bool = False

    @property
    def explanation(self) -> str:
        """How the requirement is judged: the docstring of the function."""
        return getdoc(self.function) or ""


_JUDGES: dict[str, Judge] = {}


def requirement(
    requirement_id: str, level: Level, *, clause: str, title: str, exclusive: bool = False
) -> Callable[[Check], Check]:
    """Declare a requirement; the decorated function is its check and gets a Case.

    `exclusive` is for a check that other requests disturb, such as one that compares counters of two responses.
    Raises ValueError for an id that is malformed, retired or declared by another function.
    """

    def register(check: Check) -> Check:
        _add(Judge(Requirement(requirement_id, level, clause, title), check, observes=False, exclusive=exclusive))
        return check

    return register


def observe(
    requirement_id: str, level: Level, *, clause: str, title: str, traffic: tuple[str, ...] = (TOUR,)
) -> Callable[[Observer], Observer]:
    """Declare a requirement on every response of a run; the decorated function is its observer.

    The observer returns the mismatches of an exchange, or None if the response is not subject to the requirement.
    `traffic` names the checks that are added to a run of observed requirements only.
    """

    def register(observer: Observer) -> Observer:
        _add(Judge(Requirement(requirement_id, level, clause, title), observer, observes=True, traffic=traffic))
        return observer

    return register


def _add(judge: Judge) -> None:
    name = judge.requirement.id
    if name[:3] not in AREAS or name[3:4] != "-" or not name[4:].isdigit() or len(name) != 7:
        raise ValueError(f"{name}: a requirement id is an area's prefix and three digits, such as PAG-003")
    if name in RETIRED:
        raise ValueError(f"{name} is retired in favour of {RETIRED[name]}: take a new number")
    before = _JUDGES.get(name)
    # pytest may import a module a second time under another name; the function is still the same.
    if before is not None and _place(before) != _place(judge):
        raise ValueError(f"{name} is declared twice: {_place(before)} and {_place(judge)}")
    _JUDGES[name] = judge
    _in_order.cache_clear()


def _place(judge: Judge) -> tuple[str, str]:
    code = judge.function.__code__
    return code.co_filename, judge.function.__qualname__


def _declared() -> dict[str, Judge]:
    if not _JUDGES:
        raise RuntimeError("the registry is empty: import sepolo_conformance.checks first")
    return _JUDGES


def catalogue() -> Mapping[str, Requirement]:
    """Return all requirements by id, area by area and by number within an area."""
    _declared()
    return _in_order()


@cache
def _in_order() -> Mapping[str, Requirement]:
    order = list(AREAS)
    names = sorted(_JUDGES, key=lambda name: (order.index(name[:3]), name))
    return MappingProxyType({name: _JUDGES[name].requirement for name in names})


def select(level: Level, areas: frozenset[str], ids: frozenset[str]) -> tuple[Requirement, ...]:
    """Return the requirements of a run at `level`, in catalogue order; no areas and no ids mean all.

    A requirement selected by id is judged at any level.
    """
    return tuple(
        rule
        for rule in catalogue().values()
        if rule.id in ids or (not ids and _runs(rule, level) and (not areas or rule.area in areas))
    )


def _runs(rule: Requirement, level: Level) -> bool:
    # Choices of this project are judged on request only, because other deployments may choose differently.
    return rule.level is not SANDBOX or level is SANDBOX


def judge_of(requirement_id: str) -> Judge:
    """Return the judge of a requirement; raise KeyError if there is none."""
    return _declared()[requirement_id]


def checks() -> Mapping[str, Judge]:
    """Return the checks by requirement id, without observers."""
    return MappingProxyType({name: judge for name, judge in _declared().items() if not judge.observes})


def observers() -> Mapping[str, Judge]:
    """Return the observers by requirement id."""
    return MappingProxyType({name: judge for name, judge in _declared().items() if judge.observes})
