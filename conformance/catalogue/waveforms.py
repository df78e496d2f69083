"""Requirements of the area `waveforms`."""

from conformance.requirements import Requirement

__all__ = ["REQUIREMENTS"]

REQUIREMENTS: tuple[Requirement, ...] = ()
