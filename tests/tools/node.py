"""Programs of npm that tests run; the tests are skipped where `npm ci` has not installed them."""

import os
import subprocess
from pathlib import Path

import pytest

_PROGRAMS = Path(__file__).parents[2] / "node_modules" / ".bin"


def program(name: str) -> Path:
    """Return the path of a program; skip the test if it is not installed."""
    path = _PROGRAMS / name
    if not path.exists():
        pytest.skip(f"{name} is not installed: npm ci")
    return path


def environment() -> dict[str, str]:
    """Return the environment without proxies, as all requests go to this machine, and without our own warnings.

    Generated clients keep their connections to the end of the process, of which Python would warn.
    """
    given = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
    given.pop("PYTHONWARNINGS", None)
    return given


def run(name: str, *arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run a program in a folder; return its output and its exit code, whatever that is."""
    command = [str(program(name)), *arguments]
    return subprocess.run(command, cwd=cwd, env=environment(), capture_output=True, text=True, check=False)
