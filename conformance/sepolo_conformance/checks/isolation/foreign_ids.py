"""Ids of another organisation: details, and the data under its assets and devices."""

from uuid import UUID

from sepolo_conformance.api.calls import Call
from sepolo_conformance.api.links import DETAILS
from sepolo_conformance.api.row_identity import same_id
from sepolo_conformance.checks.common.clauses import SCOPED
from sepolo_conformance.checks.common.prepared_requests import head
from sepolo_conformance.checks.isolation.foreign_tenants import (
    expect_no_data,
    expect_no_foreign_samples,
    is_same_object,
    tenant_pairs,
)
from sepolo_conformance.checks.isolation.operations import FEW_ROWS, HIERARCHY, LISTS_WITH_DETAIL
from sepolo_conformance.compare.rows import texts
from sepolo_conformance.engine import MUST, SANDBOX, SHOULD, Case, describe, requirement

_WITH_ID = (*(DETAILS[source].operation_id for source in LISTS_WITH_DETAIL), *HIERARCHY)
"""Operations with an id in their path."""
_FOREIGN = "the data belong to another organisation"


@requirement(
    "ISO-001", MUST, clause=SCOPED, title="The id of an asset, device or report of another organisation gives no data"
)
def foreign_id_gives_no_data(case: Case) -> None:
    """Reads assets, devices and reports of each organisation by id with a key of the other one, in either header by
    turns.

    An error response must not contain the name of the resource or of its organisation either.
    """
    for pair in tenant_pairs(case):
        for source in LISTS_WITH_DETAIL:
            detail, parameter, _ = DETAILS[source]
            with case.part(f"{detail} of another organisation"):
                owned = pair.owner_list(source)
                for place, row in enumerate(pair.foreign_rows(source, parameter)):
                    value = row[parameter]
                    call = Call(case.operation(detail), {parameter: value})
                    exchange = pair.request(call, bearer=place % 2 == 1)
                    shown = exchange.ok and (pair.is_foreign(parameter, value) or is_same_object(row, exchange.data))
                    expected = f"no data for {parameter} {value}, which belongs to another organisation"
                    case.expect(not shown, expected, describe(exchange), (owned.exchange, exchange))
                    names = [] if exchange.ok else pair.revealed(row, parameter, owned.reader, exchange)
                    case.expect(not names, expected, f"{exchange.status} with a body that contains {names}", exchange)


@requirement(
    "ISO-002", MUST, clause=SCOPED, title="Data under an asset or device of another organisation are not returned"
)
def foreign_parent_gives_no_data(case: Case) -> None:
    """Requests children, telemetry, cycles, samples, movements and a signature under an asset or device of the other
    organisation, by calls that show data to their owner. The signature is requested with the key in either header; the
    crossings do so for the lists."""
    for pair in tenant_pairs(case):
        for name in HIERARCHY:
            with case.part(f"{name} of another organisation"):
                pair.key(name)
                expect_no_data(case, pair.request_owned(name), _FOREIGN)
                if case.operation(name).returns == "object":
                    expect_no_data(case, pair.request(pair.owner.call(name), bearer=True), _FOREIGN)


@requirement(
    "ISO-003",
    MUST,
    clause=SCOPED,
    title="A cycle or movement of another organisation is not returned under a device of one's own",
)
def foreign_child_under_own_device(case: Case) -> None:
    """Requests a cycle's samples, telemetry of that cycle, and a signature of the other organisation under a device of
    the requester."""
    for pair in tenant_pairs(case):
        with case.part("listPointGuardCycleSamples"):
            theirs = pair.owner_list("listPointGuardCycleSamples")
            own_ids = pair.requester.call("listPointGuardCycles").ids
            cycle, device = theirs.call.ids["cycleId"], own_ids["deviceId"]
            samples = Call(theirs.operation, {**own_ids, "cycleId": cycle}).with_page_size(FEW_ROWS)
            exchange = case.call(samples, key=pair.key("listPointGuardCycleSamples"))
            expect_no_foreign_samples(case, exchange, theirs, device)
            window = pair.owner_list("listPointGuardCycles").call.window
            if window is not None:
                call = Call(case.operation("listDeviceTelemetry"), own_ids, {"cycleId": cycle}).within(*window)
                exchange = case.call(call.with_page_size(FEW_ROWS), key=pair.key("listDeviceTelemetry"))
                expect_no_foreign_samples(case, exchange, theirs, device)
        with case.part("getMovementSignature"):
            key = pair.key("getMovementSignature")
            ids = {**pair.owner.call("getMovementSignature").ids, **pair.requester.call("listMovements").ids}
            exchange = case.call(Call(case.operation("getMovementSignature"), ids), key=key)
            expect_no_data(case, exchange, "the movement belongs to another organisation")


