"""A request and a response as an alteration sees them: frozen values; a change returns a new one."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode

import orjson

from sepolo_fixtures.profiles.profile import KeyFact
from sepolo_openapi import reader
from sepolo_openapi.contract import Operation

__all__ = ["KEY_HEADER", "Request", "Response"]

KEY_HEADER = b"x-sepolo-api-key"
_MAY_BE_TOO_LARGE = re.compile(rb"[0-9]{19}")
"""Integers that orjson would read as floats."""


@dataclass(frozen=True, slots=True)
class Request:
    """A request with what the contract and the profile know of it.

    `operation` is None where the contract has no such operation, `key` where the presented key is unknown.
    `path_values` are decoded.
    """

    method: str
    path: bytes
    query: bytes = b""
    headers: tuple[tuple[bytes, bytes], ...] = ()
    body: bytes = b""
    operation: Operation | None = None
    path_values: Mapping[str, str] = field(default_factory=dict)
    key: KeyFact | None = None

    @property
    def operation_id(self) -> str:
        """The operationId, empty where there is no operation."""
        return self.operation.operation_id if self.operation else ""

    @property
    def query_values(self) -> dict[str, str]:
        """Decoded query values by name; the last value of a repeated name."""
        return dict(parse_qsl(self.query.decode("latin-1"), keep_blank_values=True))

    def query_value(self, name: str) -> str | None:
        return self.query_values.get(name)

    def query_int(self, name: str, default: int = 0) -> int:
        """A query value as an integer, `default` where it is missing or not an integer."""
        text = self.query_values.get(name, "")
        return int(text) if re.fullmatch(r"-?\d{1,18}", text, re.ASCII) else default

    def header(self, name: bytes) -> bytes | None:
        return next((value for known, value in self.headers if known == name), None)

    def with_query(self, changes: Mapping[str, object | None] | None = None, **more: object | None) -> "Request":
        """The same request with query values set, or removed where None; the same object where nothing changes."""
        before = parse_qsl(self.query.decode("latin-1"), keep_blank_values=True)
        wanted = {**(changes or {}), **more}
        pairs = [(name, value) for name, value in before if name not in wanted]
        pairs += [(name, str(value)) for name, value in wanted.items() if value is not None]
        return self if pairs == before else replace(self, query=urlencode(pairs, quote_via=quote).encode())

    def without_headers(self, *names: bytes) -> "Request":
        return replace(self, headers=tuple(pair for pair in self.headers if pair[0] not in names))

    def with_header(self, name: bytes, value: bytes) -> "Request":
        """The same request with a header, which replaces those of the same name."""
        rest = self.without_headers(name)
        return replace(rest, headers=(*rest.headers, (name, value)))

    def with_key(self, fact: KeyFact) -> "Request":
        """The same request with another key, in X-Sepolo-Api-Key."""
        plain = self.without_headers(b"authorization", KEY_HEADER)
        return replace(plain, headers=(*plain.headers, (KEY_HEADER, fact.key.encode())), key=fact)

    def to_operation(
        self, operation_id: str, path_values: Mapping[str, str] | None = None, **query: object
    ) -> "Request":
        """A GET of another operation with the same key; path values that aren't given are taken over."""
        operation = reader.load().operations[operation_id]
        known = {**self.path_values, **(path_values or {})}
        path = operation.path
        for name, value in known.items():
            path = path.replace(f"{{{name}}}", quote(value, safe=""))
        text = urlencode({name: str(value) for name, value in query.items() if value is not None}, quote_via=quote)
        return replace(
            self,
            method="GET",
            path=path.encode(),
            query=text.encode(),
            body=b"",
            operation=operation,
            path_values=known,
        )


@dataclass(frozen=True)
class Response:
    """A response; header names in lower case, without content-length, which is added when it is sent."""

    status: int
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes = b""

    @cached_property
    def json(self) -> Any:
        """The parsed body. Shared between callers: change a copy."""
        if _MAY_BE_TOO_LARGE.search(self.body) is None:
            try:
                return orjson.loads(self.body)
            except ValueError:  # such as lone surrogates
                pass
        return json.loads(self.body)

    @property
    def ok(self) -> bool:
        return 200 <= self.status < 300

    @property
    def rows(self) -> list[dict[str, Any]]:
        """The rows of a page or of a bare array."""
        found = self.json["data"] if isinstance(self.json, dict) else self.json
        return list(found)

    @property
    def has_more(self) -> bool:
        """Whether this is a page with hasMore true."""
        return self.ok and self.json["hasMore"] is True

    def header(self, name: bytes) -> bytes | None:
        return next((value for known, value in self.headers if known == name), None)

    def with_json(self, value: Any) -> "Response":
        """The same response with another JSON body; the same object where the values are equal."""
        if value == self.json and _written(value) == _written(self.json):
            return self
        return self.with_body(_written(value))

    def with_members(self, **members: Any) -> "Response":
        """The same response with members of its JSON object set."""
        return self.with_json({**self.json, **members})

    def with_rows(self, rows: list[dict[str, Any]]) -> "Response":
        """The same page or array with other rows."""
        return self.with_json({**self.json, "data": rows} if isinstance(self.json, dict) else rows)

    def with_body(self, body: bytes, media_type: str | None = None) -> "Response":
        """The same response with another body, without the ETag of the old one."""
        changed = replace(self, body=body).without_headers(b"etag")
        return changed if media_type is None else changed.with_header(b"content-type", media_type.encode())

    def with_status(self, status: int) -> "Response":
        return replace(self, status=status)

    def without_headers(self, *names: bytes) -> "Response":
        return replace(self, headers=tuple(pair for pair in self.headers if pair[0] not in names))

    def with_header(self, name: bytes, value: bytes) -> "Response":
        rest = self.without_headers(name)
        return replace(rest, headers=(*rest.headers, (name, value)))


def _written(value: Any) -> bytes:
    """Return JSON without spaces."""
    try:
        return orjson.dumps(value)
    except TypeError:  # integers beyond 64 bits, lone surrogates
        return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
