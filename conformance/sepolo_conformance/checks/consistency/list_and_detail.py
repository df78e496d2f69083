"""The same resource in a list and by its id, and ids in responses that are those of the path."""

from sepolo_conformance.api.links import DETAILS
from sepolo_conformance.api.row_identity import same_id
from sepolo_conformance.checks.common.clauses import OURS, SAME_OBJECT
from sepolo_conformance.checks.common.cycles import movements
from sepolo_conformance.checks.common.details import details, expect_same_as_listed
from sepolo_conformance.checks.common.whole_lists import whole_list
from sepolo_conformance.compare.rows import members_by_basis
from sepolo_conformance.engine import SANDBOX, SHOULD, Case, Exchange, requirement

_LISTS_WITH_DETAIL = ("listAssets", "listDevices", "listServiceReports")
_LISTS_BY_DEVICE = ("listDeviceTelemetry", "listPointGuardCycles", "listMovements", "getTelemetryDaily")


@requirement("CON-001", SHOULD, clause=SAME_OBJECT, title="GET by id returns an asset as the list shows it")
def asset_is_the_same_by_id(case: Case) -> None:
    """Reads assets, chosen for variety, by id and compares the documented members."""
    _expect_same_members(case, "listAssets", "documented")


@requirement("CON-002", SHOULD, clause=SAME_OBJECT, title="GET by id returns a device as the list shows it")
def device_is_the_same_by_id(case: Case) -> None:
    """Reads devices, chosen for variety, by id and compares the documented members."""
    _expect_same_members(case, "listDevices", "documented")


@requirement("CON-003", SHOULD, clause=SAME_OBJECT, title="GET by id returns a service report as the list shows it")
def report_is_the_same_by_id(case: Case) -> None:
    """Reads service reports, chosen for variety, by id and compares the documented members."""
    _expect_same_members(case, "listServiceReports", "documented")


@requirement(
    "CON-041",
    SHOULD,
    clause=SAME_OBJECT,
    title="GET by id returns an asset as the list of its parent's children shows it",
)
def child_is_the_same_by_id(case: Case) -> None:
    """Reads children of an asset by id and compares the documented members."""
    _expect_same_members(case, "listAssetChildren", "documented")


@requirement(
    "CON-004",
    SANDBOX,
    clause=OURS,
    title="Members that no example of the published page shows are the same in the list and by id, too",
)
def undocumented_members_are_the_same_by_id(case: Case) -> None:
    """Reads assets, devices, reports and children by id and compares the members that aren't documented."""
    for source in (*_LISTS_WITH_DETAIL, "listAssetChildren"):
        with case.part(source):
            _expect_same_members(case, source, "implied", "assumed")


@requirement("CON-005", SHOULD, clause="The path names the resource.", title="GET by id returns the requested resource")
def requested_resource_is_returned(case: Case) -> None:
    """Compares the id in each detail, and the movementId in each signature, with the id in the path."""
    for source in _LISTS_WITH_DETAIL:
        with case.part(source):
            for detail in details(case, source):
                if detail.exchange.ok:
                    _expect_id(case, detail.exchange, DETAILS[source].member, detail.value)
    with case.part("getMovementSignature"):
        for movement in movements(case):
            if movement.signature.ok:
                _expect_id(case, movement.signature, "movementId", str(movement.row["id"]))


@requirement(
    "CON-006",
    SHOULD,
    clause="The path names the device.",
    title="Telemetry, cycles, movements and signatures of a device show its deviceId",
)
def device_id_of_its_data(case: Case) -> None:
    """Compares the deviceId of telemetry, cycles, movements, signatures and daily telemetry with the requested one."""
    for name in _LISTS_BY_DEVICE:
        with case.part(name):
            kept = name in ("listPointGuardCycles", "listMovements")
            listing = whole_list(case, name) if kept else case.home.listing(name)
            device = str(listing.call.ids.get("deviceId") or listing.call.query["deviceId"])
            others = {str(row.get("deviceId")) for row in listing.rows if not same_id(row.get("deviceId"), device)}
            case.expect(not others, f"rows of device {device}", f"rows of {sorted(others)[:2]}", listing.exchange)
    with case.part("getMovementSignature"):
        for movement in movements(case):
            if movement.signature.ok:
                _expect_id(case, movement.signature, "deviceId", str(movement.row.get("deviceId")))


def _expect_same_members(case: Case, source: str, *bases: str) -> None:
    """Compare the members with one of the bases, see `x-sepolo-basis` in the contract."""
    schema = case.operation(source).row_schema or ""
    expect_same_as_listed(case, source, members_by_basis(case.contract, schema, *bases))


def _expect_id(case: Case, exchange: Exchange, member: str, wanted: str) -> None:
    shown = exchange.member(member)
    case.expect(same_id(shown, wanted), f"{member} {wanted}, as in the path", shown, exchange)
