"""newman and Bruno run the collection against sandboxes: a conforming one has no failure, and faults are found."""

from collections import Counter
from pathlib import Path

import pytest

from sepolo_openapi import reader
from tests.mutants.harness.serving import served
from tests.mutants.harness.wrapper import Altered, facts, layered, make
from tests.mutants.table import MUTANTS
from tests.tools.collection.runs import run

OPERATIONS = reader.load().operations
PROFILE, SEED = "demo", 1
"""The world whose ids and windows the environment has."""
KEYS = facts(PROFILE)
PLANTED = {
    "aut-wrong-key-400": "Authentication: the call is refused with 401",
    "scp-403-as-404": "Scope: the call is refused with 403, because the key lacks service_reports.write",
    "win-incidents-of-before": "Date filter: every row is in the window",
    "pag-endless": "List: the envelope is complete",
    "err-400-without-error": "Error: its body has error and message",
}
"""Mutants of the sandbox, and the test of the collection that must fail with each of them."""

each_tool = pytest.mark.parametrize("tool", ["postman", "bruno"])


@each_tool
def test_a_sandbox_passes(tool: str, tmp_path: Path) -> None:
    """Every operation is called, lists are read to their end, wrong calls are refused, and every test passes."""
    with served(make(PROFILE, SEED)) as url:
        found = run(tool, tmp_path, url)
    print(f"\n{tool}: {len(found.requests)} requests, {found.tests} tests")
    assert (found.code, found.failures) == (0, {})
    statuses = Counter(status for _, status in found.requests)
    assert statuses.keys() == {200, 201, 400, 401, 404}
    succeeded = [name for name, status in found.requests if status in (200, 201)]
    assert set(succeeded) == {operation.summary for operation in OPERATIONS.values()}
    assert max(Counter(succeeded).values()) > 10
    assert found.tests > 140


def test_a_read_only_key_passes(tmp_path: Path) -> None:
    """A call whose scope the key lacks must be refused with 403, so that a read-only key has no failure either."""
    with served(make(PROFILE, SEED)) as url:
        found = run("postman", tmp_path, url, apiKey=KEYS["readonly"].key)
    assert (found.code, found.failures) == (0, {})
    assert 403 in {status for _, status in found.requests}


def test_the_environment_for_production_passes(tmp_path: Path) -> None:
    """Ids come from the first rows of lists, windows are the last days, and nothing is written."""
    with served(make(PROFILE, SEED)) as url:
        found = run("postman", tmp_path, url, environment="production", apiKey=KEYS["full"].key)
    assert (found.code, found.failures) == (0, {})
    statuses = dict(found.requests)
    assert [statuses[OPERATIONS[name].summary] for name in ("getAsset", "getDevice", "listMovements")] == [200] * 3
    assert 201 not in statuses.values()


@pytest.mark.parametrize(
    ("tool", "key", "reason"),
    [
        ("postman", "sep_test_mistyped", "The API key is not known"),
        ("bruno", "sep_test_mistyped", "The API key is not known"),
        ("postman", "", "No API key was sent"),
    ],
)
def test_a_wrong_key_is_named(tool: str, key: str, reason: str, tmp_path: Path) -> None:
    """The first test says that the server does not accept the key of the environment, and why; the run ends."""
    with served(make(PROFILE, SEED)) as url:
        found = run(tool, tmp_path, url, apiKey=key)
    assert (found.code != 0, len(found.requests)) == (True, 1)
    (test, message), *others = found.failures.items()
    assert (test[1], others) == ("Authentication: the key of the environment is accepted", [])
    assert f"does not accept the key in the variable apiKey: {reason}" in message


@each_tool
def test_mutants_are_found(tool: str, tmp_path: Path) -> None:
    """Each planted fault fails its test, and the run has a failure."""
    faults = [mutant.fault for mutant in MUTANTS if mutant.id in PLANTED]
    assert len(faults) == len(PLANTED)
    with served(Altered(make(PROFILE, SEED), KEYS, layered(*faults))) as url:
        found = run(tool, tmp_path, url, apiKey=KEYS["readonly"].key)
    assert found.code != 0
    assert {test for _, test in found.failures} >= set(PLANTED.values())
