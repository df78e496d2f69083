"""Sends the rows of an operation's covering array, and finds where the responses differ from the key's whole list."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any

from sepolo_conformance.api.calls import Call, Listing, reads
from sepolo_conformance.api.identity import Identity, authorised
from sepolo_conformance.api.row_identity import identify
from sepolo_conformance.checks.common import crossing_plans as plans
from sepolo_conformance.checks.common.covering_array import Row, count_pairs
from sepolo_conformance.checks.common.crossing_plans import Plan, Selection
from sepolo_conformance.checks.common.crossing_readers import BOUNDED, UNBOUNDED, Reader
from sepolo_conformance.checks.common.list_changes import CHANGED
from sepolo_conformance.checks.common.list_walks import MAX_PAGE_SIZE
from sepolo_conformance.checks.common.prepared_requests import bearer_headers
from sepolo_conformance.compare.rows import fingerprint, same_value
from sepolo_conformance.compare.sequences import Reading, RowId, changed_values, describe_rows
from sepolo_conformance.engine import Case, Exchange, Request, Vacuous, describe, once_in_run
from sepolo_openapi.contract import Operation

_THREADS = 2
_LONG_WINDOW = timedelta(days=31)
_UNREMARKABLE = {plans.HEADER, plans.NONE, plans.WHOLE, plans.LEFT_OUT, plans.FIRST, plans.ALONE}


class Kind(StrEnum):
    """What is wrong with a response."""

    SIZE = "more rows than pageSize"
    FOREIGN = "rows of another organisation"
    OUTSIDE = "rows outside the boundary of the key"
    ROWS = "other rows than the whole list has"
    VALUES = "rows with other values than in the whole list"


@dataclass(frozen=True, slots=True)
class Deviation:
    """A difference between a response and what follows from the whole list."""

    kind: Kind
    expected: str
    actual: str
    exchanges: tuple[Exchange, ...]


@dataclass(frozen=True, slots=True)
class Crossings:
    """The judged rows of a plan, the deviations found, and the number of requests."""

    plan: Plan
    deviations: tuple[Deviation, ...]
    requests: int

    @property
    def cost(self) -> str:
        """The factors, the pairs of values that are covered, and what they cost, as a sentence."""
        factors = {name: values for name, values in self.plan.factors.items() if len(values) > 1}
        pairs = (pair for row in self.plan.rows for pair in self.plan.covers(row))
        covered = len({pair for pair in pairs if {name for name, _ in pair} <= factors.keys()})
        return (
            f"{len(factors)} factors ({', '.join(f'{name} {len(values)}' for name, values in factors.items())}): "
            f"all {covered} pairs of values that can occur, of {count_pairs(factors)}, "
            f"in {len(self.plan.rows)} combinations and {self.requests} requests"
        )


def crossed_lists(case: Case) -> list[Operation]:
    """Return the operations whose crossings are judged: all that return rows."""
    return [operation for operation in reads(case.contract) if operation.row_schema is not None]


@once_in_run
def crossings(case: Case, operation_id: str) -> Crossings:
    """Send the covering array of an operation, once in a run."""
    plan = plans.plan_of(case, case.operation(operation_id))
    found: list[Deviation] = []
    requests = 0
    for row in plan.rows:
        one = _Crossing(case, plan, row)
        pages = one.send()
        requests += one.requests
        with case.part(f"{operation_id} with {one.text}"):
            found += one.deviations(pages)
    return Crossings(plan, tuple(found), requests)


class _Crossing:
    """One row of a covering array: its requests, and what is wrong with the responses."""

    def __init__(self, case: Case, plan: Plan, row: Row) -> None:
        self.case, self.plan, self.row = case, plan, row
        self.reader, self.owner = plan.reader(row), plan.owner(row)
        self.hidden = self.reader is not self.owner
        self.selection: Selection = plan.selections[self.owner.name, row["filter"], row["window"]]
        self.requests = 0
        self._measured = case.contract.measured(plan.operation.row_schema or "")
        self._beside: Exchange | None = None
        shown = [f"{name} {value}" for name, value in row.items() if value not in _UNREMARKABLE]
        self.text = ", ".join(shown)

    # -- Requests

    def send(self) -> list[tuple[Exchange, int | None]]:
        """Send the requests and return the pages that are judged, each with its pageSize."""
        size, page = self._rows_asked(self.row["page size"]), self.row["page"]
        if page == plans.FIRST:
            return [(self._page(size, None, beside=self.row["beside"] == plans.BESIDE), size)]
        issuer = self.reader if page != plans.FOREIGN else self.plan.readers[UNBOUNDED]
        issuer = self.owner if self.hidden else issuer
        first = self._page(size, None, issuer=issuer)
        second = {plans.LARGER: MAX_PAGE_SIZE, plans.SMALLER: 1, plans.FOREIGN: MAX_PAGE_SIZE}.get(page, size)
        cursor = first.member("nextCursor")
        pages = [] if page == plans.FOREIGN else [(first, size)]
        if isinstance(cursor, str) and cursor and first.has_more:
            later = self._page(second, (cursor, first), beside=self.row["beside"] == plans.BESIDE)
            pages.append((later, second))
        return pages

    def _rows_asked(self, size: str) -> int | None:
        """Return a page size in rows, None to leave it out. Two pages of half the rows are the whole list."""
        if size == plans.LEFT_OUT:
            return None
        return -(-len(self.selection.sure) // 2) if size == plans.HALF else int(size)

    def _page(
        self,
        size: int | None,
        after: tuple[str, Exchange] | None,
        *,
        issuer: Reader | None = None,
        beside: bool = False,
    ) -> Exchange:
        """Read the first page or the one after, perhaps at the same time as a key of another organisation."""
        cursor, follows = after or (None, None)
        call = self.selection.call.having(pageSize=size, cursor=cursor)
        identity = (issuer or self.reader).identity
        bearer = self.row["header"] == plans.BEARER
        neighbour = self.plan.neighbour(self.row) if beside else None
        if neighbour is None:
            return self._get(call, identity, bearer=bearer, follows=follows)
        other = neighbour.listing.call.with_page_size()
        page, self._beside = self.case.together(
            [
                lambda: self._get(call, identity, bearer=bearer, follows=follows),
                lambda: self._get(other, neighbour.identity, bearer=bearer),
            ],
            _THREADS,
        )
        return page

    def _get(self, call: Call, identity: Identity, *, bearer: bool, follows: Exchange | None = None) -> Exchange:
        self.requests += 1
        headers = tuple(bearer_headers(identity.key).items()) if bearer else authorised(identity.key)
        request = Request("GET", call.target, headers, None, identity.key, call.operation.operation_id)
        return self.case.send(request, follows)

    # -- Judgement

    def deviations(self, pages: Sequence[tuple[Exchange, int | None]]) -> list[Deviation]:
        """Return what is wrong with the pages; raise Vacuous if the whole list changed meanwhile."""
        found = [*self._too_large(pages), *self._wrong_rows(pages), *self._wrong_neighbour()]
        if any(one.kind is not Kind.SIZE for one in found) and any(map(self._changed, self._lists())):
            self.case.vacuous(CHANGED)
        return found

    def _lists(self) -> list[Listing]:
        """Return the lists that the selection follows from."""
        whole = self.selection.whole
        return [whole, self.reader.listing] if whole is self.reader.usual else [whole]

    def _deviation(self, kind: Kind, expected: str, actual: str, *exchanges: Exchange) -> Deviation:
        name = self.plan.operation.operation_id
        return Deviation(kind, f"{name}{' with ' if self.text else ''}{self.text}: {expected}", actual, exchanges)

    def _too_large(self, pages: Iterable[tuple[Exchange, int | None]]) -> Iterator[Deviation]:
        for page, size in pages:
            if size is not None and page.ok and len(page.rows) > size:
                yield self._deviation(Kind.SIZE, f"at most {size} rows", f"{len(page.rows)} rows", page)

    def _wrong_rows(self, pages: Sequence[tuple[Exchange, int | None]]) -> Iterator[Deviation]:
        operation, selection = self.plan.operation, self.selection
        for page, _ in pages:
            if page.status != 200 or page.fault is not None:
                if not self._may_be_rejected(page):
                    yield self._deviation(Kind.ROWS, "status 200", page.fault or describe(page), page)
                return
        if not pages:
            return
        last = pages[-1][0]
        found = Reading(operation, tuple(row for page, _ in pages for row in page.rows), ended=not last.has_more)
        possible = frozenset[RowId]() if self.hidden else selection.possible
        extra = {row_id: row for row_id, row in zip(found.row_ids, found.rows, strict=True) if row_id not in possible}
        if self._changes_size:
            # Cursors may count pages, so that another pageSize begins at another row.
            extra = {row_id: row for row_id, row in extra.items() if row_id.nth == 1}
        for kind, rows in self._by_kind(self.reader, extra).items():
            actual = f"also {describe_rows(operation, rows)}"
            yield self._deviation(kind, self._expected(), actual, selection.whole.exchange, last)
        missing = selection.sure - set(found.row_ids)
        is_whole = found.ended and not (self.hidden or self._changes_size or self.row["page"] == plans.FOREIGN)
        if missing and is_whole:
            actual = f"missing: {describe_rows(operation, sorted(missing, key=str))}"
            yield self._deviation(Kind.ROWS, self._expected(), actual, selection.whole.exchange, last)
        yield from self._other_values(self.owner.reading_of(selection.whole), found, last)

    def _other_values(self, whole: Reading, found: Reading, last: Exchange) -> Iterator[Deviation]:
        """Compare the members of the rows that the whole list shows too, except those that are measured."""
        for row_id, name, before, now in self._changes(whole, found)[:1]:
            row = describe_rows(self.plan.operation, [row_id])
            exchanges = (self.selection.whole.exchange, last)
            expected = f"{name} {before!r} of {row}, as in the whole list"
            yield self._deviation(Kind.VALUES, expected, f"{now!r}", *exchanges)

    def _changes(self, one: Reading, other: Reading) -> list[tuple[RowId, str, Any, Any]]:
        """Return the members that differ, except measured ones and other forms of equal values."""
        changed = (change for change in changed_values(one, other) if change[1] not in self._measured)
        return [change for change in changed if not same_value(*change[2:])]

    @property
    def _changes_size(self) -> bool:
        return self.row["page"] in (plans.LARGER, plans.SMALLER)

    def _expected(self) -> str:
        if self.hidden:
            return f"no rows, as the key doesn't see {dict(self.selection.call.ids)}"
        return f"only rows that the key's whole list has too, and each of them that matches: {len(self.selection.sure)}"

    def _may_be_rejected(self, page: Exchange) -> bool:
        """Return whether an error is an answer too.

        It is for a hidden parent, another key's cursor, another pageSize than the first, a filter without a match, and
        a window that may be too long although the contract states no maximum.
        """
        if page.status >= 500 or page.status == 401:
            return False
        if self.hidden or self.row["page"] == plans.FOREIGN:
            return True
        changed = self._changes_size and page.follows is not None
        rule, window = self.plan.operation.window, self.selection.call.window
        unlimited = rule is not None and rule.max_days is None
        long = unlimited and window is not None and window[1] - window[0] > _LONG_WINDOW
        return ((changed or long) and page.status == 400) or (page.status == 404 and not self.selection.sure)

    def _wrong_neighbour(self) -> Iterator[Deviation]:
        """Judge the response to the key of another organisation, which got its whole list."""
        neighbour, page = self.plan.neighbour(self.row), self._beside
        if neighbour is None or page is None:
            return
        expected = f"the whole list of {neighbour.identity.key.placeholder}, which was requested at the same time"
        if page.status != 200 or page.fault is not None:
            yield self._deviation(Kind.ROWS, expected, page.fault or describe(page), page)
            return
        found = Reading(self.plan.operation, tuple(page.rows), ended=not page.has_more)
        known = frozenset(neighbour.reading.row_ids)
        extra = {row_id: row for row_id, row in zip(found.row_ids, found.rows, strict=True) if row_id not in known}
        missing = known - set(found.row_ids) if found.ended else frozenset()
        if (extra or missing) and self._changed(neighbour.listing):
            self.case.vacuous(CHANGED)
        for kind, rows in self._by_kind(neighbour, extra).items():
            yield self._deviation(kind, expected, f"also {describe_rows(self.plan.operation, rows)}", page)
        if missing:
            actual = f"missing: {describe_rows(self.plan.operation, sorted(missing, key=str))}"
            yield self._deviation(Kind.ROWS, expected, actual, page)

    def _by_kind(self, reader: Reader, extra: Mapping[RowId, Mapping[str, Any]]) -> dict[Kind, list[RowId]]:
        """Sort rows that a key should not get by what is wrong with them."""
        if not extra:
            return {}
        foreign, known = self._only_of_others(reader), reader.known_ids
        found: dict[Kind, list[RowId]] = {}
        for row_id, row in extra.items():
            kind = Kind.ROWS
            if fingerprint(identify(self.plan.operation, row), row) in foreign:
                kind = Kind.FOREIGN
            elif reader.name in BOUNDED and row_id not in known and not (row_id.sure and row_id.nth > 1):
                kind = Kind.OUTSIDE
            found.setdefault(kind, []).append(row_id)
        return found

    def _only_of_others(self, reader: Reader) -> set[str]:
        """Return the fingerprints of rows that only keys of the other organisation have listed."""
        found: dict[bool, set[str]] = {True: set(), False: set()}
        for one in self.plan.readers.values():
            own = one.identity.organization_id == reader.identity.organization_id
            rows = (fingerprint(identify(self.plan.operation, row), row) for row in one.rows)
            found[own].update(row for row in rows if row is not None)
        return found[False] - found[True]

    def _changed(self, whole: Listing) -> bool:
        """Read a whole list again, and return whether it has other rows or other values, except measured ones."""
        before = Reading.of_listing(whole)
        page = self.case.call(whole.call.with_page_size(), key=whole.reader)
        now = Reading(self.plan.operation, tuple(page.rows), ended=not page.has_more)
        return set(now.row_ids) != set(before.row_ids) or bool(self._changes(before, now))


def expect_none(case: Case, *kinds: Kind, judged: Callable[[Plan], bool], start: float = 0.0) -> None:
    """Expect no deviation of some kinds in the crossings of each operation that `judged` accepts.

    `start` is the share of the operations after which the check begins: checks that run at the same time then send the
    requests of different operations.
    """
    operations = crossed_lists(case)
    first = int(start * len(operations))
    for operation in (*operations[first:], *operations[:first]):
        with case.part(operation.operation_id):
            found = crossings(case, operation.operation_id)
            if not judged(found.plan):
                raise Vacuous("no key, page or filter to cross")
            case.expect(True, "", "")
            for one in found.deviations:
                case.expect(one.kind not in kinds, one.expected, one.actual, one.exchanges)
            if Kind.ROWS in kinds:
                case.notes.append(f"{operation.operation_id}: {found.cost}")
