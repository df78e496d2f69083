"""`tests/lowest.txt`, with which the tox environment `lowest` installs, holds the lower bounds of pyproject.toml."""

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def test_lowest_versions_are_the_lower_bounds() -> None:
    """Each dependency that a user may install is pinned to its lower bound, and has one."""
    optional = PROJECT["optional-dependencies"]
    bounds = [
        re.fullmatch(r"([a-z0-9-]+)(?:\[[a-z]+\])?>=([0-9.]+)(?:,.*|;.*)?", requirement)
        for requirement in (*PROJECT["dependencies"], *optional["postgres"], *optional["conformance"])
    ]
    pinned = sorted(f"{found[1]}=={found[2]}" for found in bounds if found is not None)
    assert len(pinned) == len(bounds)
    assert (ROOT / "tests" / "lowest.txt").read_text(encoding="utf-8").splitlines() == pinned
