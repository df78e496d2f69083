"""Requirements of the area authentication."""

from sepolo_conformance.checks.authentication import checks

__all__ = ["checks"]
