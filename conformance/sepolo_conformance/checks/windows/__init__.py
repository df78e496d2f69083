"""Requirements of the area windows."""

from sepolo_conformance.checks.windows import checks

__all__ = ["checks"]
