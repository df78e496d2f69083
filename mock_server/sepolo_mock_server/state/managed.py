"""Values that the management API stores: organisations that were made, changes of the profile's, and keys."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

MADE = ""
"""World of organisations that were made; those of a profile belong to the world of profile and seed."""


@dataclass(frozen=True, slots=True)
class ClockSetting:
    """A clock that is `fixed` at an instant in ms, or follows the `wall`, where the instant is None."""

    mode: Literal["fixed", "wall"]
    now: int | None = None


@dataclass(frozen=True, slots=True)
class StoredOrganization:
    """An organisation; `created` is None for one of the profile. `number` is its place in the order of creation."""

    id: str
    name: str
    template: str
    seed: int
    examples: bool
    created: int | None
    start: ClockSetting
    clock: ClockSetting
    faults: tuple[Mapping[str, Any], ...] = ()
    """Fault rules as JSON objects, in the order in which they are tried."""
    number: int = 0

    @property
    def of_profile(self) -> bool:
        """Whether it belongs to the profile of the sandbox."""
        return self.created is None

    @property
    def world(self) -> str:
        """The world that its stored reports belong to."""
        return f"{self.template}:{self.seed}"

    @property
    def place(self) -> str:
        """The world under which the organisation itself is stored."""
        return self.world if self.of_profile else MADE

    def with_stored(self, stored: "StoredOrganization | None") -> "StoredOrganization":
        """Return an organisation of the profile with what is stored of it.

        A stored clock is left out if the sandbox was started at another time than when it was set.
        """
        if stored is None:
            return self
        clock = stored.clock if stored.start == self.start else self.clock
        return replace(self, clock=clock, faults=stored.faults)


@dataclass(frozen=True, slots=True)
class StoredKey:
    """A key that was made. Times in ms; those of creation and end are times of the wall."""

    id: str
    organization: str
    name: str
    shown: str
    """First characters of its text."""
    scopes: tuple[str, ...]
    group_ids: tuple[int, ...] = ()
    customer_ids: tuple[str, ...] = ()
    requests_per_minute: int | None = None
    requests_per_day: int | None = None
    expires: int | None = None
    created: int = 0
    revoked: int | None = None
    number: int = 0


@dataclass(frozen=True, slots=True)
class Deleted:
    """How many of each were deleted."""

    service_reports: int = 0
    idempotency_keys: int = 0
    faults: int = 0
    keys: int = 0
