"""Clients for a sandbox in process (ASGI) and for a sandbox in a process of its own (HTTP), and common assertions."""

import asyncio
import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import quote, urlencode, urlsplit

from sepolo_fixtures.profiles.profile import KeyFact
from sepolo_mock_server import build
from sepolo_mock_server.settings import Settings
from sepolo_openapi import reader
from tests.harness.in_process import MEMORY, Response, exchange, joined_headers, key_facts

CONTRACT = reader.load()
ERROR_MEMBERS = {"error", "message", "requestId"}

Headers = Iterable[tuple[str, str]]
Body = bytes | Sequence[bytes] | Mapping[str, Any] | None


class Client(Protocol):
    """Sends one request; `key` is the name of a key in the profile, None for no key."""

    def __call__(
        self, method: str, target: str | bytes, *, key: str | None = ..., headers: Headers = ..., body: Body = ...
    ) -> Response: ...


def target(path: str, query: Mapping[str, Any] | None = None, ids: Mapping[str, str] | None = None) -> str:
    """Return a path template with its path parameters and query, percent-encoded."""
    for name, value in (ids or {}).items():
        path = path.replace("{" + name + "}", quote(value, safe=""))
    return path + ("?" + urlencode(query) if query else "")


def _prepared(keys: Mapping[str, KeyFact], key: str | None, headers: Headers, body: Body) -> tuple[Any, list[bytes]]:
    """Return the headers with the key, and the chunks of the body; a mapping is sent as JSON."""
    pairs = [(name, value) for name, value in headers]
    if key is not None:
        pairs.append(("X-Sepolo-Api-Key", keys[key].key))
    if isinstance(body, Mapping):
        pairs.append(("Content-Type", "application/json"))
        return pairs, [json.dumps(body).encode()]
    if body is None or isinstance(body, bytes):
        return pairs, [body or b""]
    return pairs, list(body)


@dataclass
class InProcess:
    """A sandbox in this process, called through ASGI."""

    app: Any
    keys: Mapping[str, KeyFact]
    runner: asyncio.Runner

    def __call__(
        self, method: str, target: str | bytes, *, key: str | None = "full", headers: Headers = (), body: Body = None
    ) -> Response:
        pairs, chunks = _prepared(self.keys, key, headers, body)
        return self.runner.run(self._exchange(method, target, pairs, chunks))

    def concurrently(
        self, count: int, method: str, target: str, *, headers: Headers = (), body: Body = None
    ) -> list[Response]:
        """Send the same request `count` times at once."""
        pairs, chunks = _prepared(self.keys, "full", headers, body)

        async def send_all() -> list[Response]:
            return await asyncio.gather(*(self._exchange(method, target, pairs, chunks) for _ in range(count)))

        return self.runner.run(send_all())

    async def _exchange(self, method: str, target: str | bytes, pairs: Headers, chunks: Sequence[bytes]) -> Response:
        raw = target.encode() if isinstance(target, str) else target
        headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in pairs]
        status, received_headers, received = await exchange(self.app, method, raw, headers, chunks)
        return Response(status, joined_headers(received_headers), received)

    def close(self) -> None:
        self.app.sandbox.close()


def in_process(runner: asyncio.Runner, *, profile: str = "demo", seed: int = 1, state: str = MEMORY) -> InProcess:
    """Return a new sandbox in this process that checks its responses against the contract."""
    settings = Settings(profile=profile, seed=seed, state=state, check_responses=True)
    return InProcess(build.app(settings), key_facts(profile), runner)


def command(*arguments: str) -> list[str]:
    """Return a command line of `sepolo-mock` as installed beside this interpreter."""
    return [str(Path(sys.executable).with_name("sepolo-mock")), *arguments]


def environment(**more: str) -> dict[str, str]:
    """Return the environment with `more`, without variables of the sandbox and without warning filters."""
    removed = {name for name in os.environ if name.startswith("SEPOLO_")} | {"PYTHONWARNINGS"}
    return {name: value for name, value in os.environ.items() if name not in removed} | more


