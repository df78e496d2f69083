"""A hierarchy of three levels. The sandbox has two, so that no asset has a grandchild."""

from itertools import combinations

from tests.mutants.harness.alterations import Row, Rows
from tests.mutants.harness.messages import Request, Response
from tests.mutants.harness.wrapper import Upstream

__all__ = ["Siblings", "as_child", "children_with", "siblings", "three_levels"]

Siblings = tuple[Row, Row]
"""Two children of one asset, of which the first becomes the child of the second."""


async def three_levels(request: Request, upstream: Upstream) -> Response:
    """An alteration: one asset of each organisation is the child of one of its siblings."""
    response = await upstream(request)
    if not response.ok or request.operation_id not in ("listAssets", "getAsset", "listAssetChildren"):
        return response
    pair = await siblings(request, upstream)
    if pair is None:
        return response
    if request.operation_id == "getAsset":
        return response.with_json(as_child(pair, response.json))
    rows = [as_child(pair, row) for row in response.rows]
    if request.operation_id == "listAssetChildren":
        rows = children_with(pair, request.path_values["assetId"], rows)
    return response.with_rows(rows)


def as_child(pair: Siblings, row: Row) -> Row:
    """Return an asset after the move: the child has another parent, and two assets have another childCount."""
    child, parent = pair
    if row["assetId"] == child["assetId"]:
        return {**row, "parentAssetId": parent["assetId"]}
    step = (row["assetId"] == parent["assetId"]) - (row["assetId"] == child["parentAssetId"])
    return {**row, "childCount": row["childCount"] + step}


def children_with(pair: Siblings, asset: str, rows: Rows) -> Rows:
    """Return the children of an asset after the move; all keys that see the one sibling see the other."""
    moved = [as_child(pair, pair[0])] if asset == pair[1]["assetId"] else []
    return [row for row in rows if row["parentAssetId"] == asset] + moved


async def siblings(request: Request, upstream: Upstream) -> Siblings | None:
    """Return two active children of one asset that the same keys see, None if there are none."""
    key = "siblings", request.key.organization if request.key else None
    if key not in upstream.memory:
        every = await upstream(upstream.as_unrestricted(request.to_operation("listAssets", status="all", pageSize=500)))
        rows = [row for row in every.rows if row["parentAssetId"] and row["isActive"] and not row["childCount"]]
        shared = ("parentAssetId", "groupId", "customerId")
        pairs = [pair for pair in combinations(rows, 2) if all(pair[0][name] == pair[1][name] for name in shared)]
        upstream.memory[key] = pairs[0] if pairs else None
    found: Siblings | None = upstream.memory[key]
    return found
