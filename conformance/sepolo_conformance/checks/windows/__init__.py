"""Requirements on time windows: their parameters, length and timestamps, and the rows that a window contains."""

from sepolo_conformance.checks.windows import (  # noqa: F401 - registers the requirements
    contents,
    extreme_dates,
    length,
    nesting,
    open_ends,
    parameter_names,
    splitting,
    times_of_day,
    timestamp_formats,
)
