"""Lists and daily telemetry of two organisations have no rows in common."""

from sepolo_conformance.api.calls import Call, lists
from sepolo_conformance.checks.common.clauses import SCOPED
from sepolo_conformance.checks.isolation.foreign_tenants import expect_no_data, fingerprints, in_two_pages, tenant_pairs
from sepolo_conformance.checks.isolation.operations import SHARED_LISTS, other_queries
from sepolo_conformance.compare.rows import texts
from sepolo_conformance.engine import MUST, SHOULD, Case, Exchange, fetch_once, requirement
from sepolo_openapi.contract import Operation


@requirement("ISO-007", MUST, clause=SCOPED, title="Daily telemetry contains no device of another organisation")
def no_foreign_daily_telemetry(case: Case) -> None:
    """Requests daily telemetry of a device of the other organisation, of all devices on one day of that device, and of
    all devices without a window."""
    for pair in tenant_pairs(case):
        with case.part("getTelemetryDaily of another organisation"):
            key = pair.key("getTelemetryDaily")
            owned = pair.owner_list("getTelemetryDaily")
            device = str(owned.call.query["deviceId"])
            if not pair.is_foreign("deviceId", device):
                case.vacuous(f"device {device} is used by both organisations")
            expect_no_data(case, case.call(owned.call, key=key), f"device {device} belongs to another organisation")
            window = owned.call.window
            devices = pair.own_list("listDevices")
            if window is None or devices is None or not devices.complete or not pair.owner_list("listDevices").complete:
                case.vacuous("there are too many devices to request a day of all of them")
            own = set(texts(devices.rows, "deviceId"))
            foreign = set(texts(pair.owner_list("listDevices").rows, "deviceId")) - own
            all_devices = Call(owned.operation)
            one_day = case.call(all_devices.within(window[1], window[1]), key=key)
            case.rows(one_day)
            for exchange in (one_day, fetch_once(case, all_devices, key)):
                shown = sorted({*texts(exchange.rows, "deviceId")} & foreign)
                case.expect(not shown, "only devices of the key's organisation", f"rows of {shown[:3]}", exchange)


@requirement(
    "ISO-008", MUST, clause=SCOPED, title="Lists of two organisations have no row in common, whatever the query"
)
def lists_are_disjoint(case: Case) -> None:
    """Reads each list of both organisations, in two pages and with other queries, and searches for rows in both.

    Vendors and parts may be available to several organisations, see ISO-027.
    """
    for operation in lists(case.contract):
        if "{" not in operation.path and operation.operation_id not in SHARED_LISTS:
            with case.part(operation.operation_id):
                _expect_disjoint(case, operation)


@requirement(
    "ISO-027",
    SHOULD,
    clause="Vendors and parts belong to organisations, though some may be available to several.",
    title="Vendors and parts of two organisations have no row in common",
)
def vendors_and_parts_are_disjoint(case: Case) -> None:
    """Reads vendors and parts of both organisations as in ISO-008."""
    for name in SHARED_LISTS:
        with case.part(name):
            _expect_disjoint(case, case.operation(name))


def _expect_disjoint(case: Case, operation: Operation) -> None:
    home, away = case.home.listing(operation.operation_id), case.away.listing(operation.operation_id)
    shown: list[dict[str, Exchange]] = []
    for listing, other in ((home, away), (away, home)):
        queries = other_queries(operation.operation_id)
        calls = [listing.call.having(change).with_page_size() for change in queries]
        if other.call.query != listing.call.query:
            calls.append(other.call.with_page_size())
        pages = [*case.walk(in_two_pages(listing), key=listing.reader, pages=2).pages]
        pages += [fetch_once(case, call, listing.reader) for call in calls]
        shown.append({row_id: page for page in pages for row_id in fingerprints(operation, page.rows)})
    both = sorted(shown[0].keys() & shown[1].keys())
    exchanges = [pages[row_id] for row_id in both[:1] for pages in shown]
    expected = f"no row of {operation.operation_id} in the lists of two organisations"
    case.expect(not both, expected, f"{len(both)} in both, e.g. {both[:1]}"[:300], exchanges or None)
