"""Consistency: rows, details, what lies under them, aggregates and references, held against each other."""

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise
from typing import Any

from sepolo_conformance.api.calls import Call, Listing
from sepolo_conformance.api.timestamps import TOLERANCE, parse_instant
from sepolo_conformance.checks.common.cycles import cycle_lists, cycles, movements
from sepolo_conformance.checks.common.details import (
    complete_list,
    details,
    expect_found_by_id,
    expect_same_as_listed,
    known_rows,
    rows_by_member,
)
from sepolo_conformance.compare.aggregates import MONEY, differs, overdue_count, performance_of, summary_of
from sepolo_conformance.compare.current_statistics import half_unit, statistics_of
from sepolo_conformance.compare.rows import Row, is_close, members_by_basis, number, same_value, spread, text, texts
from sepolo_conformance.engine.case import Case, describe, requirement
from sepolo_conformance.model.requirement import MUST, SANDBOX, SHOULD
from sepolo_conformance.transport.exchange import Exchange

_ONE_DTO = "The page documents list and detail with the same object."
_OURS = "Our own choice: the page is silent."
_EXAMPLE = "Arithmetic between the values that the page's example shows."
_EVERY = 'The page: "every raw telemetry sample" of the cycle.'

_DAY = timedelta(days=1)
_DETAILED = ("listAssets", "listDevices", "listServiceReports")
_UNDER_DEVICE = ("listDeviceTelemetry", "listPointGuardCycles", "listMovements", "getTelemetryDaily")
_ROUNDED = 0.0051
"""How far a figure of two decimals may lie from the one that it was rounded from."""

_SIGNATURE = (
    "sampleCount",
    "currentRms",
    "currentP90",
    "currentP10",
    "currentP50",
    "currentMin",
    "currentMax",
    "currentStdDev",
    "energy",
)
"""Members that a movement and its signature both may show."""

_ORDERED = {
    "listAssets": (("createdOn", "updatedOn"),),
    "listDevices": (("createdOn", "updatedOn"),),
    "listMovements": (("start", "stop"), ("stop", "anomalyDecisionOn")),
    "listIncidents": (("createdOn", "acknowledgedOn"), ("acknowledgedOn", "resolvedOn"), ("createdOn", "updatedOn")),
    "listServiceReports": (("startedOn", "completedOn"), ("createdOn", "updatedOn")),
    "listServiceVisits": (("plannedStart", "plannedEnd"), ("actualStart", "actualEnd"), ("createdOn", "updatedOn")),
    "listAppointments": (("start", "end"), ("createdOn", "updatedOn")),
    "listCustomers": (("createdOn", "updatedOn"),),
}
"""Pairs of instants of which the first can't be the later one."""


# -- Lists and details ---------------------------------------------------------------------------------------


@requirement(
    "CON-001",
    SHOULD,
    clause=_ONE_DTO,
    title="An asset is the same in the list and by its id",
)
def asset_as_listed(case: Case) -> None:
    """Reads assets from all over the list by their ids and compares the members that the page shows."""
    expect_same_as_listed(case, "listAssets", members_by_basis(case.contract, "PublicApiAssetDto", "documented"))


@requirement(
    "CON-002",
    SHOULD,
    clause=_ONE_DTO,
    title="A device is the same in the list and by its id",
)
def device_as_listed(case: Case) -> None:
    """Reads devices from all over the list by their ids and compares the members that the page shows."""
    expect_same_as_listed(case, "listDevices", members_by_basis(case.contract, "PublicApiDeviceDto", "documented"))


@requirement(
    "CON-003",
    SHOULD,
    clause=_ONE_DTO,
    title="A service report is the same in the list and by its id",
)
def report_as_listed(case: Case) -> None:
    """Reads service reports from all over the list by their ids and compares the members that the page shows."""
    expect_same_as_listed(
        case, "listServiceReports", members_by_basis(case.contract, "PublicApiServiceReportDto", "documented")
    )


@requirement(
    "CON-004",
    SANDBOX,
    clause=_OURS,
    title="Members that no example shows are the same in the list and by id, too",
)
def all_as_listed(case: Case) -> None:
    """Compares all other members of the same rows and details."""
    for source in (*_DETAILED, "listAssetChildren"):
        with case.part(source):
            schema = case.operation(source).row_schema or ""
            expect_same_as_listed(case, source, members_by_basis(case.contract, schema, "implied", "assumed"))


@requirement(
    "CON-005",
    SHOULD,
    clause="The path names it.",
    title="What is asked for by id is what comes",
)
def what_was_asked_for(case: Case) -> None:
    """Compares the id in each detail, and in each signature, with that in the path."""
    for source in _DETAILED:
        with case.part(source):
            for detail in details(case, source):
                if detail.exchange.ok:
                    name = {"listAssets": "assetId", "listDevices": "deviceId"}.get(source, "serviceReportId")
                    _names(case, detail.exchange, name, detail.value)
    with case.part("getMovementSignature"):
        for movement in movements(case):
            if movement.signature.ok:
                _names(case, movement.signature, "movementId", str(movement.row["id"]))


