"""The console script and pytest start the same run."""

import shutil
from pathlib import Path

import pytest

from sepolo_conformance.pytest_plugin import PACKAGE
from tests.conformance.runs.commands import SECRET, SOME, by_cli, by_pytest, start, verdicts

pytestmark = pytest.mark.no_cover  # processes are several times slower under the tracer

ROOT = Path(__file__).parents[3]
ONLY = ("--conformance-requirement", "AUT-001,PAG-001", "--conformance-json")


def test_entry_points_and_processes_give_the_same_verdicts(bad: str, tmp_path: Path) -> None:
    """pytest, the console script, and the console script with two processes."""
    key = ("--api-key-env", "KEY_A")
    plugin_options = ("--conformance-requirement", SOME, "--conformance-json", "a.json")
    runs = [
        by_pytest(tmp_path, "--base-url", bad, *key, *plugin_options, KEY_A=SECRET),
        by_cli(tmp_path, "run", bad, *key, "--requirement", SOME, "--json", "b.json", KEY_A=SECRET),
        by_cli(tmp_path, "run", bad, *key, "--requirement", SOME, "--json", "c.json", "-n", "2", KEY_A=SECRET),
    ]
    assert [run.returncode for run in runs] == [1, 1, 1], [run.stdout + run.stderr for run in runs]
    one, two, three = (verdicts(tmp_path / name) for name in ("a.json", "b.json", "c.json"))
    assert one == two == three
    assert one["SHP-005"][0] == "fail"


@pytest.mark.parametrize("target", ["conformance", "conformance/sepolo_conformance"])
def test_folder_of_a_checkout_is_collected(good: str, tmp_path: Path, target: str) -> None:
    """`pytest conformance --base-url URL` judges the deployment, without a name of a package."""
    report = tmp_path / "r.json"
    options = ("-p", "no:cacheprovider", "--base-url", good, *ONLY, str(report))
    run = start(ROOT, "-m", "pytest", target, *options, SEPOLO_API_KEY=SECRET)
    assert (run.returncode, set(verdicts(report))) == (0, {"AUT-001", "PAG-001"}), run.stdout + run.stderr


def test_area_can_be_named_as_a_package(good: str, tmp_path: Path) -> None:
    """`--pyargs sepolo_conformance.checks.paging` judges the requirements of paging only."""
    target = "sepolo_conformance.checks.paging"
    run = by_pytest(tmp_path, "--base-url", good, *ONLY, "r.json", target=target, SEPOLO_API_KEY=SECRET)
    assert (run.returncode, set(verdicts(tmp_path / "r.json"))) == (0, {"PAG-001"}), run.stdout + run.stderr


def test_node_ids_name_area_and_requirement(tmp_path: Path) -> None:
    """`pytest --collect-only` needs no deployment."""
    options = ("--collect-only", "-q", "--conformance-requirement", "AUT-001,PAG-001", "-p", "no:cacheprovider")
    run = by_pytest(tmp_path, *options)
    ids = [line for line in run.stdout.splitlines() if "::" in line]
    assert ids == [f"sepolo_conformance/checks/{name}" for name in ("authentication::AUT-001", "paging::PAG-001")]


def test_wrong_options_are_usage_errors_of_pytest(tmp_path: Path) -> None:
    """The message and the exit status are those of the console script."""
    run = by_pytest(tmp_path)
    assert (run.returncode, "no target: give its URL" in run.stderr) == (4, True)


def test_console_script_ignores_configuration_of_the_user(good: str, tmp_path: Path) -> None:
    """A conftest.py, a pytest.ini and the variables of pytest have no effect, with the suite in a subfolder too."""
    (tmp_path / "conftest.py").write_text("raise ImportError('loaded')\n")
    (tmp_path / "__init__.py").write_text("raise ImportError('imported')\n")
    (tmp_path / "pytest.ini").write_text("[pytest]\naddopts = --unknown\n")
    package = tmp_path / "venv/lib/site-packages/sepolo_conformance"
    shutil.copytree(PACKAGE, package, ignore=shutil.ignore_patterns("__pycache__"))
    variables = {"PYTEST_PLUGINS": "nowhere", "PYTEST_ADDOPTS": "--unknown", "PYTHONPATH": str(package.parent)}
    arguments = ("run", good, "--requirement", "AUT-001")
    run = by_cli(tmp_path, *arguments, SEPOLO_API_KEY=SECRET, **variables)
    assert (run.returncode, "1 of 1 MUST hold" in run.stdout) == (0, True), run.stdout + run.stderr
