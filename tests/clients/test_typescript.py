"""openapi-typescript and openapi-fetch: compiled strictly, every list is read; the documented example runs."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.clients import clients
from tests.tools import node

COMPILE = ("--strict", "--target", "es2022", "--module", "nodenext")


def _project(folder: Path) -> None:
    node.program("openapi-typescript")
    (folder / "package.json").write_text('{"type": "module"}')
    (folder / "node_modules").symlink_to(clients.ROOT / "node_modules")


@pytest.mark.parametrize("version", ["3.1", "3.0"])
def test_walk(version: str, tmp_path: Path, counts: dict[str, Any]) -> None:
    """The client of either document reads all lists to their end, with an offset in windows, 403, 400 and POST."""
    _project(tmp_path)
    (tmp_path / "walk.ts").write_text((clients.PROGRAMS / "walk.ts").read_text("utf-8"), encoding="utf-8")
    with clients.sandbox() as running:
        url, env = f"{running.url}/openapi.json?version={version}", running.environment
        clients.run(node.program("openapi-typescript"), url, "-o", "sepolo.d.ts", cwd=tmp_path, env=env)
        clients.run(node.program("tsc"), *COMPILE, "walk.ts", cwd=tmp_path, env=env)
        printed = clients.run("node", "walk.js", cwd=tmp_path, env=env)
    assert json.loads(printed) == {**counts, "invalid": "from"}


def test_documented_example(tmp_path: Path, counts: dict[str, Any]) -> None:
    """The documented command and example work as they stand."""
    command, example = clients.documented("TypeScript: openapi-typescript", "typescript")
    _project(tmp_path)
    (tmp_path / "example.ts").write_text(example, encoding="utf-8")
    with clients.sandbox() as running:
        line = command.replace("http://127.0.0.1:8080", running.url)
        clients.run("bash", "-ec", line, cwd=tmp_path, env=running.environment)
        clients.run(node.program("tsc"), *COMPILE, "example.ts", cwd=tmp_path, env=running.environment)
        printed = clients.run("node", "example.js", cwd=tmp_path, env=running.environment)
    assert printed == f"{counts['listDeviceTelemetry']} samples\n"
