"""What a mutant is: one small deviation of the sandbox, the requirements that must find it, and where it shows."""

from dataclasses import dataclass, field

from tests.mutants.harness.wrapper import Alteration

__all__ = ["Look", "Mutant", "walk"]


@dataclass(frozen=True, slots=True)
class Look:
    """A request that a mutant answers otherwise than the sandbox.

    `target` is path and query under `/api/v1`, with `{home.device}`, `{away.asset}` and the like for ids that the
    first and the second organisation see. `walk` follows the cursors; `times` asks so often; `beside` is a
    key with which the same is asked at the same time.
    """

    target: str
    key: str | None = "full"
    method: str = "GET"
    headers: tuple[tuple[str, str], ...] = ()
    body: str = ""
    walk: bool = False
    times: int = 1
    beside: str | None = None


def walk(target: str, key: str = "full") -> Look:
    """All pages of a list."""
    return Look(target, key, walk=True)


@dataclass(frozen=True, slots=True)
class Mutant:
    """A deviation. Each requirement of `caught_by` must find it, alone.

    `subtle` is one that no single ordinary request shows: it takes two answers, an odd value or a rare row.
    `traffic` are areas whose requests a watcher has to see, besides those of the mutant's own.
    """

    id: str
    area: str
    caught_by: tuple[str, ...]
    title: str
    subtle: bool
    fault: Alteration = field(repr=False)
    shows: tuple[Look, ...] = field(repr=False)
    writes: bool = False
    traffic: tuple[str, ...] = ()
