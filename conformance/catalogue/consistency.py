"""Requirements of the area `consistency`."""

from conformance.requirements import Requirement

__all__ = ["REQUIREMENTS"]

REQUIREMENTS: tuple[Requirement, ...] = ()
