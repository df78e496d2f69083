"""Ids that rows refer to: the resource exists, and resources that refer to each other agree."""

from collections.abc import Iterable, Iterator
from typing import Any

from sepolo_conformance.api.calls import Listing
from sepolo_conformance.api.row_identity import normal_id
from sepolo_conformance.checks.common.clauses import OURS
from sepolo_conformance.checks.common.details import complete_list, expect_found_by_id, rows_by_member
from sepolo_conformance.checks.common.whole_lists import whole_list
from sepolo_conformance.compare.rows import same_value, text
from sepolo_conformance.engine import SANDBOX, SHOULD, Case, requirement

_USERS = (
    ("listServiceVisits", "assignedUserId", "assignedUserName"),
    ("listAppointments", "userId", "userName"),
    ("listServiceReports", "technicianUserId", "technicianName"),
)
"""Lists with the members that show the id and the name of a user."""


@requirement("CON-010", SHOULD, clause="An asset shows the id of its device.", title="The device of an asset exists")
def device_of_asset(case: Case) -> None:
    """Reads the devices of varied assets by id; devices that aren't listed come first."""
    assets = whole_list(case, "listAssets").rows
    expect_found_by_id(case, "listDevices", assets, "deviceId", "an asset has it", listed_too=20)


@requirement(
    "CON-033",
    SHOULD,
    clause="Incidents are filtered by device; reports and visits show the id of their device.",
    title="The devices of incidents, service reports and visits exist",
)
def devices_of_records(case: Case) -> None:
    """Searches the list of devices for the device of each listed record, and reads devices not found there by id."""
    _expect_found(case, "listDevices", "deviceId", ("listIncidents", "listServiceReports", "listServiceVisits"))


@requirement(
    "CON-035",
    SHOULD,
    clause="Incidents, reports, visits and appointments show the id of their asset.",
    title="The assets of incidents, service reports, visits and appointments exist",
)
def assets_of_records(case: Case) -> None:
    """Searches the list of assets for the asset of each listed record, and reads assets not found there by id."""
    records = ("listIncidents", "listServiceReports", "listServiceVisits", "listAppointments")
    _expect_found(case, "listAssets", "assetId", records)


@requirement("CON-011", SANDBOX, clause=OURS, title="The device of an asset shows this asset, and the same group")
def device_refers_back_to_asset(case: Case) -> None:
    """Compares assetId and groupId of each listed device with the asset that shows the device."""
    assets = whole_list(case, "listAssets")
    devices = rows_by_member(whole_list(case, "listDevices").rows, "deviceId")
    for row in assets.rows:
        device = devices.get(text(row, "deviceId"))
        if device is not None:
            for name in ("assetId", "groupId"):
                expected = f"{name} {row.get(name)} of device {row.get('deviceId')}, as its asset shows"
                case.expect(same_value(device.get(name), row.get(name)), expected, device.get(name), assets.exchange)


@requirement(
    "CON-012",
    SANDBOX,
    clause=OURS,
    title="The customers of assets, visits, reports and appointments are in the customer directory",
)
def customers_exist(case: Case) -> None:
    """Searches the directory for the customers of assets, visits, reports and appointments."""
    known = rows_by_member(complete_list(case, "listCustomers").rows, "customerId")
    for name in ("listAssets", "listServiceVisits", "listServiceReports", "listAppointments"):
        with case.part(name):
            listing = whole_list(case, name)
            missing = sorted({str(value) for value in listing.values("customerId") if value not in known})
            expected = f"customers of {name} in the directory"
            case.expect(not missing, expected, f"{missing[:2]} are missing", listing.exchange)


@requirement(
    "CON-013",
    SHOULD,
    clause='Published page: "Lists all vendors".',
    title="The vendors of parts and visits are in the list of vendors",
)
def vendors_exist(case: Case) -> None:
    """Searches the list of all vendors for the vendors of parts and visits."""
    known = {normal_id(value) for value in complete_list(case, "listVendors").values("vendorId")}
    for name in ("listInventoryParts", "listServiceVisits"):
        with case.part(name):
            listing = whole_list(case, name)
            values = listing.values("vendorId")
            if not values or not known:
                case.vacuous("no row shows a vendorId")
            missing = [value for value in values if normal_id(value) not in known]
            expected = f"vendors of {name} in the list of vendors"
            case.expect(not missing, expected, f"{missing[:2]} are missing", listing.exchange)


@requirement("CON-014", SANDBOX, clause=OURS, title="A group, customer or user has the same name in all rows")
def names_are_the_same_everywhere(case: Case) -> None:
    """Collects the names that assets and the customer directory show for each group and customer, and those that
    visits, appointments and reports show for each user."""
    assets = whole_list(case, "listAssets")
    _expect_one_name(case, "group", [(assets, "groupId", "groupName")])
    lists = [(assets, "customerId", "customerName"), *_known(case, ("listCustomers", "customerId", "name"))]
    _expect_one_name(case, "customer", lists)
    _expect_one_name(case, "user", _known(case, *_USERS))


def _known(case: Case, *sources: tuple[str, str, str]) -> Iterator[tuple[Listing, str, str]]:
    for operation_id, member, name in sources:
        with case.part(operation_id):
            yield whole_list(case, operation_id), member, name


def _expect_one_name(case: Case, kind: str, lists: Iterable[tuple[Listing, str, str]]) -> None:
    """Expect one name for each id; the lists are given with the members of the id and of the name."""
    names: dict[str, Any] = {}
    for listing, member, name_member in lists:
        for row in listing.rows:
            key, name = row.get(member), row.get(name_member)
            if key is not None and name is not None:
                first = names.setdefault(normal_id(key), name)
                expected = f"the name {first!r} of {kind} {key} in all rows"
                case.expect(first == name, expected, f"{name!r} in another row", listing.exchange)


@requirement(
    "CON-052", SANDBOX, clause=OURS, title="The parts of service reports are in the inventory, under the same number"
)
def parts_of_reports_exist(case: Case) -> None:
    """Searches the inventory, active parts and others, for the parts of each listed report, and compares partNumber."""
    inventory, reports = complete_list(case, "listInventoryParts"), whole_list(case, "listServiceReports")
    if "status" not in inventory.call.query:
        case.vacuous("the inventory shows active parts only")
    known = {normal_id(row.get("partId")): row.get("partNumber") for row in inventory.rows}
    for row in reports.rows:
        for part in row.get("parts") or ():
            if isinstance(part, dict) and text(part, "partId"):
                name, number = normal_id(part["partId"]), part.get("partNumber")
                expected = f"part {part['partId']} of report {row.get('serviceReportId')} in the inventory"
                case.expect(name in known, expected, "none", (inventory.exchange, reports.exchange))
                if number is not None and known.get(name) is not None:
                    expected = f"partNumber {known[name]}, as the inventory shows for part {part['partId']}"
                    case.expect(number == known[name], expected, number, (inventory.exchange, reports.exchange))


def _expect_found(case: Case, source: str, member: str, records: Iterable[str]) -> None:
    """Expect to find the resources of `source` that a member of the rows of several lists refers to."""
    for name in records:
        with case.part(name):
            rows = whole_list(case, name).rows
            expect_found_by_id(case, source, rows, member, f"a row of {name} refers to it", listed_too=2)
