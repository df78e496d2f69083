"""Members, and whole records, that are missing in one response and not in another."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from sepolo_conformance.api.calls import Call
from sepolo_conformance.api.links import DETAILS
from sepolo_conformance.api.timestamps import TOLERANCE, parse_instant
from sepolo_conformance.checks.common.clauses import SAME_OBJECT
from sepolo_conformance.checks.common.cycles import Movement, cycles, movements
from sepolo_conformance.checks.common.details import details, has_changed, rows_by_member
from sepolo_conformance.checks.common.varied_rows import varied
from sepolo_conformance.checks.common.whole_lists import whole_list
from sepolo_conformance.compare.rows import Row, differing_members, text
from sepolo_conformance.engine import SHOULD, Case, Exchange, describe, requirement

_CYCLES = 3
"""Cycles whose samples are read as telemetry too."""
_WITHOUT_SIGNATURE = 4
"""Movements without a signature in the list whose signature is read by id."""


@dataclass(frozen=True, slots=True)
class _Twins:
    """One record in two responses. `changed` tells whether members were updated between the two."""

    name: str
    one: Row
    other: Row
    exchanges: tuple[Exchange, ...]
    changed: Callable[[list[str]], bool]


@requirement(
    "CON-044",
    SHOULD,
    clause=SAME_OBJECT,
    title="A member that two operations show is null in both of them or in neither, for the same record",
)
def null_in_both_or_neither(case: Case) -> None:
    """Compares listed assets, children, devices and service reports with their details, children with the list of
    assets, the signature in listed movements with the one read by id, and the samples of cycles with the telemetry of
    the same cycles. Only members are judged that both operations show for other records: a list may leave out members.
    A record that was updated in between is not judged."""
    for source in ("listAssets", "listAssetChildren", "listDevices", "listServiceReports"):
        with case.part(source):
            _expect_same_nulls(case, f"{source} and {DETAILS[source].operation_id}", list(_details(case, source)))
    for name, collect in (
        ("listAssetChildren and listAssets", _children),
        ("listMovements and getMovementSignature", _signatures),
        ("listPointGuardCycleSamples and listDeviceTelemetry", _samples),
    ):
        with case.part(name):
            _expect_same_nulls(case, name, list(collect(case)))


@requirement(
    "CON-053",
    SHOULD,
    clause="A list shows cycles and signatures that there are; null stands for a signature that is not calculated yet.",
    title="The samples of a listed cycle, and the signature of a movement that is listed with one, are found",
)
def listed_waveforms_are_found(case: Case) -> None:
    """Reads the samples of stopped cycles and the signatures of movements whose currentSignature is listed, of the
    newest too. A movement whose currentSignature has changed or that is no longer listed is not judged."""
    with case.part("listPointGuardCycleSamples"):
        for cycle in cycles(case):
            first = cycle.walk.pages[0]
            case.expect(first.ok, f"200 for the samples of {cycle.name}", describe(first), (cycle.listed, first))
    with case.part("getMovementSignature"):
        for movement in movements(case):
            if isinstance(movement.row.get("currentSignature"), dict):
                found = movement.signature.ok or _movement_changed(case, movement, [])
                expected = f"200 for the signature of movement {movement.row['id']}, which is listed with one"
                case.expect(found, expected, describe(movement.signature), (movement.listed, movement.signature))


def _expect_same_nulls(case: Case, names: str, found: Sequence[_Twins]) -> None:
    """Expect no member that is null in one response only, among those that both operations show for some record."""
    shown = _shown(twins.one for twins in found) & _shown(twins.other for twins in found)
    for twins in found:
        one, other = twins.one, twins.other
        odd = sorted(name for name in shown if (one.get(name) is None) != (other.get(name) is None))
        if odd and twins.changed(odd):
            continue
        expected = f"{names}, {twins.name}: null in both or in neither"
        actual = "; ".join(f"{name}: {one.get(name)!r} and {other.get(name)!r}" for name in odd[:3])
        case.expect(not odd, expected, actual, twins.exchanges)


def _shown(rows: Iterable[Row]) -> set[str]:
    """Return the members that have a value in some row."""
    return {name for row in rows for name, value in row.items() if value is not None}


def _details(case: Case, source: str) -> Iterator[_Twins]:
    """Yield listed rows and their details."""
    for detail in details(case, source):
        if detail.exchange.ok and isinstance(detail.exchange.data, dict):
            changed = partial(has_changed, case, source, detail.row)
            yield _Twins(detail.value, detail.row, detail.exchange.data, detail.shown, changed)


def _children(case: Case) -> Iterator[_Twins]:
    """Yield assets in the list of children of their parent and in the list of assets."""
    children, assets = whole_list(case, "listAssetChildren"), whole_list(case, "listAssets")
    known = rows_by_member(assets.rows, "assetId")
    for row in children.rows:
        asset = known.get(text(row, "assetId"))
        if asset is not None:
            changed = partial(_child_changed, case, row, asset)
            yield _Twins(f"asset {row['assetId']}", row, asset, (assets.exchange, children.exchange), changed)


def _child_changed(case: Case, row: Row, asset: Row, names: list[str]) -> bool:
    return has_changed(case, "listAssetChildren", row, names) or has_changed(case, "listAssets", asset, names)


def _signatures(case: Case) -> Iterator[_Twins]:
    """Yield the signatures in listed movements, and those that are read by id."""
    for movement in (*movements(case), *_without_signature(case)):
        by_id, embedded = movement.signature.data, movement.row.get("currentSignature")
        if movement.signature.ok and isinstance(by_id, dict):
            row: Row = embedded if isinstance(embedded, dict) else {}
            changed = partial(_movement_changed, case, movement)
            shown = (movement.listed, movement.signature)
            yield _Twins(f"movement {movement.row['id']}", row, by_id, shown, changed)


def _without_signature(case: Case) -> Iterator[Movement]:
    """Yield movements whose signature is null in the list."""
    listing = whole_list(case, "listMovements")
    rows = [row for row in listing.rows if text(row, "id") and row.get("currentSignature", "") is None]
    for row in varied(rows, _WITHOUT_SIGNATURE, case.rng):
        call = Call(case.operation("getMovementSignature"), {**listing.call.ids, "movementId": row["id"]})
        yield Movement(row, listing.exchange, case.call(call, follows=listing.exchange))


def _movement_changed(case: Case, movement: Movement, _names: list[str]) -> bool:
    """Return whether the list shows another signature now: signatures are calculated after the movement."""
    start, row = parse_instant(movement.row.get("start")), movement.row
    if start is None or not text(row, "deviceId"):
        return has_changed(case, "listMovements", row, ["currentSignature"])
    call = Call(case.operation("listMovements"), {"deviceId": row["deviceId"]}).within(start, start + TOLERANCE)
    now = rows_by_member(case.call(call.with_page_size()).rows, "id").get(row["id"])
    return now is None or bool(differing_members(now, row, ["currentSignature"]))


def _samples(case: Case) -> Iterator[_Twins]:
    """Yield samples of a few cycles and the same samples in the telemetry of the device."""
    for cycle in [cycle for cycle in cycles(case) if cycle.walk.ended][:_CYCLES]:
        start, stop = parse_instant(cycle.row.get("start")), parse_instant(cycle.row.get("stop"))
        if start is None or stop is None:
            continue
        call = Call(case.operation("listDeviceTelemetry"), {"deviceId": cycle.walk.call.ids["deviceId"]})
        call = call.within(start - TOLERANCE, stop + TOLERANCE).having(cycleId=cycle.row["cycleId"]).with_page_size()
        walk = case.walk(call, pages=5)
        telemetry = rows_by_member(walk.rows, "cycleSampleIndex")
        for sample in cycle.samples:
            other = telemetry.get(sample.get("cycleSampleIndex"))
            if other is not None:
                name = f"sample {sample['cycleSampleIndex']} of {cycle.name}"
                yield _Twins(name, sample, other, (cycle.walk.last, walk.last), lambda _names: False)
