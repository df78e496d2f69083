"""Values of the wrong type or form are rejected with 400: uuids, integers, durations, empty and repeated filters."""

from sepolo_conformance.checks.common.clauses import TYPED_FILTER
from sepolo_conformance.checks.common.response_checks import expect_accepted, expect_rejected
from sepolo_conformance.checks.filters.filter_calls import (
    STATUS_LISTS,
    UNMATCHED,
    call_without_filters,
    filter_parameters,
    filters_of_type,
)
from sepolo_conformance.engine import MUST, SANDBOX, SHOULD, Case, requirement

_ODD_NUMBERS = ("012", "1.5", "2147483648", "+1", " 1", "0x1", "1e0", "\N{ARABIC-INDIC DIGIT ONE}")
_ODD_TIMESTAMPS = ("2026-06-01T00:00:00", "2026-06-01", "1780272000", "2026-06-01T00:00:00 02:00")


@requirement(
    "FLT-016", MUST, clause=TYPED_FILTER, title="An assetId, userId or vendorId that is not a uuid is rejected with 400"
)
def value_that_is_no_uuid_is_rejected(case: Case) -> None:
    """Sends a word, and a uuid that is too short, to each of these filters."""
    for what, name, call in filters_of_type(case, "uuid"):
        for text in ("not-a-uuid", "5c722f76-5f0b-4c1b-875d-05a1d8cd47b"):
            expect_rejected(case, f"{what}={text}", case.call(call.having({name: text})))


@requirement(
    "FLT-017",
    MUST,
    clause=TYPED_FILTER,
    title="A groupId, state, telemetryType or minDurationSeconds that is not an integer is rejected with 400",
)
def value_that_is_no_integer_is_rejected(case: Case) -> None:
    """Sends two words to each of these filters."""
    for what, name, call in filters_of_type(case, "int32"):
        if name != "pageSize":
            for text in ("abc", "x1"):
                expect_rejected(case, f"{what}={text}", case.call(call.having({name: text})))


@requirement(
    "FLT-020",
    SHOULD,
    clause="A duration cannot be negative.",
    title="A negative minDurationSeconds is rejected with 400",
)
def negative_duration_is_rejected(case: Case) -> None:
    """Reads movements with minDurationSeconds=-1."""
    call = call_without_filters(case, case.operation("listMovements"))
    expect_rejected(case, "listMovements with minDurationSeconds=-1", case.call(call.having(minDurationSeconds=-1)))


@requirement(
    "FLT-024",
    MUST,
    clause='Published page: "Optional numeric device status filter."',
    title="A device status of digits is accepted",
)
def numeric_device_status_is_accepted(case: Case) -> None:
    """Reads devices with four numeric statuses."""
    for status in ("0", "1", "2", "42"):
        page = case.call(call_without_filters(case, case.operation("listDevices")).having(status=status))
        expect_accepted(case, f"listDevices with status={status}", page)


@requirement(
    "FLT-029",
    SANDBOX,
    clause="Our own choice: a filter is given once and has a value.",
    title="An empty or repeated filter is rejected with 400",
)
def empty_or_repeated_filter_is_rejected(case: Case) -> None:
    """Sends every other filter without a value, and every filter twice with the same value."""
    for place, (operation, parameter, call) in enumerate(filter_parameters(case)):
        name = parameter.name
        if place % 2 == 0:
            expect_rejected(case, f"{operation.operation_id} with an empty {name}", case.call(call.having({name: ""})))
        value = "active" if operation.operation_id in STATUS_LISTS and name == "status" else UNMATCHED[name]
        query = [*call.query.items(), (name, value), (name, value)]
        expect_rejected(case, f"{operation.operation_id} with {name} given twice", case.get(operation, call.ids, query))


@requirement(
    "FLT-030",
    SANDBOX,
    clause="Our own choice: numbers are plain integers of 32 bits, and timestamps have an offset.",
    title="Numbers and timestamps in other forms are rejected with 400",
)
def other_forms_are_rejected(case: Case) -> None:
    """Sends three of eight integers in unusual notation to each numeric filter, three of four timestamps to
    updatedSince, and three values that are not 32-bit integers as device status."""
    for place, (what, name, call) in enumerate(filters_of_type(case, "int32", "date-time")):
        odd = _ODD_TIMESTAMPS if name == "updatedSince" else _ODD_NUMBERS
        for text in dict.fromkeys((odd[0], *(odd[(2 * place + step) % len(odd)] for step in (1, 2)))):
            expect_rejected(case, f"{what}={text!r}", case.call(call.having({name: text})))
    with case.part("listDevices"):
        for text in ("active", "1.0", "1234567890"):
            expect_rejected(case, f"listDevices with status={text}", case.get("listDevices", query={"status": text}))
