"""Mutants that the checks of `windows/times_of_day.py` catch: every operation with a window, each end of it."""

from tests.mutants.harness.dates_only import KINDS, WINDOWED, dates_only_mutant

__all__ = ["MUTANTS"]

_ELSEWHERE = {
    "listDeviceTelemetry": ("last-day-gained", "local-first-day", "local-last-day"),
    "listPointGuardCycles": ("local-first-day", "local-last-day"),
    "listMovements": ("local-first-day", "local-last-day"),
    "listServiceVisits": ("local-last-day",),
    "listAppointments": ("first-day-lost", "local-last-day"),
    "getTelemetryDaily": tuple(KINDS),
}
"""Kinds whose mutants are in `contents.py` and `nesting.py`."""

MUTANTS = tuple(
    dates_only_mutant(name, kind, "WIN-035")
    for name in WINDOWED
    for kind in KINDS
    if kind not in _ELSEWHERE.get(name, ())
)
