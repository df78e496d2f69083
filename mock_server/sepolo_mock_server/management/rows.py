"""Organisations, clocks and keys as JSON rows, and pages of them."""

from collections.abc import Mapping, Sequence
from typing import Any

from sepolo_fixtures.profiles.profile import LATEST_CLOCK
from sepolo_mock_server.errors import messages
from sepolo_mock_server.errors.management_messages import CURSOR_UNKNOWN
from sepolo_mock_server.management.live import Worlds, clock_of
from sepolo_mock_server.rules import api_keys, windows
from sepolo_mock_server.sandbox import Principal
from sepolo_mock_server.state.managed import Deleted, StoredKey, StoredOrganization

Row = dict[str, Any]


def organization(stored: StoredOrganization, worlds: Worlds) -> Row:
    """Return the row of an organisation."""
    _, fact = worlds.facts(stored)
    return {
        "organizationId": stored.id,
        "name": stored.name,
        "template": stored.template,
        "seed": stored.seed,
        "examples": stored.examples,
        "ofProfile": stored.of_profile,
        "createdOn": _instant(stored.created),
        "groups": [{"groupId": group.id, "name": group.name} for group in fact.groups],
        "clock": clock(stored, worlds),
    }


def clock(stored: StoredOrganization, worlds: Worlds) -> Row:
    """Return the clock of an organisation."""
    profile, _ = worlds.facts(stored)
    return {
        "mode": stored.clock.mode,
        "now": windows.text(now(stored)),
        "startMode": stored.start.mode,
        "startNow": _instant(stored.start.now),
        "earliest": windows.text(profile.earliest_clock),
        "latest": windows.text(LATEST_CLOCK),
    }


def now(stored: StoredOrganization) -> int:
    """The time of an organisation, ms."""
    return clock_of(stored.clock).now()


def key(stored: StoredKey, now: int, text: str | None = None) -> Row:
    """Return the row of a key that was made; `now` is the time of its organisation, `text` its text if it is new."""
    expired = stored.expires is not None and stored.expires <= now
    return {
        "keyId": stored.id,
        "name": stored.name,
        "key": text,
        "shown": api_keys.masked(stored.shown),
        "ofProfile": False,
        "state": "revoked" if stored.revoked is not None else "expired" if expired else "active",
        "scopes": stored.scopes,
        "allowedGroupIds": stored.group_ids,
        "allowedCustomerIds": stored.customer_ids,
        "requestsPerMinute": stored.requests_per_minute,
        "requestsPerDay": stored.requests_per_day,
        "expiresOn": _instant(stored.expires),
        "createdOn": windows.text(stored.created),
        "note": None,
    }


def profile_key(principal: Principal) -> Row:
    """Return the row of a key of the profile, whose text is public."""
    fact = principal.fact
    expired = fact.expires is not None and fact.expires <= principal.tenant.now()
    return {
        "keyId": principal.key_id,
        "name": fact.name,
        "key": fact.key,
        "shown": api_keys.masked(fact.key),
        "ofProfile": True,
        "state": "expired" if expired else "active",
        "scopes": fact.scopes,
        "allowedGroupIds": sorted(principal.owner.groups),
        "allowedCustomerIds": sorted(principal.owner.customers),
        "requestsPerMinute": fact.requests_per_minute,
        "requestsPerDay": fact.requests_per_day,
        "expiresOn": _instant(fact.expires),
        "createdOn": None,
        "note": fact.note,
    }


def deleted(counts: Deleted) -> Row:
    """Return what was deleted."""
    return {
        "serviceReports": counts.service_reports,
        "idempotencyKeys": counts.idempotency_keys,
        "faults": counts.faults,
        "keys": counts.keys,
    }


def page(numbered: Sequence[tuple[int, Row]], limit: int) -> Row:
    """Return the envelope of the first `limit` rows; the cursor is the number of the last one."""
    shown, more = numbered[:limit], len(numbered) > limit
    return {"data": [row for _, row in shown], "nextCursor": str(shown[-1][0]) if more else None, "hasMore": more}


def after(query: Mapping[str, Any]) -> int:
    """Return the number that a page begins after; raise ApiError 400 for a cursor that no list issued."""
    cursor = query.get("cursor", "0")
    if not (cursor.isascii() and cursor.isdigit()) or len(cursor) > 18:
        raise messages.invalid_one("cursor", CURSOR_UNKNOWN)
    return int(cursor)


def _instant(ms: int | None) -> str | None:
    return None if ms is None else windows.text(ms)
