"""Requirements on time windows: their parameters, length and timestamps, and the rows that a window contains."""

from sepolo_conformance.checks.windows import (
    contents,
    extreme_dates,
    length,
    nesting,
    open_ends,
    parameter_names,
    performance_sums,
    splitting,
    timestamp_formats,
    whole_days,
)

__all__ = [
    "contents",
    "extreme_dates",
    "length",
    "nesting",
    "open_ends",
    "parameter_names",
    "performance_sums",
    "splitting",
    "timestamp_formats",
    "whole_days",
]
