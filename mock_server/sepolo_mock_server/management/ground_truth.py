"""Handler of the tag "Ground truth"."""

from sepolo_mock_server.errors import management_messages
from sepolo_mock_server.management.call import Answer, Call
from sepolo_mock_server.rules import windows


async def get_ground_truth(call: Call) -> Answer:
    tenant, rule = call.organization.tenant, call.operation.window
    assert rule is not None  # noqa: S101 - the document's window
    found = {name: call.query[name] for name in windows.names(rule)}
    span = windows.resolve(rule, found, tenant.now())
    assert span.start is not None  # noqa: S101 - both ends are required
    assert span.stop is not None  # noqa: S101
    truth = tenant.world.ground_truth(tenant.organization.index, call.path["deviceId"], span.start, span.stop)
    if truth is None:
        raise management_messages.device_unknown()
    return Answer(truth)
