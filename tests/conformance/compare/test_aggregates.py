"""Aggregates computed from rows, and aggregates that show the numbers of another organisation."""

from datetime import UTC, datetime
from typing import Any

import pytest

from sepolo_conformance.compare.aggregates import (
    differs,
    explained_by_foreign,
    overdue_count,
    performance_of,
    summary_of,
)

_ASSETS: list[dict[str, Any]] = [
    {"isActive": True, "deviceId": "A", "maintenanceCost": 10.1, "nextServiceOn": "2026-06-30T00:00:00Z"},
    {"isActive": True, "deviceId": None, "maintenanceCost": None, "nextServiceOn": None},
    {"isActive": False, "deviceId": "B", "maintenanceCost": 0.2, "nextServiceOn": "2026-06-30T00:00:00Z"},
]
_OWN = {"totalAssets": 24, "activeAssets": 22, "inactiveAssets": 2, "totalMaintenanceCost": 61_500}
_FOREIGN = {"totalAssets": 120, "activeAssets": 112, "inactiveAssets": 8, "totalMaintenanceCost": 420_000}


def test_summary_of_assets() -> None:
    """Costs are added, devices counted, and only active assets with a past date are overdue."""
    wanted = {
        "totalAssets": 3,
        "activeAssets": 2,
        "inactiveAssets": 1,
        "withDevices": 2,
        "totalMaintenanceCost": pytest.approx(10.3),
    }
    assert summary_of(_ASSETS) == wanted
    assert overdue_count(_ASSETS, datetime(2026, 7, 1, tzinfo=UTC)) == 1


def test_members_without_source_are_left_out() -> None:
    """An aggregate has no member that is computed from a member that the rows lack."""
    assert summary_of([{"assetId": "x"}]) == {"totalAssets": 1}
    assert performance_of([{"serviceVisitId": "x"}]) == {"totalVisits": 1}
    assert overdue_count([{"isActive": True}], datetime(2026, 7, 1, tzinfo=UTC)) is None


def test_cancelled_visits_are_not_counted() -> None:
    """Cancelled visits are neither completed nor open."""
    visits: list[dict[str, Any]] = [
        {"isCompleted": True, "estimatedCost": 5, "actualCost": 6.5, "stateText": "Completed"},
        {"isCompleted": False, "estimatedCost": 7, "actualCost": None, "stateText": "Planned"},
        {"isCompleted": False, "estimatedCost": 9, "actualCost": None, "stateText": "Cancelled"},
    ]
    wanted = {"totalVisits": 2, "completedVisits": 1, "openVisits": 1, "estimatedCost": 12, "actualCost": 6.5}
    assert performance_of(visits) == wanted


@pytest.mark.parametrize(
    ("actual", "wanted"),
    [
        (_OWN, []),
        (_FOREIGN, list(_OWN)),
        ({name: value + _FOREIGN[name] for name, value in _OWN.items()}, list(_OWN)),
        (_OWN | {"totalMaintenanceCost": 481_500}, ["totalMaintenanceCost"]),
        (_OWN | {"inactiveAssets": 8}, []),
        (_OWN | {"totalAssets": 23}, []),
        (_OWN | {"totalAssets": None}, []),
    ],
)
def test_aggregate_with_foreign_numbers_is_recognised(actual: dict[str, Any], wanted: list[str]) -> None:
    """Numbers of the other organisation, or the sums of both, are recognised; other wrong numbers are not."""
    assert explained_by_foreign(actual, _OWN, _FOREIGN, _FOREIGN) == wanted


def test_sums_are_compared_to_half_a_cent() -> None:
    """A difference of half a cent is rounding, a difference of a cent is not."""
    assert (differs(97_250.004, 97_250), differs(97_250.01, 97_250), differs("97250", 97_250)) == (False, True, True)
