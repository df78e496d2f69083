"""Incidents, visits, appointments and service reports: records of the same work agree, and costs add up."""

from datetime import timedelta

from sepolo_conformance.api.calls import Call, Listing
from sepolo_conformance.api.row_identity import same_id
from sepolo_conformance.api.timestamps import TOLERANCE, parse_instant, stamp
from sepolo_conformance.checks.common.clauses import OURS
from sepolo_conformance.checks.common.details import expect_found_by_id, known_rows, rows_by_member
from sepolo_conformance.checks.common.varied_rows import varied
from sepolo_conformance.checks.common.whole_lists import whole_list
from sepolo_conformance.compare.aggregates import MONEY
from sepolo_conformance.compare.rows import Row, number, same_value, text
from sepolo_conformance.engine import SANDBOX, Case, describe, requirement

_DAY = timedelta(days=1)
_ROWS = 12
"""Rows, chosen for variety, whose records are read by id."""
_SAME_IN_VISIT = {"assetId": "assetId", "customerId": "customerId", "userId": "assignedUserId"}
"""Member of an appointment to member of its visit."""


@requirement(
    "CON-034", SANDBOX, clause=OURS, title="The asset, movement and visit of an incident exist and agree with it"
)
def incident_agrees_with_its_subjects(case: Case) -> None:
    """Reads the assets, movements and visits that incidents show, and compares the ids that both show. A movement has
    to start before its incident."""
    listing = whole_list(case, "listIncidents")
    with case.part("assetId"):
        expect_found_by_id(case, "listAssets", listing.rows, "assetId", "an incident refers to it")
    assets = rows_by_member(known_rows(case, "listAssets"), "assetId")
    for row in listing.rows:
        asset = assets.get(text(row, "assetId"))
        if asset is not None and row.get("deviceId") is not None:
            expected = (
                f"deviceId {row['deviceId']} of asset {row['assetId']}, as incident {row.get('incidentId')} shows"
            )
            fits = same_id(asset.get("deviceId"), row["deviceId"])
            case.expect(fits, expected, asset.get("deviceId"), listing.exchange)
    with case.part("movementId"):
        rows = [row for row in listing.rows if text(row, "movementId") and text(row, "deviceId")]
        for row in varied(rows, _ROWS, case.rng):
            exchange = case.get("getMovementSignature", {"deviceId": row["deviceId"], "movementId": row["movementId"]})
            case.expect(exchange.ok, f"movement {row['movementId']} of an incident", describe(exchange), exchange)
            start, created = parse_instant(exchange.member("start")), parse_instant(row.get("createdOn"))
            if start is not None and created is not None:
                expected = f"movement {row['movementId']} to start before its incident, created on {stamp(created)}"
                case.expect(start <= created + TOLERANCE, expected, stamp(start), (listing.exchange, exchange))
    with case.part("serviceVisitId"):
        _expect_visits_of_incidents(case, listing)


@requirement("CON-036", SANDBOX, clause=OURS, title="A visit and its report agree")
def visit_agrees_with_report(case: Case) -> None:
    """Reads the reports that a few visits show and compares visit, asset and customer."""
    listing = whole_list(case, "listServiceVisits")
    rows = [row for row in listing.rows if text(row, "serviceReportId")]
    for row in varied(rows, _ROWS, case.rng):
        exchange = case.get("getServiceReport", {"serviceReportId": row["serviceReportId"]})
        case.need(exchange.ok, f"report {row['serviceReportId']} of a visit", describe(exchange), exchange)
        for name in ("serviceVisitId", "assetId", "customerId"):
            shown, wanted = exchange.member(name), row.get(name)
            case.expect(same_value(shown, wanted), f"{name} {wanted}, as the visit shows", shown, exchange)


@requirement("CON-037", SANDBOX, clause=OURS, title="An appointment and its visit agree")
def appointment_agrees_with_visit(case: Case) -> None:
    """Joins appointments with the visits of the same time and compares asset, customer and user."""
    listing = whole_list(case, "listAppointments")
    start, stop = listing.call.window or (case.target.now(), case.target.now() + 30 * _DAY)
    visits: dict[str, Row] = {}
    # Two parts, because the longest window of visits is not longer than that of appointments.
    for part in ((start - 2 * _DAY, start + (stop - start) / 2), (start + (stop - start) / 2, stop + 2 * _DAY)):
        exchange = case.call(Call(case.operation("listServiceVisits")).within(*part))
        visits |= rows_by_member(case.rows(exchange), "serviceVisitId")
    for row in listing.rows:
        if not text(row, "serviceVisitId"):
            continue
        visit = visits.get(row["serviceVisitId"], {})
        for name, visit_member in _SAME_IN_VISIT.items():
            shown, wanted = row.get(name), visit.get(visit_member)
            expected = f"{name} {wanted} of appointment {row.get('appointmentId')}, as its visit shows"
            case.expect(same_value(shown, wanted), expected, shown, listing.exchange)


@requirement("CON-038", SANDBOX, clause=OURS, title="The costs of a report add up")
def report_costs_add_up(case: Case) -> None:
    """Compares totalCost of each listed report with labour and parts, and partsCost with quantities and unit costs."""
    listing = whole_list(case, "listServiceReports")
    for row in listing.rows:
        labour, parts_cost, total = (number(row.get(name)) for name in ("laborCost", "partsCost", "totalCost"))
        name = f"report {row.get('serviceReportId')}"
        if labour is not None and parts_cost is not None and total is not None:
            expected = f"totalCost {labour + parts_cost:.2f} of {name}, labour and parts"
            case.expect(abs(total - labour - parts_cost) <= MONEY, expected, total, listing.exchange)
        parts = row.get("parts")
        if (
            isinstance(parts, list)
            and parts
            and parts_cost is not None
            and all(isinstance(part, dict) for part in parts)
        ):
            used = sum((number(part.get("quantity")) or 0) * (number(part.get("unitCost")) or 0) for part in parts)
            expected = f"partsCost {used:.2f} of {name}, the sum of its parts"
            case.expect(abs(used - parts_cost) <= MONEY, expected, parts_cost, listing.exchange)


def _expect_visits_of_incidents(case: Case, listing: Listing) -> None:
    """Expect the visits of some incidents in the list of visits, for the same asset."""
    rows = [row for row in listing.rows if text(row, "serviceVisitId") and parse_instant(row.get("createdOn"))]
    for row in varied(rows, _ROWS // 2, case.rng):
        created = parse_instant(row["createdOn"]) or case.target.now()
        call = Call(case.operation("listServiceVisits")).within(created - 30 * _DAY, created + 60 * _DAY)
        exchange = case.call(call)
        visit = rows_by_member(case.rows(exchange), "serviceVisitId").get(row["serviceVisitId"])
        name = f"visit {row['serviceVisitId']} of incident {row.get('incidentId')}"
        case.expect(visit is not None, f"{name} in the list of visits", "none", (listing.exchange, exchange))
        if visit:
            shown, wanted = visit.get("assetId"), row.get("assetId")
            case.expect(same_value(shown, wanted), f"assetId {wanted} of {name}", shown, exchange)
