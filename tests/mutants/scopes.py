"""Mutants of the area `scopes`."""

from dataclasses import replace

from tests.mutants.harness.alterations import PAGED, data, later_pages, only, refusals, refuse
from tests.mutants.harness.mutant import Look, Mutant
from tests.mutants.harness.wrapper import Alteration, Ask, Reply, Site

__all__ = ["MUTANTS"]

_EMPTY: dict[str, object] = {"data": [], "nextCursor": None, "hasMore": False}
_UNKNOWN = "00000000-0000-4000-8000-000000000000"


def lacks(ask: Ask) -> bool:
    """The key is known and lacks the operation's scope."""
    return ask.key is not None and ask.operation is not None and ask.operation.scope not in ask.key.scopes


async def _unchecked(ask: Ask, site: Site) -> Reply:
    return await site(ask.as_key(site.master(ask)))


def _checking(wrong: str) -> Alteration:
    """An operation that asks for a scope that isn't its own."""

    async def altered(ask: Ask, site: Site) -> Reply:
        if ask.key is None:
            return await site(ask)
        if wrong in ask.key.scopes:
            return await site(ask.as_key(site.master(ask))) if lacks(ask) else await site(ask)
        return refuse(403, "forbidden", f"The API key does not include the {wrong} scope.")

    return altered


async def _write_reads(ask: Ask, site: Site) -> Reply:
    assert ask.key is not None
    may = "service_reports.write" in ask.key.scopes
    return await site(ask.as_key(site.master(ask)) if may else ask)


def _naming(ask: Ask, reply: Reply) -> Reply:
    return reply.with_data({**reply.data, "message": "The API key does not include the assets.read scope."})


def _without_message(_ask: Ask, reply: Reply) -> Reply:
    return reply.with_data({"error": reply.data["error"]})


async def _ids_first(ask: Ask, site: Site) -> Reply:
    """Whether an id exists is told before the scope is looked at."""
    known = await site(ask.as_key(site.master(ask)))
    return known if known.status in (400, 404) else await site(ask)


