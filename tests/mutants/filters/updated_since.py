"""Mutants that the checks of `filters/updated_since.py` catch."""

import re

from tests.mutants.harness.alterations import change_request, remove_parameters
from tests.mutants.harness.messages import Request
from tests.mutants.harness.mutant import Mutant, Probe, probe_all_pages
from tests.mutants.harness.request_windows import parse_timestamp, shift_timestamp

__all__ = ["MUTANTS"]


def _since_start_of_day(request: Request) -> Request:
    since = request.query_value("updatedSince")
    return request if since is None or len(since) < 20 else request.with_query(updatedSince=f"{since[:10]}T00:00:00Z")


def _since_end_of_day(request: Request) -> Request:
    since = request.query_value("updatedSince")
    return request if since is None or len(since) < 20 else request.with_query(updatedSince=f"{since[:10]}T23:59:59Z")


def _since_a_second_before(request: Request) -> Request:
    since = request.query_value("updatedSince")
    return request if since is None else request.with_query(updatedSince=shift_timestamp(since, -1))


def _without_offset(request: Request) -> Request:
    since = request.query_value("updatedSince")
    return request if since is None else request.with_query(updatedSince=re.sub(r"[+-]\d\d:\d\d$", "Z", since))


MUTANTS = (
    *(
        Mutant(
            f"flt-since-offset-dropped-{name}",
            ("FLT-034",),
            f"{name} ignores the offset of updatedSince",
            fault=change_request(_without_offset, name),
            probes=(Probe(f"{target}?updatedSince={since}%2B14:00"),),
        )
        for name, target, since in (
            ("listAssets", "/assets", "2026-06-29T18:00:00"),
            ("listDevices", "/devices", "2026-06-23T12:00:00"),
        )
    ),
    Mutant(
        "flt-since-midnight",
        ("FLT-021",),
        "listAssets truncates updatedSince to the start of its day",
        fault=change_request(_since_start_of_day, "listAssets"),
        probes=(probe_all_pages("/assets?updatedSince={own.asset_updated_on}&status=all"),),
    ),
    Mutant(
        "flt-since-end-of-day",
        ("FLT-022",),
        "listDevices moves updatedSince to the end of its day",
        fault=change_request(_since_end_of_day, "listDevices"),
        probes=(probe_all_pages("/devices?updatedSince={own.device_updated_day}"),),
    ),
    Mutant(
        "flt-since-inclusive",
        ("FLT-023",),
        "listAssets returns assets that were updated exactly at updatedSince",
        fault=change_request(_since_a_second_before, "listAssets"),
        probes=(Probe("/assets?updatedSince={own.asset_updated_on}&status=all"),),
    ),
    Mutant(
        "flt-since-junk",
        ("FLT-018",),
        "listDevices ignores a malformed updatedSince",
        fault=change_request(
            remove_parameters("updatedSince"),
            "listDevices",
            when=lambda request: parse_timestamp(request.query_value("updatedSince")) is None,
        ),
        probes=(Probe("/devices?updatedSince=junk"),),
    ),
)
