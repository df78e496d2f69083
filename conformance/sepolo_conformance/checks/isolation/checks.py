"""Isolation: two organisations ask for each other's data, a bounded key for what lies outside of its boundary."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from sepolo_conformance.api.calls import Call, Listing, is_paged, lists, paged_lists
from sepolo_conformance.api.identity import Identity
from sepolo_conformance.checks.common.service_reports import ServiceReports
from sepolo_conformance.checks.isolation.boundaries import Bound, bounds
from sepolo_conformance.checks.isolation.foreign_tenants import (
    Side,
    fingerprints,
    halves,
    no_data,
    no_leak,
    no_series,
    same_thing,
    short,
    sides,
    telling,
)
from sepolo_conformance.checks.isolation.leaks import (
    AGGREGATES,
    aggregate_call,
    bearer_request,
    beyond,
    disjoint,
    farthest,
    keep_within,
    open_aggregate,
    own_aggregate,
    said_by,
)
from sepolo_conformance.compare.aggregates import differs
from sepolo_conformance.compare.rows import Row, alike, scalars, spread, texts
from sepolo_conformance.engine.case import Case, describe, requirement
from sepolo_conformance.engine.shared_responses import fetch_once
from sepolo_conformance.model.requirement import MUST, SANDBOX, SHOULD
from sepolo_conformance.transport.exchange import Exchange

_SCOPED = 'The page: "Every request is scoped to the organization that owns the API key."'
_BOUNDED = "The page shows allowedGroupIds and allowedCustomerIds in /me as the key's allowed data boundaries."
_OURS = "Our own choice: the page is silent."

_BY_ID = {
    "listAssets": ("getAsset", "assetId"),
    "listDevices": ("getDevice", "deviceId"),
    "listServiceReports": ("getServiceReport", "serviceReportId"),
}
"""List to (operation that shows one of its rows, member and path parameter with the id)."""
_ID_OF = dict(_BY_ID.values())

_UNDER = (
    "listAssetChildren",
    "listDeviceTelemetry",
    "listPointGuardCycles",
    "listPointGuardCycleSamples",
    "listMovements",
    "getMovementSignature",
)
"""Operations on what lies under an asset or a device."""

_SUBJECTS = (("listAssets", "assetId"), ("listDevices", "deviceId"))
"""(list, member of its rows that names what a report is about)."""

_FILTERED = (
    ("listAssets", "groupId", "listAssets"),
    ("listAssets", "customerId", "listAssets"),
    ("listDevices", "groupId", "listDevices"),
    ("listIncidents", "deviceId", "listIncidents"),
    ("listServiceReports", "assetId", "listServiceReports"),
    ("listServiceReports", "deviceId", "listServiceReports"),
    ("listAppointments", "userId", "listAppointments"),
    ("listInventoryParts", "vendorId", "listInventoryParts"),
    ("listCustomers", "externalSystem", "listCustomers"),
)
"""(operation, filter, list whose rows have values for it in a member of the same name)."""

_SHARED = ("listVendors", "listInventoryParts")
"""Lists whose rows may be available to several organisations."""


_FOLLOWED = 3
"""Lists whose second page is read with either header."""

_REFERRING = ("listIncidents", "listServiceReports", "listServiceVisits", "listAppointments")
"""Lists whose rows refer to assets and devices."""


# -- Two organisations ---------------------------------------------------------------------------------------


@requirement(
    "ISO-001",
    MUST,
    clause=_SCOPED,
    title="The id of an asset, device or report of another organisation gives no data",
)
def foreign_ids(case: Case) -> None:
    """Asks for assets, devices and reports of each organisation with a key of the other; also looks whether the
    refusal names them, or the organisation."""
    for side in sides(case):
        for source, (detail, member) in _BY_ID.items():
            with case.part(f"{detail} of another organisation"):
                owned = side.owned(source)
                for row in side.foreign(source, member):
                    exchange = side.ask(Call(case.operation(detail), {member: row[member]}))
                    shown = exchange.ok and (side.is_foreign(member, row[member]) or same_thing(row, exchange.data))
                    expected = f"no data for {member} {row[member]}, which another organisation owns"
                    case.expect(not shown, expected, describe(exchange), (owned.exchange, exchange))
                    told = (
                        [] if exchange.ok else [*telling(row, exchange), *side.naming(exchange, member, owned.reader)]
                    )
                    case.expect(not told, expected, f"{exchange.status}, whose body tells {told}", exchange)


@requirement(
    "ISO-002",
    MUST,
    clause=_SCOPED,
    title="What lies under an asset or device of another organisation is shown to nobody else",
)
def under_foreign(case: Case) -> None:
    """Asks for children, telemetry, cycles, samples, movements and a signature under an asset or device of the other
    organisation, by calls that show data to their owner."""
    for side in sides(case):
        for name in _UNDER:
            with case.part(f"{name} of another organisation"):
                side.key(name)
                call = side.owner.call(name)
                side.need_foreign(call)
                no_data(case, side.ask(short(call)), "what lies there belongs to another organisation")


@requirement(
    "ISO-003",
    MUST,
    clause=_SCOPED,
    title="A cycle or movement of another organisation isn't reached through one's own device",
)
def foreign_child(case: Case) -> None:
    """Asks for a cycle's samples, for telemetry of that cycle, and for a signature of the other organisation under
    the asker's own device."""
    for side in sides(case):
        with case.part("listPointGuardCycleSamples"):
            theirs = side.owned("listPointGuardCycleSamples")
            own = side.asker.call("listPointGuardCycles")
            cycle = theirs.call.ids["cycleId"]
            call = Call(theirs.operation, {**own.ids, "cycleId": cycle})
            exchange = case.call(short(call), key=side.key("listPointGuardCycleSamples"))
            no_series(case, exchange, theirs, own.ids["deviceId"])
            if (window := side.owned("listPointGuardCycles").call.window) is not None:
                call = Call(case.operation("listDeviceTelemetry"), own.ids, {"cycleId": cycle}).within(*window)
                no_series(
                    case, case.call(short(call), key=side.key("listDeviceTelemetry")), theirs, own.ids["deviceId"]
                )
        with case.part("getMovementSignature"):
            key = side.key("getMovementSignature")
            theirs_ids = side.owner.call("getMovementSignature").ids
            own_ids = side.asker.call("listMovements").ids
            call = Call(case.operation("getMovementSignature"), {**theirs_ids, **own_ids})
            no_data(case, case.call(call, key=key), "the movement belongs to another organisation")


