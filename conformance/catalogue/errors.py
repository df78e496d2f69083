"""How refusals and failures look."""

from conformance.requirements import MUST, SHOULD, Requirement

__all__ = ["REQUIREMENTS"]

REQUIREMENTS = (
    Requirement(
        "ERR-001",
        MUST,
        'The page: "validation errors return 400", and unexpected failures 500: none is expected.',
        "No request of the run, valid or plainly invalid, is answered with 5xx",
    ),
    Requirement(
        "ERR-002",
        SHOULD,
        'The page shows `{"error": "...", "message": "..."}` as what errors look like.',
        "Answers 400, 401 and 404 have a body with error and message",
    ),
)
