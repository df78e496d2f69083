"""The parameter names of a window's ends: from and to, and their other names fromUtc and toUtc."""

from datetime import timedelta

from sepolo_conformance.api.calls import Call, Listing
from sepolo_conformance.api.timestamps import stamp
from sepolo_conformance.checks.common.list_changes import data_changed, end_if_listing_changed
from sepolo_conformance.checks.common.response_checks import expect_accepted, expect_rejected
from sepolo_conformance.checks.common.window_calls import QUIET_DAY, read_once, span_text, windowed_operations
from sepolo_conformance.checks.windows.windowed_calls import window_operations, with_end_names
from sepolo_conformance.compare.sequences import Reading
from sepolo_conformance.engine import MUST, SANDBOX, SHOULD, Case, Exchange, describe, fetch_once, requirement
from sepolo_openapi.contract import WindowRule

_ALIASES = 'Published page: "fromUtc is also accepted", "toUtc is also accepted".'
_DAY = timedelta(days=1)


@requirement(
    "WIN-003",
    MUST,
    clause=_ALIASES,
    title="A window named fromUtc and toUtc contains the same rows as one named from and to",
)
def aliases_return_same_rows(case: Case) -> None:
    """Compares the rows of a window by from and to with those by fromUtc and toUtc, of a short list in two pages."""
    for operation, window, call in window_operations(case):
        # If from and to were rejected, there would be no rows to compare.
        if window.aliases:
            page = fetch_once(case, call.within(QUIET_DAY, QUIET_DAY + _DAY))
            expect_accepted(case, f"{operation.operation_id} with from and to", page)
    _expect_same_rows(case, mixed=False)


@requirement(
    "WIN-004", SHOULD, clause=_ALIASES, title="Either name of one end may be combined with either name of the other end"
)
def mixed_names_return_same_rows(case: Case) -> None:
    """Compares the rows of a window by from and to with those by from and toUtc, and by fromUtc and to."""
    _expect_same_rows(case, mixed=True)


@requirement(
    "WIN-005",
    SANDBOX,
    clause="Our own choice: an end that is given by both names must be the same instant.",
    title="An end given by both its names is accepted if they agree, otherwise rejected with 400",
)
def both_names_have_to_agree(case: Case) -> None:
    """Gives both ends by both names: with the same instants, then with two instants for one end after the other."""
    for operation, window, call in window_operations(case):
        name = operation.operation_id
        full = call.within(QUIET_DAY, QUIET_DAY + _DAY)
        twins = {alias: full.query[end] for alias, end in window.aliases.items()}
        if twins:
            expect_accepted(case, f"{name} with equal from and fromUtc, to and toUtc", case.call(full.having(twins)))
        for alias, end in window.aliases.items():
            page = case.call(full.having({**twins, alias: stamp(QUIET_DAY + _DAY / 2)}))
            expect_rejected(case, f"{name} with different {end} and {alias}", page)


@requirement(
    "WIN-031",
    SANDBOX,
    clause="Our own choice: the published page lists only fromUtc and toUtc for these operations.",
    title="from and to are ignored where the window is named fromUtc and toUtc only",
)
def undocumented_names_are_ignored(case: Case) -> None:
    """Adds from and to with another time where only fromUtc and toUtc are documented, and compares the responses."""
    for operation, window, call in window_operations(case):
        if not window.aliases and not window.required:
            plain = call.within(case.target.now() - 10 * _DAY, case.target.now())
            one, other = fetch_once(case, plain), case.call(plain.having({"from": stamp(QUIET_DAY), "to": "never"}))
            same = other.status == 200 and None is one.fault is other.fault and one.data == other.data
            if not same and other.status == 200 and data_changed(case, plain, one):
                continue
            expected = f"{operation.operation_id}: the same response with from and to added"
            case.expect(same, expected, describe(other), (one, other))


def _expect_same_rows(case: Case, *, mixed: bool) -> None:
    """Expect the rows of a list again, with both ends given by their aliases, or with one of them.

    A short list ends within a day or so, and may have the rows of a default window. A long one has not.
    """
    for operation, window in windowed_operations(case):
        if not window.aliases:
            continue
        with case.part(operation.operation_id):
            long = case.home.listing(operation.operation_id)
            short = case.home.small(operation.operation_id, 5, 12)
            for start, end in _name_pairs(window, mixed=mixed):
                names = f"{operation.operation_id} with {start} and {end}"
                for listing in (long,) if mixed or short is long else (short, long):
                    call = with_end_names(window, listing.call, start, end)
                    page, reading = (
                        read_once(case, call) if listing is long else _read_in_two_pages(case, listing, call)
                    )
                    want = Reading.of_listing(listing)
                    good = set(reading.row_ids) == set(want.row_ids)
                    if not good:
                        end_if_listing_changed(case, listing)
                    expected = f"{names}: {len(want.row_ids)} rows, as with {window.start} and {window.end}"
                    case.expect(good, expected, span_text(operation, reading.rows), (listing.exchange, page))


def _name_pairs(window: WindowRule, *, mixed: bool) -> list[tuple[str, str]]:
    """Return names for start and end: both aliases, or in turn one alias and one canonical name."""
    alias = {end: name for name, end in window.aliases.items()}
    if mixed:
        return [(window.start, alias[window.end]), (alias[window.start], window.end)]
    return [(alias[window.start], alias[window.end])]


def _read_in_two_pages(case: Case, listing: Listing, call: Call) -> tuple[Exchange, Reading]:
    """Return the last page and all rows of a list read in two pages, as the aliases have to hold with a cursor too."""
    if not listing.complete or len(listing.rows) < 2:
        return read_once(case, call)
    # A server may return shorter pages than pageSize.
    walk = case.walk(call.having(pageSize=-(-len(listing.rows) // 2)), pages=len(listing.rows))
    case.need(walk.last.status == 200, "status 200", describe(walk.last), walk.last)
    if not walk.ended and walk.problem is None:
        case.vacuous("the list has more pages than it had rows")
    return walk.last, walk.reading
