"""A sandbox whose sensors miss values: some samples have no temperature and no humidity, on some days of a month.

The daily rows count these samples and leave them out of the averages.
"""

from collections.abc import Callable, Sequence

from tests.mutants.harness.alterations import Row, Rows
from tests.mutants.harness.messages import Request, Response
from tests.mutants.harness.request_windows import parse_timestamp, shift_timestamp
from tests.mutants.harness.wrapper import Alteration, Upstream

__all__ = ["mean_of_known", "sensor_gaps"]

_DAYS = ("1", "5")
"""Last digits of the days of a month on which values are missing."""
_HOURS = (5, 14)
"""The first and the last hour of the day in which they are."""
_VALUES = {"averageTemperature": "temperature", "averageHumidity": "humidity"}

Average = Callable[[Sequence[float | None]], float]


def mean_of_known(values: Sequence[float | None]) -> float:
    """Return the mean of the values that are not missing."""
    known = [value for value in values if value is not None]
    return sum(known) / len(known)


def sensor_gaps(average: Average = mean_of_known) -> Alteration:
    """Return the alteration; `average` calculates the averages of the daily rows."""

    async def altered(request: Request, upstream: Upstream) -> Response:
        response = await upstream(request)
        if not response.ok:
            return response
        if request.operation_id == "listDeviceTelemetry":
            return response.with_rows([_without_values(row) for row in response.rows])
        if request.operation_id == "getTelemetryDaily":
            return response.with_rows([await _averaged(request, upstream, row, average) for row in response.rows])
        return response

    return altered


def _without_values(row: Row) -> Row:
    stamp = parse_timestamp(row["stamp"])
    if stamp is None or row["telemetryType"] != 0 or row["stamp"][9] not in _DAYS:
        return row
    missing = _HOURS[0] <= stamp.hour <= _HOURS[1]
    return {**row, **dict.fromkeys(_VALUES.values())} if missing else row


async def _averaged(request: Request, upstream: Upstream, row: Row, average: Average) -> Row:
    """Return a daily row with the averages of the samples that have values."""
    if row["date"][9] not in _DAYS:
        return row
    samples = await _samples(request, upstream, row)
    return {**row, **{name: round(average([one[source] for one in samples]), 1) for name, source in _VALUES.items()}}


async def _samples(request: Request, upstream: Upstream, row: Row) -> Rows:
    """Return the samples of a day, read once."""
    key = "samples", row["deviceId"], row["date"]
    if key not in upstream.memory:
        end = shift_timestamp(row["date"], 86_399)
        query = {"from": row["date"], "to": end, "telemetryType": 0, "pageSize": 500}
        wanted = request.to_operation("listDeviceTelemetry", {"deviceId": row["deviceId"]}, **query)
        page = await upstream(upstream.as_unrestricted(wanted))
        upstream.memory[key] = [_without_values(one) for one in page.rows]
    found: Rows = upstream.memory[key]
    return found
