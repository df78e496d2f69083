"""Mutants that the checks of `consistency/asset_hierarchy.py` catch."""

from tests.mutants.harness.alterations import Row, Rows, add_to_member, change_rows, on_operations, set_members
from tests.mutants.harness.hierarchies import three_levels
from tests.mutants.harness.messages import Request, Response
from tests.mutants.harness.mutant import Mutant, Probe
from tests.mutants.harness.probe_parts import CHILDREN
from tests.mutants.harness.wrapper import Upstream, layered

__all__ = ["MUTANTS"]


async def _append_child_of_other_parent(request: Request, upstream: Upstream) -> Response:
    """Append an asset of another parent to the last page."""
    response = await upstream(request)
    if not response.ok or response.json["hasMore"]:
        return response
    every = await upstream(request.to_operation("listAssets", pageSize=100))
    others = [row for row in every.rows if row["parentAssetId"] not in (None, request.path_values["assetId"])]
    return response.with_rows([*response.rows, *others[:1]]) if every.ok else response


async def _begin_with_parent(request: Request, upstream: Upstream) -> Response:
    """Put the asset in the path before its children."""
    response = await upstream(request)
    own = await upstream(request.to_operation("getAsset"))
    if not response.ok or not own.ok or request.query_value("cursor"):
        return response
    return response.with_rows([own.json, *response.rows])


async def _end_with_grandchildren(request: Request, upstream: Upstream, *, hidden: bool = False) -> Response:
    """Append the children of the children on the last page; `hidden` shows them as children of the asset itself."""
    response = await upstream(request)
    if not response.ok or response.has_more:
        return response
    parent, rows = request.path_values["assetId"], response.rows
    for child in response.rows:
        deeper = await upstream(request.to_operation("listAssetChildren", {"assetId": child["assetId"]}))
        rows += [{**row, "parentAssetId": parent} if hidden else row for row in deeper.rows] if deeper.ok else []
    return response.with_rows(rows)


async def _end_with_hidden_grandchildren(request: Request, upstream: Upstream) -> Response:
    return await _end_with_grandchildren(request, upstream, hidden=True)


async def _end_with_asset_of_another(request: Request, upstream: Upstream) -> Response:
    """Append an asset of another parent to the last page, as a child of the asset in the path."""
    response = await _append_child_of_other_parent(request, upstream)
    parent = request.path_values["assetId"]
    return response.with_rows([{**row, "parentAssetId": parent} for row in response.rows]) if response.ok else response


async def _list_parent_below_child(request: Request, upstream: Upstream) -> Response:
    """List the parent of an asset without children as its child."""
    response = await upstream(request)
    own = await upstream(request.to_operation("getAsset"))
    if not response.ok or response.rows or not own.ok or own.json["parentAssetId"] is None:
        return response
    above = await upstream(request.to_operation("getAsset", {"assetId": own.json["parentAssetId"]}))
    return response.with_rows([{**above.json, "parentAssetId": own.json["assetId"]}]) if above.ok else response


async def _show_first_child_as_parent(request: Request, upstream: Upstream) -> Response:
    """Show the first child of an asset without a parent as its parent."""
    response = await upstream(request)
    if not response.ok:
        return response

    async def changed(row: Row) -> Row:
        if row["parentAssetId"] is not None or not row["childCount"]:
            return row
        children = await upstream(request.to_operation("listAssetChildren", {"assetId": row["assetId"]}))
        first = next((child["assetId"] for child in children.rows), None) if children.ok else None
        return {**row, "parentAssetId": first}

    if request.operation_id == "getAsset":
        return response.with_json(await changed(response.json))
    return response.with_rows([await changed(row) for row in response.rows])


def _without_first_active(_request: Request, found: Rows) -> Rows:
    return [row for row in found if not row["isActive"]] + [row for row in found if row["isActive"]][1:]


MUTANTS = (
    Mutant(
        "con-stray-child",
        ("CON-007",),
        "listAssetChildren ends with a child of another asset",
        fault=on_operations(_append_child_of_other_parent, "listAssetChildren"),
        probes=(Probe(f"{CHILDREN}?pageSize=500"),),
    ),
    Mutant(
        "con-child-lost",
        ("CON-008",),
        "listAssetChildren lacks the first active child",
        fault=change_rows(_without_first_active, "listAssetChildren"),
        probes=(Probe(CHILDREN),),
    ),
    Mutant(
        "con-child-count",
        ("CON-009",),
        "childCount of parent assets is one too high",
        fault=set_members(
            lambda row: add_to_member(row, "childCount", 1) if row["childCount"] else {}, "listAssets", "getAsset"
        ),
        probes=(Probe("/assets?status=all"),),
    ),
    Mutant(
        "con-child-itself",
        ("CON-046",),
        "listAssetChildren begins with the asset itself",
        fault=on_operations(_begin_with_parent, "listAssetChildren"),
        probes=(Probe(f"{CHILDREN}?pageSize=500"),),
    ),
    Mutant(
        "con-grandchildren",
        ("CON-046", "CON-007"),
        "listAssetChildren ends with the grandchildren of the asset",
        fault=layered(on_operations(_end_with_grandchildren, "listAssetChildren"), three_levels),
        probes=(Probe("/assets?status=all&pageSize=500"),),
    ),
    Mutant(
        "con-grandchildren-as-children",
        ("CON-046",),
        "listAssetChildren ends with the grandchildren of the asset, shown as its children",
        fault=layered(on_operations(_end_with_hidden_grandchildren, "listAssetChildren"), three_levels),
        probes=(Probe("/assets?status=all&pageSize=500"),),
    ),
    Mutant(
        "con-child-of-two",
        ("CON-046",),
        "listAssetChildren ends with a child of another asset, shown as its own",
        fault=on_operations(_end_with_asset_of_another, "listAssetChildren"),
        probes=(Probe(f"{CHILDREN}?pageSize=500"),),
    ),
    Mutant(
        "con-parent-below-child",
        ("CON-046",),
        "listAssetChildren of an asset without children lists its parent",
        fault=on_operations(_list_parent_below_child, "listAssetChildren"),
        probes=(Probe("/assets/{own.asset}/children"),),
    ),
    Mutant(
        "con-own-parent",
        ("CON-045",),
        "An asset without a parent shows itself as its parent",
        fault=set_members(
            lambda row: {"parentAssetId": row["parentAssetId"] or row["assetId"]}, "listAssets", "getAsset"
        ),
        probes=(Probe("/assets?status=all"),),
    ),
    Mutant(
        "con-parent-cycle",
        ("CON-045",),
        "An asset without a parent shows its first child as its parent",
        fault=on_operations(_show_first_child_as_parent, "listAssets", "getAsset"),
        probes=(Probe("/assets?status=all"),),
    ),
)
