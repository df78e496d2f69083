"""openapi-python-client: its client is typed strictly, reads every list and shows errors."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.clients import clients

SECTION = "Python: openapi-python-client"
FOLDER = "sepolo-public-api-client"
"""Where the generator puts the client."""


@pytest.mark.parametrize("version", clients.VERSIONS)
def test_client(version: str, sandbox: clients.Sandbox, tmp_path: Path, walked: dict[str, Any], samples: str) -> None:
    """The documented command makes a client of either document that reads all lists; mypy accepts the example."""
    # The generator formats its output with ruff, which is installed beside it.
    path = f"{clients.generator('openapi-python-client').parent}:{sandbox.environment()['PATH']}"
    env = {**sandbox.environment(), "PATH": path, "PYTHONPATH": FOLDER, "MYPYPATH": FOLDER}
    command = clients.documented_command(SECTION, sandbox.document(version))
    clients.run(*command, cwd=tmp_path, env=env)
    clients.copy("openapi_python_client/walk.py", tmp_path)
    (tmp_path / "example.py").write_text(clients.documented_example(SECTION, "python"), encoding="utf-8")
    clients.check_types("walk.py", "example.py", cwd=tmp_path, env=env)
    assert json.loads(clients.run("python", "walk.py", cwd=tmp_path, env=env)) == walked
    assert clients.run("python", "example.py", cwd=tmp_path, env=env) == samples
