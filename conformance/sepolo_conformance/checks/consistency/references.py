"""Ids that rows refer to: the resource exists, and resources that refer to each other agree."""

from collections.abc import Iterable
from typing import Any

from sepolo_conformance.api.row_identity import normal_id
from sepolo_conformance.checks.common.clauses import OURS
from sepolo_conformance.checks.common.details import complete_list, expect_found_by_id, known_rows, rows_by_member
from sepolo_conformance.checks.common.whole_lists import whole_list
from sepolo_conformance.compare.rows import same_value, text
from sepolo_conformance.engine import SANDBOX, SHOULD, Case, requirement


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


@requirement("CON-014", SANDBOX, clause=OURS, title="A group or customer has the same name in all rows")
def names_are_the_same_everywhere(case: Case) -> None:
    """Collects the names that assets and the customer directory show for each group and customer."""
    assets, customers = whole_list(case, "listAssets"), known_rows(case, "listCustomers")
    shown = [("group", str(row.get("groupId")), row.get("groupName")) for row in assets.rows]
    shown += [("customer", text(row, "customerId"), row.get("customerName")) for row in assets.rows]
    shown += [("customer", text(row, "customerId"), row.get("name")) for row in customers]
    names: dict[tuple[str, str], Any] = {}
    for kind, key, name in shown:
        if key not in ("", "None") and name is not None:
            first = names.setdefault((kind, key), name)
            expected = f"the name {first!r} of {kind} {key} in all rows"
            case.expect(first == name, expected, f"{name!r} in another row", assets.exchange)


def _expect_found(case: Case, source: str, member: str, records: Iterable[str]) -> None:
    """Expect to find the resources of `source` that a member of the rows of several lists refers to."""
    for name in records:
        with case.part(name):
            rows = whole_list(case, name).rows
            expect_found_by_id(case, source, rows, member, f"a row of {name} refers to it", listed_too=2)