@requirement(
    "ISO-004",
    SHOULD,
    clause="The path names the device that the cycle or movement belongs to.",
    title="A cycle or movement is found under its own device only",
)
def own_child_of_another_device(case: Case) -> None:
    """Asks for a cycle and a movement under another device of the same organisation, and under one of another
    organisation."""
    for name in ("listPointGuardCycleSamples", "getMovementSignature"):
        with case.part(name):
            call = case.home.call(name)
            names = texts(case.home.listing("listDevices").rows, "deviceId")
            others = [device for device in names if device.lower() != call.ids["deviceId"].lower()][:2]
            with case.part("a device of another organisation"):
                others.append(sides(case)[0].foreign("listDevices", "deviceId", 1)[0]["deviceId"])
            for device in others:
                exchange = case.call(short(Call(call.operation, {**call.ids, "deviceId": device})))
                if name == "getMovementSignature":
                    no_data(case, exchange, f"the movement is one of {call.ids['deviceId']}")
                elif exchange.ok:
                    no_series(case, exchange, case.home.listing(name), device)
                else:
                    case.status(exchange, 400, 403, 404)


@requirement(
    "ISO-005",
    MUST,
    clause=_SCOPED,
    title="A cursor of another organisation never shows that organisation's rows",
)
def foreign_cursor(case: Case) -> None:
    """Takes the cursor of each list's first page to the other organisation, and compares what comes with the rows of
    its owner."""
    for side in sides(case):
        for operation in paged_lists(case.contract):
            with case.part(f"{operation.operation_id} with a cursor of another organisation"):
                owned = side.owned(operation.operation_id)
                key = side.key(operation.operation_id)
                size = 2 if len(owned.rows) > 2 else 1
                first = case.call(owned.call.having(pageSize=size), key=owned.reader)
                cursor = first.member("nextCursor")
                if not isinstance(cursor, str):
                    case.vacuous("there is one page only")
                goes_on = {"pageSize": size, "cursor": cursor}
                answers = [case.call(call.having(goes_on), key=key, follows=first) for call in _both(side, owned)]
                theirs = owned.rows
                if not owned.complete:
                    theirs = (*theirs, *case.call(owned.call.having(goes_on), key=owned.reader, follows=first).rows)
                for exchange in answers:
                    no_leak(case, operation, exchange, theirs, side.own_rows(operation.operation_id))