MUTANTS = (
    Mutant(
        "scp-signature-unchecked",
        "scopes",
        ("SCP-002",),
        "A movement's signature is shown without movements.read",
        subtle=True,
        fault=only(_unchecked, "getMovementSignature", when=lacks),
        shows=(Look("/devices/{home.device}/movements/{home.movement}/signature", "only-assets.read"),),
    ),
    Mutant(
        "scp-daily-unchecked",
        "scopes",
        ("SCP-002",),
        "The daily telemetry is shown without reporting.read",
        subtle=True,
        fault=only(_unchecked, "getTelemetryDaily", when=lacks),
        shows=(Look("/reporting/telemetry-daily", "only-assets.read"),),
    ),
    Mutant(
        "scp-samples-by-devices",
        "scopes",
        ("SCP-002",),
        "Samples of a cycle ask for assets.read in place of telemetry.read",
        subtle=True,
        fault=only(_checking("assets.read"), "listPointGuardCycleSamples"),
        shows=(Look("/devices/{home.device}/pointguard/cycles/{home.cycle}/samples", "only-assets.read"),),
    ),
    Mutant(
        "scp-held-refused",
        "scopes",
        ("SCP-001",),
        "Service performance asks for service_reports.write although reporting.read is enough",
        subtle=True,
        fault=only(_checking("service_reports.write"), "getServicePerformance"),
        shows=(Look("/reporting/service-performance", "readonly"),),
    ),
    Mutant(
        "scp-me-claims-more",
        "scopes",
        ("SCP-001",),
        "/me lists a scope that the key doesn't have",
        subtle=True,
        fault=data(
            lambda _ask, me: {**me, "scopes": [*dict.fromkeys([*me["scopes"], "vendors.read"])]},
            "getMe",
        ),
        shows=(Look("/me", "only-assets.read"),),
    ),
    Mutant(
        "scp-write-implies-read",
        "scopes",
        ("SCP-008",),
        "service_reports.write opens the list of reports as well",
        subtle=True,
        fault=only(_write_reads, "listServiceReports", "getServiceReport", when=lacks),
        shows=(Look("/service-reports", "only-service_reports.write"),),
    ),
    Mutant(
        "scp-403-names-another",
        "scopes",
        ("SCP-005",),
        "403 names assets.read, whichever scope is missing",
        subtle=True,
        fault=refusals(_naming, 403),
        shows=(Look("/vendors", "only-assets.read"),),
    ),
    Mutant(
        "scp-403-without-message",
        "scopes",
        ("SCP-003",),
        "403 on appointments has no message",
        subtle=True,
        fault=refusals(_without_message, 403, operations=("listAppointments",)),
        shows=(Look("/appointments", "only-assets.read"),),
    ),
    Mutant(
        "scp-403-code",
        "scopes",
        ("SCP-004",),
        "403 has another code than forbidden",
        subtle=False,
        fault=refusals(lambda _ask, reply: reply.with_data({**reply.data, "error": "insufficient_scope"}), 403),
        shows=(Look("/vendors", "only-assets.read"),),
    ),
    Mutant(
        "scp-403-as-404",
        "scopes",
        ("SCP-002",),
        "An operation without its scope is hidden as 404",
        subtle=False,
        fault=refusals(lambda _ask, _reply: refuse(404, "not_found", "There is no such resource."), 403),
        shows=(Look("/vendors", "only-assets.read"),),
    ),
    Mutant(
        "scp-403-as-empty",
        "scopes",
        ("SCP-002",),
        "Without customers.read the customers are an empty list",
        subtle=True,
        fault=refusals(
            lambda _ask, reply: replace(reply.with_data(_EMPTY), status=200), 403, operations=("listCustomers",)
        ),
        shows=(Look("/customers", "only-assets.read"),),
    ),
    Mutant(
        "scp-existence-told",
        "scopes",
        ("SCP-009",),
        "A key without the scope learns from 404 which devices don't exist",
        subtle=True,
        fault=only(_ids_first, "getDevice", "getAsset", "getServiceReport", when=lacks),
        shows=(Look(f"/service-reports/{_UNKNOWN}", "only-assets.read"),),
    ),
    Mutant(
        "scp-by-bearer-unchecked",
        "scopes",
        ("SCP-006",),
        "Devices are shown without devices.read where the key comes by Bearer",
        subtle=True,
        fault=only(_unchecked, "listDevices", when=lambda ask: lacks(ask) and ask.header(b"authorization") is not None),
        shows=(Look("/devices", None, headers=(("Authorization", "Bearer {keys[only-assets.read]}"),)),),
    ),
    Mutant(
        "scp-me-says-twice",
        "scopes",
        ("SCP-010",),
        "/me lists a scope twice",
        subtle=False,
        fault=data(lambda _ask, me: {**me, "scopes": [*me["scopes"], *me["scopes"][-1:]]}, "getMe"),
        shows=(Look("/me"),),
    ),
    Mutant(
        "scp-later-pages-unchecked",
        "scopes",
        ("SCP-011",),
        "Pages after the first don't ask for the scope",
        subtle=True,
        fault=only(_unchecked, *PAGED, when=lambda ask: later_pages(ask) and lacks(ask)),
        shows=(Look("/devices?pageSize=2&cursor={cursors[home]}", "only-assets.read"),),
    ),
    Mutant(
        "scp-later-pages-of-parts",
        "scopes",
        ("SCP-011",),
        "Pages of parts after the first are shown to any key of the organisation",
        subtle=True,
        fault=only(_unchecked, "listInventoryParts", when=lambda ask: later_pages(ask) and lacks(ask)),
        shows=(Look("/inventory/parts?cursor=x", "only-assets.read"),),
    ),
)
