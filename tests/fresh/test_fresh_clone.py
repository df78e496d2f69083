"""The README's commands in a fresh clone, and the built wheel in an empty folder."""

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
    """Return the README's first command, without the arguments of `sepolo-mock`."""
    found = re.search(
        r"^(python3 -m venv .*sepolo-mock)$", (ROOT / "README.md").read_text(encoding="utf-8"), re.MULTILINE
    )
    assert found is not None
    return found[1]


@contextmanager
def serving(command: str, folder: Path) -> Iterator[str]:
    """Start a server, and yield the curl line that it prints."""
    environment = {**os.environ, "XDG_DATA_HOME": str(folder / "data")}
    with subprocess.Popen(
        ["bash", "-c", command], cwd=folder, env=environment, stdout=subprocess.PIPE, text=True, start_new_session=True
    ) as process:
        try:
            assert process.stdout is not None
            yield next(line for line in process.stdout if "curl" in line)
        finally:
            os.killpg(process.pid, 15)
            process.wait(30)


def response(line: str) -> dict[str, object]:
    """Run a printed curl line, and return the JSON of the response."""
    command = shlex.split(line[line.index("curl") :])
    done = subprocess.run([*command, "-sS", "--fail-with-body"], capture_output=True, text=True, check=True, timeout=30)
    found: dict[str, object] = json.loads(done.stdout)
    return found


def text(address: str) -> str:
    """Return what an address answers with."""
    command = ["curl", "-sS", "--fail-with-body", address]
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=30).stdout


def test_first_command_of_the_readme_serves_a_fresh_clone(tmp_path: Path) -> None:
    """The curl line that the server prints works."""
    clone = tmp_path / "clone"
    subprocess.run(["git", "clone", "-q", str(ROOT), str(clone)], check=True, timeout=120)
    with serving(first_command() + " serve --port 0", clone) as line:
        assert response(line)["organizationId"] == "7f2d3f0a-7c51-42cf-a06d-2c2df5f0c20b"


def test_wheel_serves_in_an_empty_folder(tmp_path: Path) -> None:
    """The installed wheel contains the contract, the profiles, the name pools, and the pages with their renderer."""
    with serving(f"{BIN / 'sepolo-mock'} serve --port 0 --state :memory:", tmp_path) as line:
        assert response(line)["version"] == "v1"
        address = shlex.split(line)[-1].replace("/api/v1/me", "/reference/")
        named = re.findall(r'(?:src|href)="(swagger-ui[^"]+)"', text(address))
        assert [text(address + name)[:3] for name in named] == [".sw", "/*!"]


def verdicts(command: list[str], report: Path, folder: Path) -> dict[str, str]:
    """Run the suite, and return the status of each requirement."""
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=300, check=False)
    assert (done.returncode, done.stderr) == (0, ""), done.stdout
    return {entry["id"]: entry["status"] for entry in json.loads(report.read_text(encoding="utf-8"))["requirements"]}


def test_entry_points_of_the_wheel_give_the_same_verdicts(tmp_path: Path) -> None:
    """pytest and the console script judge the sandbox equally, and the HTML template is in the wheel."""
    areas = "authentication,shape,waveforms"
    one, two = tmp_path / "one.json", tmp_path / "two.json"
    with serving(f"{BIN / 'sepolo-mock'} serve --port 0 --state :memory:", tmp_path) as line:
        _, header, address = shlex.split(line)[-3:]
        key, base = header.partition(": ")[2], address.removesuffix("/api/v1/me")
        plugin = ["--base-url", base, "--api-key", key, "--conformance-area", areas, "--conformance-json", str(one)]
        reports = ["--json", str(two), "--html", str(tmp_path / "two.html")]
        script = ["run", base, "--api-key", key, "--area", areas, *reports]
        by_pytest = verdicts([str(BIN / "pytest"), "--pyargs", "sepolo_conformance", *plugin], one, tmp_path)
        by_script = verdicts([str(BIN / "sepolo-conformance"), *script], two, tmp_path)
    assert by_pytest == by_script
    assert (tmp_path / "two.html").read_text(encoding="utf-8").startswith("<!doctype html>")
    assert {"AUT-001", "SHP-001", "WAV-001"} <= by_script.keys()


def test_packages_are_imported_from_the_wheel() -> None:
    """No package is imported from the checkout."""
    names = "sepolo_openapi, sepolo_fixtures, sepolo_mock_server, sepolo_conformance"
    script = f"import {names}; print({names})"
    done = subprocess.run([sys.executable, "-I", "-c", script], capture_output=True, text=True, check=True)
    assert str(ROOT) + os.sep not in done.stdout.replace(str(BIN.parent), "")
