"""Invalid bodies are rejected and no report is stored; unusual but readable bodies cause no 5xx."""

import json
from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from sepolo_conformance.api.timestamps import stamp
from sepolo_conformance.checks.common.clauses import OWN_BODY
from sepolo_conformance.checks.common.service_reports import TITLE_PREFIX, ServiceReports
from sepolo_conformance.checks.writes.shared_report import last_exchange, shared_report
from sepolo_conformance.compare.rows import same_value
from sepolo_conformance.engine import MUST, SANDBOX, SHOULD, Case, describe, requirement

_Values = tuple[tuple[str, object], ...]
"""Members with a value each, of which one replaces the member of a valid body."""

_NOT_JSON = {
    "no JSON at all": b"title=Looked at",
    "a body cut short": b'{"title": "Looked at", "assetId": ',
    "two bodies": b'{"title": "Looked at"}{"title": "Looked at"}',
    "an empty body": b"",
    "bytes that aren't UTF-8": b'{"title": "\xff\xfe"}',
}
_NOT_AN_OBJECT = {"an array": b"[]", "a text": b'"Looked at"', "a number": b"5", "null": b"null"}
_NOT_A_UUID: _Values = (
    ("assetId", "not-a-uuid"),
    ("assetId", "1234"),
    ("assetId", "2b540b45-a9cc-449a-86e6-063944ff9fc"),
)
_WRONG_TYPE: _Values = (
    ("title", 5),
    ("title", None),
    ("title", ["Looked at"]),
    ("description", {"text": "Looked at"}),
    ("assetId", 5),
    ("serviceVisitId", "not-a-uuid"),
    ("laborHours", "two"),
    ("laborCost", True),
    ("startedOn", "yesterday"),
    ("completedOn", 5),
)
_OUT_OF_RANGE: _Values = (
    ("title", ""),
    ("title", "x" * 201),
    ("description", "x" * 4001),
    ("externalReference", "x" * 101),
    ("laborHours", -0.5),
    ("laborCost", -1),
    ("partsCost", -0.01),
)
_AT_THE_LIMIT: _Values = (("title", TITLE_PREFIX.ljust(200, "x")), ("description", "x" * 4000), ("laborHours", 0))
_OTHER_MEDIA_TYPES = ("text/plain", "application/xml", "application/x-www-form-urlencoded")


@requirement(
    "WRT-009",
    SHOULD,
    clause="The API takes and returns JSON.",
    title="A body that isn't JSON is rejected with 4xx and stores nothing",
)
def body_that_is_not_json_is_rejected(case: Case) -> None:
    """Posts bodies that aren't JSON, and searches the list for new reports."""
    _expect_rejected(case, _NOT_JSON.items(), range(400, 500))


@requirement(
    "WRT-010",
    SHOULD,
    clause="The published page types ids as uuid.",
    title="A malformed uuid is rejected with 4xx and stores nothing",
)
def malformed_uuid_is_rejected(case: Case) -> None:
    """Posts bodies that are valid except for one malformed uuid, and searches the list for new reports."""
    _expect_rejected(case, _bodies(case, _NOT_A_UUID), range(400, 500))


@requirement(
    "WRT-011", SANDBOX, clause=OWN_BODY, title="A member of the wrong type is rejected with 400 and stores nothing"
)
def wrong_type_is_rejected(case: Case) -> None:
    """Posts bodies that are valid except for one member of another type, and JSON values that aren't objects."""
    _expect_rejected(case, (*_bodies(case, _WRONG_TYPE), *_NOT_AN_OBJECT.items()), (400,))


@requirement(
    "WRT-012",
    SANDBOX,
    clause=OWN_BODY,
    title="A body without title, or without asset and device, is rejected with 400 and stores nothing",
)
def missing_member_is_rejected(case: Case) -> None:
    """Posts bodies without title, with neither asset nor device, and without any member."""
    body = shared_report(case).reports.body("incomplete")
    bodies = {
        "no title": {name: value for name, value in body.items() if name != "title"},
        "neither assetId nor deviceId": {name: value for name, value in body.items() if name != "assetId"},
        "assetId null": body | {"assetId": None},
        "no members": {},
    }
    _expect_rejected(case, bodies.items(), (400,))


@requirement(
    "WRT-013",
    SANDBOX,
    clause=OWN_BODY,
    title="Values out of range, and an end before the start, are rejected with 400 and store nothing",
)
def out_of_range_is_rejected(case: Case) -> None:
    """Posts bodies with one value beyond its limit, or with an end before the start. Values at their limits are
    accepted."""
    start = case.target.now() - timedelta(hours=1)
    times = {"startedOn": stamp(start), "completedOn": stamp(start - timedelta(seconds=1))}
    body = shared_report(case).reports.body("completed before started", **times)
    _expect_rejected(case, (*_bodies(case, _OUT_OF_RANGE), ("completedOn before startedOn", body)), (400,))
    for what, valid in _bodies(case, _AT_THE_LIMIT):
        exchange = shared_report(case).reports.post(valid)
        case.expect(exchange.ok, f"{what}, a value at its limit, is accepted", describe(exchange), exchange)


