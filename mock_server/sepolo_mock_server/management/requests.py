"""Handlers of the tag "Requests"."""

import re

from starlette.types import ASGIApp

from sepolo_mock_server.errors import management_messages, messages
from sepolo_mock_server.management import request_filter, request_rows
from sepolo_mock_server.management.call import Answer, Call
from sepolo_mock_server.management.request_stream import EventStream, HarExport
from sepolo_mock_server.management.rows import after
from sepolo_mock_server.management.service import version

_LAST_EVENT_ID = re.compile(rb"[0-9]{1,18}")


async def list_requests(call: Call) -> Answer:
    """The cursor is the number of the last request of the page."""
    wanted, limit = request_filter.of_call(call), call.query["pageSize"]
    before = after(call.query) if "cursor" in call.query else None
    rows: list[request_rows.Row] = []
    async for record in request_filter.newest_first(call.management.log, wanted, before):
        if len(rows) == limit:
            return Answer({"data": rows, "nextCursor": str(rows[-1]["number"]), "hasMore": True})
        rows.append(request_rows.summary(record))
    return Answer({"data": rows, "nextCursor": None, "hasMore": False})


async def get_request(call: Call) -> Answer:
    number = call.path["requestNumber"]
    found = call.management.log.read(number, number)
    if not found or not call.caller.reaches(found[0].organization_id):
        raise management_messages.request_unknown()
    return Answer(request_rows.detail(found[0]))


async def stream_requests(call: Call) -> ASGIApp:
    wanted = request_filter.of_call(call)
    given = dict(call.scope["headers"]).get(b"last-event-id")
    if given is not None and not _LAST_EVENT_ID.fullmatch(given):
        raise messages.invalid_one("Last-Event-ID", management_messages.LAST_EVENT_ID)
    return EventStream(call.management.log, wanted, None if given is None else int(given))


async def export_requests(call: Call) -> ASGIApp:
    wanted = request_filter.of_call(call)
    return HarExport(call.management.log, wanted, version())
