"""Reads M with Microsoft's parser and formatter, which npm installs."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[3]
SCRIPT = Path(__file__).with_name("read_m.js")


def read_m(text: str) -> dict[str, Any]:
    """Return `tree` and `formatted`, or `error`; skip the test where node or the packages are missing."""
    if shutil.which("node") is None:
        pytest.skip("node is not installed")
    if not (ROOT / "node_modules/@microsoft/powerquery-formatter").is_dir():
        pytest.skip("the npm packages are not installed (npm ci)")
    done = subprocess.run(["node", str(SCRIPT)], input=text, capture_output=True, text=True, check=True, timeout=120)
    found: dict[str, Any] = json.loads(done.stdout)
    return found
