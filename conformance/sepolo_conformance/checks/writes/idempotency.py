"""Idempotency-Key: repeated posts with the same key create one report, repeated posts without a key create several."""

from uuid import uuid4

from sepolo_conformance.api.row_identity import normal_id
from sepolo_conformance.checks.common.clauses import OWN_BODY
from sepolo_conformance.checks.common.service_reports import ServiceReports
from sepolo_conformance.checks.writes.shared_report import last_exchange, shared_report
from sepolo_conformance.engine import SANDBOX, SHOULD, Case, describe, requirement


@requirement(
    "WRT-015",
    SANDBOX,
    clause=OWN_BODY,
    title="The same Idempotency-Key and body return the first response again and create one report",
)
def repeated_post_is_replayed(case: Case) -> None:
    """Posts a body three times with one Idempotency-Key, the last time with its members in another order."""
    created = shared_report(case)
    body, headers = created.reports.body("replayed"), {"Idempotency-Key": str(uuid4())}
    first = created.reports.create(body, headers=headers)
    wanted = (first.status, first.member("serviceReportId"))
    for repeated in (body, dict(reversed(body.items()))):
        exchange = created.reports.post(repeated, headers=headers)
        actual = (exchange.status, exchange.member("serviceReportId"))
        case.expect(actual == wanted, f"the first response again: {wanted}", actual, (first, exchange))
        replayed = exchange.header("idempotent-replayed")
        case.expect(replayed == "true", "Idempotent-Replayed: true", replayed, exchange)
    found = created.reports.new(created.before, body["title"])
    shown = (first, *last_exchange(case))
    case.expect(len(found) == 1, "one report", f"{len(found)} with that title", shown)


@requirement(
    "WRT-016",
    SANDBOX,
    clause=OWN_BODY,
    title="The same Idempotency-Key with another body is rejected with 409 and stores nothing",
)
def key_of_another_body_is_rejected(case: Case) -> None:
    """Posts another body with an Idempotency-Key that was used."""
    created = shared_report(case)
    headers = {"Idempotency-Key": str(uuid4())}
    first = created.reports.create(created.reports.body("first"), headers=headers)
    body = created.reports.body("conflicting")
    exchange = created.reports.post(body, headers=headers)
    case.expect(exchange.status == 409, "status 409", describe(exchange), (first, exchange))
    found = created.reports.new(created.before, body["title"])
    shown = (exchange, *last_exchange(case))
    case.expect(not found, "no report stored", f"{len(found)} with that title", shown)


@requirement("WRT-017", SANDBOX, clause=OWN_BODY, title="An Idempotency-Key has no effect on other organisations")
def key_of_another_organisation_is_unused(case: Case) -> None:
    """Posts with the same Idempotency-Key as one organisation and as another."""
    created, others = shared_report(case), ServiceReports(case, case.away)
    headers = {"Idempotency-Key": str(uuid4())}
    first = created.reports.create(created.reports.body("one"), headers=headers)
    exchange = others.post(others.body("other"), headers=headers)
    shown = (first, exchange)
    case.expect(exchange.ok, "a report of the other organisation", describe(exchange), shown)
    ids = [response.member("serviceReportId") for response in shown]
    case.expect(ids[0] != ids[1], "a new id", f"{ids[1]}, the id of the first organisation's report", shown)


@requirement(
    "WRT-022",
    SHOULD,
    clause="Each request creates a report.",
    title="The same body posted twice without an Idempotency-Key creates two reports",
)
def repeated_post_without_key_creates_two(case: Case) -> None:
    """Posts the same body twice without an Idempotency-Key."""
    created = shared_report(case)
    body = created.reports.body("twice")
    exchanges = [created.reports.create(body) for _ in range(2)]
    ids = [normal_id(created.reports.id_of(exchange)) for exchange in exchanges]
    case.expect(ids[0] != ids[1], "two ids", f"{ids[0]} twice", exchanges)
    listed = set(ids) & created.reports.reports().keys()
    shown = (*exchanges, *last_exchange(case))
    case.expect(len(listed) == 2, "both reports in the list", f"{len(listed)}", shown)
