"""Measures runs of the conformance suite: seconds, requests by area, and the time until the first request.

    python bench/suite.py [--rounds 3]

Starts a sandbox and judges it with every key of the demo profile: at all levels, reads only and with writes, in one
process and in four; and a smoke run of four areas. Prints the best of the rounds as a Markdown table. The sandbox runs
on the same machine, so its CPU time is part of the wall time.
"""

import argparse
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

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
    rounds = parser.parse_args().rounds
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
