"""The identities of the keys of a run, requested from `/me` once per key, and the choice of a key for a request."""

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from itertools import accumulate
from typing import Any
from zlib import crc32

from sepolo_conformance.api.identity import Identity, authorised
from sepolo_conformance.api.row_identity import is_uuid
from sepolo_conformance.api.timestamps import Instant, parse_instant
from sepolo_conformance.model.keys import Key
from sepolo_conformance.model.memory import Memory
from sepolo_conformance.model.outcomes import NotTested, RunError
from sepolo_conformance.model.settings import Settings
from sepolo_conformance.transport.client import Client
from sepolo_conformance.transport.exchange import Exchange, Request
from sepolo_openapi.contract import Operation

ME = "/api/v1/me"


class Target:
    """The keys of a run and their identities. `/me` is requested when first needed; failures are remembered too."""

    def __init__(self, settings: Settings, client: Client) -> None:
        self._settings = settings
        self._client = client
        self._memory = Memory()

    @property
    def keys(self) -> tuple[Key, ...]:
        """All keys of the run, in the order of the options."""
        return self._settings.keys

    def identity(self, key: Key) -> Identity:
        """Return the identity of a key; raise NotTested if it is rejected, RunError if there is no valid response."""
        return self._memory.once(("identity", key.name), lambda: self._request(key))

    def identities(self) -> tuple[Identity, ...]:
        """Return the identities of the keys that are not rejected; raise NotTested if there are none."""
        return self._memory.once(("identities",), self._identities)

    def _identities(self) -> tuple[Identity, ...]:
        if not self.keys:
            raise NotTested("needs a key: --api-key or SEPOLO_API_KEY")
        found: list[Identity] = []
        problems: list[NotTested] = []
        for key in self.keys:
            try:
                found.append(self.identity(key))
            except NotTested as problem:
                problems.append(problem)
        if not found:
            raise problems[0]
        return tuple(found)

    def main(self) -> Identity:
        """Return the main key: of the first organisation, if possible without boundaries, with the most scopes."""
        return self._ranked(self.identities())[0]

    def reader(self, operation: Operation) -> Identity:
        """Return the main organisation's key for an operation, if possible without boundaries, or raise NotTested.

        Operations are spread over keys with a rate limit, if several of them get the same data.
        """
        return self._memory.once(("reader", operation.operation_id), lambda: self._reader(operation))

    def _reader(self, operation: Operation) -> Identity:
        own = [entry for entry in self.identities() if entry.organization_id == self.main().organization_id]
        found = [entry for entry in self._ranked(own) if entry.holds(operation.scope)]
        if not found:
            raise NotTested(f"no key has the scope {operation.scope}: give one that has it (--api-key)")
        return _fast(operation, found)

    def without(self, scope: str) -> Identity:
        """Return a key that lacks a scope; raise NotTested if all have it."""
        # A key may have public_api.read without listing it, see Identity.holds.
        for entry in self.identities():
            if entry.scopes is not None and not entry.holds(scope) and scope != "public_api.read":
                return entry
        raise NotTested(f"every key has the scope {scope}: give one without it (--api-key)")

    def other(self, operation: Operation) -> Identity:
        """Return a key of a second organisation for an operation; raise NotTested if there is none."""
        home = self.reader(operation).organization_id
        away = [entry for entry in self.identities() if home and entry.organization_id not in (None, home)]
        if not away:
            raise NotTested("needs a key of a second organisation: --api-key")
        holding = [entry for entry in self._ranked(away) if entry.holds(operation.scope)]
        if not holding:
            raise NotTested(f"no key of the second organisation has the scope {operation.scope}: --api-key")
        return _fast(operation, holding)

    def bounded(self, operation: Operation) -> Identity:
        """Return a key with boundaries for an operation; raise NotTested if there is none."""
        for entry in self.identities():
            if entry.bounded and entry.holds(operation.scope):
                return entry
        raise NotTested("needs a key with allowed groups or customers: --api-key")

    def now(self) -> datetime:
        """Return the time in `/me`, because a sandbox may have another time, or else the local time."""
        try:
            times = [entry.server_time for entry in self.identities() if entry.server_time]
        except (NotTested, RunError):
            times = []
        return times[0] if times else Instant.now(UTC).replace(microsecond=0)

    @staticmethod
    def _ranked(entries: Iterable[Identity]) -> list[Identity]:
        """Sort identities: first organisation, no boundaries and most scopes first."""
        listed = list(entries)
        home = next((entry.organization_id for entry in listed if entry.organization_id), None)
        return sorted(
            listed, key=lambda entry: (entry.organization_id != home, entry.bounded, -len(entry.scopes or ()))
        )

    def _request(self, key: Key) -> Identity:
        return self._identify(key, self._client.send(_me_request(key)))

    def responses(self) -> dict[str, dict[str, Any]]:
        """Return the responses of `/me` by name of the key as plain values, for other processes of the run."""
        found = {}
        for key in self.keys:
            with suppress(NotTested, RunError):
                exchange = self.identity(key).me_response
                if exchange is not None:
                    headers = [list(pair) for pair in exchange.headers]
                    found[key.name] = {"status": exchange.status, "headers": headers, "body": exchange.body}
        return found

    def learn(self, responses: Mapping[str, Mapping[str, Any]]) -> None:
        """Take the identities from `responses` of another process, instead of requesting `/me` again."""
        for key in self.keys:
            if (raw := responses.get(key.name)) is not None:
                headers = tuple((name, value) for name, value in raw["headers"])
                response = (raw["status"], headers, raw["body"])
                exchange = Exchange(self._settings.base_url, _me_request(key), *response, 0.0)
                self._memory.once(("identity", key.name), partial(self._identify, key, exchange))

    def _identify(self, key: Key, exchange: Exchange) -> Identity:
        given = self._settings.key_scopes.get(key.name)
        if exchange.status == 403 and given is not None:
            return Identity(key, None, given)
        if exchange.status in (401, 403):
            advice = "give its scopes: --key-scopes" if exchange.status == 403 else "give a valid key"
            raise NotTested(f"{key.placeholder} was rejected by /me with {exchange.status}: {advice}")
        if not exchange.ok or not isinstance(exchange.member("organizationId"), str):
            problem = exchange.fault or "it has no organizationId"
            raise RunError(f"GET {ME} returned {exchange.status}, which does not identify {key.placeholder}: {problem}")
        identity = _read(key, exchange, given)
        self._client.pace.limit(key.secret, identity.per_minute, identity.per_day)
        return identity


