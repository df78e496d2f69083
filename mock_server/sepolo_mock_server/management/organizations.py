"""Handlers of the tags "Session" and "Organisations"."""

import time
from uuid import uuid4

from sepolo_fixtures import profiles
from sepolo_mock_server.errors import management_messages, messages
from sepolo_mock_server.management import clocks, rows
from sepolo_mock_server.management.call import Answer, Call
from sepolo_mock_server.management.live import template
from sepolo_mock_server.management.service import token_hash, version
from sepolo_mock_server.rules import api_keys, tokens
from sepolo_mock_server.state.managed import ClockSetting, StoredKey, StoredOrganization


async def get_session(call: Call) -> Answer:
    settings, caller = call.management.settings, call.caller
    return Answer(
        {
            "role": "operator" if caller.operator else "organization",
            "organizationId": caller.organization,
            "version": version(),
            "workers": settings.workers,
            "profile": settings.profile,
            "seed": settings.seed,
            "baseUrl": settings.base_url,
            "demoKeys": settings.demo_keys,
            "templates": profiles.names(),
        }
    )


async def list_organizations(call: Call) -> Answer:
    """The profile's organisations have the first numbers, so that a cursor is a number in the whole list."""
    management, worlds, limit = call.management, call.management.principals.worlds, call.query["pageSize"]
    start = rows.after(call.query)
    if call.caller.organization is not None:
        own = await management.organization(call.caller, call.caller.organization)
        return Answer(rows.page([] if start else [(1, rows.organization(own.stored, worlds))], limit))
    of_profile = len(management.principals.own)
    numbered = []
    for number, one in enumerate(management.principals.own, 1):
        if number > start and (live := await management.principals.organization(one.id)):
            numbered.append((number, rows.organization(live.stored, worlds)))
    after = max(0, start - of_profile)
    made = await management.state.read(management.store.organizations, after, limit + 1)
    numbered += [(of_profile + one.number, rows.organization(one, worlds)) for one in made]
    return Answer(rows.page(numbered, limit))


async def create_organization(call: Call) -> Answer:
    management, body = call.management, call.body
    if body["template"] not in profiles.names():
        raise messages.invalid_one("template", management_messages.unknown_template(profiles.names()))
    now = now_ms()
    profile = template(body["template"], examples=body["examples"])
    start = clocks.setting(body["clock"], profile) if "clock" in body else ClockSetting("fixed", profile.clock)
    organization = StoredOrganization(
        str(uuid4()), body["name"], body["template"], int(body["seed"]), body["examples"], now, start, start
    )
    token, text = tokens.new_token(), tokens.new_key()
    key = StoredKey(str(uuid4()), organization.id, "first", api_keys.shown(text), management.scopes, created=now)
    organization, key = await management.state.write(
        management.store.create_organization, organization, token_hash(token), key, token_hash(text)
    )
    value = {
        "organization": rows.organization(organization, management.principals.worlds),
        "key": rows.key(key, rows.now(organization), text),
        "token": token,
    }
    return Answer(value, ((b"location", f"{call.operation.path}/{organization.id}".encode()),))


async def get_organization(call: Call) -> Answer:
    return Answer(rows.organization(call.organization.stored, call.management.principals.worlds))


async def delete_organization(call: Call) -> Answer:
    live, management = call.organization, call.management
    if live.stored.of_profile:
        raise management_messages.profile_organization()
    deleted = await management.state.write(management.store.delete_organization, live.stored, live.owner)
    return Answer(rows.deleted(deleted))


def now_ms() -> int:
    """The time of the wall in whole seconds, for what was created when."""
    return int(time.time()) * 1000
