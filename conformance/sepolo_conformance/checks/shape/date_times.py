"""Date-times in responses: with an offset, in UTC, and days as midnight UTC; names of time zones."""

from collections.abc import Iterable
from functools import cache
from zoneinfo import available_timezones

from sepolo_conformance.api.timestamps import parse_instant
from sepolo_conformance.checks.shape.faults import Basis, Kind
from sepolo_conformance.checks.shape.oracle import mismatches
from sepolo_conformance.engine import MUST, SHOULD, Exchange, Mismatch, observe


@observe(
    "SHP-005",
    MUST,
    clause="The published page gives timestamps the type date-time, which has an offset (RFC 3339), and shows `Z`.",
    title="Every date-time has an offset",
)
def date_times_have_an_offset(exchange: Exchange) -> Iterable[Mismatch] | None:
    """Reads every member that the contract describes as date-time, documented or not."""
    return mismatches(exchange, {Kind.OFFSET}, *Basis)


@observe(
    "SHP-014", SHOULD, clause="All timestamps on the published page end in `Z`.", title="Date-times are in UTC, with Z"
)
def date_times_are_in_utc(exchange: Exchange) -> Iterable[Mismatch] | None:
    """Reads every member that the contract describes as date-time and that has an offset."""
    return mismatches(exchange, {Kind.ZONE}, *Basis)


@observe(
    "SHP-017",
    SHOULD,
    clause="The published page shows days as `2026-05-13T00:00:00Z`.",
    title="The date of a daily row is midnight UTC",
)
def daily_date_is_midnight(exchange: Exchange) -> Iterable[Mismatch] | None:
    """Reads the time of day of every date in telemetry-daily."""
    if exchange.request.operation_id != "getTelemetryDaily" or not exchange.rows:
        return None
    dates = [(row.get("date"), parse_instant(row.get("date"))) for row in exchange.rows]
    other = [text for text, date in dates if date is not None and (date.hour, date.minute, date.second) != (0, 0, 0)]
    return [Mismatch("a date of midnight UTC, as 2026-05-13T00:00:00Z", repr(text), "date") for text in other[:1]]


@observe(
    "SHP-020",
    SHOULD,
    clause="Our own choice: the published page shows no time zone, and clients know those of the IANA database.",
    title="timeZone is a name of the IANA time zone database",
)
def time_zone_is_an_iana_name(exchange: Exchange) -> Iterable[Mismatch] | None:
    """Looks up timeZone of every row. Not judged where the machine that runs the suite has no time zone database."""
    names = {row["timeZone"] for row in exchange.rows if isinstance(row.get("timeZone"), str)}
    if not names or not _zones():
        return None
    return [Mismatch("an IANA name, such as Europe/Oslo", repr(name), "timeZone") for name in sorted(names - _zones())]


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())
