"""Requirements as values, and the catalogue that gathers the tables of all areas.

Here stands what a requirement is and how it is looked up. Which requirements there are stands in
`catalogue/`, one table per area; how one is checked stands in `checks/`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib import import_module
from types import MappingProxyType

__all__ = ["AREAS", "MUST", "SANDBOX", "SHOULD", "Level", "Requirement", "area_of", "catalogue", "select"]


class Level(StrEnum):
    """What a requirement is worth: stated by the published page, implied by it, or our own choice."""

    MUST = "must"
    SHOULD = "should"
    SANDBOX = "sandbox"


MUST, SHOULD, SANDBOX = Level

AREAS: Mapping[str, str] = MappingProxyType(
    {
        "AUT": "authentication",
        "SCP": "scopes",
        "ERR": "errors",
        "SHP": "shape",
        "PAG": "paging",
        "WIN": "windows",
        "FLT": "filters",
        "ISO": "isolation",
        "CON": "consistency",
        "WAV": "waveforms",
        "WRT": "writes",
        "ROB": "robustness",
    }
)
"""Prefix of the ids to the name of the area, which is also that of its table in `catalogue/`."""


@dataclass(frozen=True, slots=True)
class Requirement:
    """One rule. `clause` says where it comes from: a sentence of the published page, or the reason."""

    id: str
    level: Level
    clause: str
    title: str

    @property
    def area(self) -> str:
        return AREAS[self.id[:3]]


@cache
def catalogue() -> Mapping[str, Requirement]:
    """Return all requirements by id, area by area and by number within; ids are never used twice."""
    found: dict[str, Requirement] = {}
    for code, area in AREAS.items():
        for requirement in sorted(_table(area), key=lambda entry: entry.id):
            if requirement.id[:4] != f"{code}-" or requirement.id in found:
                raise ValueError(f"{requirement.id} doesn't belong in the table of {area}, or stands there twice")
            found[requirement.id] = requirement
    return MappingProxyType(found)


def _table(area: str) -> Iterable[Requirement]:
    table: Iterable[Requirement] = import_module(f"conformance.catalogue.{area}").REQUIREMENTS
    return table


def area_of(word: str) -> str | None:
    """Return the area that a name (`paging`) or prefix (`PAG`) means, in any case; None if there is none."""
    wanted = word.strip().lower()
    return next((name for code, name in AREAS.items() if wanted in (name, code.lower())), None)


def select(level: Level, areas: frozenset[str], ids: frozenset[str]) -> tuple[Requirement, ...]:
    """Return what a run at `level` judges, in catalogue order; no areas and no ids mean all.

    A requirement asked for by id is judged whatever its level.
    """
    return tuple(
        requirement
        for requirement in catalogue().values()
        if requirement.id in ids or (not ids and _runs(requirement, level) and _within(requirement, areas))
    )


def _within(requirement: Requirement, areas: frozenset[str]) -> bool:
    return not areas or requirement.area in areas


def _runs(requirement: Requirement, level: Level) -> bool:
    # Our own choices say nothing of a deployment unless they are asked for.
    return requirement.level is not SANDBOX or level is SANDBOX
