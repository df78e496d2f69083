"""Single facts of documented responses: status, version, rate limits, and the array of telemetry-daily."""

from sepolo_conformance.api.calls import reads
from sepolo_conformance.checks.common.prepared_requests import valid_call
from sepolo_conformance.engine import MUST, Case, Exchange, describe, fetch_once, requirement


@requirement(
    "SHP-001",
    MUST,
    clause="The published page documents what each operation returns.",
    title="A valid call of an operation returns its documented status",
)
def valid_call_returns_documented_status(case: Case) -> None:
    """Calls every GET operation once, with ids and windows that have data."""
    for operation in reads(case.contract):
        with case.part(operation.operation_id):
            exchange = fetch_once(case, case.home.call(operation.operation_id))
            case.expect(exchange.status == operation.status, f"status {operation.status}", describe(exchange), exchange)


@requirement("SHP-010", MUST, clause='The published page shows `"version": "v1"`.', title="The version in /me is v1")
def me_version_is_v1(case: Case) -> None:
    """Reads `version` in the response of /me to each key."""
    for exchange in _me_responses(case):
        case.expect(exchange.member("version") == "v1", '"version": "v1"', repr(exchange.member("version")), exchange)


@requirement(
    "SHP-011",
    MUST,
    clause="The published page shows rateLimit with requestsPerMinute and requestsPerDay, both null.",
    title="/me contains both rate limits, each null or an integer",
)
def me_contains_rate_limits(case: Case) -> None:
    """Reads both rate limits in the response of /me to each key."""
    for exchange in _me_responses(case):
        limits = exchange.member("rateLimit")
        if case.expect(isinstance(limits, dict), "an object rateLimit", repr(limits), exchange):
            for name in ("requestsPerMinute", "requestsPerDay"):
                value = limits.get(name, "absent")
                number = isinstance(value, int | float) and not isinstance(value, bool)
                held = value is None or (number and value % 1 == 0)
                case.expect(held, f"rateLimit.{name} null or an integer", repr(value), exchange)


def _me_responses(case: Case) -> list[Exchange]:
    return [entry.me_response for entry in case.target.identities() if entry.me_response is not None]


@requirement(
    "SHP-012",
    MUST,
    clause="The published page gives the response the type list and shows an array.",
    title="telemetry-daily returns an array without an envelope",
)
def daily_telemetry_is_an_array(case: Case) -> None:
    """Requests the daily rows of a device, or those of the default window."""
    exchange = case.call(valid_call(case.operation("getTelemetryDaily"), case.home.call))
    case.need(exchange.status == 200, "status 200", describe(exchange), exchange)
    data = case.json(exchange)
    actual = f"an object with {', '.join(data)}" if isinstance(data, dict) else type(data).__name__
    case.expect(isinstance(data, list), "an array: [...]", actual, exchange)
