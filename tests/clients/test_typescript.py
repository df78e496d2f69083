"""openapi-typescript with openapi-fetch, and hey-api: compiled strictly, every list is read and errors are shown."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.clients import clients, typescript
from tests.tools import node

TOOLS = {
    "openapi_fetch": "TypeScript: openapi-typescript and openapi-fetch",
    "hey_api": "TypeScript: hey-api",
}


@pytest.mark.parametrize("version", clients.VERSIONS)
@pytest.mark.parametrize("tool", TOOLS)
def test_client(
    tool: str, version: str, sandbox: clients.Sandbox, tmp_path: Path, walked: dict[str, Any], samples: str
) -> None:
    """The documented command makes a client of either document that reads all lists; the documented example runs."""
    typescript.project(tmp_path)
    env = sandbox.environment()
    _, program, *arguments = clients.documented_command(TOOLS[tool], sandbox.document(version))
    clients.run(node.program(program), *arguments, cwd=tmp_path, env=env)
    walk, example = typescript.run(f"{tool}/walk.ts", TOOLS[tool], tmp_path, env)
    assert (json.loads(walk), example) == (walked, samples)
