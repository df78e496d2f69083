"""Mutants of the area `paging`."""

from hashlib import blake2b

from tests.mutants.harness.alterations import PAGED, Row, Rows, asks, each, failing, later_pages, only, refuse, rows
from tests.mutants.harness.mutant import Look, Mutant, walk
from tests.mutants.harness.wrapper import Ask, Reply, Site

__all__ = ["MUTANTS"]

MAY = "from=2026-05-20T00:00:00Z&to=2026-06-10T00:00:00Z"
_TELEMETRY = f"/devices/{{home.device}}/telemetry?{MAY}"
_END = "the-end"
_CAP = 1_000


def _odd_size(ask: Ask) -> bool:
    return ask.number("pageSize") % 2 == 1 and later_pages(ask)


async def _last_again(ask: Ask, site: Site) -> Reply:
    """The last row of a page is also the first of the next, as with `>=` in place of `>`."""
    reply = await site(ask)
    if not reply.ok:
        return reply
    found = reply.rows
    last = found[-1:]
    if later_pages(ask):
        again = site.memory.get(ask.value("cursor"), [])
        reply = reply.with_rows([*again, *found][: ask.number("pageSize", 100)])
    if reply.data["nextCursor"]:
        site.memory[reply.data["nextCursor"]] = last
    return reply


def _swapped(_ask: Ask, found: Rows) -> Rows:
    """The first two rows change places."""
    return [*reversed(found[:2]), *found[2:]]


async def _shuffled(ask: Ask, site: Site) -> Reply:
    """Another order each time, by a hash of how often was asked."""
    reply = await site(ask)
    turn = site.count("shuffled")
    if not reply.ok:
        return reply
    marks = {str(row["customerId"]): blake2b(f"{turn}/{row['customerId']}".encode()).digest() for row in reply.rows}
    return reply.with_rows(sorted(reply.rows, key=lambda row: marks[str(row["customerId"])]))


async def _capped(ask: Ask, site: Site) -> Reply:
    """No more than the first thousand rows, and no word of it."""
    reply = await site(ask)
    if not reply.ok or not reply.data["hasMore"]:
        return reply
    before = site.memory.get(ask.value("cursor"), 0) if later_pages(ask) else 0
    after = before + len(reply.rows)
    if after >= _CAP:
        rest = reply.rows[: max(0, _CAP - before)]
        return reply.with_data({"data": rest, "nextCursor": None, "hasMore": False})
    site.memory[reply.data["nextCursor"]] = after
    return reply


async def _empty_last(ask: Ask, site: Site) -> Reply:
    """The last page says that more follows, and nothing does."""
    if ask.value("cursor") == _END:
        return refuse(200).with_data({"data": [], "nextCursor": None, "hasMore": False})
    reply = await site(ask)
    if reply.ok and not reply.data["hasMore"] and len(reply.rows) == ask.number("pageSize", 100):
        return reply.with_data({**reply.data, "nextCursor": _END, "hasMore": True})
    return reply


async def _larger(ask: Ask, site: Site) -> Reply:
    """Where no size is given, a page has 600 rows."""
    if ask.value("pageSize") is not None or later_pages(ask):
        return await site(ask)
    first = await site(ask.asking(pageSize=500))
    if not first.ok or not first.data["hasMore"]:
        return first
    more = await site(ask.asking(pageSize=100, cursor=first.data["nextCursor"]))
    return more.with_rows(first.rows + more.rows)


async def _one_beyond(ask: Ask, site: Site) -> Reply:
    """501 rows for a pageSize of 501."""
    if ask.number("pageSize") != 501 or later_pages(ask):
        return await site(ask)
    first = await site(ask.asking(pageSize=500))
    if not first.ok or not first.data["hasMore"]:
        return first
    more = await site(ask.asking(pageSize=1, cursor=first.data["nextCursor"]))
    return more.with_rows(first.rows + more.rows)


async def _one_more(ask: Ask, site: Site) -> Reply:
    """pageSize + 1 rows, as where one row is read ahead to know hasMore and isn't cut off."""
    size = ask.number("pageSize")
    return await site(ask.asking(pageSize=size + 1) if 1 < size < 500 else ask)


async def _short_end(ask: Ask, site: Site) -> Reply:
    """A last page that isn't full is never announced."""
    reply = await site(ask)
    if not reply.ok or not reply.data["hasMore"]:
        return reply
    following = await site(ask.asking(cursor=reply.data["nextCursor"]))
    if following.data["hasMore"] or len(following.rows) == ask.number("pageSize", 100):
        return reply
    return reply.with_data({**reply.data, "nextCursor": None, "hasMore": False})


def _cut(ask: Ask) -> Ask:
    return ask.asking(pageSize=None)


def _clamped_to_one(ask: Ask) -> Ask:
    text = ask.value("pageSize")
    return ask if text is None or text.lstrip("-").isdigit() else ask.asking(pageSize=None)


