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
from sepolo_mock_server.rules.records import Pairs
from sepolo_mock_server.state.request_log import RequestLog

EXCHANGE = "sepolo.exchange"
"""Key of the ASGI scope under which a request that is recorded has its `Exchange`."""

Header = tuple[bytes, bytes]

Stored = tuple[bytes, bytes, int]
"""Headers and body of a response as the log has them, and the size of the whole body."""

Recorded = tuple[
    float, float, int, int, str, bytes, bytes, list[Header], bytes, bytes, bytes, bytes, bytes, Stored, Pairs
]
"""When a request began and ended, status, bytes sent; its method, path, query and headers; reason, rule, operation,
identity and body of its exchange; the response as it is stored, and headers that only this response has."""

WAITING = 64
"""Requests that are stored together, which takes a fraction of the time of storing each; readers do not wait."""

_NO_HEADERS = records.packed_headers(())
_NOT_RECORDED = ("/sandbox/", "/console", "/reference", "/healthz", "/readyz")
"""What the paths begin with that are not those of the public API."""


def is_recorded(path: str) -> bool:
    """Return whether requests of a path are recorded: all but those of management, console and health."""
    return not path.startswith(_NOT_RECORDED)


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

        Together with others if only this process reads them; a request with a body does not wait. The scope is passed,
        because an exchange that keeps it would be freed by the garbage collector only.
        """
        recorder, body = self._recorder, self.body
        waiting = recorder.waiting
        waiting.append(
            (
                self.received_s,
                time(),
                status,
                sent_bytes,
                scope["method"],
                scope["raw_path"],
                scope["query_string"],
                scope["headers"],
                self.reason,
                self.fault_id,
                self.operation_id,
                self.identity,
                body,
                stored,
                own,
            )
        )
        if body or len(waiting) >= recorder.most:
            recorder.flush()


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
        self.waiting: list[Recorded] = []
        """Requests that are not in the log yet."""
        self.most = WAITING if log.shares_nothing else 1
        """How many may wait."""
        log.complete = self.flush

    def flush(self) -> None:
        """Store the requests that wait."""
        waiting, self.waiting = self.waiting, []
        append, mask = self.log.append, self.masking
        # One loop without further functions, because every request pays for it.
        for one in waiting:
            began_s, ended_s, status, sent, method, path, query, given, reason, rule, name, key, body, stored, own = one
            target, headers = mask.target(path, query), mask.headers(given)
            shown, shown_body, plain = stored
            kept = mask.text(body[: records.BODY_BYTES]) if body else b""
            size = records.SMALL_BYTES + len(target) + len(headers) + len(shown) + len(kept) + len(shown_body)
            append(
                (
                    began_s,
                    ended_s,
                    status,
                    len(body),
                    sent,
                    plain,
                    method,
                    target,
                    mask.text(reason) if reason else b"",
                    rule,
                    name,
                    key,
                    headers,
                    shown,
                    own,
                    kept,
                    shown_body,
                    size,
                )
            )

    def record_rejected(
        self, request: tuple[bytes, bytes, list[Header]], error: ApiError, headers: Iterable[Header], body: bytes
    ) -> None:
        """Record a request, as method, URL and headers, that the server refuses before the application gets it."""
        method, url, given = request
        path, _, query = url.partition(b"?")
        if not is_recorded(path.decode("latin-1")):
            return
        exchange = Exchange(self)
        exchange.reason = error.explanation.encode()
        scope = {"method": method.decode("latin-1"), "raw_path": path, "query_string": query, "headers": given}
        exchange.record(scope, error.status, len(body), exchange.stored(headers, body))
