"""uvicorn's HTTP/1.1 protocol with the API's error body for requests that are not valid HTTP.

Such a request never reaches the application, so uvicorn itself responds to it.
"""

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from sepolo_mock_server.asgi import responses
from sepolo_mock_server.errors import messages
from sepolo_mock_server.errors.api_error import error_body


class ErrorBodyProtocol(HttpToolsProtocol):
    """uvicorn's httptools protocol; a malformed request gets a 400 with the error body of the contract."""

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002 - uvicorn's signature
        """Send the 400 and close the connection."""
        request_id = responses.request_id({})
        body = error_body(messages.invalid_one("request", messages.NOT_HTTP), request_id.decode())
        own = {"content-type": "application/json", "content-length": str(len(body)), "connection": "close"}
        headers = responses.error_headers(request_id, own.items())
        lines = [name + b": " + value + b"\r\n" for name, value in self.server_state.default_headers]
        lines += [f"{name}: {value}\r\n".encode() for name, value in headers.items()]
        self.transport.write(b"".join((STATUS_LINE[400], *lines, b"\r\n", body)))
        self.transport.close()
