"""Mutants of the area `filters`."""

from collections.abc import Callable

from tests.mutants.harness.alterations import Row, Rows, asks, only, rows
from tests.mutants.harness.mutant import Look, Mutant, walk
from tests.mutants.harness.request_windows import moved
from tests.mutants.harness.wrapper import Ask, Reply, Site

__all__ = ["MUTANTS"]

MAY = "from=2026-05-20T00:00:00Z&to=2026-06-10T00:00:00Z"
_DEVICE = "/devices/{home.device}"


def _given(*names: str) -> Callable[[Ask], bool]:
    """Whether all these filters are given."""
    return lambda ask: all(ask.value(name) is not None for name in names)


def of_status(status: str) -> Callable[[Ask], bool]:
    return lambda ask: ask.value("status") == status


def dropping(*names: str) -> Callable[[Ask], Ask]:
    return lambda ask: ask.asking(dict.fromkeys(names))


async def _all_for_unknown(ask: Ask, site: Site) -> Reply:
    """A group that nobody has is no filter."""
    reply = await site(ask)
    return await site(ask.asking(groupId=None)) if reply.ok and not reply.rows and not ask.value("cursor") else reply


async def _next_cycle_too(ask: Ask, site: Site) -> Reply:
    """The last page holds the first sample of another cycle."""
    reply = await site(ask)
    if not reply.ok or reply.data["hasMore"] or not reply.rows:
        return reply
    last = reply.rows[-1]
    return reply.with_rows([*reply.rows, {**last, "cycleId": f"{last['cycleId']}x", "cycleSampleIndex": 0}])


def _shorter_lost(ask: Ask, found: Rows) -> Rows:
    """Whole seconds are compared, and `>` in place of `>=`."""
    least = ask.number("minDurationSeconds")
    return [row for row in found if int(row["duration"]) > least]


async def _other_state(ask: Ask, site: Site) -> Reply:
    """One report of another state comes too."""
    reply = await site(ask)
    if not reply.ok or ask.value("cursor"):
        return reply
    other = await site(ask.asking(state=2 if ask.number("state") == 3 else 3, pageSize=1))
    return reply.with_rows([*reply.rows, *other.rows][: ask.number("pageSize", 100)]) if other.ok else reply


async def _heartbeats_too(ask: Ask, site: Site) -> Reply:
    """Telemetry of every type comes for type 1."""
    return await site(ask.asking(telemetryType=None))


def _since_midnight(ask: Ask) -> Ask:
    since = ask.value("updatedSince")
    return ask if since is None or len(since) < 20 else ask.asking(updatedSince=f"{since[:10]}T00:00:00Z")


def _since_later(ask: Ask) -> Ask:
    since = ask.value("updatedSince")
    return ask if since is None or len(since) < 20 else ask.asking(updatedSince=f"{since[:10]}T23:59:59Z")


async def _by_start(ask: Ask, site: Site) -> Reply:
    """All customers whose id begins so; one page is enough for the difference to show."""
    wanted = ask.value("customerId") or ""
    reply = await site(ask)
    if not reply.ok or reply.rows or not wanted:
        return reply
    every = await site(ask.asking(customerId=None, pageSize=500))
    size = ask.number("pageSize", 100)
    return reply.with_rows([row for row in every.rows if str(row["customerId"]).startswith(wanted)][:size])


async def _of_every_state(ask: Ask, site: Site) -> Reply:
    """The newest incident ends the list, whatever its state."""
    reply = await site(ask)
    if not reply.ok or reply.data["hasMore"] or len(reply.rows) >= ask.number("pageSize", 100):
        return reply
    newest = await site(ask.asking(state=None, cursor=None, pageSize=1))
    known = {row["incidentId"] for row in reply.rows}
    return reply.with_rows([*reply.rows, *(row for row in newest.rows if row["incidentId"] not in known)])


def _active(row: Row) -> bool:
    return row["isActive"] is True


