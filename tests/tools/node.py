"""Programs of npm that tests run; the tests are skipped where `npm ci` has not installed them."""

import os
import subprocess
from pathlib import Path

import pytest

_PROGRAMS = Path(__file__).parents[2] / "node_modules" / ".bin"


def run(program: str, *arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run a program in a folder; return its output and its exit code, whatever that is."""
    path = _PROGRAMS / program
    if not path.exists():
        pytest.skip(f"{program} is not installed: npm ci")
    # Without proxies, as all requests go to this machine.
    env = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
    return subprocess.run([path, *arguments], cwd=cwd, env=env, capture_output=True, text=True, check=False)
