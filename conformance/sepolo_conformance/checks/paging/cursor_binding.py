"""Cursors used with another list than their own: another operation, path, filter, window, key or organisation."""

from collections.abc import Iterator
from typing import Any

from sepolo_conformance.api.calls import Call, Listing, paged_lists
from sepolo_conformance.api.filter_rules import rules_of
from sepolo_conformance.api.row_identity import complete_identity
from sepolo_conformance.checks.common.clauses import SCOPED
from sepolo_conformance.checks.common.list_walks import second_page_cursor, short_list
from sepolo_conformance.checks.common.response_checks import expect_rejected, outcome
from sepolo_conformance.checks.paging.cursor_tampering import expect_no_foreign_rows, page_after
from sepolo_conformance.checks.paging.list_selection import short_lists
from sepolo_conformance.compare.sequences import Reading
from sepolo_conformance.engine import MUST, SANDBOX, Case, Exchange, requirement
from sepolo_openapi.contract import Operation

_ID_SOURCES = {"deviceId": "listDevices", "assetId": "listAssets", "cycleId": "listPointGuardCycles"}
"""Path parameters and the lists that show further values for them."""


@requirement(
    "PAG-027", MUST, clause=SCOPED, title="A cursor of another organisation returns none of its rows and no 5xx"
)
def cursor_of_another_organisation_returns_no_rows(case: Case) -> None:
    """Sends cursors of a second organisation's lists with a key of the first, and looks for ids that only the second
    organisation has."""
    for listing in short_lists(case):
        with case.part(listing.operation.operation_id):
            page, foreign = _page_after_foreign_cursor(case, listing)
            home = case.home.listing(listing.operation.operation_id)
            own = {complete_identity(listing.operation, row) for row in home.rows}
            found = [row for row in page.rows if complete_identity(listing.operation, row) in foreign - own]
            if found and not home.complete and _ids_may_be_shared(listing.operation):
                case.vacuous("the list is too long to distinguish its own ids from those of the other organisation")
            expected = f"{listing.operation.operation_id}: no rows of the organisation whose cursor was sent"
            case.expect(page.status < 500 and not found, expected, f"{outcome(page)}: {found[:1]}", page)


@requirement(
    "PAG-028",
    SANDBOX,
    clause="Our own choice: a cursor belongs to its operation, path, filters and key.",
    title="A cursor that is sent with another list than its own is rejected with 400",
)
def foreign_cursor_is_rejected(case: Case) -> None:
    """Sends a cursor of each list with another operation, path, filter, key and organisation."""
    for listing in short_lists(case):
        with case.part(listing.operation.operation_id):
            for origin, page, _ in _pages_after_foreign_cursors(case, listing):
                expect_rejected(case, f"{listing.operation.operation_id} with a cursor {origin}", page)
        with case.part(listing.operation.operation_id):
            page, _ = _page_after_foreign_cursor(case, listing)
            expect_rejected(case, f"{listing.operation.operation_id} with a cursor of another organisation", page)


@requirement(
    "PAG-029",
    MUST,
    clause=SCOPED,
    title="A cursor of another list or filter returns no 5xx and no row that neither list contains",
)
def foreign_cursor_returns_no_foreign_rows(case: Case) -> None:
    """Sends cursors as in PAG-028 and looks for rows that neither of the two lists contains."""
    for listing in short_lists(case):
        with case.part(listing.operation.operation_id):
            for origin, page, sources in _pages_after_foreign_cursors(case, listing):
                expect_no_foreign_rows(case, origin, page, *sources)


def _ids_may_be_shared(operation: Operation) -> bool:
    """Return whether rows of two organisations may have the same id: customer numbers may, UUIDs may not."""
    return operation.page is not None and operation.page.identity in (("customerId",), ("deviceId",))


def _pages_after_foreign_cursors(case: Case, listing: Listing) -> Iterator[tuple[str, Exchange, tuple[Call, ...]]]:
    """Yield the origin of a valid cursor, the response to it in a place where it doesn't belong, and the lists whose
    rows that response may contain."""
    for source in _other_lists(case, listing):
        yield "of another operation", page_after(case, listing.call, second_page_cursor(case, source)), (listing.call,)
        break
    cursor = second_page_cursor(case, listing)
    for origin, call in _other_calls(case, listing):
        yield origin, page_after(case, call, cursor), (listing.call, call)
    mine = listing.reader
    for entry in case.target.identities():
        twin = entry.organization_id == mine.organization_id and entry.key.name != mine.key.name
        if twin and entry.holds(listing.operation.scope) and not entry.bounded:
            yield "of another key", page_after(case, listing.call, cursor, entry.key), (listing.call,)
            break


def _other_lists(case: Case, listing: Listing) -> Iterator[Listing]:
    """Yield lists of other operations that have a second page, in the order of the contract from this one on."""
    operations = paged_lists(case.contract)
    place = operations.index(listing.operation)
    for operation in (*operations[place + 1 :], *operations[:place]):
        with case.part(operation.operation_id):
            found = short_list(case, operation)
            second_page_cursor(case, found)
            yield found


def _other_calls(case: Case, listing: Listing) -> Iterator[tuple[str, Call]]:
    """Yield calls of the same operation with another id in the path, another filter or another window."""
    call = listing.call
    for name in [name for name in _ID_SOURCES if name in call.ids][-1:]:
        rows = case.home.listing(_ID_SOURCES[name]).rows
        others = [row[name] for row in rows if isinstance(row.get(name), str) and row[name] != call.ids[name]]
        for other in others[:1]:
            yield f"of another {name}", Call(call.operation, {**call.ids, name: other}, call.query)
    for rule in rules_of(call.operation.operation_id):
        values = [value for value in rule.values(listing.rows) if str(call.query.get(rule.name)) != str(value)]
        if values:
            yield f"of a list without {rule.name}={values[0]}", call.having({rule.name: values[0]})
            return
    if call.window is not None:
        start, stop = call.window
        yield "of another window", call.within(start, start + (stop - start) / 2)


def _page_after_foreign_cursor(case: Case, listing: Listing) -> tuple[Exchange, set[tuple[Any, ...] | None]]:
    """Return the response to a cursor of the second organisation, and the ids of that organisation's rows."""
    foreign = case.away.listing(listing.operation.operation_id)
    page = case.once(
        ("first page of the second organisation", foreign.call.target),
        lambda: case.call(foreign.call.having(pageSize=1), key=foreign.reader),
    )
    cursor = page.member("nextCursor")
    if not isinstance(cursor, str) or not cursor:
        case.vacuous("the second organisation's list has no second page")
    rows = (*foreign.rows, *page.rows)
    ids = {row_id.value for row_id in Reading(listing.operation, rows, ended=False).row_ids if row_id.sure}
    return page_after(case, listing.call, cursor), set(ids)
