"""Stored reports: after a kill, in several processes and workers, in both databases, and after a reset."""

import json
import signal
import socket
import subprocess
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from tests.end_to_end.harness import InProcess, ServerProcess, assert_error, command, environment, serve, target
from tests.harness.in_process import Response

REPORTS = "/api/v1/service-reports"
BODY = {"assetId": "a33b5a5d-e55a-423d-9bdf-0bc2c61f7e63", "title": "stored"}

Start = Callable[..., ServerProcess]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Start server processes; those that still run are killed after the test."""
    started: list[ServerProcess] = []

    def begin(*options: str, **more: Any) -> ServerProcess:
        started.append(serve(tmp_path, *options, **more))
        return started[-1]

    yield begin
    for each in started:
        each.stop(signal.SIGKILL)
        assert "Traceback" not in each.stderr


def write(server: ServerProcess, idempotency_key: str | None = None, **more: Any) -> Response:
    """Create a report, check the 201 and return the response."""
    headers = [] if idempotency_key is None else [("Idempotency-Key", idempotency_key)]
    response = server("POST", REPORTS, headers=headers, body=BODY | more)
    assert response.status == 201, response
    return response


def stored_ids(server: ServerProcess) -> list[str]:
    """Return the ids of the reports that `write` created, newest first."""
    rows = server("GET", target(REPORTS, {"pageSize": 500, "fromUtc": "2026-07-01T00:00:00Z"})).json["data"]
    return [row["serviceReportId"] for row in rows if row["title"] == "stored"]


def reset(*options: str) -> str:
    """Run `sepolo-mock reset` and return its output."""
    done = subprocess.run(command("reset", *options), capture_output=True, text=True, env=environment(), check=True)
    assert done.stderr == ""
    return done.stdout


def test_reports_survive_a_kill(start: Start, tmp_path: Path) -> None:
    """After kill -9 every report with a response is stored and complete, and its Idempotency-Key still works."""
    state = str(tmp_path / "new" / "folder" / "state.db")
    first = start("--state", state)
    responses = [write(first, f"key-{number}") for number in range(12)]
    with socket.create_connection(first.address) as connection:
        # The process is killed while it handles one more request, whose response is not read.
        body = json.dumps(BODY).encode()
        head = f"POST {REPORTS} HTTP/1.1\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n"
        connection.sendall(head.encode() + f"X-Sepolo-Api-Key: {first.keys['full'].key}\r\n\r\n".encode() + body)
        assert first.stop(signal.SIGKILL) == -signal.SIGKILL
    second = start("--state", state)
    found = stored_ids(second)
    ids = [response.json["serviceReportId"] for response in responses]
    assert found[-len(ids) :] == ids[::-1]
    assert len(found) in {len(ids), len(ids) + 1}
    for report_id in found:
        assert second("GET", f"{REPORTS}/{report_id}").json["serviceReportId"] == report_id
    again = write(second, "key-1")
    assert (again.body, again.headers["idempotent-replayed"]) == (responses[1].body, "true")
    assert write(second).json["serviceReportId"] not in found


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[ServerProcess, ServerProcess]]:
    """Two server processes with one SQLite file."""
    folder = tmp_path_factory.mktemp("pair")
    first, second = (serve(folder, "--state", str(folder / "state.db")) for _ in range(2))
    yield first, second
    assert (first.stop(), second.stop()) == (0, 0)
    assert first.stderr + second.stderr == ""


def test_two_processes_share_reports(pair: tuple[ServerProcess, ServerProcess]) -> None:
    """Two servers with one file return each other's reports at once, and share idempotency keys."""
    first, second = pair
    before = stored_ids(first)
    one = write(first, "own")
    assert stored_ids(second) == [one.json["serviceReportId"], *before]
    again = write(second, "own")
    assert (again.body, again.headers["idempotent-replayed"]) == (one.body, "true")
    other = BODY | {"title": "x"}
    assert_error(second("POST", REPORTS, headers=[("Idempotency-Key", "own")], body=other), 409, "conflict")
    two = write(second)
    assert stored_ids(first) == [two.json["serviceReportId"], one.json["serviceReportId"], *before]


def test_concurrent_writers(pair: tuple[ServerProcess, ServerProcess]) -> None:
    """Concurrent writes to two servers are all stored; one Idempotency-Key at both creates one report."""
    before = stored_ids(pair[0])
    with ThreadPoolExecutor(8) as pool:
        ids = list(pool.map(lambda n: write(pair[n % 2]).json["serviceReportId"], range(24)))
        same = list(pool.map(lambda n: write(pair[n % 2], "same").json["serviceReportId"], range(8)))
    assert len(set(ids)) == 24
    assert len(set(same)) == 1
    assert set(stored_ids(pair[0])) == set(stored_ids(pair[1])) == {*ids, *same, *before}


def test_two_workers(start: Start, tmp_path: Path) -> None:
    """Two workers return the same reports, and each accepts the cursors of the other."""
    server = start("--state", str(tmp_path / "state.db"), "--workers", "2")
    ids = [write(server).json["serviceReportId"] for _ in range(6)]
    bodies = {server("GET", target(REPORTS, {"pageSize": 3})).body for _ in range(20)}
    assert len(bodies) == 1
    listed, query = [], {"pageSize": 2}
    for _ in range(5):
        page = server("GET", target(REPORTS, query)).json
        listed += [row["serviceReportId"] for row in page["data"]]
        query = {"pageSize": 2, "cursor": page["nextCursor"]}
    assert listed[:6] == ids[::-1]
    assert server.stop() == 0
    assert server.stderr == ""


