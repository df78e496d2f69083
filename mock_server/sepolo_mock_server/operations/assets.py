"""Operations of the tag "Customer and asset context"."""

import orjson

from sepolo_mock_server.operations.call import Call, Result, one, page


def list_assets(call: Call) -> Result:
    return page(
        call.view.assets(
            status=call.query["status"],
            group_id=call.query.get("groupId"),
            customer_id=call.query.get("customerId"),
            updated_since=call.query.get("updatedSince"),
            after=call.after,
            limit=call.limit,
        )
    )


def get_asset(call: Call) -> Result:
    return one(call.view.asset(call.path["assetId"]))


def list_asset_children(call: Call) -> Result:
    return page(call.view.asset_children(call.path["assetId"], after=call.after, limit=call.limit))


def get_assets_summary(call: Call) -> Result:
    return orjson.dumps(call.view.assets_summary())
