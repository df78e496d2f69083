"""Requirements of the area isolation."""

from sepolo_conformance.checks.isolation import checks

__all__ = ["checks"]
