"""Service reports posted with keys that lack service_reports.write."""

from collections.abc import Mapping
from typing import Any

from sepolo_conformance.checks.common.service_reports import ServiceReports
from sepolo_conformance.engine import MUST, Case, requirement
from sepolo_conformance.transport.exchange import KEY_HEADER

_SCOPE = "service_reports.write"
_POSTING_KEYS = 4
"""Keys without the write scope that post a report."""


@requirement(
    "SCP-007",
    MUST,
    clause='Published page: service_reports.write is "not granted to normal read-only API keys".',
    title="A service report posted without service_reports.write is rejected with 403, and nothing is created",
)
def post_needs_write_scope(case: Case) -> None:
    """Posts reports with keys that lack service_reports.write, in either header, and checks by the list of reports
    that none was stored."""
    case.target.without(_SCOPE)
    home = case.target.main().organization_id
    read_only = sorted(
        (
            entry
            for entry in case.target.identities()
            if entry.scopes and not entry.holds(_SCOPE) and entry.organization_id == home
        ),
        key=lambda entry: len(entry.scopes or ()),
    )
    reports = ServiceReports(case, case.home, rejected=True)
    before: Mapping[str, Any] | None = None
    with case.part("listServiceReports"):
        before = reports.reports()
    # The key with most scopes posts with both headers: a deployment may check the scope for one of them only.
    attempts = [*((entry, False) for entry in read_only[-_POSTING_KEYS:]), *((entry, True) for entry in read_only[-1:])]
    titles, exchanges = [], []
    for identity, bearer in attempts:
        body = reports.body("no scope")
        exchange = reports.post(body, key=identity, bearer=bearer)
        header = "Authorization" if bearer else KEY_HEADER
        reason = f"for {identity.key.placeholder} in {header}, which lacks {_SCOPE}"
        reports.expect_rejected(exchange, 403, reason)
        titles.append(body["title"])
        exchanges.append(exchange)
    if before is not None:
        with case.part("listServiceReports"):
            reports.expect_none_new(before, titles, exchanges)
