"""A deployment in memory, with or without sockets, whose rows each test chooses.

It has its own paging and filters, so that tests of the suite do not depend on the sandbox.
"""

import json
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from sepolo_conformance.engine.session import Suite
from sepolo_conformance.model.keys import Key
from sepolo_conformance.model.settings import Settings
from sepolo_conformance.transport.response import Response

__all__ = ["KEY", "Tiny", "asset", "device", "served", "suite_over"]

KEY = Key("key1", "$SEPOLO_API_KEY", "sep_test_0123456789abcdef")
NOW = "2026-07-01T00:00:00Z"
Row = dict[str, Any]
Body = Row | list[Row]


@dataclass
class Tiny:
    """Lists of rows and single objects by path; other paths are 404.

    `change` may replace the status and body of any response. `asked` holds the targets of all requests.
    """

    rows: dict[str, list[Row]] = field(default_factory=dict)
    objects: dict[str, Row] = field(default_factory=dict)
    scopes: list[str] = field(default_factory=lambda: ["assets.read", "devices.read", "telemetry.read"])
    change: Callable[[str, Mapping[str, str], int, Any], tuple[int, Any]] | None = None
    asked: list[str] = field(default_factory=list)

    def send(self, method: str, target: str, headers: Any, body: Any, *, timeout: float) -> Response:
        """Return the response to a request, as a transport does."""
        assert (method, body, timeout > 0) == ("GET", None, True)
        self.asked.append(target)
        parts = urlsplit(target)
        path, query = unquote(parts.path).removeprefix("/api/v1"), dict(parse_qsl(parts.query))
        status, found = self.answer(path, query, dict(headers).get("X-Sepolo-Api-Key"))
        if self.change is not None:
            status, found = self.change(path, query, status, found)
        media = (("Content-Type", "application/json"),)
        return Response(status, media, json.dumps(found).encode())

    def close(self) -> None:
        """Do nothing, since no connection is open."""

    def answer(self, path: str, query: dict[str, str], key: str | None) -> tuple[int, Any]:
        if key != KEY.secret:
            return 401, {"error": "unauthorized", "message": "No such key."}
        if path == "/me":
            return 200, self.me()
        if path in self.objects:
            return 200, self.objects[path]
        if path in self.rows:
            return 200, page_of(self.rows[path], query)
        return 404, {"error": "not_found", "message": f"No {path}."}

    def me(self) -> Row:
        return {
            "organizationId": "7f2d3f0a-7c51-42cf-a06d-2c2df5f0c20b",
            "clientId": "sep_test_…",
            "clientName": None,
            "scopes": self.scopes,
            "version": "v1",
            "rateLimit": {"requestsPerMinute": None, "requestsPerDay": None},
            "allowedGroupIds": [],
            "allowedCustomerIds": [],
            "serverTimeUtc": NOW,
        }


@contextmanager
def served(tiny: Tiny, certificate: Path | None = None) -> Iterator[str]:
    """Serve a deployment on a free port, and yield its URL.

    With a file that contains a private key and a certificate, serve over TLS.
    """

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            answer = tiny.send("GET", self.path, list(self.headers.items()), None, timeout=1.0)
            self.send_response(answer.status)
            for name, value in answer.headers:
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(answer.body)))
            self.end_headers()
            with suppress(BrokenPipeError):  # an interrupted run closes the connection
                self.wfile.write(answer.body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - http.server's name
            """Print nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    if certificate is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield f"http{'s' * (certificate is not None)}://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def page_of(rows: list[Row], query: Mapping[str, str]) -> Row:
    """Return a page; the cursor is the number of the rows before it."""
    start = query.get("from") or query.get("fromUtc") or ""
    stop = query.get("to") or query.get("toUtc") or "9999"
    kept = [row for row in rows if start <= str(row.get("start", start)) <= stop]
    kept = [row for row in kept if all(str(row[name]) == query[name] for name in ("groupId",) if name in query)]
    first, size = int(query.get("cursor", 0)), int(query.get("pageSize", 100))
    after = first + size
    more = after < len(kept)
    return {"data": kept[first:after], "nextCursor": str(after) if more else None, "hasMore": more}


def suite_over(target: Any, **settings: Any) -> Suite:
    """Return a suite whose client sends its requests to `target` instead of a socket."""
    suite = Suite(Settings("http://tiny", **{"keys": (KEY,), "budget": 30.0, **settings}))
    suite.client.transport = target
    return suite


def asset(number: int, **more: object) -> Row:
    """Return a row of /assets."""
    return {"assetId": f"00000000-0000-4000-8000-{number:012}", "isActive": True, "deviceId": None, **more}


def device(number: int, **more: object) -> Row:
    """Return a row of /devices."""
    return {"deviceId": f"D-{number:03}", "deviceName": None, "groupId": number % 3, **more}
