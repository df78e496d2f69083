"""Handlers of the tag "Clock and reset"."""

from collections.abc import Callable
from dataclasses import replace

from sepolo_fixtures.profiles.profile import LATEST_CLOCK, Profile
from sepolo_mock_server.errors import RejectedError, management_messages, messages
from sepolo_mock_server.management import rows
from sepolo_mock_server.management.call import Answer, Call
from sepolo_mock_server.rules import durations, windows
from sepolo_mock_server.state.managed import ClockSetting, StoredOrganization


def setting(text: str, profile: Profile) -> ClockSetting:
    """Return the clock of a body's `clock`: `wall`, or an instant that the world of a profile covers; ApiError 400."""
    if text == "wall":
        return ClockSetting("wall")
    return ClockSetting("fixed", _instant("clock", text, profile))


async def get_clock(call: Call) -> Answer:
    return Answer(rows.clock(call.organization.stored, call.management.principals.worlds))


async def set_clock(call: Call) -> Answer:
    body, tenant = call.body, call.organization.tenant
    now = body.get("now")
    if body["mode"] == "wall":
        if now is not None:
            raise messages.invalid_one("now", management_messages.CLOCK_NOW_WITHOUT_FIXED)
        return await _changed(call, lambda _: ClockSetting("wall"))
    fixed = None if now is None else _instant("now", now, tenant.world.profile)

    def change(clock: ClockSetting) -> ClockSetting:
        present = tenant.now() if clock.now is None else clock.now
        return ClockSetting("fixed", present if fixed is None else fixed)

    return await _changed(call, change)


async def advance_clock(call: Call) -> Answer:
    profile = call.organization.tenant.world.profile
    try:
        length = durations.milliseconds(call.body["by"])
    except RejectedError as rejected:
        raise messages.invalid_one("by", rejected.message) from None

    def change(clock: ClockSetting) -> ClockSetting:
        if clock.now is None:
            raise management_messages.clock_follows_wall()
        then = clock.now + length
        if then > LATEST_CLOCK:
            earliest, latest = windows.text(profile.earliest_clock), windows.text(LATEST_CLOCK)
            got = windows.text(then) if then <= windows.LATEST else "a time after the year 9999"
            raise messages.invalid_one("by", management_messages.clock_beyond(earliest, latest, got))
        return ClockSetting("fixed", then)

    return await _changed(call, change)


async def reset_organization(call: Call) -> Answer:
    live, management = call.organization, call.management

    def change(stored: StoredOrganization) -> StoredOrganization:
        return replace(stored, clock=stored.start, faults=())

    _, deleted = await management.state.write(
        management.store.change_organization, live.stored, change, reset=live.owner
    )
    return Answer(rows.deleted(deleted))


async def _changed(call: Call, change: Callable[[ClockSetting], ClockSetting]) -> Answer:
    """Store another clock, which `change` returns for the one that is stored."""
    live, management = call.organization, call.management
    stored, _ = await management.state.write(
        management.store.change_organization, live.stored, lambda found: replace(found, clock=change(found.clock))
    )
    return Answer(rows.clock(stored, management.principals.worlds))


def _instant(member: str, text: str, profile: Profile) -> int:
    try:
        instant = windows.parse_instant(text)
    except RejectedError as rejected:
        raise messages.invalid_one(member, rejected.message) from None
    if not profile.earliest_clock <= instant <= LATEST_CLOCK:
        earliest, latest = windows.text(profile.earliest_clock), windows.text(LATEST_CLOCK)
        raise messages.invalid_one(member, management_messages.clock_range(earliest, latest, windows.text(instant)))
    return instant
