"""Instants of a row that can only be in one order, and instants that can't be in the future."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from operator import itemgetter
from types import MappingProxyType

from sepolo_conformance.api.calls import lists
from sepolo_conformance.api.timestamps import CLOCK_TOLERANCE, parse_instant, stamp
from sepolo_conformance.checks.common.clauses import OURS
from sepolo_conformance.checks.common.cycles import movements
from sepolo_conformance.checks.common.whole_lists import whole_list
from sepolo_conformance.compare.rows import Row
from sepolo_conformance.engine import SANDBOX, SHOULD, Case, Exchange, requirement

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
_PAST = frozenset(
    {
        "createdOn",
        "updatedOn",
        "lastSeen",
        "stamp",
        "lastServiceOn",
        "acknowledgedOn",
        "resolvedOn",
        "anomalyDecisionOn",
    }
)
"""Members whose instants have passed, whichever list shows them."""
_PAST_IN: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "listPointGuardCycles": frozenset({"start", "stop"}),
        "listMovements": frozenset({"start", "stop"}),
        "listServiceVisits": frozenset({"actualStart", "actualEnd"}),
    }
)
"""Further ones by list; `start` and `end` of an appointment may be planned. Not those of reports, startedOn and
completedOn, since a client sent them."""


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


@requirement(
    "CON-047",
    SHOULD,
    clause="What is shown as done has happened: its time isn't later than serverTimeUtc of /me.",
    title="Instants that have passed are not in the future",
)
def past_instants_are_not_in_the_future(case: Case) -> None:
    """Compares the latest of each member that shows when something happened, in every list, in signatures and in the
    assets summary, with the time in /me, which is requested afterwards. Tolerates ten minutes."""
    found = list(_latest_instants(case))
    me = case.get("getMe")
    now = parse_instant(me.member("serverTimeUtc")) or case.target.now()
    for operation, member, latest, exchange in found:
        with case.part(operation):
            expected = f"{member} not after {stamp(now)}, the time of the server"
            case.expect(latest <= now + CLOCK_TOLERANCE, expected, stamp(latest), (exchange, me))


def _latest_instants(case: Case) -> Iterator[tuple[str, str, datetime, Exchange]]:
    """Yield the latest instant of each member that shows one: operation, member, instant, and a response to show."""
    for operation in lists(case.contract):
        name = operation.operation_id
        members = (_PAST | _PAST_IN.get(name, frozenset())) & set(case.contract.members(operation.row_schema or ""))
        with case.part(name):
            if members:
                listing = whole_list(case, name)
                listed = [(row, listing.exchange) for row in listing.rows]
                for member in sorted(members):
                    yield from _latest(name, member, listed)
    with case.part("getMovementSignature"):
        read = [movement.signature for movement in movements(case)]
        shown = [(exchange.data, exchange) for exchange in read if isinstance(exchange.data, dict)]
        yield from _latest("getMovementSignature", "calculatedOn", shown)
    with case.part("getAssetsSummary"):
        summary = case.get("getAssetsSummary")
        yield from _latest(
            "getAssetsSummary", "generatedOn", [({"generatedOn": summary.member("generatedOn")}, summary)]
        )


def _latest(
    operation: str, member: str, shown: Sequence[tuple[Row, Exchange]]
) -> Iterator[tuple[str, str, datetime, Exchange]]:
    instants = ((parse_instant(row.get(member)), exchange) for row, exchange in shown)
    found = [(instant, exchange) for instant, exchange in instants if instant is not None]
    if found:
        latest, exchange = max(found, key=itemgetter(0))
        yield operation, member, latest, exchange
