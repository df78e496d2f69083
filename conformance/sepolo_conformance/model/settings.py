"""The settings of a run as values, with their defaults. `options.parsing` reads them from the options."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from sepolo_conformance.model.keys import Key
from sepolo_conformance.model.requirement import Level

BUDGET_S, TIMEOUT_S = 300.0, 10.0
MAX_REQUESTS, SEED, IN_FLIGHT = 10_000, 1, 8
MOST_IN_FLIGHT = 64
STANDARD_OUTPUT = Path("/dev/stdout")
"""The path of a report that is written to standard output (`-`), on systems without such a file too."""


class SettingsError(ValueError):
    """An option has a wrong value, or the target cannot be judged. The message is one line for the user."""


@dataclass(frozen=True, slots=True)
class Reports:
    """Files that reports are written to; None for a report that was not requested."""

    json: Path | None = None
    html: Path | None = None
    badge: Path | None = None


@dataclass(frozen=True, slots=True)
class Settings:
    """The target of a run, the keys, the selected requirements and the limits on its requests.

    `base_url` ends without `/api/v1` and without a slash. `budget` and `timeout` are in seconds, `rate` in requests
    per second or None. `in_flight` is the number of checks that run at the same time in each process, and so the
    number of requests that wait for a response. `expected` maps the ids of requirements that are known to fail to the
    reasons. `key_options` are command-line options that give the same keys again without showing them.
    """

    base_url: str
    keys: tuple[Key, ...] = ()
    key_options: tuple[str, ...] = ()
    key_scopes: Mapping[str, frozenset[str]] = field(default_factory=dict)
    level: Level = Level.MUST
    areas: frozenset[str] = frozenset()
    requirements: frozenset[str] = frozenset()
    allow_writes: bool = False
    write_body: Path | None = None
    rate: float | None = None
    budget: float = BUDGET_S
    timeout: float = TIMEOUT_S
    max_requests: int = MAX_REQUESTS
    in_flight: int = IN_FLIGHT
    seed: int = SEED
    device: str | None = None
    window: tuple[datetime, datetime] | None = None
    expected: Mapping[str, str] = field(default_factory=dict)
    reports: Reports = Reports()
