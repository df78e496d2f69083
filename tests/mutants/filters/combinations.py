"""Mutants that the checks of `filters/combinations.py` catch."""

from tests.mutants.harness.alterations import PAGED, change_request, change_rows, remove_parameters
from tests.mutants.harness.crossed_faults import (
    BY_DEFAULT,
    FILTERED,
    FILTERED_PAGES,
    ROW_LISTS,
    WINDOWED,
    WINDOWED_PAGES,
    change_later_pages,
    gives_filter,
    with_wider_window,
    without_a_member,
    without_filters,
)
from tests.mutants.harness.messages import Request
from tests.mutants.harness.mutant import Mutant, Probe, probe_all_pages
from tests.mutants.harness.predicates import all_of, gives, gives_no_window, is_bounded, is_later_page, uses_bearer
from tests.mutants.harness.probe_parts import MOVEMENTS, bearer
from tests.mutants.harness.request_windows import window_of

__all__ = ["MUTANTS"]

_OPTIONAL_WINDOWS = ("listIncidents", "listServiceReports", "listAppointments")


def _gives_both_ends(request: Request) -> bool:
    return window_of(request) is not None


def _doubled_page_size(request: Request) -> Request:
    size = request.query_int("pageSize")
    return request.with_query(pageSize=2 * size) if 1 <= size <= 250 else request


