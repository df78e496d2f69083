"""The command `diff`, and the documentation that shows it."""

import json
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


PLACE = reader.PATH.relative_to(ROOT)
NO_TAG = "the repository has no tag v1, v1.0 or the like, with whose contract this one could be compared"


def test_contract_breaks_no_client_of_the_last_release() -> None:
    """The contract has no breaking change since the last tag, unless its version has another first number."""
    if shutil.which("git") is None:
        pytest.skip("git is not installed")
    done = since_last_tag(ROOT)
    if isinstance(done, str):
        pytest.skip(done)
    assert done.returncode == 0, done.stdout + done.stderr


def since_last_tag(repository: Path) -> subprocess.CompletedProcess[str] | str:
    """Compare the contract of the last tag with the one in the work tree; return why there is nothing to compare."""
    tag = _git(repository, "describe", "--tags", "--abbrev=0", "--match", "v[0-9]*").stdout.strip()
    if not tag:
        return NO_TAG
    old = _git(repository, "show", f"{tag}:{PLACE}")
    if old.returncode != 0:
        return f"{tag} has no {PLACE}"
    released, current = (
        yaml.safe_load(text)["info"]["version"] for text in (old.stdout, (repository / PLACE).read_text())
    )
    if released.split(".")[0] != current.split(".")[0]:
        return f"from {released} ({tag}) to {current}, clients expect breaking changes"
    return subprocess.run(
        [sys.executable, "-c", CLI, "diff", "-", str(PLACE)],
        input=old.stdout, capture_output=True, text=True, check=False, cwd=repository, env=environment(),
    )  # fmt: skip


def _git(repository: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = ["git", "-c", "user.name=a", "-c", "user.email=a@example.com", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=repository)


def test_last_tag_is_what_the_contract_is_compared_with(tmp_path: Path) -> None:
    """A clone without tags says so; with one, a breaking change is found, except in a version with another number."""
    contract = sepolo_openapi.load().document
    path = tmp_path / PLACE
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps(contract), encoding="utf-8")
    for command in (["init", "-q"], ["add", "."], ["commit", "-qm", "First version"], ["tag", "nightly"]):
        assert _git(tmp_path, *command).returncode == 0
    assert since_last_tag(tmp_path) == NO_TAG
    _git(tmp_path, "tag", "v1.0.0")
    results = []
    major = edit("", *LOWERED.steps, put("/info/version", "2.0.0"), level="", kinds="", back="")
    for each in (LOWERED.of(contract), major.of(contract)):
        path.write_text(json.dumps(each), encoding="utf-8")
        done = since_last_tag(tmp_path)
        results.append(done if isinstance(done, str) else (done.returncode, done.stdout.splitlines()[1]))
    assert results == [
        (1, "1 breaking, 0 additive, 0 cosmetic."),
        "from 1.0.0 (v1.0.0) to 2.0.0, clients expect breaking changes",
    ]


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
