"""What a variant is: a deployment that differs from the sandbox only where the contract leaves a choice."""

from dataclasses import dataclass, field

from tests.mutants.harness.wrapper import Alteration

__all__ = ["Variant"]


@dataclass(frozen=True, slots=True)
class Variant:
    """A conforming deployment. `warns` names the SHOULD requirements that it doesn't meet."""

    id: str
    title: str
    alteration: Alteration = field(repr=False)
    warns: tuple[str, ...] = ()
    writes: bool = False