@requirement(
    "CON-006",
    SHOULD,
    clause="The path names the device.",
    title="What lies under a device names that device",
)
def device_of_what_lies_under_it(case: Case) -> None:
    """Looks at the deviceId of telemetry, cycles, movements, signatures and days that were asked for by device."""
    for name in _UNDER_DEVICE:
        with case.part(name):
            listing = case.home.listing(name)
            device = str(listing.call.ids.get("deviceId") or listing.call.query["deviceId"])
            odd = {str(row.get("deviceId")) for row in listing.rows if not _is(row.get("deviceId"), device)}
            case.expect(not odd, f"rows of device {device}", f"rows of {sorted(odd)[:2]}", listing.exchange)
    with case.part("getMovementSignature"):
        for movement in movements(case):
            if movement.signature.ok:
                _names(case, movement.signature, "deviceId", str(movement.row.get("deviceId")))


# -- The hierarchy of assets ---------------------------------------------------------------------------------


@requirement(
    "CON-041",
    SHOULD,
    clause=_ONE_DTO,
    title="An asset is the same among the children of its parent and by its id",
)
def child_as_listed(case: Case) -> None:
    """Reads children of an asset by their ids and compares the members that the page shows."""
    expect_same_as_listed(case, "listAssetChildren", members_by_basis(case.contract, "PublicApiAssetDto", "documented"))


@requirement(
    "CON-007",
    SHOULD,
    clause='The page: "child assets for a parent asset".',
    title="The children of an asset name it as their parent",
)
def parent_of_children(case: Case) -> None:
    """Looks at parentAssetId of all children of a few assets."""
    for call, exchange in _families(case):
        for row in exchange.rows:
            if row.get("parentAssetId") is not None:
                parent = call.ids["assetId"]
                case.expect(
                    _is(row["parentAssetId"], parent), f"parentAssetId {parent}", row["parentAssetId"], exchange
                )


@requirement(
    "CON-008",
    SHOULD,
    clause='The page: "child assets for a parent asset".',
    title="Active assets that name a parent are among its children",
)
def children_of_parent(case: Case) -> None:
    """Looks for active assets that name a parent among its children, for a few parents."""
    assets = complete_list(case, "listAssets")
    for call, exchange in _families(case):
        if exchange.member("hasMore") is True:
            continue
        shown = texts(exchange.rows, "assetId")
        own = [row for row in assets.rows if _is(row.get("parentAssetId"), call.ids["assetId"])]
        missing = [
            name for name in texts((row for row in own if row.get("isActive") is True), "assetId") if name not in shown
        ]
        if own:
            expected = f"asset {missing[:1]}, which names {call.ids['assetId']} as its parent, among the children"
            case.expect(not missing, expected, f"{len(missing)} are missing", (assets.exchange, exchange))


@requirement(
    "CON-009",
    SANDBOX,
    clause=_OURS,
    title="childCount is the number of children",
)
def child_count(case: Case) -> None:
    """Compares childCount with the number of children, for a few parents and for an asset without."""
    assets = rows_by_member(complete_list(case, "listAssets").rows, "assetId")
    leaf = texts((row for row in assets.values() if row.get("childCount") == 0), "assetId")[:1]
    bare = [Call(case.operation("listAssetChildren"), {"assetId": name}) for name in leaf]
    for call, exchange in (*_families(case), *((call, case.call(call.with_page_size())) for call in bare)):
        count = assets.get(call.ids["assetId"], {}).get("childCount")
        if count is not None and exchange.member("hasMore") is False:
            case.expect(
                count == len(exchange.rows), f"{count} children, as childCount says", len(exchange.rows), exchange
            )


# -- References ----------------------------------------------------------------------------------------------


@requirement(
    "CON-010",
    SHOULD,
    clause="An asset shows the id of its device.",
    title="The device of an asset exists",
)
def device_of_asset(case: Case) -> None:
    """Asks for the devices of some assets, drawn by the seed, by their ids; those that aren't listed come first."""
    devices = (row.get("deviceId") for row in case.home.listing("listAssets").rows)
    expect_found_by_id(case, "listDevices", devices, "an asset has it", listed_too=20)


@requirement(
    "CON-011",
    SANDBOX,
    clause=_OURS,
    title="The device of an asset points back at it, and lies in the same group",
)
def device_points_back(case: Case) -> None:
    """Compares assetId and groupId of each listed device with the asset that has it."""
    assets = case.home.listing("listAssets")
    devices = rows_by_member(case.home.listing("listDevices").rows, "deviceId")
    for row in assets.rows:
        device = devices.get(text(row, "deviceId"))
        if device is not None:
            for name in ("assetId", "groupId"):
                expected = f"{name} {row.get(name)} of device {row.get('deviceId')}, as of its asset"
                case.expect(same_value(device.get(name), row.get(name)), expected, device.get(name), assets.exchange)


