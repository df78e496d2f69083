"""Instants of a row that can only be in one order."""

from sepolo_conformance.api.timestamps import parse_instant
from sepolo_conformance.checks.common.clauses import OURS
from sepolo_conformance.checks.common.whole_lists import whole_list
from sepolo_conformance.engine import SANDBOX, Case, requirement

_ORDERED = {
    "listAssets": (("createdOn", "updatedOn"),),
    "listDevices": (("createdOn", "updatedOn"),),
    "listMovements": (("start", "stop"), ("stop", "anomalyDecisionOn")),
    "listIncidents": (("createdOn", "acknowledgedOn"), ("acknowledgedOn", "resolvedOn"), ("createdOn", "updatedOn")),
    "listServiceReports": (("startedOn", "completedOn"), ("createdOn", "updatedOn")),
    "listServiceVisits": (("plannedStart", "plannedEnd"), ("actualStart", "actualEnd"), ("createdOn", "updatedOn")),
    "listAppointments": (("start", "end"), ("createdOn", "updatedOn")),
    "listCustomers": (("createdOn", "updatedOn"),),
}
"""By list, pairs of members of which the first can't be later than the second."""


@requirement(
    "CON-040",
    SANDBOX,
    clause=OURS,
    title="Instants of a row are in order: created before updated, started before completed",
)
def instants_are_in_order(case: Case) -> None:
    """Compares pairs of instants of every listed row."""
    for name, pairs in _ORDERED.items():
        with case.part(name):
            listing = whole_list(case, name)
            for row in listing.rows:
                for first, second in pairs:
                    one, two = parse_instant(row.get(first)), parse_instant(row.get(second))
                    if one is not None and two is not None:
                        expected = f"{first} {row[first]} not after {second}"
                        case.expect(one <= two, expected, row[second], listing.exchange)
