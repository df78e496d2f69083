"""What a run was asked for, parsed and checked.

All wrong options end here, each with one line that says what would be right. Nothing here sends a request or
imports anything slow.
"""

import json
import os
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

import yaml

from sepolo_conformance.engine.registry import catalogue
from sepolo_conformance.model.keys import KEY_VARIABLES, Key, placeholder
from sepolo_conformance.model.requirement import AREAS, Level, area_of
from sepolo_conformance.model.settings import BUDGET_S, MAX_REQUESTS, SEED, TIMEOUT_S, Reports, Settings, SettingsError

__all__ = ["parse"]

API_PREFIX = "/api/v1"
T = TypeVar("T")


def parse(given: Mapping[str, Any], environment: Mapping[str, str] | None = None) -> Settings:
    """Return the settings that options mean; raise SettingsError for the first that can't be granted.

    `given` holds options by their names in `options.OPTIONS`: None or [] where they weren't given.
    """
    env = os.environ if environment is None else environment
    keys = _keys(given, env)
    return Settings(
        base_url=_base_url(given.get("base_url") or env.get("PYTEST_BASE_URL")),
        keys=keys,
        key_options=_key_options(given, keys),
        key_scopes=_key_scopes(given.get("key_scopes") or (), keys),
        level=_one(given.get("level"), Level.MUST, _level),
        areas=frozenset(map(_area, _named(given, "area", "--area"))),
        requirements=frozenset(map(_requirement, _named(given, "requirement", "--requirement"))),
        allow_writes=bool(given.get("allow_writes")),
        write_body=_one(given.get("write_body"), None, _json_object),
        rate=_one(given.get("rate"), None, _rate),
        budget=_one(given.get("budget"), BUDGET_S, lambda text: _duration(text, "--budget")),
        timeout=_one(given.get("timeout"), TIMEOUT_S, lambda text: _duration(text, "--timeout")),
        max_requests=_one(given.get("max_requests"), MAX_REQUESTS, lambda text: _count(text, "--max-requests")),
        seed=_one(given.get("seed"), SEED, _seed),
        device=given.get("device") or None,
        window=_one(given.get("window"), None, _window),
        expected=_one(given.get("expected_failures"), {}, _expected),
        reports=_reports(given),
    )


def _one(text: Any, default: Any, read: Callable[[str], Any]) -> Any:
    return default if text in (None, "") else read(str(text))


def _split(values: Sequence[str] | None) -> list[str]:
    return [word.strip() for value in values or () for word in value.split(",") if word.strip()]


def _base_url(url: str | None) -> str:
    if not url:
        raise SettingsError("no target: give its URL, e.g. https://api.sepolo.app (--base-url or PYTEST_BASE_URL)")
    try:
        parts = urlsplit(url.strip())
        sound = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1) > 0
        (parts.hostname or "").encode("idna")
    except ValueError:
        sound = False
    if not sound or re.search(r"[\s\x00-\x1f]", url.strip()):
        raise SettingsError(f"{url!r} is no URL of a deployment: write it as https://api.sepolo.app")
    if parts.username or parts.password:
        raise SettingsError("the URL holds a user or password: give keys by --api-key-env instead")
    if parts.query or parts.fragment:
        raise SettingsError(f"{url!r} has a query or fragment: give only the address, e.g. https://api.sepolo.app")
    path = parts.path.rstrip("/").removesuffix(API_PREFIX).rstrip("/")
    return f"{parts.scheme}://{parts.netloc}{path}"


def _keys(given: Mapping[str, Any], env: Mapping[str, str]) -> tuple[Key, ...]:
    found: dict[str, str] = {}
    for secret, name in _given_keys(given, env):
        found.setdefault(secret, name)
    if not found:
        found = {secret: name for variable in KEY_VARIABLES for secret, name in _in_variable(variable, env)}
    for secret, name in found.items():
        if not secret.isascii() or not secret.isprintable() or " " in secret:
            raise SettingsError(f"the key {name} has characters that no header can carry")
    places = enumerate(found.items())
    return tuple(Key(name, placeholder(place, len(found)), secret) for place, (secret, name) in places)


