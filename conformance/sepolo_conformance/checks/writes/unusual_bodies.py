"""Bodies that no ordinary client sends and every parser can read."""

import json
from uuid import uuid4

from sepolo_conformance.checks.common.service_reports import ServiceReports
from sepolo_conformance.checks.writes.clauses import OURS
from sepolo_conformance.checks.writes.shared_report import shared_report
from sepolo_conformance.compare.rows import same_value
from sepolo_conformance.engine import MUST, SANDBOX, Case, describe, requirement

_DEPTH = 80
_UNUSUAL: dict[str, dict[str, object]] = {
    f"an unknown member of {_DEPTH} nested arrays": {"xNested": json.loads("[" * _DEPTH + "]" * _DEPTH)},
    "an unknown member of 40,000 characters": {"xLong": "x" * 40_000},
    "a description with the character U+0000": {"description": "Looked\0at"},
    "a report that was started in the year 1": {"startedOn": "0001-01-01T00:00:00Z"},
}
_LONG_AGO = "2020-01-01T00:00:00Z"


@requirement("WRT-021", SANDBOX, clause=OURS, title="Unknown members of a body are ignored")
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
