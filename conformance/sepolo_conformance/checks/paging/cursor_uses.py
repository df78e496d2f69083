"""Cursors used otherwise than a plain walk does: again, altered, made up, or where they don't belong."""

from collections.abc import Iterator, Sequence
from typing import Any

from sepolo_conformance.api.calls import Call, Listing, paged_lists
from sepolo_conformance.api.filter_rules import rules_of
from sepolo_conformance.checks.common.list_walks import LARGEST, again, short, walked
from sepolo_conformance.checks.paging.agreement import stirred
from sepolo_conformance.compare.sequences import Reading
from sepolo_conformance.engine.case import Case, describe
from sepolo_conformance.model.keys import Key
from sepolo_conformance.model.outcomes import Vacuous
from sepolo_conformance.transport.exchange import Exchange

__all__ = [
    "borrowed",
    "expect_own_rows",
    "genuine",
    "made_up",
    "repeat",
    "resize",
    "spoil_anywhere",
    "spoilt",
    "stranger",
    "wander",
]

_MADE_UP = ("garbage", "not-a-cursor")
_ODD = ("-1", "99999999999999999999", "e30", "bnVsbA", "'", "A" * 600, "AAAAAAAA==", "../..", "🂡", "W10", "1 OR 1=1")
_SIZES = (1, 3, 2, 500)


def genuine(case: Case, listing: Listing) -> str:
    """Return the cursor after the first row or two of a list; end the part where all fit on one page."""
    for size in (2, 1):
        cursor = walked(case, listing.call, size).pages[0].member("nextCursor")
        if isinstance(cursor, str) and cursor:
            return cursor
    raise Vacuous("the list has no second page")


# -- Where cursors belong --------------------------------------------------------------------------------------


def repeat(case: Case, listings: Sequence[Listing]) -> None:
    """Expect the pages of a walk to come again, the last one first."""
    for listing in listings:
        with case.part(listing.operation.operation_id):
            walk = walked(case, listing.call, 2)
            for page in {0: walk.pages[0], 1: walk.pages[-1]}.values():
                second = case.send(page.request, page.follows)
                first, now = (Reading(listing.operation, tuple(one.rows), ended=False) for one in (page, second))
                if page.rows != second.rows and stirred(case, listing.call, first, now):
                    case.vacuous("rows of the list changed while it was read")
                expected = f"{listing.operation.operation_id}: the same rows for the same cursor"
                case.expect(first.row_ids == now.row_ids, expected, _brief(second), (page, second))


def resize(case: Case, listings: Sequence[Listing]) -> None:
    """Expect a walk with pages of ever other sizes to bring the rows of the list."""
    for listing in listings:
        with case.part(listing.operation.operation_id):
            rows, cursor, page = [], None, None
            for size in _SIZES:
                page = case.call(listing.call.having(pageSize=size, cursor=cursor), follows=page)
                rows += case.rows(page)
                cursor = page.member("nextCursor")
                if not cursor:
                    break
            want = walked(case, listing.call, LARGEST).reading.row_ids
            got = Reading(listing.operation, tuple(rows), ended=True).row_ids
            same = got == want[: len(got)] and (bool(cursor) or len(got) == len(want))
            expected = f"{listing.operation.operation_id}: the rows of the list in pages of {_SIZES}"
            case.expect(same, expected, f"{len(got)} rows, others than in pages of {LARGEST}", page)


def wander(case: Case, listings: Sequence[Listing], *, resize: bool) -> None:
    """Go through all lists at once, on, again and back, as Hypothesis decides; `resize` changes the page size too."""
    known = [listing for listing in listings if walked(case, listing.call, LARGEST).ended and len(listing.rows) > 2]
    if not known:
        case.vacuous("no list of several rows that was read to its end")
    from sepolo_conformance.checks.paging.page_state_machine import wanderer  # noqa: PLC0415

    case.machine(wanderer(case, known, resize=resize), examples=3, steps=10)


# -- Where they don't ------------------------------------------------------------------------------------------


def spoilt(case: Case, listing: Listing) -> list[tuple[str, Exchange]]:
    """Return answers to a genuine cursor, altered in three ways, with what was done to it."""
    cursor = genuine(case, listing)
    middle = len(cursor) // 2
    ways = {
        "one character changed in the middle": swapped(cursor, middle),
        "cut by its last character": cursor[:-1],
        "cut in half": cursor[:middle],
    }
    # An empty cursor is no cursor, and the first page its answer.
    return [(how, _asked(case, listing.call, text)) for how, text in ways.items() if text and text != cursor]


def swapped(cursor: str, place: int, step: int = 1) -> str:
    """Return a cursor with another letter or digit in one place."""
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
    # Not a neighbour: the last bits of base64 may mean nothing. Never itself, as step is at most 40.
    new = letters[(letters.find(cursor[place]) + 16 + step) % len(letters)]
    return cursor[:place] + new + cursor[place + 1 :]


