"""What tests of generated clients share: programs, the documented examples, and the counts that a walk must find."""

import os
import re
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.end_to_end.calls import Call
from tests.end_to_end.harness import CONTRACT, InProcess
from tests.harness.in_process import key_facts
from tests.mutants.harness.serving import served
from tests.mutants.harness.wrapper import make
from tests.tools import node

ROOT = Path(__file__).parents[2]
PROGRAMS = Path(__file__).with_name("programs")
PAGE = (ROOT / "docs" / "clients.md").read_text(encoding="utf-8")
GENERATORS = "SEPOLO_GENERATORS"
"""Variable with the folder of the programs of `generators.txt`; tox sets it."""

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
class Running:
    """A sandbox with the demo world: its address, and the environment of a program that calls it."""

    url: str
    environment: dict[str, str]


@contextmanager
def sandbox() -> Iterator[Running]:
    """Serve a new sandbox."""
    keys = key_facts()
    with served(make("demo", 1)) as url:
        given = {"BASE_URL": url, "API_KEY": keys["full"].key, "READ_ONLY_KEY": keys["readonly"].key}
        yield Running(url, {**node.environment(), **given})


def expected(client: InProcess) -> dict[str, Any]:
    """Return what a walk must print: rows by list as the sandbox counts them, both refusals, and the created report."""
    counts = {name: len(Call(CONTRACT.operations[name], *call).rows(client)) for name, call in _WALKED.items()}
    forbidden = "The API key does not include the service_reports.write scope."
    return {**counts, "forbidden": forbidden, "created": "Relay replaced"}


def generator(name: str) -> Path:
    """Return the path of a program of `generators.txt`; skip the test if it is not installed."""
    folder = os.environ.get(GENERATORS)
    if folder is None:
        pytest.skip(f"{name} is not installed: tox -e tools")
    return Path(folder) / name


def run(*command: str | Path, cwd: Path, env: Mapping[str, str]) -> str:
    """Run a program that must succeed without a warning; return its output."""
    done = subprocess.run(command, cwd=cwd, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "warning" not in (done.stdout + done.stderr).lower(), done.stdout + done.stderr
    return done.stdout


def documented(section: str, language: str) -> tuple[str, str]:
    """Return the command that generates a client, the last one of its section of the page, and the example."""
    text = PAGE[PAGE.index(f"\n## {section}") :]
    commands = re.search(r"^```console\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    example = re.search(rf"^```{language}\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    assert commands is not None
    assert example is not None
    return commands[1].splitlines()[-1], example[1]
