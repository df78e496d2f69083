"""Requirements on filters: which rows each returns, what filters return together, and which values are rejected."""

from sepolo_conformance.checks.filters import (  # noqa: F401 - registers the requirements
    active_status,
    combinations,
    matching_rows,
    text_values,
    unmatched_values,
    updated_since,
    value_types,
)
