"""A Hypothesis state machine that reads pages of several lists in any order.

Hypothesis is slow to import, so import this module inside a function.

The model of a list is the sequence of its rows on one page of 500. Each cursor corresponds to a place in this sequence,
and the page after a cursor has to begin at that place, in any order of requests.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from sepolo_conformance.api.calls import Listing
from sepolo_conformance.checks.common.list_changes import end_if_changed
from sepolo_conformance.checks.common.list_walks import MAX_PAGE_SIZE, walk_once
from sepolo_conformance.compare.sequences import Reading, describe_rows
from sepolo_conformance.engine import Case, Exchange, describe

_SIZE = 3
_SIZES = (3, 1, 2, 5, MAX_PAGE_SIZE)


@dataclass
class Position:
    """A position in a list.

    `model` is the reading of the list on one page. `pages` are the known pages, each with its cursor and the number of
    rows before it; `at` is the index of the current page, `last` the exchange that was read last.
    """

    listing: Listing
    model: Reading
    pages: list[tuple[str | None, int]] = field(default_factory=lambda: [(None, 0)])
    at: int = 0
    last: Exchange | None = None


def page_machine(case: Case, listings: Sequence[Listing], *, resize: bool) -> type[RuleBasedStateMachine]:
    """Return a state machine over lists that were read to their end, with pages of 3 rows, or of any size."""
    which = st.integers(0, len(listings) - 1)
    size = st.sampled_from(_SIZES) if resize else st.just(_SIZE)

    class PageMachine(RuleBasedStateMachine):
        def __init__(self) -> None:
            super().__init__()
            self.positions = [Position(one, walk_once(case, one.call, MAX_PAGE_SIZE).reading) for one in listings]

        @rule(which=which, size=size)
        def go_forward(self, which: int, size: int) -> None:
            position = self.positions[which]
            if position.last is not None:
                position.at = min(position.at + 1, len(position.pages) - 1)
            _read_page(case, position, size)

        @rule(which=which, size=size)
        def repeat(self, which: int, size: int) -> None:
            _read_page(case, self.positions[which], size)

        @rule(which=which, size=size, back=st.integers(1, 3))
        def go_back(self, which: int, size: int, back: int) -> None:
            position = self.positions[which]
            position.at = max(0, position.at - back)
            _read_page(case, position, size)

    return PageMachine


def _read_page(case: Case, position: Position, size: int) -> None:
    """Read the current page, compare it with the model and keep its cursor."""
    listing, (cursor, before) = position.listing, position.pages[position.at]
    page = case.call(listing.call.having(pageSize=size, cursor=cursor), follows=position.last)
    position.last = page
    got = Reading(listing.operation, tuple(page.rows), ended=False).row_ids
    rows = position.model.row_ids
    want = rows[before : before + len(got)]
    more = before + len(got) < len(rows)
    good = page.status == 200 and [row_id.value for row_id in got] == [row_id.value for row_id in want]
    good = good and (page.member("hasMore") is True or not more)
    if not good:
        end_if_changed(case, listing.call, position.model)
    name = listing.operation.operation_id
    expected = f"{name}: {size} rows from row {before + 1}, as before: {describe_rows(listing.operation, want, 2)}"
    actual = describe(page) if page.status != 200 else describe_rows(listing.operation, got, 2)
    case.expect(good, expected, f"{actual}; hasMore {page.member('hasMore')}", page)
    following = page.member("nextCursor")
    if isinstance(following, str) and following:
        # Another page size leads to other cursors, which replace those of later pages.
        position.pages[position.at + 1 :] = [(following, before + len(got))]
