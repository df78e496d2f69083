"""What filters let through."""

from conformance.requirements import MUST, SANDBOX, SHOULD, Requirement

__all__ = ["REQUIREMENTS"]

_STATUS = 'The page: status "active, inactive or all".'
_SINCE = 'The page: "Only assets updated after this timestamp.", and so for devices.'
_TYPED = 'The page gives the parameter a type, and: "validation errors return 400".'
_FILTER = 'The page calls the parameter an "optional … filter".'
_OWN = "Our own choice"

REQUIREMENTS = (
    Requirement(
        "FLT-001",
        MUST,
        _STATUS,
        "status=active lists only assets and parts that are active, status=inactive only those that aren't",
    ),
    Requirement(
        "FLT-002",
        MUST,
        'The page: "Optional telemetry type filter."',
        "telemetryType holds on every row",
    ),
    Requirement(
        "FLT-003",
        MUST,
        'The page: "Optional PointGuard cycle id filter."',
        "cycleId holds on every row",
    ),
    Requirement(
        "FLT-004",
        MUST,
        'The page: "Optional minimum movement duration."',
        "minDurationSeconds holds on every row",
    ),
    Requirement(
        "FLT-005",
        SHOULD,
        _FILTER,
        "groupId, customerId and the device status hold on every asset and device",
    ),
    Requirement(
        "FLT-006",
        SHOULD,
        _FILTER,
        "deviceId, assetId and state hold on every incident and service report",
    ),
    Requirement(
        "FLT-007",
        SHOULD,
        _FILTER,
        "userId, externalSystem, vendorId and deviceId hold on every appointment, customer, part and daily row",
    ),
    Requirement(
        "FLT-008",
        SHOULD,
        _FILTER,
        "A filter leaves out no row of the list that fits it",
    ),
    Requirement(
        "FLT-009",
        MUST,
        _STATUS,
        "The three values of status are accepted",
    ),
    Requirement(
        "FLT-010",
        SHOULD,
        _STATUS,
        "Active and inactive rows together are all, and none is both",
    ),
    Requirement(
        "FLT-011",
        SHOULD,
        _FILTER,
        "The values of a filter share out the list: a row is listed for its own value and for no other",
    ),
    Requirement(
        "FLT-012",
        SHOULD,
        "Each filter narrows the list.",
        "Two filters together list what fits both, for every pair",
    ),
    Requirement(
        "FLT-013",
        SHOULD,
        "Each filter narrows the list.",
        "Any number of filters together list what fits all of them",
    ),
    Requirement(
        "FLT-014",
        SHOULD,
        "Each filter narrows the list.",
        "A filter holds within a window as it does without, and the window with it",
    ),
    Requirement(
        "FLT-015",
        SHOULD,
        f"{_FILTER} A filter that nothing fits isn't an error.",
        "A value that no row has is answered with an empty list, also where it is zero",
    ),
    Requirement(
        "FLT-016",
        MUST,
        _TYPED,
        "assetId, userId and vendorId that are no uuid are refused with 400",
    ),
    Requirement(
        "FLT-017",
        MUST,
        _TYPED,
        "groupId, state, telemetryType and minDurationSeconds that are no integer are refused with 400",
    ),
    Requirement(
        "FLT-018",
        MUST,
        _TYPED,
        "An updatedSince that is no timestamp is refused with 400",
    ),
    Requirement(
        "FLT-019",
        SHOULD,
        f'{_STATUS} And: "validation errors return 400".',
        "Another status than the three is refused with 400",
    ),
    Requirement(
        "FLT-020",
        SHOULD,
        "No movement lasts less than no time.",
        "A negative minDurationSeconds is refused with 400",
    ),
    Requirement(
        "FLT-021",
        MUST,
        _SINCE,
        "updatedSince lists nothing that was updated before",
    ),
    Requirement(
        "FLT-022",
        SHOULD,
        _SINCE,
        "updatedSince leaves out nothing that was updated after, so that a later one lists a part of an earlier one",
    ),
    Requirement(
        "FLT-023",
        SANDBOX,
        f"{_OWN}: after is not at.",
        "A row updated exactly at updatedSince isn't listed",
    ),
    Requirement(
        "FLT-024",
        MUST,
        'The page: "Optional numeric device status filter."',
        "A device status of digits is accepted",
    ),
    Requirement(
        "FLT-025",
        SHOULD,
        _FILTER,
        "A text filter compares the whole value, not a part of it",
    ),
    Requirement(
        "FLT-026",
        SHOULD,
        'The page: "Optional comma-separated metric hint."',
        "metrics takes any names and changes nothing about which rows are listed",
    ),
    Requirement(
        "FLT-027",
        SANDBOX,
        f"{_OWN}: ignored, with a word about it in X-Sandbox-Warning.",
        "An unknown parameter changes nothing",
    ),
    Requirement(
        "FLT-028",
        SANDBOX,
        f"{_OWN}: all would be no choice if it were the default.",
        "Without status only active rows are listed",
    ),
    Requirement(
        "FLT-029",
        SANDBOX,
        f"{_OWN}: a filter without a value is a mistake, and so are two values.",
        "An empty or repeated filter is refused with 400",
    ),
    Requirement(
        "FLT-030",
        SANDBOX,
        f"{_OWN}: plain integers of 32 bits, instants with an offset.",
        "Numbers and instants written in other ways are refused with 400",
    ),
    Requirement(
        "FLT-031",
        SANDBOX,
        f"{_OWN}: values are compared as they are written, but for ids, which are hexadecimal numbers.",
        "Case matters in status and texts, not in a uuid",
    ),
)
