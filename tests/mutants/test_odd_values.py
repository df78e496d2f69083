"""Odd values in any member and header become verdicts on the deployment: no check raises an exception."""

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from zlib import crc32

import pytest

from sepolo_conformance.model.verdict import Status
from tests.mutants.harness.judging import PROFILE, SEED, Wanted, judge
from tests.mutants.harness.messages import Request, Response
from tests.mutants.harness.serving import Direct
from tests.mutants.harness.wrapper import Alteration, Altered, Upstream, facts, sandbox

DATES = (
    *("0001-01-01T00:00:00Z", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59.9999999Z"),
    *("9999-12-31T23:59:59-14:00", "2026-02-30T00:00:00Z", "2026-06-30T23:59:60Z", "2026-07-01T00:00:00+99:99"),
)
NUMBERS = (
    *("1e400", "-1e400", "1" + "0" * 400, "-1" + "0" * 400, "1" + "0" * 5_000, "1e-400", "-0.0", "1" + "0" * 30),
    *("5e-324", "1.7e308", "0.5", "-1", "9007199254740993"),
)
TEXTS = ("", "\ud800", "\udc00x", "a\0b", "../..", "x y\r\n", "\u0663", "x" * 3_000, "\u202e")
OTHERS = ("null", "true", "[]", "{}", "[[1]]", '["x"]', '{"a": 1}', "[" * 60 + "]" * 60)
HEADERS = (
    (b"content-type", b'application/json; profile="https://x/?v=1;y"'),
    (b"content-type", b'application/json; charset="utf-8"; x="'),
    (b"content-type", b"application/json, application/json"),
    (b"etag", b'W/"\x80"'),
    (b"retry-after", b"99999999999999999999"),
    (b"retry-after", "\u00b2".encode("latin-1")),
    (b"retry-after", b"Fri, 31 Dec 9999 23:59:59 -2359"),
    (b"location", b"http://["),
    (b"allow", b""),
    (b"x-ratelimit-remaining", b"1e400"),
)


def odd(value: Any) -> tuple[str, ...]:
    """Return the JSON texts that may replace a value: of its own kind, or of any other."""
    if isinstance(value, str) and re.match(r"\d{4}-\d\d-\d\dT", value):
        return tuple(map(json.dumps, DATES))
    if isinstance(value, str):
        return tuple(map(json.dumps, TEXTS))
    return NUMBERS if isinstance(value, int | float) and not isinstance(value, bool) else OTHERS


def altered_json(value: Any, seed: str, share: float) -> str:
    """Return a value as JSON in which a share of the members is odd; the same members in each response."""
    if isinstance(value, dict):
        rows = (f"{json.dumps(name)}: {altered_json(each, f'{seed}/{name}', share)}" for name, each in value.items())
        return "{" + ", ".join(rows) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(altered_json(each, seed, share) for each in value) + "]"
    drawn = crc32(f"{seed}/{value}".encode())
    if drawn % 1_000 >= share * 1_000:
        return json.dumps(value)
    choices = odd(value) if drawn % 5 else (*NUMBERS, *OTHERS, *map(json.dumps, DATES + TEXTS))
    return choices[drawn // 5_000 % len(choices)]


def odd_members(share: float) -> Alteration:
    """Alter members of all responses but `/me`, which identifies the keys."""

    async def altered(request: Request, upstream: Upstream) -> Response:
        response = await upstream(request)
        if request.operation_id in ("getMe", "") or not response.body:
            return response
        return replace(response, body=altered_json(response.json, request.operation_id, share).encode())

    return altered


async def odd_headers(request: Request, upstream: Upstream) -> Response:
    """Replace a header of each response, in turn, and let the time in `/me` jump."""
    response = await upstream(request)
    turn = upstream.count("response")
    if request.operation_id == "getMe" and response.ok:
        found: Mapping[str, Any] = response.json
        return response.with_json({**found, "serverTimeUtc": DATES[turn % len(DATES)]})
    return response.with_header(*HEADERS[turn % len(HEADERS)])


@pytest.mark.no_cover  # whole runs are three times as slow under the tracer
@pytest.mark.parametrize("alteration", [odd_members(0.05), odd_headers], ids=["members", "headers"])
def test_no_check_raises_an_exception(alteration: Alteration, direct: Direct) -> None:
    """Every requirement is judged, or is vacuous because the data are unusable."""
    run = judge(Altered(sandbox(PROFILE, SEED), facts(PROFILE), alteration), direct, PROFILE, Wanted())
    raised = {name: verdict.reason for name, verdict in run.of(Status.ERROR).items() if "raised" in str(verdict.reason)}
    assert raised == {}
    assert run.of(Status.FAIL)
