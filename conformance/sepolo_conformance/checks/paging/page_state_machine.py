"""A partner who wanders through lists: the page walk as a state machine. Kept apart, as Hypothesis is slow to import.

The model of a list is the sequence of its rows as one page of 500 showed them. A cursor stands for a place in it;
whatever way one came there, the page has to begin at that place.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from sepolo_conformance.api.calls import Listing
from sepolo_conformance.checks.common.list_walks import LARGEST, walked
from sepolo_conformance.checks.paging.agreement import unmoved
from sepolo_conformance.compare.sequences import Reading, RowId, show
from sepolo_conformance.engine.case import Case, describe
from sepolo_conformance.transport.exchange import Exchange

__all__ = ["wanderer"]

_SIZE = 3
_SIZES = (3, 1, 2, 5, 500)


@dataclass
class Place:
    """Where one is in a list. `pages` are the cursors met, each with the number of rows before it; `at` one of them."""

    listing: Listing
    rows: list[RowId]
    pages: list[tuple[str | None, int]] = field(default_factory=lambda: [(None, 0)])
    at: int = 0
    last: Exchange | None = None


def wanderer(case: Case, listings: Sequence[Listing], *, resize: bool) -> type[RuleBasedStateMachine]:
    """Return a machine that goes through lists that are known to their end, with pages of 3 or of any size."""
    which = st.integers(0, len(listings) - 1)
    size = st.sampled_from(_SIZES) if resize else st.just(_SIZE)

    class Wanderer(RuleBasedStateMachine):
        def __init__(self) -> None:
            super().__init__()
            self.places = [Place(one, walked(case, one.call, LARGEST).reading.row_ids) for one in listings]

        @rule(which=which, size=size)
        def go_on(self, which: int, size: int) -> None:
            place = self.places[which]
            if place.last is not None:
                place.at = min(place.at + 1, len(place.pages) - 1)
            read(case, place, size)

        @rule(which=which, size=size)
        def repeat(self, which: int, size: int) -> None:
            read(case, self.places[which], size)

        @rule(which=which, size=size, back=st.integers(1, 3))
        def go_back(self, which: int, size: int, back: int) -> None:
            place = self.places[which]
            place.at = max(0, place.at - back)
            read(case, place, size)

    return Wanderer


def read(case: Case, place: Place, size: int) -> None:
    """Read the page where one is, compare it with the model, and note the cursor that it gives."""
    cursor, before = place.pages[place.at]
    page = case.call(place.listing.call.having(pageSize=size, cursor=cursor), follows=place.last)
    place.last = page
    got = Reading(place.listing.operation, tuple(page.rows), ended=False).row_ids
    want = place.rows[before : before + len(got)]
    more = before + len(got) < len(place.rows)
    good = page.status == 200 and [row_id.value for row_id in got] == [row_id.value for row_id in want]
    good = good and (page.member("hasMore") is True or not more)
    if not good and not unmoved(case, place.listing.call):
        case.vacuous("the rows of a list changed while it was read")
    name = place.listing.operation.operation_id
    expected = f"{name}: {size} rows from row {before + 1} on, {show(place.listing.operation, want, 2)}, as before"
    actual = describe(page) if page.status != 200 else show(place.listing.operation, got, 2)
    case.expect(good, expected, f"{actual}; hasMore {page.member('hasMore')}", page)
    following = page.member("nextCursor")
    if place.at == len(place.pages) - 1 and isinstance(following, str) and following:
        place.pages.append((following, before + len(got)))
    elif isinstance(following, str) and following:
        place.pages[place.at + 1 :] = [(following, before + len(got))]
