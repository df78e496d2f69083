"""Ids outside the boundary of a key: details, data under assets and devices, daily telemetry."""

from sepolo_conformance.api.calls import Call
from sepolo_conformance.api.links import DETAILS
from sepolo_conformance.checks.common.clauses import DATA_BOUNDARIES
from sepolo_conformance.checks.common.varied_rows import varied
from sepolo_conformance.checks.isolation.bounded_keys import bounded_keys
from sepolo_conformance.checks.isolation.foreign_tenants import expect_no_data
from sepolo_conformance.checks.isolation.operations import FEW_ROWS, HIERARCHY
from sepolo_conformance.compare.rows import texts
from sepolo_conformance.engine import SHOULD, Case, requirement

_ROWS = 4
"""Rows outside of a boundary, chosen for variety, whose ids are requested."""


@requirement("ISO-018", SHOULD, clause=DATA_BOUNDARIES, title="An id outside a key's boundary gives no data")
def id_outside_boundary(case: Case) -> None:
    """Reads assets, devices and reports outside the boundary by id with the bounded key, in either header by turns."""
    for bounded in bounded_keys(case):
        sources = {"listAssets": bounded.assets, "listDevices": bounded.devices, "listServiceReports": bounded.reports}
        for source, rows in sources.items():
            detail, parameter, _ = DETAILS[source]
            with case.part(f"{detail}, key bounded to {bounded.kind}"):
                for place, value in enumerate(texts(varied(rows(), _ROWS, case.rng), parameter)):
                    call = Call(case.operation(detail), {parameter: value})
                    exchange = bounded.request(call, bearer=place % 2 == 1)
                    expect_no_data(case, exchange, f"{parameter} {value} lies outside the key's boundary")


@requirement(
    "ISO-019",
    SHOULD,
    clause=DATA_BOUNDARIES,
    title="Data under an asset or device outside a key's boundary are not returned",
)
def parent_outside_boundary(case: Case) -> None:
    """Requests data under an asset or a device outside the boundary, by calls that show rows to the unbounded key. The
    signature is requested with the key in either header; the crossings do so for the lists."""
    for bounded in bounded_keys(case):
        for name in HIERARCHY:
            with case.part(f"{name}, key bounded to {bounded.kind}"):
                bounded.key(name)
                call = bounded.call_outside(case.operation(name)).with_page_size(FEW_ROWS)
                for bearer in (False, True) if call.operation.returns == "object" else (False,):
                    exchange = bounded.request(call, bearer=bearer)
                    expect_no_data(case, exchange, "the asset or device lies outside the key's boundary")


@requirement(
    "ISO-023", SHOULD, clause=DATA_BOUNDARIES, title="Daily telemetry contains no device outside a key's boundary"
)
def daily_telemetry_outside_boundary(case: Case) -> None:
    """Requests daily telemetry of devices outside the boundary, with the key in either header by turns, and of all
    devices for one day."""
    for bounded in bounded_keys(case):
        with case.part(f"getTelemetryDaily, key bounded to {bounded.kind}"):
            bounded.key("getTelemetryDaily")
            window = case.home.listing("getTelemetryDaily").call.window
            if window is None:
                case.vacuous("there is no window with daily telemetry")
            devices = bounded.devices()
            outside = texts(devices, "deviceId")
            call = Call(case.operation("getTelemetryDaily")).within(*window)
            for place, device in enumerate(texts(varied(devices, _ROWS, case.rng), "deviceId")):
                one = call.having(deviceId=device)
                exchange = bounded.request(one, bearer=place % 2 == 1)
                expect_no_data(case, exchange, f"{device} lies outside the key's boundary")
            if not case.home.listing("listDevices").complete:
                case.vacuous("there are too many devices to request a day of all of them")
            exchange = bounded.request(call.within(window[1], window[1]))
            shown = sorted({*texts(exchange.rows, "deviceId")} & {*outside})
            case.expect(not shown, "only devices inside the key's boundary", f"rows of {shown[:3]}", exchange)
