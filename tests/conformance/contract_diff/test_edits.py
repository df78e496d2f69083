"""Every edit of the tables is found at its level, in both directions and in both versions of OpenAPI."""

from collections.abc import Iterator
from typing import Any

import pytest

import sepolo_openapi
from sepolo_conformance.contract_diff import Change, Level, compare, read
from sepolo_openapi.contract import at
from tests.conformance.contract_diff.compared import BREAKING, HARMLESS
from tests.conformance.contract_diff.edits import Edit, cut, drop, edit, put
from tests.conformance.contract_diff.more_requests import REQUESTS
from tests.conformance.contract_diff.more_responses import RESPONSES, RULES

EDITS = (*BREAKING, *HARMLESS, *REQUESTS, *RESPONSES, *RULES)
CONTRACT = sepolo_openapi.load().document


def changes(old: Any, new: Any) -> tuple[Change, ...]:
    return compare(read("old.yaml", old), read("new.yaml", new))


def worst(found: tuple[Change, ...]) -> str:
    return next((level.value for level in Level if level in {change.level for change in found}), "none")


def test_tables_have_the_usual_edits() -> None:
    """20 edits that break clients, 11 that do not, and more than 40 others, each with a name of its own."""
    assert (len(BREAKING), len(HARMLESS), len(EDITS) - 31 > 40) == (20, 11, True)
    assert len({edit.name for edit in EDITS}) == len(EDITS)
    assert {edit.level for edit in BREAKING} == {"breaking"}
    assert "breaking" not in {edit.level for edit in HARMLESS}


@pytest.mark.parametrize("edit", EDITS, ids=str)
def test_edit_has_its_level_and_kinds(edit: Edit) -> None:
    """The changes of an edit are of the kinds of the table, the worst of them of its level, and so on the way back."""
    contract, edited = cut(CONTRACT, edit.of(CONTRACT))
    found, back = changes(contract, edited), changes(edited, contract)
    kinds = frozenset(change.kind for change in found)
    assert (worst(found), kinds, worst(back)) == (edit.level, edit.kinds, edit.back)


@pytest.mark.no_cover  # many times slower under the tracer, and the test above reaches nearly all lines
@pytest.mark.parametrize("edit", EDITS, ids=str)
def test_edit_is_the_same_in_openapi_3_0(edit: Edit) -> None:
    """From the contract to the 3.0 form of the edited one, an edit has the level that it has in 3.1."""
    contract, edited = cut(CONTRACT, edit.of(CONTRACT))
    try:
        new = sepolo_openapi.downgrade(edited)
    except sepolo_openapi.DowngradeError as error:
        pytest.skip(str(error))
    across = "cosmetic" if edit.level == "none" else edit.level  # the version of OpenAPI itself differs
    assert worst(changes(contract, new)) == across


def _rules(node: Any, pointer: str = "", rule: str = "") -> Iterator[tuple[str, str]]:
    """Yield each x-sepolo rule, and each key of one, with the JSON pointer of its place."""
    for key, value in node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ():
        place = f"{pointer}/{str(key).replace('~', '~0').replace('/', '~1')}"
        if rule:
            yield f"{rule}.{key}", place
        elif str(key).startswith("x-sepolo-"):
            where = "operation" if place.startswith("/paths") else "schema" if "/schemas/" in place else "document"
            yield f"{where}:{key}", place
            if isinstance(value, dict):
                yield from _rules(value, place, f"{where}:{key}")
        else:
            yield from _rules(value, place)


DOCUMENTS = {"3.1": CONTRACT, "3.0": sepolo_openapi.downgrade(CONTRACT)}
FIRST = {(version, rule): place for version, each in DOCUMENTS.items() for rule, place in reversed([*_rules(each)])}
"""The first place of each x-sepolo rule, and of each key of one, by version of OpenAPI."""


@pytest.mark.no_cover  # many times slower under the tracer, and the test above reaches nearly all lines
@pytest.mark.parametrize(("version", "rule"), sorted(FIRST))
def test_every_rule_of_the_contract_is_known(version: str, rule: str) -> None:
    """A changed or removed x-sepolo rule of the contract, or key of one, is a change of a kind of its own."""
    document, place = DOCUMENTS[version], FIRST[version, rule]
    steps = [put(place, _another(at(document, place)))]
    if "." not in rule and rule != "schema:x-sepolo-basis":  # without a basis, a member counts as documented
        steps.append(drop(place))
    for step in steps:
        old, new = cut(document, edit("", step, level="", kinds="", back="").of(document))
        kinds = {change.kind for change in (*changes(old, new), *changes(new, old))}
        assert kinds, rule
        assert not kinds & {"extension-added", "extension-changed"}


def _another(value: Any) -> Any:
    """Return another value of the same type, without the last element or entry; 1 for null."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, dict):
        return dict([*value.items()][:-1])
    if isinstance(value, list):
        return value[:-1]
    return f"{value} x" if isinstance(value, str) else 1 + (value or 0)
