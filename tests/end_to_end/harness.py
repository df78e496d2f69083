"""How the tests reach a sandbox: in process through ASGI, or a real process through sockets.

Both ways give the same `Answer`. What is asked and what has to come back stands in the tests.
"""

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
from tests.harness.in_process import MEMORY, exchange, joined_headers, key_facts

CONTRACT = reader.load()
ENVELOPE = {"error", "message", "requestId"}

Headers = Iterable[tuple[str, str]]
Body = bytes | Sequence[bytes] | Mapping[str, Any] | None


@dataclass(frozen=True)
class Answer:
    """What came back; header names in lower case, a repeated one joined by a comma."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def refused(self) -> set[str]:
        """Names of the parameters that a 400 refused."""
        return {detail["parameter"] for detail in self.json.get("details", ())}


class Client(Protocol):
    """Sends a request as it is; `key` is a name in the profile, None for no key."""

    def __call__(
        self, method: str, target: str | bytes, *, key: str | None = ..., headers: Headers = ..., body: Body = ...
    ) -> Answer: ...


def target(path: str, query: Mapping[str, Any] | None = None, ids: Mapping[str, str] | None = None) -> str:
    """A path template and its values as they go on the wire."""
    for name, value in (ids or {}).items():
        path = path.replace("{" + name + "}", quote(value, safe=""))
    return path + ("?" + urlencode(query) if query else "")


def _prepared(keys: Mapping[str, KeyFact], key: str | None, headers: Headers, body: Body) -> tuple[Any, list[bytes]]:
    """Header pairs with the key, and the body in chunks; a mapping is sent as JSON."""
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
    """A sandbox in this process, asked as uvicorn would ask it. Counts what it was asked."""

    app: Any
    keys: Mapping[str, KeyFact]
    runner: asyncio.Runner
    asked: int = 0

    def __call__(
        self,
        method: str,
        target: str | bytes,
        *,
        key: str | None = "full",
        headers: Headers = (),
        body: Body = None,
    ) -> Answer:
        pairs, chunks = _prepared(self.keys, key, headers, body)
        return self.runner.run(self.exchange(method, target, pairs, chunks))

    def together(self, count: int, method: str, target: str, *, headers: Headers = (), body: Body = None) -> list[Any]:
        """The same request several times at once."""
        pairs, chunks = _prepared(self.keys, "full", headers, body)

        async def all_of_them() -> list[Any]:
            return await asyncio.gather(*(self.exchange(method, target, pairs, chunks) for _ in range(count)))

        return self.runner.run(all_of_them())

    async def exchange(self, method: str, target: str | bytes, pairs: Headers, chunks: Sequence[bytes]) -> Answer:
        self.asked += 1
        raw = target.encode() if isinstance(target, str) else target
        headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in pairs]
        status, received_headers, received = await exchange(self.app, method, raw, headers, chunks)
        return Answer(status, joined_headers(received_headers), received)

    def close(self) -> None:
        self.app.sandbox.close()


def in_process(runner: asyncio.Runner, *, profile: str = "demo", seed: int = 1, state: str = MEMORY) -> InProcess:
    """A sandbox of its own, which checks every answer against the contract before it is sent."""
    settings = Settings(profile=profile, seed=seed, state=state, check_responses=True)
    return InProcess(build.app(settings), key_facts(profile), runner)


def command(*arguments: str) -> list[str]:
    """The command line of the sandbox, as installed beside this interpreter."""
    return [str(Path(sys.executable).with_name("sepolo-mock")), *arguments]


def environment(**more: str) -> dict[str, str]:
    """The environment without settings of the sandbox, or a taste for warnings, that a developer may have."""
    own = {name for name in os.environ if name.startswith("SEPOLO_")} | {"PYTHONWARNINGS"}
    return {name: value for name, value in os.environ.items() if name not in own} | more


@dataclass
class Served:
    """A sandbox in a process of its own."""

    process: subprocess.Popen[str]
    announced: list[str]
    errors: Path
    keys: Mapping[str, KeyFact] = field(default_factory=key_facts)

    @property
    def base_url(self) -> str:
        return next(line.split()[-1] for line in self.announced if "Base URL" in line)

    @property
    def address(self) -> tuple[str, int]:
        parts = urlsplit(self.base_url)
        assert parts.hostname is not None
        assert parts.port is not None
        return parts.hostname, parts.port

    def __call__(
        self,
        method: str,
        target: str | bytes,
        *,
        key: str | None = "full",
        headers: Headers = (),
        body: Body = None,
    ) -> Answer:
        pairs, chunks = _prepared(self.keys, key, headers, body)
        path = target if isinstance(target, str) else target.decode("latin-1")
        connection = http.client.HTTPConnection(*self.address, timeout=30)
        try:
            connection.request(method, path, b"".join(chunks) or None, dict(pairs))
            answer = connection.getresponse()
            headers_sent = [(name.lower().encode(), value.encode("latin-1")) for name, value in answer.getheaders()]
            return Answer(answer.status, joined_headers(headers_sent), answer.read())
        finally:
            connection.close()

    def raw(self, request: bytes) -> bytes:
        """Everything that comes back for these very bytes, until the server closes."""
        with socket.create_connection(self.address, timeout=30) as connection:
            connection.sendall(request)
            received = b""
            while piece := connection.recv(1 << 16):
                received += piece
        return received

    def end(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Send a signal and return the exit code."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        code = self.process.wait(30)
        if self.process.stdout is not None:
            self.process.stdout.close()
        return code

    @property
    def complaints(self) -> str:
        """What it has written to stderr."""
        return self.errors.read_text()


def serve(
    folder: Path, *options: str, profile: str = "demo", port: int = 0, variables: Mapping[str, str] | None = None
) -> Served:
    """Start a sandbox on a free port and wait until it has said where it listens."""
    errors = folder / f"errors-{len(list(folder.glob('errors-*')))}.txt"
    arguments = command("serve", "--port", str(port), "--profile", profile, *options)
    with errors.open("w") as stream:
        process = subprocess.Popen(
            arguments,
            stdout=subprocess.PIPE,
            stderr=stream,
            text=True,
            cwd=folder,
            env=environment(**(variables or {})),
        )
    assert process.stdout is not None
    announced = []
    for line in process.stdout:
        announced.append(line.rstrip("\n"))
        if "Ctrl-C" in line:
            break
    served = Served(process, announced, errors, key_facts(profile))
    if not any("Base URL" in line for line in announced):
        code = served.end()
        raise AssertionError(f"the server ended with {code}: {served.complaints}")
    return served


def status_of(answer: bytes) -> int:
    """The status of a raw HTTP/1.1 answer."""
    match = re.match(rb"HTTP/1\.1 (\d{3}) ", answer)
    assert match, answer[:200]
    return int(match.group(1))


def assert_refused(answer: Answer, status: int, code: str, *parameters: str) -> None:
    """An error answer is the envelope with its code, and names what it refuses."""
    assert (answer.status, answer.headers["content-type"]) == (status, "application/json"), answer
    body = answer.json
    assert body["error"] == code, body
    assert body["requestId"] == answer.headers["x-request-id"]
    assert set(body) - {"details"} == ENVELOPE
    assert body["message"].strip()
    assert len(body["message"]) < 1_000
    assert ("details" in body) == (status == 400), body
    for detail in body.get("details", ()):
        assert set(detail) == {"parameter", "message"}
        assert detail["message"].strip()
    if parameters:
        assert answer.refused == set(parameters), body
        assert all(name in body["message"] for name in parameters), body
