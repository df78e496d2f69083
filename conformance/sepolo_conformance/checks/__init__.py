"""The checks of all areas. Importing this package fills the registry of requirements."""

from sepolo_conformance.checks import (  # noqa: F401 - registers the requirements
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
