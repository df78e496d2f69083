"""The response to a created report, and the report in lists, filters and other organisations."""

from datetime import timedelta

from sepolo_conformance.api.calls import Call
from sepolo_conformance.api.identity import authorised
from sepolo_conformance.api.row_identity import is_uuid, normal_id, same_id
from sepolo_conformance.api.timestamps import parse_instant, stamp
from sepolo_conformance.checks.common.clauses import CREATED, OWN_BODY, SCOPED
from sepolo_conformance.checks.common.service_reports import ServiceReports
from sepolo_conformance.checks.writes.shared_report import last_exchange, shared_report
from sepolo_conformance.engine import MUST, SANDBOX, SHOULD, Case, Request, describe, requirement
from sepolo_conformance.transport.urls import reference_target

_HOUR = timedelta(hours=1)


@requirement(
    "WRT-002",
    MUST,
    clause="The published page shows the response with the new report's id.",
    title="Creating a report returns 200 or 201 with a new uuid as serviceReportId",
)
def created_report_returns_new_id(case: Case) -> None:
    """Creates two reports and looks at status and serviceReportId, which no other report may have."""
    first = shared_report(case)
    second = first.reports.create(first.reports.body("second"))
    for exchange in (first.exchange, second):
        case.status(exchange, 200, 201)
        shown = exchange.member("serviceReportId")
        case.expect(is_uuid(shown), "serviceReportId, a uuid", shown, exchange)
        is_new = normal_id(shown) not in first.before
        case.expect(is_new, "the id of a new report", f"{shown}, an existing report", exchange)
    ids = [exchange.member("serviceReportId") for exchange in (first.exchange, second)]
    case.expect(ids[0] != ids[1], "another id for another report", ids[1], (first.exchange, second))


@requirement("WRT-003", SHOULD, clause="RFC 9110: 201 for a created resource.", title="Creating a report returns 201")
def created_report_returns_201(case: Case) -> None:
    """Looks at the status of the response to a report that was created."""
    case.status(shared_report(case).exchange, 201)


@requirement("WRT-004", SANDBOX, clause=OWN_BODY, title="The Location header is the URL of the created report")
def location_of_created_report(case: Case) -> None:
    """Sends a GET to the Location of the response and compares serviceReportId."""
    created = shared_report(case)
    location = created.exchange.header("location")
    case.need(location is not None, "a Location header", "none", created.exchange)
    target = reference_target(location or "", case.settings.base_url, created.exchange.url)
    if target is None:
        case.need(False, "a Location at the target", location, created.exchange)
        return
    key = created.reports.finder.reader("getServiceReport").key
    exchange = case.send(Request("GET", target, authorised(key), None, key, "getServiceReport"), created.exchange)
    shown = exchange.member("serviceReportId")
    case.expect(shown == created.id, f"report {created.id} at {location}", f"{describe(exchange)}, {shown}", exchange)


@requirement(
    "WRT-006",
    SHOULD,
    clause=CREATED,
    title="A created report is listed at once, exactly once, and no other new report with it",
)
def created_report_is_listed_once(case: Case) -> None:
    """Compares the list of reports around now before and after the report was created."""
    created = shared_report(case)
    found = created.reports.new(created.before, created.body["title"])
    shown = (created.exchange, *last_exchange(case))
    ids = [str(row.get("serviceReportId")) for row in found]
    count = sum(same_id(shown_id, created.id) for shown_id in ids)
    case.expect(count == 1, f"report {created.id} in the list once", f"{count} times", shown)
    if any(row.get("title") is not None for row in found):
        case.expect(len(found) == 1, "one new report with its unique title", f"reports {ids} with that title", shown)


@requirement(
    "WRT-027",
    SHOULD,
    clause=f"{CREATED} And RFC 9110, section 8.8: an ETag identifies one state of the list.",
    title="A list is not reported as unchanged after a report was created",
)
def list_with_new_report_has_changed(case: Case) -> None:
    """Sends the ETag that the list of today's reports had before a report was created in If-None-Match."""
    reports, now = ServiceReports(case, case.home), case.target.now()
    call = Call(case.operation("listServiceReports")).within(now - 24 * _HOUR, now + 24 * _HOUR).with_page_size()
    before = case.call(call)
    etag = before.header("etag")
    if etag is None or not before.ok or before.has_more:
        case.vacuous(describe(before) if not before.ok else "the list has no ETag" if not etag else "the list is long")
    created = reports.create(reports.body("ETag"))
    after = case.get(call.operation, call.ids, call.query, headers={"If-None-Match": str(etag)}, follows=before)
    case.expect(after.status != 304, "200 with the new report", describe(after), (before, created, after))


@requirement(
    "WRT-007",
    SHOULD,
    clause=CREATED,
    title="Filters by its own values return a new report, filters by other values don't",
)
def filters_return_created_report(case: Case) -> None:
    """Filters by the report's asset, device, state and creation time, and by another asset, state and window."""
    created = shared_report(case)
    row = created.reports.read(created.id, created.exchange).data
    created_on = parse_instant(row.get("createdOn"))
    assets = created.reports.finder.listing("listAssets").rows
    other_asset = next((asset["assetId"] for asset in assets if asset["assetId"] != created.body.get("assetId")), None)
    members = ("assetId", "deviceId", "state")
    matching: list[dict[str, object]] = [{name: row[name]} for name in members if row.get(name) is not None]
    others: list[dict[str, object]] = [{"assetId": other_asset}] if other_asset else []
    if created_on is not None:
        matching.append({"fromUtc": stamp(created_on - _HOUR), "toUtc": stamp(created_on + _HOUR)})
        others.append({"fromUtc": stamp(created_on - 30 * _HOUR), "toUtc": stamp(created_on - _HOUR)})
    others += [{"state": row["state"] + 1}] if isinstance(row.get("state"), int) else []
    for is_match, queries in ((True, matching), (False, others)):
        for query in queries:
            found = normal_id(created.id) in created.reports.reports(**query)
            expected = f"report {created.id} {'found' if is_match else 'not found'} by {query}"
            shown = (created.exchange, *last_exchange(case))
            case.expect(found is is_match, expected, "found" if found else "not found", shown)


@requirement("WRT-008", MUST, clause=SCOPED, title="A new report is visible to its own organisation only")
def created_report_is_hidden_from_others(case: Case) -> None:
    """Requests the report by id, in the list and by its asset with a key of another organisation."""
    created = shared_report(case)
    others = ServiceReports(case, case.away)
    exchange = created.reports.read(created.id, created.exchange, key=case.away.reader("getServiceReport"))
    case.expect(not exchange.ok, "no report for another organisation", describe(exchange), exchange)
    queries: tuple[dict[str, object], ...] = ({}, {"assetId": created.body.get("assetId")})
    for query in queries:
        listed = normal_id(created.id) in others.reports(**query)
        expected = f"the list of another organisation without report {created.id}"
        case.expect(not listed, expected, "it is listed", (created.exchange, *last_exchange(case)))