@requirement(
    "ISO-006",
    MUST,
    clause=_SCOPED,
    title="A filter by a value of another organisation finds none of its rows",
)
def foreign_filter(case: Case) -> None:
    """Filters each list by groups, customers, devices, assets, users and vendors of the other organisation."""
    for side in sides(case):
        for name, member, source in _FILTERED:
            with case.part(f"{name} by {member} of another organisation"):
                owned, key = side.owned(name), side.key(name)
                own = side.own(source)
                mine = own.values(member) if own else ()
                values = sorted(side.owned(source).values(member), key=lambda value: value in mine)[:1]
                if not values:
                    case.vacuous(f"no row shows {member}")
                for value in values:
                    call = owned.call.having({member: value})
                    exchange = case.call(short(call, 500), key=key)
                    theirs = owned.rows
                    if not owned.complete:
                        theirs = (*theirs, *case.call(short(call, 500), key=owned.reader).rows)
                    no_leak(case, owned.operation, exchange, theirs, side.own_rows(name))


@requirement(
    "ISO-007",
    MUST,
    clause=_SCOPED,
    title="Daily telemetry shows no device of another organisation",
)
def foreign_days(case: Case) -> None:
    """Asks for the daily telemetry of a device of the other organisation, of all devices on one of its days, and of all
    devices without a window."""
    for side in sides(case):
        with case.part("getTelemetryDaily of another organisation"):
            key = side.key("getTelemetryDaily")
            owned = side.owned("getTelemetryDaily")
            device = str(owned.call.query["deviceId"])
            if not side.is_foreign("deviceId", device):
                case.vacuous(f"device {device} is used by both organisations")
            no_data(case, case.call(owned.call, key=key), f"device {device} belongs to another organisation")
            window = owned.call.window
            devices = side.own("listDevices")
            if window is None or devices is None or not devices.complete or not side.owned("listDevices").complete:
                case.vacuous("the devices are too many to ask for a day of all")
            names = set(texts(side.owned("listDevices").rows, "deviceId"))
            own = set(texts(devices.rows, "deviceId"))
            every = Call(owned.operation)
            one_day = case.call(every.within(window[1], window[1]), key=key)
            case.rows(one_day)
            for exchange in (one_day, fetch_once(case, every, key)):
                shown = sorted({*texts(exchange.rows, "deviceId")} & (names - own))
                case.expect(not shown, "only devices of the key's organisation", f"rows of {shown[:3]}", exchange)


@requirement(
    "ISO-008",
    MUST,
    clause=_SCOPED,
    title="Lists of two organisations have no row in common, whatever the filter",
)
def disjoint_lists(case: Case) -> None:
    """Reads each list of both organisations, in two pages and also by other filters, and looks for rows in
    both."""
    for operation in lists(case.contract):
        if "{" not in operation.path and operation.operation_id not in _SHARED:
            with case.part(operation.operation_id):
                disjoint(case, operation)


@requirement(
    "ISO-027",
    SHOULD,
    clause="Vendors and parts belong to organisations, though some may be available to several.",
    title="Vendors and parts of two organisations have none in common",
)
def disjoint_vendors(case: Case) -> None:
    """Reads vendors and parts of both organisations and looks for rows in both."""
    for name in _SHARED:
        with case.part(name):
            disjoint(case, case.operation(name))


@requirement(
    "ISO-009",
    MUST,
    clause=_SCOPED,
    title="The assets summary counts the key's own organisation only",
)
def own_summary(case: Case) -> None:
    """Compares each summary with the listed assets: where it differs from them, it must not be the other
    organisation's nor both together. Judged where a whole list fits on one page."""
    own_aggregate(case, *AGGREGATES[0])


@requirement(
    "ISO-010",
    MUST,
    clause=_SCOPED,
    title="Service performance counts the key's own organisation only",
)
def own_performance(case: Case) -> None:
    """Compares each service performance with the visits of the same window, as for the summary; without a window with
    the visits that are listed without one, which may be others: only what says in every member what the other
    organisation has, or both, is a finding."""
    own_aggregate(case, *AGGREGATES[1])
    open_aggregate(case, *AGGREGATES[1])


