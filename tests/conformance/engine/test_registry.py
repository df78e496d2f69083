"""The registry of requirements: what it accepts, and what the declared requirements contain."""

import pytest

from sepolo_conformance.engine import registry
from sepolo_conformance.engine.case import Case
from sepolo_conformance.engine.registry import RETIRED, catalogue, observe, requirement, select
from sepolo_conformance.model.requirement import AREAS, MUST, SHOULD, Level
from sepolo_conformance.transport.exchange import Exchange


@pytest.fixture
def declared(monkeypatch: pytest.MonkeyPatch) -> None:
    """Undo the declarations of a test."""
    monkeypatch.setattr(registry, "_JUDGES", dict(registry._JUDGES))


def check(case: Case) -> None:
    """Judge nothing."""


def observer(exchange: Exchange) -> None:
    """Observe nothing."""


def unused() -> str:
    """Return an id that no requirement has."""
    return next(name for number in range(900, 999) if (name := f"PAG-{number}") not in catalogue())


@pytest.mark.usefixtures("declared")
def test_second_declaration_of_an_id_is_rejected() -> None:
    """The error names both functions, whether they are checks or observers."""
    name = unused()
    requirement(name, MUST, clause="c", title="t")(check)
    requirement(name, MUST, clause="c", title="t")(check)  # pytest may import a module twice
    with pytest.raises(ValueError, match=f"{name} is declared twice"):
        observe(name, MUST, clause="c", title="t")(observer)


@pytest.mark.usefixtures("declared")
@pytest.mark.parametrize("name", sorted(RETIRED))
def test_retired_id_is_rejected(name: str) -> None:
    """The error names the requirement that replaced it."""
    with pytest.raises(ValueError, match=f"{name} is retired in favour of {RETIRED[name]}"):
        requirement(name, MUST, clause="c", title="t")(check)


@pytest.mark.usefixtures("declared")
@pytest.mark.parametrize("name", ["XYZ-001", "PAG-1", "PAG-0001", "PAG_001", "pag-001"])
def test_malformed_id_is_rejected(name: str) -> None:
    """An id is the prefix of an area and three digits."""
    with pytest.raises(ValueError, match="a requirement id is"):
        requirement(name, MUST, clause="c", title="t")(check)


def test_retired_ids_name_existing_requirements() -> None:
    """Each replacement is declared."""
    assert catalogue().keys() >= set(RETIRED.values())


def test_catalogue_is_sorted_by_area_and_number() -> None:
    """Requirements are listed in the order of the areas."""
    order = list(AREAS)
    assert list(catalogue()) == sorted(catalogue(), key=lambda name: (order.index(name[:3]), name))


@pytest.mark.parametrize("name", catalogue())
def test_requirement_explains_itself(name: str) -> None:
    """It has a clause, a title without a full stop, and a docstring, and stands in the folder of its area."""
    rule, judge = catalogue()[name], registry.judge_of(name)
    assert judge.function.__module__.startswith(f"sepolo_conformance.checks.{rule.area}.")
    assert not rule.title.endswith(".")
    assert all((rule.title, rule.clause, judge.explanation))


def test_sandbox_requirements_are_selected_at_their_level_only() -> None:
    """MUST and SHOULD requirements are selected at every level."""
    none: frozenset[str] = frozenset()
    levels = {level: {rule.level for rule in select(level, none, none)} for level in Level}
    assert levels == {MUST: {MUST, SHOULD}, SHOULD: {MUST, SHOULD}, Level.SANDBOX: set(Level)}


def test_observed_requirements_name_the_checks_they_need() -> None:
    """Selected alone, an observed requirement runs these checks along."""
    traffic = {name: set(judge.traffic) for name, judge in registry.observers().items()}
    assert {name: names for name, names in traffic.items() if not names or not names <= registry.checks().keys()} == {}
