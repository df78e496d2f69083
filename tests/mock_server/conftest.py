"""A sandbox over a stub world of a few rows, and a client that calls it in process."""

import asyncio
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from sepolo_fixtures.profiles.profile import KeyFact
from sepolo_fixtures.values.pages import Slice
from sepolo_fixtures.world import Organization
from sepolo_mock_server.asgi.app import SandboxApp
from sepolo_mock_server.rules.api_keys import KeyHeaders
from sepolo_mock_server.rules.cursors import Signer, digest
from sepolo_mock_server.rules.rate_limits import RateLimiter, policies
from sepolo_mock_server.sandbox import Principal, ProfilePrincipals, Sandbox, Tenant
from sepolo_mock_server.state.access import StateAccess
from sepolo_mock_server.state.reports import Owner
from sepolo_mock_server.state.store import StateStore
from sepolo_openapi import reader
from tests.harness.in_process import Response, exchange, joined_headers

NOW = 1_782_864_000_000
"""2026-07-01T00:00:00Z"""
ORGANIZATION = "7f2d3f0a-7c51-42cf-a06d-2c2df5f0c20b"
ASSET = "a33b5a5d-e55a-423d-9bdf-0bc2c61f7e63"
REPORT = "5c722f76-5f0b-4c1b-875d-05a1d8cd47b5"
DEVICE = "SEP-DEVICE-001"
DAY = 86_400_000

Row = dict[str, Any]


@dataclass
class StubView:
    """A world of given rows; the position of a row in a list is its index. Records the calls to it."""

    rows: dict[str, list[Row]] = field(default_factory=dict)
    calls: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    groups: frozenset[int] = frozenset()

    def _page(self, name: str, after: tuple[int, ...] | None, limit: int, **call: Any) -> Slice:
        self.calls.append((name, call))
        rows = self.rows.get(name, [])
        start = 0 if after is None else after[0] + 1
        page = rows[start : start + limit]
        return Slice(page, (start + len(page) - 1,) if page else None, start + limit < len(rows))

    def _found(self, name: str, member: str, wanted: str) -> Row | None:
        return next((row for row in self.rows.get(name, []) if row[member] == wanted), None)

    def assets(self, *, after: Any, limit: int, **call: Any) -> Slice:
        return self._page("assets", after, limit, **call)

    def asset(self, asset_id: str) -> Row | None:
        return self._found("assets", "assetId", asset_id)

    def asset_children(self, asset_id: str, *, after: Any, limit: int) -> Slice | None:
        return None if self.asset(asset_id) is None else self._page("children", after, limit)

    def assets_summary(self) -> Row:
        return dict.fromkeys(("totalAssets", "activeAssets", "inactiveAssets", "withDevices", "overdueService"), 0) | {
            "totalMaintenanceCost": 0
        }

    def devices(self, *, after: Any, limit: int, **call: Any) -> Slice:
        return self._page("devices", after, limit, **call)

    def device(self, device_id: str) -> Row | None:
        return self._found("devices", "deviceId", device_id)

    def service_visit(self, visit_id: str) -> Row | None:
        return self._found("visits", "serviceVisitId", visit_id)

    def telemetry(self, device_id: str, start: int, stop: int, *, after: Any, limit: int, **call: Any) -> Any:
        self.calls.append(("telemetry", {"start": start, "stop": stop, **call}))
        if self.device(device_id) is None:
            return None
        first = 0 if after is None else after[0] + 1
        places = np.arange(first, min(first + limit, 1_200))
        return SimpleNamespace(
            device_id=device_id,
            stamp_s=NOW // 1000 + places,
            columns={
                "telemetryType": np.ones(len(places), dtype=np.int64),
                "current": places / 10,
                "voltage": places / 2,
            },
            position=(int(places[-1]),) if len(places) else None,
            more=first + limit < 1_200,
        )

    def cycle_samples(self, device_id: str, cycle_id: str, *, after: Any, limit: int) -> Any:
        return self.telemetry(device_id, 0, 0, after=after, limit=limit) if cycle_id == "cyc_1" else None

    def cycles(self, device_id: str, start: int, stop: int, *, after: Any, limit: int) -> Slice | None:
        return None if self.device(device_id) is None else self._page("cycles", after, limit, start=start, stop=stop)

    def movements(self, device_id: str, start: int, stop: int, *, after: Any, limit: int, **call: Any) -> Slice | None:
        call |= {"start": start, "stop": stop}
        return None if self.device(device_id) is None else self._page("movements", after, limit, **call)

    def signature(self, device_id: str, movement_id: str) -> Row | None:
        return {"movementId": movement_id, "deviceId": device_id} if movement_id == REPORT else None

    def incidents(self, *, after: Any, limit: int, **call: Any) -> Slice:
        return self._page("incidents", after, limit, **call)

    def service_reports(self, *, after: Any, limit: int, **call: Any) -> Slice:
        # The world's position in its reports has two numbers.
        found = self._page("reports", None if after is None else after[1:], limit, **call)
        return Slice(found.rows, None if found.position is None else (0, *found.position), found.more)

    def service_report(self, report_id: str) -> Row | None:
        return self._found("reports", "serviceReportId", report_id)

    def service_visits(self, start: int, stop: int) -> list[Row]:
        self.calls.append(("visits", {"start": start, "stop": stop}))
        return self.rows.get("visits", [])

    def appointments(self, start: int, stop: int, user_id: str | None = None) -> list[Row]:
        self.calls.append(("appointments", {"start": start, "stop": stop, "user_id": user_id}))
        return []

    def service_performance(self, start: int, stop: int) -> Row:
        self.calls.append(("performance", {"start": start, "stop": stop}))
        return dict.fromkeys(("totalVisits", "completedVisits", "openVisits", "estimatedCost", "actualCost"), 0)

    def customers(self, *, after: Any, limit: int, **call: Any) -> Slice:
        return self._page("customers", after, limit, **call)

    def vendors(self) -> list[Row]:
        return [{"vendorId": ASSET, "name": "Vendor"}]

    def parts(self, *, after: Any, limit: int, **call: Any) -> Slice:
        return self._page("parts", after, limit, **call)

    def telemetry_daily(self, start: int, stop: int, device_id: str | None = None) -> list[Row]:
        self.calls.append(("daily", {"start": start, "stop": stop, "device_id": device_id}))
        return []


