"""What was written stays written: after a kill, for other processes, in either database, until it is reset."""

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
BODY = {"assetId": "a33b5a5d-e55a-423d-9bdf-0bc2c61f7e63", "title": "kept"}

Start = Callable[..., ServerProcess]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Starts server processes and ends those that the test leaves."""
    started: list[ServerProcess] = []

    def begin(*options: str, **more: Any) -> ServerProcess:
        started.append(serve(tmp_path, *options, **more))
        return started[-1]

    yield begin
    for each in started:
        each.stop(signal.SIGKILL)
        assert "Traceback" not in each.stderr


def write(server: ServerProcess, attempt: str | None = None, **more: Any) -> Response:
    """Write a report."""
    headers = [] if attempt is None else [("Idempotency-Key", attempt)]
    response = server("POST", REPORTS, headers=headers, body=BODY | more)
    assert response.status == 201, response
    return response


def written(server: ServerProcess) -> list[str]:
    """Ids of the written reports, the newest first."""
    rows = server("GET", target(REPORTS, {"pageSize": 500, "fromUtc": "2026-07-01T00:00:00Z"})).json["data"]
    return [row["serviceReportId"] for row in rows if row["title"] == "kept"]


def reset(*options: str) -> str:
    """Run the command that forgets everything, and return what it says."""
    done = subprocess.run(command("reset", *options), capture_output=True, text=True, env=environment(), check=True)
    assert done.stderr == ""
    return done.stdout


def test_after_a_kill(start: Start, tmp_path: Path) -> None:
    """Whenever kill -9 comes, everything that was answered is there, attempts included, and nothing is half there."""
    state = str(tmp_path / "new" / "folder" / "state.db")
    first = start("--state", state)
    responses = [write(first, f"attempt-{number}") for number in range(12)]
    with socket.create_connection(first.address) as connection:
        # One more is on its way, and nobody waits for its response.
        body = json.dumps(BODY).encode()
        head = f"POST {REPORTS} HTTP/1.1\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n"
        connection.sendall(head.encode() + f"X-Sepolo-Api-Key: {first.keys['full'].key}\r\n\r\n".encode() + body)
        assert first.stop(signal.SIGKILL) == -signal.SIGKILL
    second = start("--state", state)
    found = written(second)
    ids = [response.json["serviceReportId"] for response in responses]
    assert found[-len(ids) :] == ids[::-1]
    assert len(found) in {len(ids), len(ids) + 1}
    for report_id in found:
        assert second("GET", f"{REPORTS}/{report_id}").json["serviceReportId"] == report_id
    again = write(second, "attempt-1")
    assert (again.body, again.headers["idempotent-replayed"]) == (responses[1].body, "true")
    assert write(second).json["serviceReportId"] not in found


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[ServerProcess, ServerProcess]]:
    """Two server processes on one file."""
    folder = tmp_path_factory.mktemp("pair")
    first, second = (serve(folder, "--state", str(folder / "state.db")) for _ in range(2))
    yield first, second
    assert (first.stop(), second.stop()) == (0, 0)
    assert first.stderr + second.stderr == ""


def test_two_processes(pair: tuple[ServerProcess, ServerProcess]) -> None:
    """Two servers on one file see each other's reports at once, and repeat each other's attempts."""
    first, second = pair
    before = written(first)
    one = write(first, "mine")
    assert written(second) == [one.json["serviceReportId"], *before]
    again = write(second, "mine")
    assert (again.body, again.headers["idempotent-replayed"]) == (one.body, "true")
    other = BODY | {"title": "x"}
    assert_error(second("POST", REPORTS, headers=[("Idempotency-Key", "mine")], body=other), 409, "conflict")
    two = write(second)
    assert written(first) == [two.json["serviceReportId"], one.json["serviceReportId"], *before]


def test_many_writers(pair: tuple[ServerProcess, ServerProcess]) -> None:
    """Writers on both of two servers at once lose nothing, and one attempt on both makes one report."""
    before = written(pair[0])
    with ThreadPoolExecutor(8) as pool:
        ids = list(pool.map(lambda n: write(pair[n % 2]).json["serviceReportId"], range(24)))
        same = list(pool.map(lambda n: write(pair[n % 2], "same").json["serviceReportId"], range(8)))
    assert len(set(ids)) == 24
    assert len(set(same)) == 1
    assert set(written(pair[0])) == set(written(pair[1])) == {*ids, *same, *before}


def test_workers(start: Start, tmp_path: Path) -> None:
    """Two workers response as one: whichever is asked knows every report, and every cursor of the other."""
    server = start("--state", str(tmp_path / "state.db"), "--workers", "2")
    ids = [write(server).json["serviceReportId"] for _ in range(6)]
    bodies = {server("GET", target(REPORTS, {"pageSize": 3})).body for _ in range(20)}
    assert len(bodies) == 1
    walked, query = [], {"pageSize": 2}
    for _ in range(5):
        page = server("GET", target(REPORTS, query)).json
        walked += [row["serviceReportId"] for row in page["data"]]
        query = {"pageSize": 2, "cursor": page["nextCursor"]}
    assert walked[:6] == ids[::-1]
    assert server.stop() == 0
    assert server.stderr == ""


def test_reset(start: Start, tmp_path: Path) -> None:
    """It empties the state under a running server, ends the cursors over it, forgets attempts and repeats no id."""
    state = str(tmp_path / "state.db")
    server = start("--state", state)
    ids = [write(server, "attempt").json["serviceReportId"], write(server).json["serviceReportId"]]
    cursor = server("GET", f"{REPORTS}?pageSize=1").json["nextCursor"]
    etag = server("GET", REPORTS).headers["etag"]
    assert reset("--state", state) == f"Forgot 2 service reports in {state}\n"
    assert written(server) == []
    assert_error(server("GET", f"{REPORTS}/{ids[0]}"), 404, "not_found")
    assert server("GET", REPORTS, headers=[("If-None-Match", etag)]).status == 200
    ended = server("GET", target(REPORTS, {"pageSize": 1, "cursor": cursor}))
    assert_error(ended, 400, "validation_error", "cursor")
    assert "ended by a reset" in ended.json["message"]
    fresh = write(server, "attempt")
    assert "idempotent-replayed" not in fresh.headers
    assert fresh.json["serviceReportId"] not in ids
    assert reset("--state", state) == f"Forgot 1 service report in {state}\n"


@pytest.mark.parametrize("other", [{"seed": 2}, {"profile": "small"}])
def test_worlds_in_one_state(other: dict[str, Any], make_sandbox: Callable[..., InProcess], tmp_path: Path) -> None:
    """Reports belong to the world that they were written in: another seed's or profile's are out of sight."""
    state = f"sqlite:///{tmp_path / 'state.db'}"
    here, there = make_sandbox(state=state), make_sandbox(state=state, **other)
    mine = here("POST", REPORTS, body=BODY).headers["location"]
    device = there("GET", "/api/v1/devices").json["data"][0]["deviceId"]
    theirs = there("POST", REPORTS, body={"deviceId": device, "title": "kept"}).headers["location"]
    assert mine != theirs
    for client, own, strange in ((here, mine, theirs), (there, theirs, mine)):
        assert client("GET", own).status == 200
        assert_error(client("GET", strange), 404, "not_found")
        rows = client("GET", f"{REPORTS}?fromUtc=2026-07-01T00:00:00Z").json["data"]
        assert [row["serviceReportId"] for row in rows if row["title"] == "kept"] == [own.rpartition("/")[2]]


def test_memory(make_sandbox: Callable[..., InProcess]) -> None:
    """What is kept in memory is a sandbox's own."""
    here, there = make_sandbox(), make_sandbox()
    mine = here("POST", REPORTS, body=BODY).headers["location"]
    assert (here("GET", mine).status, there("GET", mine).status) == (200, 404)


