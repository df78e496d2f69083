"""What `sepolo-mock serve` was asked to do, validated; the same value travels to every worker.

No I/O beyond reading the environment's default state folder; nothing is opened here.
"""

import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import TypeVar

from sepolo_mock_server import errors

PROFILE = "demo"
SEED = 1
HOST = "127.0.0.1"
PORT = 8080
SECRET_VARIABLE = "SEPOLO_CURSOR_SECRET"  # noqa: S105 - the name of the variable, not a secret
MAXIMUM_WORKERS = 64
MAXIMUM_SEED = 2**63 - 1
MAXIMUM_PORT = 65_535
_SWITCH = MappingProxyType(
    dict.fromkeys(("1", "true", "t", "yes", "y", "on"), True)
    | dict.fromkeys(("0", "false", "f", "no", "n", "off", ""), False)
)
Choice = TypeVar("Choice", bound=StrEnum)


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


def number(option: str, variable: str, least: int, largest: int) -> Callable[[str | int], int]:
    """Return the reader of an option that is a whole number; it raises SettingsError for anything else."""

    def read(given: str | int) -> int:
        text = str(given).strip()
        # Twenty digits are enough for any of them; thousands Python would refuse to read.
        if re.fullmatch(r"\+?[0-9]{1,20}", text) and least <= int(text) <= largest:
            return int(text)
        raise _wrong(option, variable, str(given), f"an integer from {least} to {largest}")

    return read


def choice(option: str, choices: type[Choice]) -> Callable[[str], Choice]:
    """Return the reader of an option that is one of a few words; it raises SettingsError for any other."""

    def read(given: str) -> Choice:
        if given in list(choices):
            return choices(given)
        raise SettingsError(errors.wrong_option(f"{option} {errors.bare(given)}", " or ".join(choices), option))

    return read


def switch(variable: str) -> Callable[[str | bool], bool]:
    """Return the reader of an option that is on or off; only its variable can be neither, which is a SettingsError."""

    def read(given: str | bool) -> bool:
        word = str(given).strip().lower()
        if word not in _SWITCH:
            source = f"{variable}={errors.bare(str(given))}"
            raise SettingsError(errors.wrong_option(source, "a boolean, 1 or 0,", variable))
        return _SWITCH[word]

    return read


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


def _wrong(option: str, variable: str, given: str, right: str) -> SettingsError:
    """The error of an option, or of the variable that stands for it, whose value is of no use."""
    shown = errors.bare(given)
    source = f"{variable}={shown}" if os.environ.get(variable) == given else f"{option} {shown}"
    return SettingsError(errors.wrong_option(source, right, f"{option} or {variable}"))