@dataclass
class ServerProcess:
    """A sandbox in a process of its own, called over HTTP."""

    process: subprocess.Popen[str]
    startup_lines: list[str]
    errors: Path
    keys: Mapping[str, KeyFact] = field(default_factory=key_facts)

    @property
    def base_url(self) -> str:
        return next(line.split()[-1] for line in self.startup_lines if "Base URL" in line)

    @property
    def address(self) -> tuple[str, int]:
        parts = urlsplit(self.base_url)
        assert parts.hostname is not None
        assert parts.port is not None
        return parts.hostname, parts.port

    @property
    def stderr(self) -> str:
        """Everything that the process has written to stderr."""
        return self.errors.read_text()

    def __call__(
        self, method: str, target: str | bytes, *, key: str | None = "full", headers: Headers = (), body: Body = None
    ) -> Response:
        pairs, chunks = _prepared(self.keys, key, headers, body)
        path = target if isinstance(target, str) else target.decode("latin-1")
        connection = http.client.HTTPConnection(*self.address, timeout=30)
        try:
            connection.request(method, path, b"".join(chunks) or None, dict(pairs))
            response = connection.getresponse()
            received = [(name.lower().encode(), value.encode("latin-1")) for name, value in response.getheaders()]
            return Response(response.status, joined_headers(received), response.read())
        finally:
            connection.close()

    def raw(self, request: bytes) -> bytes:
        """Send bytes and return all received bytes until the server closes the connection."""
        with socket.create_connection(self.address, timeout=30) as connection:
            connection.sendall(request)
            received = b""
            while piece := connection.recv(1 << 16):
                received += piece
        return received

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Send a signal and return the exit code."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        code = self.process.wait(30)
        if self.process.stdout is not None:
            self.process.stdout.close()
        return code


def serve(
    folder: Path,
    *options: str,
    profile: str = "demo",
    port: int = 0,
    variables: Mapping[str, str] | None = None,
    first: str = "",
) -> ServerProcess:
    """Start a sandbox, on a free port by default, and wait until it has printed its address.

    `first` is Python code that its process runs first, to shorten times and to lower limits of the process.
    """
    errors = folder / f"errors-{len(list(folder.glob('errors-*')))}.txt"
    arguments = command("serve", "--port", str(port), "--profile", profile, *options)
    if first:
        program = f"{first}\nfrom sepolo_mock_server.cli import main\nmain()"
        arguments[:1] = [sys.executable, "-c", program]
    with errors.open("w") as stream:
        process = subprocess.Popen(
            arguments,
            stdout=subprocess.PIPE,
            stderr=stream,
            text=True,
            cwd=folder,
            # A socket or file that is left open prints a warning too.
            env=environment(PYTHONWARNINGS="default::ResourceWarning", **(variables or {})),
        )
    assert process.stdout is not None
    startup_lines = []
    for line in process.stdout:
        startup_lines.append(line.rstrip("\n"))
        if "Ctrl-C" in line:
            break
    server = ServerProcess(process, startup_lines, errors, key_facts(profile))
    if not any("Base URL" in line for line in startup_lines):
        code = server.stop()
        raise AssertionError(f"the server ended with {code}: {server.stderr}")
    return server


def status_of(response: bytes) -> int:
    """Return the status of a raw HTTP/1.1 response."""
    match = re.match(rb"HTTP/1\.1 (\d{3}) ", response)
    assert match, response[:200]
    return int(match.group(1))


def statuses_of(responses: bytes) -> list[int]:
    """Return the statuses of raw HTTP/1.1 responses whose bodies contain no status line."""
    return [int(status) for status in re.findall(rb"HTTP/1\.1 (\d{3}) ", responses)]


def rejected_parameters(response: Response) -> set[str]:
    """Return the names of the parameters in the details of a 400."""
    return {detail["parameter"] for detail in response.json.get("details", ())}


def assert_error(response: Response, status: int, code: str, *parameters: str) -> None:
    """Check status, code and members of an error response; a 400 must name exactly `parameters` if they are given."""
    assert (response.status, response.headers["content-type"]) == (status, "application/json"), response
    body = response.json
    assert body["error"] == code, body
    assert body["requestId"] == response.headers["x-request-id"]
    assert set(body) - {"details"} == ERROR_MEMBERS
    assert body["message"].strip()
    assert len(body["message"]) < 1_000
    assert ("details" in body) == (status == 400), body
    for detail in body.get("details", ()):
        assert set(detail) == {"parameter", "message"}
        assert detail["message"].strip()
    if parameters:
        assert rejected_parameters(response) == set(parameters), body
        assert all(name in body["message"] for name in parameters), body
