"""What a written service report leads to, and what leads to none."""

from conformance.requirements import MUST, SANDBOX, SHOULD, Requirement

__all__ = ["REQUIREMENTS"]

_OURS = "Our own choice: the page doesn't describe the body."
_LOGIC = "What was created is there."

REQUIREMENTS = (
    Requirement(
        "WRT-001",
        MUST,
        'The page: service_reports.write is "not granted to normal read-only API keys", and missing scopes return 403.',
        "A report posted without the scope is answered 403 and not stored",
    ),
    Requirement(
        "WRT-002",
        MUST,
        "The page shows the answer with the new report's id.",
        "A report that was created is answered 200 or 201 with its serviceReportId, a uuid of its own",
    ),
    Requirement("WRT-003", SHOULD, "RFC 9110: 201 for what was created.", "The answer is 201"),
    Requirement("WRT-004", SANDBOX, _OURS, "Location leads to the report"),
    Requirement("WRT-005", SHOULD, _LOGIC, "A report can be read at once, as it was sent"),
    Requirement("WRT-006", SHOULD, _LOGIC, "A report is listed at once, exactly once, and nothing else with it"),
    Requirement("WRT-007", SHOULD, _LOGIC, "Filters find a new report where it belongs and nowhere else"),
    Requirement(
        "WRT-008",
        MUST,
        'The page: "Every request is scoped to the organization that owns the API key."',
        "A new report is shown to its own organisation only",
    ),
    Requirement(
        "WRT-009",
        SHOULD,
        "JSON is what the API speaks.",
        "A body that isn't JSON is refused with 4xx and stores nothing",
    ),
    Requirement(
        "WRT-010", SHOULD, "The page types ids as uuid.", "A malformed uuid is refused with 4xx and stores nothing"
    ),
    Requirement("WRT-011", SANDBOX, _OURS, "A member of the wrong type is refused with 400 and stores nothing"),
    Requirement(
        "WRT-012", SANDBOX, _OURS, "A body without title, or without asset and device, is refused and stores nothing"
    ),
    Requirement(
        "WRT-013", SANDBOX, _OURS, "Values out of range, or that contradict each other, are refused and store nothing"
    ),
    Requirement(
        "WRT-014", SANDBOX, _OURS, "An asset, device or visit that doesn't exist is refused and stores nothing"
    ),
    Requirement(
        "WRT-015", SANDBOX, _OURS, "The same Idempotency-Key and body give the first answer again, and one report"
    ),
    Requirement(
        "WRT-016", SANDBOX, _OURS, "The same Idempotency-Key with another body is answered 409 and stores nothing"
    ),
    Requirement("WRT-017", SANDBOX, _OURS, "An Idempotency-Key means nothing to another organisation"),
    Requirement("WRT-018", SHOULD, _LOGIC, "Posts at the same time create one report each"),
    Requirement("WRT-019", SANDBOX, _OURS, "Posts at the same time with one Idempotency-Key create one report"),
    Requirement("WRT-020", SANDBOX, _OURS, "A Content-Type other than JSON is answered 415 and stores nothing"),
    Requirement("WRT-021", SANDBOX, _OURS, "Unknown members of a body are ignored"),
    Requirement("WRT-022", SHOULD, "A request is a report.", "The same body posted twice creates two reports"),
    Requirement("WRT-023", SANDBOX, _OURS, "Every member that was sent is stored, state and total follow from them"),
    Requirement(
        "WRT-024",
        MUST,
        'The page: "validation errors return 400 and unexpected failures return 500." Any input can be expected.',
        "A body or header that is odd and can be read brings no 5xx",
    ),
    Requirement(
        "WRT-025",
        SHOULD,
        "The page filters reports by when they were created, in UTC.",
        "createdOn of a new report is the time at which it was written",
    ),
    Requirement(
        "WRT-026",
        SHOULD,
        'The page promises that clients can "handle paging consistently".',
        "A report that comes in while the list is read brings no other row twice, and hides none",
    ),
)
