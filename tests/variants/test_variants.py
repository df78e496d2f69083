"""The suite doesn't cry wolf: no honest variant breaks a MUST, and each warns of nothing but what it names."""

import pytest
from starlette.types import ASGIApp

from sepolo_conformance.model.requirement import Level
from sepolo_conformance.model.verdict import Status
from tests.mutants.harness.judging import PROFILE, SEED, Wanted, judge
from tests.mutants.harness.probing import Words
from tests.mutants.harness.serving import Direct
from tests.mutants.harness.wrapper import Altered, facts, make, sandbox
from tests.mutants.table import MUTANTS
from tests.variants.table import VARIANTS
from tests.variants.variant import Variant


@pytest.mark.parametrize("variant", VARIANTS, ids=lambda variant: str(variant.id))
def test_honest_variants_conform(variant: Variant, direct: Direct) -> None:
    """A deployment that differs only where it may passes at level must."""
    app = make(PROFILE, SEED) if variant.writes else sandbox(PROFILE, SEED)
    wanted = Wanted(level=Level.MUST, writes=variant.writes)
    run = judge(Altered(app, facts(PROFILE), variant.alteration), direct, PROFILE, wanted)
    shown = {name: [(f.expected, f.actual) for f in verdict.findings][:2] for name, verdict in run.verdicts.items()}
    assert {name: (verdict.reason, shown[name]) for name, verdict in run.of(Status.FAIL, Status.ERROR).items()} == {}
    assert {name: shown[name] for name in run.of(Status.WARN) if name not in variant.warns} == {}


_CUTS = [f"2026-06-{day:02d}T{hour:02d}:01:00Z" for day in range(1, 29, 3) for hour in range(6, 18)]
"""Instants of which some lie within an appointment."""


@pytest.mark.parametrize("variant", VARIANTS, ids=lambda variant: str(variant.id))
def test_every_variant_differs(variant: Variant, direct: Direct, words: Words) -> None:
    """A variant answers some request otherwise than the sandbox, so that passing it says something."""
    looks = {words.fill(look.target): look for mutant in MUTANTS for look in mutant.shows if look.method == "GET"}
    targets = [*looks, "/me"] * 2
    keys = (words.keys["full"].key, words.keys["other"].key)
    asked = [("GET", f"/api/v1{target}", key) for target in targets for key in keys]
    asked += [("HEAD", "/api/v1/me", keys[0]), ("GET", "/api/v1/me", "nobody")]
    asked += [("GET", f"/api/v1/devices/{words.home.device.lower()}", keys[0])]
    asked += [("GET", "/api/v1/devices/nobody", words.keys["only-assets.read"].key)]
    asked += [("GET", f"/api/v1/appointments?fromUtc={cut}&toUtc=2026-07-10T00:00:00Z", keys[0]) for cut in _CUTS]
    plain, twin = sandbox(PROFILE, SEED), Altered(sandbox(PROFILE, SEED), facts(PROFILE), variant.alteration)
    assert variant.writes or any(_answer(direct, plain, *one) != _answer(direct, twin, *one) for one in asked)


def _answer(
    direct: Direct, app: ASGIApp, method: str, target: str, key: str
) -> tuple[int, list[tuple[str, str]], bytes]:
    status, headers, body = direct(app, method, target, [("X-Sepolo-Api-Key", key), ("X-Request-Id", "same")])
    return status, sorted(headers), body


def test_there_are_enough_variants() -> None:
    """At least fifteen, each with an id and a title of its own."""
    assert len(VARIANTS) >= 15
    assert len({variant.id for variant in VARIANTS}) == len({variant.title for variant in VARIANTS}) == len(VARIANTS)
