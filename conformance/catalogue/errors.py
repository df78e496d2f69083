"""How refusals and failures look."""

from conformance.requirements import MUST, SANDBOX, SHOULD, Requirement

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
    Requirement(
        "ERR-003",
        MUST,
        'The page: "validation errors return 400", and types the parameter.',
        "A query value that can't be read as the parameter's type is answered 400, on every operation",
    ),
    Requirement(
        "ERR-004",
        SHOULD,
        'The page: "validation errors return 400", and types the parameter.',
        "A query value that is nearly of the parameter's type is answered 400, and not read as another one",
    ),
    Requirement(
        "ERR-005",
        MUST,
        'The page: "validation errors return 400", and unexpected failures 500: none is expected.',
        "No value of any query parameter, at the edge of its type or beyond, makes the server fail",
    ),
    Requirement(
        "ERR-006",
        MUST,
        'The page: one thing is returned "if it belongs to the API key organization".',
        "An id that doesn't exist is answered neither with success nor with 5xx",
    ),
    Requirement(
        "ERR-007",
        SHOULD,
        "RFC 9110, section 15.5.5: 404 for what isn't there.",
        "An id that doesn't exist is answered 404",
    ),
    Requirement(
        "ERR-008",
        MUST,
        "The page types the id in the path as uuid.",
        "A path id that is no uuid is answered 400 or 404",
    ),
    Requirement(
        "ERR-009",
        SHOULD,
        'The page: "JSON over HTTPS", with its own form for errors.',
        "Refusals with a body are application/json, not a web page or another format",
    ),
    Requirement(
        "ERR-010",
        SHOULD,
        "The page's errors are a word and a sentence for people.",
        "No refusal or failure shows a stack trace, a file or a query of the server",
    ),
    Requirement(
        "ERR-011",
        SHOULD,
        "The page's errors are a word and a sentence, no more.",
        "No refusal brings rows along",
    ),
    Requirement(
        "ERR-012",
        SANDBOX,
        "Our own choice: the page shows no other word than forbidden.",
        "The error of each status is the word that the documentation lists",
    ),
    Requirement(
        "ERR-013",
        SANDBOX,
        "Our own choice: a number to name when asking for help.",
        "Every error has a requestId, the same as in X-Request-Id",
    ),
    Requirement(
        "ERR-014",
        SANDBOX,
        "Our own choice: who gets 400 should see why.",
        "The details of 400 name the parameter that is wrong",
    ),
    Requirement(
        "ERR-015",
        SANDBOX,
        "Our own choice, after RFC 9110, section 15.5.6.",
        "A method that a path doesn't offer is answered 405 with the right Allow",
    ),
    Requirement(
        "ERR-016",
        SANDBOX,
        "Our own choice: errors look alike, wherever they happen.",
        "A path that the API doesn't have is answered 404 in the same form",
    ),
    Requirement(
        "ERR-017",
        SANDBOX,
        "Our own choice: the narrower reading of each type.",
        "A value beyond the limits of its parameter is answered 400",
    ),
)
