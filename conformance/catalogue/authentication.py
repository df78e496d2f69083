"""What a request without a key, with a wrong one and with the right one is answered."""

from conformance.requirements import MUST, Requirement

__all__ = ["REQUIREMENTS"]

REQUIREMENTS = (
    Requirement(
        "AUT-001",
        MUST,
        'The page: "Authentication problems return 401."',
        "A request without a key is answered 401",
    ),
    Requirement(
        "AUT-002",
        MUST,
        'The page: "Authentication problems return 401."',
        "A key that doesn't exist is answered 401, in either header",
    ),
    Requirement(
        "AUT-003",
        MUST,
        "The page shows both `X-Sepolo-Api-Key: <key>` and `Authorization: Bearer <key>`.",
        "A valid key is taken in either header and means the same organisation",
    ),
)
