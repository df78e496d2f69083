"""Records each request to the public API in the request log; whoever reads it has all whose response was sent.

The router gives each request an `Exchange`, in which the endpoints note what they know: operation, key, body, reason.
Where a response is sent it is recorded. This costs less than to look at the messages of each response. Keys and tokens
are masked before anything is stored.
"""

from collections.abc import Iterable
from time import time

from starlette.types import Scope

from sepolo_mock_server.errors import ApiError
from sepolo_mock_server.rules import records
from sepolo_mock_server.rules.masking import Masking
from sepolo_mock_server.rules.records import Pairs, Values
from sepolo_mock_server.state.request_log import RequestLog

EXCHANGE = "sepolo.exchange"
"""Key of the ASGI scope under which a request that is recorded has its `Exchange`."""

Header = tuple[bytes, bytes]

Stored = tuple[bytes, bytes, int]
"""Headers and body of a response as the log has them, and the size of the whole body."""

Recorded = tuple["Exchange", bytes, tuple[str, bytes, bytes, list[Header]], float, int, int, Stored, Pairs]
"""A request, its reason, method, path, query and headers; when it ended, status, size of the body, and the response."""

WAITING = 64
"""Requests that are stored together, which takes a fraction of the time of storing each; readers do not wait."""

_NO_HEADERS = records.packed_headers(())
_NOT_RECORDED = ("/sandbox/", "/console", "/reference", "/healthz", "/readyz")
"""What the paths begin with that are not those of the public API."""
_NOT_RECORDED_BYTES = tuple(path.encode() for path in _NOT_RECORDED)


class Exchange:
    """What is known of a request that is being handled."""

    operation_id = b""
    identity = b"\0\0"
    """Organisation, id and name of the key, separated by NUL."""
    body = b""
    reason = b""
    """What a fault rule did to the request, and why it is refused or fails."""
    fault_id = b""

    def __init__(self, recorder: "Recorder") -> None:
        self._recorder = recorder
        self.received_s = time()

    def stored(self, headers: Iterable[Header], body: bytes) -> Stored:
        """Return headers and body of a response as they are stored, and the body's size; it must not be compressed."""
        mask = self._recorder.masking
        return mask.values(headers), mask.text(body[: records.BODY_BYTES]), len(body)

    def record(self, scope: Scope, status: int, sent_bytes: int, stored: Stored, own: Pairs = ()) -> None:
        """Store the request with its response: what `stored` returned for it, and headers that only it has.

        The scope is passed, because an exchange that keeps it would be freed by the garbage collector only.
        """
        request = scope["method"], scope["raw_path"], scope["query_string"], scope["headers"]
        self._recorder.add((self, self.reason, request, time(), status, sent_bytes, stored, own))


def record_unanswered(scope: Scope) -> None:
    """Record a request that gets no response."""
    exchange: Exchange | None = scope.get(EXCHANGE)
    if exchange is not None:
        exchange.record(scope, 0, 0, (_NO_HEADERS, b"", 0))


class Recorder:
    """Makes the exchanges of requests that are recorded in a log."""

    def __init__(self, log: RequestLog, masking: Masking) -> None:
        self.log = log
        self.masking = masking
        self._waiting: list[Recorded] = []
        self._most = WAITING if log.shares_nothing else 1
        log.complete = self.flush

    def add(self, recorded: Recorded) -> None:
        """Store a request, together with others if only this process reads them; those with a body do not wait."""
        self._waiting.append(recorded)
        if len(self._waiting) >= self._most or recorded[0].body:
            self.flush()

    def flush(self) -> None:
        """Store the requests that wait."""
        waiting, self._waiting = self._waiting, []
        for recorded in waiting:
            self.log.append(self._values(recorded))

    def _values(self, recorded: Recorded) -> Values:
        exchange, reason, (method, path, query, given), ended_s, status, sent_bytes, stored, own = recorded
        mask = self.masking
        target, headers = mask.target(path, query), mask.headers(given)
        shown, shown_body, plain_bytes = stored
        body = mask.text(exchange.body[: records.BODY_BYTES])
        return (
            exchange.received_s,
            ended_s,
            status,
            len(exchange.body),
            sent_bytes,
            plain_bytes,
            method,
            target,
            mask.text(reason),
            exchange.fault_id,
            exchange.operation_id,
            exchange.identity,
            headers,
            shown,
            own,
            body,
            shown_body,
            records.SMALL_BYTES + len(target) + len(headers) + len(shown) + len(body) + len(shown_body),
        )

    def begin(self, scope: Scope) -> None:
        """Give a request to the public API its exchange."""
        if not scope["path"].startswith(_NOT_RECORDED):
            scope[EXCHANGE] = Exchange(self)

    def record_rejected(
        self, request: tuple[bytes, bytes, list[Header]], error: ApiError, headers: Iterable[Header], body: bytes
    ) -> None:
        """Record a request, as method, URL and headers, that the server refuses before the application gets it."""
        method, url, given = request
        path, _, query = url.partition(b"?")
        if path.startswith(_NOT_RECORDED_BYTES):
            return
        exchange = Exchange(self)
        exchange.reason = error.explanation.encode()
        scope = {"method": method.decode("latin-1"), "raw_path": path, "query_string": query, "headers": given}
        exchange.record(scope, error.status, len(body), exchange.stored(headers, body))
