"""The hooks that pytest loads in every session."""

from pathlib import Path

from tests.conformance.runs.commands import start

ALLOWED = {
    "sepolo_conformance",
    "sepolo_conformance.model",
    "sepolo_conformance.model.keys",
    "sepolo_conformance.model.requirement",
    "sepolo_conformance.model.settings",
    "sepolo_conformance.options",
    "sepolo_conformance.options.table",
    "sepolo_conformance.pytest_plugin",
    "sepolo_conformance.pytest_plugin.entry",
}
"""Modules that a session of other tests may import: the table of options and its values."""


def test_session_of_other_tests_imports_only_the_options(tmp_path: Path) -> None:
    """Neither the rest of the suite nor its dependencies are imported."""
    (tmp_path / "test_other.py").write_text(
        "import sys\n\n\ndef test_other():\n"
        "    ours = {name for name in sys.modules if name.startswith(('sepolo_', 'httpcore', 'yaml', 'click'))}\n"
        f"    assert ours == {ALLOWED}\n"
    )
    run = start(tmp_path, "-m", "pytest", "-q", "-p", "no:schemathesis", "-p", "no:anyio", "test_other.py")
    assert run.returncode == 0, run.stdout
