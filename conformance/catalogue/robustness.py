"""Requirements of the area `robustness`."""

from conformance.requirements import MUST, SANDBOX, SHOULD, Requirement

__all__ = ["REQUIREMENTS"]

REQUIREMENTS = (
    Requirement(
        "ROB-001",
        MUST,
        'The page: "validation errors return 400", and unexpected failures 500: none is expected.',
        "No edge case that Schemathesis derives from the contract makes the server fail",
    ),
    Requirement(
        "ROB-002",
        MUST,
        'The page: "validation errors return 400", and unexpected failures 500: none is expected.',
        "No request that Schemathesis makes up round real ids and windows makes the server fail",
    ),
    Requirement(
        "ROB-003",
        MUST,
        'The page: "validation errors return 400", and unexpected failures 500: none is expected.',
        "An id of odd characters, percent-encoded, is answered neither with success nor with 5xx",
    ),
    Requirement(
        "ROB-004",
        SHOULD,
        "RFC 3986, section 2.3: letters and digits mean the same whether percent-encoded or not.",
        "An id means the same thing however it is percent-encoded",
    ),
    Requirement(
        "ROB-005",
        MUST,
        'The page: "validation errors return 400", and unexpected failures 500: none is expected.',
        "An address of 8,000 characters doesn't make the server fail",
    ),
    Requirement(
        "ROB-006",
        MUST,
        'The page: "validation errors return 400", and unexpected failures 500: none is expected.',
        "Parameters that are repeated, or that nobody knows, don't make the server fail",
    ),
    Requirement(
        "ROB-007",
        MUST,
        'The page: "validation errors return 400", and unexpected failures 500: none is expected.',
        "Odd but legal headers and methods don't make the server fail",
    ),
    Requirement(
        "ROB-008",
        MUST,
        'The page: "Every request is scoped to the organization that owns the API key."',
        "Requests at the same time are answered as they are one by one, each to its own key",
    ),
    Requirement(
        "ROB-009",
        SANDBOX,
        "Our own choice, after RFC 9110, section 9.3.2.",
        "HEAD is answered as GET is, without the body",
    ),
    Requirement(
        "ROB-010",
        SANDBOX,
        "Our own choice: browsers ask before they send a key.",
        "OPTIONS is answered 204 without a key, with Allow, and lets other origins in",
    ),
    Requirement(
        "ROB-011",
        SANDBOX,
        "Our own choice: nobody can say which value was meant.",
        "A parameter that is given twice is answered 400",
    ),
    Requirement(
        "ROB-012",
        SANDBOX,
        "Our own choice: an empty value is a fault in the caller's code, but for a first page's cursor.",
        "An empty value is answered 400, an empty cursor is the first page",
    ),
    Requirement(
        "ROB-013",
        SANDBOX,
        "Our own choice: a misspelt parameter should be noticed.",
        "A parameter that nobody knows changes nothing and is named in X-Sandbox-Warning",
    ),
    Requirement(
        "ROB-014",
        SANDBOX,
        "Our own choice: the API has but one format.",
        "Whatever Accept asks for, the answer is JSON",
    ),
    Requirement(
        "ROB-015",
        SANDBOX,
        "Our own choice, after RFC 9110, section 13.1.2.",
        "An answer has an ETag, and 304 is the answer to one who has it; /me isn't stored",
    ),
    Requirement(
        "ROB-016",
        SANDBOX,
        "Our own choice, after RFC 9110, section 12.5.3.",
        "With Accept-Encoding: gzip the answer is smaller and the same",
    ),
    Requirement(
        "ROB-017",
        SANDBOX,
        "Our own choice: a number to name when asking for help.",
        "Every answer has an X-Request-Id, a sound one that was sent is kept",
    ),
    Requirement(
        "ROB-018",
        SANDBOX,
        "Our own choice, after the IETF draft on rate limit headers.",
        "Answers to a limited key say its limit and what is left",
    ),
    Requirement(
        "ROB-019",
        SANDBOX,
        "Our own choice: one thing has one address.",
        "A path with a slash at its end or in another case is answered 404",
    ),
    Requirement(
        "ROB-020",
        MUST,
        'The page: "validation errors return 400", and unexpected failures 500: none is expected.',
        "What one answer shows can be asked for in the next, call after call, without making the server fail",
    ),
    Requirement(
        "ROB-021",
        SHOULD,
        "The page writes numbers and instants in one way, and names no language.",
        "Accept-Language changes neither data nor how parameters are read",
    ),
)