@requirement(
    "CON-012",
    SANDBOX,
    clause=_OURS,
    title="The customer of an asset, visit or report is in the directory",
)
def customers_are_known(case: Case) -> None:
    """Looks for the customers of assets, visits, reports and appointments in the directory."""
    known = rows_by_member(complete_list(case, "listCustomers").rows, "customerId")
    for name in ("listAssets", "listServiceVisits", "listServiceReports", "listAppointments"):
        with case.part(name):
            listing = case.home.listing(name)
            odd = sorted({str(value) for value in listing.values("customerId") if value not in known})
            case.expect(not odd, f"customers of {name} in the directory", f"{odd[:2]} aren't", listing.exchange)


@requirement(
    "CON-013",
    SHOULD,
    clause='The page: "Lists all vendors".',
    title="The vendor of a part or visit is among the vendors",
)
def vendors_are_known(case: Case) -> None:
    """Looks for the vendors of parts and visits in the list of all vendors."""
    known = rows_by_member(complete_list(case, "listVendors").rows, "vendorId")
    for name in ("listInventoryParts", "listServiceVisits"):
        with case.part(name):
            listing = case.home.listing(name)
            values = listing.values("vendorId")
            if not values or not known:
                case.vacuous("no row shows a vendorId")
            odd = [value for value in values if str(value) not in known]
            case.expect(not odd, f"vendors of {name} among the vendors", f"{odd[:2]} aren't", listing.exchange)


@requirement(
    "CON-014",
    SANDBOX,
    clause=_OURS,
    title="A group or customer has one name, wherever it is named",
)
def one_name(case: Case) -> None:
    """Collects the names that assets and the directory give to groups and customers."""
    assets, customers = case.home.listing("listAssets").rows, known_rows(case, "listCustomers")
    named = [("group", str(row.get("groupId")), row.get("groupName")) for row in assets]
    named += [("customer", text(row, "customerId"), row.get("customerName")) for row in assets]
    named += [("customer", text(row, "customerId"), row.get("name")) for row in customers]
    first: dict[tuple[str, Any], Any] = {}
    for what, key, name in named:
        if key not in ("", "None") and name is not None:
            known = first.setdefault((what, key), name)
            expected = f"{what} {key} to be called {known!r} everywhere"
            case.expect(known == name, expected, f"{name!r} elsewhere", case.home.listing("listAssets").exchange)


# -- Cycles and their samples --------------------------------------------------------------------------------


@requirement(
    "CON-015",
    MUST,
    clause='The page: "ordered by sample index".',
    title="Samples of a cycle come in the order of their index",
)
def samples_in_order(case: Case) -> None:
    """Reads all samples of a few cycles, some in several pages, and compares the index of each with the one before."""
    for cycle in cycles(case):
        indices = [number(row.get("cycleSampleIndex")) for row in cycle.samples]
        found = [index for index in indices if index is not None]
        wrong = next(((one, two) for one, two in pairwise(found) if two < one), None)
        if len(found) > 1:
            actual = f"{wrong[1]:g} after {wrong[0]:g}" if wrong else ""
            case.expect(wrong is None, f"samples of {cycle.name} by ascending index", actual, cycle.walk.last)


@requirement(
    "CON-016",
    MUST,
    clause="The path names device and cycle.",
    title="Samples of a cycle are of that cycle and device",
)
def samples_of_one_cycle(case: Case) -> None:
    """Compares cycleId and deviceId of each sample with those in the path."""
    for cycle in cycles(case):
        for name in ("cycleId", "deviceId"):
            wanted = cycle.walk.call.ids[name]
            odd = [row[name] for row in cycle.samples if row.get(name) is not None and not _is(row[name], wanted)]
            actual = f"{len(odd)} samples of {odd[:1]}"
            case.expect(not odd, f"samples of {cycle.name} with {name} {wanted}", actual, cycle.walk.last)


@requirement(
    "CON-017",
    SHOULD,
    clause=_EVERY,
    title="A cycle has as many samples as it says",
)
def samples_are_complete(case: Case) -> None:
    """Counts the samples of a few cycles and compares with what the cycle says, and the samples themselves."""
    for cycle in cycles(case):
        if not cycle.walk.ended:
            case.notes.append(f"{cycle.name}: {cycle.walk.problem or 'too many samples to read them all'}")
            continue
        said = {number(cycle.row.get("samples"))} | {number(row.get("cycleSampleCount")) for row in cycle.samples}
        for count in said - {None}:
            actual = f"{len(cycle.samples)} samples"
            case.expect(count == len(cycle.samples), f"{count:g} samples, as {cycle.name} says", actual, cycle.shown)


@requirement(
    "CON-018",
    SHOULD,
    clause="A cycle shows the average and the peak of its current.",
    title="The average and peak current of a cycle are those of its samples",
)
def current_of_samples(case: Case) -> None:
    """Calculates mean and maximum from the samples of whole cycles. Tolerated: 0.5 % and the rounding shown."""
    for cycle in cycles(case):
        if cycle.whole:
            counted = statistics_of(cycle.currents)
            for name, source in (("averageCurrent", "currentMean"), ("peakCurrent", "currentMax")):
                said = number(cycle.row.get(name))
                if said is not None:
                    fits = is_close(said, counted[source], absolute=half_unit(said))
                    case.expect(
                        fits, f"{name} {counted[source]:.4g} A, as the samples of {cycle.name}", said, cycle.shown
                    )


