"""The checks of all areas. Importing this package fills the registry of requirements."""

from sepolo_conformance.checks import (
    authentication,
    consistency,
    errors,
    filters,
    isolation,
    paging,
    robustness,
    scopes,
    shape,
    waveforms,
    windows,
    writes,
)

__all__ = [
    "authentication",
    "consistency",
    "errors",
    "filters",
    "isolation",
    "paging",
    "robustness",
    "scopes",
    "shape",
    "waveforms",
    "windows",
    "writes",
]
