"""The ASGI application: Connexion's middleware around one endpoint object per operation.

    ExceptionMiddleware → Router → Endpoints → Fallback

These are public classes of Connexion or subclasses of them. Connexion's own middleware for security, parameters,
responses and context is left out: the endpoints do this work with validators that are compiled once.
"""

import asyncio
import logging
import threading
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any

import orjson
from connexion.apps.abstract import AbstractApp
from connexion.exceptions import ProblemException
from connexion.lifecycle import ConnexionRequest, ConnexionResponse
from connexion.middleware.abstract import RoutedAPI, RoutedMiddleware
from connexion.middleware.exceptions import ExceptionMiddleware
from connexion.operations.abstract import AbstractOperation
from connexion.resolver import Resolver
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Receive, Scope, Send

from sepolo_mock_server.asgi import connexion31, console, discovery, responses
from sepolo_mock_server.asgi.endpoint import EXTRA_HEADERS, CreateEndpoint, ReadEndpoint
from sepolo_mock_server.asgi.management_endpoint import ManagementEndpoint
from sepolo_mock_server.asgi.recorder import EXCHANGE, Exchange, Recorder
from sepolo_mock_server.asgi.response_cache import ResponseCache
from sepolo_mock_server.asgi.responses import Prepared
from sepolo_mock_server.asgi.routing import Router
from sepolo_mock_server.errors import ApiError, messages
from sepolo_mock_server.errors.api_error import error_body
from sepolo_mock_server.errors.printable import printable
from sepolo_mock_server.management import handlers as management_handlers
from sepolo_mock_server.management.service import Management
from sepolo_mock_server.operations import handlers
from sepolo_mock_server.rules import validation
from sepolo_mock_server.rules.masking import Masking
from sepolo_mock_server.rules.validation import OperationValidator
from sepolo_mock_server.sandbox import Sandbox
from sepolo_openapi.contract import Contract, Operation

_log = logging.getLogger("mock_server")

PREPARE_S = 1.0
"""Time after the start in which a program that has waited for the server has all of the processor."""
HEALTH, READY = "/healthz", "/readyz"


class SandboxApp(AbstractApp):
    """The sandbox as an ASGI application. `add_url_rule` adds a path outside the contract."""

    def __init__(self, sandbox: Sandbox, management: Management | None = None) -> None:
        self.sandbox = sandbox
        self.management = management
        self.fallback = Fallback(sandbox)
        self._middleware_app = Endpoints(sandbox, management, self.fallback)
        functions = {**handlers.ALL, **management_handlers.HANDLERS}
        self.recorder: Recorder | None = None
        if sandbox.log is not None and management is not None:
            self.recorder = Recorder(sandbox.log, Masking(management.settings.operator_token))
        router = partial(Router, recorder=self.recorder)
        super().__init__(__name__, middlewares=[ExceptionMiddleware, router], resolver=Resolver(functions.__getitem__))
        for kind in (Exception, HTTPException, ProblemException):
            self.add_error_handler(kind, _error_response)
        connexion31.add_api(self, sandbox.contract.document)
        if management is not None:
            connexion31.add_api(self, management.contract.document)
            self.fallback.prepare = management.store.prepare
            self.fallback.routes |= console.routes(management, sandbox.contract)

    def add_error_handler(self, code_or_exception: Any, function: Any) -> None:
        self.middleware.add_error_handler(code_or_exception, function)

    def add_url_rule(self, rule: str, endpoint: Any = None, view_func: Any = None, **_options: Any) -> None:
        """Serve an ASGI application at an exact path outside the contract."""
        self.fallback.routes[rule] = view_func if view_func is not None else endpoint


