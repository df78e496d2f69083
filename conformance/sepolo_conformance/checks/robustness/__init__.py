"""Requirements of the area robustness."""

from sepolo_conformance.checks.robustness import checks

__all__ = ["checks"]
