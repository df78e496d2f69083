"""Lists read with a key that has boundaries: plain, filtered, by cursor, and rows that refer to other resources."""

from sepolo_conformance.api.calls import lists
from sepolo_conformance.checks.common.clauses import DATA_BOUNDARIES, OURS, SCOPED
from sepolo_conformance.checks.common.crossing_readers import BOUNDED, OTHER
from sepolo_conformance.checks.common.crossings import Kind, expect_none
from sepolo_conformance.checks.isolation.bounded_keys import BoundedKey, bounded_keys
from sepolo_conformance.checks.isolation.foreign_tenants import expect_no_data, expect_no_foreign_rows, in_two_pages
from sepolo_conformance.checks.isolation.operations import FEW_ROWS, FILTER_SOURCES, SHARED_LISTS, calls_for_hidden_rows
from sepolo_conformance.compare.rows import Row, scalars, texts
from sepolo_conformance.engine import MUST, SANDBOX, SHOULD, Case, requirement

_REFERRING_LISTS = ("listIncidents", "listServiceReports", "listServiceVisits", "listAppointments")
"""Lists whose rows refer to assets and devices."""


@requirement("ISO-016", SHOULD, clause=DATA_BOUNDARIES, title="A key bounded to groups lists no row of another group")
def lists_stay_within_groups(case: Case) -> None:
    """Reads assets, devices and children with a key bounded to groups, with several filters, and compares groupId with
    the allowed groups. ISO-028 crosses filters with headers, windows and pages."""
    for bounded in bounded_keys(case, "groups"):
        for name in ("listAssets", "listDevices", "listAssetChildren"):
            _expect_list_within_boundary(case, bounded, name)


@requirement(
    "ISO-017", SHOULD, clause=DATA_BOUNDARIES, title="A key bounded to customers lists no row of another customer"
)
def lists_stay_within_customers(case: Case) -> None:
    """Reads every list whose rows may show a customer with a key bounded to customers, and compares customerId with the
    allowed customers."""
    for bounded in bounded_keys(case, "customers"):
        for name in ("listAssets", "listAssetChildren", *_REFERRING_LISTS, "listCustomers"):
            _expect_list_within_boundary(case, bounded, name)


@requirement(
    "ISO-020",
    SHOULD,
    clause=DATA_BOUNDARIES,
    title="A filter by a value outside a key's boundary returns no rows from outside",
)
def filter_outside_boundary(case: Case) -> None:
    """Filters lists by a group, customer, asset or device outside the boundary."""
    for bounded in bounded_keys(case):
        sources = {
            "groupId": bounded.assets,
            "customerId": bounded.assets,
            "assetId": bounded.assets,
            "deviceId": bounded.devices,
        }
        for name, member, _ in FILTER_SOURCES:
            if member not in sources:
                continue
            with case.part(f"{name} by {member}, key bounded to {bounded.kind}"):
                key, values = bounded.key(name), scalars(sources[member](), member)
                for value in values[:2]:
                    call = case.home.listing(name).call.having({member: value}).with_page_size(FEW_ROWS)
                    exchange = case.call(call, key=key)
                    why = f"{member} {value} lies outside the key's boundary"
                    if member in ("assetId", "deviceId"):
                        expect_no_data(case, exchange, why)
                    else:
                        # A group may have customers inside and outside a boundary of customers, and the reverse.
                        outside = [row for row in exchange.rows if bounded.is_outside(row)]
                        case.expect(not outside, f"no rows from outside: {why}", f"{len(outside)} of them", exchange)


@requirement(
    "ISO-022",
    SHOULD,
    clause=DATA_BOUNDARIES,
    title="Rows listed to a bounded key refer to no asset or device outside its boundary",
)
def references_stay_within_boundary(case: Case) -> None:
    """Reads incidents, reports, visits and appointments with a bounded key, also in other windows and states, and
    searches the rows for assets and devices outside the boundary."""
    for bounded in bounded_keys(case):
        for name in _REFERRING_LISTS:
            with case.part(f"{name}, key bounded to {bounded.kind}"):
                key = bounded.key(name)
                assets, devices = texts(bounded.assets(), "assetId"), texts(bounded.devices(), "deviceId")
                listing = case.home.listing(name)

                def refers_outside(row: Row, assets: list[str] = assets, devices: list[str] = devices) -> bool:
                    asset = row.get("assetId")
                    return asset in assets or (asset is None and row.get("deviceId") in devices)

                pages = list(case.walk(in_two_pages(listing), key=key, pages=2).pages)
                pages += [
                    case.call(call, key=key) for call in calls_for_hidden_rows(listing, refers_outside, combined=True)
                ]
                for page in pages:
                    for row in page.rows:
                        subject = {member: row.get(member) for member in ("assetId", "deviceId") if row.get(member)}
                        expected = "rows about assets and devices inside the key's boundary"
                        case.expect(not refers_outside(row), expected, f"a row about {subject}", page)


