"""CPU time per row of the world, in this process without a server.

    python bench/world.py

Prints ratios within one run: the world with a million devices to the demo, its last device to its first, a page among
the changes of the last day to the first page; and the memory in use after a few thousand mixed calls.
"""

import resource
import sys
from collections.abc import Callable
from functools import cache, partial
from time import process_time
from typing import Any

from sepolo_fixtures import clock, profiles
from sepolo_fixtures.telemetry.columns import TelemetrySlice
from sepolo_fixtures.values import instants
from sepolo_fixtures.values.pages import Position, Slice
from sepolo_fixtures.view import View
from sepolo_fixtures.world import World

Call = Callable[[int], object]
"""A call whose number selects different data each time, so that no cache answers it."""
MOST_RUNS = 100


def world(profile: str) -> View:
    """First organisation of a profile at its default clock."""
    loaded = profiles.load(profile)
    return World(loaded, 1, clock.of(None, loaded)).view(0)


def count(result: object) -> int:
    """Number of rows in a result; a single object counts as one."""
    if isinstance(result, Slice):
        return len(result.rows)
    return len(result.stamp_s) if isinstance(result, TelemetrySlice) else len(result) if isinstance(result, list) else 1


def best(calls: dict[str, Call], runs: int) -> dict[str, float]:
    """Least CPU time of each call in µs per row; calls alternate, so that load affects all alike."""
    times = {name: [0.0] * runs for name in calls}
    for run in range(-1, runs):
        for name, call in calls.items():
            start = process_time()
            result = call(run)
            if run >= 0:
                times[name][run] = (process_time() - start) * 1e6 / max(1, count(result))
    return {name: min(spent) for name, spent in times.items()}


def lists(of: View, device: str, now: int, days: int) -> dict[str, Call]:
    """A page of 100 rows (telemetry: 500) of every list, each run at another place; visits of `days` days."""
    day = instants.DAY
    group = of.devices(limit=1).rows[0]["groupId"]
    assets, devices = places(of, "assets"), places(of, "devices")

    def since(run: int) -> int:
        return now - (run + 2) * 9 * day

    return {
        "assets": lambda run: of.assets(status="all", after=assets[run], limit=100),
        "assets of a group": lambda run: of.assets(after=assets[run], group_id=group, limit=100),
        "devices": lambda run: of.devices(after=devices[run], limit=100),
        "incidents": lambda run: of.incidents(stop=since(run), limit=100),
        "service reports": lambda run: of.service_reports(stop=since(run), limit=100),
        "84 service visits": lambda run: of.service_visits(since(run) - days * day, since(run)),
        "customers": lambda run: of.customers(after=(run,), limit=100),
        "parts": lambda run: of.parts(after=(run,), limit=100),
        "cycles": lambda run: of.cycles(device, since(run) - 30 * day, since(run), limit=100),
        "movements": lambda run: of.movements(device, since(run) - 30 * day, since(run), limit=100),
        "telemetry": lambda run: of.telemetry(device, since(run) - 30 * day, since(run), limit=500),
        "daily rows, 30 days": lambda run: of.telemetry_daily(since(run) - 30 * day, since(run)),
    }


@cache
def places(of: View, name: str, since: int = 0) -> list[Position]:
    """Positions of the first rows of a list since an instant, one for each run; the last is that of run -1."""
    read = of.devices if name == "devices" else partial(of.assets, status="all")
    found = [read(updated_since=since, limit=limit + 1).position for limit in range(MOST_RUNS + 1)]
    return [position for position in found if position is not None]


def of_device(of: View, device: str, now: int) -> dict[str, Call]:
    """Calls for one device."""

    def until(run: int) -> int:
        return now - (run * 31 + 300) * instants.DAY

    return {
        "device": lambda _: of.device(device),
        "telemetry, 500 rows": lambda run: of.telemetry(
            device, until(run) - 30 * instants.DAY, until(run), telemetry_type=1, limit=500
        ),
        "cycles, 100": lambda run: of.cycles(device, until(run) - 30 * instants.DAY, until(run), limit=100),
        "movements, 100": lambda run: of.movements(device, until(run) - 30 * instants.DAY, until(run), limit=100),
    }


def table(title: str, columns: tuple[str, str], one: dict[str, float], other: dict[str, float]) -> None:
    """Print two columns of µs per row and their ratio."""
    print(f"\n{title}\n{'':26}{columns[0]:>12}{columns[1]:>12}{'ratio':>8}")
    for name, spent in one.items():
        print(f"{name:26}{spent:10.1f}µs{other[name]:10.1f}µs{other[name] / spent:8.2f}")


def interleaved(one: dict[str, Call], other: dict[str, Call], runs: int) -> tuple[dict[str, float], dict[str, float]]:
    """Best times of two sets of calls, run alternately."""
    found = best({f"1{name}": call for name, call in one.items()} | {f"2{n}": call for n, call in other.items()}, runs)
    return {name: found[f"1{name}"] for name in one}, {name: found[f"2{name}"] for name in other}


def peak_mb() -> float:
    """Peak memory of this process, MB."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1_000_000 if sys.platform == "darwin" else 1_000)


def main() -> None:
    """Print the tables."""
    demo, fleet = world("demo"), world("fleet")
    now = profiles.load("fleet").clock
    # Both are DC_FAST machines with about eight throws a day.
    first, last = "NNI-0000001", "NNI-0999999"
    small, large = interleaved(lists(demo, "SEP-DEVICE-001", now, 60), lists(fleet, last, now, 6), 12)
    table("per row of a page, by size of the world", ("demo", "fleet"), small, large)
    one, other = interleaved(of_device(fleet, first, now), of_device(fleet, last, now), 25)
    table("per row of a device of a million", ("the first", "the last"), one, other)
    pages: list[dict[str, Any]] = [{}, {}]
    reads: dict[str, Any] = {"devices": fleet.devices, "assets": fleet.assets}
    for name, read in reads.items():
        for place, since in ((0, 0), (1, now - instants.DAY)):
            starts = places(fleet, name, since)
            pages[place][name] = lambda run, read=read, starts=starts: read(after=starts[run], limit=100)
    table("per row of a long list", ("first page", "last day"), *interleaved(pages[0], pages[1], 25))
    before = peak_mb()
    for run in range(300):
        for call in (lists(fleet, f"NNI-{run * 3_301 % 1_000_000 + 1:07d}", now, 6)).values():
            call(run % 100)
    print(f"\npeak memory: {before:.0f} MB before, {peak_mb():.0f} MB after 3,600 calls on 300 devices")


if __name__ == "__main__":
    main()
