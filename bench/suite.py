"""Measures runs of the conformance suite: seconds, requests by area, and the time until the first request.

    python bench/suite.py [--rounds 3]
    python bench/suite.py --latency 0,50,150 [--in-flight 1,8]
    python bench/suite.py --typical

Starts a sandbox and judges it with every key of the demo profile: at all levels, reads only and with writes, in one
process and in four; and a smoke run of four areas. Prints the best of the rounds as a Markdown table. The sandbox runs
on the same machine, so its CPU time is part of the wall time.

With `--latency`, each response of the sandbox is delayed by so many milliseconds, and the run has five keys. The table
has the most requests that the sandbox had in flight. `--typical` prints the requests of each check with these keys, for
`engine/typical_requests.py`.
"""

import argparse
import asyncio
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from bench.serving import ENVIRONMENT, PYTHON, ROOT, started
from sepolo_conformance.model.requirement import AREAS
from tests.mutants.harness.wrapper import facts

PROGRAM = [sys.executable, "-c", "from sepolo_conformance.cli import main; main()", "run"]
SANDBOX = [*PYTHON, "serve", "--port", "0", "--state", ":memory:"]
RUNS = {
    "full": ("--level", "sandbox"),
    "full, writing": ("--level", "sandbox", "--allow-writes"),
    "full, -n 4": ("--level", "sandbox", "-n", "4"),
    "smoke": ("--level", "must", "--area", "authentication,scopes,paging,windows"),
}


@dataclass(frozen=True)
class Cost:
    """One run: wall and CPU seconds of the suite, and requests by area."""

    wall_s: float
    cpu_s: float
    requests: dict[str, int]


