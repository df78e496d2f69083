"""Filters together, and filters with a window: the rows that match all of them are returned."""

from collections.abc import Iterator, Sequence

from sepolo_conformance.api.calls import Listing, is_paged
from sepolo_conformance.api.filter_rules import Rule, Trial, pairs, rules_of, trial
from sepolo_conformance.checks.common.crossings import Kind, expect_none
from sepolo_conformance.checks.common.list_walks import filterable_list
from sepolo_conformance.checks.filters.filter_calls import filtered_operations, read_trial
from sepolo_conformance.checks.filters.matching_rows import expect_all_matching
from sepolo_conformance.engine import MUST, SHOULD, Case, Vacuous, requirement
from sepolo_openapi.contract import Operation

_NARROWS = "Each filter narrows the list."


@requirement(
    "FLT-012", SHOULD, clause=_NARROWS, title="Two filters together return the rows that match both, for every pair"
)
def pairs_match(case: Case) -> None:
    """Tries each pair of filters with two values that occur together in a row, and with two that do not."""
    for operation in filtered_operations(case):
        if len(rules_of(operation.operation_id)) > 1:
            with case.part(operation.operation_id):
                listing = filterable_list(case, operation)
                found = list(pairs(listing))
                if not found:
                    raise Vacuous("no two filters with values that some rows have and others don't")
                for one in found:
                    _expect_exactly_matching(case, listing, one)


@requirement(
    "FLT-013", SHOULD, clause=_NARROWS, title="Any number of filters together return the rows that match all of them"
)
def any_combination_matches(case: Case) -> None:
    """Tries all filters together, set to the values of a row except for one filter in turn; then any of the filters
    with values of the rows, as drawn by Hypothesis."""
    for operation in filtered_operations(case):
        with case.part(operation.operation_id):
            for listing, one in _all_but_one(case, operation):
                _expect_exactly_matching(case, listing, one)
    _expect_any_combination(case, filtered_operations(case))


@requirement(
    "FLT-032",
    SHOULD,
    clause=f"{_NARROWS} Pages, keys and headers do not change which rows match.",
    title="Any two of key, header, filter, window, page size and page together return the rows that match both",
)
def crossings_match(case: Case) -> None:
    """Crosses seven factors of every list in a pairwise covering array, which is drawn by the run's seed. Key:
    unbounded, of a second organisation, bounded to groups, bounded to customers, and with a parent in the path that is
    hidden from it. Header: X-Sepolo-Api-Key, Bearer. Filter: none, each filter of the list, two. Window: whole, a part,
    only a start, only an end, and by default. Page size: left out, 1, half of the rows, 500. Page: first; second, with
    the same, a larger or a smaller pageSize, or by a cursor of another key. At the same time: nothing, the same list
    for another organisation.

    Each key's whole list is read once, and the rows of each combination follow from it. Where pageSize changes between
    pages, a page may be rejected or begin at another row, but has no row that doesn't match. The notes of the verdict
    count factors, pairs and requests. ISO-028, ISO-029 and FLT-033 judge the same responses.
    """
    expect_none(case, Kind.ROWS, judged=lambda _plan: True)


@requirement(
    "FLT-033",
    MUST,
    clause='Published page: "Page size, maximum 500."',
    title="No key, header, filter, window or cursor makes a page larger than pageSize",
)
def crossings_keep_page_size(case: Case) -> None:
    """Counts the rows of each page of FLT-032."""
    expect_none(case, Kind.SIZE, judged=lambda plan: is_paged(plan.operation), start=0.25)


@requirement(
    "FLT-040",
    SHOULD,
    clause=f"{_NARROWS} They select rows and do not change them.",
    title="A row shows the same members whatever header, filter, window, page size and page it is requested with",
)
def crossings_keep_values(case: Case) -> None:
    """Compares the members of each row of FLT-032, except those that are measured, with the same row in the key's whole
    list, which is read again before a difference is reported."""
    expect_none(case, Kind.VALUES, judged=lambda _plan: True, start=0.4)


def _expect_exactly_matching(case: Case, listing: Listing, one: Trial) -> None:
    """Expect exactly the rows that match several filters. If none matches, 404 is accepted too."""
    page, reading = read_trial(case, one)
    wrong = [row for row in reading.rows if not one.matches(row)]
    rules = [rule for rule in one.chosen if any(rule.matches(row, one.chosen[rule]) is not True for row in wrong)]
    expected = f"{listing.operation.operation_id} with {one.text}: only rows that match all"
    shown = [{rule.member: row.get(rule.member) for rule in rules} for row in wrong[:2]]
    case.expect(not wrong, expected, f"{len(wrong)} of {len(reading.rows)} rows don't match: {shown}", page)
    expect_all_matching(case, listing, one)


def _all_but_one(case: Case, operation: Operation) -> Iterator[tuple[Listing, Trial]]:
    """Yield all filters of a list set to the values of one row, except for one filter in turn that it doesn't match."""
    listing = filterable_list(case, operation)
    rules = [rule for rule in rules_of(operation.operation_id) if len(rule.values(listing.rows)) > 1]
    row = listing.rows[len(listing.rows) // 2]
    own = {
        rule: next((value for value in rule.values(listing.rows) if rule.matches(row, value)), None) for rule in rules
    }
    for rule in rules:
        other = next((value for value in rule.values(listing.rows) if rule.matches(row, value) is False), None)
        chosen = {**own, rule: other}
        if len(rules) > 2 and None not in chosen.values():
            yield listing, trial(listing, chosen)


def _expect_any_combination(case: Case, operations: Sequence[Operation]) -> None:
    """Expect exactly the rows that match two or more filters, with values drawn by Hypothesis."""
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
        # The bits of the mask select the filters; fewer than two mean all.
        chosen = [rule for place, rule in enumerate(rules) if mask >> place & 1]
        chosen = chosen if len(chosen) > 1 else rules
        values = {rule: rule.values(listing.rows) for rule in chosen}
        picked = {rule: values[rule][-1 - places[at] % len(values[rule])] for at, rule in enumerate(chosen)}
        _expect_exactly_matching(case, listing, trial(listing, picked))

    places = st.lists(st.integers(0, 5), min_size=4, max_size=4)
    case.forall(st.tuples(st.integers(0, len(known) - 1), st.integers(0, 15), places), judge, examples=20)