def rows() -> dict[str, list[Row]]:
    """A few rows for each list."""
    assets = [{"assetId": ASSET, "isActive": True, "groupId": 12, "customerId": "C-1"}]
    assets += [{"assetId": f"00000000-0000-4000-8000-{n:012d}", "isActive": True} for n in range(9)]
    devices = [{"deviceId": DEVICE, "groupId": 12, "assetId": ASSET}]
    devices += [{"deviceId": f"SEP-DEVICE-{n:03d}"} for n in range(2, 251)]
    reports = [
        {"serviceReportId": f"11111111-0000-4000-8000-{n:012d}", "createdOn": f"2026-06-{30 - n:02d}T00:00:00Z"}
        for n in range(5)
    ]
    return {
        "assets": assets,
        "devices": devices,
        "reports": [*reports, {"serviceReportId": REPORT, "createdOn": "2026-01-01T00:00:00Z"}],
    }


@dataclass
class Client:
    """Calls an ASGI application as a server does."""

    app: Any
    view: StubView
    keys: dict[str, str]
    clock: SimpleNamespace

    def __call__(
        self,
        method: str,
        target: str,
        *,
        key: str | None = "full",
        headers: Iterable[tuple[str, str]] = (),
        body: Sequence[bytes] | Row | None = None,
    ) -> Response:
        """Send one request; `key` is the name of a key or a key, and a dictionary as body is sent as JSON."""
        raw = [(name.lower().encode(), value.encode("latin-1")) for name, value in headers]
        if key is not None:
            raw.append((b"x-sepolo-api-key", self.keys.get(key, key).encode()))
        chunks: Sequence[bytes]
        if isinstance(body, dict):
            chunks = [json.dumps(body).encode()]
            raw.append((b"content-type", b"application/json"))
        else:
            chunks = [b""] if body is None else body
        status, pairs, received = asyncio.run(exchange(self.app, method, target.encode(), raw, chunks))
        return Response(status, joined_headers(pairs), received)

    def get(self, target: str, **options: Any) -> Response:
        return self("GET", target, **options)


def fact(name: str, scopes: Iterable[str], **more: Any) -> KeyFact:
    return KeyFact(name, f"sep_test_{name}_0123456789abcdef", 0, tuple(scopes), "Partner API", "note", **more)


@pytest.fixture
def make_client(tmp_path: Any) -> Iterator[Callable[..., Client]]:
    """Make a sandbox over a stub world with the keys full, readonly, limited, expired, none and other."""

    def make(*, view: StubView | None = None, state: str | None = None, check: bool = True) -> Client:
        loaded = reader.load()
        read_only = [scope for scope in loaded.scopes if scope.endswith(".read")]
        facts = (
            fact("full", loaded.scopes),
            fact("readonly", read_only),
            fact("limited", read_only, requests_per_minute=2),
            fact("expired", read_only, expires=NOW),
            fact("none", ()),
            fact("other", loaded.scopes, allowed_group_ids=(99,)),
        )
        used_view = view or StubView(rows())
        clock = SimpleNamespace(monotonic=0.0, now=NOW)

        def limiter(one: KeyFact) -> RateLimiter | None:
            found = policies(one.requests_per_minute, one.requests_per_day)
            return RateLimiter(found, lambda: clock.monotonic) if found else None

        world: Any = SimpleNamespace(now=lambda: clock.now, view=lambda *_: used_view)
        tenant = Tenant(Organization(0, ORGANIZATION, "Demo", "EUR"), world, Signer(b"secret"), digest("stub"))
        principals = ProfilePrincipals(
            Principal(
                one,
                tenant,
                Owner("stub", ORGANIZATION, "EUR", one.name, frozenset(one.allowed_group_ids), frozenset()),
                limiter(one),
            )
            for one in facts
        )
        sandbox = Sandbox(
            contract=loaded,
            principals=principals,
            key_headers=KeyHeaders.of(loaded.document["components"]["securitySchemes"]),
            state=StateAccess(StateStore(state or f"sqlite:///{tmp_path / 'state.db'}")),
            check_responses=check,
        )
        made.append(sandbox)
        return Client(SandboxApp(sandbox), used_view, {one.name: one.key for one in facts}, clock)

    made: list[Sandbox] = []
    yield make
    for each in made:
        each.close()


@pytest.fixture
def client(make_client: Callable[..., Client]) -> Client:
    """A new sandbox for the test."""
    return make_client()