MUTANTS = (
    Mutant(
        "flt-group-lost-when-combined",
        ("FLT-012",),
        "listAssets ignores groupId when status is given",
        fault=change_request(remove_parameters("groupId"), "listAssets", when=gives("groupId", "status")),
        probes=(Probe("/assets?groupId=12&status=inactive"),),
    ),
    Mutant(
        "flt-device-of-incidents",
        ("FLT-032",),
        "listIncidents ignores deviceId when a window is given",
        fault=change_request(remove_parameters("deviceId"), "listIncidents", when=gives("deviceId", "fromUtc")),
        probes=(Probe("/incidents?deviceId=SEP-DEVICE-020&fromUtc=2025-01-01T00:00:00Z"),),
    ),
    Mutant(
        "flt-third-filter",
        ("FLT-012",),
        "listAssets ignores customerId beside two other filters",
        fault=change_request(
            remove_parameters("customerId"), "listAssets", when=gives("customerId", "groupId", "status")
        ),
        probes=(Probe("/assets?customerId=C-99999&groupId=12&status=all"),),
    ),
    Mutant(
        "flt-third-of-three",
        ("FLT-013",),
        "listAssets ignores updatedSince beside two other filters",
        fault=change_request(
            remove_parameters("updatedSince"), "listAssets", when=gives("customerId", "groupId", "updatedSince")
        ),
        probes=(
            Probe("/assets?customerId={own.customer}&groupId={own.group}&updatedSince=2026-06-30T23:00:00Z&status=all"),
        ),
    ),
    Mutant(
        "flt-ignored-for-bearer",
        ("FLT-032",),
        "Filters are ignored for a key after Bearer",
        fault=change_request(without_filters, *FILTERED, when=all_of(uses_bearer, gives_filter)),
        probes=(Probe("/devices?groupId=12", None, headers=bearer("full")),),
    ),
    Mutant(
        "flt-ignored-on-later-pages",
        ("FLT-032",),
        "Later pages ignore the filters",
        fault=change_later_pages(lambda request, _: without_filters(request), *FILTERED_PAGES),
        probes=(probe_all_pages("/service-reports?state=2&pageSize=20"),),
    ),
    Mutant(
        "flt-ignored-for-the-bounded",
        ("FLT-032",),
        "Filters are ignored for bounded keys",
        fault=change_request(without_filters, *FILTERED, when=all_of(is_bounded, gives_filter)),
        probes=(Probe("/service-reports?state=2", "bounded"),),
    ),
    Mutant(
        "flt-ignored-with-window",
        ("FLT-032",),
        "Filters are ignored when both ends of an optional window are given",
        fault=change_request(without_filters, *_OPTIONAL_WINDOWS, when=all_of(_gives_both_ends, gives_filter)),
        probes=(Probe("/incidents?state=3&fromUtc=2025-06-01T00:00:00Z&toUtc=2026-06-01T00:00:00Z"),),
    ),
    Mutant(
        "flt-window-lost-with-filter",
        ("FLT-032",),
        "A window is longer when a filter is given",
        fault=change_request(
            with_wider_window,
            *(name for name in WINDOWED if name in FILTERED),
            when=all_of(_gives_both_ends, gives_filter),
        ),
        probes=(Probe(f"{MOVEMENTS}?from=2026-06-01T00:00:00Z&to=2026-06-03T00:00:00Z&minDurationSeconds=1"),),
    ),
    Mutant(
        "flt-window-lost-for-bearer",
        ("FLT-032",),
        "A window is longer for a key after Bearer",
        fault=change_request(with_wider_window, *WINDOWED, when=all_of(uses_bearer, _gives_both_ends)),
        probes=(Probe(f"{MOVEMENTS}?from=2026-06-01T00:00:00Z&to=2026-06-03T00:00:00Z", None, headers=bearer("full")),),
    ),
    Mutant(
        "flt-window-lost-on-later-pages",
        ("FLT-032",),
        "Later pages have rows of a longer window",
        fault=change_later_pages(lambda request, _: with_wider_window(request), *WINDOWED_PAGES),
        probes=(probe_all_pages(f"{MOVEMENTS}?from=2026-06-01T00:00:00Z&to=2026-06-06T00:00:00Z&pageSize=2"),),
    ),
    Mutant(
        "flt-row-lost-for-bearer",
        ("FLT-032",),
        "Later pages that a key after Bearer requests lack their first row",
        fault=change_rows(lambda _request, rows: rows[1:], *PAGED, when=all_of(uses_bearer, is_later_page)),
        probes=(Probe("/devices?pageSize=2&cursor={cursors[own]}", None, headers=bearer("full")),),
    ),
    Mutant(
        "flt-ignored-by-default",
        ("FLT-032",),
        "Filters are ignored in the default window",
        fault=change_request(without_filters, *BY_DEFAULT, when=all_of(gives_filter, gives_no_window)),
        probes=(Probe("/reporting/telemetry-daily?deviceId={own.device}"),),
    ),
    Mutant(
        "flt-member-lost-with-filter",
        ("FLT-040",),
        "A member is null in filtered lists",
        fault=change_rows(without_a_member, *FILTERED, when=gives_filter),
        probes=(Probe("/service-reports?state=2"),),
    ),
    Mutant(
        "flt-member-lost-for-bearer",
        ("FLT-040",),
        "A member is null in lists for a key after Bearer",
        fault=change_rows(without_a_member, *ROW_LISTS, when=uses_bearer),
        probes=(Probe("/service-reports?state=2", None, headers=bearer("full")),),
    ),
    Mutant(
        "flt-member-lost-on-later-pages",
        ("FLT-040",),
        "A member is null on later pages",
        fault=change_rows(without_a_member, *PAGED, when=is_later_page),
        probes=(probe_all_pages("/service-reports?pageSize=50"),),
    ),
    Mutant(
        "flt-member-lost-by-default",
        ("FLT-040",),
        "A member is null in filtered lists of the default window",
        fault=change_rows(without_a_member, *BY_DEFAULT, when=all_of(gives_filter, gives_no_window)),
        probes=(Probe("/reporting/telemetry-daily?deviceId={own.device}"),),
    ),
    Mutant(
        "flt-size-doubled-for-the-bounded",
        ("FLT-033",),
        "Bounded keys get twice as many rows as pageSize",
        fault=change_request(_doubled_page_size, *PAGED, when=is_bounded),
        probes=(Probe("/devices?pageSize=1", "bounded"),),
    ),
    Mutant(
        "flt-size-doubled-with-filter",
        ("FLT-033",),
        "Filtered pages have twice as many rows as pageSize",
        fault=change_request(_doubled_page_size, *FILTERED_PAGES, when=gives_filter),
        probes=(Probe("/devices?pageSize=1&groupId=12"),),
    ),
    Mutant(
        "flt-size-doubled-on-later-pages",
        ("FLT-033",),
        "Later pages that a key after Bearer requests have twice as many rows as pageSize",
        fault=change_request(_doubled_page_size, *PAGED, when=all_of(uses_bearer, is_later_page)),
        probes=(Probe("/devices?pageSize=2&cursor={cursors[own]}", None, headers=bearer("full")),),
    ),
)
