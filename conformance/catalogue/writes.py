"""Requirements of the area `writes`."""

from conformance.requirements import Requirement

__all__ = ["REQUIREMENTS"]

REQUIREMENTS: tuple[Requirement, ...] = ()
