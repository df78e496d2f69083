"""Lists of two organisations have no rows in common, also by cursors and filter values of the other organisation."""

from sepolo_conformance.api.calls import Call, Listing, lists, paged_lists
from sepolo_conformance.checks.common.clauses import SCOPED
from sepolo_conformance.checks.isolation.foreign_tenants import (
    TenantPair,
    expect_no_data,
    expect_no_foreign_rows,
    fingerprints,
    in_two_pages,
    tenant_pairs,
)
from sepolo_conformance.checks.isolation.operations import FILTER_SOURCES, SHARED_LISTS, other_queries
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


@requirement("ISO-008", MUST, clause=SCOPED, title="Lists of two organisations have no row in common, with any query")
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


@requirement("ISO-005", MUST, clause=SCOPED, title="A cursor of another organisation returns none of its rows")
def foreign_cursor_returns_no_foreign_rows(case: Case) -> None:
    """Sends the cursor of each list's first page with a key of the other organisation, and compares the rows with those
    of the cursor's owner."""
    for pair in tenant_pairs(case):
        for operation in paged_lists(case.contract):
            with case.part(f"{operation.operation_id} with a cursor of another organisation"):
                owned = pair.owner_list(operation.operation_id)
                key = pair.key(operation.operation_id)
                size = 2 if len(owned.rows) > 2 else 1
                first = case.call(owned.call.having(pageSize=size), key=owned.reader)
                cursor = first.member("nextCursor")
                if not isinstance(cursor, str):
                    case.vacuous("there is one page only")
                changes = {"pageSize": size, "cursor": cursor}
                calls = [call.having(changes) for call in _owner_and_own_path(pair, owned)]
                responses = [case.call(call, key=key, follows=first) for call in calls]
                theirs = owned.rows
                if not owned.complete:
                    theirs = (*theirs, *case.call(owned.call.having(changes), key=owned.reader, follows=first).rows)
                for exchange in responses:
                    expect_no_foreign_rows(case, operation, exchange, theirs, pair.own_rows(operation.operation_id))


@requirement(
    "ISO-006", MUST, clause=SCOPED, title="A filter by a value of another organisation returns none of its rows"
)
def foreign_filter_value_returns_no_foreign_rows(case: Case) -> None:
    """Filters each list by a group, customer, device, asset, user or vendor of the other organisation."""
    for pair in tenant_pairs(case):
        for name, member, source in FILTER_SOURCES:
            with case.part(f"{name} by {member} of another organisation"):
                owned, key = pair.owner_list(name), pair.key(name)
                own = pair.own_list(source)
                own_values = own.values(member) if own else ()
                # A value that the requester has as well may be the only one.
                values = sorted(pair.owner_list(source).values(member), key=lambda value: value in own_values)
                if not values:
                    case.vacuous(f"no row shows {member}")
                call = owned.call.having({member: values[0]}).with_page_size()
                exchange = case.call(call, key=key)
                theirs = owned.rows
                if not owned.complete:
                    theirs = (*theirs, *case.call(call, key=owned.reader).rows)
                expect_no_foreign_rows(case, owned.operation, exchange, theirs, pair.own_rows(name))


def _owner_and_own_path(pair: TenantPair, owned: Listing) -> list[Call]:
    """Return the owner's call, and the same call with the ids of the requester's own list where they differ."""
    own = pair.own_list(owned.operation.operation_id)
    if own is None or own.call.ids == owned.call.ids:
        return [owned.call]
    return [owned.call, Call(owned.operation, own.call.ids, owned.call.query)]
