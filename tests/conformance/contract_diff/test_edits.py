"""Every edit of the tables is found at its level, in both directions and in both versions of OpenAPI."""

from typing import Any

import pytest

import sepolo_openapi
from sepolo_conformance.contract_diff import Change, Level, compare, read
from tests.conformance.contract_diff.compared import BREAKING, HARMLESS
from tests.conformance.contract_diff.edits import Edit
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
    edited = edit.of(CONTRACT)
    found, back = changes(CONTRACT, edited), changes(edited, CONTRACT)
    kinds = frozenset(change.kind for change in found)
    assert (worst(found), kinds, worst(back)) == (edit.level, edit.kinds, edit.back)


@pytest.mark.no_cover  # several times slower under the tracer, and other tests reach the same lines
@pytest.mark.parametrize("edit", EDITS, ids=str)
def test_edit_is_the_same_in_openapi_3_0(edit: Edit) -> None:
    """From the contract to the 3.0 form of the edited one, an edit has the level that it has in 3.1."""
    edited = edit.of(CONTRACT)
    try:
        new = sepolo_openapi.downgrade(edited)
    except sepolo_openapi.DowngradeError as error:
        pytest.skip(str(error))
    across = "cosmetic" if edit.level == "none" else edit.level  # the version of OpenAPI itself differs
    assert worst(changes(CONTRACT, new)) == across
