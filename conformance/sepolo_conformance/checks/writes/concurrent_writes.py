"""Reports posted at the same time, and reports created while the list is read."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import uuid4

from sepolo_conformance.api.calls import Call
from sepolo_conformance.api.row_identity import normal_id
from sepolo_conformance.checks.common.clauses import CONSISTENT_PAGING, CREATED, OWN_BODY
from sepolo_conformance.checks.common.service_reports import ServiceReports
from sepolo_conformance.checks.writes.shared_report import last_exchange, shared_report
from sepolo_conformance.compare.rows import texts
from sepolo_conformance.engine import SANDBOX, SHOULD, Case, Exchange, describe, requirement

_CONCURRENT_POSTS = 5
_DAY = timedelta(days=1)


@requirement("WRT-018", SHOULD, clause=CREATED, title="Concurrent posts create one report each")
def concurrent_posts_create_one_report_each(case: Case) -> None:
    """Posts five reports at the same time. Each gets a new id, keeps its title and is listed once."""
    created = shared_report(case)
    bodies = [created.reports.body(f"at once {index}") for index in range(_CONCURRENT_POSTS)]
    exchanges = _post_concurrently(created.reports, bodies)
    for body, exchange in zip(bodies, exchanges, strict=True):
        case.expect(exchange.ok, f"{_CONCURRENT_POSTS} reports created", describe(exchange), exchange)
        stored = created.reports.read(created.reports.id_of(exchange), exchange) if exchange.ok else exchange
        title = stored.member("title")
        case.expect(title in (None, body["title"]), f"title {body['title']!r}", f"{title!r}", stored)
    ids = {normal_id(exchange.member("serviceReportId")) for exchange in exchanges}
    case.expect(len(ids) == _CONCURRENT_POSTS, f"{_CONCURRENT_POSTS} different ids", f"{len(ids)}", exchanges)
    rows = created.reports.reports()
    listed = ids & rows.keys()
    titles = [row.get("title") for row in rows.values()]
    # Reports can be distinguished by their titles only if the list shows them.
    count = len(listed) if None in titles else sum(body["title"] in titles for body in bodies)
    shown = (*exchanges, *last_exchange(case))
    expected = f"{_CONCURRENT_POSTS} new reports in the list"
    case.expect(len(listed) == count == _CONCURRENT_POSTS, expected, f"{count}", shown)
    repeated = [body["title"] for body in bodies if titles.count(body["title"]) > 1]
    case.expect(not repeated, "each of them once", f"several with the title {repeated[:1]}", shown)


@requirement("WRT-019", SANDBOX, clause=OWN_BODY, title="Concurrent posts with one Idempotency-Key create one report")
def concurrent_posts_with_one_key_create_one_report(case: Case) -> None:
    """Posts one body five times at the same time with one Idempotency-Key. 409 is accepted like the first response."""
    created = shared_report(case)
    body, headers = created.reports.body("once"), {"Idempotency-Key": str(uuid4())}
    exchanges = _post_concurrently(created.reports, [body] * _CONCURRENT_POSTS, headers)
    ids = {str(exchange.member("serviceReportId")) for exchange in exchanges if exchange.ok}
    case.expect(len(ids) == 1, "the id of one report in all responses", f"{len(ids)} ids", exchanges)
    for exchange in exchanges:
        case.expect(exchange.ok or exchange.status == 409, "2xx or 409", describe(exchange), exchange)
    found = created.reports.new(created.before, body["title"])
    shown = (*exchanges, *last_exchange(case))
    case.expect(len(found) == 1, "one report stored", f"{len(found)} with that title", shown)


@requirement(
    "WRT-026",
    SHOULD,
    clause=CONSISTENT_PAGING,
    title="A report created while the list is read neither repeats nor hides another row",
)
def report_created_between_pages(case: Case) -> None:
    """Reads a page of two reports, creates another report and reads on. Each report that existed before is on exactly
    one of the pages."""
    reports = shared_report(case).reports
    for index in range(3 - len(reports.reports())):
        reports.create(reports.body(f"existing {index}"))
    before = reports.reports()
    now, reader = case.target.now(), reports.finder.reader("listServiceReports")
    call = Call(case.operation("listServiceReports")).within(now - _DAY, now + _DAY)
    first = case.call(call.having(pageSize=2), key=reader)
    created = reports.create(reports.body("between pages"))
    rest = case.call(call.having(pageSize=500, cursor=first.member("nextCursor")), key=reader, follows=first)
    if not first.member("nextCursor") or rest.member("hasMore"):
        case.vacuous("the list has too few or too many rows to be read in two pages")
    ids = [normal_id(shown) for page in (first, rest) for shown in texts(page.rows, "serviceReportId")]
    repeated = sorted({shown_id for shown_id in ids if ids.count(shown_id) > 1})
    hidden = sorted(before.keys() - set(ids))
    shown = (first, created, rest)
    case.expect(not repeated, "each report once", f"on both pages: {repeated[:2]}", shown)
    case.expect(not hidden, "all reports that existed before", f"on neither page: {hidden[:2]}", shown)


def _post_concurrently(
    reports: ServiceReports, bodies: Sequence[dict[str, Any]], headers: Mapping[str, str] | None = None
) -> list[Exchange]:
    """Post bodies at the same time, each from a thread of its own."""
    return reports.case.together([partial(reports.post, body, headers=headers) for body in bodies], len(bodies))
