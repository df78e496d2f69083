"""Service reports: a request body becomes a report, and stored reports are merged with those of the world.

The world's reports and the stored ones form one list, newest first. Each source has its own position in the list, and
the position of a merged page holds both. This module does not depend on how reports are stored.
"""

import heapq
from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Protocol

import orjson

from sepolo_fixtures.values.pages import Slice
from sepolo_mock_server.errors import Detail, RejectedError, messages
from sepolo_mock_server.rules import windows
from sepolo_mock_server.rules.cursors import Position
from sepolo_mock_server.state.reports import NewReport, Owner, ReportFilter, StoredReport

if TYPE_CHECKING:
    from sepolo_fixtures.view import View

_STATES = {0: "Draft", 1: "InProgress", 2: "Completed"}
_COPIED = ("description", "resolution", "technicianName", "serviceVisitId", "laborHours", "laborCost", "partsCost")
"""Members of the body that a report's row repeats unchanged."""


_WORLD_NUMBERS = 2
"""Numbers of a position in the world's reports."""


class StoredReports(Protocol):
    """The stored reports of an owner."""

    def reports(
        self, owner: Owner, wanted: ReportFilter, after: tuple[int, int] | None, limit: int
    ) -> list[StoredReport]: ...


def merged_page(
    view: "View", store: StoredReports, owner: Owner, wanted: ReportFilter, after: Position | None, limit: int
) -> Slice:
    """Return one page of both sources, newest first; at the same instant, stored reports come first.

    Reports that were added to either source before the position of the last page are left out.
    """
    world_after, stored_after = _split(after)
    stop = wanted.stop
    if world_after is None and stored_after is not None:
        stop = stored_after[0] if stop is None else min(stop, stored_after[0])

    def of_world(count: int) -> Slice:
        return view.service_reports(
            start=wanted.start,
            stop=stop,
            asset_id=wanted.asset_id,
            device_id=wanted.device_id,
            state=wanted.state,
            after=world_after,
            limit=count,
        )

    stored = store.reports(owner, wanted, stored_after, limit + 1)
    world = of_world(limit)
    if not stored:
        rows = world.rows
        position = _joined(world.position, (_created(rows[-1]), 0)) if rows else None
        return Slice(rows, position, world.more and bool(rows))
    # Newest first, then stored before the world's, then in the order of the source.
    ranked_world = [(-_created(row), 1, place, row) for place, row in enumerate(world.rows)]
    ranked_stored = [(-report.created, 0, place, report.row) for place, report in enumerate(stored)]
    merged = list(heapq.merge(ranked_world, ranked_stored, key=lambda ranked: ranked[:3]))[:limit]
    from_world = sum(ranked[1] for ranked in merged)
    if from_world < len(world.rows):
        # Only the world knows the position of a row that is not the last one of a slice.
        world_position = of_world(from_world).position if from_world else world_after
    else:
        world_position = world.position or world_after
    created, is_world, place, _ = merged[-1]
    stored_position = (-created, 0 if is_world else stored[place].sequence)
    more = world.more or len(world.rows) + len(stored) > limit
    return Slice([ranked[3] for ranked in merged], _joined(world_position, stored_position), more)


def _created(row: Mapping[str, Any]) -> int:
    return windows.parse_instant(row["createdOn"])


def _joined(world: Position | None, stored: tuple[int, int]) -> Position:
    """The length of the world's position (-1: none yet), its numbers, then the position in the stored reports."""
    return (-1 if world is None else len(world), *(world or ()), *stored)


def _split(after: Position | None) -> tuple[Position | None, tuple[int, int] | None]:
    """Return both positions of a merged one; raise ApiError 400 if it is not of the form that `_joined` returns."""
    if after is None:
        return None, None
    count, rest = after[0], after[1:]
    if count not in (-1, _WORLD_NUMBERS) or len(rest) != max(count, 0) + 2:
        raise messages.invalid_one("cursor", messages.CURSOR_FORGED)
    world = rest[:count] if count > 0 else None
    return world, (rest[-2], rest[-1])


def new_report(view: "View", owner: Owner, members: Sequence[str], payload: Mapping[str, Any], now: int) -> NewReport:
    """Return the report of a body that matches the contract's schema.

    Raises ApiError 400 if the body refers to data that the key can't see, or contradicts itself.
    """
    details: list[Detail] = []
    asset = _referenced(payload, "assetId", view.asset, messages.ASSET_UNKNOWN, details)
    device = _referenced(payload, "deviceId", view.device, messages.DEVICE_UNKNOWN, details)
    _referenced(payload, "serviceVisitId", view.service_visit, messages.VISIT_UNKNOWN, details)
    if asset is not None and device is not None and device["assetId"] != asset["assetId"]:
        details.append(Detail("deviceId", messages.DEVICE_ELSEWHERE))
    if payload.get("assetId") is None and payload.get("deviceId") is None:
        details.append(Detail("assetId", messages.NEEDS_TARGET))
    started = _instant(payload, "startedOn", details)
    completed = _instant(payload, "completedOn", details)
    if started is not None and completed is not None and completed < started:
        details.append(Detail("completedOn", messages.COMPLETED_EARLY))
    if details:
        raise messages.invalid(details)
    if asset is None and device is not None and device.get("assetId"):
        asset = view.asset(device["assetId"])
    target = asset or device or {}
    state = 2 if completed is not None else 1 if started is not None else 0
    row = dict.fromkeys(members) | {
        "assetId": asset["assetId"] if asset else None,
        "deviceId": device["deviceId"] if device else target.get("deviceId"),
        "state": state,
        "stateText": _STATES[state],
        "createdOn": windows.text(now),
        "updatedOn": windows.text(now),
        "title": payload["title"],
        "startedOn": None if started is None else windows.text(started),
        "completedOn": None if completed is None else windows.text(completed),
        "customerId": target.get("customerId"),
        "currency": owner.currency,
        "totalCost": _total_cost(payload),
        "parts": [],
    }
    row |= {name: payload.get(name) for name in _COPIED}
    return NewReport(
        created=now,
        asset_id=row["assetId"],
        device_id=row["deviceId"],
        state=state,
        group_id=target.get("groupId"),
        customer_id=target.get("customerId"),
        row=row,
    )


def _referenced(
    payload: Mapping[str, Any], member: str, find: Any, unknown: str, details: list[Detail]
) -> dict[str, Any] | None:
    """The resource that a member of the body refers to; a detail is added if there is none with this id."""
    resource_id = payload.get(member)
    if resource_id is None:
        return None
    found: dict[str, Any] | None = find(resource_id)
    if found is None:
        details.append(Detail(member, unknown))
    return found


def _instant(payload: Mapping[str, Any], member: str, details: list[Detail]) -> int | None:
    if payload.get(member) is None:
        return None
    try:
        return windows.parse_instant(payload[member])
    except RejectedError as rejected:
        details.append(Detail(member, rejected.message))
        return None


def _total_cost(payload: Mapping[str, Any]) -> float | None:
    costs = [payload[name] for name in ("laborCost", "partsCost") if payload.get(name) is not None]
    if not costs:
        return None
    total = sum(costs)
    # The sum of two integers of 64 bits may be larger than orjson can write, so it becomes a float.
    return round(total, 2) if total < 2**53 else float(total)


def body_digest(payload: Mapping[str, Any]) -> str:
    """Return a digest that is equal for bodies with equal values, whatever their spaces and order of members."""
    return sha256(orjson.dumps(payload, option=orjson.OPT_SORT_KEYS)).hexdigest()
