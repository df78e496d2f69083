"""Mutants that the checks of `windows/extreme_dates.py` catch."""

from tests.mutants.harness.alterations import change_rows, reject
from tests.mutants.harness.messages import Request
from tests.mutants.harness.mutant import Mutant, Probe
from tests.mutants.harness.request_windows import parse_timestamp, start_name

__all__ = ["MUTANTS"]


def _ends_in_year_9999(request: Request) -> bool:
    return (request.query_value("toUtc") or "").startswith("9999-")


def _starts_in_future(request: Request) -> bool:
    found = parse_timestamp(request.query_value(start_name(request) or ""))
    return found is not None and found.year >= 2027


MUTANTS = (
    Mutant(
        "err-year-9999",
        ("WIN-023", "ERR-001"),
        "A timestamp at the end of year 9999 fails with 500",
        fault=reject(lambda request: any(value.startswith("9999-12-31") for value in request.query_values.values())),
        probes=(Probe("/incidents?toUtc=9999-12-31T23:59:59Z"),),
    ),
    Mutant(
        "win-future-refused",
        ("WIN-026",),
        "A window in the future is rejected",
        fault=reject(_starts_in_future, status=400),
        probes=(Probe("/appointments?fromUtc=2027-05-20T00:00:00Z&toUtc=2027-05-21T00:00:00Z"),),
    ),
    Mutant(
        "win-year-9999-as-open-end",
        ("WIN-032",),
        "Incidents and service reports up to year 9999 are empty",
        fault=change_rows(lambda _request, _found: [], "listIncidents", "listServiceReports", when=_ends_in_year_9999),
        probes=(Probe("/incidents?fromUtc=2020-01-01T00:00:00Z&toUtc=9999-12-31T23:59:59Z"),),
    ),
)
