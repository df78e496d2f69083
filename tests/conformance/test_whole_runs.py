"""Whole runs as a user starts them: through pytest, through the command line, over several processes."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from tests.conformance.rawserver import raw_server
from tests.conformance.test_discovery import asset, device
from tests.conformance.tiny import KEY, Row, Tiny, served

SOME = "AUT-001,AUT-002,AUT-003,SHP-001,SHP-003,SHP-005"
SECRET = KEY.secret


def environment(**variables: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("SEPOLO", "PYTEST", "COV"))}
    return kept | variables


def start(folder: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run a command of this environment's Python in an empty folder."""
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
    code = "from sepolo_conformance.cli import main; main()"
    return start(folder, "-c", code, *arguments, **variables)


def by_pytest(folder: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return start(folder, "-m", "pytest", "--pyargs", "sepolo_conformance", *arguments, **variables)


def verdicts(path: Path) -> dict[str, Any]:
    """Return what a JSON report says, without what differs from run to run."""
    document = json.loads(path.read_text())
    return {
        entry["id"]: (entry["status"], entry["reason"], [finding["expected"] for finding in entry["findings"]])
        for entry in document["requirements"]
    }


def shift(path: str, query: object, status: int, body: Any) -> tuple[int, Any]:
    """Break a little: assets lose the offset of their stamps, a device can't be had, and a key comes back."""
    if path == "/assets" and status == 200:
        return status, body | {"data": [row | {"updatedOn": "2026-06-01T00:00:00"} for row in body["data"]]}
    if path == "/devices/D-001" and status == 200:
        return 404, {"error": "not_found", "message": f"{SECRET} may not see it."}
    return status, body | {"echo": SECRET} if path == "/me" and isinstance(body, dict) else body


@pytest.fixture(scope="module")
def good() -> Iterator[str]:
    with served(deployment()) as url:
        yield url


@pytest.fixture(scope="module")
def bad() -> Iterator[str]:
    with served(deployment(change=shift)) as url:
        yield url


def deployment(**more: Any) -> Tiny:
    """Return five assets and a device, in their lists and each on its own."""
    assets, devices = [asset(number) for number in range(5)], [device(1)]
    objects: dict[str, Row] = {f"/assets/{row['assetId']}": row for row in assets}
    objects |= {f"/devices/{row['deviceId']}": row for row in devices}
    return Tiny(rows={"/assets": assets, "/devices": devices}, objects=objects, **more)


def test_both_doors_and_several_processes_give_the_same_verdicts(bad: str, tmp_path: Path) -> None:
    """pytest, the console script and xdist: one run, whoever opens the door."""
    key = ("--api-key-env", "KEY_A")
    ours = ("--conformance-requirement", SOME, "--conformance-json", "a.json")
    runs = [
        by_pytest(tmp_path, "--base-url", bad, *key, *ours, KEY_A=SECRET),
        by_cli(tmp_path, "run", bad, *key, "--requirement", SOME, "--json", "b.json", KEY_A=SECRET),
        by_cli(tmp_path, "run", bad, *key, "--requirement", SOME, "--json", "c.json", "-n", "2", KEY_A=SECRET),
    ]
    assert [run.returncode for run in runs] == [1, 1, 1], [run.stdout + run.stderr for run in runs]
    one, two, three = (verdicts(tmp_path / name) for name in ("a.json", "b.json", "c.json"))
    assert one == two == three
    assert one["SHP-005"][0] == "fail"


def test_reports_agree_and_hold_no_key(bad: str, tmp_path: Path) -> None:
    """JSON, HTML, JUnit, badge and terminal tell of the same failures, and none shows a key that a server echoes."""
    wanted = ("--json", "r.json", "--html", "r.html", "--junit", "r.xml", "--badge", "b.json")
    run = by_cli(tmp_path, "run", bad, "--api-key", SECRET, "--requirement", SOME, *wanted)
    failed = {name for name, (status, *_) in verdicts(tmp_path / "r.json").items() if status == "fail"}
    assert {"SHP-001", "SHP-005"} <= failed
    tree = ElementTree.parse(tmp_path / "r.xml")  # noqa: S314 - we have just written it
    assert {case.get("name") for case in tree.iter("testcase") if case.find("failure") is not None} == failed
    assert set(re.findall(r"^FAIL (\S+)", run.stdout, re.MULTILINE)) == failed
    assert json.loads((tmp_path / "b.json").read_text())["color"] == "red"
    everything = [run.stdout, run.stderr, *(path.read_text() for path in tmp_path.iterdir() if path.is_file())]
    assert [text[:80] for text in everything if SECRET in text] == []
    assert sorted(path.name for path in tmp_path.iterdir()) == ["b.json", "r.html", "r.json", "r.xml"]


def test_the_terminal_ends_in_a_table_and_a_closing_line(good: str, tmp_path: Path) -> None:
    """The last line says how many MUST hold."""
    run = by_cli(tmp_path, "run", good, "--requirement", "AUT-001,AUT-002", SEPOLO_API_KEY=SECRET)
    lines = run.stdout.strip().splitlines()
    assert re.fullmatch(r"\d+ of \d+ MUST hold.*", lines[-1])
    assert [line.split()[0] for line in lines[-5:-2]] == ["area", "authentication", "all"]
    assert f"target  {good}, level must, seed 1" in lines


def test_expected_failures_are_strict(bad: str, tmp_path: Path) -> None:
    """Known ones don't fail the run; one that holds by now does, and is named."""
    (tmp_path / "known.yaml").write_text("SHP-001: no devices yet\nSHP-005: stamps are local until the migration\n")
    wanted = ("--requirement", "SHP-005,SHP-003", "--expected-failures", "known.yaml")
    known = by_cli(tmp_path, "run", bad, *wanted, SEPOLO_API_KEY=SECRET)
    assert (known.returncode, "2 fail as expected" in known.stdout) == (0, True), known.stdout
    (tmp_path / "known.yaml").write_text("SHP-001: x\nSHP-005: x\nSHP-003: was broken once\n")
    stale = by_cli(tmp_path, "run", bad, *wanted, SEPOLO_API_KEY=SECRET)
    assert (stale.returncode, "stale: SHP-003" in stale.stdout) == (1, True), stale.stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["run"], "no target: give its URL"),
        (["run", "http://127.0.0.1:1"], "http://127.0.0.1:1 cannot be judged: GET /api/v1/me: cannot connect"),
        (["run", "http://127.0.0.1:1", "--level", "may"], "--level may: choose one of must, should, sandbox"),
        (["run", "http://127.0.0.1:1", "--nonsense"], "No such option: --nonsense"),
        (["run", "http://127.0.0.1:1", "-n", "many"], "-n many: write a number of processes up to 64, or auto"),
        (["run", "http://127.0.0.1:1", "-n", "100000"], "-n 100000: write a number of processes up to 64, or auto"),
        (["explain", "PAG-999"], "there is no requirement PAG-999"),
    ],
)
def test_wrong_options_end_with_one_line_and_4(arguments: list[str], said: str, tmp_path: Path) -> None:
    """Whatever can't be granted is said in a line; nothing else is printed."""
    run = by_cli(tmp_path, *arguments)
    lines = [line for line in (run.stdout + run.stderr).splitlines() if line.strip()]
    assert (run.returncode, len(lines)) == (4, 1), lines
    assert said in lines[0]


