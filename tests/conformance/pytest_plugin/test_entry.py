"""The hooks that pytest loads in every session."""

from pathlib import Path

import pytest

from tests.conformance.runs.commands import by_pytest, start

pytestmark = pytest.mark.no_cover  # processes are several times slower under the tracer

ALLOWED = {
    *("sepolo_conformance", "sepolo_conformance.pytest_plugin", "sepolo_conformance.pytest_plugin.entry"),
    *("sepolo_mock_server", "sepolo_mock_server.testing", "sepolo_mock_server.testing.entry"),
}
"""Modules that a session of other tests may import: the entry module and its packages."""
OTHERS = ("-p", "no:schemathesis", "-p", "no:anyio", "-p", "no:base_url")
OWN_OPTIONS = """
def pytest_addoption(parser):
    parser.addoption("--base-url", default="http://other")
    parser.addoption("--api-key", help="the user's own")
"""
OTHER_TEST = f"""
import sys


def test_other(pytestconfig):
    ours = {{name for name in sys.modules if name.startswith(("sepolo_", "httpcore", "yaml", "click"))}}
    assert ours == {ALLOWED}
    assert [name for name in vars(pytestconfig.option) if "conformance" in name] == []
"""


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A folder with one test of its own, which fails if the session has something of the suite."""
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests/test_other.py").write_text(OTHER_TEST)
    return tmp_path


@pytest.mark.parametrize("arguments", [(), ("tests",), ("-n", "1"), ("--rootdir", ".", "tests/test_other.py")])
def test_session_of_other_tests_sees_nothing_of_the_suite(repository: Path, arguments: tuple[str, ...]) -> None:
    """It has none of the options, and imports nothing of the suite but the entry module."""
    run = start(repository, "-m", "pytest", "-q", *OTHERS, *arguments)
    assert run.returncode == 0, run.stdout + run.stderr


def test_session_of_other_tests_shows_no_option_in_its_help(repository: Path) -> None:
    """`pytest --help` describes the options only if the suite is named."""
    assert "conformance" not in start(repository, "-m", "pytest", "--help").stdout
    assert "--conformance-level" in by_pytest(repository, "--help").stdout


def test_user_may_declare_options_of_the_same_names(repository: Path) -> None:
    """A conftest.py may add `--base-url` and `--api-key`, wherever it lies."""
    (repository / "tests/conftest.py").write_text(OWN_OPTIONS)
    run = start(repository, "-m", "pytest", "-q", *OTHERS, "tests", "--base-url", "http://x", "--api-key", "k")
    assert run.returncode == 0, run.stdout + run.stderr
