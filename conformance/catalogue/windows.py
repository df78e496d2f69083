"""What a window of time holds, and how long it may be."""

from conformance.requirements import MUST, SANDBOX, SHOULD, Requirement

__all__ = ["REQUIREMENTS"]

_REQUIRED = 'The page: "Required start timestamp", "Required end timestamp".'
_ALIASES = 'The page: "fromUtc is also accepted", "toUtc is also accepted".'
_MAXIMUM = 'The page: "Maximum window", 31 or 366 days.'
_BOUNDS = 'The page: "start timestamp" and "end timestamp" of what is listed.'
_OPTIONAL = 'The page: "Optional start timestamp", "Optional end timestamp".'
_REFUSAL = 'The page types both ends as date-time, and: "validation errors return 400".'
_FORM = "The page writes instants as 2026-06-01T00:00:00Z (RFC 3339)."
_OWN = "Our own choice"

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
        _MAXIMUM,
        "A window far beyond the longest is refused with 400, not cut short",
    ),
    Requirement(
        "WIN-003",
        MUST,
        _ALIASES,
        "A window given by its other names holds the same rows",
    ),
    Requirement(
        "WIN-004",
        SHOULD,
        _ALIASES,
        "The two names of either end may be mixed",
    ),
    Requirement(
        "WIN-005",
        SANDBOX,
        f"{_OWN}: an end named twice must mean one instant.",
        "An end given by both its names is accepted if they agree, else refused with 400",
    ),
    Requirement(
        "WIN-006",
        MUST,
        _MAXIMUM,
        "A window of one day less than the longest is accepted",
    ),
    Requirement(
        "WIN-007",
        SANDBOX,
        f"{_OWN}: days of 24 hours, both ends included.",
        "The longest window is accepted to the second; one second more is refused with 400",
    ),
    Requirement(
        "WIN-008",
        SHOULD,
        _REFUSAL,
        "A window that ends before it starts is refused with 400",
    ),
    Requirement(
        "WIN-009",
        MUST,
        _BOUNDS,
        "No row lies wholly outside the window",
    ),
    Requirement(
        "WIN-010",
        SHOULD,
        f"{_BOUNDS} Incidents are placed by when they happen.",
        "No incident lies wholly outside the window",
    ),
    Requirement(
        "WIN-011",
        SHOULD,
        _BOUNDS,
        "A wider window holds all rows of a narrower one",
    ),
    Requirement(
        "WIN-012",
        SHOULD,
        _BOUNDS,
        "A narrower window holds all rows of a wider one that lie inside it",
    ),
    Requirement(
        "WIN-013",
        SHOULD,
        _BOUNDS,
        "A window cut in two at any instant holds together what it held whole",
    ),
    Requirement(
        "WIN-014",
        SHOULD,
        _BOUNDS,
        "A row exactly where two windows meet is in at least one of them",
    ),
    Requirement(
        "WIN-015",
        SANDBOX,
        f"{_OWN}: closed intervals.",
        "Both ends belong to the window, and nothing a millisecond beyond them does",
    ),
    Requirement(
        "WIN-016",
        SANDBOX,
        f"{_OWN}: closed intervals.",
        "A window of one instant is accepted and holds the rows of that instant",
    ),
    Requirement(
        "WIN-017",
        MUST,
        _FORM,
        "Every end takes an instant in the form that the page shows, also on 29 February and when clocks are changed",
    ),
    Requirement(
        "WIN-018",
        SHOULD,
        "Fractions of a second belong to date-time (RFC 3339).",
        "Every end takes fractions of a second, and so does updatedSince",
    ),
    Requirement(
        "WIN-019",
        MUST,
        _REFUSAL,
        "What is no timestamp is refused with 400, at every end of every operation",
    ),
    Requirement(
        "WIN-020",
        SHOULD,
        _REFUSAL,
        "A day or time that doesn't exist is refused with 400",
    ),
    Requirement(
        "WIN-021",
        SANDBOX,
        f"{_OWN}: RFC 3339 with an offset, given once, and nothing else.",
        "A timestamp without offset, a bare date, a number, nothing or two of them are refused with 400",
    ),
    Requirement(
        "WIN-022",
        SANDBOX,
        f"{_OWN}: all of RFC 3339.",
        "The same instant with another offset means the same window",
    ),
    Requirement(
        "WIN-023",
        MUST,
        'The page: "unexpected failures return 500": these are valid timestamps.',
        "Windows in the years 0001 and 9999 bring no 5xx",
    ),
    Requirement(
        "WIN-024",
        MUST,
        _OPTIONAL,
        "A window that is optional may be left out, both ends or either",
    ),
    Requirement(
        "WIN-025",
        SHOULD,
        _OPTIONAL,
        "One end alone bounds the rows on its side",
    ),
    Requirement(
        "WIN-026",
        SHOULD,
        "A window of time that hasn't come is a window all the same; appointments lie there.",
        "Windows in the future are accepted",
    ),
    Requirement(
        "WIN-027",
        SANDBOX,
        f"{_OWN}: the last 30 days, for appointments the next; a single end reaches 366 days.",
        "The window that an open end stands for goes out in X-Sandbox-Effective-Window",
    ),
    Requirement(
        "WIN-028",
        SHOULD,
        'The page shows a daily row with "date": "2026-05-13T00:00:00Z".',
        "The window of one UTC day holds the daily rows of that day and of no other",
    ),
    Requirement(
        "WIN-029",
        SHOULD,
        'The page shows a daily row with "date": "2026-05-13T00:00:00Z".',
        "Daily rows are dated by midnight UTC",
    ),
    Requirement(
        "WIN-030",
        SHOULD,
        'The page: "visit counts and cost totals for a reporting window".',
        "Service performance counts in two halves of a window no fewer visits than in the whole, in each no more",
    ),
    Requirement(
        "WIN-031",
        SANDBOX,
        f"{_OWN}: the page lists only fromUtc and toUtc there.",
        "from and to are ignored where the window is named fromUtc and toUtc",
    ),
    Requirement(
        "WIN-032",
        SHOULD,
        _OPTIONAL,
        "A window of all years, where no maximum is stated, lists what no window does",
    ),
    Requirement(
        "WIN-033",
        SANDBOX,
        f"{_OWN}: placed by their start, not by what of them reaches into the window.",
        "Cycles and movements start inside the window",
    ),
    Requirement(
        "WIN-034",
        SHOULD,
        _BOUNDS,
        "A window over the end of a month or year holds what lies beyond that",
    ),
)
