"""Requirements of the area errors."""

from sepolo_conformance.checks.errors import checks

__all__ = ["checks"]
