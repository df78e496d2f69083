"""Requirements of the area writes."""

from sepolo_conformance.checks.writes import checks

__all__ = ["checks"]
