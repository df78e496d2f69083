"""Settings of a sandbox: defaults, limits, the values of options, and what is read from the environment.

Every worker gets the same `Settings` value. Nothing is opened here.
"""

import os
import re
from collections.abc import Callable
from dataclasses import dataclass, field

from sepolo_mock_server.errors import SettingsError, command_line

PROFILE = "demo"
SEED = 1
HOST = "127.0.0.1"
PORT = 8080
SECRET_VARIABLE = "SEPOLO_CURSOR_SECRET"  # noqa: S105 - the name of the variable, not a secret
TOKEN_VARIABLE = "SEPOLO_OPERATOR_TOKEN"  # noqa: S105 - the name of the variable, not a token
MAXIMUM_WORKERS = 64
MAXIMUM_SEED = 2**63 - 1
MAXIMUM_PORT = 65_535


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of a sandbox. `clock` is an instant, `wall`, or None for the profile's own."""

    profile: str = PROFILE
    seed: int = SEED
    clock: str | None = None
    state: str = ""
    """A `--state` value; for `build`, an SQLAlchemy URL."""
    check_responses: bool = False
    cursor_secret: str | None = None
    management: bool = True
    """Whether the management API is served."""
    operator_token: str = field(default="", repr=False)
    """Token that reaches everything; without one, only organisations have tokens."""
    demo_keys: bool = True
    """Whether the keys of the profile work."""
    loopback: bool = True
    """Whether the server listens on this machine only."""
    base_url: str = f"http://{HOST}:{PORT}"
    workers: int = 1


def integer(option: str, minimum: int, maximum: int) -> Callable[[str | int], int]:
    """Return the parser of an integer option or its variable; it raises SettingsError for any other value.

    The errors of Typer's own ranges show neither the value nor both limits, and name the variable for a wrong option.
    """
    variable = "SEPOLO_" + option.removeprefix("--").upper()

    def parse(given: str | int) -> int:
        text = str(given).strip()
        # 20 digits are enough for all options; Python refuses to read thousands of them.
        if re.fullmatch(r"\+?[0-9]{1,20}", text) and minimum <= int(text) <= maximum:
            return int(text)
        value = command_line.shown(str(given))
        source = f"{variable}={value}" if os.environ.get(variable) == str(given) else f"{option} {value}"
        expected = f"an integer from {minimum} to {maximum}"
        raise SettingsError(command_line.wrong_option(source, expected, f"{option} or {variable}"))

    return parse


def cursor_secret() -> str | None:
    """Return the cursor secret of the environment; raise SettingsError if it is too short or not visible ASCII."""
    secret = os.environ.get(SECRET_VARIABLE)
    if secret is not None and not re.fullmatch(r"[!-~]{16,}", secret):
        raise SettingsError(command_line.weak_secret(SECRET_VARIABLE))
    return secret


def operator_token(given: str | None) -> str:
    """Return the operator's token of the option or its variable, "" for none; raise SettingsError for a bad one."""
    if given is None:
        return ""
    if not re.fullmatch(r"[!-~]{16,256}", given):
        raise SettingsError(command_line.weak_token())
    if given.startswith(("sep_test_", "sep_live_")):
        raise SettingsError(command_line.token_is_key())
    return given


def check(settings: Settings) -> None:
    """Raise SettingsError if settings contradict each other."""
    if not settings.management and settings.operator_token:
        raise SettingsError(command_line.token_needs_management())
    if not settings.management and not settings.demo_keys:
        raise SettingsError(command_line.keys_need_management())


def default_state() -> str:
    """Return the state without a `--state` option: a file in the user's data folder."""
    import platformdirs  # noqa: PLC0415 - only needed without --state

    return str(platformdirs.user_data_path("sepolo-mock") / "state.db")
