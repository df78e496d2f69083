"""The command `diff`, and the documentation that shows it."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

import sepolo_openapi
from sepolo_openapi import reader
from tests.conformance.contract_diff.edits import edit, put
from tests.conformance.runs.commands import CLI, by_cli, environment

ROOT = Path(__file__).parents[3]
PAGE = ROOT / "docs" / "contract-changes.md"
LOWERED = edit("", put("@listDeviceTelemetry/x-sepolo-window/maxDays", 7), level="", kinds="", back="")


@pytest.fixture(name="new", scope="module")
def _new(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("contracts") / "new.yaml"
    path.write_text(sepolo_openapi.render(LOWERED.of(sepolo_openapi.load().document), "yaml"), encoding="utf-8")
    return path


def test_breaking_change_ends_with_1(new: Path, tmp_path: Path) -> None:
    """From the contract to one with a shorter window, a change is breaking; on the way back, none is."""
    forth, back = by_cli(tmp_path, "diff", str(reader.PATH), str(new)), by_cli(tmp_path, "diff", str(new))
    assert (forth.returncode, back.returncode, forth.stderr + back.stderr) == (1, 0, "")
    assert "1 breaking, 0 additive, 0 cosmetic." in forth.stdout
    assert "0 breaking, 1 additive, 0 cosmetic." in back.stdout


def test_document_comes_from_standard_input(new: Path, tmp_path: Path) -> None:
    """ "-" is standard input, so that a document of a server or of a commit needs no file."""
    done = subprocess.run(
        [sys.executable, "-c", CLI, "diff", "-", str(new), "--format", "markdown"],
        input=reader.PATH.read_bytes(), capture_output=True, check=False, cwd=tmp_path, env=environment(),
    )  # fmt: skip
    assert (done.returncode, done.stdout.decode().splitlines()[0]) == (
        1, f"# Sepolo public API: 1.0.0 (standard input) → 1.0.0 ({new})",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["diff"], "Missing argument 'OLD'."),
        (["diff", "old.yaml"], "old.yaml: can't be read: No such file or directory"),
        (["diff", "-", "-"], "only one of the two documents can be on standard input"),
        (["diff", "old.yaml", "--format", "html"], "--format html: choose one of text, markdown, json"),
    ],
)
def test_wrong_argument_is_one_line_and_exit_status_4(arguments: list[str], message: str, tmp_path: Path) -> None:
    """The line says what is wrong and what would be right."""
    done = by_cli(tmp_path, *arguments)
    assert (done.returncode, done.stdout, done.stderr) == (4, "", f"sepolo-conformance: {message}\n")


def test_output_that_cannot_be_written_ends_with_3(new: Path, tmp_path: Path) -> None:
    """1 would mean that a change is breaking."""
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-c", CLI, "diff", str(new)],
            stdout=full, stderr=subprocess.PIPE, text=True, check=False, cwd=tmp_path, env=environment(),
        )  # fmt: skip
    assert (done.returncode, "the output can't be written" in done.stderr) == (3, True)


def test_contract_breaks_no_client_of_the_last_release() -> None:
    """The contract has no breaking change since the last tag, unless its version has another first number."""
    if shutil.which("git") is None:
        pytest.skip("git is not installed")
    place = reader.PATH.relative_to(ROOT)
    tag = _git("describe", "--tags", "--abbrev=0")
    if tag.returncode != 0:
        pytest.skip("there is no tag that the contract could be compared with")
    old = _git("show", f"{tag.stdout.strip()}:{place}")
    if old.returncode != 0:
        pytest.skip(f"{tag.stdout.strip()} has no {place}")
    released = yaml.safe_load(old.stdout)["info"]["version"]
    if released.split(".")[0] != sepolo_openapi.load().version.split(".")[0]:
        pytest.skip(f"version {released} has another first number, so that clients expect breaking changes")
    done = subprocess.run(
        [sys.executable, "-c", CLI, "diff", "-"],
        input=old.stdout, capture_output=True, text=True, check=False, cwd=ROOT,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr


def _git(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["git", *arguments], capture_output=True, text=True, check=False, cwd=ROOT)


def test_commands_of_the_page_work(tmp_path: Path) -> None:
    """The lines of docs/contract-changes.md run as they stand, from a contract to one with a shorter window."""
    blocks = re.findall(r"^```console\n(.*?)^```", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    assert len(blocks) == 3
    contract = sepolo_openapi.load().document
    (tmp_path / "old.yaml").write_text(sepolo_openapi.render(contract, "yaml"), encoding="utf-8")
    (tmp_path / "new.yaml").write_text(sepolo_openapi.render(LOWERED.of(contract), "yaml"), encoding="utf-8")
    variables = {**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    subprocess.run(["bash", "-ec", _REPOSITORY], cwd=tmp_path, check=True, capture_output=True, env=variables)
    done = [
        subprocess.run(["bash", "-c", block], cwd=tmp_path, capture_output=True, text=True, check=False, env=variables)
        for block in blocks
    ]
    assert [(run.returncode, run.stderr) for run in done] == [(1, ""), (0, ""), (1, "")]
    shown = re.search(r"^```text\n(.*?)^```", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    assert shown is not None
    assert done[0].stdout == shown[1]
    assert (tmp_path / "changes.md").read_text(encoding="utf-8").startswith("# Sepolo public API: ")


_REPOSITORY = """
git init -q . && git add old.yaml
mkdir -p openapi/sepolo_openapi && cp old.yaml openapi/sepolo_openapi/sepolo.v1.yaml && git add openapi
git -c user.name=a -c user.email=a@example.com commit -qm "First version" && git tag v1.0.0
cp new.yaml openapi/sepolo_openapi/sepolo.v1.yaml
"""
