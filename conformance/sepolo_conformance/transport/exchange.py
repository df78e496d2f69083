"""One request with its answer, as it went over the wire, and the curl line that repeats it."""

import json
import shlex
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from sepolo_conformance.model.keys import Key
from sepolo_conformance.model.verdict import Step

__all__ = ["Exchange", "Request"]

KEY_HEADER = "X-Sepolo-Api-Key"
SHOWN, SHOWN_BEFORE = 4_096, 512
"""Characters of a body that a report shows: of the exchange in question, and of those that led to it."""
_UNSHOWN = {"accept-encoding", "user-agent", "host", "connection", "content-length"}


@dataclass(frozen=True, slots=True)
class Request:
    """What is sent: `target` is path and query as they go over the wire, percent-encoded.

    `operation_id` names the operation it is meant for, None for what the contract doesn't offer.
    """

    method: str
    target: str
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes | None = None
    key: Key | None = None
    operation_id: str | None = None


@dataclass(frozen=True)
class Exchange:
    """A request and its whole answer. `follows` is the exchange whose cursor or id this one used; `packed` says why the
    body couldn't be unpacked, None where it could.
    """

    base_url: str
    request: Request
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes = field(repr=False)
    seconds: float
    follows: "Exchange | None" = field(default=None, repr=False)
    packed: str | None = None

    @property
    def url(self) -> str:
        return self.base_url + self.request.target

    @property
    def ok(self) -> bool:
        return 200 <= self.status < 300

    def header(self, name: str) -> str | None:
        """Return the first value of a header, whatever its case; None if it didn't come."""
        wanted = name.lower()
        return next((value for key, value in self.headers if key.lower() == wanted), None)

    @property
    def media_type(self) -> str:
        return (self.header("content-type") or "").partition(";")[0].strip().lower()

    @cached_property
    def fault(self) -> str | None:
        """What keeps the body from being read as JSON; None if it can be."""
        try:
            self.data  # noqa: B018 - read for its error
        except UnicodeDecodeError as error:
            return f"the body isn't UTF-8: byte {error.start} is 0x{self.body[error.start]:02x}"
        except (ValueError, RecursionError) as error:
            return f"the body isn't JSON: {error}" if self.body else "the body is empty"
        return None

    @cached_property
    def data(self) -> Any:
        """The body as JSON values; raises ValueError where it isn't JSON in UTF-8. Read-only: it is shared."""
        if self.packed is not None:
            raise ValueError(self.packed)
        return json.loads(self.body.decode("utf-8"), parse_constant=_refuse)

    @property
    def rows(self) -> list[dict[str, Any]]:
        """The rows of a page or array, without those that aren't objects; [] if there is no such list."""
        if self.fault is not None:
            return []
        found = self.data.get("data") if isinstance(self.data, dict) else self.data
        return [row for row in found if isinstance(row, dict)] if isinstance(found, list) else []

    def member(self, name: str) -> Any:
        """Return a member of an object answer, None where it is absent or the answer is no object."""
        return self.data.get(name) if self.fault is None and isinstance(self.data, dict) else None

    @property
    def chain(self) -> tuple["Exchange", ...]:
        """All exchanges that led here, the first one first, this one last."""
        found = [self]
        while (before := found[-1].follows) is not None:
            found.append(before)
        return tuple(reversed(found))

    def curl(self) -> str:
        """Return the request as a line for a shell, its key as a variable."""
        parts = ["curl -sS -i"]
        if self.request.method == "HEAD":
            parts = ["curl -sS -I"]
        elif self.request.method != "GET":
            parts.append(f"-X {self.request.method}")
        if any(mark in self.request.target for mark in "[]{}"):
            parts.append("-g")
        if "/../" in self.request.target or "/./" in self.request.target:
            parts.append("--path-as-is")
        parts.extend(f"-H {self._header(name, value)}" for name, value in self._shown())
        if self.request.body is not None:
            parts.append(f"--data-binary {shlex.quote(self.request.body.decode('utf-8', 'replace'))}")
        parts.append(self._address())
        return " ".join(parts)

    def _address(self) -> str:
        key = self.request.key
        if key is not None and key.secret in self.url:
            return f'"{self.url.replace(key.secret, key.placeholder)}"'
        return _quote(self.url)

    def _shown(self) -> list[tuple[str, str]]:
        return [(name, value) for name, value in self.request.headers if name.lower() not in _UNSHOWN]

    def _header(self, name: str, value: str) -> str:
        key = self.request.key
        if key is not None and key.secret in value:
            text = value.replace(key.secret, key.placeholder)
            # Double quotes let the shell fill in the variable.
            return f'"{name}: {text}"'
        return _quote(f"{name};" if value == "" else f"{name}: {value}")

    def step(self, mask: Callable[[str], str], shown: int = SHOWN) -> Step:
        """Return the exchange as a report shows it, every text of it masked, of bodies `shown` characters."""
        return Step(
            curl=mask(self.curl()),
            method=self.request.method,
            url=mask(self.url),
            request_headers=tuple((name, mask(value)) for name, value in self._shown()),
            request_body=None if self.request.body is None else _excerpt(self.request.body, mask, shown),
            status=self.status,
            response_headers=tuple((mask(name), mask(value)) for name, value in self.headers),
            response_body=_excerpt(self.body, mask, shown),
            request_id=self.header("x-request-id") or self.header("request-id"),
            milliseconds=round(self.seconds * 1_000),
        )


def _quote(text: str) -> str:
    return "'" + text.replace("'", "'\\''") + "'"


def _excerpt(body: bytes, mask: Callable[[str], str], shown: int) -> str:
    # Masked before it is cut: half a key wouldn't be recognised.
    text = mask(body[: 2 * SHOWN].decode("utf-8", "replace"))
    return text if len(text) <= shown else f"{text[:shown]}… ({len(body)} bytes in all)"


def _refuse(word: str) -> None:
    raise ValueError(f"{word} is no JSON number")
