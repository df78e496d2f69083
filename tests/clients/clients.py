"""What tests of generated clients share: the sandbox, documented commands and examples, and what a walk must print."""

import os
import re
import shlex
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from tests.end_to_end.calls import Call
from tests.end_to_end.harness import CONTRACT, ServerProcess
from tests.tools import node

ROOT = Path(__file__).parents[2]
PROGRAMS = Path(__file__).with_name("programs")
PAGE = (ROOT / "docs" / "clients.md").read_text(encoding="utf-8")
GENERATORS = "SEPOLO_GENERATORS"
"""Variable with the folder of the programs of `generators.txt`; tox sets it."""
DOCUMENT = "http://127.0.0.1:8080/openapi.json"
"""Address of the contract in the documented commands."""
VERSIONS = ("3.1", "3.0")

DEVICE = {"deviceId": "SEP-DEVICE-001"}
_HOURS = {"fromUtc": "2026-05-27T12:00:00Z", "toUtc": "2026-05-27T16:00:00Z"}
_DAYS = {"fromUtc": "2026-05-31T22:00:00Z", "toUtc": "2026-06-29T22:00:00Z"}
_WALKED: Mapping[str, tuple[Mapping[str, str], Mapping[str, str]]] = {
    "listAssets": ({}, {"status": "all"}),
    "listAssetChildren": ({"assetId": "451735d5-c080-4196-9063-6feeea49ea75"}, {}),
    "listDevices": ({}, {}),
    "listDeviceTelemetry": (DEVICE, _HOURS),
    "listPointGuardCycles": (DEVICE, _HOURS),
    "listPointGuardCycleSamples": ({**DEVICE, "cycleId": "cyc_20260527_120000"}, {}),
    "listMovements": (DEVICE, _HOURS),
    "listIncidents": ({}, _DAYS),
    "listServiceReports": ({}, _DAYS),
    "listCustomers": ({}, {}),
    "listInventoryParts": ({}, {"status": "all"}),
    "listServiceVisits": ({}, _DAYS),
    "listAppointments": ({}, _DAYS),
    "listVendors": ({}, {}),
    "getTelemetryDaily": ({}, {**_DAYS, **DEVICE}),
}
"""The calls of the walks in `programs`: ids and query by operation."""


@dataclass(frozen=True)
class Sandbox:
    """A sandbox with the demo world, in a process of its own, as partners start it."""

    server: ServerProcess

    def document(self, version: str) -> str:
        """Return the address of the contract in a version of OpenAPI."""
        return f"{self.server.base_url}/openapi.json?version={version}"

    def environment(self) -> dict[str, str]:
        """Return the environment of a program that calls the sandbox. Each has a key of its own for its POST."""
        keys = self.server.keys
        given = {"BASE_URL": self.server.base_url, "API_KEY": keys["full"].key, "READ_ONLY_KEY": keys["readonly"].key}
        return {**node.environment(), **given, "IDEMPOTENCY_KEY": uuid4().hex}

    def walked(self) -> dict[str, Any]:
        """Return what a walk must print: rows by list as the sandbox counts them, both refusals, the created report.

        The report is created at the clock of the sandbox, after the window of the list of reports.
        """
        calls = {name: Call(CONTRACT.operations[name], *call) for name, call in _WALKED.items()}
        counts = {name: len(call.with_largest_page().rows(self.server)) for name, call in calls.items()}
        forbidden = "The API key does not include the service_reports.write scope."
        return {**counts, "forbidden": forbidden, "invalid": "fromUtc", "created": "Relay replaced"}


def generator(name: str) -> Path:
    """Return the path of a program of `generators.txt`; skip the test if it is not installed."""
    folder = os.environ.get(GENERATORS)
    if folder is None:
        pytest.skip(f"{name} is not installed: tox -e clients")
    return Path(folder) / name


def run(*command: str | Path, cwd: Path, env: Mapping[str, str], stdin: str = "") -> str:
    """Run a program that must succeed without a warning; return its output."""
    done = subprocess.run(command, cwd=cwd, env=env, input=stdin, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "warning" not in (done.stdout + done.stderr).lower(), done.stdout + done.stderr
    return done.stdout


def check_types(*programs: str, cwd: Path, env: Mapping[str, str], options: tuple[str, ...] = ()) -> None:
    """Check programs with mypy, strictly."""
    mypy = generator("mypy")
    # Tests with the same options share what it knows about libraries.
    cache = str(mypy.parents[1] / "-".join(("mypy", *options)))
    run(mypy, "--strict", "--cache-dir", cache, *options, *programs, cwd=cwd, env=env)


def _section(title: str) -> str:
    return PAGE[PAGE.index(f"\n## {title}\n") :].split("\n## ", 2)[1]


def documented_command(section: str, url: str) -> list[str]:
    """Return the command in a section of the page that reads the contract, with another address."""
    commands = re.search(r"^```console\n(.*?)^```", _section(section), re.MULTILINE | re.DOTALL)
    assert commands is not None
    lines = commands[1].replace("\\\n", " ").splitlines()
    (words,) = (shlex.split(line) for line in lines if DOCUMENT in line)
    return [url if word == DOCUMENT else word for word in words]


def documented_example(section: str, language: str) -> str:
    """Return the program in a section of the page."""
    example = re.search(rf"^```{language}\n(.*?)^```", _section(section), re.MULTILINE | re.DOTALL)
    assert example is not None
    return example[1]


def copy(program: str, folder: Path) -> None:
    """Copy a program of `programs` to a folder."""
    source = PROGRAMS / program
    (folder / source.name).write_bytes(source.read_bytes())
