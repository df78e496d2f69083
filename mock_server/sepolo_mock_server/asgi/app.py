"""The only wiring: the contract, the world and the rules become an ASGI application, driven by Connexion.

    ExceptionMiddleware → Router → Endpoints (one object per operation) → Fallback

are Connexion's public bases or subclasses of them; its own per-request wrappers for security, parameters,
responses and context are left out, because the endpoint does their work from validators that are compiled
once.
"""

import logging
from collections.abc import Callable
from typing import Any

import orjson
from connexion.apps.abstract import AbstractApp
from connexion.exceptions import ProblemException
from connexion.lifecycle import ConnexionRequest, ConnexionResponse
from connexion.middleware.exceptions import ExceptionMiddleware
from starlette.exceptions import HTTPException
from starlette.types import Receive, Scope, Send

from sepolo_mock_server import errors
from sepolo_mock_server.asgi import connexion31, responses
from sepolo_mock_server.asgi.endpoint import RATE_HEADERS, Endpoints
from sepolo_mock_server.asgi.responses import Prepared
from sepolo_mock_server.asgi.routing import Router
from sepolo_mock_server.errors import ApiError
from sepolo_mock_server.operations import handlers
from sepolo_mock_server.sandbox import Sandbox

_log = logging.getLogger("mock_server")

HEALTH = "/healthz"


class SandboxApp(AbstractApp):
    """The sandbox as an ASGI application. `add_route` adds a path outside the contract."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        self.fallback = Fallback(sandbox.close)
        self._middleware_app = Endpoints(sandbox, self.fallback)
        super().__init__(
            __name__,
            middlewares=[ExceptionMiddleware, Router],
            resolver=connexion31.TableResolver(_handler_of),
        )
        for kind in (Exception, HTTPException, ProblemException):
            self.add_error_handler(kind, _answer_error)
        connexion31.admit(self, sandbox.contract.document)

    def add_error_handler(self, code_or_exception: Any, function: Any) -> None:
        self.middleware.add_error_handler(code_or_exception, function)

    def add_url_rule(self, rule: str, endpoint: Any = None, view_func: Any = None, **_options: Any) -> None:
        """Serve an ASGI application at an exact path outside the contract."""
        self.fallback.routes[rule] = view_func if view_func is not None else endpoint


class Fallback:
    """What is no operation: health, the server's lifespan, added paths, and 404 for the rest."""

    def __init__(self, on_shutdown: Callable[[], None]) -> None:
        self._on_shutdown = on_shutdown
        self.routes: dict[str, Any] = {HEALTH: _healthy}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._lifespan(receive, send)
        elif scope["type"] == "http":
            route = self.routes.get(scope["path"])
            if route is None:
                raise errors.no_route(scope["path"])
            await route(scope, receive, send)

    async def _lifespan(self, receive: Receive, send: Send) -> None:
        while True:
            message = await receive()
            if message["type"] == "lifespan.shutdown":
                self._on_shutdown()
                await send({"type": "lifespan.shutdown.complete"})
                return
            await send({"type": "lifespan.startup.complete"})


async def _healthy(scope: Scope, _receive: Receive, send: Send) -> None:
    allow = "GET, HEAD, OPTIONS"
    if scope["method"] == "OPTIONS":
        await responses.options(scope, send, allow)
        return
    if scope["method"] not in {"GET", "HEAD"}:
        raise errors.method_not_allowed(scope["method"], allow)
    answer = Prepared(200, orjson.dumps({"status": "ok"}), responses.NO_STORE, tagged=False)
    await responses.respond(scope, send, answer, dict(scope["headers"]), ())


def _handler_of(operation_id: str) -> Callable[..., Any]:
    if operation_id == handlers.CREATED:
        return _handler_of
    return handlers.HANDLERS[operation_id]


async def _answer_error(request: ConnexionRequest, exception: Exception) -> ConnexionResponse:
    """The one error handler: every failure leaves in the envelope."""
    scope = request.scope
    request_id = responses.request_id(dict(scope["headers"]))
    error = _as_api_error(exception)
    if error.status >= 500 and not isinstance(exception, ApiError):
        # The only place that logs it, and the only line that links the answer to its cause.
        _log.error(
            "%s %s failed, request %s",
            scope["method"],
            scope["path"],
            request_id.decode(),
            exc_info=exception,
        )
    body = errors.envelope(error, request_id.decode())
    rate = [(name.decode(), value.decode()) for name, value in scope.get(RATE_HEADERS, ())]
    headers = responses.error_headers(request_id, [*rate, *error.headers])
    if scope["method"] == "HEAD":
        headers["content-length"], body = str(len(body)), b""
    return ConnexionResponse(status_code=error.status, headers=headers, body=body, mimetype="application/json")


def _as_api_error(exception: Exception) -> ApiError:
    return exception if isinstance(exception, ApiError) else errors.internal()