def first_page(ask: Ask) -> Ask:
    return ask.asking(cursor=None)


def _nameless(row: Row) -> Row:
    return {"deviceName": None}


async def _two_pages(ask: Ask, site: Site) -> Reply:
    """The vendors come in two pieces."""
    reply = await site(ask.asking(cursor=None))
    if not reply.ok or len(reply.rows) < 2:
        return reply
    if ask.value("cursor") == _END:
        return reply.with_rows(reply.rows[1:])
    return reply.with_data({"data": reply.rows[:1], "nextCursor": _END, "hasMore": True})


def _by_name(_ask: Ask, found: Rows) -> Rows:
    return sorted(found, key=lambda row: str(row["name"]))


def _not_by_stamp(_ask: Ask, found: Rows) -> Rows:
    """The first row of a page comes after the second that has another stamp."""
    other = next((at for at, row in enumerate(found) if row["stamp"] != found[0]["stamp"]), 0)
    return [*found[1 : other + 1], *found[:1], *found[other + 1 :]]


def _without_size(ask: Ask) -> bool:
    return ask.value("pageSize") is None


def _generous_size(ask: Ask) -> Ask:
    """Whole numbers are read however they are written."""
    try:
        size = int(float(ask.value("pageSize") or "100"))
    except (ValueError, OverflowError):
        return ask
    return ask.asking(pageSize=size) if 1 <= size <= 500 else ask