@requirement(
    "CON-019",
    SHOULD,
    clause=_EXAMPLE,
    title="A cycle stops after it starts, peaks above its average, has samples",
)
def cycles_are_sound(case: Case) -> None:
    """Looks at start, stop, samples, average and peak of every listed cycle."""
    for listing in cycle_lists(case):
        exact = any("." in str(row.get(name)) for row in listing.rows for name in ("start", "stop"))
        for row in listing.rows:
            _sound(case, row, listing.exchange, exact=exact)


@requirement(
    "CON-020",
    SHOULD,
    clause="A cycle shows start and stop.",
    title="The stamps of its samples lie between them",
)
def stamps_within_cycle(case: Case) -> None:
    """Compares the stamps of samples with start and stop of their cycle, a second tolerated."""
    for cycle in cycles(case):
        start, stop = parse_instant(cycle.row.get("start")), parse_instant(cycle.row.get("stop"))
        if start is None or stop is None:
            continue
        stamps = [(row.get("stamp"), parse_instant(row.get("stamp"))) for row in cycle.samples]
        odd = [text for text, at in stamps if at is not None and not start - TOLERANCE <= at <= stop + TOLERANCE]
        expected = f"stamps from {cycle.row['start']} to {cycle.row['stop']}, as {cycle.name} says"
        case.expect(not odd, expected, f"{len(odd)} others, e.g. {odd[:1]}", cycle.shown)


@requirement(
    "CON-021",
    SHOULD,
    clause=_EVERY,
    title="Telemetry filtered by a cycle brings the samples of that cycle",
)
def telemetry_of_cycle(case: Case) -> None:
    """Asks telemetry for two of the cycles by cycleId and compares index and current of each sample."""
    for cycle in [cycle for cycle in cycles(case) if cycle.whole][:2]:
        start, stop = parse_instant(cycle.row.get("start")), parse_instant(cycle.row.get("stop"))
        if start is None or stop is None:
            continue
        call = Call(case.operation("listDeviceTelemetry"), {"deviceId": cycle.walk.call.ids["deviceId"]})
        call = call.within(start - TOLERANCE, stop + TOLERANCE).having(cycleId=cycle.row["cycleId"], pageSize=500)
        walk = case.walk(call, pages=5)
        if not walk.ended:
            case.notes.append(f"{cycle.name}: {walk.problem or 'too many rows'}")
            continue
        one, two = (sorted(_samples(rows)) for rows in (cycle.samples, walk.rows))
        odd = [sample for sample in one if sample not in two] + [sample for sample in two if sample not in one]
        expected = f"the {len(one)} samples of {cycle.name}"
        case.expect(one == two, expected, f"{len(two)}; in one of both only: {odd[:2]}", (cycle.walk.last, walk.last))


@requirement(
    "CON-022",
    SANDBOX,
    clause=_OURS,
    title="A cycle and its movement name each other and agree",
)
def cycle_and_movement(case: Case) -> None:
    """Joins listed cycles and movements by the ids they show, and compares start, direction and currents."""
    cycle_list, movement_list = case.home.listing("listPointGuardCycles"), case.home.listing("listMovements")
    if cycle_list.call.ids != movement_list.call.ids:
        case.vacuous("cycles and movements were found under different devices")
    moved = rows_by_member(movement_list.rows, "id")
    shown = (cycle_list.exchange, movement_list.exchange)
    for row in cycle_list.rows:
        movement = moved.get(text(row, "movementId"))
        if movement is not None:
            for name in ("cycleId", "start", "direction", "averageCurrent", "peakCurrent"):
                expected = f"{name} {row.get(name)} of movement {row['movementId']}, as of its cycle"
                case.expect(same_value(row.get(name), movement.get(name)), expected, movement.get(name), shown)
    back = {text(row, "cycleId"): row["movementId"] for row in cycle_list.rows if text(row, "movementId")}
    for row in movement_list.rows:
        if text(row, "cycleId") in back:
            expected = f"cycle {row['cycleId']} to name movement {row.get('id')}, which names it"
            case.expect(same_value(back[row["cycleId"]], row.get("id")), expected, back[row["cycleId"]], shown)


@requirement(
    "CON-023",
    SHOULD,
    clause="A movement shows parts of the signature that it also has an endpoint for.",
    title="A movement shows the same signature in the list and by its id",
)
def signature_as_embedded(case: Case) -> None:
    """Compares the signature in a listed movement with that of its own endpoint, 0.5 % tolerated."""
    for movement in movements(case):
        embedded = movement.row.get("currentSignature")
        if not movement.signature.ok or not isinstance(embedded, dict):
            continue
        pairs = [(name, embedded.get(name), movement.signature.member(name)) for name in _SIGNATURE]
        pairs.append(("duration", movement.row.get("duration"), movement.signature.member("duration")))
        for name, inside, outside in pairs:
            one, two = number(inside), number(outside)
            if one is not None and two is not None:
                fits = is_close(one, two, absolute=min(half_unit(one), half_unit(two), 0.05))
                shown = (movement.listed, movement.signature)
                case.expect(fits, f"{name} {inside}, as movement {movement.row['id']} is listed with", outside, shown)


