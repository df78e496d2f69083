"""Requirements of the area consistency."""

from sepolo_conformance.checks.consistency import checks

__all__ = ["checks"]
