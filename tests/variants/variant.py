"""What an honest variant is: a deployment that differs from the sandbox only where the contract leaves it free."""

from dataclasses import dataclass, field

from tests.mutants.harness.wrapper import Alteration

__all__ = ["Variant"]


@dataclass(frozen=True, slots=True)
class Variant:
    """A deployment that keeps the contract. `warns` are the SHOULD requirements that it doesn't meet."""

    id: str
    title: str
    alteration: Alteration = field(repr=False)
    warns: tuple[str, ...] = ()
    writes: bool = False
