"""Runs that pytest starts, next to other plugins and the user's own configuration."""

from pathlib import Path

import pytest

from tests.conformance.runs.commands import SECRET, by_pytest, start

pytestmark = pytest.mark.no_cover  # processes are several times slower under the tracer

OWN_OPTIONS = """
def pytest_addoption(parser):
    parser.addoption("--base-url", default="http://other")
    parser.addoption("--api-key", help="the user's own")
"""


def test_suite_reads_options_that_the_user_declared(good: str, tmp_path: Path) -> None:
    """Next to such a conftest.py the suite takes the values of its options."""
    (tmp_path / "conftest.py").write_text(OWN_OPTIONS)
    options = ("--base-url", good, "--api-key", SECRET, "--conformance-requirement", "AUT-001")
    run = by_pytest(tmp_path, *options, "-p", "no:base_url")  # pytest-base-url declares --base-url too
    assert (run.returncode, "1 of 1 MUST hold" in run.stdout) == (0, True), run.stdout + run.stderr


@pytest.mark.parametrize(
    ("variables", "configuration"),
    [
        ({"PYTEST_ADDOPTS": "--pyargs sepolo_conformance --conformance-requirement AUT-001"}, ""),
        ({}, "addopts = --pyargs sepolo_conformance --conformance-requirement AUT-001"),
        ({}, "addopts = --pyargs --conformance-requirement AUT-001\ntestpaths = sepolo_conformance"),
    ],
)
def test_suite_may_be_named_by_configuration(
    good: str, tmp_path: Path, variables: dict[str, str], configuration: str
) -> None:
    """PYTEST_ADDOPTS, `addopts` and `testpaths` name the suite as arguments do."""
    (tmp_path / "pytest.ini").write_text(f"[pytest]\n{configuration}\n")
    run = start(tmp_path, "-m", "pytest", "--base-url", good, SEPOLO_API_KEY=SECRET, **variables)
    assert (run.returncode, "1 of 1 MUST hold" in run.stdout) == (0, True), run.stdout + run.stderr


def test_files_of_options_name_no_folder_of_conftest_files(good: str, tmp_path: Path) -> None:
    """The conftest.py beside a key file is not loaded."""
    (tmp_path / "keys").mkdir()
    (tmp_path / "keys/conftest.py").write_text("raise ImportError('loaded')")
    (tmp_path / "keys/key").write_text(SECRET)
    run = by_pytest(tmp_path, "--base-url", good, "--api-key-file", "keys/key", "--conformance-requirement", "AUT-001")
    assert (run.returncode, "1 of 1 MUST hold" in run.stdout) == (0, True), run.stdout + run.stderr


@pytest.mark.parametrize("plugin", ["pytest_base_url", "pytest_randomly", "pytest_timeout"])
def test_suite_runs_next_to_other_plugins(good: str, tmp_path: Path, plugin: str) -> None:
    """With and without xdist. pytest-base-url declares --base-url itself."""
    pytest.importorskip(plugin)
    options = ("--base-url", good, "--conformance-requirement", "AUT-001,PAG-001")
    for processes in ((), ("-n", "2")):
        run = by_pytest(tmp_path, *options, *processes, SEPOLO_API_KEY=SECRET)
        assert (run.returncode, "2 of 2 MUST hold" in run.stdout) == (0, True), run.stdout + run.stderr


@pytest.mark.parametrize(
    ("content", "status", "shown"),
    [
        ("def test_red():\n    assert 1 == 2\n", 1, ["assert 1 == 2", "FAILED t/test_own.py::test_red", "1 failed"]),
        ("raise ImportError('broken')\n", 2, ["ImportError: broken", "ERROR t/test_own.py"]),
        ("def test_green():\n    pass\n", 0, ["other tests: 1 passed"]),
    ],
)
def test_failure_of_an_own_test_fails_the_session(
    good: str, tmp_path: Path, content: str, status: int, shown: list[str]
) -> None:
    """The session ends with pytest's status, and names the test as pytest does, next to a target that conforms."""
    (tmp_path / "t").mkdir()
    (tmp_path / "t/test_own.py").write_text(content)
    options = ("--base-url", good, "--conformance-requirement", "AUT-001", "-p", "no:schemathesis")
    run = start(tmp_path, "-m", "pytest", "t", "--pyargs", "sepolo_conformance", *options, SEPOLO_API_KEY=SECRET)
    assert (run.returncode, [text for text in shown if text not in run.stdout]) == (status, []), run.stdout + run.stderr


def test_requirement_with_a_skip_mark_is_not_tested(good: str, tmp_path: Path) -> None:
    """A conftest.py of the user's own may skip every item; such a run has judged nothing."""
    (tmp_path / "conftest.py").write_text(
        "import pytest\n\n\ndef pytest_collection_modifyitems(items):\n"
        "    for item in items:\n        item.add_marker(pytest.mark.skip('slow'))\n"
    )
    run = by_pytest(tmp_path, "--base-url", good, "--conformance-requirement", "AUT-001", SEPOLO_API_KEY=SECRET)
    assert (run.returncode, "skipped by a mark of pytest: slow" in run.stdout) == (3, True), run.stdout + run.stderr
