"""Operations of the tag "Customers, vendors and parts"."""

from sepolo_mock_server.operations.call import Call, Result, page, whole_list


def list_customers(call: Call) -> Result:
    return page(
        call.view.customers(external_system=call.query.get("externalSystem"), after=call.after, limit=call.limit)
    )


def list_vendors(call: Call) -> Result:
    return whole_list(call.view.vendors())


def list_inventory_parts(call: Call) -> Result:
    return page(
        call.view.parts(
            vendor_id=call.query.get("vendorId"), status=call.query["status"], after=call.after, limit=call.limit
        )
    )