@requirement(
    "ISO-011",
    MUST,
    clause="The page shows both `X-Sepolo-Api-Key: <key>` and `Authorization: Bearer <key>`, for every request.",
    title="Each operation shows the same to a key in either header",
)
def either_header_everywhere(case: Case) -> None:
    """Calls each operation with the key in either header, a second organisation's key if there is one, and compares;
    of a few lists the second page too."""
    followed = []
    for operation in case.contract.operations.values():
        if operation.method != "GET":
            continue
        with case.part(operation.operation_id):
            find = farthest(case, operation)
            key, call = find.reader(operation.operation_id), short(find.call(operation.operation_id), 5)
            plain = case.call(call, key=key)
            bearer = case.send(bearer_request(call, key.key))
            _expect_same(case, call, key, (plain, bearer))
            cursor = plain.member("nextCursor")
            if is_paged(operation) and isinstance(cursor, str):
                followed.append((operation.operation_id, call.having(cursor=cursor), key, plain))
    for name, call, key, first in case.rng.sample(followed, min(_FOLLOWED, len(followed))):
        with case.part(f"{name}, second page"):
            plain = case.call(call, key=key, follows=first)
            _expect_same(case, call, key, (plain, case.send(bearer_request(call, key.key), first)))


def _expect_same(case: Case, call: Call, key: Identity, answers: tuple[Exchange, Exchange]) -> None:
    """Expect the same of a call with either header, unless the data moved between them."""
    plain, bearer = answers
    said, same = said_by(plain), said_by(bearer) == said_by(plain)
    if not same and said_by(case.call(call, key=key, follows=plain.follows)) != said:
        case.vacuous("the data moved")
    expected = f"the same as with X-Sepolo-Api-Key: {describe(plain)} {said[:200]}"
    case.expect(same, expected, f"{describe(bearer)} {said_by(bearer)[:200]}", answers)


@requirement(
    "ISO-012",
    SHOULD,
    clause='The page: "Returns one asset if it belongs to the API key organization."',
    title="The id of another organisation is answered 404, or 403",
)
def foreign_id_is_not_found(case: Case) -> None:
    """Asks for one of everything that has an id, of the other organisation. An empty list is as good as 404."""
    for side in sides(case):
        for name in (*(detail for detail, _ in _BY_ID.values()), *_UNDER):
            with case.part(f"{name} of another organisation"):
                exchange = _foreign_answer(side, name)
                if not (exchange.ok and name.startswith("list") and not exchange.rows):
                    case.status(exchange, 403, 404)


@requirement(
    "ISO-013",
    SANDBOX,
    clause="Our own choice: an answer that differs confirms that the id exists.",
    title="The id of another organisation is answered as one that doesn't exist",
)
def foreign_id_is_as_unknown(case: Case) -> None:
    """Compares status and error of the answers to another organisation's id and to one that doesn't exist."""
    for side in sides(case):
        for name in (*(detail for detail, _ in _BY_ID.values()), *_UNDER):
            with case.part(f"{name} of another organisation"):
                foreign = _foreign_answer(side, name)
                ids = side.owner.call(name).ids
                first = next(iter(ids))
                unknown = str(UUID(int=case.rng.getrandbits(128), version=4))
                exchange = case.call(
                    short(Call(case.operation(name), {**ids, first: unknown}, side.owner.call(name).query)),
                    key=side.key(name),
                )
                said = [(answer.status, answer.member("error")) for answer in (exchange, foreign)]
                case.expect(
                    said[0] == said[1], f"as for an id that doesn't exist: {said[0]}", said[1], (exchange, foreign)
                )
                case.status(foreign, 404)


# -- Writing for another organisation ------------------------------------------------------------------------


@requirement(
    "ISO-014",
    MUST,
    clause=_SCOPED,
    title="A report written for another organisation, or its asset, device or visit, isn't linked to it",
)
def nothing_is_linked(case: Case) -> None:
    """Posts reports that name an asset, a device or a visit of the other organisation, or that organisation itself as
    their own. Where one is taken, it must not name what is foreign, nor may the owner find it."""
    for side in sides(case):
        with case.part("writing for another organisation"):
            desk = ServiceReports(case, side.asker)
            _claimed(side, desk)
            for what, body in _foreign_bodies(side, desk, *_SUBJECTS, ("listServiceVisits", "serviceVisitId")):
                exchange = desk.post(body)
                if not exchange.ok:
                    case.expect(True, "no report", describe(exchange))
                    continue
                shown = desk.read(desk.id_of(exchange), exchange)
                linked = alike(shown.member(what), body[what])
                expected = f"no report for {what} {body[what]}, which another organisation owns"
                case.expect(not linked, expected, f"one that shows {what} {shown.member(what)}", shown)
                theirs = desk.read(desk.id_of(exchange), exchange, key=side.owner.reader("getServiceReport"))
                case.expect(not theirs.ok, "no report to be seen by the owner", describe(theirs), theirs)


