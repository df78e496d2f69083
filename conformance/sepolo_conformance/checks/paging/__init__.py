"""Requirements of the area paging."""

from sepolo_conformance.checks.paging import checks

__all__ = ["checks"]
