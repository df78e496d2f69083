"""The suite passes every conforming variant, and warns only of the requirements that the variant names."""

import os

import pytest
from starlette.types import ASGIApp

from sepolo_conformance.model.requirement import Level
from sepolo_conformance.model.verdict import Status
from tests.mutants.harness.judging import PROFILE, SEED, Wanted, judge
from tests.mutants.harness.probing import Placeholders
from tests.mutants.harness.serving import Direct
from tests.mutants.harness.wrapper import Altered, facts, sandbox, writable
from tests.mutants.table import MUTANTS
from tests.variants.harness.groups import grouped
from tests.variants.harness.variant import Variant
from tests.variants.table import VARIANTS

JUDGED = VARIANTS if os.environ.get("EACH_VARIANT") else grouped(VARIANTS)
BORDERS = [f"2026-06-{day:02d}T{hour:02d}:01:00Z" for day in range(1, 29, 3) for hour in range(6, 18)]
"""Starts of a window, some of which lie within an appointment."""


@pytest.mark.no_cover  # whole runs are several times slower under the tracer
@pytest.mark.parametrize("variant", JUDGED, ids=lambda variant: str(variant.id))
def test_variant_conforms(variant: Variant, direct: Direct) -> None:
    """A run at level must has no failure and no error, and only the warnings that the variant names."""
    app = writable(PROFILE, SEED) if variant.writes else sandbox(PROFILE, SEED)
    wanted = Wanted(level=Level.MUST, writes=variant.writes)
    run = judge(Altered(app, facts(PROFILE), variant.alteration), direct, PROFILE, wanted)
    shown = {name: [(f.expected, f.actual) for f in verdict.findings][:2] for name, verdict in run.verdicts.items()}
    assert {name: (verdict.reason, shown[name]) for name, verdict in run.of(Status.FAIL, Status.ERROR).items()} == {}
    assert {name: shown[name] for name in run.of(Status.WARN) if name not in variant.warns} == {}


@pytest.mark.no_cover  # thousands of requests, whose lines other tests reach
@pytest.mark.parametrize(
    "variant", [variant for variant in VARIANTS if not variant.writes], ids=lambda variant: str(variant.id)
)
def test_variant_differs_from_sandbox(variant: Variant, direct: Direct, probe_values: Placeholders) -> None:
    """A variant changes the response to at least one request."""
    probes = [probe for mutant in MUTANTS for probe in mutant.probes if probe.method == "GET" and not probe.each]
    targets = [*dict.fromkeys(probe_values.fill(probe.target) for probe in probes), "/me"] * 2
    keys = (probe_values.keys["full"].key, probe_values.keys["other"].key)
    requests = [("GET", f"/api/v1{target}", key) for target in targets for key in keys]
    requests += [("HEAD", "/api/v1/me", keys[0]), ("GET", "/api/v1/me", "unknown")]
    requests += [("GET", f"/api/v1/devices/{probe_values.own.device.lower()}", keys[0])]
    shared = probe_values.fill("/api/v1/devices?pageSize=2&cursor={cursors[own]}")
    requests += [("GET", shared, probe_values.keys["bounded"].key)]
    requests += [("GET", "/api/v1/devices/unknown", probe_values.keys["only-assets.read"].key)]
    requests += [
        ("GET", f"/api/v1/appointments?fromUtc={start}&toUtc=2026-07-10T00:00:00Z", keys[0]) for start in BORDERS
    ]
    plain, altered = sandbox(PROFILE, SEED), Altered(sandbox(PROFILE, SEED), facts(PROFILE), variant.alteration)
    assert any(_response(direct, plain, *one) != _response(direct, altered, *one) for one in requests)


def _response(
    direct: Direct, app: ASGIApp, method: str, target: str, key: str
) -> tuple[int, list[tuple[str, str]], bytes]:
    status, headers, body = direct(app, method, target, [("X-Sepolo-Api-Key", key), ("X-Request-Id", "same")])
    return status, sorted(headers), body


def test_ids_and_titles_are_unique() -> None:
    """There are at least fifteen variants with unique ids and titles, and each is judged once."""
    assert len(VARIANTS) >= 15
    assert len({variant.id for variant in VARIANTS}) == len({variant.title for variant in VARIANTS}) == len(VARIANTS)
    assert sorted("+".join(variant.id for variant in grouped(VARIANTS)).split("+")) == sorted(v.id for v in VARIANTS)
