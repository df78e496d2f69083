"""Compares lists with details: rows that are read again by their id, and rows that other rows refer to."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sepolo_conformance.api.calls import Listing
from sepolo_conformance.api.links import DETAILS
from sepolo_conformance.api.row_identity import normal_id
from sepolo_conformance.checks.common.varied_rows import varied
from sepolo_conformance.checks.common.whole_lists import MAX_PAGES, whole_list
from sepolo_conformance.compare.rows import Row, differing_members, text, texts
from sepolo_conformance.engine import Case, Exchange, NotTested, Vacuous, describe, once_in_run

_ROWS = 32
"""Rows of a list that are read by id; they show nearly all features of assets, devices and reports."""
_CHILDREN = 8
_REFERENCES = 4
"""Ids of rows that no list contains, and that are read by id."""


@dataclass(frozen=True, slots=True)
class Detail:
    """A listed row, and the response to the GET by its id, which is `value`."""

    row: dict[str, Any]
    value: str
    listing: Listing
    exchange: Exchange

    @property
    def shown(self) -> tuple[Exchange, Exchange]:
        return self.listing.exchange, self.exchange


@once_in_run
def details(case: Case, source: str) -> tuple[Detail, ...]:
    """Return varied rows of a list with their details, read once in a run; raises as `Discovery.listing`."""
    operation, parameter, member = DETAILS[source]
    listing = whole_list(case, source)
    rows = [row for row in listing.rows if isinstance(row.get(member), str)]
    chosen = varied(rows, _CHILDREN if source == "listAssetChildren" else _ROWS, case.rng)
    return tuple(Detail(row, row[member], listing, case.get(operation, {parameter: row[member]})) for row in chosen)


def expect_same_as_listed(case: Case, source: str, names: Iterable[str]) -> None:
    """Expect details to have the same members as the listed rows. A row that changed in between is not judged."""
    wanted = tuple(names)
    for detail in details(case, source):
        if not detail.exchange.ok or not isinstance(detail.exchange.data, dict):
            case.expect(False, f"200 for {detail.value}, which is listed", describe(detail.exchange), detail.shown)
            continue
        odd = differing_members(detail.row, detail.exchange.data, wanted)
        if odd and has_changed(case, source, detail.row, odd):
            continue
        expected = f"the members as listed: { {name: detail.row.get(name) for name in odd} }"
        case.expect(not odd, expected, f"{ {name: detail.exchange.data.get(name) for name in odd} }", detail.shown)


def has_changed(case: Case, source: str, row: Row, names: Iterable[str]) -> bool:
    """Return whether a row of `whole_list` has changed since: its detail may then be of another time."""
    member = DETAILS[source].member
    now = _listed_again(case, source).get(row[member])
    return now is None or bool(differing_members(now, row, names))


@once_in_run
def _listed_again(case: Case, source: str) -> dict[Any, Row]:
    """Return the rows of a whole list by their id, read again once, when the first difference was found."""
    listing = whole_list(case, source)
    walk = case.walk(listing.call.with_page_size(), key=listing.reader, pages=MAX_PAGES)
    return rows_by_member(walk.rows, DETAILS[source].member)


def known_rows(case: Case, operation_id: str) -> tuple[dict[str, Any], ...]:
    """Return the rows of the longest list of an operation, () if there are none or no key may read them."""
    try:
        return whole_list(case, operation_id).rows
    except (Vacuous, NotTested):
        return ()


def complete_list(case: Case, operation_id: str) -> Listing:
    """Return a list whose rows were all read; end the part if its end was not reached."""
    listing = whole_list(case, operation_id)
    if not listing.complete:
        case.vacuous(f"the end of {operation_id} was not reached")
    return listing


def rows_by_member(rows: Iterable[Row], member: str) -> dict[Any, Row]:
    """Return rows by the value of a member."""
    return {row[member]: row for row in rows if isinstance(row.get(member), str | int)}


def expect_found_by_id(
    case: Case, source: str, rows: Sequence[Row], member: str, why: str, *, listed_too: int = 6
) -> None:
    """Expect GET by id to find resources that rows refer to: some that `source` does not list, and `listed_too` others.

    `why` says where the ids come from, such as "an incident refers to it".
    """
    operation, parameter, own_member = DETAILS[source]
    known = {normal_id(row.get(own_member)) for row in known_rows(case, source)}
    wanted = [row for row in rows if text(row, member)]
    if not wanted:
        case.vacuous("no row has an id to look up")
    missing = [row for row in wanted if normal_id(row[member]) not in known]
    found = [row for row in wanted if normal_id(row[member]) in known]
    case.expect(True, why, f"{len(found)} of {len(wanted)} are listed")
    chosen = (*varied(missing, _REFERENCES, case.rng), *varied(found, listed_too, case.rng))
    for value in texts(chosen, member):
        exchange = case.get(operation, {parameter: value})
        case.expect(exchange.ok, f"200 for {parameter} {value}: {why}", describe(exchange), exchange)
