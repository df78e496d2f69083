"""Serves the files of the console, which contain no secret: each is read once and needs no token.

The policy lets the page load its own files and call its own origin, nothing else: no inline script or style, no frame.
"""

import orjson
from starlette.types import ASGIApp, Receive, Scope, Send

from sepolo_mock_server.asgi import responses
from sepolo_mock_server.asgi.recorder import Header
from sepolo_mock_server.asgi.responses import Prepared
from sepolo_mock_server.console import files
from sepolo_mock_server.management.service import Management
from sepolo_mock_server.rules import tokens
from sepolo_openapi.contract import Contract

PATH = "/console/"
OPERATIONS = "operations.json"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
HEADERS: tuple[Header, ...] = (
    (b"content-security-policy", POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
)


def routes(management: Management, contract: Contract) -> dict[str, ASGIApp]:
    """Return the applications of the console by path."""
    pages = {PATH + name: _prepared(body, kind) for name, (kind, body) in files.static().items()}
    pages[PATH + OPERATIONS] = _prepared(orjson.dumps(files.operations(contract)), responses.JSON)
    pages[PATH.rstrip("/")] = Prepared(
        308, b"", responses.PRIVATE, (*HEADERS, (b"location", PATH.encode())), tagged=False, cors=False
    )

    async def page(scope: Scope, _receive: Receive, send: Send) -> None:
        if management.settings.loopback:
            tokens.check_loopback_host(scope["headers"])
        await responses.respond_to_read(scope, send, lambda: pages[scope["path"]])

    return dict.fromkeys(pages, page)


def _prepared(body: bytes, kind: bytes) -> Prepared:
    return Prepared(200, body, responses.PRIVATE, HEADERS, cors=False, content_type=kind)
