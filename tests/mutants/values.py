"""Mutants of the area `filters` about what a filter takes for a value."""

import re
from collections.abc import Callable

from tests.mutants.filters import dropping, of_status
from tests.mutants.harness.alterations import asks, failing, only
from tests.mutants.harness.mutant import Look, Mutant
from tests.mutants.harness.request_windows import instant
from tests.mutants.harness.wrapper import Ask, Reply, Site

__all__ = ["MUTANTS"]


def _without_junk(name: str) -> Callable[[Ask], Ask]:
    def change(ask: Ask) -> Ask:
        text = ask.value(name)
        return ask.asking({name: None}) if text is not None and len(text) < 36 and not text.isdigit() else ask

    return change


def _without_zeros(ask: Ask) -> Ask:
    text = ask.value("groupId") or ""
    return ask.asking(groupId=int(text)) if text.isdigit() and text[:1] == "0" else ask


def _of_words(ask: Ask) -> Ask:
    """An unknown status is no status."""
    return ask if ask.value("status") in (None, "active", "inactive", "all") else ask.asking(status=None)


def _lower_case(ask: Ask) -> Ask:
    status = ask.value("status")
    return ask if status is None else ask.asking(status=status.lower())


def _without_empty(ask: Ask) -> Ask:
    return ask.asking({name: None for name, value in ask.values.items() if not value})


_ZEROS = "00000000-0000-0000-0000-000000000000"
_INJECTED = re.compile(r"' *or *'?1'? *= *'?1", re.IGNORECASE)
_WRAPS = range(2_147_484, 2_147_483_647)
_MAY = "from=2026-05-20T00:00:00Z&to=2026-06-10T00:00:00Z"


def _zeros_dropped(ask: Ask) -> Ask:
    """A number that is zero is one that wasn't given."""
    return ask.asking({name: None for name in ("groupId", "state") if ask.value(name) == "0"})


def _no_uuid_dropped(ask: Ask) -> Ask:
    return ask.asking({name: None for name in ("assetId", "userId", "vendorId") if ask.value(name) == _ZEROS})


def _true_of_all(ask: Ask) -> Ask:
    """The text of a filter becomes a part of the query."""
    names = ("customerId", "externalSystem")
    return ask.asking({name: None for name in names if _INJECTED.search(ask.value(name) or "")})


async def _any_character(ask: Ask, site: Site) -> Reply:
    """An underscore stands for any character, as in LIKE."""
    for name in ("customerId", "deviceId"):
        value = ask.value(name) or ""
        if "_" in value:
            pattern = re.compile(re.escape(value).replace("_", "."))
            reply = await site(ask.asking({name: None}))
            found = [row for row in reply.rows if pattern.fullmatch(str(row[name]))] if reply.ok else []
            return reply.with_rows(found) if reply.ok else reply
    return await site(ask)


def _unknown(ask: Ask) -> bool:
    known = {parameter.name for parameter in ask.operation.parameters} if ask.operation else set()
    return not known.issuperset(ask.values)


MUTANTS = (
    Mutant(
        "flt-junk-uuid",
        "filters",
        ("FLT-016",),
        "assetId=junk of reports is no filter",
        subtle=True,
        fault=asks(_without_junk("assetId"), "listServiceReports"),
        shows=(Look("/service-reports?assetId=junk"),),
    ),
    Mutant(
        "flt-junk-integer",
        "filters",
        ("FLT-017",),
        "state=x of incidents is no filter",
        subtle=True,
        fault=asks(_without_junk("state"), "listIncidents"),
        shows=(Look("/incidents?state=x"),),
    ),
    Mutant(
        "flt-inactive-refused",
        "filters",
        ("FLT-009",),
        "Parts don't know status=inactive",
        subtle=True,
        fault=failing(of_status("inactive"), "listInventoryParts", status=400),
        shows=(Look("/inventory/parts?status=inactive"),),
    ),
    Mutant(
        "flt-since-junk",
        "filters",
        ("FLT-018",),
        "updatedSince=junk of devices is no filter",
        subtle=True,
        fault=asks(
            dropping("updatedSince"), "listDevices", when=lambda ask: instant(ask.value("updatedSince")) is None
        ),
        shows=(Look("/devices?updatedSince=junk"),),
    ),
    Mutant(
        "flt-device-status-word",
        "filters",
        ("FLT-024",),
        "The status of devices wants a word",
        subtle=False,
        fault=failing(lambda ask: (ask.value("status") or "").isdigit(), "listDevices", status=400),
        shows=(Look("/devices?status=1"),),
    ),
    Mutant(
        "flt-unknown-status",
        "filters",
        ("FLT-019",),
        "An unknown status of assets is no filter",
        subtle=True,
        fault=asks(_of_words, "listAssets"),
        shows=(Look("/assets?status=broken"),),
    ),
    Mutant(
        "flt-case-of-status",
        "filters",
        ("FLT-031",),
        "The case of status doesn't matter",
        subtle=True,
        fault=asks(_lower_case, "listAssets", "listInventoryParts"),
        shows=(Look("/assets?status=ALL"),),
    ),
    Mutant(
        "flt-empty-filter",
        "filters",
        ("FLT-029", "ROB-012"),
        "An empty filter is no filter",
        subtle=True,
        fault=asks(_without_empty),
        shows=(Look("/assets?status="),),
    ),
    Mutant(
        "flt-unknown-parameter",
        "filters",
        ("ROB-013",),
        "A parameter that the contract doesn't know is refused",
        subtle=True,
        fault=failing(_unknown, "listAssets", "listIncidents", status=400),
        shows=(Look("/assets?colour=red"),),
    ),
    Mutant(
        "flt-numbers-otherwise",
        "filters",
        ("FLT-030",),
        "groupId of devices is read with zeros in front",
        subtle=True,
        fault=asks(_without_zeros, "listDevices"),
        shows=(Look("/devices?groupId=0012"),),
    ),
    Mutant(
        "flt-zero-is-none",
        "filters",
        ("FLT-015",),
        "groupId=0 and state=0 are no filters",
        subtle=True,
        fault=asks(_zeros_dropped),
        shows=(Look("/assets?groupId=0"), Look("/incidents?state=0")),
    ),
    Mutant(
        "flt-zeros-are-no-id",
        "filters",
        ("FLT-015",),
        "An assetId, userId or vendorId of zeros is no filter",
        subtle=True,
        fault=asks(_no_uuid_dropped),
        shows=(Look(f"/inventory/parts?vendorId={_ZEROS}"),),
    ),
    Mutant(
        "flt-duration-wraps",
        "filters",
        ("FLT-015",),
        "minDurationSeconds in milliseconds passes 32 bits and lists all movements",
        subtle=True,
        fault=asks(
            dropping("minDurationSeconds"), "listMovements", when=lambda ask: ask.number("minDurationSeconds") in _WRAPS
        ),
        shows=(Look(f"/devices/{{home.device}}/movements?{_MAY}&minDurationSeconds=2147484"),),
    ),
    Mutant(
        "flt-text-in-query",
        "filters",
        ("FLT-025",),
        "customerId and externalSystem are glued into the query",
        subtle=True,
        fault=asks(_true_of_all),
        shows=(Look("/customers?externalSystem=x%27%20OR%20%271%27%3D%271"),),
    ),
    Mutant(
        "flt-underscore-is-any",
        "filters",
        ("FLT-025",),
        "An underscore in customerId and deviceId stands for any character",
        subtle=True,
        fault=only(_any_character, "listAssets", "listIncidents", "listServiceReports"),
        shows=(Look("/incidents?deviceId=TRY-00_"),),
    ),
)
