"""openapi-python-client: its client is typed strictly, reads every list and shows errors; the documented code runs."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.clients import clients

FOLDER = "sepolo-public-api-client"
"""Where the generator puts the client."""


def _environment(running: clients.Running) -> dict[str, str]:
    # The generator formats its output with ruff, which is installed beside it.
    path = f"{clients.generator('openapi-python-client').parent}:{running.environment['PATH']}"
    return {**running.environment, "PATH": path, "PYTHONPATH": FOLDER, "MYPYPATH": FOLDER}


def _checked_and_run(program: str, folder: Path, env: dict[str, str]) -> str:
    (folder / "program.py").write_text(program, encoding="utf-8")
    clients.run(clients.generator("mypy"), "--strict", "program.py", cwd=folder, env=env)
    return clients.run(clients.generator("python"), "program.py", cwd=folder, env=env)


@pytest.mark.parametrize("version", ["3.1", "3.0"])
def test_walk(version: str, tmp_path: Path, counts: dict[str, Any]) -> None:
    """The client of either document reads all lists to their end, with an offset in windows, 403, 400 and POST."""
    with clients.sandbox() as running:
        env = _environment(running)
        url = f"{running.url}/openapi.json?version={version}"
        clients.run(clients.generator("openapi-python-client"), "generate", "--url", url, cwd=tmp_path, env=env)
        printed = _checked_and_run((clients.PROGRAMS / "walk.py").read_text("utf-8"), tmp_path, env)
    assert json.loads(printed) == {**counts, "invalid": "fromUtc"}


def test_documented_example(tmp_path: Path, counts: dict[str, Any]) -> None:
    """The documented command and example work as they stand, and mypy accepts the example."""
    command, example = clients.documented("Python: openapi-python-client", "python")
    with clients.sandbox() as running:
        env = _environment(running)
        clients.run("bash", "-ec", command.replace("http://127.0.0.1:8080", running.url), cwd=tmp_path, env=env)
        printed = _checked_and_run(example, tmp_path, env)
    assert printed == f"{counts['listDeviceTelemetry']} samples\n"