@requirement(
    "CON-024",
    SANDBOX,
    clause=_OURS,
    title="A signature is the statistics of the samples of its cycle",
)
def signature_of_samples(case: Case) -> None:
    """Calculates each statistic from the samples of the cycle that a movement names, and from its own duration."""
    known = {(cycle.walk.call.ids["deviceId"], cycle.row["cycleId"]): cycle for cycle in cycles(case) if cycle.whole}
    for movement in movements(case):
        cycle = known.get((text(movement.row, "deviceId"), text(movement.row, "cycleId")))
        if cycle is None or not movement.signature.ok:
            continue
        counted = statistics_of(cycle.currents)
        steps = sorted({number(row.get("cycleSampleOffsetMs")) or 0.0 for row in cycle.samples})
        if len(steps) > 1:
            counted["energy"] = sum(cycle.currents) * (steps[1] - steps[0]) / 1000
        for name, value in counted.items():
            said = number(movement.signature.member(name))
            if said is not None:
                shown = (*cycle.shown, movement.signature)
                case.expect(
                    abs(said - value) <= _ROUNDED, f"{name} {value:.4g}, as the samples of {cycle.name}", said, shown
                )


# -- Aggregates ----------------------------------------------------------------------------------------------


@requirement(
    "CON-025",
    SHOULD,
    clause="One row per device and day.",
    title="Daily telemetry has no device and day twice",
)
def one_row_a_day(case: Case) -> None:
    """Counts rows of the same device and day, for one device and, where they aren't too many, for all on one day."""
    listing = case.home.listing("getTelemetryDaily")
    exchanges = [listing.exchange]
    window = listing.call.window
    with case.part("all devices"):
        if window is not None and complete_list(case, "listDevices").rows:
            exchanges.append(case.call(Call(listing.operation).within(window[1] - _DAY, window[1])))
    for exchange in exchanges:
        seen = [(str(row.get("deviceId")), parse_instant(row.get("date"))) for row in exchange.rows]
        twice = sorted({str(name) for name in seen if seen.count(name) > 1})
        case.expect(not twice, "one row per device and day", f"several of {twice[:2]}", exchange)


@requirement(
    "CON-026",
    SANDBOX,
    clause=_OURS,
    title="Daily telemetry is the telemetry of the day",
)
def day_is_its_telemetry(case: Case) -> None:
    """Compares samples and averages of two days with the environmental telemetry of the same days, and movements
    with those listed."""
    for row, exchange, rows, moved in _days(case):
        name = f"{row.get('deviceId')} on {row.get('date')}"
        case.expect(row.get("samples") == len(rows), f"{len(rows)} samples of {name}", row.get("samples"), exchange)
        for member, source in (("averageTemperature", "temperature"), ("averageHumidity", "humidity")):
            values = [value for value in (number(sample.get(source)) for sample in rows) if value is not None]
            said = number(row.get(member))
            if values and said is not None:
                mean = sum(values) / len(values)
                fits = abs(mean - said) <= half_unit(said) + 0.01
                case.expect(fits, f"{member} {mean:.2f}, as {len(values)} samples of {name}", said, exchange)
        if moved is not None and row.get("movements") is not None:
            case.expect(row["movements"] == moved, f"{moved} movements of {name}", row["movements"], exchange)


@requirement(
    "CON-027",
    SANDBOX,
    clause=_OURS,
    title="The average of a day lies between its extremes",
)
def average_between_extremes(case: Case) -> None:
    """Compares the average temperature of a day with the least and the greatest: those of the row where it shows
    them, else those of the day's telemetry."""
    for row, exchange, rows, _ in _days(case):
        average = number(row.get("averageTemperature"))
        values = [value for value in (number(sample.get("temperature")) for sample in rows) if value is not None]
        low, high = number(row.get("minTemperature")), number(row.get("maxTemperature"))
        if average is not None and (values or (low is not None and high is not None)):
            least, most = min(values) if low is None else low, max(values) if high is None else high
            fits = least - 0.05 <= average <= most + 0.05
            case.expect(fits, f"an average from {least} to {most} °C on {row.get('date')}", average, exchange)


@requirement(
    "CON-028",
    SHOULD,
    clause=_EXAMPLE,
    title="Active and inactive assets add up to the total",
)
def totals_add_up(case: Case) -> None:
    """Adds active and inactive assets in the summary of each key that may see one."""
    for exchange in _summaries(case):
        total, active, inactive = _numbers(exchange, "totalAssets", "activeAssets", "inactiveAssets")
        if None not in (total, active, inactive):
            expected = f"totalAssets {active + inactive:g}, {active:g} active and {inactive:g} inactive"
            case.expect(total == active + inactive, expected, f"{total:g}", exchange)


