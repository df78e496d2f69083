"""How lists come in pages."""

from conformance.requirements import MUST, Requirement

__all__ = ["REQUIREMENTS"]

REQUIREMENTS = (
    Requirement(
        "PAG-001",
        MUST,
        'The page: "List endpoints use the same envelope": data, nextCursor, hasMore.',
        "While hasMore is true there is a cursor to go on with",
    ),
    Requirement(
        "PAG-002",
        MUST,
        'The page: "Page size, maximum 500."',
        "A page never holds more rows than asked for",
    ),
    Requirement(
        "PAG-003",
        MUST,
        'The page promises to "handle paging consistently".',
        "A walk brings no row twice and loses none, whatever the page size",
    ),
)