def test_the_default_place(start: Start, tmp_path: Path) -> None:
    """Without --state the file lies in the user's data folder, wherever the environment says that is."""
    server = start(variables={"XDG_DATA_HOME": str(tmp_path / "data"), "HOME": str(tmp_path)})
    write(server)
    assert [path.name for path in (tmp_path / "data").rglob("state.db")] == ["state.db"]
    assert any(str(tmp_path / "data") in line for line in server.startup_lines)


# PostgreSQL.


def test_postgresql(postgres: str, start: Start) -> None:
    """A PostgreSQL database does what a file does: for workers, for two servers, after a kill, until a reset."""
    first, second = start("--state", postgres, "--workers", "2"), start("--state", postgres)
    one = write(first, "mine", title="kept")
    assert write(second, "mine").headers["idempotent-replayed"] == "true"
    assert_error(
        second("POST", REPORTS, headers=[("Idempotency-Key", "mine")], body=BODY | {"title": "x"}), 409, "conflict"
    )
    odd = write(second, description="\0\u202e\U0001f682", laborCost=1e300)
    assert first("GET", odd.headers["location"]).json["description"] == "\0\u202e\U0001f682"
    with ThreadPoolExecutor(8) as pool:
        same = list(pool.map(lambda n: write((first, second)[n % 2], "same").json["serviceReportId"], range(8)))
    assert len(set(same)) == 1
    wanted = [same[0], odd.json["serviceReportId"], one.json["serviceReportId"]]
    assert written(first) == written(second) == wanted
    second.stop(signal.SIGKILL)
    third = start("--state", postgres)
    assert written(third) == wanted
    cursor = third("GET", f"{REPORTS}?pageSize=1").json["nextCursor"]
    assert first("GET", target(REPORTS, {"pageSize": 1, "cursor": cursor})).status == 200
    assert reset("--state", postgres).startswith("Forgot 3 service reports")
    assert written(first) == written(third) == []
    assert_error(first("GET", target(REPORTS, {"cursor": cursor})), 400, "validation_error", "cursor")


def test_postgresql_out_of_reach(tmp_path: Path) -> None:
    """A database that isn't there is one clear line at the start."""
    pytest.importorskip("psycopg", reason="the PostgreSQL driver isn't installed (extra: postgres)")
    url = f"postgresql+psycopg://tester@/postgres?host={tmp_path}"
    done = subprocess.run(
        command("serve", "--port", "0", "--state", url), capture_output=True, text=True, env=environment(), check=False
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert len(done.stderr.splitlines()) == 1
    assert done.stderr.startswith(f"sepolo-mock: the state {url} can't be used: ")
