"""What a key's scopes open, and what they leave shut."""

from conformance.requirements import MUST, SANDBOX, SHOULD, Requirement

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
    Requirement(
        "SCP-003",
        MUST,
        'The page shows 403 with `{"error": "forbidden", "message": "..."}`.',
        "403 for a missing scope is JSON with error and message, both text",
    ),
    Requirement(
        "SCP-004",
        SHOULD,
        'The page shows 403 with `"error": "forbidden"`.',
        "The error of a missing scope is forbidden",
    ),
    Requirement(
        "SCP-005",
        SHOULD,
        "The page's example of 403 names the scope that the key lacks.",
        "The message of 403 names the missing scope",
    ),
    Requirement(
        "SCP-006",
        MUST,
        'The page: "missing scopes return 403", and shows two headers for a key.',
        "A missing scope is answered 403 when the key comes by Authorization: Bearer, too",
    ),
    Requirement(
        "SCP-007",
        MUST,
        'The page: service_reports.write is "not granted to normal read-only API keys".',
        "A service report from a key without service_reports.write is answered 403, and nothing is created",
    ),
    Requirement(
        "SCP-008",
        SANDBOX,
        "Our own choice: the page lists one scope for each operation and no order among them.",
        "A scope to write doesn't open what asks for the scope to read",
    ),
    Requirement(
        "SCP-009",
        SANDBOX,
        "Our own choice: otherwise a key without the scope could learn which ids exist.",
        "A missing scope is answered 403 whether or not ids and parameters are right",
    ),
    Requirement(
        "SCP-010",
        SANDBOX,
        "Our own choice: the page's example leaves public_api.read out.",
        "/me lists public_api.read and only scopes of the contract, each once",
    ),
    Requirement(
        "SCP-011",
        MUST,
        'The page: "missing scopes return 403".',
        "A page after the first is refused to a key that lacks the scope, as the first is",
    ),
)
