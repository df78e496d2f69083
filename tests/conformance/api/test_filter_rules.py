"""The filter rules: which rows match a value, and which values are tried."""

from typing import Any

import pytest

from sepolo_conformance.api.calls import Call, Listing
from sepolo_conformance.api.filter_rules import RULES, pairs, trial, trials
from sepolo_conformance.api.identity import Identity
from sepolo_conformance.model.keys import Key
from sepolo_conformance.transport.exchange import Exchange, Request
from sepolo_openapi import reader

OPERATIONS = reader.load().operations
ID = "5c722f76-5f0b-4c1b-875d-05a1d8cd47b5"
READER = Identity(Key("key1", "$SEPOLO_API_KEY", "secret"), None, None)


def listing(operation_id: str, *rows: dict[str, Any]) -> Listing:
    exchange = Exchange("http://127.0.0.1", Request("GET", "/"), 200, (), b"", 0.0)
    return Listing(Call(OPERATIONS[operation_id]), READER, rows, complete=True, exchange=exchange)


@pytest.mark.parametrize(
    ("name", "row", "value", "fits"),
    [
        (("listAssets", "status"), {"isActive": True}, "active", True),
        (("listAssets", "status"), {"isActive": False}, "active", False),
        (("listAssets", "status"), {"isActive": False}, "all", True),
        (("listAssets", "groupId"), {"groupId": 12}, "12", True),
        (("listAssets", "groupId"), {"groupId": 1}, 12, False),
        (("listAssets", "groupId"), {"groupId": None}, 12, None),
        (("listAssets", "groupId"), {}, 12, None),
        (("listMovements", "minDurationSeconds"), {"duration": 6.42}, 6, True),
        (("listMovements", "minDurationSeconds"), {"duration": 6.42}, 7, False),
        (("listMovements", "minDurationSeconds"), {"duration": "long"}, 7, None),
        (("listAppointments", "userId"), {"userId": "5C722F76-5F0B-4C1B-875D-05A1D8CD47B5"}, ID, True),
        (("listServiceReports", "deviceId"), {"deviceId": "try-001"}, "TRY-001", False),
        (("listCustomers", "externalSystem"), {"externalSystem": "SAP"}, "sap", False),
        (("listAssets", "updatedSince"), {"updatedOn": "2026-06-01T00:00:00.001Z"}, "2026-06-01T00:00:00Z", True),
        (("listAssets", "updatedSince"), {"updatedOn": "2026-06-01T00:00:00Z"}, "2026-06-01T00:00:00Z", False),
        (("listAssets", "updatedSince"), {"updatedOn": "yesterday"}, "2026-06-01T00:00:00Z", None),
    ],
)
def test_row_matches_value(name: tuple[str, str], row: dict[str, Any], value: object, fits: object) -> None:
    """A row matches, does not match, or gives None if it does not show the member."""
    assert RULES[name].matches(row, value) is fits


def test_value_of_every_row_is_not_tried() -> None:
    """A value that all rows match cannot show whether the filter is ignored."""
    found = listing("listAssets", {"groupId": 1}, {"groupId": 1})
    assert trials(found, RULES["listAssets", "groupId"]) == []


def test_values_of_several_rows_are_tried_first() -> None:
    """Values of several rows come before values of a single row."""
    found = listing("listAssets", {"groupId": 1}, *[{"groupId": 2}] * 3, *[{"groupId": 3}] * 9)
    assert [(one.text, one.matching, one.known) for one in trials(found, RULES["listAssets", "groupId"])] == [
        ("groupId=2", 3, 13),
        ("groupId=3", 9, 13),
    ]


def test_durations_split_the_list_and_exceed_it() -> None:
    """One duration splits the movements in two, one is just below a movement's duration, and one above all of them."""
    found = listing("listMovements", *[{"duration": value} for value in (5.5, 6.5, 7.5, 8.5)])
    assert RULES["listMovements", "minDurationSeconds"].values(found.rows) == [7, 9]
    one = listing("listMovements", {"duration": 8.2}, {"duration": 8.9})
    assert [chosen.text for chosen in trials(one, RULES["listMovements", "minDurationSeconds"])] == [
        "minDurationSeconds=9",
        "minDurationSeconds=8",
    ]


def test_instants_lie_two_seconds_beside_updates() -> None:
    """Instants lie two seconds after an update and two before the next one, preferably of the same day."""
    updates = ("2026-06-01T10:00:00Z", "2026-06-03T10:00:00Z", "2026-06-03T18:00:00Z", "2026-06-09T10:00:00Z")
    found = listing("listDevices", *[{"updatedOn": value} for value in updates])
    assert RULES["listDevices", "updatedSince"].values(found.rows)[:2] == [
        "2026-06-03T10:00:02Z",
        "2026-06-03T17:59:58Z",
    ]


def test_each_filter_of_a_pair_excludes_rows() -> None:
    """Each value of a pair matches rows that the other does not: once with rows that match both, once without."""
    rows = [{"groupId": group, "status": status} for group, status in ((1, 1), (1, 2), (2, 1), (2, 3), (3, 2), (3, 3))]
    found = [(one.text, one.matching) for one in pairs(listing("listDevices", *rows))]
    assert [fitting for _, fitting in found] == [1, 0]


def test_row_without_a_member_matches_no_combination() -> None:
    """A row that does not show the member of one filter does not match a combination."""
    rules = {RULES["listDevices", "groupId"]: 1, RULES["listDevices", "status"]: 2}
    one = trial(listing("listDevices", {"groupId": 1}, {"groupId": 1, "status": 2}), rules)
    assert (one.text, one.matching) == ("groupId=1 and status=2", 1)
