"""Windows: the names of their ends, their length, what lies in them, and how instants are written."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from sepolo_conformance.api.calls import Call, Listing
from sepolo_conformance.api.row_times import row_time
from sepolo_conformance.api.timestamps import TOLERANCE, parse_instant, stamp
from sepolo_conformance.checks.common.list_changes import end_if_changed
from sepolo_conformance.checks.common.window_calls import (
    QUIET_DAY,
    base_list,
    call_over_days,
    call_without_window,
    end_names,
    fractional_window,
    ids_inside,
    read_once,
    rows_outside,
    span_text,
    windowed_lists,
    windowed_operations,
)
from sepolo_conformance.checks.windows import window_splitting
from sepolo_conformance.compare.sequences import Reading, describe_rows
from sepolo_conformance.engine.case import Case, describe, requirement
from sepolo_conformance.engine.shared_responses import fetch_once
from sepolo_conformance.model.requirement import MUST, SANDBOX, SHOULD
from sepolo_conformance.transport.exchange import Exchange
from sepolo_openapi.contract import Operation, WindowRule

_ALIASES = 'The page: "fromUtc is also accepted", "toUtc is also accepted".'
_MAXIMUM = 'The page: "Maximum window", 31 or 366 days.'
_BOUNDS = 'The page: "start timestamp" and "end timestamp" of what is listed.'
_OPTIONAL = 'The page: "Optional start timestamp", "Optional end timestamp".'
_REFUSAL = 'The page types both ends as date-time, and: "validation errors return 400".'
_FORM = "The page writes instants as 2026-06-01T00:00:00Z (RFC 3339)."
_OWN = "Our own choice"

_FAR = {31: 62, 366: 800}
"""Days that are far beyond a maximum."""
_DAY = timedelta(days=1)
_WHILE = timedelta(minutes=30)
"""How long a run may last."""
_NO_TIMESTAMP = ("yesterday", "2026-13-45T99:99:99Z")
_NO_SUCH_TIME = (
    ("2023-02-29T00:00:00Z", datetime(2023, 3, 1, tzinfo=UTC)),
    ("2026-06-31T00:00:00Z", datetime(2026, 7, 1, tzinfo=UTC)),
    ("2026-06-01T24:30:00Z", datetime(2026, 6, 2, tzinfo=UTC)),
    ("2026-06-01T12:60:00Z", datetime(2026, 6, 1, 13, tzinfo=UTC)),
)
"""Times that the calendar or the clock lacks, and what a careless reader takes them for."""
_OTHER_FORMS = (
    "2026-06-01T00:00:00",
    "2026-06-01",
    "1780272000",
    "",
    "2026-06-01 00:00:00Z",
    "2026-06-01T00:00:00 02:00",
    "2026-06-01T00:00:00+0200",
    "2026-06-01T00:00:60Z",
    "2026-06-01T00:00Z",
    "2026-06-01T00:00:00.0123456789Z",
    "20260601T000000Z",
)
_YEARS = (
    ("0001-01-01T00:00:00Z", "0001-01-20T00:00:00Z"),
    ("9999-12-12T00:00:00Z", "9999-12-31T23:59:59Z"),
    ("0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"),
)
_LEAP_DAY = datetime(2024, 2, 29, tzinfo=UTC)
_SKIPPED = datetime(2026, 3, 29, 2, 30, tzinfo=UTC)
_DOUBLED = datetime(2025, 10, 26, 2, 30, tzinfo=UTC)
"""Ordinary instants whose digits, taken for European local time, are of an hour that is skipped, and of one that comes
twice.
"""


def _each(case: Case) -> Iterator[tuple[Operation, WindowRule, Call]]:
    """Yield each operation with a window, with a call of it that wants one."""
    for operation, window in windowed_operations(case):
        call = None
        with case.part(operation.operation_id):
            case.home.reader(operation.operation_id)
            call = call_without_window(case, operation)
        if call is not None:
            yield operation, window, call


def _each_end(case: Case) -> Iterator[tuple[str, str, Call, str]]:
    """Yield every name of every end: what it is, its name, a call to add it to, and the name of the other end."""
    for operation, window, call in _each(case):
        for name, end in end_names(window):
            yield f"{operation.operation_id} {name}", name, call, window.end if end == window.start else window.start


def _turn(place: int) -> int:
    """Return 0 or 1 for a name of an end, so that of each operation a start and an end get the one and the other."""
    return (place + 1) // 2 % 2


def _given(call: Call, name: str, text: str, other: str, near: datetime) -> Call:
    """Return a call with an odd end, and the other one so near that the window is fine if the odd one is ignored."""
    window = call.operation.window
    before = window is not None and other == window.end
    return call.having({name: text, other: stamp(near + timedelta(hours=1 if before else -1))})


def _refused(case: Case, what: str, page: Exchange) -> None:
    actual = f"200 with {len(page.rows)} rows" if page.ok else describe(page)
    case.expect(page.status == 400, f"{what} is refused: status 400", actual, page)


def _accepted(case: Case, what: str, page: Exchange) -> None:
    case.expect(page.status == 200, f"{what} is accepted: status 200", describe(page), page)


# -- Names ----------------------------------------------------------------------------------------------------


@requirement(
    "WIN-001",
    MUST,
    clause='The page row_ids both ends as required, and: "validation errors return 400".',
    title="A list that needs a window refuses a call without one of its ends",
)
def ends_are_required(case: Case) -> None:
    """Gives one end only, by each of its names, then none."""
    for operation, window, call in _each(case):
        if window.required:
            for name in (*dict(end_names(window)), None):
                given = {} if name is None else {name: stamp(QUIET_DAY)}
                _refused(case, f"{operation.operation_id} with {name or 'no end'} alone", case.call(call.having(given)))


def _renamed(window: WindowRule, call: Call, first: str, second: str) -> Call:
    """Return a call with its ends given by other names."""
    plain = call.having({window.start: None, window.end: None})
    return plain.having({first: call.query[window.start], second: call.query[window.end]})


def _aliased(case: Case, mixed: bool) -> None:
    """Expect the rows of a short list again, with its ends given by their other names, or by one of each."""
    for operation, window in windowed_operations(case):
        if not window.aliases:
            continue
        with case.part(operation.operation_id):
            listing = case.home.small(operation.operation_id, 5, 12)
            other = {end: alias for alias, end in window.aliases.items()}
            names = [(other[window.start], other[window.end])]
            if mixed:
                names = [(window.start, other[window.end]), (other[window.start], window.end)]
            for first, second in names:
                call = _renamed(window, listing.call, first, second)
                page, reading = read_once(case, call) if mixed else _in_two(case, listing, call)
                want = Reading(operation, listing.rows, listing.complete)
                good = set(reading.row_ids) == set(want.row_ids)
                if not good:
                    end_if_changed(case, listing.call, want)
                expected = (
                    f"{operation.operation_id} by {first} and {second}: {len(want.row_ids)} rows, as by the others"
                )
                case.expect(good, expected, span_text(operation, reading.rows), (listing.exchange, page))


def _in_two(case: Case, listing: Listing, call: Call) -> tuple[Exchange, Reading]:
    """Return the rows of a list in two pages, as a cursor has to know the other names too, and the last of them."""
    if not listing.complete or len(listing.rows) < 2:
        return read_once(case, call)
    # Pages may be shorter than asked for.
    walk = case.walk(call.having(pageSize=-(-len(listing.rows) // 2)), pages=len(listing.rows))
    case.need(walk.last.status == 200, "status 200", describe(walk.last), walk.last)
    if not walk.ended and walk.problem is None:
        case.vacuous("the pages are many, or the list has grown")
    return walk.last, walk.reading


@requirement(
    "WIN-003",
    MUST,
    clause=_ALIASES,
    title="A window given by its other names holds the same rows",
)
def other_names(case: Case) -> None:
    """Compares the rows of a window by from and to with those by fromUtc and toUtc, read in two pages."""
    for operation, window, call in _each(case):
        # Should the plain names not work at all, there are no rows to compare.
        if window.aliases:
            _accepted(
                case,
                f"{operation.operation_id} by from and to",
                fetch_once(case, call.within(QUIET_DAY, QUIET_DAY + _DAY)),
            )
    _aliased(case, mixed=False)


@requirement(
    "WIN-004",
    SHOULD,
    clause=_ALIASES,
    title="The two names of either end may be mixed",
)
def mixed_names(case: Case) -> None:
    """Compares the rows of a window by from and to with those by from and toUtc, and by fromUtc and to."""
    _aliased(case, mixed=True)


@requirement(
    "WIN-005",
    SANDBOX,
    clause=f"{_OWN}: an end named twice must mean one instant.",
    title="An end given by both its names is accepted if they agree, else refused with 400",
)
def both_names(case: Case) -> None:
    """Gives ends by both names: the same instant, then, one end after the other, two instants."""
    for operation, window, call in _each(case):
        name = operation.operation_id
        full = call.within(QUIET_DAY, QUIET_DAY + _DAY)
        twins = {alias: full.query[end] for alias, end in window.aliases.items()}
        if twins:
            _accepted(case, f"{name} with equal from and fromUtc, to and toUtc", case.call(full.having(twins)))
        for alias, end in window.aliases.items():
            page = case.call(full.having({**twins, alias: stamp(QUIET_DAY + _DAY / 2)}))
            _refused(case, f"{name} with different {end} and {alias}", page)


@requirement(
    "WIN-031",
    SANDBOX,
    clause=f"{_OWN}: the page lists only fromUtc and toUtc there.",
    title="from and to are ignored where the window is named fromUtc and toUtc",
)
def names_of_others(case: Case) -> None:
    """Adds from and to, of another time, where only fromUtc and toUtc are listed, and compares the rows."""
    for operation, window, call in _each(case):
        if not window.aliases and not window.required:
            plain = call.within(case.target.now() - 10 * _DAY, case.target.now())
            one, other = fetch_once(case, plain), case.call(plain.having({"from": stamp(QUIET_DAY), "to": "never"}))
            same = other.status == 200 and one.data == other.data
            case.expect(same, f"{operation.operation_id}: the same with from and to", describe(other), (one, other))


# -- Length ---------------------------------------------------------------------------------------------------


def _limited(case: Case) -> Iterator[tuple[Operation, int]]:
    for operation, window in windowed_operations(case):
        if window.max_days is not None:
            yield operation, window.max_days


@requirement(
    "WIN-002",
    MUST,
    clause=_MAXIMUM,
    title="A window far beyond the longest is refused with 400, not cut short",
)
def far_too_long(case: Case) -> None:
    """Asks for 62 days where 31 are the most, and for 800 where 366 are."""
    for operation, most in _limited(case):
        with case.part(operation.operation_id):
            days = _FAR.get(most, 2 * most)
            page = case.call(call_over_days(case, operation, days))
            times = [time for row in page.rows if (time := row_time(operation, row)) is not None]
            short = bool(times) and max(times) - min(times) <= (most + 1) * _DAY and not page.member("hasMore")
            how = "cut short without a word" if short else "served as asked, or cut short"
            actual = f"200, {how}: {span_text(operation, page.rows)}" if page.ok else describe(page)
            case.expect(page.status == 400, f"{operation.operation_id}: 400 for {days} days", actual, page)


@requirement(
    "WIN-006",
    MUST,
    clause=_MAXIMUM,
    title="A window of one day less than the longest is accepted",
)
def well_within(case: Case) -> None:
    """Asks for 30 days where 31 are the most, and for 365 where 366 are."""
    for operation, most in _limited(case):
        with case.part(operation.operation_id):
            page = case.call(call_over_days(case, operation, most - 1))
            _accepted(case, f"{operation.operation_id} over {most - 1} days", page)


@requirement(
    "WIN-007",
    SANDBOX,
    clause=f"{_OWN}: days of 24 hours, both ends included.",
    title="The longest window is accepted to the second; one second more is refused with 400",
)
def to_the_second(case: Case) -> None:
    """Asks for exactly 31 or 366 days, for a second more and for a millisecond more."""
    for operation, most in _limited(case):
        with case.part(operation.operation_id):
            call, stop = call_without_window(case, operation), QUIET_DAY + most * _DAY
            name = f"{operation.operation_id} over {most} days"
            _accepted(case, name, case.call(call.within(QUIET_DAY, stop)))
            for more in (timedelta(seconds=1), timedelta(milliseconds=1)):
                _refused(case, f"{name} and {more.total_seconds():g} s", case.call(call.within(QUIET_DAY, stop + more)))


@requirement(
    "WIN-008",
    SHOULD,
    clause=_REFUSAL,
    title="A window that ends before it starts is refused with 400",
)
def reversed_window(case: Case) -> None:
    """Asks for a day whose end is its beginning."""
    for operation, _, call in _each(case):
        now = case.target.now()
        _refused(case, f"{operation.operation_id} from now to a day ago", case.call(call.within(now, now - _DAY)))


# -- Contents -------------------------------------------------------------------------------------------------


@requirement(
    "WIN-009",
    MUST,
    clause=_BOUNDS,
    title="No row lies wholly outside the window",
)
def nothing_outside(case: Case) -> None:
    """Looks at the times of rows in windows cut out of the data, a narrow and a wider one. What reaches into the
    window is in it; so is what lies up to a second beside it. Of incidents the page doesn't say which time counts.
    """
    for operation in windowed_lists(case):
        if operation.operation_id != "listIncidents":
            _nothing_outside(case, operation)


def _nothing_outside(case: Case, operation: Operation) -> None:
    with case.part(operation.operation_id):
        listings = {
            id(one): one for one in (case.home.small(operation.operation_id, 5, 12), base_list(case, operation))
        }
        seen = [(one.call, one.exchange) for one in listings.values()]
        seen += [(call, read_once(case, call)[0]) for call in window_splitting.parts(case, operation)]
        for call, page in seen:
            if call.window is not None:
                wrong = rows_outside(operation, page.rows, call.window)
                expected = f"{operation.operation_id}: rows from {stamp(call.window[0])} to {stamp(call.window[1])}"
                case.expect(not wrong, expected, f"outside: {span_text(operation, wrong)}", page)


@requirement(
    "WIN-010",
    SHOULD,
    clause=f"{_BOUNDS} Incidents are placed by when they happen.",
    title="No incident lies wholly outside the window",
)
def incidents_touch(case: Case) -> None:
    """Looks at all times of incidents in windows cut out of the data, as in WIN-009."""
    _nothing_outside(case, case.operation("listIncidents"))


@requirement(
    "WIN-033",
    SANDBOX,
    clause=f"{_OWN}: placed by their start, not by what of them reaches into the window.",
    title="Cycles and movements start inside the window",
)
def placed_by_start(case: Case) -> None:
    """Looks at the starts of cycles and movements in windows cut out of the data."""
    for name in ("listPointGuardCycles", "listMovements"):
        operation = case.operation(name)
        with case.part(name):
            for call in window_splitting.parts(case, operation):
                page, reading = read_once(case, call)
                start, stop = call.window or (QUIET_DAY, QUIET_DAY)
                times = [(row, row_time(operation, row)) for row in reading.rows]
                wrong = [row for row, time in times if time and not start - TOLERANCE <= time <= stop + TOLERANCE]
                expected = f"{name}: starts from {stamp(start)} to {stamp(stop)}"
                case.expect(not wrong, expected, f"{len(wrong)} elsewhere: {wrong[:1]}", page)


@requirement(
    "WIN-011",
    SHOULD,
    clause=_BOUNDS,
    title="A wider window holds all rows of a narrower one",
)
def wider_holds_narrower(case: Case) -> None:
    """Compares windows cut out of a list with the list: they hold no row that it lacks."""
    for operation in windowed_lists(case):
        with case.part(operation.operation_id):
            listing = base_list(case, operation)
            for call in window_splitting.parts(case, operation):
                window_splitting.expect_held(case, listing, call)


@requirement(
    "WIN-034",
    SHOULD,
    clause=_BOUNDS,
    title="A window over the end of a month or year holds what lies beyond that",
)
def beyond_the_border(case: Case) -> None:
    """Compares the later half of each window that data were found in, and of one over the last New Year, with the
    whole: data are often kept by month or year, and a reader may forget all parts but the first.
    """
    year = case.target.now().year
    for operation in windowed_lists(case):
        with case.part(operation.operation_id):
            _holds_later_half(case, case.home.listing(operation.operation_id))
        if "{deviceId}" in operation.path:
            with case.part(f"{operation.operation_id} over New Year"):
                around = case.home.listing(operation.operation_id)
                border = datetime(year, 1, 1, tzinfo=UTC)
                for reach in (15 * _DAY, _DAY / 2):
                    call = around.call.within(border - reach, border + reach)
                    page, reading = read_once(case, call)
                    if reading.ended:
                        break
                _holds_later_half(case, Listing(call, around.reader, tuple(page.rows), reading.ended, page))


def _holds_later_half(case: Case, listing: Listing) -> None:
    if listing.call.window is None or not listing.complete:
        case.vacuous("no window whose rows are all known")
    start, stop = listing.call.window
    window_splitting.expect_held(case, listing, listing.call.within(start + (stop - start) / 2, stop))


@requirement(
    "WIN-012",
    SHOULD,
    clause=_BOUNDS,
    title="A narrower window holds all rows of a wider one that lie inside it",
)
def narrower_leaves_out_nothing(case: Case) -> None:
    """Compares windows cut out of a list with the list: every row of it that lies wholly inside one is in it."""
    for operation in windowed_lists(case):
        with case.part(operation.operation_id):
            listing = base_list(case, operation)
            want = Reading(operation, listing.rows, ended=True)
            for call in window_splitting.parts(case, operation):
                page, reading = read_once(case, call)
                held = set(reading.row_ids)
                missing = [
                    row_id for row_id in ids_inside(want, call.window or (QUIET_DAY, QUIET_DAY)) if row_id not in held
                ]
                if missing and reading.ended and not window_splitting.still(case, listing):
                    case.vacuous("the rows of the list changed while it was read")
                expected = f"{operation.operation_id}: all rows that lie inside the narrower window"
                good = not missing or not reading.ended
                case.expect(good, expected, f"missing: {describe_rows(operation, missing)}", (listing.exchange, page))


@requirement(
    "WIN-013",
    SHOULD,
    clause=_BOUNDS,
    title="A window cut in two at any instant holds together what it held whole",
)
def cut_anywhere(case: Case) -> None:
    """Cuts windows in two at instants that Hypothesis draws, on a row, beside one or between, and compares both parts
    with the whole. Rows that reach over the cut aren't looked for.
    """
    window_splitting.cut_anywhere(case)


@requirement(
    "WIN-014",
    SHOULD,
    clause=_BOUNDS,
    title="A row exactly where two windows meet is in at least one of them",
)
def cut_on_a_row(case: Case) -> None:
    """Cuts the window of each list exactly at the time of a row in its middle, and looks for that row in both parts."""
    for operation in windowed_lists(case):
        with case.part(operation.operation_id):
            listing = base_list(case, operation)
            times = sorted(time for row in listing.rows if (time := row_time(operation, row)) is not None)
            window_splitting.expect_whole(case, listing, times[len(times) // 2])


@requirement(
    "WIN-015",
    SANDBOX,
    clause=f"{_OWN}: closed intervals.",
    title="Both ends belong to the window, and nothing a millisecond beyond them does",
)
def closed_to_the_millisecond(case: Case) -> None:
    """Takes two rows for the ends of a window, looks for them, then moves both ends in by a millisecond."""
    for operation in windowed_lists(case):
        if operation.operation_id not in ("listAppointments", "getTelemetryDaily"):
            with case.part(operation.operation_id):
                listing = base_list(case, operation)
                window_splitting.expect_closed(case, listing)


@requirement(
    "WIN-016",
    SANDBOX,
    clause=f"{_OWN}: closed intervals.",
    title="A window of one instant is accepted and holds the rows of that instant",
)
def one_instant(case: Case) -> None:
    """Takes the time of a row for both ends of a window and looks for the row."""
    for operation in windowed_lists(case):
        with case.part(operation.operation_id):
            listing = base_list(case, operation)
            row = listing.rows[len(listing.rows) // 2]
            time = row_time(operation, row)
            if time is None:
                case.vacuous("the rows show no times")
            page, reading = read_once(case, listing.call.within(time, time))
            times = [row_time(operation, other) for other in reading.rows]
            expected = f"{operation.operation_id} from {stamp(time)} to {stamp(time)}: the row of that instant"
            case.expect(time in times or not reading.ended, expected, f"{len(times)} rows", page)


@requirement(
    "WIN-028",
    SHOULD,
    clause='The page shows a daily row with "date": "2026-05-13T00:00:00Z".',
    title="The window of one UTC day holds the daily rows of that day and of no other",
)
def whole_days(case: Case) -> None:
    """Asks for the days of daily rows, one by one, from midnight to a second before the next, and for two of them."""
    operation = case.operation("getTelemetryDaily")
    listing = case.home.listing(operation.operation_id)
    days = sorted({time for row in listing.rows if (time := row_time(operation, row)) is not None})
    chosen = [(day, day) for day in (days[0], days[len(days) // 2], days[-1])]
    chosen += [(one, other) for one, other in pairwise(days[1:-1]) if other - one == _DAY][:1]
    for first, last in chosen:
        stop = last + _DAY - timedelta(seconds=1)
        page, reading = read_once(case, listing.call.within(first, stop))
        want = [row for row in listing.rows if first <= (row_time(operation, row) or stop) < stop]
        shown = sorted({str(row.get("date")) for row in reading.rows})
        missing = [
            row_id for row_id in Reading(operation, tuple(want), ended=True).row_ids if row_id not in reading.row_ids
        ]
        wrong = [row for row in reading.rows if not first <= (row_time(operation, row) or first) <= stop]
        expected = f"{len(want)} rows, of {stamp(first)} to {stamp(last)}"
        case.expect(not missing and not wrong, expected, f"{len(reading.rows)} rows, of {', '.join(shown[:4])}", page)


@requirement(
    "WIN-030",
    SHOULD,
    clause='The page: "visit counts and cost totals for a reporting window".',
    title="Service performance counts in two halves of a window no fewer visits than in the whole, in each no more",
)
def performance_adds_up(case: Case) -> None:
    """Compares counts and costs of sixty days with those of two parts of them: each at most the whole, together at
    least.
    """
    window_splitting.expect_sums(case, call_without_window(case, case.operation("getServicePerformance")))


# -- How instants are written ---------------------------------------------------------------------------------


@requirement(
    "WIN-017",
    MUST,
    clause=_FORM,
    title="Every end takes an instant in the form that the page shows, also on 29 February and when clocks are changed",
)
def plain_instants(case: Case) -> None:
    """Asks every operation, by every name of its ends, for 29 February 2024; and for windows that end, and where they
    may be so long begin, at half past two in nights when European clocks change, which are nothing special in UTC.
    """
    for operation, window, call in _each(case):
        full = call.within(_LEAP_DAY, _LEAP_DAY + _DAY - timedelta(seconds=1))
        other = {end: alias for alias, end in window.aliases.items()}
        calls = [full] + ([_renamed(window, full, other[window.start], other[window.end])] if other else [])
        for one in calls:
            _accepted(case, f"{operation.operation_id} on 2024-02-29", case.call(one))
        start = _SKIPPED - _DAY if window.required else _DOUBLED
        what = f"{operation.operation_id} from {stamp(start)} to {stamp(_SKIPPED)}"
        _accepted(case, what, case.call(call.within(start, _SKIPPED)))


@requirement(
    "WIN-018",
    SHOULD,
    clause="Fractions of a second belong to date-time (RFC 3339).",
    title="Every end takes fractions of a second, and so does updatedSince",
)
def fractions(case: Case) -> None:
    """Gives both ends of every operation with one to seven digits after the second, and updatedSince with three."""
    for operation, _, _ in _each(case):
        call, page = fractional_window(case, operation)
        given = " to ".join(str(call.query[end]) for end in window_splitting.names(call))
        _accepted(case, f"{operation.operation_id} from {given}", page)
    for name in ("listAssets", "listDevices"):
        with case.part(name):
            page = case.get(name, query={"pageSize": 2, "updatedSince": "2024-03-01T00:00:00.123Z"})
            _accepted(case, f"{name} with updatedSince=2024-03-01T00:00:00.123Z", page)


@requirement(
    "WIN-019",
    MUST,
    clause=_REFUSAL,
    title="What is no timestamp is refused with 400, at every end of every operation",
)
def no_timestamp(case: Case) -> None:
    """Gives each name of each end a word, or numbers that are none of a date, in turn."""
    for place, (what, name, call, other) in enumerate(_each_end(case)):
        text = _NO_TIMESTAMP[_turn(place)]
        _refused(case, f"{what}={text}", case.call(_given(call, name, text, other, case.target.now())))


@requirement(
    "WIN-020",
    SHOULD,
    clause=_REFUSAL,
    title="A day or time that doesn't exist is refused with 400",
)
def no_such_time(case: Case) -> None:
    """Gives each end a day or a time of day that the calendar lacks, another for each."""
    for place, (what, name, call, other) in enumerate(_each_end(case)):
        text, taken_for = _NO_SUCH_TIME[place % len(_NO_SUCH_TIME)]
        _refused(case, f"{what}={text}", case.call(_given(call, name, text, other, taken_for)))


@requirement(
    "WIN-021",
    SANDBOX,
    clause=f"{_OWN}: RFC 3339 with an offset, given once, and nothing else.",
    title="A timestamp without offset, a bare date, a number, nothing or two of them are refused with 400",
)
def other_forms(case: Case) -> None:
    """Gives each end an instant in one of eleven other forms, and every other end one twice."""
    june = datetime(2026, 6, 1, tzinfo=UTC)
    for place, (what, name, call, other) in enumerate(_each_end(case)):
        text = _OTHER_FORMS[place % len(_OTHER_FORMS)]
        _refused(case, f"{what}={text!r}", case.call(_given(call, name, text, other, june)))
        if _turn(place) == 0:
            query = [*_given(call, name, stamp(june), other, june).query.items(), (name, stamp(june))]
            _refused(case, f"{what} given twice", case.get(call.operation, call.ids, query))


@requirement(
    "WIN-022",
    SANDBOX,
    clause=f"{_OWN}: all of RFC 3339.",
    title="The same instant with another offset means the same window",
)
def other_offsets(case: Case) -> None:
    """Writes the ends of a short list's window with other offsets, and in lower case, and compares the rows."""
    for place, operation in enumerate(windowed_lists(case)):
        with case.part(operation.operation_id):
            listing = base_list(case, operation)
            for step in (0, 1):
                call = window_splitting.rewritten(listing.call, place + step)
                page, reading = read_once(case, call)
                same = reading.row_ids == Reading(operation, listing.rows, ended=True).row_ids
                given = " to ".join(str(call.query[end]) for end in window_splitting.names(call))
                expected = f"{operation.operation_id} from {given}: the rows of the same window in UTC"
                case.expect(same, expected, span_text(operation, reading.rows), (listing.exchange, page))


