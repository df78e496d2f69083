"""Writes: what a posted report leads to, and what a body or a key that is wrong leads to: nothing."""

import json
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta, timezone
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID, uuid4

from sepolo_conformance.api.calls import Call
from sepolo_conformance.api.identity import authorised
from sepolo_conformance.api.timestamps import parse_instant, stamp
from sepolo_conformance.checks.common.service_reports import TITLE_PREFIX, ServiceReports
from sepolo_conformance.compare.rows import is_uuid, number, same_value, texts
from sepolo_conformance.engine.case import Case, describe, requirement
from sepolo_conformance.model.requirement import MUST, SANDBOX, SHOULD
from sepolo_conformance.transport.exchange import Exchange, Request

_OURS = "Our own choice: the page doesn't describe the body."
_LOGIC = "What was created is there."

_SCOPE = "service_reports.write"
_ONCE = 5
"""Posts that are sent at the same time."""
_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)

_NO_JSON = {
    "no JSON at all": b"title=Looked at",
    "a body cut short": b'{"title": "Looked at", "assetId": ',
    "two bodies": b'{"title": "Looked at"}{"title": "Looked at"}',
    "an empty body": b"",
    "bytes that aren't UTF-8": b'{"title": "\xff\xfe"}',
}
_NO_OBJECT = {"an array": b"[]", "a text": b'"Looked at"', "a number": b"5", "null": b"null"}
_NO_UUID: tuple[tuple[str, object], ...] = (
    ("assetId", "not-a-uuid"),
    ("assetId", "1234"),
    ("assetId", "2b540b45-a9cc-449a-86e6-063944ff9fc"),
)
_WRONG_TYPE: tuple[tuple[str, object], ...] = (
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
_OUT_OF_RANGE: tuple[tuple[str, object], ...] = (
    ("title", ""),
    ("title", "x" * 201),
    ("description", "x" * 4001),
    ("externalReference", "x" * 101),
    ("laborHours", -0.5),
    ("laborCost", -1),
    ("partsCost", -0.01),
)
_AT_THE_EDGE: tuple[tuple[str, object], ...] = (
    ("title", TITLE_PREFIX.ljust(200, "x")),
    ("description", "x" * 4000),
    ("laborHours", 0),
)
_DEEP = 80
_ODD: dict[str, dict[str, object]] = {
    f"an unknown member of {_DEEP} nested arrays": {"xNested": json.loads("[" * _DEEP + "]" * _DEEP)},
    "an unknown member of 40,000 characters": {"xLong": "x" * 40_000},
    "a description with the character U+0000": {"description": "Looked\0at"},
    "a report that was started in the year 1": {"startedOn": "0001-01-01T00:00:00Z"},
}
_LONG_AGO = "2020-01-01T00:00:00Z"
_EAST = timezone(timedelta(hours=2))
_FORGIVEN = timedelta(minutes=10)
_OTHER_MEDIA = ("text/plain", "application/xml", "application/x-www-form-urlencoded")


@dataclass(frozen=True, slots=True)
class Made:
    """A report that the suite wrote: what was sent, what came back, and what was there before."""

    desk: ServiceReports
    body: dict[str, Any]
    exchange: Exchange
    before: dict[str, dict[str, Any]]

    @property
    def id(self) -> str:
        return self.desk.id_of(self.exchange)


# -- What a report leads to ----------------------------------------------------------------------------------


@requirement(
    "WRT-002",
    MUST,
    clause="The page shows the answer with the new report's id.",
    title="A report that was created is answered 200 or 201 with its serviceReportId, a uuid of its own",
)
def created_with_an_id(case: Case) -> None:
    """Posts two reports and looks at status and serviceReportId, which no earlier report may have."""
    made = _made(case)
    second = made.desk.create(made.desk.body("second"))
    for exchange in (made.exchange, second):
        case.status(exchange, 200, 201)
        name = exchange.member("serviceReportId")
        case.expect(is_uuid(name), "serviceReportId, a uuid", name, exchange)
        case.expect(
            str(name).lower() not in made.before, "the id of a new report", f"{name}, which was there", exchange
        )
    names = [exchange.member("serviceReportId") for exchange in (made.exchange, second)]
    case.expect(names[0] != names[1], "another id for another report", names[1], (made.exchange, second))


@requirement(
    "WRT-003",
    SHOULD,
    clause="RFC 9110: 201 for what was created.",
    title="The answer is 201",
)
def answered_201(case: Case) -> None:
    """Looks at the status of the answer to a report that was created."""
    case.status(_made(case).exchange, 201)


@requirement(
    "WRT-004",
    SANDBOX,
    clause=_OURS,
    title="Location leads to the report",
)
def location_leads_there(case: Case) -> None:
    """Follows the Location of the answer and compares serviceReportId."""
    made = _made(case)
    location = made.exchange.header("location")
    case.need(location is not None, "a Location", "none", made.exchange)
    parts, base = urlsplit(location or ""), urlsplit(case.settings.base_url)
    inside = not parts.netloc or parts.netloc == base.netloc
    case.need(inside and parts.path.startswith(base.path), "a Location at the target", location, made.exchange)
    key = made.desk.finder.reader("getServiceReport").key
    target = parts.path.removeprefix(base.path)
    exchange = case.send(Request("GET", target, authorised(key), None, key, "getServiceReport"), made.exchange)
    said = exchange.member("serviceReportId")
    case.expect(said == made.id, f"report {made.id} at {location}", f"{describe(exchange)}, {said}", exchange)


@requirement(
    "WRT-005",
    SHOULD,
    clause=_LOGIC,
    title="A report can be read at once, as it was sent",
)
def readable_at_once(case: Case) -> None:
    """Reads the report by its id and compares what it shows of the members that were sent."""
    made = _made(case)
    exchange = made.desk.read(made.id, made.exchange)
    case.need(exchange.status == 200, "status 200", describe(exchange), exchange)
    said = exchange.member("serviceReportId")
    case.expect(same_value(said, made.id), f"serviceReportId {made.id}", said, exchange)
    for name, sent in made.body.items():
        shown = exchange.member(name)
        if shown is not None:
            case.expect(_same(shown, sent), f"{name} {sent!r}, as it was sent", f"{shown!r}", exchange)


@requirement(
    "WRT-006",
    SHOULD,
    clause=_LOGIC,
    title="A report is listed at once, exactly once, and nothing else with it",
)
def listed_once(case: Case) -> None:
    """Compares the reports of these days before and after the post."""
    made = _made(case)
    found = made.desk.new(made.before, made.body["title"])
    names = [str(row.get("serviceReportId")) for row in found]
    mine = [name for name in names if name.lower() == made.id.lower()]
    case.expect(
        len(mine) == 1, f"report {made.id} in the list, once", f"{len(mine)} times", (made.exchange, *_last(case))
    )
    if any(row.get("title") is not None for row in found):
        actual = f"reports {names} with that title"
        case.expect(len(found) == 1, "one new report of a title of its own", actual, (made.exchange, *_last(case)))


@requirement(
    "WRT-007",
    SHOULD,
    clause=_LOGIC,
    title="Filters find a new report where it belongs and nowhere else",
)
def filters_find_it(case: Case) -> None:
    """Filters by its asset, device and state and by windows round and before it, and by another asset and state."""
    made = _made(case)
    row = made.desk.read(made.id, made.exchange).data
    created = parse_instant(row.get("createdOn"))
    rows = made.desk.finder.listing("listAssets").rows
    other = next((asset["assetId"] for asset in rows if asset["assetId"] != made.body.get("assetId")), None)
    shown = ("assetId", "deviceId", "state")
    finding: list[dict[str, object]] = [{name: row[name]} for name in shown if row.get(name) is not None]
    missing: list[dict[str, object]] = [{"assetId": other}] if other else []
    if created is not None:
        finding.append({"fromUtc": stamp(created - _HOUR), "toUtc": stamp(created + _HOUR)})
        missing.append({"fromUtc": stamp(created - 30 * _HOUR), "toUtc": stamp(created - _HOUR)})
    missing += [{"state": row["state"] + 1}] if isinstance(row.get("state"), int) else []
    for wanted, queries in ((True, finding), (False, missing)):
        for query in queries:
            found = made.id.lower() in made.desk.reports(**query)
            text = f"report {made.id} {'found' if wanted else 'not found'} by {query}"
            case.expect(found is wanted, text, "found" if found else "not found", (made.exchange, *_last(case)))


@requirement(
    "WRT-008",
    MUST,
    clause='The page: "Every request is scoped to the organization that owns the API key."',
    title="A new report is shown to its own organisation only",
)
def own_organisation_only(case: Case) -> None:
    """Asks for the report by its id and by the list with a key of another organisation."""
    made = _made(case)
    other = ServiceReports(case, case.away)
    exchange = made.desk.read(made.id, made.exchange, key=case.away.reader("getServiceReport"))
    case.expect(not exchange.ok, "no report for another organisation", describe(exchange), exchange)
    queries: tuple[dict[str, object], ...] = ({}, {"assetId": made.body.get("assetId")})
    for query in queries:
        shown = made.id.lower() in other.reports(**query)
        text = f"the list of another organisation without report {made.id}"
        case.expect(not shown, text, "it is there", (made.exchange, *_last(case)))


# -- What leads to none --------------------------------------------------------------------------------------


@requirement(
    "WRT-009",
    SHOULD,
    clause="JSON is what the API speaks.",
    title="A body that isn't JSON is refused with 4xx and stores nothing",
)
def no_json(case: Case) -> None:
    """Posts bodies that aren't JSON, and looks for new reports."""
    _refused(case, _NO_JSON.items(), range(400, 500))


@requirement(
    "WRT-010",
    SHOULD,
    clause="The page types ids as uuid.",
    title="A malformed uuid is refused with 4xx and stores nothing",
)
def no_uuid(case: Case) -> None:
    """Posts bodies that are right but for one malformed uuid, and looks for new reports."""
    _refused(case, _spoilt(case, _NO_UUID), range(400, 500))


@requirement(
    "WRT-011",
    SANDBOX,
    clause=_OURS,
    title="A member of the wrong type is refused with 400 and stores nothing",
)
def wrong_type(case: Case) -> None:
    """Posts bodies that are right but for one member of another type, and bodies that aren't objects."""
    _refused(case, (*_spoilt(case, _WRONG_TYPE), *_NO_OBJECT.items()), (400,))


@requirement(
    "WRT-012",
    SANDBOX,
    clause=_OURS,
    title="A body without title, or without asset and device, is refused and stores nothing",
)
def missing_member(case: Case) -> None:
    """Posts bodies without title, with neither asset nor device, and with nothing at all."""
    body = _made(case).desk.body("incomplete")
    bodies = {
        "no title": {name: value for name, value in body.items() if name != "title"},
        "neither assetId nor deviceId": {name: value for name, value in body.items() if name != "assetId"},
        "assetId null": body | {"assetId": None},
        "nothing": {},
    }
    _refused(case, bodies.items(), (400,))


@requirement(
    "WRT-013",
    SANDBOX,
    clause=_OURS,
    title="Values out of range, or that contradict each other, are refused and store nothing",
)
def out_of_range(case: Case) -> None:
    """Posts bodies with one value beyond its limit or an end before its start; then with values at their limits, which
    have to be taken."""
    now = case.target.now()
    ends = {"startedOn": stamp(now - _HOUR), "completedOn": stamp(now - _HOUR - timedelta(seconds=1))}
    body = _made(case).desk.body("completed before started", **ends)
    _refused(case, (*_spoilt(case, _OUT_OF_RANGE), ("completedOn before startedOn", body)), (400,))
    for what, fitting in _spoilt(case, _AT_THE_EDGE):
        exchange = _made(case).desk.post(fitting)
        case.expect(exchange.ok, f"{what}, which is allowed, to be taken", describe(exchange), exchange)


@requirement(
    "WRT-014",
    SANDBOX,
    clause=_OURS,
    title="An asset, device or visit that doesn't exist is refused and stores nothing",
)
def unknown_subject(case: Case) -> None:
    """Posts bodies for an asset, a device and a visit that don't exist."""
    unknown = str(UUID(int=case.rng.getrandbits(128), version=4))
    values: tuple[tuple[str, object], ...] = (
        ("assetId", unknown),
        ("deviceId", f"NONE-{unknown[:8]}"),
        ("serviceVisitId", unknown),
    )
    _refused(case, _spoilt(case, values), (400,))


@requirement(
    "WRT-020",
    SANDBOX,
    clause=_OURS,
    title="A Content-Type other than JSON is answered 415 and stores nothing",
)
def other_media(case: Case) -> None:
    """Posts a right body as other media types; as JSON with a charset it has to be taken."""
    made = _made(case)
    for media in _OTHER_MEDIA:
        body = made.desk.body("other media")
        exchange = made.desk.post(body, headers={"Content-Type": media})
        case.status(exchange, 415)
        found = made.desk.new(made.before, body["title"])
        case.expect(not found, f"no report stored of {media}", f"{len(found)} with that title", exchange)
    exchange = made.desk.post(made.desk.body("charset"), headers={"Content-Type": "application/json; charset=utf-8"})
    case.expect(exchange.ok, "application/json; charset=utf-8 to be taken", describe(exchange), exchange)


# -- The same again ------------------------------------------------------------------------------------------


@requirement(
    "WRT-015",
    SANDBOX,
    clause=_OURS,
    title="The same Idempotency-Key and body give the first answer again, and one report",
)
def replayed(case: Case) -> None:
    """Posts a body three times with one Idempotency-Key, the last time with its members in another order."""
    made = _made(case)
    body, headers = made.desk.body("replayed"), {"Idempotency-Key": str(uuid4())}
    first = made.desk.create(body, headers=headers)
    for again in (body, dict(reversed(body.items()))):
        exchange = made.desk.post(again, headers=headers)
        said = (exchange.status, exchange.member("serviceReportId"))
        wanted = (first.status, first.member("serviceReportId"))
        case.expect(said == wanted, f"the first answer again: {wanted}", said, (first, exchange))
        mark = exchange.header("idempotent-replayed")
        case.expect(mark == "true", "Idempotent-Replayed: true", mark, exchange)
    found = made.desk.new(made.before, body["title"])
    case.expect(len(found) == 1, "one report", f"{len(found)} with that title", (first, *_last(case)))


@requirement(
    "WRT-016",
    SANDBOX,
    clause=_OURS,
    title="The same Idempotency-Key with another body is answered 409 and stores nothing",
)
def conflicting(case: Case) -> None:
    """Posts another body with an Idempotency-Key that was used."""
    made = _made(case)
    headers = {"Idempotency-Key": str(uuid4())}
    first = made.desk.create(made.desk.body("first"), headers=headers)
    body = made.desk.body("conflicting")
    exchange = made.desk.post(body, headers=headers)
    case.expect(exchange.status == 409, "status 409", describe(exchange), (first, exchange))
    found = made.desk.new(made.before, body["title"])
    case.expect(not found, "no report stored", f"{len(found)} with that title", (exchange, *_last(case)))


@requirement(
    "WRT-017",
    SANDBOX,
    clause=_OURS,
    title="An Idempotency-Key means nothing to another organisation",
)
def one_organisations_own(case: Case) -> None:
    """Posts with the Idempotency-Key of one organisation as another one."""
    made, other = _made(case), ServiceReports(case, case.away)
    headers = {"Idempotency-Key": str(uuid4())}
    first = made.desk.create(made.desk.body("one"), headers=headers)
    exchange = other.post(other.body("other"), headers=headers)
    case.expect(exchange.ok, "a report of the other organisation", describe(exchange), (first, exchange))
    names = [answer.member("serviceReportId") for answer in (first, exchange)]
    case.expect(names[0] != names[1], "a report of its own", f"{names[1]}, the other's", (first, exchange))


@requirement(
    "WRT-018",
    SHOULD,
    clause=_LOGIC,
    title="Posts at the same time create one report each",
)
def at_the_same_time(case: Case) -> None:
    """Posts five reports at the same time; each has to get an id of its own and be listed once."""
    made = _made(case)
    bodies = [made.desk.body(f"at once {place}") for place in range(_ONCE)]
    answers = _together([_poster(made.desk, body) for body in bodies])
    for body, exchange in zip(bodies, answers, strict=True):
        case.expect(exchange.ok, f"{_ONCE} reports created", describe(exchange), exchange)
        shown = made.desk.read(made.desk.id_of(exchange), exchange) if exchange.ok else exchange
        title = shown.member("title")
        case.expect(title in (None, body["title"]), f"title {body['title']!r}", f"{title!r}", shown)
    names = {str(exchange.member("serviceReportId")).lower() for exchange in answers}
    case.expect(len(names) == _ONCE, f"{_ONCE} different ids", f"{len(names)}", answers)
    reports = made.desk.reports()
    listed = names & reports.keys()
    titles = [row.get("title") for row in reports.values()]
    count = len(listed) if None in titles else sum(body["title"] in titles for body in bodies)
    case.expect(len(listed) == count == _ONCE, f"{_ONCE} new reports in the list", f"{count}", (*answers, *_last(case)))
    twice = [body["title"] for body in bodies if titles.count(body["title"]) > 1]
    case.expect(not twice, "each of them once", f"several with the title {twice[:1]}", (*answers, *_last(case)))


@requirement(
    "WRT-026",
    SHOULD,
    clause='The page promises that clients can "handle paging consistently".',
    title="A report that comes in while the list is read brings no other row twice, and hides none",
)
def comes_in_between(case: Case) -> None:
    """Reads two reports, posts another, and reads on: of those that were there before, each comes once."""
    desk = _made(case).desk
    for place in range(3 - len(desk.reports())):
        desk.create(desk.body(f"there before {place}"))
    before = desk.reports()
    now, reader = case.target.now(), desk.finder.reader("listServiceReports")
    call = Call(case.operation("listServiceReports")).within(now - _DAY, now + _DAY)
    first = case.call(call.having(pageSize=2), key=reader)
    made = desk.create(desk.body("in between"))
    rest = case.call(call.having(pageSize=500, cursor=first.member("nextCursor")), key=reader, follows=first)
    if not first.member("nextCursor") or rest.member("hasMore"):
        case.vacuous("the list has too few or too many rows to be read in two pages")
    names = [name.lower() for page in (first, rest) for name in texts(page.rows, "serviceReportId")]
    twice = sorted({name for name in names if names.count(name) > 1})
    hidden = sorted(before.keys() - set(names))
    shown = (first, made, rest)
    case.expect(not twice, "each report once", f"on both pages: {twice[:2]}", shown)
    case.expect(not hidden, "all reports that were there before", f"on neither page: {hidden[:2]}", shown)


@requirement(
    "WRT-019",
    SANDBOX,
    clause=_OURS,
    title="Posts at the same time with one Idempotency-Key create one report",
)
def one_key_at_the_same_time(case: Case) -> None:
    """Posts one body five times at the same time with one Idempotency-Key; 409 is as good as the first answer."""
    made = _made(case)
    body, headers = made.desk.body("once"), {"Idempotency-Key": str(uuid4())}
    answers = _together([_poster(made.desk, body, headers)] * _ONCE)
    names = {str(exchange.member("serviceReportId")) for exchange in answers if exchange.ok}
    case.expect(len(names) == 1, "one report in all answers", f"{len(names)}", answers)
    for exchange in answers:
        case.expect(exchange.ok or exchange.status == 409, "2xx, or 409", describe(exchange), exchange)
    found = made.desk.new(made.before, body["title"])
    case.expect(len(found) == 1, "one report stored", f"{len(found)} with that title", (*answers, *_last(case)))


@requirement(
    "WRT-021",
    SANDBOX,
    clause=_OURS,
    title="Unknown members of a body are ignored",
)
def unknown_members(case: Case) -> None:
    """Posts a body with members that nobody knows."""
    made = _made(case)
    theirs = {"serviceReportId": made.id, "state": 4, "createdOn": _LONG_AGO}
    body = made.desk.body("unknown members", xUnknown=1, xNested={"a": [1, 2]}, **theirs)
    exchange = made.desk.post(body)
    case.need(exchange.ok, "the report to be created", describe(exchange), exchange)
    case.expect(made.desk.id_of(exchange) != made.id, "an id of its own", made.id, exchange)
    shown = made.desk.read(made.desk.id_of(exchange), exchange)
    case.expect(shown.member("state") != 4, "a state that wasn't sent", shown.member("state"), shown)
    created = shown.member("createdOn")
    case.expect(not same_value(created, _LONG_AGO), "a createdOn that wasn't sent", created, shown)


@requirement(
    "WRT-022",
    SHOULD,
    clause="A request is a report.",
    title="The same body posted twice creates two reports",
)
def twice_is_two(case: Case) -> None:
    """Posts the same body twice without an Idempotency-Key."""
    made = _made(case)
    body = made.desk.body("twice")
    answers = [made.desk.create(body) for _ in range(2)]
    names = [made.desk.id_of(exchange).lower() for exchange in answers]
    case.expect(names[0] != names[1], "two ids", f"{names[0]} twice", answers)
    listed = set(names) & made.desk.reports().keys()
    case.expect(len(listed) == 2, "both reports in the list", f"{len(listed)}", (*answers, *_last(case)))


@requirement(
    "WRT-023",
    SANDBOX,
    clause=_OURS,
    title="Every member that was sent is stored, state and total follow from them",
)
def stored_in_full(case: Case) -> None:
    """Posts a report with every member and reads it: letters of all planes, those that HTML would write otherwise, and
    times with an offset; then one that has only been started, and one without times, for a device and no asset."""
    made, now = _made(case), case.target.now()
    full = {
        "resolution": 'Nothing had to be done: 3 < 4 & it\'s "fine" \U0001f600.',
        "technicianName": "Ada Ærø 駅",
        "startedOn": (now - 5 * _HOUR).astimezone(_EAST).isoformat(timespec="seconds"),
        "completedOn": (now - 4 * _HOUR).astimezone(_EAST).isoformat(timespec="seconds"),
        "laborHours": 1.25,
        "laborCost": 100.5,
        "partsCost": 20.25,
    }
    started = {"startedOn": full["startedOn"]}
    devices = texts(made.desk.finder.listing("listDevices").rows, "deviceId")
    alone = {"deviceId": devices[0]} if devices else {}
    for extra, state in ((full, "Completed"), (started, "InProgress"), (alone, "Draft")):
        body = made.desk.body(f"in full {state}", **extra)
        if extra is alone and alone:
            body.pop("assetId", None)
            exchange = made.desk.post(body)
            case.need(exchange.ok, "a report for a device and no asset to be taken", describe(exchange), exchange)
        else:
            exchange = made.desk.create(body)
        shown = made.desk.read(made.desk.id_of(exchange), exchange)
        for name, sent in body.items():
            case.expect(_same(shown.member(name), sent), f"{name} {sent!r}, as it was sent", shown.member(name), shown)
        said = (shown.member("stateText"), shown.member("totalCost"))
        total = 120.75 if extra is full else None
        case.expect(said == (state, total), f"state and total ({state}, {total})", said, shown)


@requirement(
    "WRT-024",
    MUST,
    clause='The page: "validation errors return 400 and unexpected failures return 500." Any input can be expected.',
    title="A body or header that is odd and can be read brings no 5xx",
)
def odd_bodies(case: Case) -> None:
    """Posts what nobody would send and any parser can read, with values far beyond what a table holds; a report and a
    refusal will both do."""
    desk = ServiceReports(case, case.home)
    attempt = {"Idempotency-Key": uuid4().hex * 10}
    exchange = desk.post(desk.body("long Idempotency-Key"), headers=attempt)
    case.expect(exchange.status < 500, "no 5xx for an Idempotency-Key of 320 characters", describe(exchange), exchange)
    for what, changes in _ODD.items():
        exchange = desk.post(desk.body("odd body", **changes))
        case.expect(exchange.status < 500, f"no 5xx for {what}", describe(exchange), exchange)


@requirement(
    "WRT-025",
    SHOULD,
    clause="The page filters reports by when they were created, in UTC.",
    title="createdOn of a new report is the time at which it was written",
)
def created_now(case: Case) -> None:
    """Compares createdOn of a report with serverTimeUtc of /me, before it was written and now; ten minutes don't
    count."""
    made, before = _made(case), case.target.main().server_time
    shown = made.desk.read(made.id, made.exchange)
    created = parse_instant(shown.member("createdOn"))
    if before is None or created is None:
        case.vacuous("/me doesn't tell the time" if before is None else "the report has no createdOn")
    me = case.get("getMe")
    now = parse_instant(me.member("serverTimeUtc"))
    if now is None:
        case.vacuous("/me doesn't tell the time")
    fitting = before - _FORGIVEN <= created <= now + _FORGIVEN
    expected = f"createdOn between {stamp(before)} and {stamp(now)}, when it was written"
    case.expect(fitting, expected, stamp(created), (made.exchange, shown, me))


# -- How it is done ------------------------------------------------------------------------------------------


def _made(case: Case) -> Made:
    """Return one report that was written, the same for all checks; NotTested where it isn't allowed or not taken."""
    case.need_writes()
    made: Made = case.once(("made",), lambda: _make(case))
    return Made(ServiceReports(case, case.home), made.body, made.exchange, made.before)


def _make(case: Case) -> Made:
    desk = ServiceReports(case, case.home)
    before, body = desk.reports(), desk.body("created")
    return Made(desk, body, desk.create(body), before)


def _spoilt(case: Case, values: Iterable[tuple[str, object]]) -> list[tuple[str, dict[str, Any]]]:
    """Return bodies that are right but for one value."""
    desk = _made(case).desk
    return [(f"{name} {str(value)[:40]!r}", desk.body(f"wrong {name}", **{name: value})) for name, value in values]


def _refused(case: Case, bodies: Iterable[tuple[str, Mapping[str, Any] | bytes]], allowed: Iterable[int]) -> None:
    """Post bodies and expect each to be refused, and none to be stored."""
    desk, statuses = _made(case).desk, set(allowed)
    before = desk.reports()
    wanted = " or ".join(map(str, sorted(statuses))) if len(statuses) < 3 else "4xx"
    sent = {what: (body, desk.post(body)) for what, body in bodies}
    new = desk.new(before, *(body.get("title") for body, _ in sent.values() if isinstance(body, Mapping)))
    listing = _last(case)
    for what, (_, exchange) in sent.items():
        case.expect(exchange.status in statuses, f"{wanted} for a body with {what}", describe(exchange), exchange)
    stored = [str(row.get("title"))[:80] for row in new]
    shown = (*(exchange for _, exchange in sent.values()), *listing)
    case.expect(
        not stored, "no report stored of a body that was refused", f"{len(stored)} new ones: {stored[:3]}", shown
    )


def _same(shown: object, sent: object) -> bool:
    one, two = number(shown), number(sent)
    return same_value(shown, sent) if one is None or two is None else abs(one - two) < 1e-6


def _last(case: Case) -> list[Exchange]:
    """Return the exchange that was made last, as a list."""
    return [] if case.last is None else [case.last]


def _poster(
    desk: ServiceReports, body: dict[str, Any], headers: Mapping[str, str] | None = None
) -> Callable[[], Exchange]:
    return lambda: desk.post(body, headers=headers)


def _together(posts: list[Callable[[], Exchange]]) -> list[Exchange]:
    """Send posts at the same time, each from a thread of its own."""
    with ThreadPoolExecutor(len(posts)) as threads:
        return list(threads.map(lambda post: post(), posts))
