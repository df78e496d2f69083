"""Serves the files of the console and of the reference, which contain no secret: they need no token.

The policy lets a page load its own files and call its own origin, nothing else: no inline script or style, no frame.
"""

import orjson
from starlette.types import ASGIApp, Receive, Scope, Send

from sepolo_mock_server.asgi import responses
from sepolo_mock_server.asgi.recorder import Header
from sepolo_mock_server.asgi.responses import Prepared
from sepolo_mock_server.console import files
from sepolo_mock_server.console.files import File
from sepolo_mock_server.management.service import Management
from sepolo_mock_server.rules import tokens
from sepolo_openapi.contract import Contract

PATH, REFERENCE = "/console/", "/reference/"
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
    """Return the applications of the console and of the reference by path."""
    pages = {PATH + name: _prepared(file) for name, file in files.of("static").items()}
    pages[PATH + OPERATIONS] = _json(files.operations(contract))
    pages |= {REFERENCE + name: _prepared(file) for name, file in files.of("reference").items()}
    documents = files.documents(contract, management.contract)
    pages |= {REFERENCE + name: _json(document) for name, document in documents.items()}
    pages |= {path.rstrip("/"): _moved(path) for path in (PATH, REFERENCE)}

    async def page(scope: Scope, _receive: Receive, send: Send) -> None:
        if management.settings.loopback:
            tokens.check_loopback_host(scope["headers"])
        await responses.respond_to_read(scope, send, lambda: pages[scope["path"]])

    return dict.fromkeys(pages, page)


def _moved(path: str) -> Prepared:
    location = (b"location", path.encode())
    return Prepared(308, b"", responses.PRIVATE, (*HEADERS, location), tagged=False, cors=False)


def _json(content: object) -> Prepared:
    return _prepared(File(responses.JSON, orjson.dumps(content)))


def _prepared(file: File) -> Prepared:
    return Prepared(
        200, file.content, responses.PRIVATE, HEADERS, cors=False, content_type=file.media_type, packed=file.packed
    )
