"""The catalogue and what judges it: nothing without a check, no check without a requirement."""

import pytest

from sepolo_conformance.engine import registry
from sepolo_conformance.engine.registry import catalogue, select
from sepolo_conformance.model.requirement import AREAS, Level


def test_every_requirement_is_judged_once_and_nothing_else_is() -> None:
    """Requirements and judges name each other, one to one."""
    assert sorted(catalogue()) == sorted({**registry.checks(), **registry.observers()})


@pytest.mark.parametrize("requirement_id", catalogue())
def test_requirements_speak_for_themselves(requirement_id: str) -> None:
    """A requirement has a sentence and a clause, and stands in the check file of its area, which explains itself."""
    rule, judge = catalogue()[requirement_id], registry.judge_of(requirement_id)
    assert judge.function.__module__.startswith(f"sepolo_conformance.checks.{rule.area}.")
    assert not rule.title.endswith(".")
    assert all((rule.title, rule.clause, judge.explanation))


def test_ids_are_numbered_within_their_area() -> None:
    """An id is the area's prefix and three digits."""
    assert [name for name in catalogue() if name[:3] not in AREAS or not name[4:].isdigit() or len(name) != 7] == []


def test_our_own_choices_are_judged_only_when_asked_for() -> None:
    """SANDBOX requirements belong to level sandbox alone, MUST and SHOULD to every level."""
    none: frozenset[str] = frozenset()
    levels = {asked: {rule.level for rule in select(asked, none, none)} for asked in Level}
    strict = {Level.MUST, Level.SHOULD}
    assert levels == {Level.MUST: strict, Level.SHOULD: strict, Level.SANDBOX: {*strict, Level.SANDBOX}}


def test_watched_requirements_bring_along_what_they_need_to_see() -> None:
    """The traffic of a watcher is made of checks."""
    checks = registry.checks()
    strange = {
        name: judge.traffic for name, judge in registry.observers().items() if not set(judge.traffic) <= set(checks)
    }
    assert strange == {}
    assert all(judge.traffic for judge in registry.observers().values())
