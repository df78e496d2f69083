"""What an aggregate ought to say, counted from the rows that it is an aggregate of.

A member is left out where the rows don't show what it is counted from.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sepolo_conformance.api.timestamps import parse_instant
from sepolo_conformance.compare.rows import Row, number

__all__ = ["MONEY", "differs", "explained_by_foreign", "overdue_count", "performance_of", "summary_of"]

MONEY = 0.006
"""How far two sums of money may lie apart: one may be rounded to the cent."""
_LARGE = 100
"""A number that two organisations hardly have in common by chance."""


def summary_of(assets: Sequence[Row]) -> dict[str, float]:
    """Return the assets summary of all assets of an organisation, active or not."""
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
    """Return how many active assets should have been serviced before `now`, None where they don't say."""
    if not _all_have(assets, "nextServiceOn"):
        return None
    due = (parse_instant(row["nextServiceOn"]) for row in assets if row.get("isActive") is True)
    return sum(instant is not None and instant < now for instant in due)


def performance_of(visits: Sequence[Row]) -> dict[str, float]:
    """Return the service performance of all visits in a window; cancelled ones don't count."""
    counted = [row for row in visits if str(row.get("stateText") or "").lower() not in ("cancelled", "canceled")]
    found: dict[str, float] = {"totalVisits": len(counted)}
    if _all_show(counted, "isCompleted"):
        found["completedVisits"] = sum(row["isCompleted"] is True for row in counted)
        found["openVisits"] = sum(row["isCompleted"] is False for row in counted)
    for name in ("estimatedCost", "actualCost"):
        if _all_have(counted, name):
            found[name] = _sum(counted, name)
    return found


def differs(said: Any, counted: float) -> bool:
    """Return whether a member of an aggregate isn't what was counted."""
    value = number(said)
    return value is None or abs(value - counted) > MONEY


def explained_by_foreign(
    said: Mapping[str, Any], own: Mapping[str, float], foreign: Mapping[str, float], answered: Mapping[str, Any]
) -> list[str]:
    """Return the members that say what another organisation has, or both have together, and not what is one's own.

    `own` and `foreign` were counted, `answered` is what the other one is told. A small number may be the same by
    chance, so it takes two of them, or one that is large.
    """
    told = {name: value for name in own if (value := number(answered.get(name))) is not None}
    both = {name: value + foreign[name] for name, value in own.items() if name in foreign}
    for claims in (foreign, both, told):
        found = [
            name
            for name, value in own.items()
            if name in claims and abs(claims[name] - value) > MONEY and not differs(said.get(name), claims[name])
        ]
        if len(found) > 1 or any(abs(claims[name]) >= _LARGE for name in found):
            return found
    return []


def _all_have(rows: Iterable[Row], name: str) -> bool:
    return all(name in row for row in rows)


def _all_show(rows: Iterable[Row], name: str) -> bool:
    return all(row.get(name) is not None for row in rows)


def _sum(rows: Iterable[Mapping[str, Any]], name: str) -> float:
    return round(sum(number(row[name]) or 0.0 for row in rows), 4)
