"""Requirements on filters: which rows each returns, what filters return together, and which values are rejected."""

from sepolo_conformance.checks.filters import (
    active_status,
    combinations,
    completeness,
    matching_rows,
    metrics_hint,
    text_values,
    unmatched_values,
    updated_since,
    value_types,
)

__all__ = [
    "active_status",
    "combinations",
    "completeness",
    "matching_rows",
    "metrics_hint",
    "text_values",
    "unmatched_values",
    "updated_since",
    "value_types",
]
