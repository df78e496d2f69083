"""Assets and their children."""

from collections.abc import Iterable, Mapping

from sepolo_conformance.api.calls import Call
from sepolo_conformance.api.row_identity import same_id
from sepolo_conformance.checks.common.clauses import OURS
from sepolo_conformance.checks.common.details import rows_by_member
from sepolo_conformance.checks.common.varied_rows import varied
from sepolo_conformance.checks.common.whole_lists import whole_list
from sepolo_conformance.compare.rows import Row, text, texts
from sepolo_conformance.engine import SANDBOX, SHOULD, Case, Walk, once_in_run, requirement

_CHILDREN = 'Published page: "child assets for a parent asset".'
_PARENTS = 6
_CHILDLESS = 3
"""Assets with and without children whose children are read."""
_PAGES = 4


@requirement("CON-007", SHOULD, clause=_CHILDREN, title="The children of an asset show it as their parent")
def parent_of_children(case: Case) -> None:
    """Compares parentAssetId of all children of some assets with the asset in the path."""
    for parent, walk in _families(case):
        for row in walk.rows:
            shown = row.get("parentAssetId")
            if shown is not None:
                case.expect(same_id(shown, parent), f"parentAssetId {parent}", shown, walk.last)


@requirement("CON-008", SHOULD, clause=_CHILDREN, title="Active assets that show a parent are listed as its children")
def children_of_parent(case: Case) -> None:
    """Searches the children of some assets for the active assets that show them as their parent."""
    assets = whole_list(case, "listAssets")
    for parent, walk in _families(case):
        own = [row for row in assets.rows if same_id(row.get("parentAssetId"), parent)]
        if walk.ended and own:
            shown = texts(walk.rows, "assetId")
            active = texts((row for row in own if row.get("isActive") is True), "assetId")
            missing = [name for name in active if name not in shown and _has_parent(case, name, parent)]
            expected = f"asset {missing[:1]}, whose parent is {parent}, among its children"
            case.expect(not missing, expected, f"{len(missing)} are missing", (assets.exchange, walk.last))


@requirement("CON-009", SANDBOX, clause=OURS, title="childCount is the number of children")
def child_count(case: Case) -> None:
    """Compares childCount with the number of listed children, for some assets with children and without."""
    assets = rows_by_member(whole_list(case, "listAssets").rows, "assetId")
    for parent, walk in _families(case):
        count = assets.get(parent, {}).get("childCount")
        if count is not None and walk.ended:
            case.expect(count == len(walk.rows), f"{count} children, as childCount says", len(walk.rows), walk.last)


@requirement(
    "CON-045",
    SHOULD,
    clause=f"{_CHILDREN} A hierarchy has no cycles.",
    title="No asset is its own parent, or the parent of one of its ancestors",
)
def no_cycle_of_parents(case: Case) -> None:
    """Follows parentAssetId from each listed asset up to the top. A cycle is read again by id before it is reported."""
    assets = whole_list(case, "listAssets")
    parents = _parents(assets.rows)
    if not parents:
        case.vacuous("no asset shows a parent")
    cycle = _cycle(parents)
    if cycle and not all(_has_parent(case, name, parents[name]) for name in cycle):
        case.vacuous("assets moved while they were read")
    case.expect(not cycle, "ancestors that end at an asset without a parent", " below ".join(cycle), assets.exchange)


@requirement(
    "CON-046",
    SHOULD,
    clause=_CHILDREN,
    title="Children are neither the asset itself nor its ancestors nor grandchildren, and have one parent only",
)
def children_are_direct(case: Case) -> None:
    """Searches the children of some assets for the asset in the path and those above it, for assets that are listed as
    children of another child or show one as their parent, and for assets that are children of two assets. The two lists
    are read again before it is reported."""
    assets = whole_list(case, "listAssets")
    parents, families = _parents(assets.rows), _families(case)
    first: dict[str, tuple[str, Walk]] = {}
    for parent, walk in families:
        names = _names(walk.rows)
        above = _ancestors(parents, parent.lower())
        odd = [name for name in names if name in above]
        case.expect(not odd, f"children of {parent} that are not above it", f"{odd[:2]} among them", walk.last)
        deeper = [name for name in names if (up := parents.get(name)) in names and _has_parent(case, name, up or "")]
        expected = f"direct children of {parent} only"
        case.expect(not deeper, expected, f"{deeper[:2]}, whose parents are children", (assets.exchange, walk.last))
        for name in names:
            other, seen = first.setdefault(name, (parent, walk))
            if other != parent and _are_children(case, name, (seen.call, walk.call)):
                expected = f"asset {name} is a child of one asset"
                case.expect(False, expected, f"a child of {other} and of {parent}", (seen.last, walk.last))


def _parents(assets: Iterable[Row]) -> dict[str, str]:
    """Return the parent of each asset that shows one, by id in lower case."""
    pairs = ((text(row, "assetId").lower(), text(row, "parentAssetId").lower()) for row in assets)
    return {name: parent for name, parent in pairs if name and parent}


def _names(rows: Iterable[Row]) -> set[str]:
    return {name.lower() for name in texts(rows, "assetId")}


def _ancestors(parents: Mapping[str, str], name: str) -> list[str]:
    """Return an asset and the assets above it, up to the first one that comes again."""
    found = [name]
    while (above := parents.get(found[-1])) is not None and above not in found:
        found.append(above)
    return found


def _cycle(parents: Mapping[str, str]) -> list[str]:
    """Return the assets of a cycle, each followed by its parent; [] if there is none."""
    done: set[str] = set()
    for name in parents:
        path: dict[str, None] = {}
        current: str | None = name
        while current is not None and current not in done and current not in path:
            path[current] = None
            current = parents.get(current)
        if current in path:
            return list(path)[list(path).index(current) :]
        done.update(path)
    return []


def _has_parent(case: Case, name: str, parent: str) -> bool:
    """Return whether an asset that is read by id shows a parent now; it may have been moved since it was listed."""
    return same_id(case.get("getAsset", {"assetId": name}).member("parentAssetId"), parent)


def _are_children(case: Case, name: str, calls: Iterable[Call]) -> bool:
    """Return whether several lists of children contain an asset now."""
    return all(name in _names(case.walk(call, pages=_PAGES).rows) for call in calls)


@once_in_run
def _families(case: Case) -> tuple[tuple[str, Walk], ...]:
    """Return the ids of varied assets with and without children, each with its children."""
    first = case.home.listing("listAssetChildren").call
    rows = [row for row in whole_list(case, "listAssets").rows if text(row, "assetId")]
    parents = set(_parents(rows).values())
    chosen = [first.ids["assetId"]]
    for has_children, count in ((True, _PARENTS), (False, _CHILDLESS)):
        some = [row for row in rows if (text(row, "assetId").lower() in parents) is has_children]
        chosen += texts(varied(some, count, case.rng), "assetId")
    calls = [(name, Call(first.operation, {"assetId": name}).with_page_size()) for name in dict.fromkeys(chosen)]
    return tuple((name, walk) for name, call in calls if (walk := case.walk(call, pages=_PAGES)).last.ok)