class OperationEndpoints(RoutedAPI[ASGIApp]):
    """Holds one endpoint for each operation that Connexion resolves."""

    def __init__(self, *args: Any, make: Callable[[str], ASGIApp], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._make = make
        self.add_paths()

    def make_operation(self, operation: AbstractOperation) -> ASGIApp:
        return self._make(operation.operation_id)


class Endpoints(RoutedMiddleware[OperationEndpoints]):
    """Calls the endpoint of the operation that the router found."""

    api_cls = OperationEndpoints

    def __init__(self, sandbox: Sandbox, management: Management | None, fallback: ASGIApp) -> None:
        super().__init__(fallback)
        self._sandbox, self._management = sandbox, management
        contracts = [sandbox.contract, *([management.contract] if management else [])]
        self._registries = {id(contract): validation.registry(contract) for contract in contracts}
        self._cache = ResponseCache()

    def add_api(self, specification: Any, **kwargs: Any) -> OperationEndpoints:
        return super().add_api(specification, make=self._endpoint, **kwargs)

    def _endpoint(self, operation_id: str) -> ASGIApp:
        contract, management = self._sandbox.contract, self._management
        if management is not None and operation_id in management.contract.operations:
            operation = management.contract.operations[operation_id]
            validator = self._validator(operation, management.contract)
            return ManagementEndpoint(self._sandbox, management, operation, validator)
        operation = contract.operations[operation_id]
        validator = self._validator(operation, contract)
        if operation_id == handlers.CREATE:
            return CreateEndpoint(self._sandbox, operation, validator)
        return ReadEndpoint(self._sandbox, operation, validator, self._cache)

    def _validator(self, operation: Operation, contract: Contract) -> OperationValidator:
        return OperationValidator(operation, contract, self._registries[id(contract)])


def _in_background(function: Callable[[], None]) -> None:
    """Run a function in a thread. Its failure is not shown: whoever needs what it should prepare gets the error."""

    def run() -> None:
        with suppress(Exception):
            function()

    with suppress(RuntimeError):  # no more threads can be started
        threading.Thread(target=run, daemon=True).start()


class Fallback:
    """Handles everything that is not an operation: discovery, health, the server's lifespan, added paths, and 404."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self.prepare: Callable[[], None] | None = None
        """Run in a thread some time after the start."""
        self.routes: dict[str, Any] = {HEALTH: _health, READY: self._ready}
        self.routes |= discovery.routes(self.routes)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._lifespan(receive, send)
        elif scope["type"] == "http":
            route = self.routes.get(scope["path"])
            if route is None:
                raise messages.no_route(scope["path"])
            await route(scope, receive, send)

    async def _lifespan(self, receive: Receive, send: Send) -> None:
        while True:
            message = await receive()
            if message["type"] == "lifespan.shutdown":
                self._sandbox.close()
                await send({"type": "lifespan.shutdown.complete"})
                return
            await send({"type": "lifespan.startup.complete"})
            if self.prepare is not None:
                asyncio.get_running_loop().call_later(PREPARE_S, _in_background, self.prepare)

    async def _ready(self, scope: Scope, receive: Receive, send: Send) -> None:
        """`/readyz`: as `/healthz`, but 503 while the state can't be read and written."""
        if scope["method"] in responses.READ_METHODS:
            await self._sandbox.state.check()
        await _health(scope, receive, send)


async def _health(scope: Scope, _receive: Receive, send: Send) -> None:
    response = Prepared(200, orjson.dumps({"status": "ok"}), responses.NO_STORE, tagged=False)
    await responses.respond_to_read(scope, send, lambda: response)


async def _error_response(request: ConnexionRequest, exception: Exception) -> ConnexionResponse:
    """The response to any exception: the error body of the contract."""
    scope = request.scope
    request_id = responses.request_id(dict(scope["headers"]))
    error = exception if isinstance(exception, ApiError) else messages.internal_error()
    if error is not exception:
        # Logged only here; the request id links the response to the log entry.
        method, path = printable(scope["method"]), printable(scope["path"])
        _log.error("%s %s failed, request %s", method, path, request_id.decode(), exc_info=exception)
    body = error_body(error, request_id.decode())
    rate = [(name.decode(), value.decode()) for name, value in scope.get(EXTRA_HEADERS, ())]
    cors = responses.has_cors(scope["path"])
    headers = responses.error_headers(request_id, [*rate, *error.headers], cors=cors)
    if scope["method"] == "HEAD":
        headers["content-length"], body = str(len(body)), b""
    exchange: Exchange | None = scope.get(EXCHANGE)
    if exchange is not None:
        exchange.reason = b" ".join(filter(None, (exchange.reason, error.explanation.encode())))
        shown = [(name.encode(), value.encode()) for name, value in headers.items()]
        stored = exchange.stored([*shown, (b"content-type", responses.JSON)], body)
        exchange.record(scope, error.status, len(body), stored)
    return ConnexionResponse(status_code=error.status, headers=headers, body=body, mimetype="application/json")
