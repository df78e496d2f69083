"""Filters tried on lists, and what comes of it compared with the list filtered by hand."""

from collections.abc import Iterator, Sequence
from typing import Any

from sepolo_conformance.api.calls import Listing
from sepolo_conformance.api.filter_rules import Rule, Trial, pairs, rules_of, trial, trials
from sepolo_conformance.checks.common.list_changes import list_changed
from sepolo_conformance.checks.common.list_walks import filterable_list
from sepolo_conformance.checks.common.window_calls import (
    MARGIN,
    base_list,
    ids_inside,
    narrowed,
    read_once,
    rows_outside,
)
from sepolo_conformance.compare.sequences import Reading, describe_rows, missing_rows
from sepolo_conformance.engine.case import Case, describe
from sepolo_conformance.engine.shared_responses import fetch_once
from sepolo_conformance.model.outcomes import Vacuous
from sepolo_conformance.transport.exchange import Exchange
from sepolo_openapi.contract import Operation

__all__ = [
    "all_but_one",
    "any_combination",
    "combinations",
    "expect_combined",
    "expect_complete",
    "expect_held",
    "expect_shared_out",
    "expect_within",
    "served",
    "tried",
]

_TRIED = 2
_VALUES = 6


def tried(case: Case, rule: Rule) -> list[Trial]:
    """Return values of a filter to try on its list; end the part where none could show a fault."""
    listing = filterable_list(case, case.operation(rule.operation_id))
    if not rule.shown(listing.rows):
        raise Vacuous(f"no row shows {rule.member}")
    # Samples of type 1 are what the page names, so no type is passed over.
    found = trials(listing, rule, _VALUES if rule.name == "telemetryType" else _TRIED)
    if not found:
        raise Vacuous(f"every row that was found has the same {rule.member}")
    return found


def expect_held(case: Case, rule: Rule, *, strict: bool) -> None:
    """Expect every row to fit; `strict` where a row without the member is known not to."""
    for one in tried(case, rule):
        page, reading = read_once(case, one.call)
        unfit = (False, None) if strict else (False,)
        wrong = [row for row in reading.rows if rule.fits(row, one.chosen[rule]) in unfit]
        shown = sorted({repr(row.get(rule.member)) for row in wrong})
        expected = f"{rule.operation_id} with {one.text}: only rows whose {rule.member} fits"
        actual = f"{len(wrong)} of {len(reading.rows)} rows with {rule.member} {', '.join(shown[:4])}"
        case.expect(not wrong, expected, actual, page)


def expect_complete(case: Case, rule: Rule) -> None:
    """Expect all rows of the list that fit a value."""
    listing = filterable_list(case, case.operation(rule.operation_id))
    for one in tried(case, rule):
        _complete(case, listing, one)


def _complete(case: Case, listing: Listing, one: Trial) -> None:
    page, reading = read_once(case, one.call)
    fitting = Reading(listing.operation, tuple(row for row in listing.rows if one.fits(row)), ended=False)
    missing = missing_rows(fitting, reading)
    if missing and list_changed(case, listing.call, Reading(listing.operation, listing.rows, ended=True), pages=1):
        case.vacuous("the rows of the list changed while it was read")
    expected = f"{listing.operation.operation_id} with {one.text}: all rows of the list that fit"
    case.expect(
        not missing, expected, f"missing: {describe_rows(listing.operation, missing)}", (listing.exchange, page)
    )


def expect_shared_out(case: Case, rule: Rule) -> None:
    """Expect each row for its own value and no other, for filters of few values."""
    listing = filterable_list(case, case.operation(rule.operation_id))
    values = rule.values(listing.rows)
    if len(values) < 2:
        raise Vacuous(f"every row that was found has the same {rule.member}")
    seen: dict[Any, tuple[Any, Any]] = {}
    for value in values[-_VALUES:]:
        one = trial(listing, {rule: value})
        page, reading = read_once(case, one.call)
        double = [(row_id, *seen[row_id]) for row_id in reading.row_ids if row_id in seen]
        names = describe_rows(listing.operation, [entry[0] for entry in double])
        expected = f"{rule.operation_id}: rows with {one.text} for no other {rule.name}"
        others = ", ".join(sorted({str(entry[1]) for entry in double}))
        before = [entry[2] for entry in double[:1]]
        case.expect(not double, expected, f"for {others} too: {names}", (*before, page))
        seen.update(dict.fromkeys(reading.row_ids, (value, page)))
        _complete(case, listing, one)


