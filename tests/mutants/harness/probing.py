"""Sends the probes of mutants to the sandbox and to a mutant, so that the responses can be compared."""

import json
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote

from starlette.types import ASGIApp

from sepolo_fixtures.profiles.profile import KeyFact
from tests.mutants.harness.mutant import Probe
from tests.mutants.harness.probe_parts import WINDOW
from tests.mutants.harness.request_windows import shift_timestamp
from tests.mutants.harness.serving import Direct, ResponseParts

__all__ = ["Placeholders", "placeholders", "probe_responses"]

API = "/api/v1"
_MAX_PAGES = 40
_UUID = rb"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_CREATED = re.compile(rb'\{"serviceReportId": ?"(' + _UUID + rb')"\}')

Comparable = tuple[int, str, frozenset[str], bytes]
"""Status, media type with content encoding, header names and body of a response."""


@dataclass(frozen=True)
class SampleIds:
    """Values of one organisation, one of each kind; `during_cycle` is an instant within the cycle."""

    asset: str
    parent_asset: str
    device: str
    cycle: str
    movement: str
    report: str
    vendor: str
    user: str
    asset_updated_on: str
    device_updated_day: str
    report_created_on: str
    during_cycle: str
    movement_duration_s: int
    customer: str
    group: int


@dataclass(frozen=True)
class Placeholders:
    """Values for the placeholders of probes.

    `own` and `foreign` are values of the first and the second organisation, `out_of_bounds` ids outside the groups of
    the key `bounded`, `cursors` those of the second page of `/devices?pageSize=2`.
    """

    own: SampleIds
    foreign: SampleIds
    out_of_bounds: Mapping[str, str]
    keys: Mapping[str, KeyFact]
    cursors: Mapping[str, str]

    def fill(self, text: str) -> str:
        """Replace the placeholders of a text."""
        return text.format(
            own=self.own,
            foreign=self.foreign,
            out_of_bounds=self.out_of_bounds,
            keys={name: fact.key for name, fact in self.keys.items()},
            cursors=self.cursors,
        )


def placeholders(direct: Direct, app: ASGIApp, keys: Mapping[str, KeyFact]) -> Placeholders:
    """Read the values of the placeholders from a sandbox."""
    own, foreign = keys["full"].key, keys["other"].key
    bounded = keys["bounded"].allowed_group_ids
    devices = _get(direct, app, own, "/devices?pageSize=500")["data"]
    outside = next(row["deviceId"] for row in devices if row["groupId"] not in bounded)
    machine, movement = _movement_outside(direct, app, own, devices, bounded)
    own_assets, seen_assets = (
        [row["assetId"] for row in _get(direct, app, secret, "/assets?pageSize=500")["data"]]
        for secret in (own, keys["bounded"].key)
    )
    asset = next(name for name in own_assets if name not in seen_assets)
    reports = _get(direct, app, own, "/service-reports?pageSize=500")["data"]
    report = next(row["serviceReportId"] for row in reports if row["assetId"] not in seen_assets)
    out_of_bounds = {"device": outside, "machine": machine, "movement": movement, "asset": asset, "report": report}
    cursors = {
        name: _get(direct, app, secret, "/devices?pageSize=2")["nextCursor"]
        for name, secret in (("own", own), ("foreign", foreign))
    }
    return Placeholders(_sample_ids(direct, app, own), _sample_ids(direct, app, foreign), out_of_bounds, keys, cursors)


def _get(direct: Direct, app: ASGIApp, secret: str, path: str) -> dict[str, Any]:
    status, _, body = direct(app, "GET", f"{API}{path}", [("X-Sepolo-Api-Key", secret)])
    assert status == 200, (path, status)
    page: dict[str, Any] = json.loads(body)
    return page


def _movement_outside(
    direct: Direct, app: ASGIApp, secret: str, devices: list[dict[str, Any]], groups: Collection[int]
) -> tuple[str, str]:
    """A device outside some groups that has movements, and one of its movements."""
    for row in devices:
        if row["groupId"] not in groups and row["isPointGuard"]:
            found = _get(direct, app, secret, f"/devices/{row['deviceId']}/movements?{WINDOW}")["data"]
            if found:
                return row["deviceId"], found[0]["id"]
    raise LookupError("no device outside the groups has a movement")


