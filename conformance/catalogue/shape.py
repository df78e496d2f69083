"""What answers look like: types, formats and presence of members."""

from conformance.requirements import MUST, SANDBOX, SHOULD, Requirement

__all__ = ["REQUIREMENTS"]

REQUIREMENTS = (
    Requirement(
        "SHP-001",
        MUST,
        "The page documents each operation with what it returns.",
        "Each operation answers a valid call with its documented status",
    ),
    Requirement(
        "SHP-002",
        MUST,
        'The page: "JSON over HTTPS".',
        "Every successful answer is JSON in UTF-8, and says so in Content-Type",
    ),
    Requirement(
        "SHP-003",
        MUST,
        "The page shows the member with a value of that type.",
        "A documented member that is present has its documented type, null only where null may be",
    ),
    Requirement(
        "SHP-004",
        MUST,
        "The page shows the member in its example: identifiers, the three members of a page, counts.",
        "Members that every answer needs are present",
    ),
    Requirement(
        "SHP-005",
        MUST,
        "The page types instants as date-time, which has an offset (RFC 3339), and shows `Z`.",
        "Every date-time says its offset",
    ),
    Requirement(
        "SHP-006",
        MUST,
        "The page types ids as uuid and instants as date-time.",
        "Documented ids and instants are written in the format of their type",
    ),
    Requirement(
        "SHP-007",
        SHOULD,
        "Counts, percentages and durations mean nothing outside their range.",
        "Documented values lie in their range",
    ),
    Requirement(
        "SHP-008",
        SHOULD,
        "A filter or a sentence of the page needs the member, though no example shows it.",
        "A member that the page implies has the implied type and format, where it is present",
    ),
    Requirement(
        "SHP-009",
        SANDBOX,
        "Our own choice: the page doesn't show these members.",
        "Members that the contract assumes, and headers, are as it says",
    ),
    Requirement(
        "SHP-010",
        MUST,
        'The page shows `"version": "v1"`.',
        "/me says version v1",
    ),
    Requirement(
        "SHP-011",
        MUST,
        "The page shows rateLimit with requestsPerMinute and requestsPerDay, both null.",
        "The limits of /me are there, each null or a whole number",
    ),
    Requirement(
        "SHP-012",
        MUST,
        "The page types the answer as a list and shows a bare array.",
        "telemetry-daily is a bare array, with no envelope round it",
    ),
    Requirement(
        "SHP-013",
        SHOULD,
        "The page shows the member in its example.",
        "Each member that the page shows appears in the answers of its operation",
    ),
    Requirement(
        "SHP-014",
        SHOULD,
        "All instants of the page end in `Z`.",
        "Instants are written in UTC, with Z",
    ),
    Requirement(
        "SHP-015",
        MUST,
        "The page shows the member's name, in camelCase.",
        "Members have their names exactly as the page spells them",
    ),
    Requirement(
        "SHP-016",
        MUST,
        'The page: "JSON over HTTPS"; RFC 8259: JSON is UTF-8.',
        "A charset, where Content-Type names one, is UTF-8",
    ),
    Requirement(
        "SHP-017",
        SHOULD,
        "The page shows days as `2026-05-13T00:00:00Z`.",
        "The date of a day is midnight UTC",
    ),
    Requirement(
        "SHP-018",
        SHOULD,
        "RFC 8259, section 4: names within an object are unique.",
        "No object names a member twice",
    ),
    Requirement(
        "SHP-019",
        SANDBOX,
        "Our own choice: text is compared by careless clients.",
        "Ids of type uuid are in lower case, with hyphens",
    ),
)