def spoil_anywhere(case: Case, listings: Sequence[Listing]) -> None:
    """Expect 400 for a cursor of any list, changed in any place or prolonged."""
    from hypothesis import strategies as st  # noqa: PLC0415 - Hypothesis is slow to import

    known = []
    for listing in listings:
        with case.part(listing.operation.operation_id):
            known.append((listing, genuine(case, listing)))
    if not known:
        return

    def judge(drawn: tuple[int, int, int]) -> None:
        which, place, step = drawn
        listing, cursor = known[which]
        text = swapped(cursor, place % len(cursor), step) if step else cursor + "A"
        page = case.call(listing.call.having(cursor=text))
        expected = f"{listing.operation.operation_id} refuses {cursor} altered to {text}: status 400"
        case.expect(page.status == 400, expected, describe(page), page)

    case.forall(st.tuples(st.integers(0, len(known) - 1), st.integers(0, 511), st.integers(0, 40)), judge, examples=10)


def made_up(case: Case, listing: Listing) -> list[tuple[str, Exchange]]:
    """Return answers to cursors that can't be anything."""
    return [(text, _asked(case, listing.call, text)) for text in _MADE_UP]


def odd(case: Case, listing: Listing) -> tuple[str, Exchange]:
    """Return the answer to something odd, another for each operation."""
    places = [operation.operation_id for operation in paged_lists(case.contract)]
    text = _ODD[places.index(listing.operation.operation_id) % len(_ODD)]
    return text, _asked(case, listing.call, text)


def borrowed(case: Case, listing: Listing) -> Iterator[tuple[str, Exchange, tuple[Call, ...]]]:
    """Yield answers to genuine cursors in the wrong place: where, the answer, and the lists it may come from."""
    for source in _others(case, listing):
        yield "of another operation", _asked(case, listing.call, genuine(case, source)), (listing.call,)
        break
    cursor = genuine(case, listing)
    for where, call in _elsewhere(case, listing):
        yield where, _asked(case, call, cursor), (listing.call, call)
    mine = listing.reader
    for entry in case.target.identities():
        twin = entry.organization_id == mine.organization_id and entry.key.name != mine.key.name
        if twin and entry.holds(listing.operation.scope) and not entry.bounded:
            yield "of another key", _asked(case, listing.call, cursor, entry.key), (listing.call,)
            break


def _others(case: Case, listing: Listing) -> Iterator[Listing]:
    """Yield lists of other operations that have a second page, the next ones of the contract first."""
    operations = paged_lists(case.contract)
    place = operations.index(listing.operation)
    for operation in (*operations[place + 1 :], *operations[:place]):
        with case.part(operation.operation_id):
            found = short(case, operation)
            genuine(case, found)
            yield found


def _elsewhere(case: Case, listing: Listing) -> Iterator[tuple[str, Call]]:
    """Yield the list of another id in the path, and the list with another filter."""
    call = listing.call
    sources = {"deviceId": "listDevices", "assetId": "listAssets", "cycleId": "listPointGuardCycles"}
    for name in [name for name in sources if name in call.ids][-1:]:
        rows = case.home.listing(sources[name]).rows
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


def stranger(case: Case, listing: Listing) -> tuple[Exchange, set[tuple[Any, ...] | None]]:
    """Return the answer to a cursor of the second organisation, and the ids of that organisation's rows."""
    strange = case.away.listing(listing.operation.operation_id)
    page = case.once(
        ("strange page", strange.call.target),
        lambda: case.call(strange.call.having(pageSize=1), key=strange.reader),
    )
    cursor = page.member("nextCursor")
    if not isinstance(cursor, str) or not cursor:
        case.vacuous("the second organisation's list has no second page")
    rows = (*strange.rows, *page.rows)
    ids = {row_id.value for row_id in Reading(listing.operation, rows, ended=False).row_ids if row_id.sure}
    return _asked(case, listing.call, cursor), set(ids)


def expect_own_rows(case: Case, how: str, page: Exchange, *lists: Call) -> None:
    """Expect an answer without 5xx and without rows that none of some lists holds; read them again before judging."""
    name = lists[0].operation.operation_id
    expected = f"{name}, with cursor {how}: refused, or rows of that list"
    if not case.expect(page.status < 500, expected, describe(page), page) or not page.rows:
        return
    walks = [walked(case, call, LARGEST) for call in lists]
    if not all(walk.ended for walk in walks):
        return
    strange = _strange(page, [walk.reading for walk in walks])
    if strange:
        strange = _strange(page, [again(case, call, LARGEST).reading for call in lists])
    case.expect(not strange, expected, f"{len(strange)} rows of elsewhere: {_shown(strange)}", page)


def _strange(page: Exchange, readings: Sequence[Reading]) -> list[Any]:
    known = {row_id.value for reading in readings for row_id in reading.row_ids}
    found = Reading(readings[0].operation, tuple(page.rows), ended=False).row_ids
    return [row_id.value for row_id in found if row_id.value not in known]


def _asked(case: Case, call: Call, cursor: str, key: Key | None = None) -> Exchange:
    """Ask for two rows after a cursor, once a run."""
    asked = call.having(pageSize=2, cursor=cursor)

    def ask() -> Exchange:
        return case.call(asked) if key is None else case.call(asked, key=key)

    return case.once(("cursor", asked.target, key.name if key else None), ask)


def _brief(page: Exchange) -> str:
    return f"other rows, {len(page.rows)} of them" if page.ok else describe(page)


def _shown(values: Sequence[Any]) -> str:
    return "; ".join(", ".join(map(str, value))[:160] for value in values[:2])
