"""All mutants, area by area."""

from tests.mutants import (
    attempts,
    authentication,
    boundaries,
    consistency,
    cursors,
    errors,
    filters,
    instants,
    isolation,
    paging,
    references,
    robustness,
    scopes,
    shape,
    values,
    waveforms,
    windows,
    writes,
)
from tests.mutants.harness.mutant import Mutant

__all__ = ["MUTANTS"]

MUTANTS: tuple[Mutant, ...] = (
    *authentication.MUTANTS,
    *scopes.MUTANTS,
    *errors.MUTANTS,
    *shape.MUTANTS,
    *paging.MUTANTS,
    *cursors.MUTANTS,
    *windows.MUTANTS,
    *instants.MUTANTS,
    *filters.MUTANTS,
    *values.MUTANTS,
    *isolation.MUTANTS,
    *boundaries.MUTANTS,
    *consistency.MUTANTS,
    *references.MUTANTS,
    *waveforms.MUTANTS,
    *writes.MUTANTS,
    *attempts.MUTANTS,
    *robustness.MUTANTS,
)
"""In the order in which the catalogue names the areas."""