@requirement(
    "WIN-023",
    MUST,
    clause='The page: "unexpected failures return 500": these are valid timestamps.',
    title="Windows in the years 0001 and 9999 bring no 5xx",
)
def first_and_last_years(case: Case) -> None:
    """Asks every operation for days of the years 0001 and 9999, and for all time between."""
    for operation, window, call in _each(case):
        for start, stop in _YEARS:
            page = fetch_once(case, call.having({window.start: start, window.end: stop}))
            expected = f"{operation.operation_id} from {start} to {stop}: an answer or a refusal, no 5xx"
            case.expect(page.status < 500, expected, describe(page), page)


@requirement(
    "WIN-032",
    SHOULD,
    clause=_OPTIONAL,
    title="A window of all years, where no maximum is stated, lists what no window does",
)
def all_years(case: Case) -> None:
    """Asks lists whose window has no maximum for the years 0001 to 9999, and compares the number of rows on the first
    page with that of a call without a window. That so long a window is refused is tolerated.
    """
    for operation, window, call in _each(case):
        if window.max_days is None and not window.required:
            start, stop = _YEARS[-1]
            far = fetch_once(case, call.having({window.start: start, window.end: stop}))
            plain = fetch_once(case, call)
            if far.status == 200 and plain.status == 200:
                expected = f"{operation.operation_id} from {start} to {stop}: {len(plain.rows)} rows, as without"
                case.expect(len(far.rows) >= len(plain.rows), expected, f"{len(far.rows)} rows", (plain, far))


