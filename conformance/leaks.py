"""Judges that several checks of isolation share: lists side by side, aggregates against lists, two header forms."""

from collections.abc import Callable, Sequence

from conformance.boundary import Bound
from conformance.calls import Call, Listing
from conformance.case import Case
from conformance.comparing import Row, mark
from conformance.discovery import Discovery
from conformance.exchange import Exchange, Key, Request
from conformance.strangers import halves, marks, short, sides
from conformance.tallies import explained, performance_of, summary_of
from conformance.verdict import NotTested, Vacuous
from openapi.contract import Operation

__all__ = [
    "AGGREGATES",
    "aggregate_call",
    "bearer_request",
    "disjoint",
    "farthest",
    "keep_within",
    "own_aggregate",
    "said_by",
]

_VARIANTS: dict[str, tuple[dict[str, object], ...]] = {
    "listAssets": ({"status": None}, {"status": "inactive"}, {"updatedSince": "2000-01-01T00:00:00Z"}),
    "listDevices": ({"updatedSince": "2000-01-01T00:00:00Z"},),
    "listIncidents": ({"fromUtc": "2000-01-01T00:00:00Z"},),
    "listServiceReports": ({"fromUtc": "2000-01-01T00:00:00Z"},),
    "listInventoryParts": ({"status": None}, {"status": "inactive"}),
}
"""Other ways to ask for a list, as changes of its query."""

AGGREGATES: tuple[tuple[str, str, Callable[[Sequence[Row]], dict[str, float]]], ...] = (
    ("getAssetsSummary", "listAssets", summary_of),
    ("getServicePerformance", "listServiceVisits", performance_of),
)
"""(aggregate, list that it is an aggregate of, how to count it)."""


def disjoint(case: Case, operation: Operation) -> None:
    home, away = case.home.listing(operation.operation_id), case.away.listing(operation.operation_id)
    walks = []
    for listing, other in ((home, away), (away, home)):
        calls = [halves(listing), *(short(listing.call.having(change), 500) for change in _variants(operation))]
        if other.call.query != listing.call.query:
            calls.append(short(other.call, 500))
        walks.append([case.walk(call, key=listing.reader, pages=1 if place else 2) for place, call in enumerate(calls)])
    seen = [{text: walk for walk in found for text in marks(operation, walk.rows)} for found in walks]
    both = sorted(seen[0].keys() & seen[1].keys())
    shown = [seen[side][text].last for text in both[:1] for side in (0, 1)]
    expected = f"no row of {operation.operation_id} in the lists of two organisations"
    case.expect(not both, expected, f"{len(both)} in both, e.g. {both[:1]}"[:300], shown or None)


def _variants(operation: Operation) -> tuple[dict[str, object], ...]:
    return _VARIANTS.get(operation.operation_id, ())


def own_aggregate(case: Case, name: str, source: str, tally: Callable[[Sequence[Row]], dict[str, float]]) -> None:
    """Judge the members of an aggregate that differ from what is listed, and that the other organisation explains."""
    for side in sides(case):
        with case.part(name):
            key, theirs, own = side.key(name), side.owned(source), side.own(source)
            if own is None:
                case.vacuous(f"{source} shows no rows")
            call = aggregate_call(case, name, own)
            mine = case.call(call, key=key)
            other = case.call(call, key=side.owner.reader(name))
            rows = [
                case.call(short(Call(own.operation, {}, own.call.query), 500), key=listing.reader)
                for listing in (own, theirs)
            ]
            if any(page.member("hasMore") is True for page in rows):
                case.vacuous(f"{source} has more than one page")
            counted, foreign = (tally(case.rows(page)) for page in rows)
            said = {member: mine.member(member) for member in counted}
            strange = explained(said, counted, foreign, {member: other.member(member) for member in counted})
            expected = f"what is listed: { {member: counted[member] for member in strange} }"
            actual = f"{ {member: said[member] for member in strange} }, where the other organisation has "
            actual += f"{ {member: foreign.get(member) for member in strange} }"
            case.expect(not strange, expected, actual, (*rows, mine))


def aggregate_call(case: Case, name: str, listing: Listing) -> Call:
    call = Call(case.operation(name))
    return call if listing.call.window is None else call.within(*listing.call.window)


def farthest(case: Case, operation: Operation) -> Discovery:
    """Return a second organisation's data where there are any: a key that isn't understood may mean the first's."""
    try:
        case.away.call(operation.operation_id)
    except (NotTested, Vacuous):
        return case.home
    return case.away


def bearer_request(call: Call, key: Key) -> Request:
    headers = (("Authorization", f"Bearer {key.secret}"), ("Accept", "application/json"))
    return Request("GET", call.target, headers, None, key, call.operation.operation_id)


def said_by(exchange: Exchange) -> str:
    """Return what an answer says, in a form to compare, without what changes from call to call."""
    rows = exchange.rows or [exchange.data if exchange.fault is None and isinstance(exchange.data, dict) else {}]
    hidden = ("nextCursor", "generatedOn", "serverTimeUtc")
    return str(
        [mark(None, row) or sorted((name, str(row[name])) for name in row if name not in hidden) for row in rows]
    )


def keep_within(case: Case, bound: Bound, name: str) -> None:
    """Read a list with a bounded key, and look at what each row says it belongs to."""
    member, allowed = ("groupId", bound.key.groups) if bound.kind == "groups" else ("customerId", bound.key.customers)
    with case.part(f"{name}, key bounded to {bound.kind}"):
        key, listing = bound.may(name), case.home.listing(name)
        if not any(bound.outside(row) for row in listing.rows):
            case.vacuous(f"no row of {name} is known to lie outside the boundary")
        calls = [halves(listing), *(short(listing.call.having(change), 500) for change in _variants(listing.operation))]
        for place, call in enumerate(calls):
            walk = case.walk(call, key=key, pages=1 if place else 2)
            odd = [row for row in walk.rows if bound.outside(row)]
            expected = f"{member} to be one of {sorted(map(str, allowed))}"
            case.expect(
                not odd, expected, f"{len(odd)} rows of others, e.g. {[row.get(member) for row in odd[:1]]}", walk.last
            )
