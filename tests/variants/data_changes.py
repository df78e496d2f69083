"""Conforming variants whose data change during a run."""

from uuid import UUID

from tests.mutants.harness.alterations import Row, Rows, on_operations
from tests.mutants.harness.hierarchies import Siblings, as_child, children_with, siblings, three_levels
from tests.mutants.harness.messages import Request, Response
from tests.mutants.harness.request_windows import parse_timestamp, shift_timestamp
from tests.mutants.harness.sensor_gaps import sensor_gaps
from tests.mutants.harness.wrapper import Upstream, layered
from tests.variants.harness.paged_lists import Paging, paged
from tests.variants.harness.variant import Variant

__all__ = ["VARIANTS"]

_REQUESTS_PER_CHANGE = 40


def _with_new_incidents(request: Request, upstream: Upstream, rows: Rows) -> Rows:
    """Put a new incident, a copy of the newest, before the others after every 40 requests."""
    if request.operation_id != "listIncidents" or request.key is None or not rows:
        return rows
    added = upstream.count("incident requests") // _REQUESTS_PER_CHANGE
    bounded = bool(request.key.allowed_group_ids)
    newest = upstream.memory.setdefault(("newest", request.key.organization, bounded), rows[0])
    new = [_later_incident(newest, number, request.key.organization) for number in range(added, 0, -1)]
    return [row for row in new if _matches(request, row)] + rows


def _later_incident(row: Row, number: int, organization: int) -> Row:
    created_on = shift_timestamp(row["createdOn"], number)
    return {
        **row,
        "incidentId": str(UUID(int=number + organization * 2**32, version=4)),
        "createdOn": created_on,
        "updatedOn": created_on,
    }


def _matches(request: Request, row: Row) -> bool:
    """Whether an incident matches the filters and the window of a request."""
    device, state, start, end = (request.query_value(name) for name in ("deviceId", "state", "fromUtc", "toUtc"))
    created_on = parse_timestamp(row["createdOn"])
    first, last = parse_timestamp(start) if start else None, parse_timestamp(end) if end else None
    return (
        device in (None, row["deviceId"])
        and state in (None, str(row["state"]))
        and not (created_on and first and created_on < first)
        and not (created_on and last and created_on > last)
    )


async def _drain_batteries(request: Request, upstream: Upstream) -> Response:
    """Lower batteryPercentage by one after every 40 requests."""
    response = await upstream(request)
    if not response.ok:
        return response
    step = upstream.count("device requests") // _REQUESTS_PER_CHANGE
    if "data" not in response.json:
        return response.with_json(_drained(response.json, step))
    return response.with_rows([_drained(row, step) for row in response.rows])


def _drained(row: Row, step: int) -> Row:
    level = row.get("batteryPercentage")
    if level is None:
        return row
    return {**row, "batteryPercentage": max(level - step, 0), "signalStrength": -60 - step % 9}


async def _new_phones(request: Request, upstream: Upstream) -> Response:
    """Change the phone number of every customer after every 40 requests, a second later by `updatedOn`."""
    response = await upstream(request)
    if not response.ok or request.operation is None:
        return response
    step = upstream.count("customer requests") // _REQUESTS_PER_CHANGE
    return response.with_rows([_with_phone(row, step) for row in response.rows])


def _with_phone(row: Row, step: int) -> Row:
    updated_on = shift_timestamp(row["updatedOn"], step)
    return {**row, "phone": f"+47 55 00 {step % 100:02d} 00", "updatedOn": updated_on}


async def _move_asset(request: Request, upstream: Upstream) -> Response:
    """Move an asset below one of its siblings after 40 requests, a second later by `updatedOn`."""
    pair = None if request.key is None else await siblings(request, upstream)
    if pair is None or request.operation_id not in ("listAssets", "getAsset", "listAssetChildren"):
        return await upstream(request)
    upstream.memory["moved"] = upstream.count("asset requests") >= _REQUESTS_PER_CHANGE
    if request.operation_id != "getAsset":
        return await _PAGES_WITH_MOVED(request, upstream)
    response = await upstream(request)
    return response.with_json(_moved(upstream, pair, response.json)) if response.ok else response


def _with_moved(request: Request, upstream: Upstream, rows: Rows) -> Rows:
    pair: Siblings = upstream.memory["siblings", request.key.organization if request.key else None]
    rows = [_moved(upstream, pair, row) for row in rows]
    if request.operation_id == "listAssetChildren" and upstream.memory["moved"]:
        moved = {**pair[0], "updatedOn": shift_timestamp(pair[0]["updatedOn"], 1)}
        return children_with((moved, pair[1]), request.path_values["assetId"], rows)
    return rows


def _moved(upstream: Upstream, pair: Siblings, row: Row) -> Row:
    if not upstream.memory["moved"]:
        return row
    later = {"updatedOn": shift_timestamp(row["updatedOn"], 1)} if row["assetId"] == pair[0]["assetId"] else {}
    return {**as_child(pair, row), **later}


_PAGES_WITH_MOVED = paged(Paging(added=_with_moved))

VARIANTS = (
    Variant("incidents-come", "New incidents are added during a run", paged(Paging(added=_with_new_incidents))),
    Variant(
        "batteries-drain",
        "batteryPercentage of devices changes during a run",
        on_operations(_drain_batteries, "listDevices", "getDevice"),
    ),
    Variant(
        "phones-change",
        "Phone numbers of customers change during a run, with a later updatedOn",
        on_operations(_new_phones, "listCustomers"),
    ),
    Variant(
        "sensor-gaps", "Some samples have no temperature and no humidity, and averages leave them out", sensor_gaps()
    ),
    Variant("three-levels", "Some assets are children of children", layered(paged(Paging()), three_levels)),
    Variant("assets-move", "An asset gets another parent during a run, with a later updatedOn", _move_asset),
)
