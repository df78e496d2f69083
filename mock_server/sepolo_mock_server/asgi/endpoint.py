"""One endpoint per operation: key, rate limit, scope, parameters, body, the operation's function, response.

`Endpoint.__call__` does this in that order, and nothing else is done per request. A cached response skips the
parameters and the operation's function, but never the key, the rate limit or the scope.
"""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any

import orjson
from starlette.types import Receive, Scope, Send

from sepolo_mock_server.asgi import responses
from sepolo_mock_server.asgi.forced import ClosedError, Faults
from sepolo_mock_server.asgi.recorder import EXCHANGE, Exchange, Header, record_unanswered
from sepolo_mock_server.asgi.requests import Request
from sepolo_mock_server.asgi.response_cache import ResponseCache
from sepolo_mock_server.asgi.responses import Prepared
from sepolo_mock_server.errors import ApiError, Detail, RejectedError, fault_messages, messages
from sepolo_mock_server.operations import handlers, visits
from sepolo_mock_server.operations.call import Call, Rows
from sepolo_mock_server.rules import api_keys, cursors, preferences, request_bodies, scopes, windows
from sepolo_mock_server.rules.cursors import Binding
from sepolo_mock_server.rules.validation import OperationValidator, row_members
from sepolo_mock_server.rules.windows import Span
from sepolo_mock_server.sandbox import Principal, Sandbox
from sepolo_openapi.contract import Operation

EXTRA_HEADERS = "sepolo.extra_headers"
"""Key of the ASGI scope under which an error response finds headers that belong to every response."""

_NOT_FILTERS = ("cursor", "pageSize")
_UNLIMITED = Span(None, None)


class Endpoint(ABC):
    """Key, rate limit and scope, which all operations share."""

    def __init__(self, sandbox: Sandbox, operation: Operation, validator: OperationValidator) -> None:
        self._sandbox = sandbox
        self._operation = operation
        self._validator = validator
        self._operation_id = operation.operation_id.encode()
        self._faults = Faults(sandbox, operation)
        documented = sandbox.contract.at(operation.pointer)["responses"]
        self._forceable = fault_messages.FORCEABLE.intersection(int(code) for code in documented if code.isdigit())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        sandbox = self._sandbox
        exchange: Exchange | None = scope.get(EXCHANGE)
        if exchange is not None:
            exchange.operation_id = self._operation_id
        key = api_keys.presented_key(sandbox.key_headers, scope["headers"], scope["query_string"])
        principal = sandbox.principals.known(key) or await sandbox.principals.find(key)
        if exchange is not None:
            exchange.identity = principal.identity
        api_keys.check_expiry(principal.fact, principal.tenant.now())
        rate: tuple[Header, ...] = ()
        if principal.limiter is not None:
            rate = scope[EXTRA_HEADERS] = principal.limiter.take()
        request = Request(scope, receive, dict(scope["headers"]))
        if b"prefer" in request.headers:
            rate = scope[EXTRA_HEADERS] = (*rate, *await self._prefer(scope))
        faulty = bool(principal.tenant.fault_rules)
        if faulty:
            try:
                faulty = not await self._faults.before(principal, scope)
            except ClosedError:
                return
        scopes.require(self._operation.scope, principal.scopes)
        response = await self._response(principal, request)
        if response is None:
            record_unanswered(scope)
            return
        if faulty:
            response, send = self._faults.changed(principal, scope, response, send)
        await responses.respond(scope, send, response, request.headers, rate)

    async def _prefer(self, scope: Scope) -> tuple[Header, ...]:
        """Do what the client prefers; return the header that says so. Raises the ApiError that it prefers."""
        wanted = preferences.read(scope["headers"], self._forceable)
        if not wanted.applied:
            return ()
        applied = scope[EXTRA_HEADERS] = (*scope.get(EXTRA_HEADERS, ()), (b"preference-applied", wanted.applied))
        if wanted.delay_s is not None:
            await asyncio.sleep(wanted.delay_s)
        if wanted.code is not None:
            cause = fault_messages.by_preference(wanted.code)
            raise fault_messages.forced(wanted.code, cause, self._operation.method)
        return applied[-1:]

    @abstractmethod
    async def _response(self, principal: Principal, request: Request) -> Prepared | None:
        """The response to a request with a sufficient scope; None if the client has disconnected."""

    def _checked(self, body: bytes) -> bytes:
        """Return the body, validated against the contract if the settings ask for that."""
        if self._sandbox.check_responses:
            self._validator.check_response(body)
        return body


