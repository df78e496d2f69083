"""The wheel, installed beside a repository that has packages of its own with the names of our folders."""

import subprocess
import sys
from pathlib import Path

import pytest

FOLDERS = ("conformance", "fixtures", "mock_server", "openapi")


@pytest.mark.parametrize("configuration", ["[pytest]\n", "[pytest]\npythonpath = .\n"])
def test_packages_with_our_folder_names_keep_working(tmp_path: Path, configuration: str) -> None:
    """`python -m pytest` imports the repository's packages, and the installed suite adds no test to the session."""
    (tmp_path / "pytest.ini").write_text(configuration, encoding="utf-8")
    for name in FOLDERS:
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").write_text(f"OWNER = 'the repository: {name}'\n", encoding="utf-8")
        test = f"import {name}\n\ndef test_owner():\n    assert {name}.OWNER == 'the repository: {name}'\n"
        (tmp_path / name / f"test_{name}.py").write_text(test, encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stderr) == (0, ""), done.stdout
    assert done.stdout.splitlines()[-1].startswith("4 passed in ")
