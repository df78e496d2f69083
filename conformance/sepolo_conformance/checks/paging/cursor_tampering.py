"""Cursors that no server issues: altered, cut, extended or invented. They return no 5xx and no foreign row."""

from collections.abc import Sequence
from typing import Any

from sepolo_conformance.api.calls import Call, Listing, paged_lists
from sepolo_conformance.checks.common.clauses import PREVIOUS_CURSOR, SCOPED
from sepolo_conformance.checks.common.list_walks import MAX_PAGE_SIZE, second_page_cursor, walk_again, walk_once
from sepolo_conformance.checks.common.response_checks import expect_rejected
from sepolo_conformance.checks.paging.list_selection import short_lists
from sepolo_conformance.compare.sequences import Reading
from sepolo_conformance.engine import MUST, SANDBOX, SHOULD, Case, Exchange, describe, requirement
from sepolo_conformance.model.keys import Key

_INVENTED = ("garbage", "not-a-cursor")
_ODD = ("-1", "99999999999999999999", "e30", "bnVsbA", "'", "A" * 600, "AAAAAAAA==", "../..", "🂡", "W10", "1 OR 1=1")
"""Numbers, base64 of JSON, quotes, paths and characters beyond ASCII; each operation gets a different one."""
_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"


@requirement(
    "PAG-024",
    MUST,
    clause=SCOPED,
    title="An altered, cut or invented cursor returns no 5xx and no row from outside the list",
)
def tampered_cursor_returns_no_foreign_rows(case: Case) -> None:
    """Sends invented, altered and cut cursors to each list and looks for rows that the list does not contain."""
    for listing in short_lists(case):
        with case.part(listing.operation.operation_id):
            tried = (*_invented(case, listing), _odd(case, listing), *_altered(case, listing))
            for cursor, page in tried:
                expect_no_foreign_rows(case, cursor, page, listing.call)


@requirement(
    "PAG-025",
    SHOULD,
    clause=f'{PREVIOUS_CURSOR} And: "validation errors return 400".',
    title="An invented cursor is rejected with 400",
)
def invented_cursor_is_rejected(case: Case) -> None:
    """Sends two invented cursors to each list."""
    for listing in short_lists(case):
        for cursor, page in _invented(case, listing):
            expect_rejected(case, f"{listing.operation.operation_id} with cursor={cursor}", page)


@requirement(
    "PAG-026",
    SANDBOX,
    clause="Our own choice: cursors are signed.",
    title="A cursor that was altered in any place, cut or extended is rejected with 400",
)
def altered_cursor_is_rejected(case: Case) -> None:
    """Sends cursors of each list with one character changed in the middle, cut by one character and cut in half, then
    cursors that are altered in a place drawn by Hypothesis, or extended."""
    for listing in short_lists(case):
        with case.part(listing.operation.operation_id):
            for how, page in _altered(case, listing):
                expect_rejected(case, f"{listing.operation.operation_id} with a cursor {how}", page)
    _expect_rejected_anywhere(case, list(short_lists(case)))


def _invented(case: Case, listing: Listing) -> list[tuple[str, Exchange]]:
    """Return the responses to cursors that no server issues."""
    return [(text, page_after(case, listing.call, text)) for text in _INVENTED]


def _odd(case: Case, listing: Listing) -> tuple[str, Exchange]:
    """Return one of the malformed cursors, a different one for each operation, and the response to it."""
    place = paged_lists(case.contract).index(listing.operation)
    text = _ODD[place % len(_ODD)]
    return text, page_after(case, listing.call, text)


def _altered(case: Case, listing: Listing) -> list[tuple[str, Exchange]]:
    """Return the responses to a valid cursor that was altered in three ways, each with a description of the change."""
    cursor = second_page_cursor(case, listing)
    middle = len(cursor) // 2
    ways = {
        "with one character changed in the middle": _with_character_changed(cursor, middle),
        "cut by its last character": cursor[:-1],
        "cut in half": cursor[:middle],
    }
    # An empty cursor means no cursor, which returns the first page.
    return [(how, page_after(case, listing.call, text)) for how, text in ways.items() if text and text != cursor]


def _with_character_changed(cursor: str, place: int, step: int = 1) -> str:
    """Return a cursor with another letter or digit in one place; `step` from 1 to 40 selects the character."""
    # At least 17 characters further: the last bits of base64 may mean nothing, so a neighbour could be equivalent.
    new = _ALPHABET[(_ALPHABET.find(cursor[place]) + 16 + step) % len(_ALPHABET)]
    return cursor[:place] + new + cursor[place + 1 :]


def _expect_rejected_anywhere(case: Case, listings: Sequence[Listing]) -> None:
    """Expect 400 for a cursor of any list that is altered in any place, or extended by a character."""
    from hypothesis import strategies as st  # noqa: PLC0415 - Hypothesis is slow to import

    known = []
    for listing in listings:
        with case.part(listing.operation.operation_id):
            known.append((listing, second_page_cursor(case, listing)))
    if not known:
        return

    def judge(drawn: tuple[int, int, int]) -> None:
        which, place, step = drawn
        listing, cursor = known[which]
        text = _with_character_changed(cursor, place % len(cursor), step) if step else cursor + "A"
        page = case.call(listing.call.having(cursor=text))
        expect_rejected(case, f"{listing.operation.operation_id} with cursor {cursor} altered to {text}", page)

    case.forall(st.tuples(st.integers(0, len(known) - 1), st.integers(0, 511), st.integers(0, 40)), judge, examples=10)


def page_after(case: Case, call: Call, cursor: str, key: Key | None = None) -> Exchange:
    """Return the response to a page of two rows after a cursor, requested once in a run."""
    call = call.having(pageSize=2, cursor=cursor)

    def send() -> Exchange:
        return case.call(call) if key is None else case.call(call, key=key)

    return case.once(("cursor", call.target, key.name if key else None), send)


def expect_no_foreign_rows(case: Case, cursor: str, page: Exchange, *lists: Call) -> None:
    """Expect a response without 5xx and without rows that none of the lists contains.

    The lists are read again before a finding, as they may have gained rows. `cursor` describes the cursor.
    """
    name = lists[0].operation.operation_id
    expected = f"{name} with cursor {cursor}: rejected, or only rows of that list"
    if not case.expect(page.status < 500, expected, describe(page), page) or not page.rows:
        return
    walks = [walk_once(case, call, MAX_PAGE_SIZE) for call in lists]
    if not all(walk.ended for walk in walks):
        return
    foreign = _foreign_rows(page, [walk.reading for walk in walks])
    if foreign:
        foreign = _foreign_rows(page, [walk_again(case, call, MAX_PAGE_SIZE).reading for call in lists])
    shown = "; ".join(", ".join(map(str, value))[:160] for value in foreign[:2])
    case.expect(not foreign, expected, f"{len(foreign)} rows of other lists: {shown}", page)


def _foreign_rows(page: Exchange, readings: Sequence[Reading]) -> list[tuple[Any, ...]]:
    """Return the identities of the rows of a page that none of the readings contains."""
    known = {row_id.value for reading in readings for row_id in reading.row_ids}
    found = Reading(readings[0].operation, tuple(page.rows), ended=False).row_ids
    return [row_id.value for row_id in found if row_id.value not in known]
