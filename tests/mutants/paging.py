"""Mutants of the area `paging`."""

from hashlib import blake2b

from tests.mutants.faults import PAGED, Rows, asks, data, failing, later_pages, only, refuse, replies, rows
from tests.mutants.mutant import Look, Mutant, walk
from tests.mutants.wrapper import Ask, Reply, Site

__all__ = ["MUTANTS"]

MAY = "from=2026-05-20T00:00:00Z&to=2026-06-10T00:00:00Z"
_TELEMETRY = f"/devices/{{home.device}}/telemetry?{MAY}"
_CYCLES = f"/devices/{{home.device}}/pointguard/cycles?{MAY}"
_END = "the-end"


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


async def _unfiltered_cursor(ask: Ask, site: Site) -> Reply:
    """The cursor holds a position only: the second page isn't filtered any more."""
    plain = ask.asking(groupId=None, customerId=None, status="all")
    if later_pages(ask):
        return await site(plain)
    reply, other = await site(ask), await site(plain)
    if reply.ok and reply.data["hasMore"]:
        return reply.with_data({**reply.data, "nextCursor": other.data["nextCursor"]})
    return reply


async def _empty_last(ask: Ask, site: Site) -> Reply:
    """The last page says that more follows, and nothing does."""
    if ask.value("cursor") == _END:
        return refuse(200).with_data({"data": [], "nextCursor": None, "hasMore": False})
    reply = await site(ask)
    if reply.ok and not reply.data["hasMore"] and len(reply.rows) == ask.number("pageSize", 100):
        return reply.with_data({**reply.data, "nextCursor": _END, "hasMore": True})
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


async def _used_up(ask: Ask, site: Site) -> Reply:
    """A cursor can be read once; the second time its page is empty."""
    cursor = ask.value("cursor")
    reply = await site(ask)
    if cursor and reply.ok and site.count(cursor):
        return reply.with_data({"data": [], "nextCursor": None, "hasMore": False})
    return reply


def _cut(ask: Ask) -> Ask:
    return ask.asking(pageSize=None)


def _clamped_to_one(ask: Ask) -> Ask:
    text = ask.value("pageSize")
    return ask if text is None or text.lstrip("-").isdigit() else ask.asking(pageSize=None)


def _first_page(ask: Ask) -> Ask:
    return ask.asking(cursor=None)


async def _tampered_taken(ask: Ask, site: Site) -> Reply:
    reply = await site(ask)
    return await site(_first_page(ask)) if reply.status == 400 and later_pages(ask) else reply


def _signed(_ask: Ask, page: dict[str, object]) -> dict[str, object]:
    return {**page, "nextCursor": f"{page['nextCursor']}+/="} if page["nextCursor"] else page


def _unsigned(ask: Ask) -> Ask:
    cursor = ask.value("cursor")
    return ask.asking(cursor=cursor.removesuffix("+/=")) if cursor and cursor.endswith("+/=") else ask


async def _unsafe_cursor(ask: Ask, site: Site) -> Reply:
    return await replies(lambda ask, reply: reply.with_data(_signed(ask, reply.data)))(_unsigned(ask), site)


def _more(ask: Ask, page: dict[str, object]) -> bool:
    return page["hasMore"] is True


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
        (),
        "The order of incidents differs between small pages and large ones",
        subtle=True,
        fault=rows(_swapped, "listIncidents", when=lambda ask: ask.number("pageSize", 100) > 50),
        shows=(Look("/incidents?pageSize=100"),),
    ),
    Mutant(
        "pag-order-unstable",
        "paging",
        (),
        "Customers come in another order each time",
        subtle=True,
        fault=only(_shuffled, "listCustomers"),
        shows=(Look("/customers", times=2),),
    ),
    Mutant(
        "pag-cursor-without-filter",
        "paging",
        (),
        "Pages after the first aren't filtered",
        subtle=True,
        fault=only(_unfiltered_cursor, "listAssets"),
        shows=(walk("/assets?groupId=12&pageSize=5"),),
    ),
    Mutant(
        "pag-empty-last-page",
        "paging",
        (),
        "A full last page announces another, which is empty",
        subtle=True,
        fault=only(_empty_last, *PAGED),
        shows=(walk("/customers?pageSize=6"),),
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
        (),
        "The last page has a cursor",
        subtle=False,
        fault=data(lambda ask, page: page if _more(ask, page) else {**page, "nextCursor": _END}, "listDevices"),
        shows=(Look("/devices?pageSize=500"),),
    ),
    Mutant(
        "pag-endless",
        "paging",
        (),
        "From the third page on the cursor stays the same",
        subtle=True,
        fault=only(_endless, *PAGED),
        shows=(walk("/customers?pageSize=2"),),
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
        (),
        "A page without pageSize has 600 rows",
        subtle=False,
        fault=only(_larger, "listDeviceTelemetry"),
        shows=(Look(_TELEMETRY),),
    ),
    Mutant(
        "pag-501",
        "paging",
        (),
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
        "pag-cursor-used-up",
        "paging",
        (),
        "The second request with a cursor finds nothing",
        subtle=True,
        fault=only(_used_up, *PAGED),
        shows=(Look("/customers?pageSize=7", walk=True, times=2),),
    ),
    Mutant(
        "pag-size-word-taken",
        "paging",
        (),
        "pageSize=abc is taken for the default",
        subtle=True,
        fault=asks(_clamped_to_one, *PAGED),
        shows=(Look("/assets?pageSize=abc"),),
    ),
    Mutant(
        "pag-size-0-fails",
        "paging",
        ("ERR-001",),
        "pageSize=0 fails with 500",
        subtle=True,
        fault=failing(lambda ask: ask.value("pageSize") == "0", *PAGED),
        shows=(Look("/assets?pageSize=0"),),
    ),
    Mutant(
        "pag-children-start-again",
        "paging",
        ("PAG-003",),
        "Every page of children is the first",
        subtle=True,
        fault=asks(_first_page, "listAssetChildren"),
        shows=(walk("/assets/{home.parent}/children?pageSize=2"),),
    ),
    Mutant(
        "pag-tampered-cursor",
        "paging",
        (),
        "A cursor that was tampered with gives the first page",
        subtle=True,
        fault=only(_tampered_taken, "listAssets"),
        shows=(Look("/assets?cursor=garbage"),),
    ),
    Mutant(
        "pag-unsafe-cursor",
        "paging",
        (),
        "Cursors have characters that a URL must encode",
        subtle=False,
        fault=only(_unsafe_cursor, *PAGED),
        shows=(Look("/customers?pageSize=2"),),
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
)