@requirement(
    "CON-029",
    SHOULD,
    clause="Parts of a whole.",
    title="No count of the assets summary is above the total",
)
def counts_within_total(case: Case) -> None:
    """Compares each count in the summary with 0 and with the total."""
    for exchange in _summaries(case):
        names = ("activeAssets", "inactiveAssets", "withDevices", "overdueService")
        total, *counts = _numbers(exchange, "totalAssets", *names)
        for name, count in zip(names, counts, strict=True):
            if total is not None and count is not None:
                case.expect(0 <= count <= total, f"{name} from 0 to totalAssets {total:g}", f"{count:g}", exchange)


@requirement(
    "CON-030",
    SANDBOX,
    clause=_OURS,
    title="The assets summary is that of the listed assets",
)
def summary_of_assets(case: Case) -> None:
    """Counts and adds up the listed assets, active or not, where they fit on one page."""
    assets = complete_list(case, "listAssets")
    if "status" not in assets.call.query:
        case.vacuous("the list shows active assets only")
    exchange = case.get("getAssetsSummary")
    counted = summary_of(assets.rows)
    late = overdue_count(assets.rows, parse_instant(exchange.member("generatedOn")) or case.target.now())
    _agree(case, exchange, counted | ({} if late is None else {"overdueService": late}), assets.exchange)


@requirement(
    "CON-031",
    SHOULD,
    clause=_EXAMPLE,
    title="Completed and open visits don't exceed the total, nor miss it unexplained",
)
def visits_add_up(case: Case) -> None:
    """Adds completed and open visits of several windows. More in total is right only if that many were cancelled, as
    far as the answer says."""
    for _, exchange in _performances(case):
        total, done, left = _numbers(exchange, "totalVisits", "completedVisits", "openVisits")
        (cancelled,) = _numbers(exchange, "cancelledVisits")
        if None in (total, done, left):
            continue
        rest = total - done - left
        fits = rest >= 0 if cancelled is None else rest in (0, cancelled)
        expected = f"totalVisits {done + left:g}, {done:g} completed and {left:g} open"
        case.expect(
            fits, expected, f"{total:g}, {'none' if cancelled is None else f'{cancelled:g}'} cancelled", exchange
        )


@requirement(
    "CON-032",
    SANDBOX,
    clause=_OURS,
    title="Service performance is that of the visits in the window",
)
def performance_of_visits(case: Case) -> None:
    """Counts and adds up the visits of the same window."""
    for call, exchange in _performances(case):
        if call.window is not None:
            visits = case.call(Call(case.operation("listServiceVisits")).within(*call.window))
            _agree(case, exchange, performance_of(case.rows(visits)), visits)


# -- Service -------------------------------------------------------------------------------------------------


@requirement(
    "CON-033",
    SHOULD,
    clause="Incidents are filtered by device.",
    title="The device of an incident exists",
)
def device_of_incident(case: Case) -> None:
    """Looks for the device of each listed incident: in the list of devices, else by its id."""
    listing = case.home.listing("listIncidents")
    expect_found_by_id(case, "listDevices", (row.get("deviceId") for row in listing.rows), "an incident is about it")


@requirement(
    "CON-034",
    SANDBOX,
    clause=_OURS,
    title="The asset, movement and visit of an incident exist and agree with it",
)
def subjects_of_incident(case: Case) -> None:
    """Looks for the asset, the movement and the visit that incidents name, and compares what both say."""
    listing = case.home.listing("listIncidents")
    with case.part("assetId"):
        expect_found_by_id(case, "listAssets", (row.get("assetId") for row in listing.rows), "an incident is about it")
    assets = rows_by_member(known_rows(case, "listAssets"), "assetId")
    for row in listing.rows:
        asset = assets.get(text(row, "assetId"))
        if asset is not None and row.get("deviceId") is not None:
            expected = f"the device of incident {row.get('incidentId')} on its asset: {row['deviceId']}"
            case.expect(_is(asset.get("deviceId"), row["deviceId"]), expected, asset.get("deviceId"), listing.exchange)
    with case.part("movementId"):
        rows = [row for row in listing.rows if text(row, "movementId") and text(row, "deviceId")]
        for row in spread(rows, 3):
            exchange = case.get("getMovementSignature", {"deviceId": row["deviceId"], "movementId": row["movementId"]})
            case.expect(exchange.ok, f"movement {row['movementId']} of an incident", describe(exchange), exchange)
    with case.part("serviceVisitId"):
        _visits_of_incidents(case, listing)


@requirement(
    "CON-035",
    SHOULD,
    clause="A report shows the id of its asset.",
    title="The asset of a service report exists",
)
def asset_of_report(case: Case) -> None:
    """Looks for the asset of each listed report: in the list of assets, else by its id."""
    listing = case.home.listing("listServiceReports")
    expect_found_by_id(case, "listAssets", (row.get("assetId") for row in listing.rows), "a report is about it")