def _me_request(key: Key) -> Request:
    return Request("GET", ME, authorised(key), key=key, operation_id="getMe")


def _fast(operation: Operation, ranked: Sequence[Identity]) -> Identity:
    """Return the first identity, or if it has a rate limit, one that gets the same data: without a limit, if possible.

    All requests of an operation use one key, so that its lists, cursors and details belong together.
    """
    first = ranked[0]
    equal = [entry for entry in ranked if entry.organization_id == first.organization_id and not entry.bounded]
    if first.per_minute is None or first not in equal:
        return first
    for entry in equal:
        if entry.per_minute is None:
            return entry
    limits = [entry.per_minute or 0 for entry in equal]
    # Python's own hash of a text differs between processes.
    place = crc32(operation.operation_id.encode()) % sum(limits)
    return equal[bisect_right(list(accumulate(limits)), place)]


def _read(key: Key, exchange: Exchange, given: frozenset[str] | None) -> Identity:
    """Return the identity in a response of `/me`; members with unexpected values are ignored."""
    limits = exchange.member("rateLimit")
    limits = limits if isinstance(limits, Mapping) else {}
    scopes = exchange.member("scopes")
    organization = exchange.member("organizationId")
    return Identity(
        key=key,
        organization_id=organization.lower() if is_uuid(organization) else organization,
        scopes=given if given is not None else _strings(scopes) if isinstance(scopes, list) else None,
        groups=frozenset(group for group in _list(exchange.member("allowedGroupIds")) if isinstance(group, int)),
        customers=_strings(exchange.member("allowedCustomerIds")),
        per_minute=_positive(limits.get("requestsPerMinute")),
        per_day=_positive(limits.get("requestsPerDay")),
        server_time=parse_instant(exchange.member("serverTimeUtc")),
        me_response=exchange,
    )


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _strings(value: Any) -> frozenset[str]:
    return frozenset(entry for entry in _list(value) if isinstance(entry, str))


def _positive(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else None
