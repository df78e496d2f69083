"""HTTP/1.1 on one connection: uvicorn's httptools protocol with limits, and with the API's error body.

The parser has no limits of its own, and leaves the rest of a request with Upgrade to another protocol. Here

- Upgrade is ignored (RFC 9110, section 7.8): such a request is parsed a second time without it;
- request line, headers and trailers are bounded, and so are pipelined requests, and the time in which a request must
  arrive;
- a request that is rejected here gets its error response after the responses to the requests before it.
"""

import re
from collections import deque
from enum import Enum, auto
from typing import Any, cast

import httptools
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol, RequestResponseCycle

from sepolo_mock_server.asgi import responses
from sepolo_mock_server.asgi.recorder import Recorder
from sepolo_mock_server.errors import ApiError, messages
from sepolo_mock_server.rules.connection import CONNECTION

MAX_HEAD_BYTES = 64 * 1024
"""Limit of request line, headers and trailers together."""
MAX_HEADERS = 100
"""Limit of headers and trailers together."""
HEAD_S = 10
"""Time in which request line and headers must arrive; a new connection must send its first request in this time."""
REQUEST_S = 30
"""Time in which a whole request must arrive."""
PIECE_BYTES = 4096
"""What is parsed at once, so that a client can not fill the memory with requests that wait for a response."""
UNREAD_S = 30
"""Time after which a connection is closed whose client reads nothing of a response."""
LINGER_S, LINGER_BYTES = 2, 8 * 2**20
"""What a client may send after a rejected request, so that it can read the response when it has sent everything."""

_HOST = re.compile(rb"[A-Za-z0-9._~!$&'()*+,;=%:\[\]-]*")
_VERSIONS = frozenset({"1.0", "1.1"})


class _Stage(Enum):
    """What the next byte of a client belongs to."""

    BETWEEN = auto()
    HEAD = auto()
    BODY = auto()


class _RejectedRequestError(Exception):
    """Ends the parsing of a request in a callback of the parser."""

    def __init__(self, error: ApiError) -> None:
        super().__init__(error.message)
        self.error = error


