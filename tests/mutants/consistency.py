"""Mutants of the area `consistency`."""

from typing import Any

from tests.mutants.harness.alterations import Row, Rows, data, each, later_pages, numbered, only, rows
from tests.mutants.harness.mutant import Look, Mutant, walk
from tests.mutants.harness.request_windows import moved
from tests.mutants.harness.wrapper import Ask, Reply, Site

__all__ = ["MUTANTS"]

MAY = "from=2026-05-20T00:00:00Z&to=2026-06-10T00:00:00Z"
_DEVICE = "/devices/{home.device}"
_CYCLES = f"{_DEVICE}/pointguard/cycles?{MAY}&pageSize=500"
_SAMPLES = f"{_DEVICE}/pointguard/cycles/{{home.cycle}}/samples"
_SIGNATURE = f"{_DEVICE}/movements/{{home.movement}}/signature"


def _swapped(_ask: Ask, found: Rows) -> Rows:
    """The second and third sample change places."""
    return [*found[:1], *reversed(found[1:3]), *found[3:]]


def _without_60th(_ask: Ask, found: Rows) -> Rows:
    return [row for row in found if row["cycleSampleIndex"] != 60 or row["cycleSampleCount"] <= 100]


def _other_cycle(row: Row) -> Row:
    return {"cycleId": f"{row['cycleId']}x"} if row["cycleSampleIndex"] == 90 else {}


def _peak(row: Row) -> Row:
    """The mean of peak and average in place of the peak."""
    return {"peakCurrent": round((row["peakCurrent"] + row["averageCurrent"]) / 2, 2)}


def _late(row: Row) -> Row:
    """The cycle stops where it started."""
    return {"stop": row["start"], "durationMs": 0} if row["samples"] == 139 else {}


def _signed(_ask: Ask, found: Rows) -> Rows:
    return [
        {**row, "currentSignature": {**row["currentSignature"], **numbered(row["currentSignature"], "currentRms", 0.4)}}
        if row["currentSignature"]
        else row
        for row in found
    ]


async def _neighbour(ask: Ask, site: Site) -> Reply:
    """The signature is that of the movement before."""
    reply = await site(ask)
    if not reply.ok or not reply.data["start"]:
        return reply
    start = reply.data["start"]
    around = ask.to("listMovements", fromUtc=moved(start, -3 * 86_400), toUtc=start, pageSize=500)
    found = [row["id"] for row in (await site(around)).rows]
    at = found.index(ask.ids["movementId"]) if ask.ids["movementId"] in found else 0
    other = await site(ask.to("getMovementSignature", {"movementId": found[at - 1]})) if len(found) > 1 else reply
    return other.with_data({**other.data, "movementId": ask.ids["movementId"]}) if other.ok else reply


def _of_half(_ask: Ask, signature: Row) -> Row:
    """The quantiles are those of other samples."""
    return {**signature, **numbered(signature, "currentP90", 0.8), **numbered(signature, "currentP50", 0.5)}


def _one_day_off(row: Row) -> Row:
    return {"samples": row["samples"] - 1} if row["date"][8:10] in ("11", "21") else {}


def _open_as_done(_ask: Ask, found: Row) -> Row:
    moved = 1 if found["openVisits"] else 0
    return {**found, "completedVisits": found["completedVisits"] + moved, "openVisits": found["openVisits"] - moved}


def _plus(name: str, step: int) -> Any:
    return lambda _ask, found: {**found, name: found[name] + step}


def _one_short(_ask: Ask, found: Row) -> Row:
    return {**found, "totalAssets": found["totalAssets"] - 1, "inactiveAssets": found["inactiveAssets"] - 1}


async def _stray_child(ask: Ask, site: Site) -> Reply:
    """The last page of children holds an asset of another parent."""
    reply = await site(ask)
    if not reply.ok or reply.data["hasMore"]:
        return reply
    every = await site(ask.to("listAssets", pageSize=100))
    strays = [row for row in every.rows if row["parentAssetId"] not in (None, ask.ids["assetId"])]
    return reply.with_rows([*reply.rows, *strays[:1]]) if every.ok else reply


