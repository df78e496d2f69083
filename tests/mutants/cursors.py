"""Mutants of the area `paging` about cursors, and what a list is told besides its rows."""

from tests.mutants.harness.alterations import PAGED, data, failing, later_pages, only, refuse, replies
from tests.mutants.harness.mutant import Look, Mutant, walk
from tests.mutants.harness.wrapper import Ask, Reply, Site
from tests.mutants.paging import first_page

__all__ = ["MUTANTS"]

MAY = "from=2026-05-20T00:00:00Z&to=2026-06-10T00:00:00Z"
_END = "the-end"
_CYCLES = f"/devices/{{home.device}}/pointguard/cycles?{MAY}"


async def _unfiltered_cursor(ask: Ask, site: Site) -> Reply:
    """The cursor holds a position only: the second page isn't filtered any more."""
    plain = ask.asking(groupId=None, customerId=None, status="all")
    if later_pages(ask):
        return await site(plain)
    reply, other = await site(ask), await site(plain)
    if reply.ok and reply.data["hasMore"]:
        return reply.with_data({**reply.data, "nextCursor": other.data["nextCursor"]})
    return reply


async def _endless(ask: Ask, site: Site) -> Reply:
    """From the third page on the cursor stays the same."""
    reply = await site(ask)
    if reply.ok and reply.data["hasMore"]:
        cursor = ask.value("cursor")
        page = site.memory.get(cursor, 0) + 1 if cursor else 1
        if page >= 3:
            return reply.with_data({**reply.data, "nextCursor": cursor})
        site.memory[reply.data["nextCursor"]] = page
    return reply


async def _used_up(ask: Ask, site: Site) -> Reply:
    """A cursor can be read once; the second time its page is empty."""
    cursor = ask.value("cursor")
    reply = await site(ask)
    if cursor and reply.ok and site.count(cursor):
        return reply.with_data({"data": [], "nextCursor": None, "hasMore": False})
    return reply


async def _tampered_taken(ask: Ask, site: Site) -> Reply:
    reply = await site(ask)
    return await site(first_page(ask)) if reply.status == 400 and later_pages(ask) else reply


def _signed(_ask: Ask, page: dict[str, object]) -> dict[str, object]:
    return {**page, "nextCursor": f"{page['nextCursor']}+/="} if page["nextCursor"] else page


def _unsigned(ask: Ask) -> Ask:
    cursor = ask.value("cursor")
    return ask.asking(cursor=cursor.removesuffix("+/=")) if cursor and cursor.endswith("+/=") else ask


async def _unsafe_cursor(ask: Ask, site: Site) -> Reply:
    return await replies(lambda ask, reply: reply.with_data(_signed(ask, reply.data)))(_unsigned(ask), site)


def _more(ask: Ask, page: dict[str, object]) -> bool:
    return page["hasMore"] is True


async def _fails_elsewhere(ask: Ask, site: Site) -> Reply:
    """A genuine cursor that comes from elsewhere can't be applied."""
    reply = await site(ask)
    if reply.status == 400 and any("belongs to" in detail["message"] for detail in reply.data.get("details", ())):
        return refuse(500, "internal_error", "An unexpected error occurred.")
    return reply


async def _taken_elsewhere(ask: Ask, site: Site) -> Reply:
    """A genuine cursor that comes from elsewhere is no cursor."""
    reply = await _fails_elsewhere(ask, site)
    return await site(first_page(ask)) if reply.status == 500 else reply


async def _forgiving(ask: Ask, site: Site) -> Reply:
    """What follows a cursor isn't looked at."""
    reply, cursor = await site(ask), ask.value("cursor")
    return await site(ask.asking(cursor=cursor[:-1])) if reply.status == 400 and cursor else reply


async def _bound_to_size(ask: Ask, site: Site) -> Reply:
    """A cursor works with its own page size only."""
    size = ask.value("pageSize")
    if later_pages(ask) and site.memory.get(ask.value("cursor"), size) != size:
        return refuse(400, "validation_error", "cursor: belongs to another pageSize")
    reply = await site(ask)
    if reply.ok and reply.data["nextCursor"]:
        site.memory[reply.data["nextCursor"]] = size
    return reply


