"""Requirements of the area filters."""

from sepolo_conformance.checks.filters import checks

__all__ = ["checks"]
