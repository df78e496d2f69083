"""What `sepolo-mock serve` was asked to do, validated; the same value travels to every worker.

No I/O beyond reading the environment's default state folder; nothing is opened here.
"""

import os
import re
from dataclasses import dataclass

from mock_server import errors

PROFILE = "demo"
SEED = 1
HOST = "127.0.0.1"
PORT = 8080
SECRET_VARIABLE = "SEPOLO_CURSOR_SECRET"  # noqa: S105 - the name of the variable, not a secret
MAXIMUM_WORKERS = 64
_MAXIMUM_SEED = 2**63 - 1


class SettingsError(Exception):
    """A wish that can't be granted; the message is the one line that the user reads."""


@dataclass(frozen=True, slots=True)
class Settings:
    """A sandbox to be served. `clock` is an instant, `wall`, or None for the profile's own."""

    profile: str = PROFILE
    seed: int = SEED
    clock: str | None = None
    state: str = ""
    """An SQLAlchemy URL."""
    check_responses: bool = False
    cursor_secret: str | None = None


def seed(number: int) -> int:
    """A seed; SettingsError for one that is too large or negative."""
    if not 0 <= number <= _MAXIMUM_SEED:
        raise SettingsError(errors.wrong_seed(number, _MAXIMUM_SEED))
    return number


def cursor_secret() -> str | None:
    """The secret of the environment that replicas share; SettingsError for one that is no secret."""
    secret = os.environ.get(SECRET_VARIABLE)
    if secret is not None and not re.fullmatch(r"[!-~]{16,}", secret):
        raise SettingsError(errors.weak_secret(SECRET_VARIABLE))
    return secret


def default_state() -> str:
    """The state's place when none is named: a file in the user's own data folder."""
    import platformdirs  # noqa: PLC0415 - only needed without --state

    return str(platformdirs.user_data_path("sepolo-mock") / "state.db")