@requirement(
    "ISO-004",
    SHOULD,
    clause="The path names the device that the cycle or movement belongs to.",
    title="A cycle or movement is returned under its own device only",
)
def child_under_another_device(case: Case) -> None:
    """Requests a cycle and a movement under two other devices of the same organisation, and under a device of another
    organisation."""
    for name in ("listPointGuardCycleSamples", "getMovementSignature"):
        with case.part(name):
            call = case.home.call(name)
            names = texts(case.home.listing("listDevices").rows, "deviceId")
            others = [device for device in names if not same_id(device, call.ids["deviceId"])][:2]
            with case.part("a device of another organisation"):
                others.append(tenant_pairs(case)[0].foreign_rows("listDevices", "deviceId", 1)[0]["deviceId"])
            for device in others:
                exchange = case.call(Call(call.operation, {**call.ids, "deviceId": device}).with_page_size(FEW_ROWS))
                if name == "getMovementSignature":
                    expect_no_data(case, exchange, f"the movement is one of {call.ids['deviceId']}")
                elif exchange.ok:
                    expect_no_foreign_samples(case, exchange, case.home.listing(name), device)
                else:
                    case.status(exchange, 400, 403, 404)


@requirement(
    "ISO-012",
    SHOULD,
    clause='Published page: "Returns one asset if it belongs to the API key organization."',
    title="A GET with an id of another organisation is rejected with 404 or 403",
)
def foreign_id_is_rejected(case: Case) -> None:
    """Sends each GET that has an id in its path with an id of the other organisation.

    An empty list is accepted like 404.
    """
    for pair in tenant_pairs(case):
        for name in _WITH_ID:
            with case.part(f"{name} of another organisation"):
                exchange = pair.request_owned(name)
                if not (exchange.ok and name.startswith("list") and not exchange.rows):
                    case.status(exchange, 403, 404)


@requirement(
    "ISO-031",
    SHOULD,
    clause='Published page: "Returns one asset if it belongs to the API key organization." HEAD is GET without body.',
    title="HEAD with an id of another organisation is rejected",
)
def head_of_hidden_id_is_rejected(case: Case) -> None:
    """Sends HEAD to the operations that return one object, with ids of the other organisation. Any error is
    accepted, as a deployment need not support HEAD."""
    for pair in tenant_pairs(case):
        for name in _WITH_ID:
            if case.operation(name).returns == "object":
                with case.part(f"{name} of another organisation"):
                    call = pair.owner.call(name)
                    pair.require_foreign_ids(call)
                    exchange = head(case, call, pair.key(name))
                    case.expect(not exchange.ok, f"an error for HEAD {call.target}", describe(exchange), exchange)


@requirement(
    "ISO-013",
    SANDBOX,
    clause="Our own choice: a different response would confirm that the id exists.",
    title="An id of another organisation gives the same 404 as an id that doesn't exist",
)
def foreign_id_is_rejected_as_unknown(case: Case) -> None:
    """Compares status and `error` of the responses for an id of another organisation and for an unknown id."""
    for pair in tenant_pairs(case):
        for name in _WITH_ID:
            with case.part(f"{name} of another organisation"):
                foreign = pair.request_owned(name)
                call = pair.owner.call(name)
                unknown = str(UUID(int=case.rng.getrandbits(128), version=4))
                ids = {**call.ids, next(iter(call.ids)): unknown}
                call = Call(call.operation, ids, call.query).with_page_size(FEW_ROWS)
                exchange = case.call(call, key=pair.key(name))
                wanted, actual = ((found.status, found.member("error")) for found in (exchange, foreign))
                expected = f"status and error as for an id that doesn't exist: {wanted}"
                case.expect(wanted == actual, expected, actual, (exchange, foreign))
                case.status(foreign, 404)
