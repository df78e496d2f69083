"""updatedSince of assets and devices: rows that were updated after an instant."""

from datetime import timedelta, timezone

from sepolo_conformance.api.filter_rules import RULES
from sepolo_conformance.api.timestamps import TOLERANCE, parse_instant, stamp
from sepolo_conformance.checks.common.clauses import TYPED_FILTER, UPDATED_AFTER
from sepolo_conformance.checks.common.list_walks import filterable_list
from sepolo_conformance.checks.common.response_checks import expect_rejected, outcome
from sepolo_conformance.checks.common.window_calls import read_once
from sepolo_conformance.checks.filters.filter_calls import read_trial, values_to_try
from sepolo_conformance.checks.filters.matching_rows import expect_all_matching_values
from sepolo_conformance.compare.sequences import describe_rows
from sepolo_conformance.engine import MUST, SANDBOX, SHOULD, Case, requirement

_LISTS = ("listAssets", "listDevices")
_OFFSETS = (timedelta(hours=-12), timedelta(hours=14))
"""The offsets that differ most from UTC."""


@requirement("FLT-018", MUST, clause=TYPED_FILTER, title="An updatedSince that is not a timestamp is rejected with 400")
def value_that_is_no_timestamp_is_rejected(case: Case) -> None:
    """Sends a word, then impossible numbers, to assets and devices."""
    for name in _LISTS:
        with case.part(name):
            for text in ("yesterday", "2026-13-45T99:99:99Z"):
                expect_rejected(case, f"{name} with updatedSince={text}", case.get(name, query={"updatedSince": text}))


@requirement("FLT-021", MUST, clause=UPDATED_AFTER, title="updatedSince returns no row that was updated before it")
def no_older_row(case: Case) -> None:
    """Sends instants between the updates of two rows and checks updatedOn, with a tolerance of one second."""
    for name in _LISTS:
        with case.part(name):
            for one in values_to_try(case, RULES[name, "updatedSince"]):
                page, reading = read_trial(case, one)
                since = parse_instant(one.call.query["updatedSince"])
                times = [parse_instant(row.get("updatedOn")) for row in reading.rows]
                older = [time for time in times if time and since and time < since - TOLERANCE]
                expected = f"{name} with {one.text}: no row updated before"
                actual = f"{len(older)} rows, updated on {', '.join(stamp(time) for time in older[:2])}"
                case.expect(not older, expected, actual, page)


@requirement("FLT-022", SHOULD, clause=UPDATED_AFTER, title="updatedSince returns every row that was updated after it")
def all_newer_rows(case: Case) -> None:
    """Compares two such lists with the rows of the whole list that were updated later, and with each other: the rows of
    a later updatedSince are among those of an earlier one."""
    for name in _LISTS:
        with case.part(name):
            rule = RULES[name, "updatedSince"]
            expect_all_matching_values(case, rule)
            found = sorted(values_to_try(case, rule), key=lambda one: str(one.call.query["updatedSince"]))
            (before, earlier), (after, later) = read_trial(case, found[0]), read_trial(case, found[-1])
            if earlier.ended and later.ended:
                missing = [row_id for row_id in later.row_ids if row_id not in set(earlier.row_ids)]
                expected = f"{name}: rows with {found[-1].text} are among those with {found[0].text}"
                actual = f"missing: {describe_rows(later.operation, missing)}"
                case.expect(not missing, expected, actual, (before, after))


@requirement(
    "FLT-023",
    SANDBOX,
    clause='Our own choice: "after" excludes the instant itself.',
    title="A row that was updated exactly at updatedSince is not returned",
)
def instant_itself_is_excluded(case: Case) -> None:
    """Sends the updatedOn of a row as updatedSince and looks for that row."""
    for name in _LISTS:
        with case.part(name):
            listing = filterable_list(case, case.operation(name))
            rows = [row for row in listing.rows if row.get("updatedOn")]
            if not rows:
                case.vacuous("no row shows updatedOn")
            since = rows[len(rows) // 2]["updatedOn"]
            page, reading = read_once(case, listing.call.having(updatedSince=since))
            equal = [row for row in reading.rows if row.get("updatedOn") == since]
            expected = f"{name} with updatedSince={since}: no row updated at that instant"
            case.expect(not equal, expected, f"{len(equal)} rows", page)


@requirement(
    "FLT-034",
    SANDBOX,
    clause="Our own choice: all offsets of RFC 3339 are accepted.",
    title="The same updatedSince written with another offset returns the same rows",
)
def offset_gives_the_same_rows(case: Case) -> None:
    """Writes an instant just after the update of a row with the offsets that differ most from UTC.

    A deployment that ignores the offset reads an instant half a day before or after, so that the row is returned or
    others are missing.
    """
    for name in _LISTS:
        with case.part(name):
            listing = filterable_list(case, case.operation(name))
            times = sorted(time for row in listing.rows if (time := parse_instant(row.get("updatedOn"))) is not None)
            if not times:
                case.vacuous("no row shows updatedOn")
            since = times[len(times) // 2].replace(microsecond=0) + 2 * TOLERANCE
            page, reading = read_once(case, listing.call.having(updatedSince=stamp(since)))
            for offset in _OFFSETS:
                text = since.astimezone(timezone(offset)).isoformat(timespec="seconds")
                other, same = read_once(case, listing.call.having(updatedSince=text))
                expected = f"{name} with updatedSince={text}: the rows of {stamp(since)}"
                is_same = other.ok and set(reading.row_ids) == set(same.row_ids)
                case.expect(is_same, expected, f"other rows: {outcome(other)}", (page, other))
