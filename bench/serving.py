"""CPU time of a request, compared with a bare Starlette route and an unchanged Connexion app on the same server.

    python bench/serving.py [--rounds 150] [--requests 120]

CPU time is read from the server's process (`/proc/PID/schedstat`). Runs of the servers alternate, and ratios are taken
within a round, so that other load on the machine affects all servers alike. Linux only.
"""

import argparse
import json
import os
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

ROOT = Path(__file__).parents[1]
PATHS = {"/me": "/api/v1/me", "100 devices": "/api/v1/devices?pageSize=100"}
PYTHON = [sys.executable, "-c", "from sepolo_mock_server.cli import main; main()"]
ENVIRONMENT = os.environ | {"PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "ignore"}


@dataclass(frozen=True)
class Server:
    """A running server: its process and its address."""

    name: str
    pid: int
    address: tuple[str, int]

    def cpu_s(self) -> float:
        """CPU seconds of the main thread so far."""
        return int(Path(f"/proc/{self.pid}/schedstat").read_text().split()[0]) / 1e9

    def rss_mb(self) -> float:
        """Resident memory in MiB."""
        return int(Path(f"/proc/{self.pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20


class Connection:
    """A keep-alive connection for one request at a time."""

    def __init__(self, address: tuple[str, int], key: str) -> None:
        self._socket = socket.create_connection(address)
        self._key = key

    def raw(self, target: str) -> bytes:
        return f"GET {target} HTTP/1.1\r\nHost: bench\r\nX-Sepolo-Api-Key: {self._key}\r\n\r\n".encode()

    def get(self, request: bytes) -> bytes:
        """Send a request and return the body of its response."""
        self._socket.sendall(request)
        received = self._socket.recv(1 << 20)
        while b"\r\n\r\n" not in received:
            received += self._socket.recv(1 << 20)
        head, _, body = received.partition(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 200"), received[:600]
        found = re.search(rb"content-length: (\d+)", head)
        assert found is not None
        missing = int(found.group(1)) - len(body)
        chunks = [body]
        while missing > 0:
            chunks.append(self._socket.recv(1 << 20))
            missing -= len(chunks[-1])
        return b"".join(chunks)


@contextmanager
def started(name: str, command: list[str], key: str) -> Iterator[tuple[Server, float, str]]:
    """Run a server as a child process; gives the server, the seconds to its first response, and the key."""
    begun = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT, env=ENVIRONMENT)
    try:
        assert process.stdout is not None
        printed = ""
        while (found := re.search(r"http://127\.0\.0\.1:(\d+)", printed)) is None or "Demo key" not in printed:
            line = process.stdout.readline()
            assert line, f"{name} did not start"
            printed += line
        address = ("127.0.0.1", int(found.group(1)))
        key = key or printed.split("Demo key")[1].split()[0]
        connection = Connection(address, key)
        connection.get(connection.raw("/api/v1/me"))
        yield Server(name, process.pid, address), time.perf_counter() - begun, key
    finally:
        process.terminate()
        process.wait()


def cost_us(server: Server, key: str, targets: list[str], requests: int, *, warm: bool = True) -> float:
    """Return the server's CPU microseconds per request, over `requests` requests that cycle through the targets.

    `warm`: the first target is requested once before; otherwise only the connection is opened.
    """
    connection = Connection(server.address, key)
    raw = [connection.raw(target) for target in targets]
    connection.get(raw[0] if warm else connection.raw("/healthz"))
    before = server.cpu_s()
    for number in range(requests):
        connection.get(raw[number % len(raw)])
    return (server.cpu_s() - before) / requests * 1e6


def compare(servers: list[Server], key: str, rounds: int, requests: int) -> None:
    """Print the CPU time per request of each server and its ratio to the first."""
    for label, target in PATHS.items():
        costs: dict[str, list[float]] = {server.name: [] for server in servers}
        for _ in range(rounds):
            for server in servers:
                slow = server.name.startswith("stock")
                costs[server.name].append(cost_us(server, key, [target], requests // (8 if slow else 1)))
        base = costs[servers[0].name]
        for name, found in costs.items():
            print(
                f"{label:12} {name:16} {min(found):7.1f} us min {statistics.median(found):7.1f} us median   "
                f"x{min(found) / min(base):.2f} of the mins, x{statistics.median(found) / statistics.median(base):.2f} "
                "of the medians"
            )


def telemetry(server: Server, key: str, rounds: int, requests: int) -> None:
    """Print what an uncached page of 500 telemetry rows costs, against orjson alone on the same rows."""
    device = "/api/v1/devices/SEP-DEVICE-001/telemetry?telemetryType=1&pageSize=500"
    whole, alone, cached = [], [], []
    number = 0
    for _ in range(max(3, rounds // 20)):
        targets = []
        for _ in range(requests):
            number += 1
            minute, second = divmod(number, 60)
            hour, minute = divmod(minute, 60)
            stamp = f"2026-05-{1 + hour // 24:02d}T{hour % 24:02d}:{minute:02d}:{second:02d}Z"
            targets.append(f"{device}&from={stamp}&to=2026-05-30T00:00:00Z")
        whole.append(cost_us(server, key, targets, len(targets)))
        cached.append(cost_us(server, key, targets[-1:], 300))
        connection = Connection(server.address, key)
        rows = json.loads(connection.get(connection.raw(targets[-1])))["data"]
        assert len(rows) == 500
        begun = time.process_time()
        for _ in range(500):
            orjson.dumps(rows)
        alone.append((time.process_time() - begun) / 500 * 1e6)
    ratios = [one / base for one, base in zip(whole, alone, strict=True)]
    made = [(one - kept) / base for one, kept, base in zip(whole, cached, alone, strict=True)]
    print(
        f"500 rows     uncached {min(whole):7.1f} us, kept {min(cached):7.1f} us, orjson alone {min(alone):7.1f} us   "
        f"whole request x{statistics.median(ratios):.2f} median, without transport x{statistics.median(made):.2f}"
    )


def serve_other(kind: str, folder: str) -> None:
    """Run a server for comparison, with the protocol and the uvicorn settings of the sandbox."""
    import uvicorn  # noqa: PLC0415

    from sepolo_mock_server.asgi.protocol import BoundedProtocol  # noqa: PLC0415

    sys.path.insert(0, str(ROOT))
    bodies = {name: (Path(folder) / str(place)).read_bytes() for place, name in enumerate(PATHS.values())}
    app: Any = _starlette(bodies) if kind == "starlette" else _connexion(bodies)
    config = uvicorn.Config(
        app, http=BoundedProtocol, ws="none", access_log=False, log_config=None, server_header=False, port=0
    )
    listener = socket.create_server(("127.0.0.1", 0))
    print(f"http://127.0.0.1:{listener.getsockname()[1]}\nDemo key", flush=True)
    uvicorn.Server(config).run(sockets=[listener])


def _starlette(bodies: dict[str, bytes]) -> Any:
    from starlette.applications import Starlette  # noqa: PLC0415
    from starlette.responses import Response  # noqa: PLC0415
    from starlette.routing import Route  # noqa: PLC0415

    def route(target: str, body: bytes) -> Route:
        async def answer(_request: Any) -> Response:
            return Response(body, media_type="application/json")

        return Route(target.partition("?")[0], answer)

    return Starlette(routes=[route(target, body) for target, body in bodies.items()])


def _connexion(bodies: dict[str, bytes]) -> Any:
    from connexion.apps.asynchronous import AsyncApp  # noqa: PLC0415
    from connexion.resolver import Resolver  # noqa: PLC0415

    from sepolo_openapi import downgrade, load  # noqa: PLC0415

    values = {target.partition("?")[0]: json.loads(body) for target, body in bodies.items()}
    contract = load()
    document = downgrade(contract.document)
    schemes = document["components"]["securitySchemes"]
    schemes["ApiKeyHeader"]["x-apikeyInfoFunc"] = "bench_key"
    schemes["BearerToken"]["x-bearerInfoFunc"] = "bench_key"
    module: Any = type(sys)("bench_key_module")
    sys.modules["bench_key_module"] = module
    module.check = lambda *_args, **_kwargs: {"sub": "bench"}
    for scheme in schemes.values():
        for name in ("x-apikeyInfoFunc", "x-bearerInfoFunc"):
            if name in scheme:
                scheme[name] = "bench_key_module.check"
    paths = {operation.operation_id: operation.path for operation in contract.operations.values()}

    def handler(operation_id: str) -> Any:
        async def answer(**_values: Any) -> Any:
            return values[paths[operation_id]]

        return answer

    app = AsyncApp("bench")
    app.add_api(document, resolver=Resolver(handler), base_path="")
    return app


def main() -> None:
    """Start the servers and print the comparison."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=150)
    parser.add_argument("--requests", type=int, default=120)
    parser.add_argument("--serve", choices=["starlette", "connexion"])
    parser.add_argument("--bodies")
    wanted = parser.parse_args()
    if wanted.serve:
        serve_other(wanted.serve, wanted.bodies)
        return
    ours = [*PYTHON, "serve", "--port", "0", "--state", ":memory:"]
    starts = []
    for _ in range(5):
        with started("sandbox", ours, "") as (server, seconds, _):
            starts.append((seconds, server.cpu_s(), server.rss_mb()))
    print("start to first response: {:.2f} s, {:.2f} s CPU, {:.0f} MB resident (best of 5)".format(*min(starts)))
    with tempfile.TemporaryDirectory() as folder, started("sandbox", ours, "") as (sandbox, _, key):
        connection = Connection(sandbox.address, key)
        for place, target in enumerate(PATHS.values()):
            (Path(folder) / str(place)).write_bytes(connection.get(connection.raw(target)))
        other = [sys.executable, __file__, "--bodies", folder, "--serve"]
        with (
            started("bare Starlette", [*other, "starlette"], key) as (bare, _, _),
            started("stock AsyncApp", [*other, "connexion"], key) as (stock, _, _),
        ):
            compare([bare, sandbox, stock], key, wanted.rounds, wanted.requests)
        telemetry(sandbox, key, wanted.rounds, wanted.requests)
        print(f"resident at the end: {sandbox.rss_mb():.0f} MB")


if __name__ == "__main__":
    main()
