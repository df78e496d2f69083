"""Service reports posted for another organisation."""

from collections.abc import Iterator
from typing import Any

from sepolo_conformance.api.row_identity import normal_id
from sepolo_conformance.checks.common.clauses import SCOPED
from sepolo_conformance.checks.common.service_reports import ServiceReports
from sepolo_conformance.checks.isolation.foreign_tenants import TenantPair, tenant_pairs
from sepolo_conformance.compare.rows import same_value
from sepolo_conformance.engine import MUST, SHOULD, Case, describe, requirement

_SUBJECTS = (("listAssets", "assetId"), ("listDevices", "deviceId"))
"""(list, member that names a row of it both there and in a report)."""


@requirement(
    "ISO-014",
    MUST,
    clause=SCOPED,
    title="A report that names another organisation, or its asset, device or visit, isn't linked to it",
)
def foreign_report_is_not_linked(case: Case) -> None:
    """Posts reports that name an asset, a device or a visit of the other organisation, or that organisation itself.

    A report that is created must not show the foreign id, and the owner of the id must not see the report.
    """
    for pair in tenant_pairs(case):
        with case.part("writing for another organisation"):
            reports = ServiceReports(case, pair.requester)
            _expect_foreign_organisation_id_ignored(pair, reports)
            for member, body in _foreign_bodies(pair, reports, *_SUBJECTS, ("listServiceVisits", "serviceVisitId")):
                exchange = reports.post(body)
                if not exchange.ok:
                    case.expect(True, "no report", describe(exchange))
                    continue
                shown = reports.read(reports.id_of(exchange), exchange)
                linked = same_value(shown.member(member), body[member])
                expected = f"no report for {member} {body[member]}, which belongs to another organisation"
                case.expect(not linked, expected, f"a report with {member} {shown.member(member)}", shown)
                owner_key = pair.owner.reader("getServiceReport")
                theirs = reports.read(reports.id_of(exchange), exchange, key=owner_key)
                expected = "no report for the key of the other organisation"
                case.expect(not theirs.ok, expected, describe(theirs), theirs)


@requirement(
    "ISO-015",
    SHOULD,
    clause=SCOPED,
    title="A report for another organisation's asset or device is rejected with 4xx and not stored",
)
def foreign_report_is_rejected(case: Case) -> None:
    """Posts reports that name an asset or a device of the other organisation, and searches for them in the lists of
    both organisations."""
    for pair in tenant_pairs(case):
        with case.part("writing for another organisation"):
            reports, owner = ServiceReports(case, pair.requester), ServiceReports(case, pair.owner)
            own_before, owner_before = reports.reports(), owner.reports()
            for member, body in _foreign_bodies(pair, reports, *_SUBJECTS):
                exchange = reports.post(body)
                expected = f"4xx for {member} {body[member]}, which belongs to another organisation"
                case.expect(400 <= exchange.status < 500, expected, describe(exchange), exchange)
                stored = [*reports.new(own_before, body["title"]), *owner.new(owner_before, body["title"])]
                case.expect(not stored, "no report stored", f"{len(stored)} with the title {body['title']!r}", exchange)


def _expect_foreign_organisation_id_ignored(pair: TenantPair, reports: ServiceReports) -> None:
    """Post a report with the organizationId of the owner, and expect it not to be in the owner's list."""
    case, owner = pair.case, ServiceReports(pair.case, pair.owner)
    organization = pair.owner.reader("listServiceReports").organization_id
    body = reports.body("foreign organizationId", organizationId=organization)
    exchange = reports.post(body)
    theirs = owner.reports() if exchange.ok else {}
    posted = normal_id(exchange.member("serviceReportId"))
    found = [known for known, row in theirs.items() if known == posted or row.get("title") == body["title"]]
    shown = [exchange] if case.last is None else [exchange, case.last]
    expected = f"no report stored for organizationId {organization}, which is another organisation"
    case.expect(not found, expected, f"that organisation lists {found}", shown)


def _foreign_bodies(
    pair: TenantPair, reports: ServiceReports, *sources: tuple[str, str]
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield bodies that are valid except for one id of the other organisation, with the name of its member."""
    for source, member in sources:
        with pair.case.part(f"{member} of another organisation"):
            value = pair.foreign_rows(source, member, 1)[0][member]
            yield member, reports.body(f"foreign {member}", **{member: value})
