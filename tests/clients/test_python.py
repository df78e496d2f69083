"""openapi-python-client: its client is typed strictly, reads every list and shows errors; the documented example runs."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.clients import clients

NAME = "openapi-python-client"


@pytest.mark.parametrize("version", ["3.1", "3.0"])
def test_walk(version: str, tmp_path: Path, counts: dict[str, Any]) -> None:
    """The client of either document reads all lists to their end, with an offset in windows, 403, 400 and POST."""
    program = clients.generator(NAME)
    with clients.sandbox() as running:
        env = {**running.environment, "PATH": f"{program.parent}:{running.environment['PATH']}"}
        url = f"{running.url}/openapi.json?version={version}"
        clients.run(program, "generate", "--url", url, "--meta", "none", cwd=tmp_path, env=env)
        (tmp_path / "walk.py").write_text((clients.PROGRAMS / "walk.py").read_text("utf-8"), encoding="utf-8")
        clients.run(clients.generator("mypy"), "--strict", "walk.py", cwd=tmp_path, env=env)
        printed = clients.run(clients.generator("python"), "walk.py", cwd=tmp_path, env=env)
    assert json.loads(printed) == {**counts, "invalid": "fromUtc"}


def test_documented_example(tmp_path: Path, counts: dict[str, Any]) -> None:
    """The documented command and example work as they stand, and mypy accepts the example."""
    command, example = clients.documented("Python: openapi-python-client", "python")
    program = clients.generator(NAME)
    with clients.sandbox() as running:
        env = {
            **running.environment,
            "PATH": f"{program.parent}:{running.environment['PATH']}",
            "PYTHONPATH": "sepolo-public-api-client",
            "MYPYPATH": "sepolo-public-api-client",
        }
        clients.run("bash", "-ec", command.replace("http://127.0.0.1:8080", running.url), cwd=tmp_path, env=env)
        (tmp_path / "example.py").write_text(example, encoding="utf-8")
        clients.run(clients.generator("mypy"), "--strict", "example.py", cwd=tmp_path, env=env)
        printed = clients.run(clients.generator("python"), "example.py", cwd=tmp_path, env=env)
    assert printed == f"{counts['listDeviceTelemetry']} samples\n"