def start_s() -> float:
    """Return the seconds from the command to its first connection."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        begun = time.perf_counter()
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        process = subprocess.Popen(
            [*PROGRAM, url, "--api-key", "any"],
            cwd=ROOT,
            env=ENVIRONMENT,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        connection, _ = listener.accept()
        seconds = time.perf_counter() - begun
        connection.close()
        process.kill()
        process.communicate()
    return seconds


def run(folder: Path, url: str, options: tuple[str, ...]) -> Cost:
    """Judge the sandbox once, and assert that it conforms."""
    report = folder / "report.json"
    begun, before = time.perf_counter(), os.times()
    command = [*PROGRAM, url, "--api-key-file", str(folder / "keys"), "--json", str(report), *options]
    done = subprocess.run(command, cwd=folder, env=ENVIRONMENT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    after = os.times()
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    requests = dict.fromkeys(AREAS.values(), 0)
    for row in json.loads(report.read_text())["requirements"]:
        requests[row["area"]] += row["requests"]
    return Cost(time.perf_counter() - begun, cpu, requests)


FIVE = ("full", "other", "readonly", "bounded", "only-assets.read")
"""Keys of the runs with a latency."""


def serve_slowly(milliseconds: float) -> None:
    """Serve the sandbox with delayed responses; `/in-flight` returns the most in flight since the last call."""
    import uvicorn  # noqa: PLC0415

    from sepolo_mock_server import build  # noqa: PLC0415
    from sepolo_mock_server.settings import Settings  # noqa: PLC0415
    from tests.harness.in_process import MEMORY  # noqa: PLC0415

    sandbox = build.app(Settings(profile="demo", state=MEMORY))
    now, most = 0, 0

    async def app(scope: Any, receive: Any, send: Any) -> None:
        nonlocal now, most
        if scope["type"] == "http" and scope["path"] == "/in-flight":
            await send({"type": "http.response.start", "status": 200, "headers": []})
            await send({"type": "http.response.body", "body": str(most).encode()})
            most = 0
            return
        now += 1
        most = max(most, now)
        try:
            await asyncio.sleep(milliseconds / 1_000)
            await sandbox(scope, receive, send)
        finally:
            now -= 1

    listener = socket.create_server(("127.0.0.1", 0))
    print(f"http://127.0.0.1:{listener.getsockname()[1]}\nDemo key {facts('demo')['full'].key}", flush=True)
    config = uvicorn.Config(app, http="httptools", ws="none", access_log=False, log_config=None, lifespan="off")
    uvicorn.Server(config).run(sockets=[listener])


def with_latency(folder: Path, latencies: list[str], in_flight: list[str]) -> None:
    """Print a Markdown table of runs with delayed responses."""
    print("| ms a response | in flight | most in flight | seconds | requests |")
    print("| ---: | ---: | ---: | ---: | ---: |")
    for latency in latencies:
        command = [sys.executable, __file__, "--serve", latency]
        with started("delayed sandbox", command, "") as (server, _, _):
            url = "http://{}:{}".format(*server.address)
            for number in in_flight:
                options = ("--level", "sandbox", "--budget", "60m", "--in-flight", number)
                cost = run(folder, url, options)
                with urllib.request.urlopen(f"{url}/in-flight") as response:  # noqa: S310 - our own server
                    most = response.read().decode()
                print(
                    f"| {latency} | {number} | {most} | {cost.wall_s:.0f} | {sum(cost.requests.values()):,} |",
                    flush=True,
                )


def typical(folder: Path) -> None:
    """Print the requests of each check."""
    with started("sandbox", [sys.executable, __file__, "--serve", "0"], "") as (server, _, _):
        run(folder, "http://{}:{}".format(*server.address), ("--level", "sandbox", "--allow-writes", "--budget", "60m"))
    rows = json.loads((folder / "report.json").read_text())["requirements"]
    print(" ".join(f"{row['id']}={row['requests']}" for row in rows if row["requests"]))


def table(costs: dict[str, Cost]) -> str:
    """Return a Markdown table with runs as columns, and seconds and areas as rows."""
    lines = [f"| | {' | '.join(costs)} |", f"| --- |{' ---: |' * len(costs)}"]
    rows = {
        "seconds": [f"{cost.wall_s:.1f}" for cost in costs.values()],
        "of which CPU of the suite": [f"{cost.cpu_s:.1f}" for cost in costs.values()],
        "requests": [f"{sum(cost.requests.values()):,}" for cost in costs.values()],
        **{area: [str(cost.requests[area]) for cost in costs.values()] for area in AREAS.values()},
    }
    lines += [f"| {name} | {' | '.join(cells)} |" for name, cells in rows.items()]
    return "\n".join(lines)


def main() -> None:
    """Measure all runs and print the results."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--latency", metavar="MS,…")
    parser.add_argument("--in-flight", default="8", metavar="N,…")
    parser.add_argument("--typical", action="store_true")
    parser.add_argument("--serve", type=float, metavar="MS", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.serve is not None:
        serve_slowly(given.serve)
        return
    if given.latency or given.typical:
        with tempfile.TemporaryDirectory() as name:
            (Path(name) / "keys").write_text("\n".join(facts("demo")[key].key for key in FIVE))
            if given.typical:
                typical(Path(name))
            else:
                with_latency(Path(name), given.latency.split(","), given.in_flight.split(","))
        return
    rounds = given.rounds
    costs: dict[str, Cost] = {}
    with tempfile.TemporaryDirectory() as name, started("sandbox", SANDBOX, "") as (server, _, _):
        folder, url = Path(name), "http://{}:{}".format(*server.address)
        (folder / "keys").write_text("\n".join(fact.key for fact in facts("demo").values()))
        for _ in range(rounds):
            for label, options in RUNS.items():
                cost = run(folder, url, options)
                costs[label] = min(costs.get(label, cost), cost, key=lambda one: one.wall_s)
    print(f"start to first request: {min(start_s() for _ in range(rounds)):.2f} s (best of {rounds})")
    print(table(costs))


if __name__ == "__main__":
    main()
