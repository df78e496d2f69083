"""Operations of the tag "IoT and PointGuard data": devices, telemetry, cycles, movements and incidents."""

from sepolo_mock_server.operations import telemetry_json
from sepolo_mock_server.operations.call import Call, Result, Rows, one, page
from sepolo_mock_server.rules import query_strings

MEASURES = frozenset(
    {
        "current",
        "temperature",
        "humidity",
        "voltage",
        "batteryVoltage",
        "batteryPercentage",
        "vibrationRms",
        "signalStrength",
    }
)
"""Members of a telemetry row that the `metrics` hint may set to null."""


def list_devices(call: Call) -> Result:
    status = call.query.get("status")
    return page(
        call.view.devices(
            status=None if status is None else int(status),
            group_id=call.query.get("groupId"),
            updated_since=call.query.get("updatedSince"),
            after=call.after,
            limit=call.limit,
        )
    )


def get_device(call: Call) -> Result:
    return one(call.view.device(call.path["deviceId"]))


def list_device_telemetry(call: Call) -> Result:
    start, stop = call.bounds
    found = call.view.telemetry(
        call.path["deviceId"],
        start,
        stop,
        telemetry_type=call.query.get("telemetryType"),
        cycle_id=call.query.get("cycleId"),
        after=call.after,
        limit=call.limit,
    )
    if found is None:
        return None
    blank, warnings = _metrics_hint(call.query.get("metrics"))
    return Rows(telemetry_json.telemetry(found, call.members, blank), found.position, found.more, warnings)


def _metrics_hint(metrics: str | None) -> tuple[frozenset[str], tuple[str, ...]]:
    """Return the members to set to null, and a warning about unknown metrics; no members if no metric is known."""
    requested = [] if metrics is None else [name.strip() for name in metrics.split(",") if name.strip()]
    unknown = [name for name in requested if name not in MEASURES]
    wanted = MEASURES.intersection(requested)
    warnings = (query_strings.warning(unknown, "metric"),) if unknown else ()
    return (MEASURES - wanted if wanted else frozenset()), warnings


def list_point_guard_cycles(call: Call) -> Result:
    return page(call.view.cycles(call.path["deviceId"], *call.bounds, after=call.after, limit=call.limit))


def list_point_guard_cycle_samples(call: Call) -> Result:
    found = call.view.cycle_samples(call.path["deviceId"], call.path["cycleId"], after=call.after, limit=call.limit)
    if found is None:
        return None
    return Rows(telemetry_json.telemetry(found, call.members), found.position, found.more)


def list_movements(call: Call) -> Result:
    return page(
        call.view.movements(
            call.path["deviceId"],
            *call.bounds,
            min_duration=call.query.get("minDurationSeconds"),
            after=call.after,
            limit=call.limit,
        )
    )


def get_movement_signature(call: Call) -> Result:
    return one(call.view.signature(call.path["deviceId"], call.path["movementId"]))


def list_incidents(call: Call) -> Result:
    return page(
        call.view.incidents(
            start=call.span.start,
            stop=call.span.stop,
            device_id=call.query.get("deviceId"),
            state=call.query.get("state"),
            after=call.after,
            limit=call.limit,
        )
    )
