"""The handler of each operationId of the management API. A test compares the table with the document."""

from collections.abc import Mapping

from sepolo_mock_server.errors import management_messages
from sepolo_mock_server.management import clocks, keys, organizations
from sepolo_mock_server.management.call import Answer, Call, Handler


async def not_served(call: Call) -> Answer:
    """501 for an operation that has no handler yet."""
    raise management_messages.not_served(call.operation.operation_id)


HANDLERS: Mapping[str, Handler] = {
    "getSession": organizations.get_session,
    "listOrganizations": organizations.list_organizations,
    "createOrganization": organizations.create_organization,
    "getOrganization": organizations.get_organization,
    "deleteOrganization": organizations.delete_organization,
    "getClock": clocks.get_clock,
    "setClock": clocks.set_clock,
    "advanceClock": clocks.advance_clock,
    "resetOrganization": clocks.reset_organization,
    "listKeys": keys.list_keys,
    "createKey": keys.create_key,
    "rotateKey": keys.rotate_key,
    "revokeKey": keys.revoke_key,
    "listFaults": not_served,
    "createFault": not_served,
    "deleteFault": not_served,
    "listRequests": not_served,
    "getRequest": not_served,
    "streamRequests": not_served,
    "exportRequests": not_served,
}
