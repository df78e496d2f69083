"""Requirements of the area shape."""

from sepolo_conformance.checks.shape import checks

__all__ = ["checks"]