async def _lost_device(ask: Ask, site: Site) -> Reply:
    """Every device whose number ends in 7 isn't found by its id."""
    return await site(ask if not ask.ids["deviceId"].endswith("7") else ask.to("getDevice", {"deviceId": "gone"}))


def _days_doubled(_ask: Ask, found: Rows) -> Rows:
    return [*found, *found[-1:]]


MUTANTS = (
    Mutant(
        "con-asset-detail",
        "consistency",
        ("CON-001",),
        "An asset by its id has another name than in the list",
        subtle=True,
        fault=data(lambda _ask, asset: {**asset, "name": str(asset["name"]).upper()}, "getAsset"),
        shows=(Look("/assets/{home.asset}"),),
    ),
    Mutant(
        "con-child-renamed",
        "consistency",
        ("CON-041",),
        "An asset among the children of its parent has another name than by its id",
        subtle=True,
        fault=each(lambda row: {"name": str(row["name"]).upper()}, "listAssetChildren"),
        shows=(Look("/assets/{home.parent}/children?pageSize=500"),),
    ),
    Mutant(
        "con-child-lags-behind",
        "consistency",
        ("CON-004",),
        "An asset among the children of its parent was installed a day earlier than by its id",
        subtle=True,
        fault=each(lambda row: {"installedOn": moved(row["installedOn"], -86_400)}, "listAssetChildren"),
        shows=(Look("/assets/{home.parent}/children?pageSize=500"),),
    ),
    Mutant(
        "con-device-detail",
        "consistency",
        ("CON-002",),
        "A device by its id has another battery than in the list",
        subtle=True,
        fault=each(lambda row: numbered(row, "batteryPercentage", -1), "getDevice"),
        shows=(Look(_DEVICE),),
    ),
    Mutant(
        "con-report-detail",
        "consistency",
        ("CON-003",),
        "A report by its id has another state than in the list",
        subtle=True,
        fault=data(lambda _ask, report: {**report, "stateText": "Approved by customer"}, "getServiceReport"),
        shows=(Look("/service-reports/{home.report}"),),
    ),
    Mutant(
        "con-stray-child",
        "consistency",
        ("CON-007",),
        "The children end in one of another parent",
        subtle=True,
        fault=only(_stray_child, "listAssetChildren"),
        shows=(Look("/assets/{home.parent}/children?pageSize=500"),),
    ),
    Mutant(
        "con-device-lost",
        "consistency",
        ("CON-010",),
        "One device in ten that assets and lists show isn't found by its id",
        subtle=True,
        fault=only(_lost_device, "getDevice"),
        shows=(Look("/devices/TRY-007"),),
    ),
    Mutant(
        "con-cycle-samples",
        "consistency",
        ("CON-017",),
        "A cycle counts one sample more than it has",
        subtle=True,
        fault=each(lambda row: {"samples": row["samples"] + 1}, "listPointGuardCycles"),
        shows=(Look(_CYCLES),),
    ),
    Mutant(
        "con-cycle-peak",
        "consistency",
        ("CON-018",),
        "The peak of a cycle isn't that of its samples",
        subtle=True,
        fault=each(_peak, "listPointGuardCycles"),
        shows=(Look(_CYCLES),),
    ),
    Mutant(
        "con-average-above-peak",
        "consistency",
        ("CON-019",),
        "The average of a cycle is above its peak",
        subtle=False,
        fault=each(
            lambda row: {"averageCurrent": row["peakCurrent"], "peakCurrent": row["averageCurrent"]},
            "listPointGuardCycles",
        ),
        shows=(Look(_CYCLES),),
    ),
    Mutant(
        "con-cycle-ends-at-start",
        "consistency",
        ("CON-019",),
        "Some cycles stop when they start",
        subtle=True,
        fault=each(_late, "listPointGuardCycles"),
        shows=(Look(_CYCLES),),
    ),
    Mutant(
        "con-samples-swapped-later",
        "consistency",
        ("CON-015",),
        "Two samples of each later page have changed places",
        subtle=True,
        fault=rows(_swapped, "listPointGuardCycleSamples", when=later_pages),
        shows=(walk(f"{_SAMPLES}?pageSize=50"),),
    ),
    Mutant(
        "con-sample-missing",
        "consistency",
        ("CON-017",),
        "Cycles of more than 100 samples lack one",
        subtle=True,
        fault=rows(_without_60th, "listPointGuardCycleSamples"),
        shows=(Look(f"{_SAMPLES}?pageSize=500"),),
    ),
    Mutant(
        "con-sample-of-another",
        "consistency",
        ("CON-016",),
        "One sample of a cycle is of another",
        subtle=True,
        fault=each(_other_cycle, "listPointGuardCycleSamples"),
        shows=(Look(f"{_SAMPLES}?pageSize=500"),),
    ),
    Mutant(
        "con-telemetry-of-cycle",
        "consistency",
        ("CON-021",),
        "Telemetry of a cycle lacks its first sample",
        subtle=True,
        fault=rows(
            lambda _ask, found: [row for row in found if row["cycleSampleIndex"] != 0],
            "listDeviceTelemetry",
            when=lambda ask: ask.value("cycleId") is not None,
        ),
        shows=(Look(f"{_DEVICE}/telemetry?{MAY}&cycleId={{home.cycle}}"),),
    ),
    Mutant(
        "con-embedded-signature",
        "consistency",
        ("CON-023",),
        "The signature in the list of movements isn't the movement's own",
        subtle=True,
        fault=rows(_signed, "listMovements"),
        shows=(Look(f"{_DEVICE}/movements?{MAY}"),),
    ),
    Mutant(
        "con-signature-of-neighbour",
        "consistency",
        ("CON-023",),
        "The signature is that of the movement before",
        subtle=True,
        fault=only(_neighbour, "getMovementSignature"),
        shows=(Look(_SIGNATURE),),
    ),
    Mutant(
        "con-signature-of-other-samples",
        "consistency",
        ("CON-024",),
        "The signature's quantiles are those of other samples",
        subtle=True,
        fault=data(_of_half, "getMovementSignature"),
        shows=(Look(_SIGNATURE),),
    ),
    Mutant(
        "con-day-one-off",
        "consistency",
        ("CON-026",),
        "Two days of a month count one sample less than the telemetry has",
        subtle=True,
        fault=each(_one_day_off, "getTelemetryDaily"),
        shows=(Look("/reporting/telemetry-daily"),),
    ),
    Mutant(
        "con-day-twice",
        "consistency",
        ("CON-025",),
        "The last day of a device comes twice",
        subtle=True,
        fault=rows(_days_doubled, "getTelemetryDaily"),
        shows=(Look("/reporting/telemetry-daily"),),
    ),
    Mutant(
        "con-open-visit-done",
        "consistency",
        ("CON-032",),
        "Service performance counts an open visit as completed",
        subtle=True,
        fault=data(_open_as_done, "getServicePerformance"),
        shows=(Look("/reporting/service-performance"),),
    ),
    Mutant(
        "con-visits-do-not-add-up",
        "consistency",
        ("CON-031",),
        "Service performance counts a visit that is neither completed nor open",
        subtle=False,
        fault=data(_plus("totalVisits", -1), "getServicePerformance"),
        shows=(Look("/reporting/service-performance"),),
    ),
    Mutant(
        "con-cost-of-visits",
        "consistency",
        ("CON-032",),
        "The actual cost of visits is a cent too high",
        subtle=True,
        fault=each(lambda row: numbered(row, "actualCost", 0.01), "getServicePerformance"),
        shows=(Look("/reporting/service-performance"),),
    ),
    Mutant(
        "con-summary-one-short",
        "consistency",
        ("CON-030",),
        "The asset summary counts one inactive asset too few",
        subtle=True,
        fault=data(_one_short, "getAssetsSummary"),
        shows=(Look("/reporting/assets-summary"),),
    ),
    Mutant(
        "con-summary-does-not-add-up",
        "consistency",
        ("CON-028",),
        "The asset summary counts an active asset twice",
        subtle=False,
        fault=data(_plus("activeAssets", 1), "getAssetsSummary"),
        shows=(Look("/reporting/assets-summary"),),
    ),
    Mutant(
        "con-duration-in-ms",
        "consistency",
        ("WAV-018",),
        "duration of movements is in milliseconds",
        subtle=False,
        fault=each(lambda row: {"duration": row["duration"] * 1000}, "listMovements"),
        shows=(Look(f"{_DEVICE}/movements?{MAY}"),),
    ),
)
