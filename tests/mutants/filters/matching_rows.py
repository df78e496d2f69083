"""Mutants that the checks of `filters/matching_rows.py` catch."""

from tests.mutants.harness.alterations import (
    Rows,
    change_request,
    change_rows,
    on_operations,
    reject,
    remove_parameters,
)
from tests.mutants.harness.messages import Request, Response
from tests.mutants.harness.mutant import Mutant, Probe
from tests.mutants.harness.predicates import gives, has_value
from tests.mutants.harness.probe_parts import MOVEMENTS, TELEMETRY, WINDOW
from tests.mutants.harness.wrapper import Upstream

__all__ = ["MUTANTS"]


async def _append_sample_of_next_cycle(request: Request, upstream: Upstream) -> Response:
    """Append a sample of another cycle to the last page."""
    response = await upstream(request)
    if not response.ok or response.json["hasMore"] or not response.rows:
        return response
    last = response.rows[-1]
    return response.with_rows([*response.rows, {**last, "cycleId": f"{last['cycleId']}x", "cycleSampleIndex": 0}])


async def _append_report_of_other_state(request: Request, upstream: Upstream) -> Response:
    response = await upstream(request)
    if not response.ok or request.query_value("cursor"):
        return response
    other = await upstream(request.with_query(state=2 if request.query_int("state") == 3 else 3, pageSize=1))
    return (
        response.with_rows([*response.rows, *other.rows][: request.query_int("pageSize", 100)])
        if other.ok
        else response
    )


async def _ignore_telemetry_type(request: Request, upstream: Upstream) -> Response:
    return await upstream(request.with_query(telemetryType=None))


def _without_shortest(request: Request, found: Rows) -> Rows:
    """Compare whole seconds, with > in place of >=."""
    least = request.query_int("minDurationSeconds")
    return [row for row in found if int(row["duration"]) > least]


async def _append_newest_incident(request: Request, upstream: Upstream) -> Response:
    """Append the newest incident to the last page, whatever its state."""
    response = await upstream(request)
    if not response.ok or response.json["hasMore"] or len(response.rows) >= request.query_int("pageSize", 100):
        return response
    newest = await upstream(request.with_query(state=None, cursor=None, pageSize=1))
    known = {row["incidentId"] for row in response.rows}
    return response.with_rows([*response.rows, *(row for row in newest.rows if row["incidentId"] not in known)])


_METRICS = frozenset(("current", "temperature", "humidity", "voltage", "batteryVoltage", "batteryPercentage"))

_INNER_JOINS = (
    ("listServiceReports", "assetId", "deviceId", "/service-reports"),
    ("listServiceReports", "state", "deviceId", "/service-reports"),
    ("listAssets", "groupId", "deviceId", "/assets?status=all"),
    ("listAssets", "customerId", "lastServiceOn", "/assets?status=all"),
    ("listDevices", "groupId", "batteryPercentage", "/devices"),
    ("listIncidents", "deviceId", "resolvedOn", "/incidents"),
)
"""List, filter, and a member whose rows with null are lost when the filter is given, with the path."""


MUTANTS = (
    *(
        Mutant(
            f"flt-inner-join-{name}-{filter_name}",
            ("FLT-008",),
            f"{name} filtered by {filter_name} lacks the rows without {member}",
            fault=change_rows(
                lambda _request, found, member=member: [row for row in found if row[member] is not None],  # type: ignore[misc]
                name,
                when=gives(filter_name),
            ),
            probes=(Probe(f"{path}{'&' if '?' in path else '?'}{filter_name}={{id}}", each=(path, filter_name)),),
        )
        for name, filter_name, member, path in _INNER_JOINS
    ),
    Mutant(
        "flt-vendor-lost-when-combined",
        ("FLT-007",),
        "listInventoryParts ignores vendorId with status=all",
        fault=change_request(remove_parameters("vendorId"), "listInventoryParts", when=has_value("status", "all")),
        probes=(Probe("/inventory/parts?vendorId={own.vendor}&status=all"),),
    ),
    Mutant(
        "flt-telemetry-type",
        ("FLT-002",),
        "telemetryType=1 returns telemetry of every type",
        subtle=False,
        fault=on_operations(_ignore_telemetry_type, "listDeviceTelemetry", when=has_value("telemetryType", "1")),
        probes=(Probe(f"{TELEMETRY}?{WINDOW}&telemetryType=1"),),
    ),
    Mutant(
        "flt-next-cycle-too",
        ("FLT-003",),
        "Telemetry of a cycle ends with a sample of another cycle",
        fault=on_operations(_append_sample_of_next_cycle, "listDeviceTelemetry", when=gives("cycleId")),
        probes=(Probe(f"{TELEMETRY}?{WINDOW}&cycleId={{own.cycle}}&pageSize=500"),),
    ),
    Mutant(
        "flt-duration-in-ms",
        ("FLT-004",),
        "minDurationSeconds is compared with milliseconds",
        fault=change_request(remove_parameters("minDurationSeconds"), "listMovements"),
        probes=(Probe(f"{MOVEMENTS}?{WINDOW}&minDurationSeconds=60"),),
    ),
    Mutant(
        "flt-other-state",
        ("FLT-006",),
        "listServiceReports returns one report of another state",
        fault=on_operations(_append_report_of_other_state, "listServiceReports", when=gives("state")),
        probes=(Probe("/service-reports?state=3&pageSize=500&fromUtc=2026-06-01T00:00:00Z"),),
    ),
    Mutant(
        "flt-user-of-appointments",
        ("FLT-007",),
        "listAppointments ignores userId",
        subtle=False,
        fault=change_request(remove_parameters("userId"), "listAppointments"),
        probes=(Probe("/appointments?userId={own.user}"),),
    ),
    Mutant(
        "flt-device-status",
        ("FLT-005",),
        "listDevices ignores status",
        subtle=False,
        fault=change_request(remove_parameters("status"), "listDevices"),
        probes=(Probe("/devices?status=3"),),
    ),
    Mutant(
        "flt-duration-floored",
        ("FLT-008",),
        "minDurationSeconds leaves out movements whose duration lies within that second",
        fault=change_rows(_without_shortest, "listMovements", when=gives("minDurationSeconds")),
        probes=(Probe(f"{MOVEMENTS}?{WINDOW}&minDurationSeconds={{own.movement_duration_s}}"),),
    ),
    Mutant(
        "flt-state-of-two",
        ("FLT-011",),
        "listIncidents returns the newest incident for every state",
        fault=on_operations(_append_newest_incident, "listIncidents", when=gives("state")),
        probes=(Probe("/incidents?state=2&pageSize=500"),),
    ),
    Mutant(
        "rob-metrics-refused",
        ("FLT-026",),
        "An unknown metric is rejected",
        fault=reject(
            lambda request: not _METRICS.issuperset((request.query_value("metrics") or "current").split(",")),
            "listDeviceTelemetry",
            status=400,
        ),
        probes=(Probe(f"{TELEMETRY}?{WINDOW}&metrics=wobble"),),
    ),
)
