"""What identifies a row, and which ids are the same."""

import pytest

from sepolo_conformance.api.row_identity import identify, same_id
from sepolo_openapi import reader

OPERATIONS = reader.load().operations
ID = "5c722f76-5f0b-4c1b-875d-05a1d8cd47b5"


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (ID, ID.upper(), True),
        ("TRY-001", "TRY-001", True),
        ("TRY-001", "try-001", False),
        (ID[:-1], ID[:-1].upper(), False),
        (f"{ID}\n", f"{ID.upper()}\n", False),
        (None, "TRY-001", False),
    ],
)
def test_only_uuids_ignore_case(one: object, other: object, same: bool) -> None:
    """Two devices may have ids that differ only in case; a uuid is a number in hexadecimal."""
    assert same_id(one, other) is same


@pytest.mark.parametrize(
    ("operation", "row", "identity"),
    [
        ("listDevices", {"deviceId": "Try-001"}, ("Try-001",)),
        ("listDevices", {"deviceId": None}, None),
        ("listAssets", {"assetId": ID.upper()}, (ID,)),
        ("listIncidents", {"id": ID.upper()}, (ID,)),
        ("getTelemetryDaily", {"deviceId": "a", "date": "2026-06-01T00:00:00Z"}, ("a", "2026-06-01T00:00:00Z")),
        ("listPointGuardCycles", {"deviceId": "a", "cycleId": "Cyc"}, ("a", "Cyc")),
        ("listPointGuardCycles", {}, None),
    ],
)
def test_identity_of_a_row(operation: str, row: dict[str, object], identity: tuple[object, ...] | None) -> None:
    """The values of the identifying members, uuids in lower case."""
    assert identify(OPERATIONS[operation], row) == identity
