"""metrics of device telemetry: a hint that does not filter rows."""

from sepolo_conformance.checks.common.list_walks import filterable_list
from sepolo_conformance.checks.common.window_calls import read_once
from sepolo_conformance.engine import SHOULD, Case, requirement

_METRICS = ("current", "temperature,humidity", "nonsense,current,,")


@requirement(
    "FLT-026",
    SHOULD,
    clause='Published page: "Optional comma-separated metric hint."',
    title="metrics accepts any names and does not change which rows are returned",
)
def metrics_does_not_filter(case: Case) -> None:
    """Reads a device's telemetry with known and unknown metrics, and compares the rows with those without metrics."""
    listing = filterable_list(case, case.operation("listDeviceTelemetry"))
    plain, _ = read_once(case, listing.call)
    first = [(row.get("stamp"), row.get("telemetryType")) for row in plain.rows]
    for metrics in _METRICS:
        page, _ = read_once(case, listing.call.having(metrics=metrics))
        second = [(row.get("stamp"), row.get("telemetryType")) for row in page.rows]
        expected = f"the same {len(first)} rows with metrics={metrics} as without"
        case.expect(first == second, expected, f"{len(second)} rows, others or in another order", (plain, page))
