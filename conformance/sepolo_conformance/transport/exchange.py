"""One request and its response as sent over the network, and the curl line that repeats the request."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from sepolo_conformance.model.keys import Key
from sepolo_conformance.model.printable import printable
from sepolo_conformance.model.verdict import Step
from sepolo_conformance.transport.json_values import read_json
from sepolo_conformance.transport.urls import url_of

KEY_HEADER = "X-Sepolo-Api-Key"
SHOWN, SHOWN_BEFORE = 4_096, 512
"""Characters of a body in a report: of the exchange that a finding is about, and of those that led to it."""
_LONGEST_KEY = 4_096
"""Characters of an encoded key that is masked completely where the shown part of a body ends."""
_SPECIAL = re.compile(r"[\"$`\\!]|[^ -~]")
"""Characters that a shell or a terminal changes within double quotes."""
_DOT_SEGMENT = re.compile(r"/(?:\.|%2e){1,2}(?:/|$)", re.IGNORECASE)
"""Segments that curl removes from a path."""
_OMITTED_HEADERS = {"accept-encoding", "user-agent", "host", "connection", "content-length"}


@dataclass(frozen=True, slots=True)
class Request:
    """A request. `target` is the percent-encoded path and query.

    `operation_id` names the operation that the request calls, None for a path or method outside of the contract.
    """

    method: str
    target: str
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes | None = None
    key: Key | None = None
    operation_id: str | None = None


@dataclass(frozen=True)
class Exchange:
    """A request and its complete response.

    `follows` is the exchange whose cursor or id the request used. `encoding_fault` says why the body could not be
    decoded as its Content-Encoding says. `received_rows` and `received_bytes` are set if rows were left out: `data`
    then lacks the last rows, and `body` is incomplete.
    """

    base_url: str
    request: Request
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes = field(repr=False)
    seconds: float
    follows: "Exchange | None" = field(default=None, repr=False)
    encoding_fault: str | None = None
    received_rows: int | None = None
    received_bytes: int | None = None

    @property
    def url(self) -> str:
        return url_of(self.base_url, self.request.target)

    @property
    def ok(self) -> bool:
        return 200 <= self.status < 300

    def header(self, name: str) -> str | None:
        """Return the first value of a header, ignoring the case of its name; None if there is none."""
        wanted = name.lower()
        return next((value for key, value in self.headers if key.lower() == wanted), None)

    @property
    def media_type(self) -> str:
        return (self.header("content-type") or "").partition(";")[0].strip().lower()

    @cached_property
    def fault(self) -> str | None:
        """Why the body cannot be read as JSON; None if it can."""
        try:
            self.data  # noqa: B018 - read for its error
        except UnicodeDecodeError as error:
            return f"the body is not UTF-8: byte {error.start} is 0x{self.body[error.start]:02x}"
        except (ValueError, RecursionError) as error:
            return f"the body is not JSON: {error}" if self.body else "the body is empty"
        return None

    @cached_property
    def data(self) -> Any:
        """The body as in `read_json`, which callers must not change; raises ValueError if it is not JSON in UTF-8."""
        if self.encoding_fault is not None:
            raise ValueError(self.encoding_fault)
        return read_json(self.body)

    @property
    def rows(self) -> list[dict[str, Any]]:
        """The rows of a page or array that are objects; [] if the body is neither."""
        if self.fault is not None:
            return []
        found = self.data.get("data") if isinstance(self.data, dict) else self.data
        return [row for row in found if isinstance(row, dict)] if isinstance(found, list) else []

    def member(self, name: str) -> Any:
        """Return a member of the body, None if the body has no such member or is not an object."""
        return self.data.get(name) if self.fault is None and isinstance(self.data, dict) else None

    @property
    def has_more(self) -> bool:
        """Whether rows of the list follow that `rows` does not have."""
        return self.member("hasMore") is True or self.received_rows is not None

    @property
    def chain(self) -> tuple["Exchange", ...]:
        """All exchanges that led to this one, the first one first, this one last."""
        found = [self]
        while (before := found[-1].follows) is not None:
            found.append(before)
        return tuple(reversed(found))

    def curl(self) -> str:
        """Return the request as a line for a shell, with the key as a variable."""
        parts = ["curl -sS -i"]
        if self.request.method == "HEAD":
            parts = ["curl -sS -I"]
        elif self.request.method != "GET":
            parts.append(f"-X {self.request.method}")
        if any(character in self.request.target for character in "[]{}"):
            parts.append("-g")
        if _DOT_SEGMENT.search(self.request.target.partition("?")[0]):
            parts.append("--path-as-is")
        parts.extend(f"-H {self._shell_header(name, value)}" for name, value in self._shown_headers())
        if self.request.body is not None:
            parts.append(f"--data-binary {_quote(self.request.body.decode('utf-8', 'replace'))}")
        parts.append(self._shell_url())
        return " ".join(parts)

    def _shell_url(self) -> str:
        return _with_variable(self.url, self.request.key) or _quote(self.url)

    def _shown_headers(self) -> list[tuple[str, str]]:
        return [(name, value) for name, value in self.request.headers if name.lower() not in _OMITTED_HEADERS]

    def _shell_header(self, name: str, value: str) -> str:
        text = f"{name};" if value == "" else f"{name}: {value}"
        return _with_variable(text, self.request.key) or _quote(text)

    def step(self, mask: Callable[[str], str], shown: int = SHOWN) -> Step:
        """Return the exchange for a report, with every text masked and up to `shown` characters of each body."""
        request_id = self.header("x-request-id") or self.header("request-id")
        return Step(
            curl=mask(self.curl()),
            method=self.request.method,
            url=mask(self.url),
            request_headers=tuple((mask(name), mask(value)) for name, value in self._shown_headers()),
            request_body=None if self.request.body is None else _excerpt(self.request.body, mask, shown),
            status=self.status,
            response_headers=tuple((mask(name), mask(value)) for name, value in self.headers),
            response_body=_excerpt(self.body, mask, shown, self.received_bytes),
            request_id=mask(request_id) if request_id else None,
            milliseconds=round(self.seconds * 1_000),
        )


def _quote(text: str) -> str:
    """Return a text as a shell passes it on unchanged, without anything that a terminal or a log would carry out."""
    if printable(text) == text:
        return "'" + text.replace("'", "'\\''") + "'"
    plain = (char.isprintable() and char not in "'\\#:" for char in text)
    parts = (char if kept else _in_bytes(char) for char, kept in zip(text, plain, strict=True))
    return f"$'{''.join(parts)}'"


def _in_bytes(char: str) -> str:
    return "".join(f"\\x{byte:02x}" for byte in char.encode("utf-8", "replace"))


def _with_variable(text: str, key: Key | None) -> str | None:
    """Return a text that contains the key with its variable instead, which the shell replaces; otherwise None."""
    if key is None or key.secret not in text:
        return None
    parts = text.split(key.secret)
    if not any(_SPECIAL.search(part) for part in parts):
        return f'"{key.placeholder.join(parts)}"'
    return f'"{key.placeholder}"'.join(_quote(part) if part else "" for part in parts)


def _excerpt(body: bytes, mask: Callable[[str], str], shown: int, size: int | None = None) -> str:
    # Mask before cutting, because a part of a key would not be recognised. A key that is incomplete in `window` lies
    # within its last characters, which are not shown.
    window = body[: 2 * shown + _LONGEST_KEY]
    text = mask(window.decode("utf-8", "replace"))
    if len(window) < len(body):
        text = text[:-_LONGEST_KEY]
    elif size is None and len(text) <= shown:
        return text
    return f"{text[:shown]}… ({size or len(body)} bytes in total)"
