"""Mutants that the checks of `consistency/asset_hierarchy.py` catch."""

from tests.mutants.harness.alterations import Rows, add_to_member, change_rows, on_operations, set_members
from tests.mutants.harness.messages import Request, Response
from tests.mutants.harness.mutant import Mutant, Probe
from tests.mutants.harness.probe_parts import CHILDREN
from tests.mutants.harness.wrapper import Upstream

__all__ = ["MUTANTS"]


async def _append_child_of_other_parent(request: Request, upstream: Upstream) -> Response:
    """Append an asset of another parent to the last page."""
    response = await upstream(request)
    if not response.ok or response.json["hasMore"]:
        return response
    every = await upstream(request.to_operation("listAssets", pageSize=100))
    others = [row for row in every.rows if row["parentAssetId"] not in (None, request.path_values["assetId"])]
    return response.with_rows([*response.rows, *others[:1]]) if every.ok else response


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
)
