"""Mutants that the checks of `windows/timestamp_formats.py` catch."""

import re

from tests.mutants.harness.alterations import change_request, reject
from tests.mutants.harness.messages import Request
from tests.mutants.harness.mutant import Mutant, Probe
from tests.mutants.harness.probe_parts import CYCLES
from tests.mutants.harness.request_windows import given_names, in_skipped_hour, parse_timestamp

__all__ = ["MUTANTS"]


def _without_malformed_ends(request: Request) -> Request:
    names = given_names(request)
    return request.with_query({name: None for name in names if parse_timestamp(request.query_value(name)) is None})


def _has_leap_day(request: Request) -> bool:
    return any(value[4:10] == "-02-29" for value in request.query_values.values())


def _has_fraction(request: Request) -> bool:
    names = given_names(request)
    return any("." in request.query_values[name] for name in names)


def _with_existing_day(request: Request) -> Request:
    """Replace a day that doesn't exist by the 28th."""
    names = [name for name in given_names(request) if parse_timestamp(request.query_values[name]) is None]
    return request.with_query(
        {name: re.sub(r"^(\d{4}-\d\d-)\d\d", r"\g<1>28", request.query_values[name]) for name in names}
    )


def _without_offset(request: Request) -> Request:
    names = given_names(request)
    return request.with_query({name: re.sub(r"[+-]\d\d:\d\d$", "Z", request.query_values[name]) for name in names})


def _with_utc_for_missing_offset(request: Request) -> Request:
    names = given_names(request)
    return request.with_query(
        {name: re.sub(r"(T\d\d:\d\d:\d\d)$", r"\1Z", request.query_values[name]) for name in names}
    )


def _has_end_in_skipped_hour(request: Request) -> bool:
    return any(in_skipped_hour(request.query_values[name]) for name in given_names(request))


def _has_since_with_fraction(request: Request) -> bool:
    return (
        parse_timestamp(request.query_value("updatedSince")) is not None and "." in request.query_values["updatedSince"]
    )


MUTANTS = (
    Mutant(
        "win-nonsense-taken",
        ("WIN-019",),
        "listIncidents ignores a malformed fromUtc",
        fault=change_request(_without_malformed_ends, "listIncidents"),
        probes=(Probe("/incidents?fromUtc=yesterday"),),
    ),
    Mutant(
        "win-leap-day-refused",
        ("WIN-017",),
        "A timestamp on 29 February is rejected",
        fault=reject(_has_leap_day, status=400),
        probes=(Probe("/incidents?fromUtc=2024-02-29T12:00:00Z"),),
    ),
    Mutant(
        "win-fraction-refused",
        ("WIN-018",),
        "A window end with milliseconds is rejected",
        fault=reject(_has_fraction, status=400),
        probes=(Probe("/incidents?fromUtc=2026-05-20T00:00:00.123Z"),),
    ),
    Mutant(
        "win-february-30",
        ("WIN-020",),
        "30 February is read as another day",
        fault=change_request(_with_existing_day),
        probes=(Probe("/incidents?fromUtc=2026-02-30T00:00:00Z"),),
    ),
    Mutant(
        "win-offset-unread",
        ("WIN-022",),
        "The offset of a window end is ignored",
        fault=change_request(_without_offset),
        probes=(Probe(f"{CYCLES}?from=2026-05-20T08:00:00%2B08:00&to=2026-05-20T08:00:00Z"),),
    ),
    Mutant(
        "win-naive-taken",
        ("WIN-021",),
        "A window end without an offset is read as UTC",
        fault=change_request(_with_utc_for_missing_offset),
        probes=(Probe("/incidents?fromUtc=2026-05-20T00:00:00"),),
    ),
    Mutant(
        "win-skipped-hour",
        ("WIN-017",),
        "A window end in the hour that summer time skips fails with 500",
        fault=reject(_has_end_in_skipped_hour),
        probes=(Probe("/incidents?fromUtc=2026-03-29T02:30:00Z"),),
    ),
    Mutant(
        "win-since-fraction",
        ("WIN-018",),
        "updatedSince with milliseconds is rejected",
        fault=reject(_has_since_with_fraction, "listAssets", "listDevices", status=400),
        probes=(Probe("/assets?updatedSince=2026-01-01T00:00:00.123Z"),),
    ),
)