# -- Ends left out --------------------------------------------------------------------------------------------


def _open(case: Case) -> Iterator[tuple[Operation, WindowRule, Call, str | None]]:
    """Yield calls of operations with an optional window: without one, then with either end alone, by its name."""
    for operation, window, call in _each(case):
        if not window.required:
            now = case.target.now()
            yield operation, window, call, None
            yield operation, window, call.having({window.start: stamp(now - 10 * _DAY)}), window.start
            yield operation, window, call.having({window.end: stamp(now)}), window.end


@requirement(
    "WIN-024",
    MUST,
    clause=_OPTIONAL,
    title="A window that is optional may be left out, both ends or either",
)
def optional_ends(case: Case) -> None:
    """Leaves out both ends, then either."""
    for operation, _, call, name in _open(case):
        _accepted(case, f"{operation.operation_id} with {name or 'no end'} alone", fetch_once(case, call))


@requirement(
    "WIN-025",
    SHOULD,
    clause=_OPTIONAL,
    title="One end alone bounds the rows on its side",
)
def one_end_bounds(case: Case) -> None:
    """Gives one end, among the data, and looks at the rows beyond it."""
    for operation in windowed_lists(case):
        window = operation.window
        if window is not None and not window.required:
            with case.part(operation.operation_id):
                for call, name in window_splitting.half_open(case, operation, window):
                    page = fetch_once(case, call.with_page_size())
                    given = parse_instant(call.query[name]) or QUIET_DAY
                    far = datetime.max.replace(tzinfo=UTC) - _DAY
                    span = (given, far) if name == window.start else (QUIET_DAY - 1_000 * _DAY, given)
                    wrong = rows_outside(operation, case.rows(page), span)
                    actual = f"beyond it: {span_text(operation, wrong)}"
                    case.expect(not wrong, f"{operation.operation_id} with {name}={stamp(given)} alone", actual, page)


