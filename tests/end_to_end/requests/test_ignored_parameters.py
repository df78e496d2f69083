"""Query parameters without effect: unknown ones and unknown metrics are ignored with a warning header."""

from sepolo_openapi.contract import Operation
from tests.end_to_end.calls import READS, Call, ResourceIds, each_operation
from tests.end_to_end.harness import CONTRACT, InProcess, assert_error

WARNING = "x-sandbox-warning"


@each_operation(READS)
def test_unknown_parameters_are_ignored(operation: Operation, sandbox: InProcess, own_ids: ResourceIds) -> None:
    """An unknown parameter is ignored with a warning that is safe in a header; a malformed name is a 400."""
    call = own_ids.calls()[operation.operation_id]
    expected = call.send(sandbox)
    for name, shown in (("PAGESIZE", "PAGESIZE"), ("x%0D%0Ay", "x??y"), ("%C3%A9", "?"), ("a%22b", "a?b")):
        response = sandbox("GET", call.target_with(f"{name}=1"))
        assert (response.status, response.body) == (200, expected.body)
        assert response.headers[WARNING] == f'unknown parameter "{shown}" ignored'
    for name in ("%00", "%FF", "%ZZ"):
        assert_error(sandbox("GET", call.target_with(f"{name}=1")), 400, "validation_error", name)


def test_many_unknown_parameters_give_short_responses(sandbox: InProcess, own_ids: ResourceIds) -> None:
    """The warning for 2,000 unknown parameters and the error for 2,000 malformed ones are limited in length."""
    unknown = "&".join(f"p{number}=1" for number in range(2000))
    malformed = "&".join(f"%ZZ{number}" for number in range(2000))
    for operation in READS:
        call = own_ids.calls()[operation.operation_id]
        assert len(sandbox("GET", call.target_with(unknown)).headers[WARNING]) < 500
        rejected = sandbox("GET", call.target_with(malformed))
        assert rejected.status == 400
        assert len(rejected.json["message"]) < 1_000
        assert len(rejected.body) < 20_000


def test_warnings_name_what_was_ignored(sandbox: InProcess, own_ids: ResourceIds) -> None:
    """Warnings name unknown metrics, parameters in another case, and parameters that only other lists have."""
    telemetry = own_ids.calls()["listDeviceTelemetry"]
    cases: list[tuple[Call, str]] = [
        (telemetry.with_query(metrics="current,nonsense"), 'unknown metric "nonsense" ignored'),
        (telemetry.with_query(PageSize=1), 'unknown parameter "PageSize" ignored'),
        (
            Call(CONTRACT.operations["listVendors"], {}, {"pageSize": 1, "cursor": "x"}),
            'parameters "pageSize", "cursor"',
        ),
        (Call(CONTRACT.operations["listServiceVisits"], {}, {"pageSize": 0}), 'unknown parameter "pageSize" ignored'),
        (Call(CONTRACT.operations["listIncidents"], {}, {"from": "x"}), 'unknown parameter "from" ignored'),
    ]
    for call, text in cases:
        response = call.send(sandbox)
        assert response.status == 200
        assert text in response.headers[WARNING]
    assert WARNING not in telemetry.send(sandbox).headers


def test_metrics_only_blank_other_measures(sandbox: InProcess, own_ids: ResourceIds) -> None:
    """`metrics` sets the other measures to null and changes nothing else; unknown metrics alone have no effect."""
    telemetry = own_ids.calls()["listDeviceTelemetry"].with_query(pageSize=500)
    rows = telemetry.send(sandbox).json["data"]
    measures = {"current", "temperature", "humidity", "voltage", "batteryVoltage", "batteryPercentage", "vibrationRms"}
    filtered = telemetry.with_query(metrics=" current , temperature").send(sandbox).json["data"]
    blank = measures - {"current", "temperature"} | {"signalStrength"}
    assert filtered == [row | dict.fromkeys(blank) for row in rows]
    assert telemetry.with_query(metrics="nonsense").send(sandbox).json["data"] == rows