def expect_combined(case: Case, listing: Listing, one: Trial) -> None:
    """Expect exactly the rows that fit several filters. That nothing fits may be said by 404."""
    if one.fitting == 0:
        call = one.call.with_page_size()
        page = fetch_once(case, call)
        if page.status == 404:
            return
    page, reading = read_once(case, one.call)
    wrong = [row for row in reading.rows if not one.fits(row)]
    names = [rule for rule in one.chosen if any(rule.fits(row, one.chosen[rule]) is not True for row in wrong)]
    expected = f"{listing.operation.operation_id} with {one.text}: rows that fit all of it"
    shown = [{rule.member: row.get(rule.member) for rule in names} for row in wrong[:2]]
    case.expect(not wrong, expected, f"{len(wrong)} of {len(reading.rows)} rows don't: {shown}", page)
    _complete(case, listing, one)


def combinations(case: Case, operation: Operation) -> Iterator[tuple[Listing, Trial]]:
    """Yield each pair of filters of a list, with values that tell them apart."""
    listing = filterable_list(case, operation)
    found = list(pairs(listing))
    if not found:
        raise Vacuous("no two filters whose values tell rows apart")
    yield from ((listing, one) for one in found)


def all_but_one(case: Case, operation: Operation) -> Iterator[tuple[Listing, Trial]]:
    """Yield all filters of a list at once, set to what a row has, but for one in turn, that the row doesn't fit."""
    listing = filterable_list(case, operation)
    rules = [rule for rule in rules_of(operation.operation_id) if len(rule.values(listing.rows)) > 1]
    row = listing.rows[len(listing.rows) // 2]
    own = {rule: next((value for value in rule.values(listing.rows) if rule.fits(row, value)), None) for rule in rules}
    for rule in rules:
        other = next((value for value in rule.values(listing.rows) if rule.fits(row, value) is False), None)
        chosen = {**own, rule: other}
        if len(rules) > 2 and None not in chosen.values():
            yield listing, trial(listing, chosen)


def any_combination(case: Case, operations: Sequence[Operation]) -> None:
    """Expect exactly the rows that fit any number of filters, with values that Hypothesis picks."""
    from hypothesis import strategies as st  # noqa: PLC0415 - Hypothesis is slow to import

    known: list[tuple[Listing, list[Rule]]] = []
    for operation in operations:
        with case.part(operation.operation_id):
            listing = filterable_list(case, operation)
            rules = [rule for rule in rules_of(operation.operation_id) if rule.values(listing.rows)]
            if len(rules) > 1:
                known.append((listing, rules))
    if not known:
        return

    def judge(drawn: tuple[int, int, list[int]]) -> None:
        which, mask, places = drawn
        listing, rules = known[which]
        # At least two of them, whatever the mask says.
        chosen = [rule for place, rule in enumerate(rules) if mask >> place & 1]
        chosen = chosen if len(chosen) > 1 else rules
        values = {rule: rule.values(listing.rows) for rule in chosen}
        picked = {rule: values[rule][-1 - places[at] % len(values[rule])] for at, rule in enumerate(chosen)}
        expect_combined(case, listing, trial(listing, picked))

    places = st.lists(st.integers(0, 5), min_size=4, max_size=4)
    case.forall(st.tuples(st.integers(0, len(known) - 1), st.integers(0, 15), places), judge, examples=20)


def expect_within(case: Case, operation: Operation) -> None:
    """Expect a filter to hold in a part of a window, the window with it, and nothing that fits both to be missing."""
    listing = base_list(case, operation)
    call = narrowed(listing, 0.15, 0.85, -MARGIN)
    window = call.window
    judged = False
    for rule in rules_of(operation.operation_id):
        one = next(iter(trials(listing, rule, 1)), None)
        if one is None or window is None:
            continue
        judged = True
        page, reading = read_once(case, call.having({rule.name: one.chosen[rule]}))
        wrong = [row for row in reading.rows if rule.fits(row, one.chosen[rule]) is False]
        wrong += rows_outside(operation, reading.rows, window)
        fitting = Reading(operation, tuple(row for row in listing.rows if one.fits(row)), ended=True)
        held = set(reading.row_ids)
        missing = [row_id for row_id in ids_inside(fitting, window) if row_id not in held] if reading.ended else []
        if missing and list_changed(case, listing.call, Reading(listing.operation, listing.rows, ended=True), pages=1):
            case.vacuous("the rows of the list changed while it was read")
        expected = f"{operation.operation_id} with {one.text} in a part of its window: what fits both"
        case.expect(not wrong, expected, f"{len(wrong)} rows don't: {wrong[:1]}", page)
        shown = (listing.exchange, page)
        case.expect(not missing, expected, f"missing: {describe_rows(operation, missing)}", shown)
    if not judged:
        raise Vacuous("no filter whose values tell the rows of a window apart")


def served(page: Exchange) -> str:
    """Return in a phrase what a request with an odd filter came to."""
    return f"200 with {len(page.rows)} rows" if page.ok else describe(page)
