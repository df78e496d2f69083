"""One object per operation: key, limit, scope, parameters, body, handler, answer, in this order.

Connexion resolves the operations and routes to them; everything a request costs happens in
`Endpoint.__call__`. A kept answer skips parameters and handler, never key, limit or scope.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from connexion.middleware.abstract import RoutedAPI, RoutedMiddleware
from connexion.operations.abstract import AbstractOperation
from starlette.types import ASGIApp, Receive, Scope, Send

from sepolo_mock_server import errors
from sepolo_mock_server.asgi import responses
from sepolo_mock_server.asgi.responses import Header, Prepared
from sepolo_mock_server.errors import ApiError, Detail, RejectedError
from sepolo_mock_server.operations import handlers, service_reports
from sepolo_mock_server.operations.handlers import Call, Rows
from sepolo_mock_server.rules import api_keys, cursors, query_strings, request_bodies, windows
from sepolo_mock_server.rules.cursors import Binding
from sepolo_mock_server.rules.validation import OperationValidator, registry
from sepolo_mock_server.rules.windows import Span
from sepolo_mock_server.sandbox import Principal, Sandbox
from sepolo_mock_server.state.store import Attempt
from sepolo_openapi.contract import Contract, Operation

RATE_HEADERS = "sepolo.rate_headers"
"""Where in the ASGI scope the rate limit's headers wait for an error answer."""

_NOT_FILTERS = ("cursor", "pageSize")
_OPEN = Span(None, None)


@dataclass(frozen=True, slots=True)
class Request:
    """What an endpoint needs of a request whose key is known."""

    scope: Scope
    receive: Receive
    headers: Mapping[bytes, bytes]


class Endpoint(ABC):
    """What the operations that read and the one that writes share: key, limit and scope."""

    def __init__(self, sandbox: Sandbox, operation: Operation, validator: OperationValidator) -> None:
        self._sandbox = sandbox
        self._operation = operation
        self._validator = validator

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        sandbox = self._sandbox
        key = api_keys.presented_key(sandbox.carriers, scope["headers"], scope["query_string"])
        principal = sandbox.principals[sandbox.keyring.find(key, sandbox.world.now())]
        rate: tuple[Header, ...] = ()
        if principal.limiter is not None:
            rate = scope[RATE_HEADERS] = principal.limiter.take()
        if self._operation.scope not in principal.scopes:
            raise errors.scope_missing(self._operation.scope)
        request = Request(scope, receive, dict(scope["headers"]))
        answer = await self._answer(principal, request)
        if answer is not None:
            await responses.respond(scope, send, answer, request.headers, rate)

    @abstractmethod
    async def _answer(self, principal: Principal, request: Request) -> Prepared | None:
        """The answer to a request that may be made; None when the client has gone."""

    def _checked(self, body: bytes) -> bytes:
        if self._sandbox.check_responses:
            self._validator.check_response(body)
        return body


class ReadEndpoint(Endpoint):
    """A GET operation: answers come from the cache or from the operation's function."""

    def __init__(self, sandbox: Sandbox, operation: Operation, validator: OperationValidator) -> None:
        super().__init__(sandbox, operation, validator)
        self._handler = handlers.HANDLERS[operation.operation_id]
        self._stored = operation.operation_id in handlers.STORED
        self._digest = cursors.digest("operation", operation.operation_id)
        self._cache_control = responses.NO_STORE if operation.operation_id == "getMe" else responses.PRIVATE
        self._members = row_members(sandbox.contract, operation)
        self._window_names = frozenset(windows.names(operation.window)) if operation.window else frozenset()

    async def _answer(self, principal: Principal, request: Request) -> Prepared | None:
        sandbox = self._sandbox
        version = await sandbox.in_store(sandbox.store.version) if self._stored else (0, 0)
        raw_path, raw_query = request.scope["raw_path"], request.scope["query_string"]
        known = (self._operation.operation_id, principal.number, raw_path, raw_query, sandbox.world.now(), version)
        answer = sandbox.cache.get(known)
        if answer is None:
            path = request.scope["path_params"]
            if self._stored:
                answer = await sandbox.in_store(self._fresh, principal, path, raw_query, version[0])
            else:
                answer = self._fresh(principal, path, raw_query, version[0])
            sandbox.cache.put(known, answer)
        return answer

    def _fresh(
        self, principal: Principal, raw_path: Mapping[str, bytes], raw_query: bytes, generation: int
    ) -> Prepared:
        path, path_details = self._validator.path_values(raw_path)
        values, unknown, details = self._validator.query_values(raw_query)
        span, window_details = self._span(values, details)
        filters = {name: v for name, v in values.items() if name not in _NOT_FILTERS and name not in self._window_names}
        # An id in the path narrows the list as a filter does. No parameter is called so.
        filters |= {"/path": path, "/window": [span.start, span.stop]}
        binding = Binding(
            self._digest,
            principal.digest,
            cursors.filters_digest(filters),
            self._sandbox.world_digest,
            generation,
        )
        details = [*path_details, *details, *window_details]
        after = None
        if not details and values.get("cursor"):
            try:
                after = self._sandbox.signer.read(values["cursor"], binding)
            except RejectedError as rejected:
                details = [Detail("cursor", rejected.message)]
        if details:
            known = bool(path_details) or self._exists(principal, path, values)
            raise errors.invalid(details) if known else errors.not_found()
        call = Call(self._sandbox, principal, path, values, span, after, values.get("pageSize", 0), self._members)
        found = self._handler(call)
        if found is None:
            raise errors.not_found()
        notes = self._notes(span, unknown)
        if isinstance(found, Rows):
            notes += [(b"x-sandbox-warning", text.encode()) for text in found.warnings]
            found = self._page(found, binding)
        else:
            # A copy of its own size: orjson's answer sits in a buffer with room to spare, and may be kept.
            found = bytes(memoryview(found))
        return Prepared(self._operation.status, self._checked(found), self._cache_control, notes)

    def _span(self, values: Mapping[str, Any], details: list[Detail]) -> tuple[Span, list[Detail]]:
        """The effective window, and what is wrong with it beyond the ends that were refused already."""
        rule = self._operation.window
        if rule is None or any(detail.parameter in self._window_names for detail in details):
            return _OPEN, []
        try:
            return windows.resolve(
                rule, {n: v for n, v in values.items() if n in self._window_names}, self._sandbox.world.now()
            ), []
        except ApiError as error:
            return _OPEN, list(error.details)

    def _exists(self, principal: Principal, path: Mapping[str, str], values: Mapping[str, Any]) -> bool:
        """Whether the path's ids name something: that they don't is told before what is wrong with the query."""
        if self._window_names:
            return all(
                find(principal.view, path[name]) is not None for name, find in handlers.PARENTS.items() if name in path
            )
        call = Call(self._sandbox, principal, path, values, _OPEN, None, 1, self._members)
        return not path or self._handler(call) is not None

    def _page(self, rows: Rows, binding: Binding) -> bytes:
        cursor = b"null"
        if rows.more and rows.position is not None:
            cursor = b'"%s"' % self._sandbox.signer.issue(binding, rows.position).encode()
        more = b"false" if cursor == b"null" else b"true"
        return b"".join((b'{"data":', rows.array, b',"nextCursor":', cursor, b',"hasMore":', more, b"}"))

    @staticmethod
    def _notes(span: Span, unknown: list[str]) -> list[Header]:
        notes: list[Header] = []
        if span.defaulted and not (span.start is None and span.stop is None):
            start, stop = (".." if end is None else windows.text(end) for end in (span.start, span.stop))
            notes.append((b"x-sandbox-effective-window", f"{start}/{stop}".encode()))
        if unknown:
            notes.append((b"x-sandbox-warning", query_strings.warning(unknown, "parameter").encode()))
        return notes


