"""Computes aggregates from rows, and compares them with those of the deployment. Pure functions.

A member of an aggregate is left out if the rows lack the member that it is computed from.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sepolo_conformance.api.timestamps import parse_instant
from sepolo_conformance.compare.rows import Row, number

MONEY = 0.006
"""The largest difference of equal sums of money, of which one may be rounded to the cent."""
_LARGE = 100
"""From this value on, two organisations hardly have the same number by chance."""


def summary_of(assets: Sequence[Row]) -> dict[str, float]:
    """Return the summary of all assets of an organisation, active and inactive ones."""
    found: dict[str, float] = {"totalAssets": len(assets)}
    if _all_show(assets, "isActive"):
        found["activeAssets"] = sum(row["isActive"] is True for row in assets)
        found["inactiveAssets"] = sum(row["isActive"] is False for row in assets)
    if _all_have(assets, "deviceId"):
        found["withDevices"] = sum(row["deviceId"] is not None for row in assets)
    if _all_have(assets, "maintenanceCost"):
        found["totalMaintenanceCost"] = _sum(assets, "maintenanceCost")
    return found


def overdue_count(assets: Sequence[Row], now: datetime) -> int | None:
    """Return how many active assets were due for service before `now`, None if assets lack nextServiceOn."""
    if not _all_have(assets, "nextServiceOn"):
        return None
    due = (parse_instant(row["nextServiceOn"]) for row in assets if row.get("isActive") is True)
    return sum(instant is not None and instant < now for instant in due)


def performance_of(visits: Sequence[Row]) -> dict[str, float]:
    """Return the service performance of the visits in a window, without cancelled ones."""
    counted = [row for row in visits if not _is_cancelled(row)]
    found: dict[str, float] = {"totalVisits": len(counted)}
    if _all_show(counted, "isCompleted"):
        found["completedVisits"] = sum(row["isCompleted"] is True for row in counted)
        found["openVisits"] = sum(row["isCompleted"] is False for row in counted)
    for name in ("estimatedCost", "actualCost"):
        if _all_have(counted, name):
            found[name] = _sum(counted, name)
    return found


def cancelled_count(visits: Sequence[Row]) -> int | None:
    """Return how many visits were cancelled, None if visits lack stateText."""
    return sum(map(_is_cancelled, visits)) if _all_show(visits, "stateText") else None


def differs(actual: Any, computed: float) -> bool:
    """Return whether a member of an aggregate differs from the computed value."""
    value = number(actual)
    return value is None or abs(value - computed) > MONEY


def explained_by_foreign(
    actual: Mapping[str, Any],
    own: Mapping[str, float],
    foreign: Mapping[str, float],
    foreign_response: Mapping[str, Any],
) -> list[str]:
    """Return the members of an aggregate that have the value of another organisation, or the sum of both.

    `own` and `foreign` were computed from rows; `foreign_response` is the aggregate that the other organisation gets.
    A small number may be the same by chance, so one large number or two small ones are needed.
    """
    returned = {name: value for name in own if (value := number(foreign_response.get(name))) is not None}
    both = {name: value + foreign[name] for name, value in own.items() if name in foreign}
    for values in (foreign, both, returned):
        found = [
            name
            for name, value in own.items()
            if name in values and abs(values[name] - value) > MONEY and not differs(actual.get(name), values[name])
        ]
        if len(found) > 1 or any(abs(values[name]) >= _LARGE for name in found):
            return found
    return []


def _is_cancelled(visit: Row) -> bool:
    return str(visit.get("stateText") or "").lower() in ("cancelled", "canceled")


def _all_have(rows: Iterable[Row], name: str) -> bool:
    return all(name in row for row in rows)


def _all_show(rows: Iterable[Row], name: str) -> bool:
    return all(row.get(name) is not None for row in rows)


def _sum(rows: Iterable[Mapping[str, Any]], name: str) -> float:
    return round(sum(number(row[name]) or 0.0 for row in rows), 4)
