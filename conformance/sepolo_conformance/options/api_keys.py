"""The keys of a run, read from options, environment variables and files."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from sepolo_conformance.model.keys import KEY_VARIABLES, Key, placeholder
from sepolo_conformance.model.settings import SettingsError
from sepolo_conformance.options.table import BY_NAME
from sepolo_conformance.options.values import readable, split, text_of

_KEY, _ENV, _FILE, _SCOPES = (BY_NAME[name].flag for name in ("api_key", "api_key_env", "api_key_file", "key_scopes"))


def read_keys(given: Mapping[str, Any], env: Mapping[str, str]) -> tuple[Key, ...]:
    """Return the keys of the options, each once; those of `KEY_VARIABLES` if no option gives one."""
    found: dict[str, str] = {}
    for secret, name in _given_keys(given, env):
        found.setdefault(secret, name)
    if not found:
        found = {secret: name for variable in KEY_VARIABLES for secret, name in _in_variable(variable, env)}
    for secret, name in found.items():
        if not secret.isascii() or not secret.isprintable() or " " in secret:
            raise SettingsError(f"the key {name} has characters that a header cannot carry")
    numbered = enumerate(found.items())
    return tuple(Key(name, placeholder(index, len(found)), secret) for index, (secret, name) in numbered)


def key_options(given: Mapping[str, Any], keys: Sequence[Key]) -> tuple[str, ...]:
    """Return options of the console script that give the same keys again. A key itself becomes its variable."""
    words = [word for name in split(given.get("api_key_env")) for word in (_ENV, name)]
    words += [word for file in given.get("api_key_file") or () for word in (_FILE, str(file))]
    secrets = split(given.get("api_key"))
    words += [word for key in keys if key.secret in secrets for word in (_ENV, key.variable)]
    return tuple(words)


def key_scopes(given: Sequence[str], keys: Sequence[Key]) -> dict[str, frozenset[str]]:
    """Return the scopes of `NAME=scope,scope` options, by the name of the key."""
    names = {key.name for key in keys}
    found: dict[str, frozenset[str]] = {}
    for text in given:
        name, equals, scopes = text.partition("=")
        if not equals or name not in names:
            known = ", ".join(sorted(names)) or "none"
            raise SettingsError(f"{_SCOPES} {text}: write NAME=scope,scope with NAME one of: {known}")
        found[name] = frozenset(split([scopes]))
    return found


def _given_keys(given: Mapping[str, Any], env: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield the keys of the options with their names; raise SettingsError for an option without a key."""
    for number, secret in enumerate(split(given.get("api_key"), _KEY), start=1):
        yield secret, f"key{number}"
    for variable in split(given.get("api_key_env"), _ENV):
        if not (keys := _in_variable(variable, env)):
            raise SettingsError(f"{_ENV} {variable}: the environment variable is missing or empty")
        yield from keys
    for file in given.get("api_key_file") or ():
        for number, secret in enumerate(_in_file(file), start=1):
            yield secret, f"{Path(file).name}:{number}"


def _in_variable(variable: str, env: Mapping[str, str]) -> list[tuple[str, str]]:
    secrets = split([env.get(variable, "")])
    return [
        (secret, variable if len(secrets) == 1 else f"{variable}:{number}")
        for number, secret in enumerate(secrets, start=1)
    ]


def _in_file(file: str) -> list[str]:
    try:
        lines = [line.strip() for line in text_of(readable(file)).splitlines()]
    except UnicodeDecodeError:
        raise SettingsError(f"{_FILE} {file}: the file is not UTF-8 text; write one key per line") from None
    except ValueError as error:
        raise SettingsError(f"{_FILE} {file}: {error}") from None
    if not (found := [line for line in lines if line and not line.startswith("#")]):
        raise SettingsError(f"{_FILE} {file}: the file contains no key; write one key per line")
    return found
