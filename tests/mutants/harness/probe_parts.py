"""Targets and headers of probes that many mutants share, with the placeholders that `probing.Placeholders` fills in."""

__all__ = [
    "ASSET",
    "CHILDREN",
    "CYCLES",
    "DAYS",
    "DEVICE",
    "KEY",
    "MOVEMENTS",
    "PERFORMANCE",
    "SAMPLES",
    "SIGNATURE",
    "SUMMARY",
    "TELEMETRY",
    "UNKNOWN_ID",
    "UNKNOWN_KEY",
    "WINDOW",
    "bearer",
]

WINDOW = "from=2026-05-20T00:00:00Z&to=2026-06-10T00:00:00Z"
"""Three weeks in which every device has telemetry and every point machine has movements."""
UNKNOWN_ID = "00000000-0000-4000-8000-000000000000"

ASSET = "/assets/{own.asset}"
CHILDREN = "/assets/{own.parent_asset}/children"
DEVICE = "/devices/{own.device}"
TELEMETRY = f"{DEVICE}/telemetry"
MOVEMENTS = f"{DEVICE}/movements"
SIGNATURE = f"{MOVEMENTS}/{{own.movement}}/signature"
CYCLES = f"{DEVICE}/pointguard/cycles"
SAMPLES = f"{CYCLES}/{{own.cycle}}/samples"
DAYS = "/reporting/telemetry-daily"
PERFORMANCE = "/reporting/service-performance"
SUMMARY = "/reporting/assets-summary"

KEY = "X-Sepolo-Api-Key"
UNKNOWN_KEY = "sep_test_full_00000000000000000000"


def bearer(key: str) -> tuple[tuple[str, str], ...]:
    """The headers of a probe that sends a key of the profile after Bearer."""
    return (("Authorization", f"Bearer {{keys[{key}]}}"),)
