"""Asks for what mutants name as their witness, of the sandbox and of the mutant, and compares."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from starlette.types import ASGIApp

from sepolo_fixtures.profiles.profile import KeyFact
from tests.mutants.harness.mutant import Look
from tests.mutants.harness.request_windows import moved
from tests.mutants.harness.serving import Direct

__all__ = ["Seen", "Words", "answers", "see"]

API = "/api/v1"
_MOVED = "from=2026-05-20T00:00:00Z&to=2026-06-10T00:00:00Z"
_PAGES = 40
_UUID = rb"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_CREATED = re.compile(rb'\{"serviceReportId": ?"(' + _UUID + rb')"\}')

Answer = tuple[int, str, bool, bytes]


@dataclass(frozen=True)
class Seen:
    """One id of each kind that a key sees; an asset was `changed` then, a device on the day of `midnight`;
    the report was `filed` then, a cycle was on at `moved`, and the movement `lasted` so many seconds.
    """

    asset: str
    parent: str
    device: str
    cycle: str
    movement: str
    report: str
    vendor: str
    user: str
    changed: str
    midnight: str
    filed: str
    moved: str
    lasted: int
    customer: str
    group: int


def see(direct: Direct, app: ASGIApp, secret: str) -> Seen:
    """What a key sees by following the lists."""

    def rows(path: str) -> list[dict[str, Any]]:
        status, _, body = direct(app, "GET", f"{API}{path}", [("X-Sepolo-Api-Key", secret)])
        assert status == 200, (path, status)
        found: list[dict[str, Any]] = json.loads(body)["data"]
        return found

    devices = rows("/devices?pageSize=500")
    device = min(str(row["deviceId"]) for row in devices if row["isPointGuard"])
    here = f"/devices/{device}"
    assets = rows("/assets?pageSize=500")
    mounted = next(row for row in assets if row["deviceId"] == device)
    cycle = rows(f"{here}/pointguard/cycles?{_MOVED}")[0]
    movement = rows(f"{here}/movements?{_MOVED}")[0]
    report = rows("/service-reports")[0]
    return Seen(
        asset=mounted["assetId"],
        parent=next(row["assetId"] for row in assets if row["childCount"]),
        device=device,
        cycle=cycle["cycleId"],
        movement=movement["id"],
        report=report["serviceReportId"],
        vendor=rows("/vendors")[0]["vendorId"],
        user=rows("/appointments?fromUtc=2026-01-01T00:00:00Z")[0]["userId"],
        changed=assets[len(assets) // 2]["updatedOn"],
        midnight=f"{devices[len(devices) // 2]['updatedOn'][:10]}T00:00:00Z",
        filed=report["createdOn"],
        moved=moved(cycle["start"], 1),
        lasted=int(movement["duration"]),
        customer=mounted["customerId"],
        group=mounted["groupId"],
    )


@dataclass(frozen=True)
class Words:
    """What a look's placeholders mean."""

    home: Seen
    away: Seen
    outside: Mapping[str, str]
    keys: Mapping[str, KeyFact]
    cursors: Mapping[str, str]

    def fill(self, text: str) -> str:
        keys = {name: fact.key for name, fact in self.keys.items()}
        return text.format(home=self.home, away=self.away, outside=self.outside, keys=keys, cursors=self.cursors)


def answers(direct: Direct, app: ASGIApp, looks: tuple[Look, ...], words: Words) -> list[Answer]:
    """All answers to the looks, in order: status, media type, challenge and body."""
    return _renamed([answer for look in looks for _ in range(look.times) for answer in _ask(direct, app, look, words)])


def _renamed(found: list[Answer]) -> list[Answer]:
    """Ids that were drawn for new reports become numbers, so that equal behaviour gives equal answers."""
    drawn: dict[bytes, bytes] = {}
    for *_, body in found:
        if match := _CREATED.fullmatch(body):
            drawn.setdefault(match[1], b"new-%d" % len(drawn))
    return [
        (status, shown, challenged, re.sub(_UUID, lambda one: drawn.get(one[0], one[0]), body))
        for status, shown, challenged, body in found
    ]


def _ask(direct: Direct, app: ASGIApp, look: Look, words: Words) -> list[Answer]:
    target = API + words.fill(look.target)
    # A request id of one's own, so that equal answers are equal bytes.
    headers = [("X-Request-Id", "witness"), *((name, words.fill(value)) for name, value in look.headers)]
    if look.key is not None:
        headers.append(("X-Sepolo-Api-Key", words.keys[look.key].key))
    found: list[Answer] = []
    cursor: str | None = None
    if look.beside is not None:
        other = [*headers[:-1], ("X-Sepolo-Api-Key", words.keys[look.beside].key)]
        body = words.fill(look.body).encode()
        both = direct.together(app, [(look.method, target, pairs, body) for pairs in (headers, other)])
        return [(status, "", False, body) for status, _, body in both]
    while len(found) < _PAGES:
        mark = "&" if "?" in target else "?"
        here = target if cursor is None else f"{target}{mark}cursor={quote(cursor)}"
        status, pairs, body = direct(app, look.method, here, headers, words.fill(look.body).encode())
        sent = dict(pairs)
        shown = " ".join(sent.get(name, "") for name in ("content-type", "content-encoding"))
        found.append((status, shown, "www-authenticate" in sent, body))
        page = json.loads(body) if look.walk and status == 200 else {}
        cursor = page.get("nextCursor")
        if not page.get("hasMore") or not cursor:
            break
    return found
