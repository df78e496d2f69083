"""Compares lists with details: rows that are read again by their id, and rows that other rows refer to."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sepolo_conformance.api.calls import Listing
from sepolo_conformance.api.links import DETAILS
from sepolo_conformance.compare.rows import Row, differing_members, spread
from sepolo_conformance.engine import Case, Exchange, NotTested, Vacuous, describe, once_in_run

_ROWS = 4


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
    """Return some rows of a list with their details, read once in a run; raises as `Discovery.listing`."""
    operation, parameter, member = DETAILS[source]
    listing = case.home.listing(source)
    rows = [row for row in listing.rows if isinstance(row.get(member), str)]
    odd = [row for row in rows if row.get("isActive") is False or row.get("deviceId", "") is None][:1]
    chosen = {row[member]: row for row in (*spread(rows, _ROWS), *odd)}
    return tuple(Detail(row, value, listing, case.get(operation, {parameter: value})) for value, row in chosen.items())


def expect_same_as_listed(case: Case, source: str, names: Iterable[str]) -> None:
    """Expect details to have the same members as the listed rows. A row that changed in between is not judged."""
    wanted = tuple(names)
    for detail in details(case, source):
        if not detail.exchange.ok or not isinstance(detail.exchange.data, dict):
            case.expect(False, f"200 for {detail.value}, which is listed", describe(detail.exchange), detail.shown)
            continue
        odd = differing_members(detail.row, detail.exchange.data, wanted)
        if odd and _changed(case, detail, odd):
            continue
        expected = f"the members as listed: { {name: detail.row.get(name) for name in odd} }"
        case.expect(not odd, expected, f"{ {name: detail.exchange.data.get(name) for name in odd} }", detail.shown)


def _changed(case: Case, detail: Detail, names: Sequence[str]) -> bool:
    """Return whether the listed row has changed since: list and details were then read at different times."""
    member = DETAILS[detail.listing.operation.operation_id][2]
    page = case.call(detail.listing.call.with_page_size(), key=detail.listing.reader)
    rows = [row for row in page.rows if row.get(member) == detail.value]
    return not rows or bool(differing_members(rows[0], detail.row, names))


def known_rows(case: Case, operation_id: str) -> tuple[dict[str, Any], ...]:
    """Return the rows of a list that discovery read, () if there are none or no key may read them."""
    try:
        return case.home.listing(operation_id).rows
    except (Vacuous, NotTested):
        return ()


def complete_list(case: Case, operation_id: str) -> Listing:
    """Return a list whose rows were all read; end the part if it has more than one page."""
    listing = case.home.listing(operation_id)
    if not listing.complete:
        case.vacuous(f"{operation_id} has more than one page of the largest size")
    return listing


def rows_by_member(rows: Iterable[Row], member: str) -> dict[Any, Row]:
    """Return rows by the value of a member."""
    return {row[member]: row for row in rows if isinstance(row.get(member), str | int)}


def expect_found_by_id(case: Case, source: str, values: Iterable[Any], why: str, *, listed_too: int = 2) -> None:
    """Expect GET by id to find resources that rows refer to: some that `source` does not list, and `listed_too` others.

    `why` says where the ids come from, such as "an incident refers to it".
    """
    operation, parameter, member = DETAILS[source]
    known = {str(row.get(member)).lower() for row in known_rows(case, source)}
    wanted = list(dict.fromkeys(value for value in values if isinstance(value, str) and value))
    if not wanted:
        case.vacuous("no row has an id to look up")
    missing = [value for value in wanted if value.lower() not in known]
    found = [value for value in wanted if value.lower() in known]
    case.expect(True, why, f"{len(found)} of {len(wanted)} are listed")
    for value in (*spread(missing, _ROWS), *case.rng.sample(found, min(listed_too, len(found)))):
        exchange = case.get(operation, {parameter: value})
        case.expect(exchange.ok, f"200 for {parameter} {value}: {why}", describe(exchange), exchange)
