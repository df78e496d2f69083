"""The members of a created report as GET by id returns them."""

from collections.abc import Mapping
from datetime import timedelta, timezone
from typing import Any

from sepolo_conformance.api.timestamps import CLOCK_TOLERANCE, parse_instant, stamp
from sepolo_conformance.checks.common.clauses import CREATED, OWN_BODY
from sepolo_conformance.checks.writes.shared_report import shared_report
from sepolo_conformance.compare.rows import number, same_value, texts
from sepolo_conformance.engine import SANDBOX, SHOULD, Case, describe, requirement

_HOUR = timedelta(hours=1)
_OFFSET = timezone(timedelta(hours=2))


@requirement(
    "WRT-005", SHOULD, clause=CREATED, title="A created report can be read at once, with the members that were sent"
)
def created_report_can_be_read(case: Case) -> None:
    """Reads the report by id and compares the members that the response shows with those that were sent."""
    created = shared_report(case)
    exchange = created.reports.read(created.id, created.exchange)
    case.need(exchange.status == 200, "status 200", describe(exchange), exchange)
    shown = exchange.member("serviceReportId")
    case.expect(same_value(shown, created.id), f"serviceReportId {created.id}", shown, exchange)
    for name, sent in created.body.items():
        shown = exchange.member(name)
        if shown is not None:
            case.expect(_is_stored(shown, sent), f"{name} {sent!r}, as it was sent", f"{shown!r}", exchange)


@requirement(
    "WRT-023",
    SANDBOX,
    clause=OWN_BODY,
    title="All members that were sent are stored, and state and total cost follow from them",
)
def all_members_are_stored(case: Case) -> None:
    """Creates reports with every member, with only a start and the longest texts, and without times for a device and no
    asset; reads each.

    Texts contain characters outside the Basic Multilingual Plane and characters that HTML escapes, and times have an
    offset.
    """
    created, now = shared_report(case), case.target.now()
    properties = case.contract.members(str(case.operation("createServiceReport").body_schema))
    complete = {
        "description": "The blades were stiff \U0001f600 & \u4e0d\u52d5.",
        "resolution": 'Nothing had to be done: 3 < 4 & it\'s "fine" \U0001f600.',
        "technicianName": "Ada Ærø 駅",
        "startedOn": (now - 5 * _HOUR).astimezone(_OFFSET).isoformat(timespec="seconds"),
        "completedOn": (now - 4 * _HOUR).astimezone(_OFFSET).isoformat(timespec="seconds"),
        "laborHours": 1.25,
        "laborCost": 100.5,
        "partsCost": 20.25,
    }
    started = {"startedOn": complete["startedOn"], **_longest_texts(properties)}
    devices = texts(created.reports.finder.listing("listDevices").rows, "deviceId")
    device_only = {"deviceId": devices[0]} if devices else {}
    for members, state in ((complete, "Completed"), (started, "InProgress"), (device_only, "Draft")):
        body = created.reports.body(f"in full \U0001f600 {state}", **members)
        if members is device_only and device_only:
            body.pop("assetId", None)
            exchange = created.reports.post(body)
            expected = "a report for a device and no asset is accepted"
            case.need(exchange.ok, expected, describe(exchange), exchange)
        else:
            exchange = created.reports.create(body)
        stored = created.reports.read(created.reports.id_of(exchange), exchange)
        for name, sent in body.items():
            shown = stored.member(name)
            case.expect(_is_stored(shown, sent), f"{name} {sent!r}, as it was sent", shown, stored)
        shown = (stored.member("stateText"), stored.member("totalCost"))
        wanted = (state, 120.75 if members is complete else None)
        case.expect(shown == wanted, f"stateText and totalCost {wanted}", shown, stored)


@requirement(
    "WRT-025",
    SHOULD,
    clause="The published page filters reports by when they were created, in UTC.",
    title="createdOn of a new report is the time at which it was created",
)
def created_on_is_the_time_of_creation(case: Case) -> None:
    """Compares createdOn of a report with serverTimeUtc of /me before it was created and after. Tolerates ten
    minutes."""
    created, before = shared_report(case), case.target.main().server_time
    stored = created.reports.read(created.id, created.exchange)
    created_on = parse_instant(stored.member("createdOn"))
    if before is None or created_on is None:
        case.vacuous("/me shows no serverTimeUtc" if before is None else "the report has no createdOn")
    me = case.get("getMe")
    after = parse_instant(me.member("serverTimeUtc"))
    if after is None:
        case.vacuous("/me shows no serverTimeUtc")
    fits = before - CLOCK_TOLERANCE <= created_on <= after + CLOCK_TOLERANCE
    expected = f"createdOn between {stamp(before)} and {stamp(after)}, when the report was created"
    case.expect(fits, expected, stamp(created_on), (created.exchange, stored, me))


def _longest_texts(members: Mapping[str, Mapping[str, Any]]) -> dict[str, str]:
    """Return a text of the greatest length for each member of a body that has one and describes the work."""
    limits = {name: members[name].get("maxLength") for name in ("description", "resolution") if name in members}
    words = "Checked the point machine again. "
    return {name: (words * limit)[: limit - 1] + "." for name, limit in limits.items() if limit}


def _is_stored(shown: object, sent: object) -> bool:
    """Return whether a shown value is the one that was sent. Numbers may differ by rounding."""
    one, two = number(shown), number(sent)
    return same_value(shown, sent) if one is None or two is None else abs(one - two) < 1e-6