@requirement(
    "CON-036",
    SANDBOX,
    clause=_OURS,
    title="A visit and its report agree",
)
def report_of_visit(case: Case) -> None:
    """Reads the reports that a few visits name and compares what both say."""
    listing = case.home.listing("listServiceVisits")
    rows = [row for row in listing.rows if text(row, "serviceReportId")]
    for row in spread(rows, 3):
        exchange = case.get("getServiceReport", {"serviceReportId": row["serviceReportId"]})
        case.need(exchange.ok, f"report {row['serviceReportId']} of a visit", describe(exchange), exchange)
        for name in ("serviceVisitId", "assetId", "customerId"):
            said = exchange.member(name)
            case.expect(same_value(said, row.get(name)), f"{name} {row.get(name)}, as of its visit", said, exchange)


@requirement(
    "CON-037",
    SANDBOX,
    clause=_OURS,
    title="An appointment and its visit agree",
)
def visit_of_appointment(case: Case) -> None:
    """Joins appointments with visits of the same time and compares times, asset, customer and user."""
    listing = case.home.listing("listAppointments")
    window = listing.call.window or (case.target.now(), case.target.now() + 30 * _DAY)
    call = Call(case.operation("listServiceVisits")).within(window[0] - 2 * _DAY, window[1] + 2 * _DAY)
    exchange = case.call(call)
    visits = rows_by_member(case.rows(exchange), "serviceVisitId")
    same = {"assetId": "assetId", "customerId": "customerId", "userId": "assignedUserId"}
    for row in listing.rows:
        if not text(row, "serviceVisitId"):
            continue
        visit: Row = visits.get(row["serviceVisitId"], {})
        for name, other in same.items():
            expected = f"{name} {visit.get(other)} of appointment {row.get('appointmentId')}, as of its visit"
            case.expect(
                same_value(row.get(name), visit.get(other)), expected, row.get(name), (listing.exchange, exchange)
            )


@requirement(
    "CON-038",
    SANDBOX,
    clause=_OURS,
    title="The costs of a report add up",
)
def costs_add_up(case: Case) -> None:
    """Adds labour, parts and their quantities in every listed report that shows them."""
    listing = case.home.listing("listServiceReports")
    for row in listing.rows:
        labour, spent, total = (number(row.get(name)) for name in ("laborCost", "partsCost", "totalCost"))
        name = f"report {row.get('serviceReportId')}"
        if labour is not None and spent is not None and total is not None:
            expected = f"totalCost {labour + spent:.2f} of {name}"
            case.expect(abs(total - labour - spent) <= MONEY, expected, total, listing.exchange)
        parts = row.get("parts")
        if isinstance(parts, list) and parts and spent is not None and all(isinstance(part, dict) for part in parts):
            used = sum((number(part.get("quantity")) or 0) * (number(part.get("unitCost")) or 0) for part in parts)
            case.expect(abs(used - spent) <= MONEY, f"partsCost {used:.2f} of {name}", spent, listing.exchange)


@requirement(
    "CON-040",
    SANDBOX,
    clause=_OURS,
    title="What is said of an instant is in its order: created, started, completed",
)
def instants_in_order(case: Case) -> None:
    """Compares pairs of instants of every listed row: what was created isn't updated before, and so on."""
    for name, pairs in _ORDERED.items():
        with case.part(name):
            listing = case.home.listing(name)
            for row in listing.rows:
                for first, second in pairs:
                    one, two = parse_instant(row.get(first)), parse_instant(row.get(second))
                    if one is not None and two is not None:
                        case.expect(one <= two, f"{first} {row[first]} before {second}", row[second], listing.exchange)


# -- What is read --------------------------------------------------------------------------------------------


def _is(one: object, other: object) -> bool:
    """Ids may be compared without case, as SQL Server does."""
    return str(one).lower() == str(other).lower()


def _names(case: Case, exchange: Exchange, name: str, wanted: str) -> None:
    said = exchange.member(name)
    case.expect(_is(said, wanted), f"{name} {wanted}, as in the path", said, exchange)


def _sound(case: Case, row: Row, exchange: Exchange, *, exact: bool) -> None:
    """Judge one cycle; `exact` if its list shows fractions of a second, so that no cycle is rounded to nothing."""
    start, stop = parse_instant(row.get("start")), parse_instant(row.get("stop"))
    average, peak = number(row.get("averageCurrent")), number(row.get("peakCurrent"))
    samples, name = number(row.get("samples")), f"cycle {row.get('cycleId')}"
    if start and stop:
        after = stop > start if exact and samples is not None and samples > 1 else stop >= start
        case.expect(after, f"{name} to stop after its start {row['start']}", row["stop"], exchange)
        case.expect(samples is None or samples >= 1, f"{name}, which stopped, to have samples", samples, exchange)
    if average is not None and peak is not None:
        case.expect(peak >= average, f"{name}: a peak of at least its average {average} A", peak, exchange)


