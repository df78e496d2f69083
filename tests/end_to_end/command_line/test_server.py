"""`serve`: the printed curl line, options and variables, and signals."""

import json
import shutil
import signal
import socket
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from tests.end_to_end.harness import command, environment, serve


def test_printed_curl_line(tmp_path: Path) -> None:
    """The printed curl line returns the demo organisation, and SIGINT ends the server without messages."""
    if shutil.which("curl") is None:
        pytest.skip("curl is not installed")
    server = serve(tmp_path, "--state", ":memory:")
    line = next(line for line in server.startup_lines if "curl" in line)
    pasted = line[line.index("curl") :] + " -s -w '%{http_code}'"
    done = subprocess.run(["bash", "-c", pasted], capture_output=True, text=True, check=True)
    assert done.stdout.endswith("200")
    assert json.loads(done.stdout[:-3])["organizationName"] == "Fjordbane Demo AS"
    text = "\n".join(server.startup_lines)
    assert server.base_url in text
    assert server.keys["full"].key in text
    assert server.stop(signal.SIGINT) == 0
    assert server.stderr == ""


def test_variables(tmp_path: Path) -> None:
    """Every option can be set by its variable, and `sepolo-mock` without a command serves."""
    state = tmp_path / "here.db"
    errors = tmp_path / "errors.txt"
    variables = {
        "SEPOLO_HOST": "localhost",
        "SEPOLO_PORT": "0",
        "SEPOLO_PROFILE": "small",
        "SEPOLO_SEED": "5",
        "SEPOLO_CLOCK": "2026-08-01T12:00:00+02:00",
        "SEPOLO_WORKERS": "1",
        "SEPOLO_STATE": str(state),
        "SEPOLO_CHECK_RESPONSES": "1",
    }
    with errors.open("w") as stream:
        process = subprocess.Popen(
            command(), stdout=subprocess.PIPE, stderr=stream, text=True, env=environment(**variables)
        )
    assert process.stdout is not None
    text = "".join(iter(process.stdout.readline, "More keys: sepolo-mock keys. Stop with Ctrl-C.\n"))
    pasted = next(line for line in text.splitlines() if "curl" in line)
    done = subprocess.run(
        ["bash", "-c", pasted[pasted.index("curl") :] + " -s"], capture_output=True, text=True, check=True
    )
    me = json.loads(done.stdout)
    assert (me["organizationName"], me["serverTimeUtc"]) == ("Liten Bane AS", "2026-08-01T10:00:00Z")
    assert "profile small, clock 2026-08-01T10:00:00Z" in text
    assert str(state) in text
    assert state.exists()
    process.send_signal(signal.SIGTERM)
    assert process.wait(30) == 0
    process.stdout.close()
    assert errors.read_text() == ""


def test_options_have_precedence_over_variables(tmp_path: Path) -> None:
    """An option overrides its variable; `--clock wall` is the current time; an IPv6 host is accepted."""
    host = "::1" if _has_ipv6() else "127.0.0.1"
    options = ("--clock", "wall", "--state", ":memory:", "--host", host)
    before = datetime.now(UTC).replace(microsecond=0)
    server = serve(tmp_path, *options, variables={"SEPOLO_CLOCK": "2026-08-01T00:00:00Z", "SEPOLO_PROFILE": "small"})
    assert server.base_url.startswith(f"http://[{host}]:" if ":" in host else f"http://{host}:")
    now = server("GET", "/api/v1/me").json["serverTimeUtc"]
    assert before <= datetime.fromisoformat(now) <= datetime.now(UTC)
    assert server("GET", "/api/v1/me").json["organizationName"] == "Fjordbane Demo AS"
    assert "clock of the wall" in server.startup_lines[0]
    assert server.stop() == 0


def _has_ipv6() -> bool:
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        return False
    return True


@pytest.mark.no_cover  # processes are several times slower under the tracer
@pytest.mark.parametrize(
    ("workers", "number"),
    [("1", signal.SIGINT), ("1", signal.SIGHUP), ("2", signal.SIGINT), ("2", signal.SIGTERM), ("2", signal.SIGHUP)],
)
def test_signals(workers: str, number: signal.Signals, tmp_path: Path) -> None:
    """A signal ends the server with exit code 0 and no messages, also with an open connection, and frees the port."""
    server = serve(tmp_path, "--state", str(tmp_path / "state.db"), "--workers", workers)
    with socket.create_connection(server.address, timeout=30) as connection, connection.makefile("rb") as lines:
        connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
        assert lines.readline().startswith(b"HTTP/1.1 200 ")
        assert server.stop(number) == 0
        assert lines.read().endswith(b'{"status":"ok"}')
    assert server.stderr == ""
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(server.address)
    second = serve(tmp_path, "--state", ":memory:", port=server.address[1])
    assert second.base_url == server.base_url
    assert second.stop(signal.SIGKILL) == -signal.SIGKILL


def test_banner_for_programs(tmp_path: Path) -> None:
    """`serve --json` prints one line of JSON; its address and key work as soon as it is there."""
    arguments = command("serve", "--json", "--port", "0", "--state", ":memory:")
    process = subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True, cwd=tmp_path, env=environment())
    assert process.stdout is not None
    banner = json.loads(process.stdout.readline())
    response = httpx.get(f"{banner['baseUrl']}/api/v1/me", headers={"X-Sepolo-Api-Key": banner["key"]})
    assert response.json()["organizationName"] == "Fjordbane Demo AS"
    process.send_signal(signal.SIGINT)
    assert (process.wait(30), process.stdout.read()) == (0, "")
    process.stdout.close()
    token = banner["operatorToken"]
    shown = {name: banner[name] for name in banner if name not in ("baseUrl", "key", "operatorToken")}
    console = f"{banner['baseUrl']}/console/#token={token}"
    expected = {"profile": "demo", "clock": "2026-07-01T00:00:00Z", "state": ":memory:", "console": console}
    assert (shown, token.startswith("sep_mgmt_")) == (expected, True)
