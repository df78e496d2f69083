"""Error texts of the command line: options, environment variables, the state, the port."""

import errno
import re

from sepolo_mock_server.errors.messages import quoted


class SettingsError(Exception):
    """An option or environment variable that cannot be used; the message is the line that the user reads."""


def shown(text: str) -> str:
    """Return a value as it was typed, in quotes unless it is a plain word or number."""
    return text if re.fullmatch(r"[\w.+-]{1,60}", text) else quoted(text)


def wrong_option(source: str, expected: str, places: str) -> str:
    return f"{source} is wrong: give {expected} with {places}"


def weak_secret(variable: str) -> str:
    return f"the environment variable {variable} must be at least 16 visible ASCII characters long"


# Management


def weak_token() -> str:
    return (
        "the operator's token must be 16 to 256 visible ASCII characters long: give another one with --operator-token "
        "or SEPOLO_OPERATOR_TOKEN, or none for a random one"
    )


def token_is_key() -> str:
    return (
        "the operator's token looks like an API key: give another one with --operator-token or SEPOLO_OPERATOR_TOKEN, "
        "or none for a random one"
    )


def token_needs_management() -> str:
    return "--operator-token is for the management API: leave it out, or leave out --no-management"


def keys_need_management() -> str:
    return "--no-demo-keys together with --no-management leaves no key that works: leave out one of the two"


def public_needs_token(host: str) -> str:
    return (
        f"--host {quoted(host)} can be reached from other machines: set a token of your own with --operator-token or "
        "SEPOLO_OPERATOR_TOKEN, or leave out the management API with --no-management"
    )


def management_needs_one_worker() -> str:
    return "several workers can't share the management API on this platform: use --workers 1, or --no-management"


# Files


def not_written(option: str, path: str, error: OSError | ValueError) -> str:
    reason = getattr(error, "strerror", None) or str(error)
    return f"{option} {quoted(path)} can't be written: {reason}"


def output_not_written(error: OSError) -> str:
    return f"the output can't be written: {error.strerror or error}"


def system_error(error: OSError) -> str:
    """Return what the operating system refused, with the path that it concerned if there is one."""
    reason = error.strerror or str(error) or type(error).__name__
    if error.filename is not None:
        return f"{error.filename!s} can't be used: {reason}"
    code = errno.errorcode.get(error.errno or 0, type(error).__name__)
    return f"the operating system refused something that the command needs: {reason} ({code})"


def not_origin(option: str, url: str) -> str:
    return f"{option} {quoted(url)} is no address of an API: give scheme and host, such as https://api.sepolo.app"


# The state

STATE_IS_FOLDER = "it is a folder"
STATE_IS_DEVICE = "it is not a regular file"
STATE_OF_OTHER_PROGRAM = "it is another program's database"
STATE_DAMAGED = "it is damaged"


def state_unusable(place: str, reason: str) -> str:
    return f"the state {place} can't be used: {reason}. Give --state another path, or --state :memory:"


def state_scheme(state: str) -> str:
    return (
        f"--state {quoted(state)} is not understood: give a path, :memory:, "
        "sqlite:///PATH or postgresql+psycopg://USER@HOST/DATABASE"
    )


def state_driver(module: str) -> str:
    return f"the database driver {module} is not installed: install the extra 'postgres' of sepolo-contract"


def state_missing(place: str) -> str:
    return f"there is no state at {place}, so nothing can be reset: give another path with --state"


def memory_needs_one_worker() -> str:
    return "--state :memory: keeps its reports in one process: use --workers 1, or give --state a path"


# Host and port


def unknown_host(host: str) -> str:
    return f"--host {quoted(host)} is not an address of this machine: give 127.0.0.1, or 0.0.0.0 for all of them"


def port_in_use(port: int) -> str:
    return f"port {port} is in use: give --port another one, or 0 for any that is free"


def port_forbidden(port: int) -> str:
    return f"this user is not allowed to listen on port {port}: give --port one from 1024 up, or 0 for any free one"


def not_bound(host: str, port: int, reason: str) -> str:
    return f"can't listen on {host} port {port}: {reason}"


# Workers


def worker_replaced(pid: int | None, exit_code: int | None) -> str:
    return f"worker process {pid} ended with exit code {exit_code}, and was replaced"
