"""One endpoint per operation of the management API: host, token, role, path, query, body, handler, response.

A token is checked before anything is said about organisations, and the organisation of the path before the query and
the body. Responses have no CORS headers: pages of other origins can't read them.
"""

from typing import Any

import orjson
from starlette.types import Receive, Scope, Send

from sepolo_mock_server.asgi import responses
from sepolo_mock_server.asgi.recorder import Header
from sepolo_mock_server.asgi.requests import Request
from sepolo_mock_server.asgi.responses import Prepared
from sepolo_mock_server.errors import management_messages, messages
from sepolo_mock_server.management import handlers
from sepolo_mock_server.management.call import Answer, Call
from sepolo_mock_server.management.service import Management
from sepolo_mock_server.rules import request_bodies, tokens
from sepolo_mock_server.rules.validation import OperationValidator
from sepolo_mock_server.sandbox import Sandbox
from sepolo_openapi.contract import Operation

OPERATOR = "operator"
"""The role, a scope of the document, that only the operator's token has."""


class ManagementEndpoint:
    """An operation of the management API as an ASGI application."""

    def __init__(
        self, sandbox: Sandbox, management: Management, operation: Operation, validator: OperationValidator
    ) -> None:
        self._sandbox, self._management = sandbox, management
        self._operation, self._validator = operation, validator
        self._handler = handlers.HANDLERS[operation.operation_id]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        management, operation = self._management, self._operation
        if management.settings.loopback:
            tokens.check_loopback_host(scope["headers"])
        token = tokens.presented_token(scope["headers"], scope["query_string"], management.is_operator)
        caller = await management.caller(token)
        if operation.scope == OPERATOR and not caller.operator:
            raise management_messages.operator_only()
        path, details = self._validator.path_values(scope["path_params"])
        if details:
            raise messages.invalid(details)
        identifier = path.get("organizationId")
        organization = None if identifier is None else await management.organization(caller, identifier)
        query, warnings, details = self._validator.query_values(scope["query_string"])
        if details:
            raise messages.invalid(details)
        request = Request(scope, receive, dict(scope["headers"]))
        body: dict[str, Any] = {}
        if operation.body_schema is not None:
            found = await self._body(request)
            if found is None:
                return
            body, more = found
            warnings += more
        answer = await self._handler(Call(management, operation, caller, path, query, body, scope, organization))
        if isinstance(answer, Answer):
            await responses.respond(scope, send, self._prepared(answer, warnings), request.headers, ())
        else:
            await answer(scope, receive, responses.with_request_id(send, request.headers))

    async def _body(self, request: Request) -> tuple[dict[str, Any], list[str]] | None:
        """Return the JSON body with its defaults, and warnings; None if the client has disconnected."""
        request_bodies.check_media_type(request.headers)
        raw = await request.body()
        if raw is None:
            return None
        payload, warnings = self._validator.with_colons(request_bodies.parsed(raw))
        details = self._validator.body(payload)
        if details:
            raise messages.invalid(details)
        return self._validator.with_defaults(payload), warnings

    def _prepared(self, answer: Answer, warnings: list[str]) -> Prepared:
        body = orjson.dumps(answer.value)
        if self._sandbox.check_responses:
            self._validator.check_response(body)
        headers: list[Header] = [*answer.headers, *((b"x-sandbox-warning", text.encode()) for text in warnings)]
        return Prepared(self._operation.status, body, responses.NO_STORE, headers, tagged=False, cors=False)
