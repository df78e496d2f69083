"""What a key's scopes open, and what they leave shut."""

from conformance.requirements import MUST, Requirement

__all__ = ["REQUIREMENTS"]

REQUIREMENTS = (
    Requirement(
        "SCP-001",
        MUST,
        "The page lists one scope for each operation.",
        "A scope that /me lists opens each of its operations: no 401, no 403",
    ),
    Requirement(
        "SCP-002",
        MUST,
        'The page: "missing scopes return 403".',
        "An operation whose scope the key lacks is answered 403",
    ),
)
