"""Mutants that the checks of `consistency/aggregates.py` catch."""

from collections.abc import Callable
from datetime import timedelta

from tests.mutants.harness.alterations import Row, add_to_member, change_json, change_request, set_members
from tests.mutants.harness.messages import Request
from tests.mutants.harness.mutant import Mutant, Probe
from tests.mutants.harness.probe_parts import PERFORMANCE, SUMMARY
from tests.mutants.harness.request_windows import shift_window, window_length, window_of

__all__ = ["MUTANTS"]


def _open_visit_as_completed(_request: Request, found: Row) -> Row:
    step = 1 if found["openVisits"] else 0
    return {**found, "completedVisits": found["completedVisits"] + step, "openVisits": found["openVisits"] - step}


def _add(name: str, step: int) -> Callable[[Request, Row], Row]:
    return lambda _request, found: {**found, name: found[name] + step}


def _with_one_inactive_asset_less(_request: Request, found: Row) -> Row:
    return {**found, "totalAssets": found["totalAssets"] - 1, "inactiveAssets": found["inactiveAssets"] - 1}


def _spans_month_of(days: int) -> Callable[[Request], bool]:
    """A predicate: the window is a whole calendar month of so many days."""

    def when(request: Request) -> bool:
        window = window_of(request)
        length = window_length(request)
        return window is not None and window[0].day == 1 and length == timedelta(days=days, seconds=-1)

    return when


MUTANTS = (
    Mutant(
        "con-open-visit-done",
        ("CON-032",),
        "getServicePerformance counts an open visit as completed",
        fault=change_json(_open_visit_as_completed, "getServicePerformance"),
        probes=(Probe(PERFORMANCE),),
    ),
    Mutant(
        "con-visits-do-not-add-up",
        ("CON-031",),
        "totalVisits is one less than completed and open visits",
        subtle=False,
        fault=change_json(_add("totalVisits", -1), "getServicePerformance"),
        probes=(Probe(PERFORMANCE),),
    ),
    Mutant(
        "con-cancelled-visits",
        ("CON-032",),
        "cancelledVisits of getServicePerformance counts one visit too many",
        fault=change_json(_add("cancelledVisits", 1), "getServicePerformance"),
        probes=(Probe(PERFORMANCE),),
    ),
    Mutant(
        "con-cost-of-visits",
        ("CON-032",),
        "actualCost of getServicePerformance is a cent too high",
        fault=set_members(lambda row: add_to_member(row, "actualCost", 0.01), "getServicePerformance"),
        probes=(Probe(PERFORMANCE),),
    ),
    Mutant(
        "con-summary-one-short",
        ("CON-030",),
        "getAssetsSummary counts one inactive asset too few",
        fault=change_json(_with_one_inactive_asset_less, "getAssetsSummary"),
        probes=(Probe(SUMMARY),),
    ),
    Mutant(
        "con-summary-does-not-add-up",
        ("CON-028",),
        "activeAssets of getAssetsSummary is one too high",
        subtle=False,
        fault=change_json(_add("activeAssets", 1), "getAssetsSummary"),
        probes=(Probe(SUMMARY),),
    ),
    Mutant(
        "con-more-devices-than-assets",
        ("CON-029",),
        "withDevices of getAssetsSummary is above totalAssets",
        subtle=False,
        fault=change_json(
            lambda _request, found: {**found, "withDevices": found["totalAssets"] + 1}, "getAssetsSummary"
        ),
        probes=(Probe(SUMMARY),),
    ),
    *(
        Mutant(
            f"con-month-of-{days}-days",
            ("CON-032",),
            f"getServicePerformance leaves out the last ten days of a month of {days} days",
            fault=change_request(
                lambda request: shift_window(request, end_s=-864_000),
                "getServicePerformance",
                when=_spans_month_of(days),
            ),
            probes=(Probe(f"{PERFORMANCE}?fromUtc=2026-{month}-01T00:00:00Z&toUtc=2026-{month}-{days}T23:59:59Z"),),
        )
        for month, days in (("02", 28), ("01", 31))
    ),
)