@requirement(
    "WRT-014",
    SANDBOX,
    clause=OWN_BODY,
    title="An asset, device or visit that doesn't exist is rejected with 400 and stores nothing",
)
def unknown_subject_is_rejected(case: Case) -> None:
    """Posts bodies for an asset, a device and a visit that don't exist."""
    unknown = str(UUID(int=case.rng.getrandbits(128), version=4))
    values: _Values = (("assetId", unknown), ("deviceId", f"NONE-{unknown[:8]}"), ("serviceVisitId", unknown))
    _expect_rejected(case, _bodies(case, values), (400,))


@requirement(
    "WRT-020", SANDBOX, clause=OWN_BODY, title="A Content-Type other than JSON is rejected with 415 and stores nothing"
)
def other_media_types_are_rejected(case: Case) -> None:
    """Posts a valid body as other media types. JSON with a charset parameter is accepted."""
    created = shared_report(case)
    for media_type in _OTHER_MEDIA_TYPES:
        body = created.reports.body("other media")
        exchange = created.reports.post(body, headers={"Content-Type": media_type})
        case.status(exchange, 415)
        found = created.reports.new(created.before, body["title"])
        case.expect(not found, f"no report stored from {media_type}", f"{len(found)} with that title", exchange)
    headers = {"Content-Type": "application/json; charset=utf-8"}
    exchange = created.reports.post(created.reports.body("charset"), headers=headers)
    case.expect(exchange.ok, "application/json; charset=utf-8 is accepted", describe(exchange), exchange)


def _bodies(case: Case, values: Iterable[tuple[str, object]]) -> list[tuple[str, dict[str, Any]]]:
    """Return valid bodies except for one value each, with the name of the member and the value."""
    reports = shared_report(case).reports
    return [(f"{name} {str(value)[:40]!r}", reports.body(f"wrong {name}", **{name: value})) for name, value in values]


def _expect_rejected(
    case: Case, bodies: Iterable[tuple[str, Mapping[str, Any] | bytes]], allowed: Iterable[int]
) -> None:
    """Post bodies and expect each to be rejected, and none to be stored."""
    reports, statuses = shared_report(case).reports, set(allowed)
    before = reports.reports()
    wanted = " or ".join(map(str, sorted(statuses))) if len(statuses) < 3 else "4xx"
    sent = {what: (body, reports.post(body)) for what, body in bodies}
    new = reports.new(before, *(body.get("title") for body, _ in sent.values() if isinstance(body, Mapping)))
    listing = last_exchange(case)
    for what, (_, exchange) in sent.items():
        case.expect(exchange.status in statuses, f"{wanted} for a body with {what}", describe(exchange), exchange)
    titles = [str(row.get("title"))[:80] for row in new]
    shown = (*(exchange for _, exchange in sent.values()), *listing)
    case.expect(not new, "no report stored from a rejected body", f"{len(new)} new reports: {titles[:3]}", shown)


_DEPTH = 80
_UNUSUAL: dict[str, dict[str, object]] = {
    f"an unknown member of {_DEPTH} nested arrays": {"xNested": json.loads("[" * _DEPTH + "]" * _DEPTH)},
    "an unknown member of 40,000 characters": {"xLong": "x" * 40_000},
    "a description with the character U+0000": {"description": "Looked\0at"},
    "a report that was started in the year 1": {"startedOn": "0001-01-01T00:00:00Z"},
}
_LONG_AGO = "2020-01-01T00:00:00Z"


@requirement("WRT-021", SANDBOX, clause=OWN_BODY, title="Unknown members of a body are ignored")
def unknown_members_are_ignored(case: Case) -> None:
    """Creates a report with unknown members, and with members that only responses have."""
    created = shared_report(case)
    read_only = {"serviceReportId": created.id, "state": 4, "createdOn": _LONG_AGO}
    body = created.reports.body("unknown members", xUnknown=1, xNested={"a": [1, 2]}, **read_only)
    exchange = created.reports.post(body)
    case.need(exchange.ok, "the report to be created", describe(exchange), exchange)
    new_id = created.reports.id_of(exchange)
    case.expect(new_id != created.id, "a new id", f"{created.id}, the id that was sent", exchange)
    stored = created.reports.read(new_id, exchange)
    state, created_on = stored.member("state"), stored.member("createdOn")
    case.expect(state != 4, "a state other than the one that was sent", state, stored)
    is_own = not same_value(created_on, _LONG_AGO)
    case.expect(is_own, "a createdOn other than the one that was sent", created_on, stored)


@requirement(
    "WRT-024",
    MUST,
    clause='Published page: "validation errors return 400 and unexpected failures return 500." '
    "Unusual input is not an unexpected failure.",
    title="An unusual but readable body or header causes no 5xx",
)
def unusual_bodies_cause_no_5xx(case: Case) -> None:
    """Posts readable bodies and a header far beyond the usual size or range. A created report and a rejection are both
    accepted."""
    reports = ServiceReports(case, case.home)
    headers = {"Idempotency-Key": uuid4().hex * 10}
    exchange = reports.post(reports.body("long Idempotency-Key"), headers=headers)
    case.expect(exchange.status < 500, "no 5xx for an Idempotency-Key of 320 characters", describe(exchange), exchange)
    for what, changes in _UNUSUAL.items():
        exchange = reports.post(reports.body("unusual body", **changes))
        case.expect(exchange.status < 500, f"no 5xx for {what}", describe(exchange), exchange)