@requirement(
    "ISO-015",
    SHOULD,
    clause=_SCOPED,
    title="A report for another organisation's asset or device is refused with 4xx and not stored",
)
def foreign_reports_are_refused(case: Case) -> None:
    """Posts reports that name an asset or a device of the other organisation, and looks for them in the
    lists of both."""
    for side in sides(case):
        with case.part("writing for another organisation"):
            desk, owner = ServiceReports(case, side.asker), ServiceReports(case, side.owner)
            before, theirs = desk.reports(), owner.reports()
            for what, body in _foreign_bodies(side, desk, *_SUBJECTS):
                exchange = desk.post(body)
                expected = f"4xx for {what} {body[what]}, which another organisation owns"
                case.expect(400 <= exchange.status < 500, expected, describe(exchange), exchange)
                stored = [*desk.new(before, body["title"]), *owner.new(theirs, body["title"])]
                case.expect(not stored, "no report stored", f"{len(stored)} with the title {body['title']!r}", exchange)


# -- Boundaries ----------------------------------------------------------------------------------------------


@requirement(
    "ISO-016",
    SHOULD,
    clause=_BOUNDED,
    title="A key bounded to groups is shown no row of another group",
)
def groups_in_lists(case: Case) -> None:
    """Reads assets, devices and children with a key bounded to groups, by several filters and after Bearer, and looks
    at groupId."""
    for bound in bounds(case, "groups"):
        for name in ("listAssets", "listDevices", "listAssetChildren"):
            keep_within(case, bound, name)


@requirement(
    "ISO-017",
    SHOULD,
    clause=_BOUNDED,
    title="A key bounded to customers is shown no row of another customer",
)
def customers_in_lists(case: Case) -> None:
    """Reads every list whose rows may show a customer with a key bounded to customers, and looks at customerId."""
    for bound in bounds(case, "customers"):
        for name in ("listAssets", "listAssetChildren", *_REFERRING, "listCustomers"):
            keep_within(case, bound, name)


@requirement(
    "ISO-018",
    SHOULD,
    clause=_BOUNDED,
    title="An id outside a key's boundary gives no data",
)
def ids_outside(case: Case) -> None:
    """Asks for assets, devices and reports outside the boundary by their ids."""
    for bound in bounds(case):
        for name, rows in (
            ("getAsset", bound.assets),
            ("getDevice", bound.devices),
            ("getServiceReport", bound.reports),
        ):
            with case.part(f"{name}, key bounded to {bound.kind}"):
                key, member = bound.may(name), _ID_OF[name]
                for value in spread(texts(rows(), member), 2):
                    exchange = case.get(name, {member: value}, key=key)
                    no_data(case, exchange, f"{member} {value} lies outside the key's boundary")


@requirement(
    "ISO-019",
    SHOULD,
    clause=_BOUNDED,
    title="What lies under an asset or device outside a key's boundary isn't shown",
)
def under_outside(case: Case) -> None:
    """Asks for what lies under an asset or a device outside the boundary, where the unbounded key is shown rows."""
    for bound in bounds(case):
        for name in _UNDER:
            with case.part(f"{name}, key bounded to {bound.kind}"):
                key, call = bound.may(name), bound.under(case.operation(name))
                no_data(case, case.call(short(call), key=key), "what lies there is outside the key's boundary")