@requirement(
    "ISO-025", SANDBOX, clause=OURS, title="Assets and devices without a group are hidden from a key bounded to groups"
)
def rows_without_group_are_hidden(case: Case) -> None:
    """Lists assets and devices with a key bounded to groups, and reads one without a group by id."""
    for bounded in bounded_keys(case, "groups"):
        for name, detail, member in (("listAssets", "getAsset", "assetId"), ("listDevices", "getDevice", "deviceId")):
            with case.part(name):
                key = bounded.key(name)
                rows = case.rows(case.call(case.home.listing(name).call.with_page_size(), key=key))
                shown = [row.get(member) for row in rows if row.get("groupId") is None]
                case.expect(not shown, "rows with a group", f"{len(shown)} without, {shown[:1]}")
                hidden = texts([row for row in case.home.listing(name).rows if row.get("groupId") is None], member)[:1]
                for value in hidden:
                    expect_no_data(case, case.get(detail, {member: value}, key=key), f"{member} {value} is in no group")


@requirement("ISO-026", MUST, clause=SCOPED, title="A bounded key lists no row of another organisation either")
def bounded_key_lists_no_foreign_rows(case: Case) -> None:
    """Reads each list with each bounded key, with the queries of both organisations, and compares the rows with those
    of the other organisation."""
    for bounded in bounded_keys(case):
        for operation in lists(case.contract):
            if "{" in operation.path or operation.operation_id in SHARED_LISTS:
                continue
            with case.part(f"{operation.operation_id}, key bounded to {bounded.kind}"):
                key, theirs = bounded.key(operation.operation_id), case.away.listing(operation.operation_id)
                own = case.home.listing(operation.operation_id)
                for call in {str(call): call for call in (own.call, theirs.call)}.values():
                    exchange = case.call(call.with_page_size(), key=key)
                    expect_no_foreign_rows(case, operation, exchange, theirs.rows, own.rows)


@requirement(
    "ISO-028",
    SHOULD,
    clause=DATA_BOUNDARIES,
    title="No header, filter, window, page or cursor shows a bounded key rows outside its boundary",
)
def crossings_stay_within_boundary(case: Case) -> None:
    """Looks for rows that a bounded key's whole list lacks in the responses of FLT-032."""
    expect_none(case, Kind.OUTSIDE, judged=lambda plan: not plan.readers.keys().isdisjoint(BOUNDED), start=0.5)


@requirement(
    "ISO-029",
    MUST,
    clause=SCOPED,
    title="No header, filter, window, page, cursor or concurrent request shows rows of another organisation",
)
def crossings_stay_within_organisation(case: Case) -> None:
    """Looks for rows that only keys of another organisation have listed in the responses of FLT-032."""
    expect_none(case, Kind.FOREIGN, judged=lambda plan: OTHER in plan.readers, start=0.75)


def _expect_list_within_boundary(case: Case, bounded: BoundedKey, name: str) -> None:
    """Read a list with a bounded key in several ways, and expect no row that shows another group or customer."""
    with case.part(f"{name}, key bounded to {bounded.kind}"):
        key, listing = bounded.key(name), case.home.listing(name)
        member, allowed = bounded.allowed
        if not any(bounded.is_outside(row) for row in listing.rows):
            case.vacuous(f"no row of {name} is known to lie outside the boundary")
        pages = [*case.walk(in_two_pages(listing), key=key, pages=2).pages]
        pages += [case.call(call, key=key) for call in calls_for_hidden_rows(listing, bounded.is_outside)]
        for page in pages:
            outside = [row for row in page.rows if bounded.is_outside(row)]
            expected = f"{member} to be one of {allowed}"
            actual = f"{len(outside)} rows of others, e.g. {[row.get(member) for row in outside[:1]]}"
            case.expect(not outside, expected, actual, page)
