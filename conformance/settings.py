"""What a run was asked for, parsed and checked.

All wrong options end here, each with one line that says what would be right. Nothing here sends a request or
imports anything slow.
"""

import os
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import takewhile
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

import yaml

from conformance.exchange import Key
from conformance.redaction import placeholder
from conformance.requirements import AREAS, Level, area_of, catalogue

__all__ = ["Reports", "Settings", "SettingsError", "parse"]

API_PREFIX = "/api/v1"
T = TypeVar("T")


class SettingsError(ValueError):
    """An option that can't be granted, in one line."""


@dataclass(frozen=True, slots=True)
class Reports:
    """Where reports are written to, None where they aren't wanted."""

    json: Path | None = None
    html: Path | None = None
    badge: Path | None = None


@dataclass(frozen=True, slots=True)
class Settings:
    """A run: the target, the keys, what is judged and how hard it may be worked.

    `base_url` ends without `/api/v1` and without a slash. `budget` and `timeout` are seconds, `rate` requests
    a second or None. `expected` leads from requirement ids to the reasons why they are known to fail.
    """

    base_url: str
    keys: tuple[Key, ...] = ()
    key_scopes: Mapping[str, frozenset[str]] = field(default_factory=dict)
    level: Level = Level.MUST
    areas: frozenset[str] = frozenset()
    requirements: frozenset[str] = frozenset()
    allow_writes: bool = False
    write_body: Path | None = None
    rate: float | None = None
    budget: float = 300.0
    timeout: float = 10.0
    max_requests: int = 10_000
    seed: int = 1
    device: str | None = None
    window: tuple[datetime, datetime] | None = None
    expected: Mapping[str, str] = field(default_factory=dict)
    reports: Reports = Reports()


def parse(given: Mapping[str, Any], environment: Mapping[str, str] | None = None) -> Settings:
    """Return the settings that options mean; raise SettingsError for the first that can't be granted.

    `given` holds options by their names in `options.OPTIONS`: None or [] where they weren't given.
    """
    env = os.environ if environment is None else environment
    keys = _keys(given, env)
    return Settings(
        base_url=_base_url(given.get("base_url") or env.get("PYTEST_BASE_URL")),
        keys=keys,
        key_scopes=_key_scopes(given.get("key_scopes") or (), keys),
        level=_one(given.get("level"), Level.MUST, _level),
        areas=frozenset(map(_area, _split(given.get("area")))),
        requirements=frozenset(map(_requirement, _split(given.get("requirement")))),
        allow_writes=bool(given.get("allow_writes")),
        write_body=_one(given.get("write_body"), None, _readable),
        rate=_one(given.get("rate"), None, _rate),
        budget=_one(given.get("budget"), 300.0, lambda text: _duration(text, "--budget")),
        timeout=_one(given.get("timeout"), 10.0, lambda text: _duration(text, "--timeout")),
        max_requests=_one(given.get("max_requests"), 10_000, lambda text: _count(text, "--max-requests")),
        seed=_one(given.get("seed"), 1, _seed),
        device=given.get("device") or None,
        window=_one(given.get("window"), None, _window),
        expected=_one(given.get("expected_failures"), {}, _expected),
        reports=Reports(
            json=_one(given.get("json"), None, _writable),
            html=_one(given.get("html"), None, _writable),
            badge=_one(given.get("badge"), None, _writable),
        ),
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
    for number, secret in enumerate(_split(given.get("api_key")), start=1):
        found.setdefault(secret, f"key{number}")
    for name in _split(given.get("api_key_env")):
        if not env.get(name, "").strip():
            raise SettingsError(f"--api-key-env {name}: the environment has no such variable, or it is empty")
        found.setdefault(env[name].strip(), name)
    for file in given.get("api_key_file") or ():
        for number, secret in enumerate(_lines(_readable(file)), start=1):
            found.setdefault(secret, f"{Path(file).name}:{number}")
    if not found:
        for number, secret in enumerate(_split(_environment_keys(env)), start=1):
            found.setdefault(secret, placeholder(number - 1).removeprefix("$"))
    for secret, name in found.items():
        if not secret.isascii() or not secret.isprintable() or " " in secret:
            raise SettingsError(f"the key {name} has characters that no header can carry")
    return tuple(Key(name, placeholder(index), secret) for index, (secret, name) in enumerate(found.items()))


def _environment_keys(env: Mapping[str, str]) -> list[str]:
    """Return SEPOLO_API_KEY and those numbered after it, which are the variables that curl lines read."""
    names = ("SEPOLO_API_KEY", *(f"SEPOLO_API_KEY_{number}" for number in range(2, 100)))
    return list(takewhile(bool, (env.get(name, "") for name in names)))


def _lines(path: Path) -> Iterable[str]:
    lines = (line.strip() for line in path.read_text(encoding="utf-8").splitlines())
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
    return path


def _writable(text: str) -> Path:
    path = Path(text)
    if path.is_dir() or not path.absolute().parent.is_dir() or not os.access(path.absolute().parent, os.W_OK):
        raise SettingsError(f"{text}: a report can't be written there")
    return path


def _expected(text: str) -> dict[str, str]:
    """Return a file of known deviations: YAML, `ID: reason` a line."""
    try:
        raw = yaml.safe_load(_readable(text).read_text(encoding="utf-8")) or {}
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise SettingsError(f"--expected-failures {text}: not YAML: {' '.join(str(error).split())}") from None
    if not isinstance(raw, dict):
        raise SettingsError(f"--expected-failures {text}: write one `ID: reason` a line")
    for name, reason in raw.items():
        if name not in catalogue():
            raise SettingsError(f"--expected-failures {text}: there is no requirement {name}")
        if not isinstance(reason, str) or not reason.strip():
            raise SettingsError(f"--expected-failures {text}: {name} needs a reason")
    return {name: reason.strip() for name, reason in raw.items()}