@requirement(
    "ISO-020",
    SHOULD,
    clause=_BOUNDED,
    title="A filter doesn't reach beyond a key's boundary",
)
def filters_beyond(case: Case) -> None:
    """Filters lists by a group, customer, asset or device outside the boundary."""
    sources = {"groupId": Bound.assets, "customerId": Bound.assets, "assetId": Bound.assets, "deviceId": Bound.devices}
    for bound in bounds(case):
        for name, member, _ in _FILTERED:
            if member not in sources:
                continue
            with case.part(f"{name} by {member}, key bounded to {bound.kind}"):
                key, found = bound.may(name), scalars(sources[member](bound), member)
                for value in found[:2]:
                    exchange = case.call(short(case.home.listing(name).call.having({member: value})), key=key)
                    why = f"{member} {value} lies outside the key's boundary"
                    if member in ("assetId", "deviceId"):
                        no_data(case, exchange, why)
                    else:
                        # A group may have customers on both sides of a boundary of customers, and the reverse.
                        odd = [row for row in exchange.rows if bound.outside(row)]
                        case.expect(not odd, f"no rows from outside: {why}", f"{len(odd)} of them", exchange)


@requirement(
    "ISO-021",
    SHOULD,
    clause=_BOUNDED,
    title="A cursor of an unbounded key shows a bounded one nothing from outside",
)
def cursor_of_unbounded(case: Case) -> None:
    """Takes the cursor of the unbounded key's first page of assets and devices to the bounded key."""
    for bound in bounds(case):
        for name, outside in (("listAssets", bound.assets), ("listDevices", bound.devices)):
            with case.part(f"{name}, key bounded to {bound.kind}"):
                key, operation, call = bound.may(name), case.operation(name), case.home.listing(name).call
                foreign = fingerprints(operation, outside())
                first = case.call(call.having(pageSize=2))
                cursor = first.member("nextCursor")
                if not isinstance(cursor, str):
                    case.vacuous("there is one page only")
                exchange = case.call(call.having(pageSize=500, cursor=cursor), key=key, follows=first)
                shown = fingerprints(operation, exchange.rows if exchange.ok else ()) & foreign
                case.expect(not shown, "no row from outside the key's boundary", f"{len(shown)} of them", exchange)


@requirement(
    "ISO-022",
    SHOULD,
    clause=_BOUNDED,
    title="Rows shown to a bounded key refer to no asset or device outside",
)
def references_outside(case: Case) -> None:
    """Reads incidents, reports, visits and appointments with a bounded key, also by other windows and states, and looks
    for assets and devices outside."""
    for bound in bounds(case):
        for name in _REFERRING:
            with case.part(f"{name}, key bounded to {bound.kind}"):
                key = bound.may(name)
                assets, devices = texts(bound.assets(), "assetId"), texts(bound.devices(), "deviceId")
                listing = case.home.listing(name)

                def outside(row: Row, assets: list[str] = assets, devices: list[str] = devices) -> bool:
                    asset = row.get("assetId")
                    return asset in assets or (asset is None and row.get("deviceId") in devices)

                pages = list(case.walk(halves(listing), key=key, pages=2).pages)
                pages += [case.call(call, key=key) for call in beyond(listing, outside, together=True)]
                for page in pages:
                    for row in page.rows:
                        place = {member: row.get(member) for member in ("assetId", "deviceId") if row.get(member)}
                        expected = "rows from inside the key's boundary"
                        case.expect(not outside(row), expected, f"a row of {place}, outside", page)


@requirement(
    "ISO-023",
    SHOULD,
    clause=_BOUNDED,
    title="Daily telemetry of a device outside a key's boundary isn't shown",
)
def days_outside(case: Case) -> None:
    """Asks for daily telemetry of a device outside the boundary, and of all devices for a day."""
    for bound in bounds(case):
        with case.part(f"getTelemetryDaily, key bounded to {bound.kind}"):
            key = bound.may("getTelemetryDaily")
            window = case.home.listing("getTelemetryDaily").call.window
            if window is None:
                case.vacuous("there is no window with daily telemetry")
            outside = texts(bound.devices(), "deviceId")
            call = Call(case.operation("getTelemetryDaily")).within(*window)
            for device in spread(outside, 3):
                no_data(
                    case, case.call(call.having(deviceId=device), key=key), f"{device} lies outside the key's boundary"
                )
            if not case.home.listing("listDevices").complete:
                case.vacuous("the devices are too many to ask for a day of all")
            exchange = case.call(call.within(window[1], window[1]), key=key)
            shown = sorted({*texts(exchange.rows, "deviceId")} & {*outside})
            case.expect(not shown, "only devices inside the key's boundary", f"rows of {shown[:3]}", exchange)