def test_pytest_says_the_same_of_wrong_options(tmp_path: Path) -> None:
    """Without a URL, pytest's own usage error, with the same exit status."""
    run = by_pytest(tmp_path)
    assert (run.returncode, "no target: give its URL" in run.stderr) == (4, True)


def test_a_redirect_is_named_before_anything_is_judged(tmp_path: Path) -> None:
    """Whoever gives http for https is told so in a line."""
    answer = b"HTTP/1.1 301 Moved\r\nLocation: https://api.example/api/v1/me\r\nContent-Length: 0\r\n\r\n"
    with raw_server(lambda wire, _: wire.send(answer)) as raw:
        run = by_cli(tmp_path, "run", raw.url, SEPOLO_API_KEY=SECRET)
    assert (run.returncode, "redirects to https://api.example/api/v1/me" in run.stderr) == (4, True), run.stderr


@pytest.mark.parametrize("path", ["/elsewhere", "/api/v1/me"])
def test_a_wrong_address_is_told_before_anything_is_judged(good: str, path: str, tmp_path: Path) -> None:
    """Two hundred findings wouldn't say that the URL is wrong."""
    run = by_cli(tmp_path, "run", f"{good}{path}", SEPOLO_API_KEY=SECRET)
    said = f"{good}{path} is not a URL of the API: /api/v1/me returns 404 with application/json"
    assert (run.returncode, run.stderr.strip()) == (4, f"ERROR: {said}; give what stands before /api/v1/me")


