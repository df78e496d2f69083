"""Date-times in responses: with an offset, in UTC, and days as midnight UTC."""

from collections.abc import Iterable

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