MUTANTS = (
    Mutant(
        "pag-row-lost-at-odd-sizes",
        "paging",
        ("PAG-003",),
        "The first row after a seam is lost where pageSize is odd",
        subtle=True,
        fault=rows(lambda _ask, found: found[1:], "listInventoryParts", when=_odd_size),
        shows=(walk("/inventory/parts?pageSize=7"),),
    ),
    Mutant(
        "pag-row-doubled",
        "paging",
        ("PAG-003",),
        "The last row of a page of customers comes again on the next",
        subtle=True,
        fault=only(_last_again, "listCustomers"),
        shows=(walk("/customers?pageSize=7"),),
    ),
    Mutant(
        "pag-order-by-size",
        "paging",
        ("PAG-017", "PAG-018"),
        "The order of incidents differs between small pages and large ones",
        subtle=True,
        fault=rows(_swapped, "listIncidents", when=lambda ask: ask.number("pageSize", 100) > 50),
        shows=(Look("/incidents?pageSize=100"),),
    ),
    Mutant(
        "pag-order-unstable",
        "paging",
        ("PAG-016",),
        "Customers come in another order each time",
        subtle=True,
        fault=only(_shuffled, "listCustomers"),
        shows=(Look("/customers", times=2),),
    ),
    Mutant(
        "pag-empty-last-page",
        "paging",
        ("PAG-015",),
        "A full last page announces another, which is empty",
        subtle=True,
        fault=only(_empty_last, *PAGED),
        shows=(walk("/customers?pageSize=3"),),
    ),
    Mutant(
        "pag-size-ignored",
        "paging",
        ("PAG-002",),
        "The parts ignore pageSize",
        subtle=False,
        fault=asks(_cut, "listInventoryParts"),
        shows=(Look("/inventory/parts?pageSize=2"),),
    ),
    Mutant(
        "pag-default-600",
        "paging",
        ("PAG-007",),
        "A page without pageSize has 600 rows",
        subtle=False,
        fault=only(_larger, "listDeviceTelemetry"),
        shows=(Look(_TELEMETRY),),
    ),
    Mutant(
        "pag-501",
        "paging",
        ("PAG-007",),
        "pageSize=501 brings 501 rows",
        subtle=True,
        fault=only(_one_beyond, *PAGED),
        shows=(Look(f"{_TELEMETRY}&pageSize=501"),),
    ),
    Mutant(
        "pag-one-more",
        "paging",
        ("PAG-002",),
        "A page of reports has one row more than asked for",
        subtle=True,
        fault=only(_one_more, "listServiceReports"),
        shows=(Look("/service-reports?pageSize=2"),),
    ),
    Mutant(
        "pag-short-end-lost",
        "paging",
        ("PAG-003",),
        "A last page that isn't full is never announced",
        subtle=True,
        fault=only(_short_end, *PAGED),
        shows=(walk("/customers?pageSize=7"),),
    ),
    Mutant(
        "pag-size-word-taken",
        "paging",
        ("PAG-010", "ERR-003"),
        "pageSize=abc is taken for the default",
        subtle=True,
        fault=asks(_clamped_to_one, *PAGED),
        shows=(Look("/assets?pageSize=abc"),),
    ),
    Mutant(
        "pag-size-0-fails",
        "paging",
        ("PAG-009", "ERR-001"),
        "pageSize=0 fails with 500",
        subtle=True,
        fault=failing(lambda ask: ask.value("pageSize") == "0", *PAGED),
        shows=(Look("/assets?pageSize=0"),),
    ),
    Mutant(
        "pag-children-start-again",
        "paging",
        ("PAG-012",),
        "Every page of children is the first",
        subtle=True,
        fault=asks(first_page, "listAssetChildren"),
        shows=(walk("/assets/{home.parent}/children?pageSize=2"),),
    ),
    Mutant(
        "pag-seam-at-hundred",
        "paging",
        ("PAG-003",),
        "Samples of a cycle lose the row after each full hundred, where pages end there",
        subtle=True,
        fault=rows(
            lambda _ask, found: found[1:],
            "listPointGuardCycleSamples",
            when=lambda ask: later_pages(ask) and ask.value("pageSize") in (None, "100"),
        ),
        shows=(walk("/devices/{home.device}/pointguard/cycles/{home.cycle}/samples"),),
    ),
    Mutant(
        "pag-500-refused",
        "paging",
        ("PAG-006",),
        "pageSize=500 of movements is refused",
        subtle=True,
        fault=failing(lambda ask: ask.value("pageSize") == "500", "listMovements", status=400),
        shows=(
            Look("/devices/{home.device}/movements?from=2026-05-20T00:00:00Z&to=2026-06-10T00:00:00Z&pageSize=500"),
        ),
    ),
    Mutant(
        "pag-telemetry-capped",
        "paging",
        ("PAG-035",),
        "Telemetry ends after 1,000 rows, as if there were no more",
        subtle=True,
        fault=only(_capped, "listDeviceTelemetry"),
        shows=(walk(f"{_TELEMETRY}&pageSize=500"),),
    ),
    Mutant(
        "pag-telemetry-lost-at-seam",
        "paging",
        ("PAG-013",),
        "Telemetry loses the row after each seam where pages are small",
        subtle=True,
        fault=rows(
            lambda _ask, found: found[1:],
            "listDeviceTelemetry",
            when=lambda ask: later_pages(ask) and 1 < ask.number("pageSize", 100) < 100,
        ),
        shows=(
            Look(
                f"{_TELEMETRY}&pageSize=20&to=2026-05-21T00:00:00Z".replace("&to=2026-06-10T00:00:00Z", ""), walk=True
            ),
        ),
    ),
    Mutant(
        "pag-visit-twice",
        "paging",
        ("PAG-014",),
        "The last visit of a window comes twice",
        subtle=True,
        fault=rows(lambda _ask, found: [*found, *found[-1:]], "listServiceVisits"),
        shows=(Look("/service-visits"),),
    ),
    Mutant(
        "pag-later-pages-poorer",
        "paging",
        ("PAG-019",),
        "Devices on later pages have no name",
        subtle=True,
        fault=each(_nameless, "listDevices", when=later_pages),
        shows=(walk("/devices?pageSize=5"),),
    ),
    Mutant(
        "pag-501-clamped",
        "paging",
        ("PAG-008",),
        "pageSize=501 is taken for 500",
        subtle=True,
        fault=asks(
            lambda ask: ask.asking(pageSize=min(ask.number("pageSize"), 500)),
            *PAGED,
            when=lambda ask: ask.number("pageSize") > 500,
        ),
        shows=(Look("/assets?pageSize=501"),),
    ),
    Mutant(
        "pag-vendors-in-two",
        "paging",
        ("PAG-030",),
        "The vendors come on two pages",
        subtle=True,
        fault=only(_two_pages, "listVendors"),
        shows=(Look("/vendors"),),
    ),
    Mutant(
        "pag-customers-by-name",
        "paging",
        ("PAG-033",),
        "Each page of customers is sorted by name",
        subtle=False,
        fault=rows(_by_name, "listCustomers"),
        shows=(Look("/customers"),),
    ),
    Mutant(
        "pag-telemetry-not-by-stamp",
        "paging",
        ("PAG-034",),
        "Each page of telemetry begins with a row that is out of order",
        subtle=True,
        fault=rows(_not_by_stamp, "listDeviceTelemetry"),
        shows=(Look(_TELEMETRY),),
    ),
    Mutant(
        "pag-default-50",
        "paging",
        ("PAG-031",),
        "A page without pageSize has 50 rows",
        subtle=False,
        fault=asks(lambda ask: ask.asking(pageSize=50), *PAGED, when=_without_size),
        shows=(Look("/service-reports"),),
    ),
    Mutant(
        "pag-size-with-fraction",
        "paging",
        ("PAG-011",),
        "pageSize=2.0 is taken for 2",
        subtle=True,
        fault=asks(_generous_size, *PAGED, when=lambda ask: ask.value("pageSize") is not None),
        shows=(Look("/assets?pageSize=2.0"),),
    ),
)
