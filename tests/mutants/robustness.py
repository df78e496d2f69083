"""Mutants of the area `robustness`."""

from urllib.parse import unquote_to_bytes

from tests.mutants.faults import PAGED, failing, refuse
from tests.mutants.mutant import Look, Mutant
from tests.mutants.wrapper import Ask, Reply, Site

__all__ = ["MUTANTS"]

MAY = "from=2026-05-20T00:00:00Z&to=2026-06-10T00:00:00Z"
_METRICS = frozenset(("current", "temperature", "humidity", "voltage", "batteryVoltage", "batteryPercentage"))
_DEVICE = "/devices/{home.device}"


def _names(ask: Ask) -> list[str]:
    return [pair.partition("=")[0] for pair in ask.query.decode("latin-1").split("&") if pair]


def _twice(ask: Ask) -> bool:
    return len(_names(ask)) > len(set(_names(ask)))


def _unknown(ask: Ask) -> bool:
    known = {parameter.name for parameter in ask.operation.parameters} if ask.operation else set()
    return any(name not in known for name in _names(ask))


def _beyond_plane_0(ask: Ask) -> bool:
    return any(ord(char) > 0xFFFF for value in (*ask.ids.values(), *ask.values.values()) for char in value)


def _encoded_percent(ask: Ask) -> bool:
    return b"%" in unquote_to_bytes(ask.path)


def _deep_cursor(ask: Ask) -> bool:
    return len(ask.value("cursor") or "") > 512


async def _deleting(ask: Ask, site: Site) -> Reply:
    """Methods that the contract doesn't know run into a missing handler."""
    reply = await site(ask)
    return refuse(500, "internal_error", "No handler.") if reply.status == 405 else reply


async def _head_fails(ask: Ask, site: Site) -> Reply:
    reply = await site(ask)
    return reply.with_status(500) if ask.method == "HEAD" else reply


MUTANTS = (
    Mutant(
        "rob-long-url",
        "robustness",
        (),
        "A query of more than 2,000 characters fails with 500",
        subtle=True,
        fault=failing(lambda ask: len(ask.query) > 2_000),
        shows=(Look(f"/customers?externalSystem={'x' * 2_100}"),),
    ),
    Mutant(
        "rob-parameter-twice",
        "robustness",
        (),
        "A parameter that is given twice fails with 500",
        subtle=True,
        fault=failing(_twice),
        shows=(Look("/assets?status=all&status=all"),),
    ),
    Mutant(
        "rob-unknown-parameter",
        "robustness",
        (),
        "A parameter that the contract doesn't know fails with 500",
        subtle=True,
        fault=failing(_unknown),
        shows=(Look("/assets?colour=red"),),
    ),
    Mutant(
        "rob-percent-in-id",
        "robustness",
        (),
        "An encoded percent sign in an id fails with 500",
        subtle=True,
        fault=failing(_encoded_percent),
        shows=(Look("/devices/100%25"),),
    ),
    Mutant(
        "rob-emoji-in-filter",
        "robustness",
        (),
        "A character beyond U+FFFF fails with 500",
        subtle=True,
        fault=failing(_beyond_plane_0),
        shows=(Look("/customers?externalSystem=%F0%9F%9A%82"),),
    ),
    Mutant(
        "rob-unknown-method",
        "robustness",
        (),
        "A method that isn't offered fails with 500",
        subtle=True,
        fault=_deleting,
        shows=(Look("/me", method="PUT"),),
    ),
    Mutant(
        "rob-head",
        "robustness",
        (),
        "HEAD fails with 500",
        subtle=True,
        fault=_head_fails,
        shows=(Look("/me", method="HEAD"),),
    ),
    Mutant(
        "rob-metrics-refused",
        "robustness",
        (),
        "A metric that isn't known is refused",
        subtle=True,
        fault=failing(
            lambda ask: not _METRICS.issuperset((ask.value("metrics") or "current").split(",")),
            "listDeviceTelemetry",
            status=400,
        ),
        shows=(Look(f"{_DEVICE}/telemetry?{MAY}&metrics=wobble"),),
    ),
    Mutant(
        "rob-largest-int",
        "robustness",
        (),
        "The largest 32-bit integer, which is valid, fails with 500",
        subtle=True,
        fault=failing(lambda ask: any(value == "2147483647" for value in ask.values.values())),
        shows=(Look("/devices?groupId=2147483647"),),
    ),
    Mutant(
        "rob-negative-duration",
        "robustness",
        (),
        "A negative minDurationSeconds fails with 500",
        subtle=True,
        fault=failing(lambda ask: ask.number("minDurationSeconds") < 0, "listMovements"),
        shows=(Look(f"{_DEVICE}/movements?{MAY}&minDurationSeconds=-1"),),
    ),
    Mutant(
        "rob-long-cursor",
        "robustness",
        (),
        "A cursor of more than 512 characters fails with 500",
        subtle=True,
        fault=failing(_deep_cursor, *PAGED),
        shows=(Look(f"/assets?cursor={'A' * 600}"),),
    ),
    Mutant(
        "rob-far-since",
        "robustness",
        (),
        "updatedSince in year 9999 fails with 500",
        subtle=True,
        fault=failing(lambda ask: (ask.value("updatedSince") or "").startswith("9999")),
        shows=(Look("/assets?updatedSince=9999-12-31T23:59:59Z"),),
    ),
    Mutant(
        "rob-accept",
        "robustness",
        (),
        "Accept: */* fails with 500",
        subtle=True,
        fault=failing(lambda ask: ask.header(b"accept") == b"*/*"),
        shows=(Look("/me", headers=(("Accept", "*/*"),)),),
    ),
)
