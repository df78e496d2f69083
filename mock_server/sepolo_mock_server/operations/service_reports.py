"""Service reports that partners write: what a body must mean, the row it becomes, its place in the list.

The world's reports and the stored ones form one list, newest first; each side pages by its own keyset, and
a page's position holds both. Nothing here knows how reports are stored.
"""

import heapq
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Protocol
from uuid import UUID, uuid5

import orjson

from sepolo_fixtures.values.pages import Slice
from sepolo_mock_server import errors
from sepolo_mock_server.errors import Detail, RejectedError
from sepolo_mock_server.rules import windows
from sepolo_mock_server.rules.cursors import Position

if TYPE_CHECKING:
    from sepolo_fixtures.world import View

_STATES = {0: "Draft", 1: "InProgress", 2: "Completed"}


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose stored reports: the organisation in one world, and the boundaries of the key that asks."""

    world: str
    organization: str
    currency: str
    key_name: str
    groups: frozenset[int]
    customers: frozenset[str]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Filters of the list; instants in milliseconds, None for no filter."""

    start: int | None = None
    stop: int | None = None
    asset_id: str | None = None
    device_id: str | None = None
    state: int | None = None


@dataclass(frozen=True, slots=True)
class Stored:
    """A stored report: its row, and its place in the order (creation, then number)."""

    created: int
    sequence: int
    row: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Draft:
    """A report to be stored: what filters and boundaries need to know of it, and its row without an id."""

    created: int
    asset_id: str | None
    device_id: str | None
    state: int
    group_id: int | None
    customer_id: str | None
    row: dict[str, Any]

    def numbered(self, owner: Owner, generation: int, sequence: int) -> dict[str, Any]:
        """The finished row of the report's number: equal histories give equal ids."""
        report_id = uuid5(UUID(owner.organization), f"{owner.world}/{generation}/{sequence}")
        return self.row | {"serviceReportId": str(report_id), "reportNumber": f"API-{sequence:06d}"}


class Reports(Protocol):
    """The stored reports of an owner."""

    def reports(self, owner: Owner, wanted: Wanted, after: tuple[int, int] | None, limit: int) -> list[Stored]: ...


def merged(view: "View", store: Reports, owner: Owner, wanted: Wanted, after: Position | None, limit: int) -> Slice:
    """One page of both lists, newest first; of the same instant, stored reports come first.

    What has come into either list since the last page, and belongs before it, is left out.
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
        return (
            Slice(rows, _joined(world.position, (_created(rows[-1]), 0)), world.more)
            if rows
            else Slice([], None, False)
        )
    ranked_world = [(-_created(row), 1, place, row) for place, row in enumerate(world.rows)]
    ranked_stored = [(-one.created, 0, place, one.row) for place, one in enumerate(stored)]
    page = list(heapq.merge(ranked_world, ranked_stored, key=lambda ranked: ranked[:3]))[:limit]
    taken = sum(ranked[1] for ranked in page)
    if taken < len(world.rows):
        # Only the world knows the position of a row that isn't the last one read.
        world_position = of_world(taken).position if taken else world_after
    else:
        world_position = world.position or world_after
    created, of_the_world, place, _ = page[-1]
    stored_position = (-created, 0 if of_the_world else stored[place].sequence)
    more = world.more or len(world.rows) + len(stored) > limit
    return Slice([ranked[3] for ranked in page], _joined(world_position, stored_position), more)


def _created(row: Mapping[str, Any]) -> int:
    return windows.parse_instant(row["createdOn"])


def _joined(world: Position | None, stored: tuple[int, int]) -> Position:
    """The length of the world's position (-1: at the start), its numbers, then the stored position."""
    return (-1 if world is None else len(world), *(world or ()), *stored)


def _split(after: Position | None) -> tuple[Position | None, tuple[int, int] | None]:
    if after is None:
        return None, None
    count, rest = after[0], after[1:]
    world = None if count < 0 else rest[:count]
    stored = rest[max(count, 0) :]
    return world, (stored[0], stored[1]) if stored else None


def draft(view: "View", owner: Owner, members: Sequence[str], payload: Mapping[str, Any], now: int) -> Draft:
    """A report from a body that keeps the contract's schema; ApiError 400 where its meaning is wrong."""
    details: list[Detail] = []
    asset = _named(payload, "assetId", view.asset, errors.ASSET_UNKNOWN, details)
    device = _named(payload, "deviceId", view.device, errors.DEVICE_UNKNOWN, details)
    _named(payload, "serviceVisitId", view.service_visit, errors.VISIT_UNKNOWN, details)
    if asset is not None and device is not None and device["assetId"] != asset["assetId"]:
        details.append(Detail("deviceId", errors.DEVICE_ELSEWHERE))
    if payload.get("assetId") is None and payload.get("deviceId") is None:
        details.append(Detail("assetId", errors.NEEDS_TARGET))
    started = _instant(payload, "startedOn", details)
    completed = _instant(payload, "completedOn", details)
    if started is not None and completed is not None and completed < started:
        details.append(Detail("completedOn", errors.COMPLETED_EARLY))
    if details:
        raise errors.invalid(details)
    if asset is None and device is not None and device.get("assetId"):
        asset = view.asset(device["assetId"])
    place = asset or device or {}
    state = 2 if completed is not None else 1 if started is not None else 0
    row = dict.fromkeys(members) | {
        "assetId": asset["assetId"] if asset else None,
        "deviceId": device["deviceId"] if device else place.get("deviceId"),
        "state": state,
        "stateText": _STATES[state],
        "createdOn": windows.text(now),
        "updatedOn": windows.text(now),
        "title": payload["title"],
        "startedOn": None if started is None else windows.text(started),
        "completedOn": None if completed is None else windows.text(completed),
        "customerId": place.get("customerId"),
        "currency": owner.currency,
        "totalCost": _total(payload),
        "parts": [],
    }
    copied = (
        "description",
        "resolution",
        "technicianName",
        "serviceVisitId",
        "laborHours",
        "laborCost",
        "partsCost",
    )
    row |= {name: payload.get(name) for name in copied}
    return Draft(
        created=now,
        asset_id=row["assetId"],
        device_id=row["deviceId"],
        state=state,
        group_id=place.get("groupId"),
        customer_id=place.get("customerId"),
        row=row,
    )


def _named(
    payload: Mapping[str, Any], member: str, find: Any, unknown: str, details: list[Detail]
) -> dict[str, Any] | None:
    wanted = payload.get(member)
    if wanted is None:
        return None
    found: dict[str, Any] | None = find(wanted)
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


def _total(payload: Mapping[str, Any]) -> float | None:
    costs = [payload[name] for name in ("laborCost", "partsCost") if payload.get(name) is not None]
    if not costs:
        return None
    total = sum(costs)
    # Two whole numbers of 64 bits may add up to one that JSON can't be written with.
    return round(total, 2) if total < 2**53 else float(total)


def body_digest(payload: Mapping[str, Any]) -> str:
    """Equal for bodies of the same meaning: spaces and the order of members don't count."""
    return sha256(orjson.dumps(payload, option=orjson.OPT_SORT_KEYS)).hexdigest()