class CreateEndpoint(Endpoint):
    """The POST operation: a body becomes a stored report."""

    def __init__(self, sandbox: Sandbox, operation: Operation, validator: OperationValidator) -> None:
        super().__init__(sandbox, operation, validator)
        listed = sandbox.contract.operations["listServiceReports"]
        self._members = row_members(sandbox.contract, listed)

    async def _answer(self, principal: Principal, request: Request) -> Prepared | None:
        request_bodies.check_media_type(request.headers)
        body = await request_bodies.read(request.receive, request.headers)
        if body is None:
            return None
        _, unknown, details = self._validator.query_values(request.scope["query_string"])
        key = request_bodies.attempt_key(request.scope["headers"])
        payload = request_bodies.parsed(body)
        details += self._validator.body(payload)
        if details:
            raise errors.invalid(details)
        attempt = None if key is None else Attempt(key, service_reports.body_digest(payload))
        report_id, replayed = await self._sandbox.in_store(self._create, principal, payload, attempt)
        extra: list[Header] = [(b"location", f"{self._operation.path}/{report_id}".encode())]
        if replayed:
            extra.append((b"idempotent-replayed", b"true"))
        if unknown:
            extra.append((b"x-sandbox-warning", query_strings.warning(unknown, "parameter").encode()))
        answer = self._checked(orjson.dumps({"serviceReportId": report_id}))
        return Prepared(self._operation.status, answer, responses.NO_STORE, extra, tagged=False)

    def _create(self, principal: Principal, payload: Any, attempt: Attempt | None) -> tuple[str, bool]:
        now = self._sandbox.world.now()
        draft = service_reports.draft(principal.view, principal.owner, self._members, payload, now)
        return self._sandbox.store.create(principal.owner, draft, attempt)


def row_members(contract: Contract, operation: Operation) -> tuple[str, ...]:
    """Members of an operation's rows in the contract's order; none where it has no rows."""
    if operation.row_schema is None:
        return ()
    return tuple(contract.document["components"]["schemas"][operation.row_schema]["properties"])


class EndpointAPI(RoutedAPI[Endpoint]):
    """Makes the endpoints of the operations that Connexion resolves."""

    def __init__(self, *args: Any, make: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._make = make
        self.add_paths()

    def make_operation(self, operation: AbstractOperation) -> Endpoint:
        endpoint: Endpoint = self._make(operation.operation_id)
        return endpoint


class Endpoints(RoutedMiddleware[EndpointAPI]):
    """The inner application: runs the endpoint that the router found."""

    api_cls = EndpointAPI

    def __init__(self, sandbox: Sandbox, fallback: ASGIApp) -> None:
        super().__init__(fallback)
        self._sandbox = sandbox
        self._registry = registry(sandbox.contract)

    def add_api(self, specification: Any, **kwargs: Any) -> EndpointAPI:
        return super().add_api(specification, make=self._endpoint, **kwargs)

    def _endpoint(self, operation_id: str) -> Endpoint:
        operation = self._sandbox.contract.operations[operation_id]
        validator = OperationValidator(operation, self._registry, self._sandbox.contract.document)
        kind = CreateEndpoint if operation_id == handlers.CREATED else ReadEndpoint
        return kind(self._sandbox, operation, validator)
