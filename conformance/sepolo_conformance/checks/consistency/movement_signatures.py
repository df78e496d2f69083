"""Movements, the cycles they belong to, and their signatures."""

from dataclasses import replace

from sepolo_conformance.api.calls import Call, Listing
from sepolo_conformance.api.timestamps import TOLERANCE, parse_instant, stamp
from sepolo_conformance.checks.common.clauses import OURS
from sepolo_conformance.checks.common.cycles import Movement, complete_cycles, cycle_lists, movements
from sepolo_conformance.checks.common.details import rows_by_member
from sepolo_conformance.checks.common.whole_lists import whole_list
from sepolo_conformance.compare.current_statistics import half_unit, statistics_of
from sepolo_conformance.compare.rows import Row, is_close, number, same_value, text
from sepolo_conformance.engine import SANDBOX, SHOULD, Case, Exchange, fetch_once, requirement

_ROUNDING = 0.0051
"""The largest difference between a value with two decimals and the value that it was rounded from."""

_SHARED_MEMBERS = (
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
"""Members that can appear in a movement's currentSignature and in the response of the signature endpoint."""


@requirement("CON-022", SANDBOX, clause=OURS, title="A cycle and its movement refer to each other and agree")
def cycle_agrees_with_movement(case: Case) -> None:
    """Joins listed cycles and movements of several devices by the ids they show, and compares start, direction,
    currents and the number of samples."""
    cycle_list, movement_list = whole_list(case, "listPointGuardCycles"), whole_list(case, "listMovements")
    if cycle_list.call.ids == movement_list.call.ids:
        _expect_agreement(case, cycle_list, movement_list)
    for other in cycle_lists(case):
        if other.call.ids != cycle_list.call.ids or cycle_list.call.ids != movement_list.call.ids:
            call = Call(movement_list.operation, other.call.ids, other.call.query).with_page_size()
            page = fetch_once(case, call)
            rows = tuple(case.rows(page))
            _expect_agreement(case, other, replace(movement_list, call=call, rows=rows, exchange=page))


def _expect_agreement(case: Case, cycle_list: Listing, movement_list: Listing) -> None:
    """Expect the cycles and the movements of a device to refer to each other and to agree."""
    movements_by_id = rows_by_member(movement_list.rows, "id")
    shown = (cycle_list.exchange, movement_list.exchange)
    for row in cycle_list.rows:
        movement = movements_by_id.get(text(row, "movementId"))
        if movement is not None:
            for name in ("cycleId", "start", "direction", "averageCurrent", "peakCurrent"):
                expected = f"{name} {row.get(name)} of movement {row['movementId']}, as its cycle shows"
                case.expect(same_value(row.get(name), movement.get(name)), expected, movement.get(name), shown)
            _expect_same_numbers(case, row, movement, shown)
    movement_ids = {text(row, "cycleId"): row["movementId"] for row in cycle_list.rows if text(row, "movementId")}
    for row in movement_list.rows:
        if text(row, "cycleId") and row["cycleId"] in movement_ids:
            actual = movement_ids[row["cycleId"]]
            expected = f"movementId {row.get('id')} of cycle {row['cycleId']}, which that movement shows"
            case.expect(same_value(actual, row.get("id")), expected, actual, shown)


def _expect_same_numbers(case: Case, cycle: Row, movement: Row, shown: tuple[Exchange, Exchange]) -> None:
    """Expect the number of samples and the RMS current of a cycle in the signature of its movement."""
    signature = movement.get("currentSignature")
    signature = signature if isinstance(signature, dict) else {}
    pairs = [
        ("sampleCount", number(cycle.get("samples")), 0.0),
        ("currentRms", number(cycle.get("currentRms")), 2 * _ROUNDING),
    ]
    for name, wanted, tolerance in pairs:
        actual = number(signature.get(name))
        if wanted is not None and actual is not None:
            expected = f"{name} {wanted:g} of movement {movement.get('id')}, as its cycle shows"
            case.expect(abs(actual - wanted) <= tolerance, expected, actual, shown)


@requirement(
    "CON-023",
    SHOULD,
    clause="A listed movement contains part of its signature; a separate endpoint returns all of it.",
    title="A movement shows the same signature in the list and by its id",
)
def signature_is_the_same_by_id(case: Case) -> None:
    """Compares the currentSignature of listed movements with the signatures read by id, and start and cycle where both
    show them. Tolerates 0.5 %, and a second."""
    for movement in movements(case):
        _expect_same_start_and_cycle(case, movement)
        embedded = movement.row.get("currentSignature")
        if not movement.signature.ok or not isinstance(embedded, dict):
            continue
        pairs = [(name, embedded.get(name), movement.signature.member(name)) for name in _SHARED_MEMBERS]
        pairs.append(("duration", movement.row.get("duration"), movement.signature.member("duration")))
        for name, in_list, by_id in pairs:
            one, two = number(in_list), number(by_id)
            if one is not None and two is not None:
                fits = is_close(one, two, absolute=min(half_unit(one), half_unit(two), 0.05))
                expected = f"{name} {in_list}, as the list shows for movement {movement.row['id']}"
                case.expect(fits, expected, by_id, (movement.listed, movement.signature))


def _expect_same_start_and_cycle(case: Case, movement: Movement) -> None:
    shown = (movement.listed, movement.signature)
    name = f"of movement {movement.row['id']}, as the list shows"
    one, two = parse_instant(movement.row.get("start")), parse_instant(movement.signature.member("start"))
    if one is not None and two is not None:
        case.expect(abs(two - one) <= TOLERANCE, f"start {stamp(one)} {name}", stamp(two), shown)
    cycle, other = text(movement.row, "cycleId"), movement.signature.member("cycleId")
    if cycle and isinstance(other, str):
        case.expect(same_value(cycle, other), f"cycleId {cycle} {name}", other, shown)


@requirement("CON-024", SANDBOX, clause=OURS, title="A signature shows the statistics of its cycle's samples")
def signature_is_calculated_from_samples(case: Case) -> None:
    """Calculates each statistic from the samples of the cycle that a movement shows, and the energy from their
    interval."""
    known = complete_cycles(case)
    for movement in movements(case):
        cycle = known.get(movement.cycle_key)
        if cycle is None or not movement.signature.ok:
            continue
        counted = statistics_of(cycle.currents)
        offsets = sorted({number(row.get("cycleSampleOffsetMs")) or 0.0 for row in cycle.samples})
        if len(offsets) > 1:
            counted["energy"] = sum(cycle.currents) * (offsets[1] - offsets[0]) / 1000
        for name, value in counted.items():
            shown = number(movement.signature.member(name))
            if shown is not None:
                expected = f"{name} {value:.4g}, calculated from the samples of {cycle.name}"
                exchanges = (*cycle.shown, movement.signature)
                case.expect(abs(shown - value) <= _ROUNDING, expected, shown, exchanges)
