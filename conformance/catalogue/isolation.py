"""What belongs to one organisation, and to what a key may see of it, is shown to nobody else."""

from conformance.requirements import MUST, SANDBOX, SHOULD, Requirement

__all__ = ["REQUIREMENTS"]

_SCOPED = 'The page: "Every request is scoped to the organization that owns the API key."'
_BOUNDED = "The page shows allowedGroupIds and allowedCustomerIds in /me as the key's allowed data boundaries."
_OURS = "Our own choice: the page is silent."

REQUIREMENTS = (
    Requirement("ISO-001", MUST, _SCOPED, "The id of an asset, device or report of another organisation gives no data"),
    Requirement(
        "ISO-002", MUST, _SCOPED, "What lies under an asset or device of another organisation is shown to nobody else"
    ),
    Requirement(
        "ISO-003", MUST, _SCOPED, "A cycle or movement of another organisation isn't reached through one's own device"
    ),
    Requirement(
        "ISO-004",
        SHOULD,
        "The path names the device that the cycle or movement belongs to.",
        "A cycle or movement is found under its own device only",
    ),
    Requirement("ISO-005", MUST, _SCOPED, "A cursor of another organisation never shows that organisation's rows"),
    Requirement("ISO-006", MUST, _SCOPED, "A filter by a value of another organisation finds none of its rows"),
    Requirement("ISO-007", MUST, _SCOPED, "Daily telemetry shows no device of another organisation"),
    Requirement("ISO-008", MUST, _SCOPED, "Lists of two organisations have no row in common, whatever the filter"),
    Requirement("ISO-009", MUST, _SCOPED, "The assets summary counts the key's own organisation only"),
    Requirement("ISO-010", MUST, _SCOPED, "Service performance counts the key's own organisation only"),
    Requirement(
        "ISO-011",
        MUST,
        "The page shows both `X-Sepolo-Api-Key: <key>` and `Authorization: Bearer <key>`, for every request.",
        "Each operation shows the same to a key in either header",
    ),
    Requirement(
        "ISO-012",
        SHOULD,
        'The page: "Returns one asset if it belongs to the API key organization."',
        "The id of another organisation is answered 404, or 403",
    ),
    Requirement(
        "ISO-013",
        SANDBOX,
        "Our own choice: an answer that differs confirms that the id exists.",
        "The id of another organisation is answered as one that doesn't exist",
    ),
    Requirement(
        "ISO-014",
        MUST,
        _SCOPED,
        "A report written for another organisation, or its asset, device or visit, isn't linked to it",
    ),
    Requirement(
        "ISO-015",
        SHOULD,
        _SCOPED,
        "A report for another organisation's asset or device is refused with 4xx and not stored",
    ),
    Requirement("ISO-016", SHOULD, _BOUNDED, "A key bounded to groups is shown no row of another group"),
    Requirement("ISO-017", SHOULD, _BOUNDED, "A key bounded to customers is shown no row of another customer"),
    Requirement("ISO-018", SHOULD, _BOUNDED, "An id outside a key's boundary gives no data"),
    Requirement("ISO-019", SHOULD, _BOUNDED, "What lies under an asset or device outside a key's boundary isn't shown"),
    Requirement("ISO-020", SHOULD, _BOUNDED, "A filter doesn't reach beyond a key's boundary"),
    Requirement("ISO-021", SHOULD, _BOUNDED, "A cursor of an unbounded key shows a bounded one nothing from outside"),
    Requirement("ISO-022", SHOULD, _BOUNDED, "Rows shown to a bounded key refer to no asset or device outside"),
    Requirement("ISO-023", SHOULD, _BOUNDED, "Daily telemetry of a device outside a key's boundary isn't shown"),
    Requirement("ISO-024", SANDBOX, _OURS, "Aggregates of a bounded key count what it may see"),
    Requirement(
        "ISO-025", SANDBOX, _OURS, "Assets and devices without a group are hidden from a key bounded to groups"
    ),
    Requirement("ISO-026", MUST, _SCOPED, "A bounded key, too, is shown no row of another organisation"),
    Requirement(
        "ISO-027",
        SHOULD,
        "Vendors and parts belong to organisations, though some may be available to several.",
        "Vendors and parts of two organisations have none in common",
    ),
)
