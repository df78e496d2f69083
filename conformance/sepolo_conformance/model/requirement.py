"""Requirements as values: id, level, clause and title. The requirements are declared in the modules of their checks."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType


class Level(StrEnum):
    """The source of a requirement: stated by the published page, implied by it, or a choice of this project."""

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
"""Prefix of the ids to the name of the area, which is also the name of its folder in `checks/`."""


@dataclass(frozen=True, slots=True)
class Requirement:
    """One requirement. `clause` quotes its source or gives its reason; `title` states what a conforming server does."""

    id: str
    level: Level
    clause: str
    title: str

    @property
    def area(self) -> str:
        return AREAS[self.id[:3]]


def area_of(name: str) -> str | None:
    """Return the area with a name (`paging`) or prefix (`PAG`), ignoring case; None if there is none."""
    wanted = name.strip().lower()
    return next((area for prefix, area in AREAS.items() if wanted in (area, prefix.lower())), None)
