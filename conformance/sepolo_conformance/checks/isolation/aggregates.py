"""Assets summary and service performance count the data of the key only: its organisation, within its boundary."""

from collections.abc import Callable, Sequence

from sepolo_conformance.api.calls import Call, Listing
from sepolo_conformance.checks.common.clauses import OURS, SCOPED
from sepolo_conformance.checks.common.prepared_requests import call_by_bearer
from sepolo_conformance.checks.isolation.bounded_keys import bounded_keys
from sepolo_conformance.checks.isolation.foreign_tenants import tenant_pairs
from sepolo_conformance.compare.aggregates import differs, explained_by_foreign, performance_of, summary_of
from sepolo_conformance.compare.rows import Row
from sepolo_conformance.engine import MUST, SANDBOX, Case, fetch_once, requirement

_Count = Callable[[Sequence[Row]], dict[str, float]]

_AGGREGATES: tuple[tuple[str, str, _Count], ...] = (
    ("getAssetsSummary", "listAssets", summary_of),
    ("getServicePerformance", "listServiceVisits", performance_of),
)
"""(aggregate, list of the rows that it counts, function that counts them)."""
_LARGE_SUM, _MANY_ROWS = 100, 5
"""A sum and a number of rows that two organisations hardly have in common by chance."""


@requirement("ISO-009", MUST, clause=SCOPED, title="The assets summary counts the key's own organisation only")
def summary_counts_own_organisation(case: Case) -> None:
    """Compares each summary with the listed assets. Members that differ must not be the counts of the other
    organisation, nor of both together. Judged only where each list fits on one page."""
    _expect_own_counts(case, *_AGGREGATES[0])


@requirement("ISO-010", MUST, clause=SCOPED, title="Service performance counts the key's own organisation only")
def performance_counts_own_organisation(case: Case) -> None:
    """Compares each service performance with the visits of the same window, as in ISO-009, and without a window.

    Performance and visits may have different default windows. So without one, only a response that shows the counts of
    the other organisation, or of both together, in all members is a finding.
    """
    _expect_own_counts(case, *_AGGREGATES[1])
    _expect_own_counts_without_window(case, *_AGGREGATES[1])


@requirement("ISO-024", SANDBOX, clause=OURS, title="Aggregates of a bounded key count the rows that the key may list")
def bounded_key_aggregates(case: Case) -> None:
    """Compares the aggregates of a bounded key, in either header, with the rows that the same key lists."""
    for bounded in bounded_keys(case):
        for name, source, count in _AGGREGATES:
            with case.part(f"{name}, key bounded to {bounded.kind}"):
                key, listing = bounded.key(name), case.home.listing(source)
                page = case.call(listing.call.with_page_size(), key=bounded.key(source))
                if page.has_more:
                    case.vacuous(f"{source} has more than one page")
                call, counted = _aggregate_call(case, name, listing), count(case.rows(page))
                for exchange in (case.call(call, key=key), call_by_bearer(case, call, key)):
                    shown = {member: exchange.member(member) for member in counted}
                    wrong = {member: value for member, value in shown.items() if differs(value, counted[member])}
                    wanted = {member: counted[member] for member in wrong}
                    expected = f"the counts of the rows that the key lists: {wanted}"
                    case.expect(not wrong, expected, wrong, (page, exchange))


def _expect_own_counts(case: Case, name: str, source: str, count: _Count) -> None:
    """Expect no member that differs from the requester's rows and equals the counts of the other organisation."""
    for pair in tenant_pairs(case):
        with case.part(name):
            key, theirs, own = pair.key(name), pair.owner_list(source), pair.own_list(source)
            if own is None:
                case.vacuous(f"{source} shows no rows")
            call = _aggregate_call(case, name, own)
            exchange = case.call(call, key=key)
            owner_exchange = case.call(call, key=pair.owner.reader(name))
            plain = Call(own.operation, {}, own.call.query).with_page_size()
            pages = [case.call(plain, key=listing.reader) for listing in (own, theirs)]
            if any(page.has_more for page in pages):
                case.vacuous(f"{source} has more than one page")
            counted, foreign = (count(case.rows(page)) for page in pages)
            shown = {member: exchange.member(member) for member in counted}
            owner_shown = {member: owner_exchange.member(member) for member in counted}
            wrong = explained_by_foreign(shown, counted, foreign, owner_shown)
            expected = f"the counts of the listed rows: { {member: counted[member] for member in wrong} }"
            actual = f"{ {member: shown[member] for member in wrong} }, where the other organisation has "
            actual += f"{ {member: foreign.get(member) for member in wrong} }"
            case.expect(not wrong, expected, actual, (*pages, exchange))


def _expect_own_counts_without_window(case: Case, name: str, source: str, count: _Count) -> None:
    """Expect that an aggregate without a window doesn't show the counts of the other organisation in all members."""
    operation = case.operation(name)
    for pair in tenant_pairs(case):
        with case.part(f"{name} without a window"):
            readers = (pair.key(source), pair.owner.reader(source))
            pages = [fetch_once(case, Call(case.operation(source)), reader) for reader in readers]
            if any(page.has_more for page in pages):
                case.vacuous(f"{source} has more than one page")
            own, foreign = (count(page.rows) for page in pages)
            if (
                foreign.keys() != own.keys()
                or foreign["totalVisits"] < _MANY_ROWS
                or max(foreign.values()) < _LARGE_SUM
            ):
                case.vacuous("the other organisation has too few visits to recognise their counts")
            exchange = fetch_once(case, Call(operation), pair.key(name))
            both = {member: own[member] + foreign[member] for member in own}
            for whose, claim in (("the other organisation", foreign), ("both organisations together", both)):
                equal = not any(differs(exchange.member(member), value) for member, value in claim.items())
                expected = f"the counts of the visits listed without a window: {own}"
                case.expect(claim == own or not equal, expected, f"{claim}, the counts of {whose}", (*pages, exchange))


def _aggregate_call(case: Case, name: str, listing: Listing) -> Call:
    """Return the call of an aggregate for the window of a listing."""
    call = Call(case.operation(name))
    return call if listing.call.window is None else call.within(*listing.call.window)
