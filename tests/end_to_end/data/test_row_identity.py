"""`x-sepolo-page.identity` identifies every row of an organisation, so that loaders can use it as a primary key."""

from collections.abc import Iterator
from typing import Any

from sepolo_openapi.contract import Operation
from tests.end_to_end.calls import READS, Call, each_operation
from tests.end_to_end.harness import InProcess

PERIODS = [{"fromUtc": f"{year}-01-01T00:00:00Z", "toUtc": f"{year}-12-31T23:59:59Z"} for year in range(2018, 2028)]
"""Windows that hold every visit and appointment of the world."""
HOURS = {"from": "2026-05-27T12:00:00Z", "to": "2026-05-27T15:59:59Z"}
"""A window with movements of most devices."""


def calls(operation: Operation, client: InProcess) -> Iterator[Call]:
    """Yield calls that together list all rows of an organisation; of telemetry, cycles and movements, of some hours."""
    names = {parameter.name for parameter in operation.parameters}
    status = {"status": "all"} if operation.operation_id in ("listAssets", "listInventoryParts") else {}
    if operation.page and operation.page.maximum is None and operation.window:
        yield from (Call(operation, {}, period) for period in PERIODS)
    elif "deviceId" not in operation.path and "assetId" not in operation.path:
        yield Call(operation, {}, status)
    elif "cycleId" in names and operation.window is None:
        for call in calls(named("listPointGuardCycles"), client):
            for row in call.with_largest_page().rows(client):
                yield Call(operation, {"deviceId": row["deviceId"], "cycleId": row["cycleId"]})
    else:
        of, member = ("listAssets", "assetId") if "assetId" in operation.path else ("listDevices", "deviceId")
        for row in next(calls(named(of), client)).with_largest_page().rows(client):
            yield Call(operation, {member: row[member]}, HOURS if operation.window else {})


def named(name: str) -> Operation:
    return next(operation for operation in READS if operation.operation_id == name)


@each_operation([operation for operation in READS if operation.page])
def test_identity_identifies_every_row(operation: Operation, sandbox: InProcess) -> None:
    """No two rows of a list have the same values, over all devices and pages, and none is null.

    The contract names the members that may be null, and the value to store instead.
    """
    assert operation.page is not None
    seen: set[tuple[Any, ...]] = set()
    count, nulls = 0, set()
    for call in calls(operation, sandbox):
        for row in call.with_largest_page().rows(sandbox):
            values = {name: row[name] for name in operation.page.identity}
            nulls |= {name for name, value in values.items() if value is None}
            seen.add(tuple(operation.page.nulls.get(n) if v is None else v for n, v in values.items()))
            count += 1
    assert (len(seen), nulls) == (count, set(operation.page.nulls))
    assert count > 5
    assert not any(None in values for values in seen)