def _since_before(ask: Ask) -> Ask:
    since = ask.value("updatedSince")
    return ask if since is None else ask.asking(updatedSince=moved(since, -1))


MUTANTS = (
    Mutant(
        "flt-group-lost-when-combined",
        "filters",
        ("FLT-012",),
        "groupId isn't heeded where status is given too",
        subtle=True,
        fault=asks(dropping("groupId"), "listAssets", when=_given("groupId", "status")),
        shows=(Look("/assets?groupId=12&status=inactive"),),
    ),
    Mutant(
        "flt-vendor-lost-when-combined",
        "filters",
        ("FLT-007",),
        "vendorId of parts isn't heeded with status=all",
        subtle=True,
        fault=asks(dropping("vendorId"), "listInventoryParts", when=of_status("all")),
        shows=(Look("/inventory/parts?vendorId={home.vendor}&status=all"),),
    ),
    Mutant(
        "flt-inactive-is-all",
        "filters",
        ("FLT-001",),
        "status=inactive shows active assets as well",
        subtle=False,
        fault=asks(lambda ask: ask.asking(status="all"), "listAssets", when=of_status("inactive")),
        shows=(Look("/assets?status=inactive"),),
    ),
    Mutant(
        "flt-all-is-active",
        "filters",
        ("FLT-010",),
        "status=all leaves the inactive parts out",
        subtle=True,
        fault=rows(
            lambda _ask, found: [row for row in found if _active(row)],
            "listInventoryParts",
            when=of_status("all"),
        ),
        shows=(Look("/inventory/parts?status=all&pageSize=500"),),
    ),
    Mutant(
        "flt-telemetry-type",
        "filters",
        ("FLT-002",),
        "telemetryType=1 brings telemetry of every type",
        subtle=False,
        fault=only(_heartbeats_too, "listDeviceTelemetry", when=lambda ask: ask.value("telemetryType") == "1"),
        shows=(Look(f"{_DEVICE}/telemetry?{MAY}&telemetryType=1"),),
    ),
    Mutant(
        "flt-next-cycle-too",
        "filters",
        ("FLT-003",),
        "Telemetry of a cycle ends with a sample of the next",
        subtle=True,
        fault=only(_next_cycle_too, "listDeviceTelemetry", when=_given("cycleId")),
        shows=(Look(f"{_DEVICE}/telemetry?{MAY}&cycleId={{home.cycle}}&pageSize=500"),),
    ),
    Mutant(
        "flt-duration-in-ms",
        "filters",
        ("FLT-004",),
        "minDurationSeconds is compared with milliseconds",
        subtle=True,
        fault=asks(dropping("minDurationSeconds"), "listMovements"),
        shows=(Look(f"{_DEVICE}/movements?{MAY}&minDurationSeconds=60"),),
    ),
    Mutant(
        "flt-duration-floored",
        "filters",
        ("FLT-008",),
        "minDurationSeconds loses movements within its own second",
        subtle=True,
        fault=rows(_shorter_lost, "listMovements", when=_given("minDurationSeconds")),
        shows=(Look(f"{_DEVICE}/movements?{MAY}&minDurationSeconds={{home.lasted}}"),),
    ),
    Mutant(
        "flt-other-state",
        "filters",
        ("FLT-006",),
        "state brings a report of another state too",
        subtle=True,
        fault=only(_other_state, "listServiceReports", when=_given("state")),
        shows=(Look("/service-reports?state=3&pageSize=500&fromUtc=2026-06-01T00:00:00Z"),),
    ),
    Mutant(
        "flt-device-of-incidents",
        "filters",
        ("FLT-014",),
        "deviceId of incidents isn't heeded where a window is given",
        subtle=True,
        fault=asks(dropping("deviceId"), "listIncidents", when=_given("deviceId", "fromUtc")),
        shows=(Look("/incidents?deviceId=SEP-DEVICE-020&fromUtc=2025-01-01T00:00:00Z"),),
    ),
    Mutant(
        "flt-since-midnight",
        "filters",
        ("FLT-021",),
        "updatedSince is cut to its day",
        subtle=True,
        fault=asks(_since_midnight, "listAssets"),
        shows=(walk("/assets?updatedSince={home.changed}&status=all"),),
    ),
    Mutant(
        "flt-since-end-of-day",
        "filters",
        ("FLT-022",),
        "updatedSince of devices means the end of its day",
        subtle=True,
        fault=asks(_since_later, "listDevices"),
        shows=(walk("/devices?updatedSince={home.midnight}"),),
    ),
    Mutant(
        "flt-unknown-group-is-all",
        "filters",
        ("FLT-015",),
        "A group that nobody is in brings all devices",
        subtle=True,
        fault=only(_all_for_unknown, "listDevices", when=_given("groupId")),
        shows=(Look("/devices?groupId=99999"),),
    ),
    Mutant(
        "flt-user-of-appointments",
        "filters",
        ("FLT-007",),
        "userId of appointments isn't heeded",
        subtle=False,
        fault=asks(dropping("userId"), "listAppointments"),
        shows=(Look("/appointments?userId={home.user}"),),
    ),
    Mutant(
        "flt-customer-by-start",
        "filters",
        ("FLT-025",),
        "customerId of assets is compared by its start",
        subtle=True,
        fault=only(_by_start, "listAssets", when=_given("customerId")),
        shows=(Look("/assets?customerId=C-1000"),),
    ),
    Mutant(
        "flt-device-status",
        "filters",
        ("FLT-005",),
        "The status of devices isn't heeded",
        subtle=False,
        fault=asks(dropping("status"), "listDevices"),
        shows=(Look("/devices?status=3"),),
    ),
    Mutant(
        "flt-third-filter",
        "filters",
        ("FLT-012",),
        "customerId isn't heeded beside two other filters",
        subtle=True,
        fault=asks(dropping("customerId"), "listAssets", when=_given("customerId", "groupId", "status")),
        shows=(Look("/assets?customerId=C-99999&groupId=12&status=all"),),
    ),
    Mutant(
        "flt-negative-duration",
        "filters",
        ("FLT-020",),
        "A negative minDurationSeconds is no filter",
        subtle=True,
        fault=asks(
            dropping("minDurationSeconds"), "listMovements", when=lambda ask: ask.number("minDurationSeconds") < 0
        ),
        shows=(Look(f"{_DEVICE}/movements?{MAY}&minDurationSeconds=-5"),),
    ),
    Mutant(
        "flt-since-inclusive",
        "filters",
        ("FLT-023",),
        "What was updated exactly at updatedSince is listed",
        subtle=True,
        fault=asks(_since_before, "listAssets"),
        shows=(Look("/assets?updatedSince={home.changed}&status=all"),),
    ),
    Mutant(
        "flt-all-by-default",
        "filters",
        ("FLT-028",),
        "Without status all assets are listed",
        subtle=False,
        fault=asks(lambda ask: ask.asking(status="all"), "listAssets", when=lambda ask: ask.value("status") is None),
        shows=(Look("/assets?pageSize=500"),),
    ),
    Mutant(
        "flt-state-of-two",
        "filters",
        ("FLT-011",),
        "One incident is listed for every state",
        subtle=True,
        fault=only(_of_every_state, "listIncidents", when=_given("state")),
        shows=(Look("/incidents?state=2&pageSize=500"),),
    ),
    Mutant(
        "flt-third-of-three",
        "filters",
        ("FLT-013",),
        "updatedSince isn't heeded beside two other filters",
        subtle=True,
        fault=asks(dropping("updatedSince"), "listAssets", when=_given("customerId", "groupId", "updatedSince")),
        shows=(
            Look(
                "/assets?customerId={home.customer}&groupId={home.group}&updatedSince=2026-06-30T23:00:00Z&status=all"
            ),
        ),
    ),
)
