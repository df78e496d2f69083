"""Memory, and CPU time by position, on the profile with a million devices.

    python bench/soak.py [--requests 100000] [--pages 10000]

Prints resident memory during mixed requests, then the server's CPU time per request for the first and the last pages of
a list, and for the first and the last devices. Linux only.
"""

import argparse
import json
import random
import statistics
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from bench.serving import PYTHON, Connection, Server, cost_us, started

SANDBOX = [*PYTHON, "serve", "--port", "0", "--state", ":memory:", "--profile", "fleet"]
DEVICES = 1_000_000


def device_id(number: int) -> str:
    """Return the id of a device by its number from 1."""
    return f"NNI-{number:07d}"


def mixed(draw: random.Random) -> str:
    """Return a random target: an operation, a device, and a day in the first months of 2026."""
    device = f"/api/v1/devices/{device_id(draw.randrange(1, DEVICES + 1))}"
    month, day = draw.randrange(1, 6), draw.randrange(1, 28)
    window = f"from=2026-{month:02d}-{day:02d}T00:00:00Z&to=2026-{month:02d}-{day + 1:02d}T00:00:00Z"
    size = draw.choice((1, 20, 100, 500))
    group = draw.randrange(100, 107)
    return draw.choice(
        (
            "/api/v1/me",
            device,
            f"{device}/telemetry?{window}&pageSize={size}",
            f"{device}/pointguard/cycles?{window}&pageSize={size}",
            f"{device}/movements?{window}&pageSize={size}",
            f"/api/v1/devices?pageSize={size}&groupId={group}",
            f"/api/v1/devices?pageSize={size}&updatedSince=2026-{month:02d}-{day:02d}T00:00:00Z",
            f"/api/v1/assets?pageSize={size}&status=all&updatedSince=2026-{month:02d}-{day:02d}T00:00:00Z",
            f"/api/v1/incidents?pageSize={size}&toUtc=2026-{month:02d}-{day:02d}T00:00:00Z",
            f"/api/v1/customers?pageSize={size}",
            f"/api/v1/inventory/parts?pageSize={size}&status=all",
            f"/api/v1/service-reports?pageSize={size}&toUtc=2026-{month:02d}-{day:02d}T00:00:00Z",
        )
    )


def soak(server: Server, key: str, requests: int) -> None:
    """Send random requests, and print resident memory after each tenth of them."""
    draw, connection = random.Random(1), Connection(server.address, key)  # noqa: S311 - a load, not a secret
    print(f"before: {server.rss_mb():.0f} MB")
    for tenth in range(1, 11):
        for _ in range(requests // 10):
            connection.get(connection.raw(mixed(draw)))
        print(f"after {tenth * requests // 10:7,} requests: {server.rss_mb():.0f} MB", flush=True)


def page_targets(server: Server, key: str, pages: int) -> list[str]:
    """Return the targets of the first pages of the list of devices."""
    connection, first = Connection(server.address, key), "/api/v1/devices?pageSize=100"
    found = [first]
    while len(found) < pages:
        body = json.loads(connection.get(connection.raw(found[-1])))
        if not body["hasMore"]:
            break
        found.append(f"{first}&cursor={body['nextCursor']}")
    return found


def first_and_last(server: Server, key: str, name: str, first: list[str], last: list[str]) -> None:
    """Print the median CPU time of two lists of targets, each requested once, alternately."""
    costs: list[tuple[float, float]] = []
    for early, late in zip(first, last, strict=True):
        costs.append((cost_us(server, key, [early], 1, warm=False), cost_us(server, key, [late], 1, warm=False)))
    early_us, late_us = (statistics.median(column) for column in zip(*costs, strict=True))
    print(f"{name}: {early_us:.0f} us and {late_us:.0f} us, x{late_us / early_us:.2f}")


def main() -> None:
    """Measure memory on one server, then positions on a new one with an empty cache."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=100_000)
    parser.add_argument("--pages", type=int, default=10_000)
    wanted = parser.parse_args()
    with started("fleet", SANDBOX, "") as (server, seconds, key):
        print(f"start to first response: {seconds:.2f} s")
        soak(server, key, wanted.requests)
        walk = page_targets(server, key, wanted.pages)
        print(f"after {len(walk)} pages of devices: {server.rss_mb():.0f} MB")
    with started("fleet", SANDBOX, "") as (server, _, key):
        count = min(200, len(walk) // 2)
        first_and_last(server, key, f"pages from 1 on, and up to {len(walk)}", walk[:count], walk[-count:])
        window = "telemetry?from=2026-06-01T00:00:00Z&to=2026-06-02T00:00:00Z&pageSize=100"
        first = [f"/api/v1/devices/{device_id(n)}/{window}" for n in range(1, 201)]
        last = [f"/api/v1/devices/{device_id(DEVICES + 1 - n)}/{window}" for n in range(1, 201)]
        first_and_last(server, key, "telemetry of the first and the last devices", first, last)


if __name__ == "__main__":
    main()
