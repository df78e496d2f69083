"""Assets and their children."""

from sepolo_conformance.api.calls import Call
from sepolo_conformance.api.row_identity import same_id
from sepolo_conformance.checks.common.clauses import OURS
from sepolo_conformance.checks.common.details import complete_list, known_rows, rows_by_member
from sepolo_conformance.compare.rows import spread, texts
from sepolo_conformance.engine import SANDBOX, SHOULD, Case, Exchange, once_in_run, requirement

_CHILDREN = 'Published page: "child assets for a parent asset".'


@requirement("CON-007", SHOULD, clause=_CHILDREN, title="The children of an asset show it as their parent")
def parent_of_children(case: Case) -> None:
    """Compares parentAssetId of all children of a few assets with the asset in the path."""
    for call, exchange in _children(case):
        for row in exchange.rows:
            shown, parent = row.get("parentAssetId"), call.ids["assetId"]
            if shown is not None:
                case.expect(same_id(shown, parent), f"parentAssetId {parent}", shown, exchange)


@requirement("CON-008", SHOULD, clause=_CHILDREN, title="Active assets that show a parent are listed as its children")
def children_of_parent(case: Case) -> None:
    """Searches the children of a few assets for the active assets that show them as their parent."""
    assets = complete_list(case, "listAssets")
    for call, exchange in _children(case):
        if exchange.has_more:
            continue
        shown = texts(exchange.rows, "assetId")
        own = [row for row in assets.rows if same_id(row.get("parentAssetId"), call.ids["assetId"])]
        active = texts((row for row in own if row.get("isActive") is True), "assetId")
        missing = [name for name in active if name not in shown]
        if own:
            expected = f"asset {missing[:1]}, whose parent is {call.ids['assetId']}, among its children"
            case.expect(not missing, expected, f"{len(missing)} are missing", (assets.exchange, exchange))


@requirement("CON-009", SANDBOX, clause=OURS, title="childCount is the number of children")
def child_count(case: Case) -> None:
    """Compares childCount with the number of listed children, for a few parents and for an asset without children."""
    assets = rows_by_member(complete_list(case, "listAssets").rows, "assetId")
    childless = texts((row for row in assets.values() if row.get("childCount") == 0), "assetId")[:1]
    calls = [Call(case.operation("listAssetChildren"), {"assetId": name}) for name in childless]
    read = ((call, case.call(call.with_page_size())) for call in calls)
    for call, exchange in (*_children(case), *read):
        count = assets.get(call.ids["assetId"], {}).get("childCount")
        if count is not None and exchange.member("hasMore") is False and not exchange.has_more:
            found = len(exchange.rows)
            case.expect(count == found, f"{count} children, as childCount says", found, exchange)


@once_in_run
def _children(case: Case) -> tuple[tuple[Call, Exchange], ...]:
    """Return the children of a few assets, read once per run."""
    first = case.home.listing("listAssetChildren").call
    parents = texts(known_rows(case, "listAssets"), "parentAssetId")
    chosen = dict.fromkeys((first.ids["assetId"], *spread(sorted(parents), 2)))
    calls = [Call(first.operation, {"assetId": parent}) for parent in chosen]
    return tuple((call, case.call(call.with_page_size())) for call in calls)