def test_a_device_that_is_not_there_is_told_before_anything_is_judged(good: str, tmp_path: Path) -> None:
    """A hint that is ignored would look as if it had been followed."""
    run = by_cli(tmp_path, "run", good, "--device", "nope", SEPOLO_API_KEY=SECRET)
    assert (run.returncode, "--device nope: the deployment shows no such device to these keys" in run.stderr) == (
        4,
        True,
    )


def test_a_certificate_of_an_own_authority_is_trusted_when_it_is_named(tmp_path: Path) -> None:
    """Until then the run ends in one line that says by what name."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("openssl isn't installed")
    made, file = tmp_path / "made", tmp_path / "both.pem"
    command = (
        *(openssl, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=test"),
        *("-addext", "subjectAltName=IP:127.0.0.1", "-keyout", f"{made}.key", "-out", f"{made}.pem"),
    )
    subprocess.run(command, check=True, capture_output=True)
    file.write_text(Path(f"{made}.key").read_text() + Path(f"{made}.pem").read_text())
    with served(deployment(), file) as url:
        one = ("run", url, "--requirement", "AUT-001")
        strange = by_cli(tmp_path, *one, SEPOLO_API_KEY=SECRET)
        trusted = by_cli(tmp_path, *one, SEPOLO_API_KEY=SECRET, SSL_CERT_FILE=f"{made}.pem")
    assert (strange.returncode, "name the authority's certificate in SSL_CERT_FILE" in strange.stderr) == (4, True), (
        strange.stderr
    )
    assert (trusted.returncode, "1 of 1 MUST hold" in trusted.stdout) == (0, True), trusted.stdout + trusted.stderr


def test_a_missing_secret_opens_no_gate(good: str, tmp_path: Path) -> None:
    """Without a key little is judged, and what is judged holds: that is no pass."""
    run = by_cli(tmp_path, "run", good, "--requirement", "AUT-001,SHP-001")
    assert (run.returncode, "1 not tested" in run.stdout) == (3, True), run.stdout


def test_what_can_not_be_written_is_one_line(good: str, tmp_path: Path) -> None:
    """A full disk ends the run with 3, and no stack of ours."""
    if not Path("/dev/full").exists():
        pytest.skip("no /dev/full on this system")
    run = by_cli(tmp_path, "run", good, "--requirement", "AUT-001", "--badge", "/dev/full", SEPOLO_API_KEY=SECRET)
    assert (run.returncode, "Traceback" in run.stdout + run.stderr) == (3, False)
    assert "a report can't be written: [Errno 28] No space left on device" in run.stdout.splitlines()[-1]


def test_the_program_tells_its_version_and_its_help(tmp_path: Path) -> None:
    """Alone it helps; --version says which one it is."""
    assert by_cli(tmp_path, "--version").stdout == f"sepolo-conformance {version('sepolo-contract')}\n"
    alone, helped = by_cli(tmp_path), by_cli(tmp_path, "--help")
    assert (alone.returncode, alone.stdout) == (0, helped.stdout)


def test_a_run_that_fails_ends_with_3(tmp_path: Path) -> None:
    """A target that only ever asks for later is no verdict on it; the reason is a line, not the suite's stack."""
    busy = b"HTTP/1.1 429 Too Many Requests\r\nRetry-After: 0\r\nContent-Length: 0\r\n\r\n"
    with raw_server(lambda wire, _: wire.send(busy)) as raw:
        run = by_cli(tmp_path, "run", raw.url, "--area", "AUT", "--junit", "r.xml", SEPOLO_API_KEY=SECRET)
    assert (run.returncode, "still 429 after 3 attempts" in run.stdout) == (3, True), run.stdout
    errors = list(ElementTree.parse(tmp_path / "r.xml").iter("error"))  # noqa: S314 - we have just written it
    assert errors
    assert [error.text for error in errors if "\n" in str(error.text)] == []


