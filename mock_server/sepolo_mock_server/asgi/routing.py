"""Routing: the operation of a path and method, by a dictionary of literal paths and one pattern of templated ones.

The table is pure; the middleware stores the operation that it found in the ASGI scope, where Connexion's middleware
reads it. Paths are compared as they were sent: case-sensitive, without a trailing slash, and `%2F` does not separate
segments.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from connexion.middleware.abstract import ROUTING_CONTEXT, SpecMiddleware
from connexion.spec import Specification
from starlette.types import ASGIApp, Receive, Scope, Send

from sepolo_mock_server.asgi import responses
from sepolo_mock_server.asgi.recorder import EXCHANGE, Exchange, Recorder, is_recorded
from sepolo_mock_server.errors import messages

_METHODS = ("get", "post", "put", "patch", "delete")
_UNRESERVED = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_ESCAPE = re.compile(rb"%([0-9A-Fa-f]{2})")
_TEMPLATE = re.compile(r"\{([^}]+)\}")


@dataclass(frozen=True, slots=True)
class Route:
    """A path item of the contract: operation ids by method, and all methods that it supports for `Allow`."""

    path: str
    operations: Mapping[str, str]
    names: tuple[str, ...] = ()
    allow: str = field(init=False)
    recorded: bool = field(init=False)
    """Whether the request log has its requests."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "recorded", is_recorded(self.path))
        derived = {"OPTIONS"} | ({"HEAD"} if "GET" in self.operations else set())
        object.__setattr__(self, "allow", ", ".join(sorted({*self.operations, *derived})))

    def operation(self, method: str) -> str:
        """Return the operation id of a method, HEAD meaning GET; raise ApiError 405 if there is none."""
        found = self.operations.get("GET" if method == "HEAD" else method)
        if found is None:
            raise messages.method_not_allowed(method, self.allow)
        return found


class RouteTable:
    """All routes; a literal path has precedence over a templated one."""

    def __init__(self, operations: Iterable[tuple[str, str, str]]) -> None:
        """Make the table from triples of path, method and operation id."""
        by_path: dict[str, dict[str, str]] = {}
        for path, method, operation_id in operations:
            by_path.setdefault(path, {})[method.upper()] = operation_id
        routes = [Route(path, methods, tuple(_TEMPLATE.findall(path))) for path, methods in by_path.items()]
        self._literal = {route.path.encode(): route for route in routes if not route.names}
        self._templated: dict[int, Route] = {}
        alternatives, groups = [], 0
        for route in routes:
            if route.names:
                # The number of the empty group at the end identifies the alternative that matched.
                groups += len(route.names) + 1
                self._templated[groups] = route
                literals = map(re.escape, _TEMPLATE.split(route.path)[::2])
                alternatives.append("([^/]+)".join(literals) + "()")
        self._pattern = re.compile("|".join(alternatives).encode() if alternatives else b"(?!)")

    def find(self, raw_path: bytes) -> tuple[Route, dict[str, bytes]] | None:
        """Return the route of a path as it was sent, with its parameters still encoded; None if there is no route."""
        route = self._literal.get(raw_path)
        if route is not None:
            return route, {}
        path = _normalised(raw_path) if b"%" in raw_path else raw_path
        match = self._pattern.fullmatch(path)
        if match is None or match.lastindex is None:
            route = self._literal.get(path)
            return None if route is None else (route, {})
        route = self._templated[match.lastindex]
        first = match.lastindex - len(route.names)
        return route, {name: match.group(first + place) for place, name in enumerate(route.names)}


def _normalised(raw_path: bytes) -> bytes:
    """Decode characters that need no encoding, which gives an equivalent path (RFC 3986, section 6.2.2.2)."""

    def unescape(match: re.Match[bytes]) -> bytes:
        char = bytes.fromhex(match.group(1).decode())
        return char if char[0] in _UNRESERVED else match.group()

    return _ESCAPE.sub(unescape, raw_path)


class Router(SpecMiddleware):
    """Finds the operation of a request and handles OPTIONS; paths outside the documents go to the next app."""

    def __init__(self, app: ASGIApp, *, recorder: Recorder | None = None) -> None:
        self._app = app
        self._recorder = recorder
        self._operations: list[tuple[str, str, str]] = []
        self._table = RouteTable(())

    def add_api(self, specification: Specification, **_options: Any) -> None:
        """Add the paths of a document to the table."""
        paths = specification["paths"]
        self._operations += [
            (path, method, item[method]["operationId"])
            for path, item in paths.items()
            for method in _METHODS
            if method in item
        ]
        self._table = RouteTable(self._operations)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            context: dict[str, str] = {}
            scope.setdefault("extensions", {})[ROUTING_CONTEXT] = context
            found = self._table.find(scope["raw_path"])
            recorder = self._recorder
            if recorder is not None and (found[0].recorded if found else is_recorded(scope["path"])):
                scope[EXCHANGE] = Exchange(recorder)
            if found is not None:
                route, parameters = found
                if scope["method"] == "OPTIONS":
                    await responses.options(scope, send, route.allow)
                    return
                context["api_base_path"] = ""
                context["operation_id"] = route.operation(scope["method"])
                scope["path_params"] = parameters
        await self._app(scope, receive, send)
