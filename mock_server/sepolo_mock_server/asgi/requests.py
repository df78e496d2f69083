"""A request whose key is known, and its body, read up to the size limit."""

from collections.abc import Mapping
from dataclasses import dataclass

from starlette.types import Receive, Scope

from sepolo_mock_server.rules import request_bodies


@dataclass(frozen=True, slots=True)
class Request:
    """The ASGI scope of a request, the channel of its body, and its headers by lower-case name."""

    scope: Scope
    receive: Receive
    headers: Mapping[bytes, bytes]

    async def body(self) -> bytes | None:
        """Return the whole body, None if the client has disconnected; raise ApiError 413 if it is too large."""
        request_bodies.check_declared_length(self.headers)
        body = bytearray()
        while True:
            message = await self.receive()
            if message["type"] == "http.disconnect":
                return None
            body += message.get("body", b"")
            request_bodies.check_length(len(body))
            if not message.get("more_body", False):
                return bytes(body)
