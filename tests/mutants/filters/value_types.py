"""Mutants that the checks of `filters/value_types.py` catch."""

from collections.abc import Callable

from tests.mutants.harness.alterations import change_request, reject, remove_parameters
from tests.mutants.harness.messages import Request
from tests.mutants.harness.mutant import Mutant, Probe
from tests.mutants.harness.probe_parts import MOVEMENTS, WINDOW

__all__ = ["MUTANTS"]


def _without_malformed(name: str) -> Callable[[Request], Request]:
    """Remove a filter whose value is neither a UUID nor a number."""

    def change(request: Request) -> Request:
        text = request.query_value(name)
        return (
            request.with_query({name: None}) if text is not None and len(text) < 36 and not text.isdigit() else request
        )

    return change


def _without_leading_zeros(request: Request) -> Request:
    text = request.query_value("groupId") or ""
    return request.with_query(groupId=int(text)) if text.isdigit() and text[:1] == "0" else request


def _without_empty_values(request: Request) -> Request:
    return request.with_query({name: None for name, value in request.query_values.items() if not value})


MUTANTS = (
    Mutant(
        "flt-negative-duration",
        ("FLT-020",),
        "A negative minDurationSeconds is ignored",
        fault=change_request(
            remove_parameters("minDurationSeconds"),
            "listMovements",
            when=lambda request: request.query_int("minDurationSeconds") < 0,
        ),
        probes=(Probe(f"{MOVEMENTS}?{WINDOW}&minDurationSeconds=-5"),),
    ),
    Mutant(
        "flt-junk-uuid",
        ("FLT-016",),
        "listServiceReports ignores a malformed assetId",
        fault=change_request(_without_malformed("assetId"), "listServiceReports"),
        probes=(Probe("/service-reports?assetId=junk"),),
    ),
    Mutant(
        "flt-junk-integer",
        ("FLT-017",),
        "listIncidents ignores a malformed state",
        fault=change_request(_without_malformed("state"), "listIncidents"),
        probes=(Probe("/incidents?state=x"),),
    ),
    Mutant(
        "flt-device-status-word",
        ("FLT-024",),
        "listDevices rejects an integer status",
        subtle=False,
        fault=reject(lambda request: (request.query_value("status") or "").isdigit(), "listDevices", status=400),
        probes=(Probe("/devices?status=1"),),
    ),
    Mutant(
        "flt-empty-filter",
        ("FLT-029", "ROB-012"),
        "An empty filter is ignored",
        fault=change_request(_without_empty_values),
        probes=(Probe("/assets?status="),),
    ),
    Mutant(
        "flt-numbers-otherwise",
        ("FLT-030",),
        "listDevices accepts a groupId with leading zeros",
        fault=change_request(_without_leading_zeros, "listDevices"),
        probes=(Probe("/devices?groupId=0012"),),
    ),
)
