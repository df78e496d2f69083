"""Judges that several checks of isolation share: lists side by side, aggregates against lists, two header forms."""

from collections.abc import Callable, Sequence

from sepolo_conformance.api.calls import Call, Listing
from sepolo_conformance.api.filter_rules import equality_filters
from sepolo_conformance.checks.isolation.boundaries import Bound
from sepolo_conformance.checks.isolation.foreign_tenants import fingerprints, halves, short, sides
from sepolo_conformance.compare.aggregates import differs, explained, performance_of, summary_of
from sepolo_conformance.compare.rows import Row, fingerprint, is_uuid, scalars
from sepolo_conformance.engine.case import Case
from sepolo_conformance.engine.shared_responses import fetch_once
from sepolo_conformance.model.keys import Key
from sepolo_conformance.model.outcomes import NotTested, Vacuous
from sepolo_conformance.target.discovery import Discovery
from sepolo_conformance.transport.exchange import Exchange, Request
from sepolo_openapi.contract import Operation

__all__ = [
    "AGGREGATES",
    "aggregate_call",
    "bearer_request",
    "beyond",
    "disjoint",
    "farthest",
    "keep_within",
    "open_aggregate",
    "own_aggregate",
    "said_by",
]

_VARIANTS: dict[str, tuple[dict[str, object], ...]] = {
    "listAssets": ({"status": None}, {"status": "inactive"}, {"updatedSince": "2000-01-01T00:00:00Z"}),
    "listDevices": ({"updatedSince": "2000-01-01T00:00:00Z"},),
    "listIncidents": ({"fromUtc": "2000-01-01T00:00:00Z"},),
    "listServiceReports": ({"fromUtc": "2000-01-01T00:00:00Z"},),
    "listServiceVisits": ({"fromUtc": None, "toUtc": None},),
    "listAppointments": ({"fromUtc": None, "toUtc": None},),
    "listInventoryParts": ({"status": None}, {"status": "inactive"}),
}
"""Other ways to ask for a list, as changes of its query."""

_BY_BEARER = ("listAssets", "listDevices")
"""Lists that a bounded key reads after Bearer too."""
_BELONGING = ("groupId", "customerId", "assetId", "deviceId", "vendorId")
"""Filters that may lie outside a boundary themselves."""
_LARGE, _MANY = 100, 5
"""A sum and a number of rows that are hardly the same by chance."""

AGGREGATES: tuple[tuple[str, str, Callable[[Sequence[Row]], dict[str, float]]], ...] = (
    ("getAssetsSummary", "listAssets", summary_of),
    ("getServicePerformance", "listServiceVisits", performance_of),
)
"""(aggregate, list that it is an aggregate of, how to count it)."""


def disjoint(case: Case, operation: Operation) -> None:
    home, away = case.home.listing(operation.operation_id), case.away.listing(operation.operation_id)
    seen: list[dict[str, Exchange]] = []
    for listing, other in ((home, away), (away, home)):
        calls = [short(listing.call.having(change), 500) for change in _variants(operation)]
        if other.call.query != listing.call.query:
            calls.append(short(other.call, 500))
        pages = [*case.walk(halves(listing), key=listing.reader, pages=2).pages]
        pages += [fetch_once(case, call, listing.reader) for call in calls]
        seen.append({text: page for page in pages for text in fingerprints(operation, page.rows)})
    both = sorted(seen[0].keys() & seen[1].keys())
    shown = [found[text] for text in both[:1] for found in seen]
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


def open_aggregate(case: Case, name: str, source: str, tally: Callable[[Sequence[Row]], dict[str, float]]) -> None:
    """Judge an aggregate without a window by the list without one.

    Their windows may differ, so nothing counts but that all members say what the other organisation has, or both.
    """
    operation = case.operation(name)
    for side in sides(case):
        with case.part(f"{operation.operation_id} without a window"):
            readers = (side.key(source), side.owner.reader(source))
            rows = [fetch_once(case, Call(case.operation(source)), reader) for reader in readers]
            if any(page.member("hasMore") is True for page in rows):
                case.vacuous(f"{source} has more than one page")
            own, foreign = (tally(page.rows) for page in rows)
            if foreign.keys() != own.keys() or foreign["totalVisits"] < _MANY or max(foreign.values()) < _LARGE:
                case.vacuous("the other organisation has too little to be known by")
            mine = fetch_once(case, Call(operation), side.key(operation.operation_id))
            claims = {"has": foreign, "and this one have": {name: own[name] + foreign[name] for name in own}}
            for how, claim in claims.items():
                whole = claim != own and not any(differs(mine.member(name), value) for name, value in claim.items())
                expected = f"what is listed without a window: {own}"
                case.expect(not whole, expected, f"{claim}, which the other organisation {how}", (*rows, mine))


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
    plain = [{name: value.lower() if is_uuid(value) else value for name, value in row.items()} for row in rows]
    return str(
        [
            fingerprint(None, row) or sorted((name, str(row[name])) for name in row if name not in hidden)
            for row in plain
        ]
    )


def keep_within(case: Case, bound: Bound, name: str) -> None:
    """Read a list with a bounded key, and look at what each row says it belongs to."""
    member, allowed = ("groupId", bound.key.groups) if bound.kind == "groups" else ("customerId", bound.key.customers)
    with case.part(f"{name}, key bounded to {bound.kind}"):
        key, listing = bound.may(name), case.home.listing(name)
        if not any(bound.outside(row) for row in listing.rows):
            case.vacuous(f"no row of {name} is known to lie outside the boundary")
        pages = [*case.walk(halves(listing), key=key, pages=2).pages]
        pages += [case.call(call, key=key) for call in beyond(listing, bound.outside)]
        pages += [case.send(bearer_request(short(listing.call, 500), key.key)) for _ in range(name in _BY_BEARER)]
        for page in pages:
            odd = [row for row in page.rows if bound.outside(row)]
            expected = f"{member} to be one of {sorted(map(str, allowed))}"
            actual = f"{len(odd)} rows of others, e.g. {[row.get(member) for row in odd[:1]]}"
            case.expect(not odd, expected, actual, page)


def beyond(listing: Listing, outside: Callable[[Row], bool], *, together: bool = False) -> list[Call]:
    """Return other ways to ask for a list: its variants, and each filter by a value that a row outside has.

    `together` asks for all of that at once where there are several.
    """
    operation = listing.operation
    hidden = [row for row in listing.rows if outside(row)]
    names = [name for name in equality_filters(operation.operation_id) if name not in _BELONGING]
    values = {name: scalars(hidden, name)[:1] for name in names}
    changes: list[dict[str, object]] = [dict(change) for change in _variants(operation)]
    changes += [{name: found[0]} for name, found in values.items() if found]
    if together:
        changes = [{name: value for change in changes for name, value in change.items()}] if changes else []
    return [short(listing.call.having(change), 500) for change in changes]
