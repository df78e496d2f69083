"""What fault rules and the header Prefer do to a request of the public API.

`EFFECTS` is the table of what a rule may do. An effect acts either before the operation or on its successful response,
and the first rule that applies is carried out; rules that act on the response come after the others.
"""

import asyncio
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import orjson
from starlette.types import Message, Scope, Send

from sepolo_mock_server.asgi import responses
from sepolo_mock_server.asgi.recorder import EXCHANGE, record_unanswered
from sepolo_mock_server.asgi.responses import Prepared
from sepolo_mock_server.errors import fault_messages
from sepolo_mock_server.rules import connection
from sepolo_mock_server.rules.faults import FaultRule
from sepolo_mock_server.sandbox import Principal, Sandbox
from sepolo_openapi.contract import Operation


class ClosedError(Exception):
    """Ends a request whose connection a rule has closed."""


@dataclass(frozen=True, slots=True)
class Target:
    """A request that a rule may concern."""

    operation: Operation
    scope: Scope
    required: Mapping[str, Collection[str]]
    """The required members of the response (key `body`) and of its rows (key `row`)."""


@dataclass(frozen=True, slots=True)
class Before:
    """An effect before the operation; `applies` tells by the request."""

    act: Callable[[FaultRule, Target], Any]
    applies: Callable[[Target], bool] = lambda _: True


@dataclass(frozen=True, slots=True)
class OnResponse:
    """An effect on a successful response: the body in its place, None if it does not apply."""

    change: Callable[[bytes, Target], bytes | None]
    cut: bool = False
    """Whether the connection is closed in the middle of the body."""


async def _status(rule: FaultRule, target: Target) -> None:
    assert rule.status is not None  # noqa: S101 - checked when the rule was made
    message = fault_messages.by_rule(rule.fault_id, rule.status)
    raise fault_messages.forced(rule.status, message, target.operation.method)


async def _rate_limit(rule: FaultRule, _target: Target) -> None:
    raise fault_messages.forced_limit(fault_messages.by_rule(rule.fault_id, 429), rule.retry_after_s or 0)


async def _stale_cursor(_rule: FaultRule, _target: Target) -> None:
    raise fault_messages.stale_cursor()


async def _delay(rule: FaultRule, _target: Target) -> None:
    await asyncio.sleep(rule.delay_s or 0)


async def _close(_rule: FaultRule, target: Target) -> None:
    record_unanswered(target.scope)
    if (server := connection.of(target.scope)) is not None:
        server.cut()
    raise ClosedError


def _has_cursor(target: Target) -> bool:
    query: bytes = target.scope["query_string"]
    return any(pair.startswith(b"cursor=") for pair in query.split(b"&"))


def _same(body: bytes, target: Target) -> bytes | None:
    return body if target.scope["method"] != "HEAD" and len(body) > 1 else None


def _twice(body: bytes, target: Target) -> bytes | None:
    if target.operation.returns == "object":
        return None
    parsed = orjson.loads(body)
    rows = parsed["data"] if target.operation.returns == "page" else parsed
    if not rows:
        return None
    rows.append(rows[-1])
    return orjson.dumps(parsed)


def _without_member(body: bytes, target: Target) -> bytes | None:
    """Without a required member of the first row, or else of the response."""
    parsed = orjson.loads(body)
    rows = parsed if isinstance(parsed, list) else parsed.get("data", []) if target.operation.returns == "page" else []
    place, names = (rows[0], target.required["row"]) if rows else (parsed, ())
    if not names and isinstance(parsed, dict):
        place, names = parsed, target.required["body"]
    name = next((name for name in names if name in place), None)
    if name is None:
        return None
    del place[name]
    return orjson.dumps(parsed)


EFFECTS: Mapping[str, Before | OnResponse] = MappingProxyType(
    {
        "status": Before(_status),
        "delay": Before(_delay),
        "close": Before(_close),
        "truncate": OnResponse(_same, cut=True),
        "rateLimit": Before(_rate_limit),
        "staleCursor": Before(_stale_cursor, _has_cursor),
        "duplicateRow": OnResponse(_twice),
        "invalidBody": OnResponse(_without_member),
    }
)


class Faults:
    """Carries out the fault rules of requests for one operation."""

    def __init__(self, sandbox: Sandbox, operation: Operation) -> None:
        self._sandbox = sandbox
        self._operation = operation
        schema = sandbox.contract.at(f"/components/schemas/{operation.schema_name}")
        row = sandbox.contract.at(f"/components/schemas/{operation.row_schema}") if operation.row_schema else {}
        self._required = {"body": schema.get("required", ()), "row": row.get("required", ())}

    async def before(self, principal: Principal, scope: Scope) -> bool:
        """Carry out the first rule that acts before the operation; return whether there was one.

        Raises the ApiError of the rule, and ClosedError if it closed the connection.
        """
        target = self._target(scope)
        for rule in self._rules(principal):
            effect = EFFECTS[rule.effect]
            if isinstance(effect, Before) and effect.applies(target) and self._take(rule, principal, scope):
                await effect.act(rule, target)
                return True
        return False

    def changed(self, principal: Principal, scope: Scope, response: Prepared, send: Send) -> tuple[Prepared, Send]:
        """Return the response and its channel, as the first rule wants them that acts on responses."""
        target = self._target(scope)
        for rule in self._rules(principal):
            effect = EFFECTS[rule.effect]
            if isinstance(effect, Before):
                continue
            body = effect.change(response.body, target)
            if body is not None and self._take(rule, principal, scope):
                changed = Prepared(response.status, body, responses.NO_STORE, response.extra, tagged=False)
                if not effect.cut:
                    return changed, send
                return changed, _cutting(scope, send)
        return response, send

    def _target(self, scope: Scope) -> Target:
        return Target(self._operation, scope, self._required)

    def _rules(self, principal: Principal) -> list[FaultRule]:
        key, operation = principal.key_id, self._operation.operation_id
        return [rule for rule in principal.tenant.fault_rules if rule.concerns(key, operation)]

    def _take(self, rule: FaultRule, principal: Principal, scope: Scope) -> bool:
        faults = self._sandbox.faults
        assert faults is not None  # noqa: S101 - there are rules
        hit, ended = faults.counts.take(rule)
        if ended:
            faults.remove_later(principal.tenant.organization.id, rule.fault_id)
        if hit and (exchange := scope.get(EXCHANGE)) is not None:
            exchange.fault_id = rule.fault_id.encode()
            exchange.reason = fault_messages.done(rule.fault_id, rule.effect, rule.delay_s or 0).encode()
        return hit


def _cutting(scope: Scope, send: Send) -> Send:
    """A channel that sends half of the body, then closes the connection."""

    async def cut(message: Message) -> None:
        if message["type"] != "http.response.body":
            await send(message)
            return
        body = message["body"]
        await send({"type": "http.response.body", "body": body[: len(body) // 2], "more_body": True})
        if (server := connection.of(scope)) is not None:
            server.cut()

    return cut
