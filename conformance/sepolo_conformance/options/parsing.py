"""Converts option texts to settings. A wrong text raises SettingsError with one line that states the expected value.

Nothing here sends a request.
"""

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from sepolo_conformance.model.settings import STANDARD_OUTPUT, Reports, Settings, SettingsError
from sepolo_conformance.options import values
from sepolo_conformance.options.api_keys import key_options, key_scopes, read_keys
from sepolo_conformance.options.table import BY_NAME
from sepolo_conformance.options.values import split

_SINGLE: Mapping[str, Callable[[str], Any]] = {
    "level": values.level,
    "write_body": values.json_object,
    "rate": values.rate,
    "budget": values.duration,
    "timeout": values.duration,
    "max_requests": values.positive_number,
    "seed": values.number,
    "in_flight": values.in_flight,
    "device": str,
    "window": values.window,
}
"""Options of one value, with their readers. Their names are those of the settings."""
_REPORTS = ("json", "html", "badge", "junit")


def parse(given: Mapping[str, Any], environment: Mapping[str, str] | None = None) -> Settings:
    """Return the settings of a run; raise SettingsError for the first wrong option.

    `given` maps names of `options.table` to values, None or [] for options that were not given.
    """
    env = os.environ if environment is None else environment
    base_url = values.base_url(given.get("base_url") or env.get("PYTEST_BASE_URL"))
    keys = read_keys(given, env)
    known = _one(given, "expected_failures", values.expected_failures)
    return Settings(
        base_url=base_url,
        keys=keys,
        key_options=key_options(given, keys),
        key_scopes=key_scopes(given.get("key_scopes") or (), keys),
        areas=_several(given, "area", values.area),
        requirements=_several(given, "requirement", values.requirement),
        allow_writes=bool(given.get("allow_writes")),
        expected=known or {},
        reports=_reports(given),
        **{name: found for name, read in _SINGLE.items() if (found := _one(given, name, read)) is not None},
    )


def _one(given: Mapping[str, Any], name: str, read: Callable[[str], Any]) -> Any:
    """Return the value of an option, None if it was not given; name the option in the error of its reader."""
    text = given.get(name)
    if text in (None, ""):
        return None
    try:
        return read(str(text))
    except ValueError as error:
        raise SettingsError(f"{BY_NAME[name].flag} {text}: {error}") from None


def _several(given: Mapping[str, Any], name: str, read: Callable[[str], str]) -> frozenset[str]:
    entries = split(given.get(name), BY_NAME[name].flag)
    return frozenset(_one({name: entry}, name, read) for entry in entries)


def _reports(given: Mapping[str, Any]) -> Reports:
    """Return the files of the reports. The one of JUnit is checked here too, although pytest writes it."""
    wanted = {name: _one(given, name, values.writable) for name in _REPORTS}
    named: dict[Path, str] = {}
    for name, path in wanted.items():
        if path is None:
            continue
        other = named.setdefault(path.resolve(), name)
        if other != name and (path == STANDARD_OUTPUT or path.is_file() or not path.exists()):
            raise SettingsError(f"--{other} and --{name}: both reports would be written to {path}")
    return Reports(wanted["json"], wanted["html"], wanted["badge"])