def test_reset(start: Start, tmp_path: Path) -> None:
    """A reset deletes reports and idempotency keys under a running server, ends cursors, and reuses no id."""
    state = str(tmp_path / "state.db")
    server = start("--state", state)
    ids = [write(server, "key-1").json["serviceReportId"], write(server).json["serviceReportId"]]
    cursor = server("GET", f"{REPORTS}?pageSize=1").json["nextCursor"]
    etag = server("GET", REPORTS).headers["etag"]
    assert reset("--state", state) == f"Deleted 2 service reports from {state}\n"
    assert stored_ids(server) == []
    assert_error(server("GET", f"{REPORTS}/{ids[0]}"), 404, "not_found")
    assert server("GET", REPORTS, headers=[("If-None-Match", etag)]).status == 200
    ended = server("GET", target(REPORTS, {"pageSize": 1, "cursor": cursor}))
    assert_error(ended, 400, "validation_error", "cursor")
    assert "ended by a reset" in ended.json["message"]
    created = write(server, "key-1")
    assert "idempotent-replayed" not in created.headers
    assert created.json["serviceReportId"] not in ids
    assert reset("--state", state) == f"Deleted 1 service report from {state}\n"


@pytest.mark.parametrize("other", [{"seed": 2}, {"profile": "small"}])
def test_worlds_do_not_share_reports(
    other: dict[str, Any], make_sandbox: Callable[..., InProcess], tmp_path: Path
) -> None:
    """Worlds with another seed or profile in one state return only their own reports."""
    state = f"sqlite:///{tmp_path / 'state.db'}"
    here, there = make_sandbox(state=state), make_sandbox(state=state, **other)
    first = here("POST", REPORTS, body=BODY).headers["location"]
    device = there("GET", "/api/v1/devices").json["data"][0]["deviceId"]
    second = there("POST", REPORTS, body={"deviceId": device, "title": "stored"}).headers["location"]
    assert first != second
    for client, own, foreign in ((here, first, second), (there, second, first)):
        assert client("GET", own).status == 200
        assert_error(client("GET", foreign), 404, "not_found")
        rows = client("GET", f"{REPORTS}?fromUtc=2026-07-01T00:00:00Z").json["data"]
        assert [row["serviceReportId"] for row in rows if row["title"] == "stored"] == [own.rpartition("/")[2]]


def test_memory_is_not_shared(make_sandbox: Callable[..., InProcess]) -> None:
    """Two sandboxes with their state in memory do not share reports."""
    here, there = make_sandbox(), make_sandbox()
    own = here("POST", REPORTS, body=BODY).headers["location"]
    assert (here("GET", own).status, there("GET", own).status) == (200, 404)


def test_default_state_is_in_the_data_folder(start: Start, tmp_path: Path) -> None:
    """Without --state the file is in the user's data folder, which XDG_DATA_HOME sets."""
    server = start(variables={"XDG_DATA_HOME": str(tmp_path / "data"), "HOME": str(tmp_path)})
    write(server)
    assert [path.name for path in (tmp_path / "data").rglob("state.db")] == ["state.db"]
    assert any(str(tmp_path / "data") in line for line in server.startup_lines)


def test_postgresql(postgres: str, start: Start) -> None:
    """PostgreSQL is shared by workers and servers, keeps reports after a kill, and can be reset."""
    first, second = start("--state", postgres, "--workers", "2"), start("--state", postgres)
    one = write(first, "own", title="stored")
    assert write(second, "own").headers["idempotent-replayed"] == "true"
    assert_error(
        second("POST", REPORTS, headers=[("Idempotency-Key", "own")], body=BODY | {"title": "x"}), 409, "conflict"
    )
    unusual = write(second, description="\0\u202e\U0001f682", laborCost=1e300)
    assert first("GET", unusual.headers["location"]).json["description"] == "\0\u202e\U0001f682"
    with ThreadPoolExecutor(8) as pool:
        same = list(pool.map(lambda n: write((first, second)[n % 2], "same").json["serviceReportId"], range(8)))
    assert len(set(same)) == 1
    expected = [same[0], unusual.json["serviceReportId"], one.json["serviceReportId"]]
    assert stored_ids(first) == stored_ids(second) == expected
    second.stop(signal.SIGKILL)
    third = start("--state", postgres)
    assert stored_ids(third) == expected
    cursor = third("GET", f"{REPORTS}?pageSize=1").json["nextCursor"]
    assert first("GET", target(REPORTS, {"pageSize": 1, "cursor": cursor})).status == 200
    assert reset("--state", postgres).startswith("Deleted 3 service reports")
    assert stored_ids(first) == stored_ids(third) == []
    assert_error(first("GET", target(REPORTS, {"cursor": cursor})), 400, "validation_error", "cursor")


def test_unreachable_postgresql_is_one_line(tmp_path: Path) -> None:
    """An unreachable database is one line on stderr and exit code 2."""
    pytest.importorskip("psycopg", reason="the PostgreSQL driver isn't installed (extra: postgres)")
    url = f"postgresql+psycopg://tester@/postgres?host={tmp_path}"
    done = subprocess.run(
        command("serve", "--port", "0", "--state", url), capture_output=True, text=True, env=environment(), check=False
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert len(done.stderr.splitlines()) == 1
    assert done.stderr.startswith(f"sepolo-mock: the state {url} can't be used: ")
