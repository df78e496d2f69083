"""One organisation of a sandbox, as a test uses it: keys, a client, its clock, faults, requests and reset."""

import ssl
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from functools import cache, cached_property
from typing import Any, Protocol

import httpx

LIMITS = httpx.Limits(keepalive_expiry=2)
"""The sandbox closes idle connections after 5 s; a client that closes them before never sends on a closed one."""


@cache
def tls() -> ssl.SSLContext:
    """The TLS settings of all clients: making them takes tens of milliseconds, which a client would do each time."""
    return httpx.create_ssl_context()


class Caller(Protocol):
    """Calls the management API of a sandbox."""

    base_url: str

    def call(self, method: str, path: str, body: Any = None, *, token: str | None = None, **query: Any) -> Any: ...


class Organization:
    """An organisation of a sandbox with data of its own, at its own time.

    `base_url` is what a client of the Sepolo API is configured with, `client` one that is ready to use.
    """

    def __init__(self, sandbox: Caller, created: Mapping[str, Any]) -> None:
        self._sandbox = sandbox
        self._closing = ExitStack()
        self._first_key: str = created["key"]["key"]
        self.base_url = sandbox.base_url
        self.id: str = created["organization"]["organizationId"]
        self.token: str = created["token"]
        """Management token that reaches only this organisation."""
        self.path = f"/organizations/{self.id}"
        """Its path in the management API."""
        self.clock = Clock(self)

    def call(self, method: str, path: str = "", body: Any = None, **query: Any) -> Any:
        """Call the management API below the organisation's path; return the JSON value of the response."""
        return self._sandbox.call(method, self.path + path, body, token=self.token, **query)

    def key(self, scopes: Sequence[str] | None = None, **more: Any) -> str:
        """Return the text of a new key; without arguments, of the first key, which has every scope.

        `more` are members of the request, such as `allowedGroupIds`, `requestsPerMinute` and `expiresOn`.
        """
        if scopes is None and not more:
            return self._first_key
        every: Sequence[str] = self.call("GET", "/keys")["data"][0]["scopes"] if scopes is None else scopes
        text: str = self.call("POST", "/keys", {"name": "test", "scopes": list(every), **more})["key"]
        return text

    @cached_property
    def client(self) -> httpx.Client:
        """An HTTP client with the organisation's address and first key: `sepolo.client.get("/api/v1/me")`."""
        return self.client_with(self.key())

    def client_with(self, key: str) -> httpx.Client:
        """Return an HTTP client with another key; it is closed with the organisation."""
        headers = {"X-Sepolo-Api-Key": key}
        made = httpx.Client(base_url=self.base_url, headers=headers, timeout=30, limits=LIMITS, verify=tls())
        return self._closing.enter_context(made)

    def fail_next(self, status: int = 500, *, count: int = 1, operation: str | None = None) -> str:
        """Make the next `count` requests (of one operationId, if given) fail with a status; return the rule's id."""
        return self.fault("status", status=status, count=count, operationId=operation)

    def fault(self, effect: str, **more: Any) -> str:
        """Make a fault rule with the members of the request, such as `delaySeconds`, `share`, `count` and `keyId`."""
        fault_id: str = self.call("POST", "/faults", {"effect": effect, **more})["faultId"]
        return fault_id

    def requests(self, **filters: Any) -> list[dict[str, Any]]:
        """Return the requests that clients of this organisation made, newest first.

        `filters` are parameters of `GET /sandbox/v1/requests`, such as `status="4xx"` and `operationId`.
        """
        return list(self._requests(filters))

    def _requests(self, filters: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
        query = {"organizationId": self.id, "pageSize": 500, **filters}
        while True:
            page = self._sandbox.call("GET", "/requests", token=self.token, **query)
            yield from page["data"]
            if not page["hasMore"]:
                return
            query["cursor"] = page["nextCursor"]

    def reset(self) -> None:
        """Delete what was written and the fault rules, and set the clock back to its start; keys stay."""
        self.call("POST", "/reset")

    def close(self) -> None:
        """Close the clients."""
        self._closing.close()


class Clock:
    """The clock of an organisation; its data follow it."""

    def __init__(self, organization: Organization) -> None:
        self._organization = organization

    def now(self) -> datetime:
        """The time of the organisation."""
        return _time(self._organization.call("GET", "/clock"))

    def set(self, instant: datetime) -> datetime:
        """Set the clock to a time with an offset, where it stays; return its time."""
        if instant.tzinfo is None:
            raise ValueError(f"the time {instant} has no offset: give one such as datetime(2026, 7, 1, tzinfo=UTC)")
        text = instant.astimezone(UTC).isoformat().replace("+00:00", "Z")
        return _time(self._organization.call("PUT", "/clock", {"mode": "fixed", "now": text}))

    def advance(self, **by: float) -> datetime:
        """Advance the clock by parts of a `timedelta`: `advance(days=1, minutes=10)`; return its time."""
        seconds = timedelta(**by).total_seconds()
        if seconds != int(seconds):
            raise ValueError(f"a clock is advanced by whole seconds, not by {seconds}")
        if seconds <= 0:
            raise ValueError(
                f"a clock is advanced by more than zero, not by {int(seconds)} s: use set for an earlier time"
            )
        return _time(self._organization.call("POST", "/clock/advance", {"by": f"PT{int(seconds)}S"}))

    def follow_wall(self) -> datetime:
        """Let the clock follow the real time; return its time."""
        return _time(self._organization.call("PUT", "/clock", {"mode": "wall"}))


def _time(clock: Mapping[str, Any]) -> datetime:
    return datetime.fromisoformat(clock["now"])