def _samples(rows: list[dict[str, Any]]) -> Iterator[tuple[float, float]]:
    for row in rows:
        index, current = number(row.get("cycleSampleIndex")), number(row.get("current"))
        yield (-1.0 if index is None else index, -1.0 if current is None else current)


def _families(case: Case) -> tuple[tuple[Call, Exchange], ...]:
    """Return the children of a few assets, read once for all checks."""
    return case.once(("families",), lambda: _read_families(case))


def _read_families(case: Case) -> tuple[tuple[Call, Exchange], ...]:
    first = case.home.listing("listAssetChildren").call
    parents = texts(known_rows(case, "listAssets"), "parentAssetId")
    chosen = dict.fromkeys((first.ids["assetId"], *spread(sorted(parents), 2)))
    calls = [Call(first.operation, {"assetId": parent}) for parent in chosen]
    return tuple((call, case.call(call.with_page_size())) for call in calls)


def _days(case: Case) -> tuple[tuple[Row, Exchange, list[dict[str, Any]], int | None], ...]:
    """Return two whole days of daily telemetry with their environmental samples and number of movements."""
    return case.once(("days",), lambda: tuple(_read_days(case)))


def _read_days(case: Case) -> Iterator[tuple[Row, Exchange, list[dict[str, Any]], int | None]]:
    listing = case.home.listing("getTelemetryDaily")
    past = [row for row in listing.rows if _ended(case, row)]
    usual = Counter(str(row.get("samples")) for row in past).most_common(1)
    odd = [row for row in past if usual and str(row.get("samples")) != usual[0][0]]
    for row in (*odd[:2], *spread([row for row in past if row not in odd], 1)):
        midnight = parse_instant(row["date"])
        if midnight is None:
            continue
        ends = (midnight, midnight + _DAY - timedelta(seconds=1))
        ids = {"deviceId": str(listing.call.query["deviceId"])}
        call = Call(case.operation("listDeviceTelemetry"), ids).within(*ends).having(telemetryType=0, pageSize=500)
        walk = case.walk(call, pages=5)
        moved = case.walk(Call(case.operation("listMovements"), ids).within(*ends).having(pageSize=500), pages=2)
        if walk.ended:
            yield row, listing.exchange, walk.rows, len(moved.rows) if moved.ended else None


def _ended(case: Case, row: Row) -> bool:
    date = parse_instant(row.get("date"))
    return date is not None and date + _DAY <= case.target.now()


def _summaries(case: Case) -> tuple[Exchange, ...]:
    """Return the summary as each sort of key sees it, read once for all checks."""
    return case.once(("summaries",), lambda: tuple(_read_summaries(case)))


def _read_summaries(case: Case) -> Iterator[Exchange]:
    operation = case.operation("getAssetsSummary")
    keys = [case.home.reader("getAssetsSummary")]
    for pick in (case.target.other, case.target.bounded):
        with case.part("another key"):
            keys.append(pick(operation))
    for key in keys:
        exchange = case.get(operation, key=key)
        if exchange.ok and exchange.fault is None:
            yield exchange


def _performances(case: Case) -> tuple[tuple[Call, Exchange], ...]:
    """Return the service performance of several windows, read once for all checks."""
    return case.once(("performances",), lambda: tuple(_read_performances(case)))


def _read_performances(case: Case) -> Iterator[tuple[Call, Exchange]]:
    operation, now = case.operation("getServicePerformance"), case.target.now()
    calls = [Call(operation), Call(operation).within(now - 365 * _DAY, now)]
    with case.part("listServiceVisits"):
        window = case.home.listing("listServiceVisits").call.window
        if window is not None:
            calls.append(Call(operation).within(*window))
    for call in calls:
        exchange = case.call(call)
        if exchange.ok and exchange.fault is None:
            yield call, exchange


def _visits_of_incidents(case: Case, listing: Listing) -> None:
    rows = [row for row in listing.rows if text(row, "serviceVisitId") and parse_instant(row.get("createdOn"))]
    for row in spread(rows, 2):
        created = parse_instant(row["createdOn"]) or case.target.now()
        exchange = case.call(Call(case.operation("listServiceVisits")).within(created - 30 * _DAY, created + 60 * _DAY))
        visit = rows_by_member(case.rows(exchange), "serviceVisitId").get(row["serviceVisitId"])
        name = f"visit {row['serviceVisitId']} of incident {row.get('incidentId')}"
        if case.expect(visit is not None, f"{name} among the visits", "none", (listing.exchange, exchange)) and visit:
            expected = f"{name} to be of asset {row.get('assetId')}"
            case.expect(same_value(visit.get("assetId"), row.get("assetId")), expected, visit.get("assetId"), exchange)


def _numbers(exchange: Exchange, *names: str) -> list[Any]:
    return [number(exchange.member(name)) for name in names]


def _agree(case: Case, exchange: Exchange, counted: dict[str, float], source: Exchange) -> None:
    for name, value in counted.items():
        said = exchange.member(name)
        case.expect(not differs(said, value), f"{name} {value:g}, as listed", said, (source, exchange))