@requirement(
    "ISO-024",
    SANDBOX,
    clause=_OURS,
    title="Aggregates of a bounded key count what it may see",
)
def bounded_aggregates(case: Case) -> None:
    """Compares the aggregates of a bounded key with what it is listed."""
    for bound in bounds(case):
        for name, source, tally in AGGREGATES:
            with case.part(f"{name}, key bounded to {bound.kind}"):
                key, listing = bound.may(name), case.home.listing(source)
                rows = case.call(short(listing.call, 500), key=bound.may(source))
                if rows.member("hasMore") is True:
                    case.vacuous(f"{source} has more than one page")
                exchange = case.call(aggregate_call(case, name, listing), key=key)
                counted = tally(case.rows(rows))
                wrong = {
                    member: exchange.member(member)
                    for member, value in counted.items()
                    if differs(exchange.member(member), value)
                }
                expected = f"what the key is listed: { {member: counted[member] for member in wrong} }"
                case.expect(not wrong, expected, wrong, (rows, exchange))


@requirement(
    "ISO-025",
    SANDBOX,
    clause=_OURS,
    title="Assets and devices without a group are hidden from a key bounded to groups",
)
def groupless_are_hidden(case: Case) -> None:
    """Looks for assets and devices without a group that are shown to a key bounded to groups."""
    for bound in bounds(case, "groups"):
        for name, detail, member in (("listAssets", "getAsset", "assetId"), ("listDevices", "getDevice", "deviceId")):
            with case.part(name):
                key = bound.may(name)
                rows = case.rows(case.call(short(case.home.listing(name).call, 500), key=key))
                bare = [row.get(member) for row in rows if row.get("groupId") is None]
                case.expect(not bare, "rows with a group", f"{len(bare)} without, {bare[:1]}")
                hidden = texts([row for row in case.home.listing(name).rows if row.get("groupId") is None], member)[:1]
                for value in hidden:
                    no_data(case, case.get(detail, {member: value}, key=key), f"{member} {value} is in no group")


@requirement(
    "ISO-026",
    MUST,
    clause=_SCOPED,
    title="A bounded key, too, is shown no row of another organisation",
)
def bounded_sees_no_stranger(case: Case) -> None:
    """Reads each list with each bounded key, and looks for rows that the other organisation's key is shown."""
    for bound in bounds(case):
        for operation in lists(case.contract):
            if "{" in operation.path or operation.operation_id in _SHARED:
                continue
            with case.part(f"{operation.operation_id}, key bounded to {bound.kind}"):
                key, theirs = bound.may(operation.operation_id), case.away.listing(operation.operation_id)
                own = case.home.listing(operation.operation_id)
                for call in {str(call): call for call in (own.call, theirs.call)}.values():
                    no_leak(case, operation, case.call(short(call, 500), key=key), theirs.rows, own.rows)


# -- What is asked for --------------------------------------------------------------------------------------


def _claimed(side: Side, desk: ServiceReports) -> None:
    """Post a report that says it is the owner's, and expect it not to be among the owner's."""
    case, owner = side.case, ServiceReports(side.case, side.owner)
    organization = side.owner.reader("listServiceReports").organization_id
    body = desk.body("foreign organizationId", organizationId=organization)
    exchange = desk.post(body)
    theirs = owner.reports() if exchange.ok else {}
    name = str(exchange.member("serviceReportId")).lower()
    found = [known for known, row in theirs.items() if known == name or row.get("title") == body["title"]]
    shown = [exchange] if case.last is None else [exchange, case.last]
    expected = f"no report for organizationId {organization}, which is another organisation"
    case.expect(not found, expected, f"that organisation lists {found}", shown)


def _foreign_bodies(
    side: Side, desk: ServiceReports, *sources: tuple[str, str]
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield bodies that are right but for one id, and the name of the member that holds it."""
    for source, member in sources:
        with side.case.part(f"{member} of another organisation"):
            value = side.foreign(source, member, 1)[0][member]
            yield member, desk.body(f"foreign {member}", **{member: value})


def _foreign_answer(side: Side, name: str) -> Exchange:
    """Return the answer to a call that shows its owner data."""
    call = side.owner.call(name)
    side.need_foreign(call)
    return side.ask(short(call))


def _both(side: Side, owned: Listing) -> list[Call]:
    """Return the owner's call, and the asker's own where its path differs."""
    own = side.own(owned.operation.operation_id)
    if own is None or own.call.ids == owned.call.ids:
        return [owned.call]
    return [owned.call, Call(owned.operation, own.call.ids, owned.call.query)]
