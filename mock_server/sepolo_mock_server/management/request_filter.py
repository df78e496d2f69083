"""Which requests of the log a caller reads: those of its organisation that pass the filters of the query."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass

from sepolo_mock_server.errors import fault_messages, management_messages, messages
from sepolo_mock_server.management.call import Call
from sepolo_mock_server.rules.records import Record
from sepolo_mock_server.state.request_log import RequestLog
from sepolo_openapi import reader

CHUNK = 100
"""Records that are read at once: other workers wait meanwhile, and so do the requests of this one."""


@dataclass(frozen=True, slots=True)
class RequestFilter:
    """Conditions that a record must meet; None for no condition."""

    organization_id: str | None = None
    key_id: str | None = None
    operation_id: str | None = None
    status: str | None = None
    """A status, or its first digit and `xx`."""
    method: str | None = None
    text: str | None = None
    """Part of path, reason, key name or request id, case-folded."""

    def accepts(self, record: Record) -> bool:
        """Whether a record meets all conditions."""
        return (
            self.organization_id in (None, record.organization_id)
            and self.key_id in (None, record.key_id)
            and self.operation_id in (None, record.operation_id)
            and self.method in (None, record.method)
            and self.status in (None, str(record.status), f"{record.status // 100}xx")
            and (self.text is None or self._found(record, self.text))
        )

    @staticmethod
    def _found(record: Record, text: str) -> bool:
        texts = (record.target, record.reason, record.key_name, record.request_id or "")
        return any(text in one.casefold() for one in texts)


def of_call(call: Call) -> RequestFilter:
    """Return the filter of a call; raise ApiError 404 for an organisation that its token does not reach."""
    query = call.query
    organization = query.get("organizationId", call.caller.organization)
    if organization is not None and not call.caller.reaches(organization):
        raise management_messages.organization_unknown()
    operation = query.get("operationId")
    if operation is not None and operation not in reader.load().operations:
        raise messages.invalid_one("operationId", fault_messages.operation_unknown(operation, reader.load().operations))
    text = query.get("text")
    return RequestFilter(
        organization,
        query.get("keyId"),
        operation,
        query.get("status"),
        query.get("method"),
        None if text is None else text.casefold(),
    )


async def newest_first(log: RequestLog, wanted: RequestFilter, before: int | None) -> AsyncIterator[Record]:
    """Yield the records that a filter accepts, those with numbers below `before`."""
    last = log.last if before is None else min(log.last, before - 1)
    while last > 0:
        found = log.read(last - CHUNK + 1, last)
        for record in reversed(found):
            if wanted.accepts(record):
                yield record
        if not found:
            return
        last = found[0].number - 1
        await asyncio.sleep(0)


async def oldest_first(log: RequestLog, wanted: RequestFilter) -> AsyncIterator[Record]:
    """Yield the records that a filter accepts, up to the last one at the first call."""
    first, last = log.first, log.last
    while first <= last:
        for record in log.read(first, min(first + CHUNK - 1, last)):
            if wanted.accepts(record):
                yield record
        # Records may have been dropped meanwhile.
        first = max(first + CHUNK, log.first)
        await asyncio.sleep(0)
