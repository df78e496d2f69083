"""Handlers of the tag "Faults", and the removal of rules whose count is used up."""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any
from uuid import uuid4

from sepolo_mock_server.errors import ApiError, Detail, fault_messages, messages
from sepolo_mock_server.management.call import Answer, Call
from sepolo_mock_server.management.organizations import now_ms
from sepolo_mock_server.management.service import Management
from sepolo_mock_server.rules import windows
from sepolo_mock_server.rules.faults import FaultRule
from sepolo_mock_server.state.managed import StoredOrganization
from sepolo_openapi import reader
from sepolo_openapi.contract import Operation

MAXIMUM_FAULTS = 100
"""Rules of one organisation."""

_OWNED = {"status": "status", "delaySeconds": "delay", "retryAfterSeconds": "rateLimit"}
"""The effect that each member belongs to."""
_RETRY_AFTER_S = 1
_removals: set[asyncio.Task[None]] = set()

Stored = Mapping[str, Any]


async def list_faults(call: Call) -> Answer:
    rows = [_row(call.management, rule) for rule in call.organization.stored.faults]
    return Answer({"data": [row for row in rows if row["remaining"] != 0], "nextCursor": None, "hasMore": False})


async def create_fault(call: Call) -> Answer:
    management, live, body = call.management, call.organization, call.body
    details = _details(body)
    key_id = body.get("keyId")
    if key_id is not None and not await _has_key(call, key_id.lower()):
        details.append(Detail("keyId", fault_messages.KEY_UNKNOWN))
    if details:
        raise messages.invalid(details)
    rule = _rule(body)

    def change(stored: StoredOrganization) -> StoredOrganization:
        left = tuple(one for one in stored.faults if not _used_up(management, one))
        if len(left) >= MAXIMUM_FAULTS:
            raise fault_messages.too_many_faults(MAXIMUM_FAULTS)
        return replace(stored, faults=(*left, rule))

    await management.state.write(management.store.change_organization, live.stored, change)
    return Answer(_row(management, rule))


async def delete_fault(call: Call) -> Answer:
    management = call.management
    rule = await _remove(management, call.organization.stored, call.path["faultId"])
    if rule is None or _used_up(management, rule):
        raise fault_messages.fault_unknown()
    row = _row(management, rule)
    management.fault_counts.forget(FaultRule.of(rule))
    return Answer(row)


def remove_later(management: Management, organization: str, fault_id: str) -> None:
    """Remove a rule that has ended, without letting a request wait for it.

    The counts end the rule at once in every worker; removed, it does not begin anew when the sandbox is started again.
    """

    async def remove() -> None:
        live = await management.principals.organization(organization)
        # The organisation may be gone meanwhile, and an outage of the state is logged where it is noticed.
        with suppress(ApiError):
            if live is not None:
                await _remove(management, live.stored, fault_id)

    task = asyncio.get_running_loop().create_task(remove())
    _removals.add(task)
    task.add_done_callback(_removals.discard)


async def _remove(management: Management, stored: StoredOrganization, fault_id: str) -> Stored | None:
    """Remove a rule and return it, None if there is none."""
    removed: list[Stored] = []

    def change(stored: StoredOrganization) -> StoredOrganization:
        removed[:] = [one for one in stored.faults if one["faultId"] == fault_id]
        return replace(stored, faults=tuple(one for one in stored.faults if one["faultId"] != fault_id))

    await management.state.write(management.store.change_organization, stored, change)
    return removed[0] if removed else None


async def _has_key(call: Call, key_id: str) -> bool:
    management, live = call.management, call.organization
    if any(one.key_id == key_id for one in management.principals.profile_keys(live)):
        return True
    return await management.state.read(management.store.has_key, live.stored, key_id)


def _details(body: Mapping[str, Any]) -> list[Detail]:
    """Details of members that contradict each other or name nothing."""
    effect, details = body["effect"], []
    for member, owner in _OWNED.items():
        if effect == owner and body.get(member) is None and owner != "rateLimit":
            details.append(Detail(member, fault_messages.required_with(effect)))
        if effect != owner and body.get(member) is not None:
            details.append(Detail(member, fault_messages.refused_with(effect, owner)))
    name = body.get("operationId")
    if name is not None:
        operation = reader.load().operations.get(name)
        text = (
            fault_messages.operation_unknown(name, reader.load().operations)
            if operation is None
            else _unsuitable(effect, operation)
        )
        details += [Detail("operationId", text)] if text else []
    return details


def _unsuitable(effect: str, operation: Operation) -> str | None:
    """Why an effect can't happen to an operation."""
    if effect == "staleCursor" and not any(one.name == "cursor" for one in operation.parameters):
        return fault_messages.effect_without_cursor(operation.operation_id)
    if effect == "duplicateRow" and operation.returns == "object":
        return fault_messages.effect_without_rows(operation.operation_id)
    return None


def _rule(body: Mapping[str, Any]) -> Stored:
    """The rule as it is stored."""
    limited = body["effect"] == "rateLimit"
    retry_after = body.get("retryAfterSeconds")
    return {
        "faultId": str(uuid4()),
        "effect": body["effect"],
        "status": _integer(body.get("status")),
        "delaySeconds": body.get("delaySeconds"),
        "retryAfterSeconds": _integer(retry_after if retry_after is not None or not limited else _RETRY_AFTER_S),
        "keyId": key.lower() if (key := body.get("keyId")) else None,
        "operationId": body.get("operationId"),
        "share": body["share"],
        "count": _integer(body.get("count")),
        "createdOn": windows.text(now_ms()),
    }


def _row(management: Management, stored: Stored) -> dict[str, Any]:
    hits = management.fault_counts.hits(FaultRule.of(stored))
    count = stored["count"]
    return {**stored, "remaining": None if count is None else max(0, count - hits), "hits": hits}


def _used_up(management: Management, stored: Stored) -> bool:
    rule = FaultRule.of(stored)
    return rule.used_up(management.fault_counts.hits(rule))


def _integer(number: float | None) -> int | None:
    # JSON Schema counts 3.0 as an integer.
    return None if number is None else int(number)
