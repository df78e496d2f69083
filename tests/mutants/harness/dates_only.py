"""Windows whose ends are compared by date: the time of day of one end is dropped, in UTC or in local time."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from types import MappingProxyType
from zoneinfo import ZoneInfo

from sepolo_openapi import reader
from tests.mutants.harness.alterations import on_operations
from tests.mutants.harness.messages import Request, Response
from tests.mutants.harness.mutant import Mutant, Probe
from tests.mutants.harness.probe_parts import CYCLES, DAYS, MOVEMENTS, PERFORMANCE, TELEMETRY
from tests.mutants.harness.request_windows import change_timestamp, end_name, start_name, window_of
from tests.mutants.harness.wrapper import Alteration, Upstream

__all__ = ["KINDS", "WINDOWED", "dates_only_mutant"]

_MILLISECOND = timedelta(milliseconds=1)
_LOCAL = ZoneInfo("Europe/Oslo")
WINDOWED = tuple(name for name, operation in reader.load().operations.items() if operation.window is not None)
_PATHS: Mapping[str, str] = MappingProxyType(
    {
        "listDeviceTelemetry": TELEMETRY,
        "listPointGuardCycles": CYCLES,
        "listMovements": MOVEMENTS,
        "listIncidents": "/incidents",
        "listServiceReports": "/service-reports",
        "listServiceVisits": "/service-visits",
        "listAppointments": "/appointments",
        "getServicePerformance": PERFORMANCE,
        "getTelemetryDaily": DAYS,
    }
)


def _midnight(moment: datetime, zone: tzinfo = UTC) -> datetime:
    return moment.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0).astimezone(UTC)


def _next_midnight(moment: datetime, zone: tzinfo = UTC) -> datetime:
    return _midnight(_midnight(moment, zone) + timedelta(hours=36), zone)


def _whole_day_at_midnight(moment: datetime) -> datetime:
    return _next_midnight(moment) - _MILLISECOND if moment == _midnight(moment) else moment


@dataclass(frozen=True, slots=True)
class _Kind:
    """How the start or the end of a window is changed, and what follows from it."""

    at_start: bool
    change: Callable[[datetime], datetime]
    title: str


KINDS: Mapping[str, _Kind] = MappingProxyType(
    {
        "first-day-gained": _Kind(at_start=True, change=_midnight, title="includes all of the first day"),
        "first-day-lost": _Kind(at_start=True, change=_next_midnight, title="leaves the first day out"),
        "last-day-gained": _Kind(
            at_start=False, change=lambda end: _next_midnight(end) - _MILLISECOND, title="includes all of the last day"
        ),
        "last-day-lost": _Kind(
            at_start=False, change=lambda end: _midnight(end) - _MILLISECOND, title="leaves the last day out"
        ),
        "midnight-as-day": _Kind(
            at_start=False, change=_whole_day_at_midnight, title="includes the day after an end at midnight"
        ),
        "local-first-day": _Kind(
            at_start=True, change=lambda start: _midnight(start, _LOCAL), title="starts with the local day"
        ),
        "local-last-day": _Kind(
            at_start=False,
            change=lambda end: _next_midnight(end, _LOCAL) - _MILLISECOND,
            title="ends with the local day",
        ),
    }
)


def dates_only_mutant(name: str, kind: str, *caught_by: str) -> Mutant:
    """Return the mutant of an operation that drops the time of day of one end."""
    chosen = KINDS[kind]
    hour = {"midnight-as-day": 0, "local-last-day": 23}.get(kind, 12)
    days = [(f"2026-06-{day:02d}T12:00:00Z", f"2026-06-{day + 1:02d}T{hour:02d}:00:00Z") for day in range(9, 27)]
    window = reader.load().operations[name].window
    return Mutant(
        f"win-{kind}-{name}",
        caught_by,
        f"{name} {chosen.title}",
        fault=_dates_only(name, chosen),
        probes=tuple(
            Probe(f"{_PATHS[name]}?{window.start}={start}&{window.end}={end}") for start, end in days if window
        ),
    )


def _dates_only(name: str, kind: _Kind) -> Alteration:
    async def altered(request: Request, upstream: Upstream) -> Response:
        end = (start_name if kind.at_start else end_name)(request)
        try:
            changed = change_timestamp(request, end, kind.change)
        except OverflowError:
            return await upstream(request)
        return await upstream(_acceptable(request, changed))

    return on_operations(altered, name)


def _acceptable(request: Request, changed: Request) -> Request:
    """Return a changed request that the sandbox accepts wherever it accepts the original one."""
    before, after = window_of(request), window_of(changed)
    rule = request.operation.window if request.operation else None
    if before is None or after is None or rule is None or before[0] > before[1]:
        return changed
    if rule.max_days is not None and after[1] - after[0] > timedelta(days=rule.max_days):
        return request
    # A window without any time has no rows; the sandbox would reject its reversed ends.
    long_ago = "1990-01-01T00:00:00Z"
    names = [name for name in (start_name(changed), end_name(changed)) if name]
    return changed.with_query(dict.fromkeys(names, long_ago)) if after[0] > after[1] else changed