class BoundedProtocol(HttpToolsProtocol):
    """uvicorn's protocol for one connection; `expire` must be called about once a second."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.headers = []
        self.ending = False
        """Whether the server ends."""
        self._stage = _Stage.BETWEEN
        self.url = b""
        self._size = 0
        self._count = 0
        self._unparsed = 0
        self._ignored = 0
        self._received = memoryview(b"")
        """What is not parsed yet, because the requests before it have no response."""
        self._upgrade = False
        self._open: deque[RequestResponseCycle] = deque()
        """Requests whose response is not complete; the first is in the application, the others wait for it."""
        self._rejection: ApiError | None = None
        self._ended_s: float | None = None
        """When the last response was sent; what the client sends later is ignored."""
        self._since_s = self.loop.time()
        self._unread = 0, self._since_s

    def data_received(self, data: bytes) -> None:
        if self._rejection is None:
            self._received = memoryview(bytes(self._received) + data if self._received else data)
            self._parse()
        else:
            self._ignored += len(data)
            if self._ignored > LINGER_BYTES:
                self.transport.abort()

    def _parse(self) -> None:
        """Parse what was received, until a request must wait for the response to another."""
        while self._received and len(self._open) < 2 and self._rejection is None:
            piece, self._received = self._received[:PIECE_BYTES], self._received[PIECE_BYTES:]
            self._unparsed += len(piece)
            try:
                self._feed(piece)
            except httptools.HttpParserError as error:
                cause = error.__context__
                own = cause.error if isinstance(cause, _RejectedRequestError) else None
                self._reject(own or messages.invalid_one("request", messages.NOT_HTTP))
                return
            if self._unparsed > MAX_HEAD_BYTES:
                # The parser keeps what it has seen of a header until the header is complete.
                self._reject(messages.headers_too_large(MAX_HEAD_BYTES, MAX_HEADERS))
        if self._received:
            self.flow.pause_reading()

    def _feed(self, rest: memoryview) -> None:
        while True:
            try:
                self.parser.feed_data(rest)
            except httptools.HttpParserUpgrade as upgrade:
                rest = rest[upgrade.args[0] :]
                self._parse_without_upgrade()
            else:
                return

    def _parse_without_upgrade(self) -> None:
        """Parse the head of a request with Upgrade again; its body follows."""
        version = self.parser.get_http_version().encode()
        lines = [b"%s %s HTTP/%s" % (self.parser.get_method(), self.url, version)]
        lines += [name + b": " + value for name, value in self.headers if name != b"upgrade"]
        self.parser = httptools.HttpRequestParser(self)
        # As uvicorn does, so that the response to a request with `Connection: close` is sent whatever follows it.
        self.parser.set_dangerous_leniencies(lenient_data_after_close=True)
        self._upgrade = False
        self.parser.feed_data(b"\r\n".join((*lines, b"", b"")))

    # Callbacks of the parser

    def on_message_begin(self) -> None:
        self._unset_keepalive_if_required()
        super().on_message_begin()
        self.scope["extensions"] = cast("dict[str, dict[object, object]]", {CONNECTION: self})
        self._stage = _Stage.HEAD
        self._since_s = self.loop.time()
        self._size = self._count = self._unparsed = 0

    def on_url(self, url: bytes) -> None:
        self._size += len(url)
        self._unparsed = 0
        if self._size > MAX_HEAD_BYTES:
            raise _RejectedRequestError(messages.uri_too_long(MAX_HEAD_BYTES))
        super().on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        self._size += len(name) + len(value) + len(b": \r\n")
        self._count += 1
        self._unparsed = 0
        if self._size > MAX_HEAD_BYTES or self._count > MAX_HEADERS:
            raise _RejectedRequestError(messages.headers_too_large(MAX_HEAD_BYTES, MAX_HEADERS))
        # A trailer is no header of the request (RFC 9110, section 6.5.1).
        if self._stage is _Stage.HEAD:
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        version = self.parser.get_http_version()
        if version not in _VERSIONS:
            raise _RejectedRequestError(messages.invalid_one("request", messages.HTTP_VERSION))
        self._check_host(version)
        if self.parser.should_upgrade():
            if self.parser.get_method() == b"CONNECT":
                raise _RejectedRequestError(messages.invalid_one("request", messages.NOT_HTTP))
            self._upgrade = True
            return
        self._unset_keepalive_if_required()
        super().on_headers_complete()
        self._stage = _Stage.BODY
        self._open.append(self.cycle)

    def on_body(self, body: bytes) -> None:
        self._unparsed = 0
        super().on_body(body)

    def on_message_complete(self) -> None:
        if not self._upgrade:
            super().on_message_complete()
            self._stage = _Stage.BETWEEN
            self._unparsed = 0

    def _check_host(self, version: str) -> None:
        """Reject a request as RFC 9112, section 3.2, requires."""
        hosts = [value for name, value in self.headers if name == b"host"]
        if len(hosts) == 1 and _HOST.fullmatch(hosts[0]):
            return
        if hosts or version != "1.0":
            message = messages.HOST_MALFORMED if len(hosts) == 1 else messages.host_count(len(hosts))
            raise _RejectedRequestError(messages.invalid_one("request", message))

    # What the application may ask for

    def cut(self) -> None:
        """Close the connection after what was sent, and leave its requests without a response."""
        for cycle in self._open:
            self._disconnect(cycle)
        self.pipeline.clear()
        self.transport.close()

    # Rejected requests

    def _reject(self, error: ApiError) -> None:
        """Respond to the request that is being received, after the responses to those before it."""
        self._rejection = error
        self._received = memoryview(b"")
        if self._stage is _Stage.BODY and not self._drop_request():
            self._end()
        elif not self._open:
            self._respond_and_end(error)

    def _drop_request(self) -> bool:
        """Take the request whose body is being received from the application; return whether it needs a response."""
        if self.cycle.response_complete:
            return False
        cycle = self._open.pop()
        self._disconnect(cycle)
        self.pipeline = deque(entry for entry in self.pipeline if entry[0] is not cycle)
        return not cycle.response_started

    def _disconnect(self, cycle: RequestResponseCycle) -> None:
        """Tell the application that the client of a request has gone; nothing that it sends is sent on."""
        cycle.disconnected = True
        cycle.message_event.set()

    def on_response_complete(self) -> None:
        self._open.popleft()
        super().on_response_complete()
        if self.transport.is_closing():
            return
        if self._rejection is None:
            self._since_s = self.loop.time() if self._received else self._since_s
            self._parse()
        elif not self._open:
            self._respond_and_end(self._rejection)

    def _respond_and_end(self, error: ApiError) -> None:
        headers, body = responses.error_response(dict(self.headers), error)
        lines = [
            name + b": " + value + b"\r\n"
            for name, value in (*self.server_state.default_headers, *headers, (b"connection", b"close"))
        ]
        if self._stage is not _Stage.BETWEEN and self.parser.get_method() == b"HEAD":
            body = b""
        recorder: Recorder | None = getattr(self.app, "recorder", None)
        if recorder is not None:
            method = self.parser.get_method() if self._stage is not _Stage.BETWEEN else b""
            recorder.record_rejected((method, self.url, self.headers), error, headers, body)
        self.transport.write(b"".join((STATUS_LINE[error.status], *lines, b"\r\n", body)))
        self._end()

    def _end(self) -> None:
        """Send no more, and ignore what is received.

        The connection is closed when the client closes it, or by `expire`: closing it while the client sends would
        reset it, and the client would lose the response (RFC 9112, section 9.6).
        """
        self._unset_keepalive_if_required()
        self._ended_s = self.loop.time()
        self.flow.resume_reading()
        self.transport.write_eof()

    # Time

    def expire(self, now_s: float) -> None:
        """Reject or close the connection if its client has not sent or read for too long; `now_s`: the loop's time."""
        unread = self.transport.get_write_buffer_size()
        if unread == 0 or unread != self._unread[0]:
            self._unread = unread, now_s
        lingers = unread == 0 and self._ended_s is not None and now_s - self._ended_s > LINGER_S
        if lingers or now_s - self._unread[1] > UNREAD_S:
            self.transport.abort()
        elif self.transport.is_closing() or self._rejection is not None or self._received:
            return
        elif self._stage is _Stage.BETWEEN:
            if self.cycle is None and now_s - self._since_s > HEAD_S:
                self.transport.close()
        elif now_s - self._since_s > (limit_s := HEAD_S if self._stage is _Stage.HEAD else REQUEST_S):
            self._reject(messages.request_timeout(limit_s))

    def shutdown(self) -> None:
        """Close the connection after the responses to its requests; called when the server ends."""
        self.ending = True
        if self._stage is _Stage.HEAD and self._rejection is None and not self._open:
            self._reject(messages.shutting_down())
        if self._ended_s is not None:
            self.transport.close()
        else:
            super().shutdown()

    def abandon(self) -> None:
        """Respond with 503 to the first open request if it has no response yet, and close the connection."""
        first = self._open[0] if self._open else None
        for cycle in self._open:
            self._disconnect(cycle)
        self.pipeline.clear()
        if first is None or first.response_started or self.transport.get_write_buffer_size() > 0:
            self.transport.abort()
        else:
            self._respond_and_end(messages.shutting_down())
            self.transport.close()
