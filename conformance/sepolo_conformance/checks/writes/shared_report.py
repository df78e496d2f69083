"""One report that is created once per run, for all checks that need a created report."""

from dataclasses import dataclass
from typing import Any

from sepolo_conformance.checks.common.service_reports import ServiceReports
from sepolo_conformance.engine import Case, Exchange


@dataclass(frozen=True, slots=True)
class SharedReport:
    """The created report: its body, the exchange that created it, and the reports that existed before, by id.

    `reports` creates and lists further reports of the same organisation for the check.
    """

    reports: ServiceReports
    body: dict[str, Any]
    exchange: Exchange
    before: dict[str, dict[str, Any]]

    @property
    def id(self) -> str:
        return self.reports.id_of(self.exchange)


def shared_report(case: Case) -> SharedReport:
    """Return the shared report; raises NotTested if writing isn't permitted or the deployment rejects the body."""
    case.need_writes()
    shared: SharedReport = case.once(("shared report",), lambda: _create(case))
    # ServiceReports records findings in its case, so each check gets its own.
    return SharedReport(ServiceReports(case, case.home), shared.body, shared.exchange, shared.before)


def last_exchange(case: Case) -> list[Exchange]:
    """Return the last exchange of a check as a list, empty if there is none."""
    return [] if case.last is None else [case.last]


def _create(case: Case) -> SharedReport:
    reports = ServiceReports(case, case.home)
    before, body = reports.reports(), reports.body("created")
    return SharedReport(reports, body, reports.create(body), before)
