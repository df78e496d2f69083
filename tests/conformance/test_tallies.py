"""Counting what aggregates are made of, and telling whose numbers an aggregate shows."""

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


def test_a_summary_counts_assets() -> None:
    """Money is added, devices are counted where there is one, overdue are active ones whose date has passed."""
    wanted = {
        "totalAssets": 3,
        "activeAssets": 2,
        "inactiveAssets": 1,
        "withDevices": 2,
        "totalMaintenanceCost": pytest.approx(10.3),
    }
    assert summary_of(_ASSETS) == wanted
    assert overdue_count(_ASSETS, datetime(2026, 7, 1, tzinfo=UTC)) == 1


def test_what_rows_do_not_show_is_not_counted() -> None:
    """A deployment that leaves members out conforms, so nothing can be said of their sums."""
    assert summary_of([{"assetId": "x"}]) == {"totalAssets": 1}
    assert performance_of([{"serviceVisitId": "x"}]) == {"totalVisits": 1}
    assert overdue_count([{"isActive": True}], datetime(2026, 7, 1, tzinfo=UTC)) is None


def test_a_performance_leaves_out_what_was_cancelled() -> None:
    """Cancelled visits are neither completed nor open."""
    visits: list[dict[str, Any]] = [
        {"isCompleted": True, "estimatedCost": 5, "actualCost": 6.5, "stateText": "Completed"},
        {"isCompleted": False, "estimatedCost": 7, "actualCost": None, "stateText": "Planned"},
        {"isCompleted": False, "estimatedCost": 9, "actualCost": None, "stateText": "Cancelled"},
    ]
    wanted = {"totalVisits": 2, "completedVisits": 1, "openVisits": 1, "estimatedCost": 12, "actualCost": 6.5}
    assert performance_of(visits) == wanted


@pytest.mark.parametrize(
    ("said", "wanted"),
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
def test_an_aggregate_of_another_organisation_is_told_by_its_numbers(said: dict[str, Any], wanted: list[str]) -> None:
    """The other's or both together; what merely differs from the list, or agrees with the other by chance, isn't."""
    assert explained_by_foreign(said, _OWN, _FOREIGN, _FOREIGN) == wanted


def test_sums_agree_to_the_cent() -> None:
    """Half a cent is rounding, a cent is not."""
    assert (differs(97_250.004, 97_250), differs(97_250.01, 97_250), differs("97250", 97_250)) == (False, True, True)
