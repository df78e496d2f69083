"""The handler of each operationId of the management API. A test compares the table with the document."""

from collections.abc import Mapping

from sepolo_mock_server.management import clocks, faults, ground_truth, keys, organizations, requests
from sepolo_mock_server.management.call import Handler

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
    "listFaults": faults.list_faults,
    "createFault": faults.create_fault,
    "deleteFault": faults.delete_fault,
    "getGroundTruth": ground_truth.get_ground_truth,
    "listRequests": requests.list_requests,
    "getRequest": requests.get_request,
    "streamRequests": requests.stream_requests,
    "exportRequests": requests.export_requests,
}
