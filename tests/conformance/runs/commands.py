"""Starts runs of the suite as users do, in processes of their own and in an empty folder."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.conformance.tiny import KEY, Row, Tiny, asset, device

__all__ = [
    "CLI",
    "SECRET",
    "SOME",
    "break_deployment",
    "by_cli",
    "by_pytest",
    "deployment",
    "environment",
    "start",
    "verdicts",
]

CLI = "from sepolo_conformance.cli import main; main()"
SOME = "AUT-001,AUT-002,AUT-003,SHP-001,SHP-003,SHP-005"
SECRET = KEY.secret


def environment(**variables: str) -> dict[str, str]:
    """Return the environment of a run: this one, without variables that the suite or pytest read."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("SEPOLO", "PYTEST", "COV"))}
    return kept | variables


def start(folder: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run Python with arguments in a folder, to its end."""
    return subprocess.run(
        [sys.executable, *arguments],
        check=False,
        cwd=folder,
        env=environment(**variables),
        capture_output=True,
        text=True,
        timeout=120,
    )


def by_cli(folder: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run the console script."""
    return start(folder, "-c", CLI, *arguments, **variables)


def by_pytest(
    folder: Path, *arguments: str, target: str = "sepolo_conformance", **variables: str
) -> subprocess.CompletedProcess[str]:
    """Run pytest on the package, or on a part of it."""
    return start(folder, "-m", "pytest", "--pyargs", target, *arguments, **variables)


def verdicts(path: Path) -> dict[str, tuple[str, str | None, list[str]]]:
    """Return status, reason and expectations of each requirement in a JSON report."""
    document = json.loads(path.read_text())
    return {
        entry["id"]: (entry["status"], entry["reason"], [finding["expected"] for finding in entry["findings"]])
        for entry in document["requirements"]
    }


def deployment(**more: Any) -> Tiny:
    """Return a deployment of five assets and a device, in lists and by id."""
    assets, devices = [asset(number) for number in range(5)], [device(1)]
    objects: dict[str, Row] = {f"/assets/{row['assetId']}": row for row in assets}
    objects |= {f"/devices/{row['deviceId']}": row for row in devices}
    return Tiny(rows={"/assets": assets, "/devices": devices}, objects=objects, **more)


def break_deployment(path: str, query: object, status: int, body: Any) -> tuple[int, Any]:
    """Remove the offset of timestamps of assets, return 404 for the listed device, and echo the key."""
    if path == "/assets" and status == 200:
        return status, body | {"data": [row | {"updatedOn": "2026-06-01T00:00:00"} for row in body["data"]]}
    if path == "/devices/D-001" and status == 200:
        return 404, {"error": "not_found", "message": f"{SECRET} may not see it."}
    return status, body | {"echo": SECRET} if path == "/me" and isinstance(body, dict) else body
