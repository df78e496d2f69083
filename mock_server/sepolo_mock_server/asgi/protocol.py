"""HTTP/1.1 as uvicorn speaks it, but for its one answer of its own: what is no HTTP gets the envelope too.

Nothing of the API is known here; no request gets this far that the application could answer.
"""

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from sepolo_mock_server import errors
from sepolo_mock_server.asgi import responses


class EnvelopeProtocol(HttpToolsProtocol):
    """uvicorn's httptools protocol, refusing malformed requests in the contract's words."""

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002 - uvicorn's signature
        """Answer what the parser couldn't read, and end the connection."""
        request = responses.request_id({})
        body = errors.envelope(errors.invalid_one("request", errors.NOT_HTTP), request.decode())
        own = {"content-type": "application/json", "content-length": str(len(body)), "connection": "close"}
        headers = responses.error_headers(request, own.items())
        lines = [name + b": " + value + b"\r\n" for name, value in self.server_state.default_headers]
        lines += [f"{name}: {value}\r\n".encode() for name, value in headers.items()]
        self.transport.write(b"".join((STATUS_LINE[400], *lines, b"\r\n", body)))
        self.transport.close()
