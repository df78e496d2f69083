"""Requirements of the area `robustness`."""

from conformance.requirements import Requirement

__all__ = ["REQUIREMENTS"]

REQUIREMENTS: tuple[Requirement, ...] = ()
