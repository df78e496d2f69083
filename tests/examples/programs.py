"""Runs the programs of docs/examples."""

import subprocess
import sys
from pathlib import Path

FOLDER = Path(__file__).parents[2] / "docs/examples"


def start(name: str, variables: dict[str, str], folder: Path) -> subprocess.CompletedProcess[str]:
    """Run an example in a folder."""
    return subprocess.run(
        [sys.executable, str(FOLDER / name)],
        cwd=folder, env=variables, capture_output=True, text=True, check=False, timeout=300,
    )  # fmt: skip