class ReadEndpoint(Endpoint):
    """A GET operation; its responses are cached."""

    def __init__(
        self, sandbox: Sandbox, operation: Operation, validator: OperationValidator, cache: ResponseCache
    ) -> None:
        super().__init__(sandbox, operation, validator)
        self._cache = cache
        self._handler = handlers.READ[operation.operation_id]
        self._stateful = operation.operation_id in handlers.STATEFUL
        self._digest = cursors.digest("operation", operation.operation_id)
        self._cache_control = responses.NO_STORE if operation.operation_id == "getMe" else responses.PRIVATE
        self._members = row_members(sandbox.contract, operation)
        self._window_names = frozenset(windows.names(operation.window)) if operation.window else frozenset()

    async def _response(self, principal: Principal, request: Request) -> Prepared | None:
        sandbox = self._sandbox
        version = await sandbox.state.read(sandbox.store.version, principal.owner) if self._stateful else (0, 0)
        raw_path, raw_query = request.scope["raw_path"], request.scope["query_string"]
        now = principal.tenant.now()
        cache_key = (self._operation.operation_id, principal.number, raw_path, raw_query, now, version)
        response = self._cache.get(cache_key)
        if response is None:
            path = request.scope["path_params"]
            if self._stateful:
                response = await sandbox.state.read(self._new_response, principal, path, raw_query, version[0])
            else:
                response = self._new_response(principal, path, raw_query, version[0])
            self._cache.put(cache_key, response)
        return response

    def _new_response(
        self, principal: Principal, raw_path: Mapping[str, bytes], raw_query: bytes, generation: int
    ) -> Prepared:
        path, path_details = self._validator.path_values(raw_path)
        values, warnings, details = self._validator.query_values(raw_query)
        span, window_details = self._span(principal, values, details)
        binding = self._binding(principal, path, values, span, generation)
        details = [*path_details, *details, *window_details]
        after = None
        if not details and values.get("cursor"):
            try:
                after = principal.tenant.signer.read(values["cursor"], binding)
            except RejectedError as rejected:
                details = [Detail("cursor", rejected.message)]
        if details:
            found = bool(path_details) or self._exists(principal, path, values)
            raise messages.invalid(details) if found else messages.not_found()
        call = Call(self._sandbox, principal, path, values, span, after, values.get("pageSize", 0), self._members)
        result = self._handler(call)
        if result is None:
            raise messages.not_found()
        if isinstance(result, Rows):
            warnings += result.warnings
            body = self._page(principal, result, binding)
        else:
            # A copy of the exact size: orjson's result sits in a larger buffer, and may stay in the cache.
            body = bytes(memoryview(result))
        return Prepared(
            self._operation.status, self._checked(body), self._cache_control, _notice_headers(span, warnings)
        )

    def _span(
        self, principal: Principal, values: Mapping[str, Any], details: list[Detail]
    ) -> tuple[Span, list[Detail]]:
        """The effective window, and details of a window that breaks its rule though both ends could be read."""
        rule = self._operation.window
        if rule is None or any(detail.parameter in self._window_names for detail in details):
            return _UNLIMITED, []
        try:
            return windows.resolve(
                rule, {n: v for n, v in values.items() if n in self._window_names}, principal.tenant.now()
            ), []
        except ApiError as error:
            return _UNLIMITED, list(error.details)

    def _binding(
        self, principal: Principal, path: Mapping[str, str], values: Mapping[str, Any], span: Span, generation: int
    ) -> Binding:
        """What a cursor of this request belongs to."""
        filters = {name: v for name, v in values.items() if name not in _NOT_FILTERS and name not in self._window_names}
        # The ids of the path and the window limit the list as filters do; no parameter has these names.
        filters |= {"/path": path, "/window": [span.start, span.stop]}
        return Binding(
            self._digest, principal.digest, cursors.filters_digest(filters), principal.tenant.digest, generation
        )

    def _exists(self, principal: Principal, path: Mapping[str, str], values: Mapping[str, Any]) -> bool:
        """Whether the ids of the path exist. An unknown id is a 404 even if the query is not valid either."""
        if self._window_names:
            return all(
                find(principal.view, path[name]) is not None for name, find in handlers.PARENTS.items() if name in path
            )
        call = Call(self._sandbox, principal, path, values, _UNLIMITED, None, 1, self._members)
        return not path or self._handler(call) is not None

    def _page(self, principal: Principal, rows: Rows, binding: Binding) -> bytes:
        """The envelope of a list: `data`, `nextCursor`, `hasMore`."""
        cursor = b"null"
        if rows.more and rows.position is not None:
            cursor = b'"%s"' % principal.tenant.signer.issue(binding, rows.position).encode()
        more = b"false" if cursor == b"null" else b"true"
        return b"".join((b'{"data":', rows.array, b',"nextCursor":', cursor, b',"hasMore":', more, b"}"))


class CreateEndpoint(Endpoint):
    """The POST operation: stores a service report."""

    def __init__(self, sandbox: Sandbox, operation: Operation, validator: OperationValidator) -> None:
        super().__init__(sandbox, operation, validator)
        self._members = row_members(sandbox.contract, sandbox.contract.operations["listServiceReports"])

    async def _response(self, principal: Principal, request: Request) -> Prepared | None:
        request_bodies.check_media_type(request.headers)
        body = await request.body()
        if body is None:
            return None
        exchange: Exchange | None = request.scope.get(EXCHANGE)
        if exchange is not None:
            exchange.body = body
        _, warnings, details = self._validator.query_values(request.scope["query_string"])
        key = request_bodies.idempotency_key(request.scope["headers"])
        payload, body_warnings = self._validator.with_colons(request_bodies.parsed(body))
        details += self._validator.body(payload)
        if details:
            raise messages.invalid(details)
        report_id, replayed = await self._sandbox.state.write(
            visits.create_service_report, self._sandbox, principal, self._members, payload, key
        )
        headers: list[Header] = [(b"location", f"{self._operation.path}/{report_id}".encode())]
        if replayed:
            headers.append((b"idempotent-replayed", b"true"))
        headers += _notice_headers(_UNLIMITED, [*warnings, *body_warnings])
        created = self._checked(orjson.dumps({"serviceReportId": report_id}))
        return Prepared(self._operation.status, created, responses.NO_STORE, headers, tagged=False)


def _notice_headers(span: Span, warnings: list[str]) -> list[Header]:
    """Headers that report a window the server supplied, and each warning."""
    headers: list[Header] = []
    if span.defaulted and not (span.start is None and span.stop is None):
        start, stop = (".." if end is None else windows.text(end) for end in (span.start, span.stop))
        headers.append((b"x-sandbox-effective-window", f"{start}/{stop}".encode()))
    headers += [(b"x-sandbox-warning", text.encode()) for text in warnings]
    return headers
