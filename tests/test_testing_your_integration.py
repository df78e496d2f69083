"""Runs the programs of docs/testing-your-integration.md in Python and JavaScript."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.test_readme import BIN, ROOT

pytestmark = pytest.mark.no_cover  # processes are several times slower under the tracer

PAGE = (ROOT / "docs/testing-your-integration.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    """Return the blocks of a language."""
    return re.findall(rf"^```{language}\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)


def run(folder: Path, *command: str) -> str:
    """Run a program that must succeed; return its output."""
    environment = {**os.environ, "PATH": f"{BIN}:{os.environ['PATH']}"}
    done = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, timeout=120, check=False, env=environment
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_python(tmp_path: Path) -> None:
    """The tests of the page pass as they stand."""
    (tmp_path / "test_page.py").write_text("\n".join(blocks("python")), encoding="utf-8")
    assert "4 passed" in run(tmp_path, sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_page.py")


@pytest.mark.skipif(shutil.which("node") is None, reason="Node is not installed")
def test_javascript(tmp_path: Path) -> None:
    """The program of the page prints what its comment says."""
    program = "\n".join(blocks("js"))
    (tmp_path / "page.mjs").write_text(program, encoding="utf-8")
    shown = re.search(r"console\.log\(.*?\); // (.*)", program)
    assert shown is not None
    assert run(tmp_path, "node", "page.mjs").strip() == shown[1]
