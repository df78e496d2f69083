"""Consistency: responses of different operations agree with each other.

Lists and details, assets and their children, cycles and their samples, movements and their signatures, aggregates and
the rows they count, the ids that rows refer to, and windows in summer and winter.
"""

from sepolo_conformance.checks.consistency import (  # noqa: F401 - registers the requirements
    aggregates,
    asset_hierarchy,
    complete_lists,
    cycle_samples,
    daily_telemetry,
    list_and_detail,
    movement_signatures,
    null_members,
    references,
    seasons,
    service_records,
    timestamp_order,
    update_times,
)