@requirement(
    "WIN-026",
    SHOULD,
    clause="A window of time that hasn't come is a window all the same; appointments lie there.",
    title="Windows in the future are accepted",
)
def future(case: Case) -> None:
    """Asks every operation for twenty days five years ahead."""
    for operation, _, call in _each(case):
        start = case.target.now() + 5 * 365 * _DAY
        page = case.call(call.within(start, start + 20 * _DAY))
        _accepted(case, f"{operation.operation_id} in five years", page)


@requirement(
    "WIN-027",
    SANDBOX,
    clause=f"{_OWN}: the last 30 days, for appointments the next; a single end reaches 366 days.",
    title="The window that an open end stands for goes out in X-Sandbox-Effective-Window",
)
def effective_window(case: Case) -> None:
    """Reads the header of windows that are open at an end, and reckons what the contract gives them."""
    for operation, window, call, name in _open(case):
        page = fetch_once(case, call)
        now, days = case.target.now(), window.default_days
        reach = None if window.max_days is None else window.max_days * _DAY
        start = stop = None
        if name is None and days is not None:
            start, stop = sorted((now, now + days * _DAY))
        elif name == window.start:
            start = now - 10 * _DAY
            stop = start + reach if reach else None
        elif name == window.end:
            stop = now
            start = stop - reach if reach else None
        wanted = f"{stamp(start) if start else '..'}/{stamp(stop) if stop else '..'}"
        found = page.header("x-sandbox-effective-window")
        good = found == wanted or (start is None and stop is None and found is None) or _near(found, start, stop)
        expected = f"{operation.operation_id} with {name or 'no end'} alone: {wanted}"
        case.expect(good, expected, f"X-Sandbox-Effective-Window: {found}", page)


def _near(found: str | None, start: datetime | None, stop: datetime | None) -> bool:
    """Return whether a header names a window, but for the time that has passed since the run began."""
    first, _, second = (found or "").partition("/")
    pairs = ((parse_instant(first), start), (parse_instant(second), stop))
    return all(one and other and abs(one - other) < _WHILE for one, other in pairs)
