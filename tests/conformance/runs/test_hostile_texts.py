"""Runs against a target whose texts contain the key and commands for terminals and CI systems."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sepolo_conformance.transport.exchange import SHOWN
from sepolo_conformance.transport.response import Response
from tests.conformance.runs.commands import SECRET, by_cli, deployment
from tests.conformance.tiny import Tiny, served
from tests.conformance.transport.test_redaction import shows

REQUIREMENTS = "AUT-001,AUT-002,AUT-012,ERR-001,SHP-001,SHP-003,SHP-005,SHP-010,PAG-001,CON-001"
INJECTED = "\x1b]0;title\x07\r\x9b2J\u202e\ud800 ##vso[task.setvariable variable=a]b\n::error::injected\n"
ESCAPED = "".join(f"\\u{ord(character):04x}" for character in SECRET)


class Hostile(Tiny):
    """Reflects the key and commands in headers, in members of bodies and in error messages."""

    def send(self, method: str, target: str, headers: Any, body: Any, *, timeout: float) -> Response:
        made = super().send(method, target, headers, body, timeout=timeout)
        visible = "".join(character for character in INJECTED if character not in "\r\n" and ord(character) < 256)
        reflected = (("X-Request-Id", SECRET + visible), ("X-Echo", ESCAPED), (f"X-{SECRET.upper()}", visible))
        padding = "x" * (2 * SHOWN - len(made.body) - 30)
        text = made.body.decode().replace('"message": "', f'"message": "{ESCAPED} {json.dumps(INJECTED)[1:-1]}')
        if target.startswith("/api/v1/me"):
            return Response(made.status, (*made.headers, *reflected), text.encode())
        # The second key lies across the end of the part that reports show.
        more = f', "echo": "{ESCAPED}", "padding": "{padding}", "again": "{SECRET}{SECRET}"'
        text = f"{text[:-1]}{more}}}" if text.startswith("{") else text
        return Response(made.status, (*made.headers, *reflected), text.encode())


@pytest.fixture(scope="module")
def hostile() -> Iterator[str]:
    """The URL of a deployment with faults that shows hostile texts in its findings."""

    def change(path: str, query: object, status: int, body: Any) -> tuple[int, Any]:
        if path in ("/assets", "/devices") and status == 200:
            rows = [row | {"updatedOn": INJECTED, "deviceName": INJECTED, "assetName": 7} for row in body["data"]]
            return status, body | {"data": rows}
        return (500, {"error": INJECTED, "message": ""}) if path.startswith("/devices/") else (status, body)

    plain = deployment(change=change)
    with served(Hostile(plain.rows, plain.objects, change=change)) as url:
        yield url


def texts(value: Any) -> Iterator[str]:
    """Yield all strings in a JSON value, names of members too."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for name, member in value.items():
            yield name
            yield from texts(member)
    elif isinstance(value, list):
        for member in value:
            yield from texts(member)


@pytest.mark.parametrize("processes", ["0", "2"])
def test_no_output_contains_the_key_or_a_command(hostile: str, tmp_path: Path, processes: str) -> None:
    """Terminal, JSON, HTML and JUnit show neither, also decoded, and each finding keeps its lines."""
    wanted = ("--json", "r.json", "--html", "r.html", "--junit", "r.xml", "-v", "-n", processes)
    run = by_cli(tmp_path, "run", hostile, "--requirement", REQUIREMENTS, *wanted, SEPOLO_API_KEY=SECRET)
    assert (run.returncode, "INTERNALERROR" in run.stdout + run.stderr) == (1, False), run.stdout[-3000:] + run.stderr
    outputs = {path.name: path.read_bytes().decode() for path in tmp_path.iterdir()}
    outputs |= {"stdout": run.stdout, "stderr": run.stderr}
    assert outputs.keys() == {"r.json", "r.html", "r.xml", "stdout", "stderr"}
    assert [name for name, text in outputs.items() if shows(text, SECRET)] == []
    assert [text for text in texts(json.loads(outputs["r.json"])) if shows(text, SECRET)] == []
    controls = re.compile(r"[^\n -~\u00a0-\u2027\u2030-\ud7ff\ue000-\uffff\U00010000-\U0010ffff]")
    assert {name: found for name, text in outputs.items() if (found := set(controls.findall(text)))} == {}
    lines = [(name, line) for name, text in outputs.items() for line in text.splitlines()]
    assert [line for line in lines if line[1].lstrip().startswith("::") or "##vso[" in line[1]] == []
    assert r"\x1b]0;title\x07" in run.stdout
    assert "$SEPOLO_API_KEY" in run.stdout
