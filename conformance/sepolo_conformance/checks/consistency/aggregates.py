"""Assets summary and service performance: their members add up, and they count what the lists show."""

from collections.abc import Iterator, Mapping
from datetime import MINYEAR, UTC, datetime, timedelta

from sepolo_conformance.api.calls import Call
from sepolo_conformance.api.timestamps import parse_instant
from sepolo_conformance.checks.common.clauses import EXAMPLE_ARITHMETIC, OURS
from sepolo_conformance.checks.common.details import complete_list
from sepolo_conformance.checks.common.window_calls import MARGIN, known_list, narrowed
from sepolo_conformance.compare.aggregates import cancelled_count, differs, overdue_count, performance_of, summary_of
from sepolo_conformance.compare.rows import number
from sepolo_conformance.engine import SANDBOX, SHOULD, Case, Exchange, requirement

_YEAR = timedelta(days=365)


@requirement("CON-028", SHOULD, clause=EXAMPLE_ARITHMETIC, title="Active and inactive assets add up to the total")
def active_and_inactive_add_up(case: Case) -> None:
    """Adds active and inactive assets in the summary that each kind of key gets."""
    for exchange in _summaries(case):
        total, active, inactive = _numbers(exchange, "totalAssets", "activeAssets", "inactiveAssets")
        if total is not None and active is not None and inactive is not None:
            expected = f"totalAssets {active + inactive:g}, {active:g} active and {inactive:g} inactive"
            case.expect(total == active + inactive, expected, f"{total:g}", exchange)


@requirement(
    "CON-029",
    SHOULD,
    clause="Each count is a part of the total.",
    title="No count of the assets summary exceeds the total",
)
def counts_within_total(case: Case) -> None:
    """Compares each count in the summary with 0 and with totalAssets."""
    names = ("activeAssets", "inactiveAssets", "withDevices", "overdueService")
    for exchange in _summaries(case):
        total, *counts = _numbers(exchange, "totalAssets", *names)
        for name, count in zip(names, counts, strict=True):
            if total is not None and count is not None:
                case.expect(0 <= count <= total, f"{name} from 0 to totalAssets {total:g}", f"{count:g}", exchange)


@requirement("CON-030", SANDBOX, clause=OURS, title="The assets summary counts the listed assets")
def summary_counts_listed_assets(case: Case) -> None:
    """Counts and adds up the listed assets, active or not. Judged only if they fit on one page."""
    assets = complete_list(case, "listAssets")
    if "status" not in assets.call.query:
        case.vacuous("the list shows active assets only")
    exchange = case.get("getAssetsSummary")
    counted = summary_of(assets.rows)
    overdue = overdue_count(assets.rows, parse_instant(exchange.member("generatedOn")) or case.target.now())
    if overdue is not None:
        counted["overdueService"] = overdue
    _expect_counts(case, exchange, counted, assets.exchange)


@requirement(
    "CON-031",
    SHOULD,
    clause=EXAMPLE_ARITHMETIC,
    title="Completed and open visits add up to the total, except for cancelled visits",
)
def visits_add_up(case: Case) -> None:
    """Adds completed and open visits of several windows.

    The total may include cancelled visits. So it may exceed the sum by cancelledVisits, or by any number if the
    response doesn't show that member.
    """
    for _, exchange in _performances(case):
        total, completed, still_open = _numbers(exchange, "totalVisits", "completedVisits", "openVisits")
        (cancelled,) = _numbers(exchange, "cancelledVisits")
        if total is None or completed is None or still_open is None:
            continue
        rest = total - completed - still_open
        fits = rest >= 0 if cancelled is None else rest in (0, cancelled)
        expected = f"totalVisits {completed + still_open:g}, {completed:g} completed and {still_open:g} open"
        actual = f"{total:g}, {'none' if cancelled is None else f'{cancelled:g}'} cancelled"
        case.expect(fits, expected, actual, exchange)


@requirement("CON-032", SANDBOX, clause=OURS, title="Service performance counts the visits of its window")
def performance_counts_listed_visits(case: Case) -> None:
    """Counts and adds up the listed visits of the same windows, among them months of different lengths, and windows
    that begin and end at a time of day."""
    for call, exchange in _performances(case):
        if call.window is not None:
            visits = case.call(Call(case.operation("listServiceVisits")).within(*call.window))
            counted, cancelled = performance_of(case.rows(visits)), cancelled_count(visits.rows)
            if cancelled is not None and exchange.member("cancelledVisits") is not None:
                counted["cancelledVisits"] = cancelled
            _expect_counts(case, exchange, counted, visits)


def _expect_counts(case: Case, exchange: Exchange, counted: Mapping[str, float], source: Exchange) -> None:
    for name, value in counted.items():
        shown = exchange.member(name)
        case.expect(not differs(shown, value), f"{name} {value:g}, counted from the list", shown, (source, exchange))


def _numbers(exchange: Exchange, *names: str) -> list[float | None]:
    return [number(exchange.member(name)) for name in names]


def _summaries(case: Case) -> tuple[Exchange, ...]:
    """Return the summaries that the main key, a key of another organisation and a bounded key get, once per run."""
    return case.once(("summaries",), lambda: tuple(_read_summaries(case)))


def _read_summaries(case: Case) -> Iterator[Exchange]:
    operation = case.operation("getAssetsSummary")
    keys = [case.home.reader("getAssetsSummary")]
    for pick in (case.target.other, case.target.bounded):
        with case.part("another key"):
            keys.append(pick(operation))
    for key in keys:
        exchange = case.get(operation, key=key)
        if exchange.ok and exchange.fault is None:
            yield exchange


def _performances(case: Case) -> tuple[tuple[Call, Exchange], ...]:
    """Return the service performance without a window, of a year, of two months and of windows that have visits, once
    per run."""
    return case.once(("performances",), lambda: tuple(_read_performances(case)))


def _read_performances(case: Case) -> Iterator[tuple[Call, Exchange]]:
    operation, now = case.operation("getServicePerformance"), case.target.now()
    calls = [Call(operation), Call(operation).within(now - _YEAR, now)]
    calls += [Call(operation).within(*month) for month in _months(now)]
    with case.part("listServiceVisits"):
        listing = known_list(case, case.operation("listServiceVisits"))
        for call in (listing.call, narrowed(listing, 0.2, 0.8), narrowed(listing, 0.2, 0.8, -MARGIN)):
            if call.window is not None:
                calls.append(Call(operation).within(*call.window))
    for call in calls:
        exchange = case.call(call)
        if exchange.ok and exchange.fault is None:
            yield call, exchange


def _months(now: datetime) -> Iterator[tuple[datetime, datetime]]:
    """Yield the last February and the last January that have ended, each up to its last second."""
    for month in (2, 1):
        year = now.year if (now.month, now.day) > (month + 1, 1) else max(now.year - 1, MINYEAR)
        start, stop = datetime(year, month, 1, tzinfo=UTC), datetime(year, month + 1, 1, tzinfo=UTC)
        yield start, stop - timedelta(seconds=1)
