"""Cost of the management API: `/me` with and without it, the creation of organisations, and their memory.

    python bench/management.py [--rounds 60] [--requests 120] [--organizations 1000] [--keys 1000]

CPU time of `/me` is compared within rounds, as in `serving.py`. Linux only.
"""

import argparse
import http.client
import json
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from bench.serving import PYTHON, Connection, Server, cost_us, started

ME = "/api/v1/me"
TOKEN = "operator-token-of-benchmarks"  # noqa: S105 - of a server that ends with the benchmark


class Manager:
    """Calls the management API on one connection."""

    def __init__(self, server: Server) -> None:
        self._connection = http.client.HTTPConnection(*server.address)

    def get(self, path: str) -> Any:
        return self._call("GET", path, None)

    def post(self, path: str, body: dict[str, Any]) -> Any:
        return self._call("POST", path, json.dumps(body))

    def _call(self, method: str, path: str, body: str | None) -> Any:
        headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"}
        self._connection.request(method, f"/sandbox/v1{path}", body, headers)
        response = self._connection.getresponse()
        found = json.loads(response.read())
        assert response.status < 300, found
        return found


def compare(servers: list[Server], key: str, rounds: int, requests: int) -> None:
    """Print the CPU time of `/me` on each server, and its ratio to that on the first."""
    costs: dict[str, list[float]] = {server.name: [] for server in servers}
    for number in range(rounds):
        # Each is first in half of the rounds.
        for server in servers if number % 2 else reversed(servers):
            costs[server.name].append(cost_us(server, key, [ME], requests))
    base = costs[servers[0].name]
    for name, found in costs.items():
        ratio = statistics.median(one / other for one, other in zip(found, base, strict=True))
        print(f"/me  {name:18} {min(found):6.1f} us min {statistics.median(found):6.1f} us median  x{ratio:.3f}")


def create(server: Server, count: int) -> list[str]:
    """Print how long the creation of an organisation takes, and what it costs in memory; return their keys."""
    manager = Manager(server)
    first = time.perf_counter()
    manager.post("/organizations", {"name": "first"})
    first = time.perf_counter() - first
    before, times, keys = server.rss_mb(), [], []
    for number in range(count):
        begun = time.perf_counter()
        keys.append(manager.post("/organizations", {"name": f"bench {number}", "seed": 1})["key"]["key"])
        times.append(time.perf_counter() - begun)
    times.sort()
    print(
        f"create: first {first * 1e3:.0f} ms, then median {statistics.median(times) * 1e3:.1f} ms, "
        f"p99 {times[len(times) * 99 // 100] * 1e3:.1f} ms"
    )
    connection = None
    for key in keys:
        connection = Connection(server.address, key)
        connection.get(connection.raw("/api/v1/assets?pageSize=1"))
    grown = (server.rss_mb() - before) * 1024 / count
    print(f"memory: {grown:.1f} KiB an organisation that was made and used, {count} of them")
    return keys


def many_keys(server: Server, count: int) -> None:
    """Print what keys of one organisation cost when it has many, and what a change then costs the next request."""
    manager = Manager(server)
    created = manager.post("/organizations", {"name": "keys"})
    path = f"/organizations/{created['organization']['organizationId']}"
    keys, times = [], []
    for number in range(count):
        begun = time.perf_counter()
        keys.append(manager.post(f"{path}/keys", {"name": f"k{number}", "scopes": ["public_api.read"]})["key"])
        times.append(time.perf_counter() - begun)
    before, connection = server.rss_mb(), None
    for key in keys:
        connection = Connection(server.address, key)
        connection.get(connection.raw(ME))
    grown = (server.rss_mb() - before) * 1024 / count
    # The server has closed the first connection, which was idle.
    manager, begun = Manager(server), time.perf_counter()
    manager.get(f"{path}/keys?pageSize=500")
    listed = time.perf_counter() - begun
    manager.post(f"{path}/keys", {"name": "last", "scopes": []})
    assert connection is not None
    begun = time.perf_counter()
    connection.get(connection.raw(ME))
    print(
        f"{count} keys of one organisation: {statistics.median(times[-100:]) * 1e3:.1f} ms for the last ones, "
        f"{grown:.1f} KiB each in use, 500 listed in {listed * 1e3:.0f} ms, "
        f"{(time.perf_counter() - begun) * 1e3:.1f} ms for the first request after a change"
    )


def main() -> None:
    """Start the servers and print the comparison."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=60)
    parser.add_argument("--requests", type=int, default=120)
    parser.add_argument("--organizations", type=int, default=1_000)
    parser.add_argument("--keys", type=int, default=1_000)
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        serve = [*PYTHON, "serve", "--port", "0", "--state"]
        with (
            started("without", [*serve, str(Path(folder) / "a.db"), "--no-management"], "") as (without, _, key),
            started("with management", [*serve, str(Path(folder) / "b.db"), "--operator-token", TOKEN], "") as (
                managed,
                _,
                _,
            ),
        ):
            compare([without, managed], key, wanted.rounds, wanted.requests)
            keys = create(managed, wanted.organizations)
            compare([without, managed], key, wanted.rounds // 2, wanted.requests)
            own = [cost_us(managed, keys[0], [ME], wanted.requests) for _ in range(wanted.rounds // 2)]
            print(f"/me  of a made key     {min(own):6.1f} us min {statistics.median(own):6.1f} us median")
            many_keys(managed, wanted.keys)


if __name__ == "__main__":
    main()