def _sample_ids(direct: Direct, app: ASGIApp, secret: str) -> SampleIds:
    def rows(path: str) -> list[dict[str, Any]]:
        return list(_get(direct, app, secret, path)["data"])

    devices = rows("/devices?pageSize=500")
    device = min(str(row["deviceId"]) for row in devices if row["isPointGuard"])
    assets = rows("/assets?pageSize=500")
    mounted = next(row for row in assets if row["deviceId"] == device)
    cycle = rows(f"/devices/{device}/pointguard/cycles?{WINDOW}")[0]
    movement = rows(f"/devices/{device}/movements?{WINDOW}")[0]
    report = rows("/service-reports")[0]
    return SampleIds(
        asset=mounted["assetId"],
        parent_asset=next(row["assetId"] for row in assets if row["childCount"]),
        device=device,
        cycle=cycle["cycleId"],
        movement=movement["id"],
        report=report["serviceReportId"],
        vendor=rows("/vendors")[0]["vendorId"],
        user=rows("/appointments?fromUtc=2026-01-01T00:00:00Z")[0]["userId"],
        asset_updated_on=assets[len(assets) // 2]["updatedOn"],
        device_updated_day=f"{devices[len(devices) // 2]['updatedOn'][:10]}T00:00:00Z",
        report_created_on=report["createdOn"],
        during_cycle=shift_timestamp(cycle["start"], 1),
        movement_duration_s=int(movement["duration"]),
        customer=mounted["customerId"],
        group=mounted["groupId"],
    )


def probe_responses(direct: Direct, app: ASGIApp, probes: tuple[Probe, ...], values: Placeholders) -> list[Comparable]:
    """Send the probes, and return all responses in order."""
    single = [one for probe in probes for one in _single(direct, app, probe, values)]
    return _with_numbered_reports(
        [response for probe in single for _ in range(probe.repeat) for response in _send(direct, app, probe, values)]
    )


def _single(direct: Direct, app: ASGIApp, probe: Probe, values: Placeholders) -> list[Probe]:
    """Return the probe, or one for each row of its list."""
    if probe.each is None:
        return [probe]
    target, member = probe.each
    rows = _get(direct, app, values.keys[probe.key or "full"].key, values.fill(target))["data"]
    return [replace(probe, target=probe.target.replace("{id}", quote(str(row[member])))) for row in rows]


def _with_numbered_reports(responses: list[Comparable]) -> list[Comparable]:
    """Replace the random ids of new reports by numbers, so that equal behaviour gives equal responses."""
    numbered: dict[bytes, bytes] = {}
    for *_, body in responses:
        if match := _CREATED.fullmatch(body):
            numbered.setdefault(match[1], b"new-%d" % len(numbered))
    return [
        (status, media_type, names, re.sub(_UUID, lambda found: numbered.get(found[0], found[0]), body))
        for status, media_type, names, body in responses
    ]


def _send(direct: Direct, app: ASGIApp, probe: Probe, values: Placeholders) -> list[Comparable]:
    target = API + values.fill(probe.target)
    # With a fixed request id, equal responses have equal bytes.
    headers = [("X-Request-Id", "probe"), *((name, values.fill(value)) for name, value in probe.headers)]
    body = values.fill(probe.body).encode()
    if probe.key is not None:
        headers.append(("X-Sepolo-Api-Key", values.keys[probe.key].key))
    if probe.concurrent_key is not None or probe.concurrent_target is not None:
        key = values.keys[probe.concurrent_key or probe.key or "full"].key
        others = [*headers[:-1], ("X-Sepolo-Api-Key", key)]
        second = API + values.fill(probe.concurrent_target or probe.target)
        requests = [(probe.method, target, headers, body), (probe.method, second, others, body)]
        return [_comparable(parts) for parts in direct.together(app, requests)]
    found: list[Comparable] = []
    cursor: str | None = None
    while len(found) < _MAX_PAGES:
        separator = "&" if "?" in target else "?"
        page_target = target if cursor is None else f"{target}{separator}cursor={quote(cursor)}"
        parts = direct(app, probe.method, page_target, headers, body)
        found.append(_comparable(parts))
        if probe.revalidates:
            tag = dict(parts[1])["etag"]
            again = direct(app, probe.method, page_target, [*headers, ("If-None-Match", tag)], body)
            found.append(_comparable(again))
        page = json.loads(parts[2]) if probe.all_pages and parts[0] == 200 else {}
        cursor = page.get("nextCursor")
        if not page.get("hasMore") or not cursor:
            break
    return found


def _comparable(parts: ResponseParts) -> Comparable:
    status, pairs, body = parts
    headers = dict(pairs)
    media_type = " ".join(headers.get(name, "") for name in ("content-type", "content-encoding"))
    return status, media_type, frozenset(headers), body
