"""Keys are secrets: they are not repeated in responses, not accepted in URLs, and sent over https."""

import base64
import ipaddress
from collections.abc import Iterable
from functools import cache
from urllib.parse import quote, urlsplit

from sepolo_conformance.api.identity import authorised
from sepolo_conformance.checks.authentication.rejected_keys import expect_401
from sepolo_conformance.engine import SANDBOX, SHOULD, TOUR, Case, Exchange, Mismatch, Request, observe, requirement

_SHORTEST_KEY = 8
"""Shorter values of an authentication header are not searched for: they occur in responses by chance."""


@observe(
    "AUT-008",
    SHOULD,
    clause="The published page shows clientId as a shortened key: the key itself is a secret.",
    title="No response contains the key of its request, neither in its headers nor in its body",
    traffic=(TOUR, "AUT-002", "AUT-005"),
)
def key_is_not_repeated(exchange: Exchange) -> Iterable[Mismatch] | None:
    """Searches headers and body of every response for the key that was sent, valid or not: as it is, in base64 and in
    hexadecimal digits, as a cursor may contain it."""
    sent = [secret for secret in _sent_keys(exchange) if len(secret) >= _SHORTEST_KEY]
    if not sent:
        return None
    encodings = [encoding for secret in sent for encoding in _encodings(secret)]
    body = exchange.body.decode("utf-8", "replace")
    where = [name for name, value in exchange.headers if any(encoding in value for encoding in encodings)]
    where += ["the body"] if any(encoding in body for encoding in encodings) else []
    if not where:
        return ()
    name = exchange.request.operation_id or exchange.request.target
    return [Mismatch("a response without the key", f"the key in {', '.join(where)}", f"{name} {exchange.status}")]


def _sent_keys(exchange: Exchange) -> list[str]:
    return [
        value.split(" ")[-1]
        for name, value in exchange.request.headers
        if name.lower() in ("x-sepolo-api-key", "authorization")
    ]


@cache
def _encodings(secret: str) -> frozenset[str]:
    """Return a key as a text may contain it: plain, in hexadecimal digits, and in base64 at any byte offset."""
    raw = secret.encode()
    found = {secret, raw.hex(), raw.hex().upper()}
    for before, lost in ((0, 0), (1, 2), (2, 3)):
        # Digits at either end that also encode bits of neighbouring bytes are left out.
        kept = len(raw) + before - (len(raw) + before) % 3
        for encode in (base64.b64encode, base64.urlsafe_b64encode):
            found.add(encode(bytes(before) + raw)[lost : kept * 4 // 3].decode())
    return frozenset(found)


@requirement(
    "AUT-013",
    SANDBOX,
    clause="Our own choice: URLs are logged, so a key must not be part of one.",
    title="A key in the query string is rejected with 401",
)
def key_in_query_is_rejected(case: Case) -> None:
    """Calls /me and a list with a valid key in the query under several parameter names, and in no header."""
    key = case.target.main().key
    for path in ("/api/v1/me", "/api/v1/vendors"):
        for name in ("api_key", "key", "access_token", "X-Sepolo-Api-Key"):
            target = f"{path}?{name}={quote(key.secret, safe='')}"
            exchange = case.send(Request("GET", target, authorised(None), key=key))
            expect_401(case, exchange, "a key in the query string")


@requirement(
    "AUT-019",
    SHOULD,
    clause='Published page: "JSON over HTTPS".',
    title="A deployment that is not on this machine is reached by https",
)
def https_is_used(case: Case) -> None:
    """Reads the scheme of the base URL. A deployment on this machine is not judged."""
    parts = urlsplit(case.settings.base_url)
    if _is_local(parts.hostname or ""):
        case.vacuous("the deployment runs on this machine")
    exchange = case.get("getMe", key=None)
    case.expect(parts.scheme == "https", "a base URL that begins with https://", f"{parts.scheme}://", exchange)


def _is_local(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
