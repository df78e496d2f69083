"""What a mutant is: one small deviation of the sandbox, the requirements that catch it, and the requests it changes."""

from dataclasses import dataclass, field

from sepolo_conformance.model.requirement import AREAS
from tests.mutants.harness.wrapper import Alteration

__all__ = ["Mutant", "Probe", "probe_all_pages"]


@dataclass(frozen=True, slots=True)
class Probe:
    """A request whose response differs between the mutant and the sandbox.

    `target` is path and query under `/api/v1`, with placeholders such as `{own.device}` and `{foreign.asset}` for ids
    that the first and the second organisation see. `all_pages` follows the cursors, `repeat` sends the request so many
    times. `concurrent_key` and `concurrent_target` are the key and the target of a second request that is sent at the
    same time, and `revalidates` sends the request again with the ETag that it got. With `each`, a list and a member of
    its rows, the request is sent for every row, whose value replaces `{id}`.
    """

    target: str
    key: str | None = "full"
    method: str = "GET"
    headers: tuple[tuple[str, str], ...] = ()
    body: str = ""
    all_pages: bool = False
    repeat: int = 1
    concurrent_key: str | None = None
    concurrent_target: str | None = None
    revalidates: bool = False
    each: tuple[str, str] | None = None


def probe_all_pages(target: str, key: str = "full") -> Probe:
    """Reads a list to its end."""
    return Probe(target, key, all_pages=True)


@dataclass(frozen=True, slots=True)
class Mutant:
    """A deviation. Each requirement of `caught_by` has to find it on its own.

    A mutant is `subtle` unless one ordinary request shows it: it takes two responses, an unusual value or a rare row.
    `traffic` names further areas whose requests an observer has to see.
    """

    id: str
    caught_by: tuple[str, ...]
    title: str
    subtle: bool = True
    fault: Alteration = field(kw_only=True, repr=False)
    probes: tuple[Probe, ...] = field(kw_only=True, repr=False)
    writes: bool = False
    traffic: tuple[str, ...] = ()

    @property
    def area(self) -> str:
        """The area that the prefix of the id stands for."""
        return AREAS[self.id[:3].upper()]
