"""Requirements of the area scopes."""

from sepolo_conformance.checks.scopes import checks

__all__ = ["checks"]
