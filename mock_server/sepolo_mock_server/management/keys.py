"""Handlers of the tag "Keys"."""

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from sepolo_mock_server.errors import Detail, RejectedError, management_messages, messages
from sepolo_mock_server.management import rows
from sepolo_mock_server.management.call import Answer, Call
from sepolo_mock_server.management.organizations import now_ms
from sepolo_mock_server.management.service import token_hash
from sepolo_mock_server.rules import api_keys, tokens, windows
from sepolo_mock_server.sandbox import Tenant
from sepolo_mock_server.state.managed import StoredKey


async def list_keys(call: Call) -> Answer:
    """The profile's keys have the first numbers, so that a cursor is a number in the whole list."""
    management, live, limit = call.management, call.organization, call.query["pageSize"]
    start = rows.after(call.query)
    of_profile = management.principals.profile_keys(live)
    numbered = [(n, rows.profile_key(one)) for n, one in enumerate(of_profile, 1) if n > start]
    after = max(0, start - len(of_profile))
    made = await management.state.read(management.store.keys, live.stored, after, limit + 1)
    numbered += [(len(of_profile) + key.number, rows.key(key, live.tenant.now())) for key in made]
    return Answer(rows.page(numbered, limit))


async def create_key(call: Call) -> Answer:
    management, live, body = call.management, call.organization, call.body
    details = _boundary_details(live.tenant, body)
    expires = _expiry(body.get("expiresOn"), details)
    if details:
        raise messages.invalid(details)
    text = tokens.new_key()
    key = StoredKey(
        id=str(uuid4()),
        organization=live.stored.id,
        name=body["name"],
        shown=api_keys.shown(text),
        scopes=tuple(scope for scope in management.scopes if scope in body["scopes"]),
        group_ids=tuple(sorted(map(int, body["allowedGroupIds"]))),
        customer_ids=tuple(sorted(body["allowedCustomerIds"])),
        requests_per_minute=_integer(body.get("requestsPerMinute")),
        requests_per_day=_integer(body.get("requestsPerDay")),
        expires=expires,
        created=now_ms(),
    )
    key = await management.state.write(management.store.create_key, live.stored, key, token_hash(text))
    return Answer(rows.key(key, live.tenant.now(), text))


async def rotate_key(call: Call) -> Answer:
    management, live = call.management, call.organization
    key_id = _made_key(call)
    text = tokens.new_key()
    key = await management.state.write(
        management.store.rotate_key, live.stored, key_id, token_hash(text), api_keys.shown(text)
    )
    return Answer(rows.key(key, live.tenant.now(), text))


async def revoke_key(call: Call) -> Answer:
    management, live = call.management, call.organization
    key = await management.state.write(management.store.revoke_key, live.stored, _made_key(call), now_ms())
    return Answer(rows.key(key, live.tenant.now()))


def _made_key(call: Call) -> str:
    """The key of the path; raise ApiError 409 for one of the profile."""
    key_id: str = call.path["keyId"]
    if any(one.key_id == key_id for one in call.management.principals.profile_keys(call.organization)):
        raise management_messages.profile_key()
    return key_id


def _boundary_details(tenant: Tenant, body: Mapping[str, Any]) -> list[Detail]:
    """Details of groups and customers that the organisation lacks, and of a boundary with nothing inside."""
    world, index = tenant.world, tenant.organization.index
    groups, customers = frozenset(map(int, body["allowedGroupIds"])), body["allowedCustomerIds"]
    known = [group.id for group in world.profile.organizations[index].groups]
    details = [
        Detail(f"allowedGroupIds.{place}", management_messages.group_unknown(int(group), known))
        for place, group in enumerate(body["allowedGroupIds"])
        if group not in known
    ]
    numbers = [world.customer_number(index, customer) for customer in customers]
    count = world.profile.organizations[index].customers
    ends = world.customer_ids(index, (0, count - 1)) if count else (None, None)
    details += [
        Detail(f"allowedCustomerIds.{place}", management_messages.customer_unknown(customers[place], *ends))
        for place, number in enumerate(numbers)
        if number is None
    ]
    found = frozenset(number for number in numbers if number is not None)
    if not details and groups and found and not world.has_assets(index, groups, found):
        details.append(Detail("allowedCustomerIds", management_messages.BOUNDARY_EMPTY))
    return details


def _expiry(text: str | None, details: list[Detail]) -> int | None:
    if text is None:
        return None
    try:
        return windows.parse_instant(text)
    except RejectedError as rejected:
        details.append(Detail("expiresOn", rejected.message))
        return None


def _integer(number: float | None) -> int | None:
    return None if number is None else int(number)
