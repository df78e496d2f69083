"""All mutants, area by area."""

from tests.mutants import (
    authentication,
    consistency,
    errors,
    filters,
    isolation,
    paging,
    references,
    robustness,
    scopes,
    shape,
    waveforms,
    windows,
    writes,
)
from tests.mutants.mutant import Mutant

__all__ = ["MUTANTS"]

MUTANTS: tuple[Mutant, ...] = (
    *authentication.MUTANTS,
    *scopes.MUTANTS,
    *errors.MUTANTS,
    *shape.MUTANTS,
    *paging.MUTANTS,
    *windows.MUTANTS,
    *filters.MUTANTS,
    *isolation.MUTANTS,
    *consistency.MUTANTS,
    *references.MUTANTS,
    *waveforms.MUTANTS,
    *writes.MUTANTS,
    *robustness.MUTANTS,
)
"""In the order in which the catalogue names the areas."""
