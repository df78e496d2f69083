"""The identity of a key, as the response of `/me` gives it, and the headers that authenticate a request."""

from dataclasses import dataclass, field
from datetime import datetime

from sepolo_conformance.model.keys import Key
from sepolo_conformance.transport.exchange import Exchange


@dataclass(frozen=True, slots=True)
class Identity:
    """The identity of a key.

    `scopes` is None if unknown. Empty `groups` and `customers` mean no boundary. `per_minute` and `per_day` are limits
    on requests. `me_response` is the response of `/me`, None if the scopes come from an option.
    """

    key: Key
    organization_id: str | None
    scopes: frozenset[str] | None
    groups: frozenset[int] = frozenset()
    customers: frozenset[str] = frozenset()
    per_minute: int | None = None
    per_day: int | None = None
    server_time: datetime | None = None
    me_response: Exchange | None = field(default=None, repr=False)

    @property
    def bounded(self) -> bool:
        return bool(self.groups or self.customers)

    def holds(self, scope: str) -> bool:
        """Return whether the key has a scope.

        A key with a `/me` response has public_api.read, which that call requires. The published example of the
        response does not list it.
        """
        if scope == "public_api.read" and self.me_response is not None:
            return True
        return self.scopes is not None and scope in self.scopes


def authorised(key: Key | None) -> tuple[tuple[str, str], ...]:
    """Return the headers of an ordinary request with a key, or without one."""
    accept = ("Accept", "application/json")
    return (accept,) if key is None else (("X-Sepolo-Api-Key", key.secret), accept)
