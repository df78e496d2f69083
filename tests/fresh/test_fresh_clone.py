"""The README's commands on a fresh clone, and the built wheel in an empty folder."""

import json
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[2]
BIN = Path(sys.executable).parent


def first_command() -> str:
    """The README's first command: it ends by serving."""
    found = re.search(
        r"^(python3 -m venv .*sepolo-mock)$", (ROOT / "README.md").read_text(encoding="utf-8"), re.MULTILINE
    )
    assert found is not None
    return found[1]


@contextmanager
def serving(command: str, folder: Path) -> Iterator[str]:
    """The curl line that a serving command prints, while it serves."""
    environment = {**os.environ, "XDG_DATA_HOME": str(folder / "data")}
    process = subprocess.Popen(
        ["bash", "-c", command], cwd=folder, env=environment, stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    try:
        assert process.stdout is not None
        yield next(line for line in process.stdout if "curl" in line)
    finally:
        os.killpg(process.pid, 15)
        process.wait(30)


def answer(line: str) -> dict[str, object]:
    """The JSON that a printed curl line gets."""
    command = shlex.split(line[line.index("curl") :])
    done = subprocess.run([*command, "-sS", "--fail-with-body"], capture_output=True, text=True, check=True, timeout=30)
    found: dict[str, object] = json.loads(done.stdout)
    return found


def test_the_readmes_first_command_serves_on_a_fresh_clone(tmp_path: Path) -> None:
    """A fresh clone serves after the README's first command, and the curl line it prints works."""
    clone = tmp_path / "clone"
    subprocess.run(["git", "clone", "-q", str(ROOT), str(clone)], check=True, timeout=120)
    with serving(first_command() + " serve --port 0", clone) as line:
        assert answer(line)["organizationId"] == "7f2d3f0a-7c51-42cf-a06d-2c2df5f0c20b"


def test_the_wheel_serves_in_an_empty_folder(tmp_path: Path) -> None:
    """The installed wheel carries the contract, the profiles and the pools."""
    with serving(f"{BIN / 'sepolo-mock'} serve --port 0 --state :memory:", tmp_path) as line:
        assert answer(line)["version"] == "v1"


def verdicts(command: list[str], report: Path, folder: Path) -> dict[str, str]:
    """What a run of the suite says of each requirement."""
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=300, check=False)
    assert (done.returncode, done.stderr) == (0, ""), done.stdout
    return {entry["id"]: entry["status"] for entry in json.loads(report.read_text(encoding="utf-8"))["requirements"]}


def test_both_doors_of_the_suite_give_the_same_verdicts(tmp_path: Path) -> None:
    """From the wheel, in an empty folder, pytest and the console script judge alike."""
    areas = "authentication,shape,waveforms"
    one, two = tmp_path / "one.json", tmp_path / "two.json"
    with serving(f"{BIN / 'sepolo-mock'} serve --port 0 --state :memory:", tmp_path) as line:
        _, header, address = shlex.split(line)[-3:]
        key, base = header.partition(": ")[2], address.removesuffix("/api/v1/me")
        plugin = ["--base-url", base, "--api-key", key, "--conformance-area", areas, "--conformance-json", str(one)]
        script = ["run", base, "--api-key", key, "--area", areas, "--json", str(two)]
        by_pytest = verdicts([str(BIN / "pytest"), "--pyargs", "sepolo_conformance", *plugin], one, tmp_path)
        by_script = verdicts([str(BIN / "sepolo-conformance"), *script], two, tmp_path)
    assert by_pytest == by_script
    assert {"AUT-001", "SHP-001", "WAV-001"} <= by_script.keys()


def test_the_rooms_come_from_the_wheel() -> None:
    """Nothing is imported from the checkout."""
    names = "sepolo_openapi, sepolo_fixtures, sepolo_mock_server, sepolo_conformance"
    script = f"import {names}; print({names})"
    done = subprocess.run([sys.executable, "-I", "-c", script], capture_output=True, text=True, check=True)
    assert str(ROOT) + os.sep not in done.stdout.replace(str(BIN.parent), "")
