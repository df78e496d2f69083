"""Conversion of option texts to values. A wrong text raises ValueError, whose message states the expected value."""

import json
import os
import re
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

from sepolo_conformance.engine.registry import catalogue
from sepolo_conformance.model.requirement import AREAS, Level, area_of
from sepolo_conformance.model.settings import MOST_IN_FLIGHT, STANDARD_OUTPUT, SettingsError

API_PREFIX = "/api/v1"
_SECONDS = {"ms": 0.001, "s": 1, "sec": 1, "m": 60, "min": 60, "h": 3_600}
_UNKNOWN_ID = "there is no such requirement; sepolo-conformance list shows all"


def split(texts: Sequence[str] | None, flag: str | None = None) -> list[str]:
    """Return the entries of comma-separated texts.

    With a flag, raises SettingsError if the option was given without any entry, as by an unset shell variable.
    """
    entries = [entry.strip() for text in texts or () for entry in text.split(",") if entry.strip()]
    if flag and texts and not entries:
        raise SettingsError(f"{flag}: the value is empty")
    return entries


def base_url(text: str | None) -> str:
    """Return a URL without `/api/v1` and without a final slash.

    Raises SettingsError, whose messages name no option: the console script takes the URL as an argument.
    """
    if not text:
        raise SettingsError("no target: give its URL, e.g. https://api.sepolo.app (--base-url or PYTEST_BASE_URL)")
    try:
        parts = urlsplit(text.strip())
        valid = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1) > 0
        (parts.hostname or "").encode("idna")
    except ValueError:
        valid = False
    if not valid or re.search(r"[\s\x00-\x1f]", text.strip()):
        raise SettingsError(f"{text!r} is not the URL of a deployment: write it as https://api.sepolo.app")
    if parts.username or parts.password:
        raise SettingsError("the URL contains a user or password: give keys by --api-key-env instead")
    if parts.query or parts.fragment:
        raise SettingsError(f"{text!r} has a query or fragment: give only the address, e.g. https://api.sepolo.app")
    path = parts.path.rstrip("/").removesuffix(API_PREFIX).rstrip("/")
    return f"{parts.scheme}://{parts.netloc}{path}"


def level(text: str) -> Level:
    try:
        return Level(text.strip().lower())
    except ValueError:
        raise ValueError(f"choose one of {', '.join(Level)}") from None


def area(text: str) -> str:
    if (found := area_of(text)) is None:
        raise ValueError(f"choose from {', '.join(AREAS.values())}")
    return found


def requirement(text: str) -> str:
    if text.upper() not in catalogue():
        raise ValueError(_UNKNOWN_ID)
    return text.upper()


def rate(text: str) -> float:
    """Return requests per second."""
    match = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*(?:/\s*(s|sec|min|m|h))?\s*", text)
    if match is None or float(match[1]) == 0:
        raise ValueError("write requests per second or minute, e.g. 5/s or 300/min")
    return float(match[1]) / _SECONDS[match[2] or "s"]


def duration(text: str) -> float:
    """Return seconds."""
    match = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*(ms|s|min|m|h)?\s*", text)
    if match is None or float(match[1]) == 0:
        raise ValueError("write a duration, e.g. 120s or 5m")
    return float(match[1]) * _SECONDS[match[2] or "s"]


def number(text: str) -> int:
    if not text.isascii() or not text.isdigit():
        raise ValueError("write a number, 0 or above")
    return int(text)


def positive_number(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) == 0:
        raise ValueError("write a number above 0")
    return int(text)


def in_flight(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= MOST_IN_FLIGHT:
        raise ValueError(f"write a number from 1 to {MOST_IN_FLIGHT}")
    return int(text)


def window(text: str) -> tuple[datetime, datetime]:
    """Return the two instants of `FROM/TO` in UTC; one without an offset is in UTC."""
    first, slash, last = text.partition("/")
    try:
        ends = tuple(datetime.fromisoformat(end.strip()) for end in (first, last))
    except ValueError:
        ends = ()
    if not slash or len(ends) != 2:
        raise ValueError("write two instants, e.g. 2026-05-01T00:00:00Z/2026-06-01T00:00:00Z")
    start, stop = (end if end.tzinfo else end.replace(tzinfo=UTC) for end in ends)
    if start >= stop:
        raise ValueError("the first instant must be before the second")
    return start.astimezone(UTC), stop.astimezone(UTC)


def readable(text: str) -> Path:
    path = Path(text)
    if not path.is_file():
        raise ValueError("there is no such file")
    if not os.access(path, os.R_OK):
        raise ValueError("the file is not readable")
    return path


def text_of(path: Path) -> str:
    """Return the text of a UTF-8 file, or of a UTF-16 file with a byte order mark; raise UnicodeDecodeError."""
    content = path.read_bytes()
    return content.decode("utf-16" if content.startswith((BOM_UTF16_LE, BOM_UTF16_BE)) else "utf-8-sig")


def writable(text: str) -> Path:
    """Return the path of a file that can be created or replaced; `-` is standard output."""
    path = Path(text)
    if text == "-" or path in (STANDARD_OUTPUT, Path("/dev/fd/1"), Path("/proc/self/fd/1")):
        return STANDARD_OUTPUT
    if path.is_dir():
        raise ValueError("a report can't be written there: it is a folder")
    if path.exists():
        if not os.access(path, os.W_OK):
            raise ValueError("a report can't be written there: the file is not writable")
        return path
    folder = path.absolute().parent
    if not folder.is_dir():
        raise ValueError(f"a report can't be written there: there is no folder {folder}")
    if not os.access(folder, os.W_OK):
        raise ValueError(f"a report can't be written there: the folder {folder} is not writable")
    return path


def json_object(text: str) -> Path:
    """Return the path of a file that contains a JSON object."""
    path = readable(text)
    try:
        valid = isinstance(json.loads(path.read_bytes()), dict)
    except ValueError:
        valid = False
    if not valid:
        raise ValueError('write one JSON object, e.g. {"assetId": …, "title": …}')
    return path


def expected_failures(text: str) -> dict[str, str]:
    """Return the reasons of known deviations by requirement id, from a YAML file of `ID: reason` lines."""
    import yaml  # noqa: PLC0415 - costs 30 ms, and few runs have such a file

    try:
        raw = yaml.safe_load(text_of(readable(text))) or {}
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ValueError(f"the file is not YAML: {' '.join(str(error).split())}") from None
    if not isinstance(raw, dict):
        raise ValueError("write one `ID: reason` per line")  # noqa: TRY004 - a wrong value, whatever its type
    reasons = {str(name).upper(): reason for name, reason in raw.items()}
    for name, reason in reasons.items():
        if name not in catalogue():
            raise ValueError(f"{name}: {_UNKNOWN_ID}")
        if not isinstance(reason, str) or not reason.strip():
            raise ValueError(f"{name} needs a reason")
    return {name: reason.strip() for name, reason in reasons.items()}
