"""Runs that fail or are interrupted."""

import json
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from tests.conformance.rawserver import raw_server
from tests.conformance.runs.commands import CLI, SECRET, by_cli, deployment, environment
from tests.conformance.tiny import served

pytestmark = pytest.mark.no_cover  # processes are several times slower under the tracer


def started(folder: Path, *arguments: str) -> subprocess.Popen[str]:
    """Start the console script in a folder, with one key."""
    return subprocess.Popen(
        [sys.executable, "-c", CLI, *arguments],
        cwd=folder,
        # An interrupted run leaves the connection of the request in flight to the operating system.
        env=environment(SEPOLO_API_KEY=SECRET, PYTHONWARNINGS="ignore::ResourceWarning"),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def test_target_that_always_returns_429_is_an_error_of_the_run(tmp_path: Path) -> None:
    """It ends with 3, and JUnit has one line per requirement instead of a stack trace."""
    busy = b"HTTP/1.1 429 Too Many Requests\r\nRetry-After: 0\r\nContent-Length: 0\r\n\r\n"
    with raw_server(lambda wire, _: wire.send(busy)) as raw:
        run = by_cli(tmp_path, "run", raw.url, "--area", "AUT", "--junit", "r.xml", SEPOLO_API_KEY=SECRET)
    assert (run.returncode, "still 429 after 3 attempts" in run.stdout) == (3, True), run.stdout
    errors = list(ElementTree.parse(tmp_path / "r.xml").iter("error"))  # noqa: S314 - this test wrote it
    assert errors
    assert [error.text for error in errors if "\n" in str(error.text)] == []


def test_interrupted_run_reports_its_verdicts(tmp_path: Path) -> None:
    """Requirements that were not judged are not tested. No stack trace is printed."""
    tiny = deployment()
    answer, is_sent = tiny.answer, threading.Event()

    def interrupt(path: str, query: dict[str, str], key: str | None) -> tuple[int, Any]:
        if path == "/devices/D-001" and key == SECRET and not is_sent.is_set():
            is_sent.set()  # a second signal would end the process before it reports
            process.send_signal(signal.SIGINT)
        return answer(path, query, key)

    tiny.answer = interrupt  # type: ignore[method-assign]
    with served(tiny) as url:
        process = started(
            tmp_path, "run", url, "--requirement", "AUT-002,SHP-001,SHP-003", "--in-flight", "1", "--json", "r.json"
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
    assert lines.index("interrupted: the verdicts so far follow") < table
    assert [line for line in lines if "KeyboardInterrupt" in line or "!!!" in line or ".py" in line] == []


def test_process_that_does_not_answer_ends_with_the_budget(tmp_path: Path) -> None:
    """The run of several processes ends, and names the requirements without a verdict as errors of the run."""
    tiny = deployment()
    answer = tiny.answer
    stopped: list[int] = []

    def stop(path: str, query: dict[str, str], key: str | None) -> tuple[int, Any]:
        if path == "/devices" and not stopped:
            stopped.extend(_children(process.pid))
            for child in stopped:
                os.kill(child, signal.SIGSTOP)
        return answer(path, query, key)

    tiny.answer = stop  # type: ignore[method-assign]
    with served(tiny) as url:
        process = started(tmp_path, "run", url, "--area", "paging", "-n", "2", "--budget", "20s", "--json", "r.json")
        output, _ = process.communicate(timeout=110)
    assert process.returncode == 3, output
    assert stopped
    found = {entry["reason"] for entry in json.loads((tmp_path / "r.json").read_text())["requirements"]}
    assert "the time budget of 20 s is spent: raise --budget" in found


def _children(parent: int) -> list[int]:
    """Return the processes that a process has started."""
    folder = Path(f"/proc/{parent}/task/{parent}/children")
    return [int(child) for child in folder.read_text().split()]
