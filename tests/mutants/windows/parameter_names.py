"""Mutants that the checks of `windows/parameter_names.py` catch."""

from tests.mutants.harness.alterations import DEVICE_LISTS, change_request, first_page
from tests.mutants.harness.messages import Request
from tests.mutants.harness.mutant import Mutant, Probe, probe_all_pages
from tests.mutants.harness.predicates import is_later_page
from tests.mutants.harness.probe_parts import CYCLES, MOVEMENTS
from tests.mutants.harness.request_windows import with_default_end

__all__ = ["MUTANTS"]


def _without_overruled_aliases(request: Request) -> Request:
    """Remove an alias where the canonical name of the same end is given too."""
    window = request.operation.window if request.operation else None
    aliases = dict(window.aliases) if window else {}
    return request.with_query({alias: None for alias, name in aliases.items() if request.query_value(name) is not None})


def _with_from_as_alias(request: Request) -> Request:
    text = request.query_value("from")
    return request if text is None else request.with_query({"from": None, "fromUtc": text})


def _without_to_utc(request: Request) -> Request:
    """Remove toUtc and sets an end one day after the start."""
    return request if request.query_value("toUtc") is None else with_default_end(request.with_query(toUtc=None))


MUTANTS = (
    Mutant(
        "win-alias-overruled",
        ("WIN-005",),
        "An alias is ignored where the canonical name is given with another value",
        fault=change_request(_without_overruled_aliases),
        probes=(Probe(f"{CYCLES}?from=2026-05-20T00:00:00Z&fromUtc=2026-05-21T00:00:00Z&to=2026-06-10T00:00:00Z"),),
    ),
    Mutant(
        "win-from-taken",
        ("WIN-031",),
        "listIncidents accepts from as an alias of fromUtc",
        fault=change_request(_with_from_as_alias, "listIncidents"),
        probes=(Probe("/incidents?from=2026-06-01T00:00:00Z"),),
    ),
    Mutant(
        "win-alias-ignored",
        ("WIN-003", "WIN-004"),
        "listMovements ignores toUtc and ends the window after one day",
        fault=change_request(_without_to_utc, "listMovements"),
        probes=(Probe(f"{MOVEMENTS}?from=2026-05-20T00:00:00Z&toUtc=2026-06-10T00:00:00Z&pageSize=500"),),
    ),
    Mutant(
        "win-alias-refused",
        ("WIN-003",),
        "listPointGuardCycles ignores fromUtc",
        subtle=False,
        fault=change_request(lambda request: request.with_query(fromUtc=None), "listPointGuardCycles"),
        probes=(Probe(f"{CYCLES}?fromUtc=2026-05-20T00:00:00Z&toUtc=2026-06-10T00:00:00Z"),),
    ),
    Mutant(
        "win-other-names-first-page",
        ("WIN-003",),
        "Device lists ignore the cursor when the window is given by fromUtc",
        fault=change_request(
            first_page,
            *DEVICE_LISTS,
            when=lambda request: is_later_page(request) and request.query_value("fromUtc") is not None,
        ),
        probes=(probe_all_pages(f"{MOVEMENTS}?fromUtc=2026-05-20T00:00:00Z&toUtc=2026-06-10T00:00:00Z&pageSize=4"),),
    ),
)
