"""What a window of time holds, and how long it may be."""

from conformance.requirements import MUST, Requirement

__all__ = ["REQUIREMENTS"]

REQUIREMENTS = (
    Requirement(
        "WIN-001",
        MUST,
        'The page marks both ends as required, and: "validation errors return 400".',
        "A list that needs a window refuses a call without one of its ends",
    ),
    Requirement(
        "WIN-002",
        MUST,
        'The page: "Maximum window", 31 or 366 days.',
        "A window far beyond the longest is refused with 400, not cut short",
    ),
)
