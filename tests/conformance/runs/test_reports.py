"""Reports and terminal output of whole runs."""

import json
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.conformance.runs.commands import SECRET, SOME, by_cli, verdicts


def test_reports_agree_and_contain_no_key(bad: str, tmp_path: Path) -> None:
    """JSON, HTML, JUnit, badge and terminal show the same failures, but not the key that the server echoes."""
    wanted = ("--json", "r.json", "--html", "r.html", "--junit", "r.xml", "--badge", "b.json")
    run = by_cli(tmp_path, "run", bad, "--api-key", SECRET, "--requirement", SOME, *wanted)
    failed = {name for name, (status, *_) in verdicts(tmp_path / "r.json").items() if status == "fail"}
    assert {"SHP-001", "SHP-005"} <= failed
    tree = ElementTree.parse(tmp_path / "r.xml")  # noqa: S314 - this test wrote it
    assert {case.get("name") for case in tree.iter("testcase") if case.find("failure") is not None} == failed
    assert set(re.findall(r"^FAIL (\S+)", run.stdout, re.MULTILINE)) == failed
    assert json.loads((tmp_path / "b.json").read_text())["color"] == "red"
    everything = [run.stdout, run.stderr, *(path.read_text() for path in tmp_path.iterdir() if path.is_file())]
    assert [text[:80] for text in everything if SECRET in text] == []
    assert sorted(path.name for path in tmp_path.iterdir()) == ["b.json", "r.html", "r.json", "r.xml"]


def test_terminal_output_ends_with_table_and_headline(good: str, tmp_path: Path) -> None:
    """The last line says how many MUST requirements hold."""
    run = by_cli(tmp_path, "run", good, "--requirement", "AUT-001,AUT-002", SEPOLO_API_KEY=SECRET)
    lines = run.stdout.strip().splitlines()
    assert re.fullmatch(r"\d+ of \d+ MUST hold.*", lines[-1])
    assert [line.split()[0] for line in lines[-5:-2]] == ["area", "authentication", "all"]
    assert f"target  {good}, level must, seed 1" in lines


def test_expected_failures_are_strict(bad: str, tmp_path: Path) -> None:
    """An expected failure does not fail the run; one that holds does, and is named."""
    (tmp_path / "known.yaml").write_text("SHP-001: no devices yet\nSHP-005: timestamps are local until May\n")
    wanted = ("--requirement", "SHP-005,SHP-003", "--expected-failures", "known.yaml")
    known = by_cli(tmp_path, "run", bad, *wanted, SEPOLO_API_KEY=SECRET)
    assert (known.returncode, "2 fail as expected" in known.stdout) == (0, True), known.stdout
    (tmp_path / "known.yaml").write_text("SHP-001: x\nSHP-005: x\nSHP-003: was broken once\n")
    stale = by_cli(tmp_path, "run", bad, *wanted, SEPOLO_API_KEY=SECRET)
    assert (stale.returncode, "stale: SHP-003" in stale.stdout) == (1, True), stale.stdout


def test_run_without_a_key_is_an_error(good: str, tmp_path: Path) -> None:
    """CI must not pass because a secret is missing."""
    run = by_cli(tmp_path, "run", good, "--requirement", "AUT-001,SHP-001")
    assert (run.returncode, "1 not tested" in run.stdout) == (3, True), run.stdout


def test_report_on_a_full_disk_is_an_error(good: str, tmp_path: Path) -> None:
    """The last line says so, without a stack trace."""
    if not Path("/dev/full").exists():
        pytest.skip("no /dev/full on this system")
    run = by_cli(tmp_path, "run", good, "--requirement", "AUT-001", "--badge", "/dev/full", SEPOLO_API_KEY=SECRET)
    assert (run.returncode, "Traceback" in run.stdout + run.stderr) == (3, False)
    assert "a report can't be written: [Errno 28] No space left on device" in run.stdout.splitlines()[-1]


@pytest.mark.parametrize("option", ["--json", "--junit"])
def test_report_on_standard_output_is_alone_there(good: str, tmp_path: Path, option: str) -> None:
    """`-` is standard output; what people read is printed on standard error then."""
    run = by_cli(tmp_path, "run", good, "--requirement", "AUT-001", option, "-", SEPOLO_API_KEY=SECRET)
    assert (run.returncode, "1 of 1 MUST hold" in run.stderr) == (0, True), run.stdout + run.stderr
    read = json.loads if option == "--json" else ElementTree.fromstring
    assert read(run.stdout) is not None
    assert list(tmp_path.iterdir()) == []