def _given_keys(given: Mapping[str, Any], env: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield the keys of the options, each with a name for people; an option that gives none is refused."""
    for number, secret in enumerate(_named(given, "api_key", "--api-key"), start=1):
        yield secret, f"key{number}"
    for variable in _named(given, "api_key_env", "--api-key-env"):
        if not (keys := _in_variable(variable, env)):
            raise SettingsError(f"--api-key-env {variable}: the environment has no such variable, or it is empty")
        yield from keys
    for file in given.get("api_key_file") or ():
        if not (secrets := _lines(file)):
            raise SettingsError(f"--api-key-file {file}: there is no key in it; write one a line")
        for number, secret in enumerate(secrets, start=1):
            yield secret, f"{Path(file).name}:{number}"


def _in_variable(variable: str, env: Mapping[str, str]) -> list[tuple[str, str]]:
    secrets = _split([env.get(variable, "")])
    return [
        (secret, variable if len(secrets) == 1 else f"{variable}:{number}")
        for number, secret in enumerate(secrets, start=1)
    ]


def _named(given: Mapping[str, Any], name: str, option: str) -> list[str]:
    """Return the words of an option; given, but with none in it, it is refused: an unset variable may be the cause."""
    if (values := given.get(name)) and not _split(values):
        raise SettingsError(f"{option}: it is empty")
    return _split(values)


def _key_options(given: Mapping[str, Any], keys: Sequence[Key]) -> tuple[str, ...]:
    """Return the options by which the same keys are given again, without a key among them."""
    words = [word for name in _split(given.get("api_key_env")) for word in ("--api-key-env", name)]
    words += [word for file in given.get("api_key_file") or () for word in ("--api-key-file", str(file))]
    secrets = _split(given.get("api_key"))
    words += [word for key in keys if key.secret in secrets for word in ("--api-key-env", key.variable)]
    return tuple(words)


def _lines(file: str) -> list[str]:
    try:
        lines = [line.strip() for line in _readable(file).read_text(encoding="utf-8").splitlines()]
    except UnicodeDecodeError:
        raise SettingsError(f"--api-key-file {file}: it is no text in UTF-8; write one key a line") from None
    return [line for line in lines if line and not line.startswith("#")]


def _key_scopes(values: Sequence[str], keys: Sequence[Key]) -> dict[str, frozenset[str]]:
    names = {key.name for key in keys}
    found: dict[str, frozenset[str]] = {}
    for value in values:
        name, equals, scopes = value.partition("=")
        if not equals or name not in names:
            known = ", ".join(sorted(names)) or "none"
            raise SettingsError(f"--key-scopes {value}: write NAME=scope,scope with NAME one of: {known}")
        found[name] = frozenset(_split([scopes]))
    return found


def _level(text: str) -> Level:
    try:
        return Level(text.strip().lower())
    except ValueError:
        raise SettingsError(f"--level {text}: choose one of {', '.join(Level)}") from None


def _area(word: str) -> str:
    if (area := area_of(word)) is None:
        raise SettingsError(f"--area {word}: choose from {', '.join(AREAS.values())}")
    return area


def _requirement(word: str) -> str:
    if (wanted := word.upper()) not in catalogue():
        raise SettingsError(f"--requirement {word}: there is none; sepolo-conformance list shows all")
    return wanted


def _rate(text: str) -> float:
    match = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*(?:/\s*(s|sec|min|m|h))?\s*", text)
    per = {"s": 1, "sec": 1, "m": 60, "min": 60, "h": 3_600}
    if match is None or float(match[1]) == 0:
        raise SettingsError(f"--rate {text}: write requests a second or minute, e.g. 5/s or 300/min")
    return float(match[1]) / per[match[2] or "s"]


def _duration(text: str, option: str) -> float:
    match = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*(ms|s|min|m|h)?\s*", text)
    unit = {"ms": 0.001, "s": 1, "m": 60, "min": 60, "h": 3_600}
    if match is None or float(match[1]) == 0:
        raise SettingsError(f"{option} {text}: write a duration, e.g. 120s or 5m")
    return float(match[1]) * unit[match[2] or "s"]


def _count(text: str, option: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) == 0:
        raise SettingsError(f"{option} {text}: write a number above 0")
    return int(text)


def _seed(text: str) -> int:
    if not text.isascii() or not text.isdigit():
        raise SettingsError(f"--seed {text}: write a number, 0 or above")
    return int(text)


def _window(text: str) -> tuple[datetime, datetime]:
    first, slash, last = text.partition("/")
    try:
        ends = tuple(datetime.fromisoformat(end.strip()) for end in (first, last))
    except ValueError:
        ends = ()
    if not slash or len(ends) != 2:
        raise SettingsError(f"--window {text}: write two instants, e.g. 2026-05-01T00:00:00Z/2026-06-01T00:00:00Z")
    start, stop = (end if end.tzinfo else end.replace(tzinfo=UTC) for end in ends)
    if start >= stop:
        raise SettingsError(f"--window {text}: the first instant has to lie before the second")
    return start.astimezone(UTC), stop.astimezone(UTC)


def _readable(text: str) -> Path:
    path = Path(text)
    if not path.is_file():
        raise SettingsError(f"{text}: there is no such file")
    if not os.access(path, os.R_OK):
        raise SettingsError(f"{text}: the file may not be read")
    return path


def _json_object(text: str) -> Path:
    path = _readable(text)
    try:
        sound = isinstance(json.loads(path.read_bytes()), dict)
    except ValueError:
        sound = False
    if not sound:
        raise SettingsError(f'--write-body {text}: write one JSON object, e.g. {{"assetId": …, "title": …}}')
    return path


def _writable(text: str) -> Path:
    path = Path(text)
    if path.is_dir() or not path.absolute().parent.is_dir() or not os.access(path.absolute().parent, os.W_OK):
        raise SettingsError(f"{text}: a report can't be written there")
    return path


def _reports(given: Mapping[str, Any]) -> Reports:
    """Return where reports go; JUnit's too is checked here, though pytest writes it."""
    wanted = {name: _one(given.get(name), None, _writable) for name in ("json", "html", "badge", "junit")}
    named: dict[Path, str] = {}
    for name, path in wanted.items():
        other = named.setdefault(path.resolve(), name) if path is not None else name
        if other != name:
            raise SettingsError(f"--{other} and --{name}: both reports would be written to {path}")
    return Reports(wanted["json"], wanted["html"], wanted["badge"])


def _expected(text: str) -> dict[str, str]:
    """Return a file of known deviations: YAML, `ID: reason` a line."""
    try:
        raw = yaml.safe_load(_readable(text).read_text(encoding="utf-8")) or {}
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise SettingsError(f"--expected-failures {text}: not YAML: {' '.join(str(error).split())}") from None
    if not isinstance(raw, dict):
        raise SettingsError(f"--expected-failures {text}: write one `ID: reason` a line")
    raw = {str(name).upper(): reason for name, reason in raw.items()}
    for name, reason in raw.items():
        if name not in catalogue():
            advice = "sepolo-conformance list shows all"
            raise SettingsError(f"--expected-failures {text}: there is no requirement {name}; {advice}")
        if not isinstance(reason, str) or not reason.strip():
            raise SettingsError(f"--expected-failures {text}: {name} needs a reason")
    return {name: reason.strip() for name, reason in raw.items()}