def test_ctrl_c_reports_what_is_known(tmp_path: Path) -> None:
    """What was judged is in the report; what wasn't is not tested, and says why. Of the code nothing is shown."""
    tiny = deployment()
    asked = tiny.answer

    def stuck(path: str, query: dict[str, str], key: str | None) -> tuple[int, Any]:
        if path == "/devices/D-001" and key == SECRET:
            process.send_signal(signal.SIGINT)
        return asked(path, query, key)

    tiny.answer = stuck  # type: ignore[method-assign]
    code = "from sepolo_conformance.cli import main; main()"
    with served(tiny) as url:
        arguments = ["run", url, "--requirement", "AUT-002,SHP-001,SHP-003", "--json", "r.json"]
        process = subprocess.Popen(
            [sys.executable, "-c", code, *arguments],
            cwd=tmp_path,
            env=environment(SEPOLO_API_KEY=SECRET),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        output, _ = process.communicate(timeout=60)
    assert process.returncode == 2, output
    document = json.loads((tmp_path / "r.json").read_text())
    assert document["summary"]["interrupted"] is True
    found = {(entry["status"], entry["reason"]) for entry in document["requirements"]}
    assert {("pass", None), ("not-tested", "the run was interrupted before")} <= found
    lines = output.splitlines()
    assert lines[-1].endswith("(the run was interrupted before)"), output
    table = next(place for place, line in enumerate(lines) if line.startswith("area"))
    assert lines.index("interrupted: what is known so far follows") < table
    assert [line for line in lines if "KeyboardInterrupt" in line or "!!!" in line or ".py" in line] == []


def test_sessions_of_other_tests_are_left_alone(tmp_path: Path) -> None:
    """In a session that doesn't collect the suite nothing of it but the options is imported."""
    (tmp_path / "test_other.py").write_text(
        "import sys\n\n\ndef test_other():\n"
        "    loaded = {name for name in sys.modules if name.partition('.')[0] in ('sepolo_conformance', 'httpcore')}\n"
        "    assert loaded <= {'sepolo_conformance', 'sepolo_conformance.options'}, loaded\n"
    )
    run = start(tmp_path, "-m", "pytest", "-q", "-p", "no:schemathesis", "-p", "no:anyio", "test_other.py")
    assert run.returncode == 0, run.stdout


def test_listing_and_explaining(tmp_path: Path) -> None:
    """The catalogue as text: a line each, and all there is about one."""
    listed, explained = by_cli(tmp_path, "list", "--area", "AUT"), by_cli(tmp_path, "explain", "aut-001")
    assert listed.stdout.splitlines()[0].startswith("AUT-001  MUST")
    assert re.fullmatch(r"\d+ requirements: .*MUST.*", listed.stdout.splitlines()[-1])
    assert [line.split()[0] for line in explained.stdout.splitlines() if line[0] != " "] == [
        "AUT-001",
        "holds",
        "clause",
        "judged",
        "how",
    ]