MUTANTS = (
    Mutant(
        "pag-cursor-without-filter",
        "paging",
        ("PAG-023",),
        "Pages after the first aren't filtered",
        subtle=True,
        fault=only(_unfiltered_cursor, "listAssets"),
        shows=(walk("/assets?groupId=12&pageSize=5"),),
    ),
    Mutant(
        "pag-more-without-cursor",
        "paging",
        ("PAG-001",),
        "hasMore is true and nextCursor null on cycles",
        subtle=False,
        fault=data(
            lambda ask, page: {**page, "nextCursor": None} if _more(ask, page) else page, "listPointGuardCycles"
        ),
        shows=(Look(f"{_CYCLES}&pageSize=2"),),
    ),
    Mutant(
        "pag-cursor-without-more",
        "paging",
        ("PAG-005",),
        "The last page has a cursor",
        subtle=False,
        fault=data(lambda ask, page: page if _more(ask, page) else {**page, "nextCursor": _END}, "listDevices"),
        shows=(Look("/devices?pageSize=500"),),
    ),
    Mutant(
        "pag-endless",
        "paging",
        ("PAG-012",),
        "From the third page on the cursor stays the same",
        subtle=True,
        fault=only(_endless, *PAGED),
        shows=(walk("/customers?pageSize=2"),),
    ),
    Mutant(
        "pag-cursor-used-up",
        "paging",
        ("PAG-020",),
        "The second request with a cursor finds nothing",
        subtle=True,
        fault=only(_used_up, *PAGED),
        shows=(Look("/customers?pageSize=7", walk=True, times=2),),
    ),
    Mutant(
        "pag-tampered-cursor",
        "paging",
        ("PAG-025",),
        "A cursor that was tampered with gives the first page",
        subtle=True,
        fault=only(_tampered_taken, "listAssets"),
        shows=(Look("/assets?cursor=garbage"),),
    ),
    Mutant(
        "pag-unsafe-cursor",
        "paging",
        ("PAG-022",),
        "Cursors have characters that a URL must encode",
        subtle=False,
        fault=only(_unsafe_cursor, *PAGED),
        shows=(Look("/customers?pageSize=2"),),
    ),
    Mutant(
        "pag-foreign-cursor-fails",
        "paging",
        ("PAG-029",),
        "The cursor of another list or filter fails with 500",
        subtle=True,
        fault=only(_fails_elsewhere, *PAGED),
        shows=(Look("/assets?cursor={cursors[/devices?pageSize=2]}"),),
    ),
    Mutant(
        "pag-foreign-cursor-taken",
        "paging",
        ("PAG-028",),
        "The cursor of another list or filter is no cursor",
        subtle=True,
        fault=only(_taken_elsewhere, *PAGED),
        shows=(Look("/assets?cursor={cursors[/devices?pageSize=2]}"),),
    ),
    Mutant(
        "pag-cursor-prolonged",
        "paging",
        ("PAG-026",),
        "What follows a cursor isn't looked at",
        subtle=True,
        fault=only(_forgiving, *PAGED),
        shows=(Look("/devices?pageSize=2&cursor={cursors[/devices?pageSize=2]}x", "other"),),
    ),
    Mutant(
        "pag-cursor-bound-to-size",
        "paging",
        ("PAG-021",),
        "A cursor works with its own page size only",
        subtle=True,
        fault=only(_bound_to_size, *PAGED),
        shows=(
            Look("/devices?pageSize=2", "other"),
            Look("/devices?pageSize=3&cursor={cursors[/devices?pageSize=2]}", "other"),
        ),
    ),
    Mutant(
        "pag-empty-cursor-refused",
        "paging",
        ("ROB-012",),
        "An empty cursor is refused",
        subtle=True,
        fault=failing(lambda ask: ask.value("cursor") == "", *PAGED, status=400),
        shows=(Look("/assets?cursor="),),
    ),
)
