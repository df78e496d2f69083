"""Requirements of the area `isolation`."""

from conformance.requirements import Requirement

__all__ = ["REQUIREMENTS"]

REQUIREMENTS: tuple[Requirement, ...] = ()
