"""Operations of the tag "Ready-made aggregates"."""

import orjson

from sepolo_mock_server.operations.call import Call, Result


def get_telemetry_daily(call: Call) -> Result:
    return orjson.dumps(call.view.telemetry_daily(*call.bounds, device_id=call.query.get("deviceId")))
