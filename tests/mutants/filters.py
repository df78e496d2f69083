"""Mutants of the area `filters`."""

from collections.abc import Callable

from tests.mutants.faults import Row, Rows, asks, only, rows
from tests.mutants.mutant import Look, Mutant, walk
from tests.mutants.wrapper import Ask, Reply, Site

__all__ = ["MUTANTS"]

MAY = "from=2026-05-20T00:00:00Z&to=2026-06-10T00:00:00Z"
_DEVICE = "/devices/{home.device}"


def _given(*names: str) -> Callable[[Ask], bool]:
    """Whether all these filters are given."""
    return lambda ask: all(ask.value(name) is not None for name in names)


def _of_status(status: str) -> Callable[[Ask], bool]:
    return lambda ask: ask.value("status") == status


def _dropping(*names: str) -> Callable[[Ask], Ask]:
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


def _without_junk(name: str) -> Callable[[Ask], Ask]:
    def change(ask: Ask) -> Ask:
        text = ask.value(name)
        return ask.asking({name: None}) if text is not None and len(text) < 36 and not text.isdigit() else ask

    return change


async def _by_start(ask: Ask, site: Site) -> Reply:
    """All customers whose id begins so; one page is enough for the difference to show."""
    wanted = ask.value("customerId") or ""
    reply = await site(ask)
    if not reply.ok or reply.rows or not wanted:
        return reply
    every = await site(ask.asking(customerId=None, pageSize=500))
    size = ask.number("pageSize", 100)
    return reply.with_rows([row for row in every.rows if str(row["customerId"]).startswith(wanted)][:size])


def _active(row: Row) -> bool:
    return row["isActive"] is True


MUTANTS = (
    Mutant(
        "flt-group-lost-when-combined",
        "filters",
        (),
        "groupId isn't heeded where status is given too",
        subtle=True,
        fault=asks(_dropping("groupId"), "listAssets", when=_given("groupId", "status")),
        shows=(Look("/assets?groupId=12&status=inactive"),),
    ),
    Mutant(
        "flt-vendor-lost-when-combined",
        "filters",
        (),
        "vendorId of parts isn't heeded with status=all",
        subtle=True,
        fault=asks(_dropping("vendorId"), "listInventoryParts", when=_of_status("all")),
        shows=(Look("/inventory/parts?vendorId={home.vendor}&status=all"),),
    ),
    Mutant(
        "flt-inactive-is-all",
        "filters",
        (),
        "status=inactive shows active assets as well",
        subtle=False,
        fault=asks(lambda ask: ask.asking(status="all"), "listAssets", when=_of_status("inactive")),
        shows=(Look("/assets?status=inactive"),),
    ),
    Mutant(
        "flt-all-is-active",
        "filters",
        (),
        "status=all leaves the inactive parts out",
        subtle=True,
        fault=rows(
            lambda _ask, found: [row for row in found if _active(row)],
            "listInventoryParts",
            when=_of_status("all"),
        ),
        shows=(Look("/inventory/parts?status=all&pageSize=500"),),
    ),
    Mutant(
        "flt-telemetry-type",
        "filters",
        (),
        "telemetryType=1 brings telemetry of every type",
        subtle=False,
        fault=only(_heartbeats_too, "listDeviceTelemetry", when=lambda ask: ask.value("telemetryType") == "1"),
        shows=(Look(f"{_DEVICE}/telemetry?{MAY}&telemetryType=1"),),
    ),
    Mutant(
        "flt-next-cycle-too",
        "filters",
        (),
        "Telemetry of a cycle ends with a sample of the next",
        subtle=True,
        fault=only(_next_cycle_too, "listDeviceTelemetry", when=_given("cycleId")),
        shows=(Look(f"{_DEVICE}/telemetry?{MAY}&cycleId={{home.cycle}}&pageSize=500"),),
    ),
    Mutant(
        "flt-duration-in-ms",
        "filters",
        (),
        "minDurationSeconds is compared with milliseconds",
        subtle=True,
        fault=asks(_dropping("minDurationSeconds"), "listMovements"),
        shows=(Look(f"{_DEVICE}/movements?{MAY}&minDurationSeconds=7"),),
    ),
    Mutant(
        "flt-duration-floored",
        "filters",
        (),
        "minDurationSeconds loses movements within its own second",
        subtle=True,
        fault=rows(_shorter_lost, "listMovements", when=_given("minDurationSeconds")),
        shows=(Look(f"{_DEVICE}/movements?{MAY}&minDurationSeconds=6"),),
    ),
    Mutant(
        "flt-other-state",
        "filters",
        (),
        "state brings a report of another state too",
        subtle=True,
        fault=only(_other_state, "listServiceReports", when=_given("state")),
        shows=(Look("/service-reports?state=3&pageSize=500&fromUtc=2026-06-01T00:00:00Z"),),
    ),
    Mutant(
        "flt-device-of-incidents",
        "filters",
        (),
        "deviceId of incidents isn't heeded where a window is given",
        subtle=True,
        fault=asks(_dropping("deviceId"), "listIncidents", when=_given("deviceId", "fromUtc")),
        shows=(Look("/incidents?deviceId=SEP-DEVICE-020&fromUtc=2025-01-01T00:00:00Z"),),
    ),
    Mutant(
        "flt-since-midnight",
        "filters",
        (),
        "updatedSince is cut to its day",
        subtle=True,
        fault=asks(_since_midnight, "listAssets"),
        shows=(walk("/assets?updatedSince={home.changed}&status=all"),),
    ),
    Mutant(
        "flt-since-end-of-day",
        "filters",
        (),
        "updatedSince of devices means the end of its day",
        subtle=True,
        fault=asks(_since_later, "listDevices"),
        shows=(walk("/devices?updatedSince={home.midnight}"),),
    ),
    Mutant(
        "flt-junk-uuid",
        "filters",
        (),
        "assetId=junk of reports is no filter",
        subtle=True,
        fault=asks(_without_junk("assetId"), "listServiceReports"),
        shows=(Look("/service-reports?assetId=junk"),),
    ),
    Mutant(
        "flt-junk-integer",
        "filters",
        (),
        "state=x of incidents is no filter",
        subtle=True,
        fault=asks(_without_junk("state"), "listIncidents"),
        shows=(Look("/incidents?state=x"),),
    ),
    Mutant(
        "flt-unknown-group-is-all",
        "filters",
        (),
        "A group that nobody is in brings all devices",
        subtle=True,
        fault=only(_all_for_unknown, "listDevices", when=_given("groupId")),
        shows=(Look("/devices?groupId=99999"),),
    ),
    Mutant(
        "flt-user-of-appointments",
        "filters",
        (),
        "userId of appointments isn't heeded",
        subtle=False,
        fault=asks(_dropping("userId"), "listAppointments"),
        shows=(Look("/appointments?userId={home.user}"),),
    ),
    Mutant(
        "flt-customer-by-start",
        "filters",
        (),
        "customerId of assets is compared by its start",
        subtle=True,
        fault=only(_by_start, "listAssets", when=_given("customerId")),
        shows=(Look("/assets?customerId=C-1000"),),
    ),
)
