"""A hierarchy of three levels. The sandbox has two, so that no asset has a grandchild."""

from itertools import combinations

from tests.mutants.harness.alterations import Row
from tests.mutants.harness.messages import Request, Response
from tests.mutants.harness.wrapper import Upstream

__all__ = ["three_levels"]


async def three_levels(request: Request, upstream: Upstream) -> Response:
    """An alteration: one asset of each organisation is the child of one of its siblings."""
    response = await upstream(request)
    if request.key is None or not response.ok:
        return response
    if request.operation_id not in ("listAssets", "getAsset", "listAssetChildren"):
        return response
    found = await _siblings(request, upstream)
    if found is None:
        return response
    child, parent = found

    def changed(row: Row) -> Row:
        if row["assetId"] == child["assetId"]:
            return {**row, "parentAssetId": parent["assetId"]}
        step = (row["assetId"] == parent["assetId"]) - (row["assetId"] == child["parentAssetId"])
        return {**row, "childCount": row["childCount"] + step}

    if request.operation_id == "getAsset":
        return response.with_json(changed(response.json))
    rows = [changed(row) for row in response.rows]
    if request.operation_id == "listAssetChildren":
        asset = request.path_values["assetId"]
        rows = [row for row in rows if row["parentAssetId"] == asset]
        if asset == parent["assetId"]:
            moved = await upstream(request.to_operation("getAsset", {"assetId": child["assetId"]}))
            rows += [changed(moved.json)] if moved.ok else []
    return response.with_rows(rows)


async def _siblings(request: Request, upstream: Upstream) -> tuple[Row, Row] | None:
    """Return two active children of one asset that the same keys see, None if there are none."""
    organization = request.key.organization if request.key else None
    key = "siblings", organization
    if key not in upstream.memory:
        every = await upstream(upstream.as_unrestricted(request.to_operation("listAssets", status="all", pageSize=500)))
        rows = [row for row in every.rows if row["parentAssetId"] and row["isActive"] and not row["childCount"]]
        shared = ("parentAssetId", "groupId", "customerId")
        pairs = [pair for pair in combinations(rows, 2) if all(pair[0][name] == pair[1][name] for name in shared)]
        upstream.memory[key] = pairs[0] if pairs else None
    found: tuple[Row, Row] | None = upstream.memory[key]
    return found
