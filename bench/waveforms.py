"""Speed of the waveform model on one core.

    python bench/waveforms.py

Prints samples per second in bulk and, for small batches, the best of many runs, which load affects least.
"""

from collections.abc import Callable
from dataclasses import dataclass
from time import perf_counter

from sepolo_fixtures.point_machines.anomaly_scores import scores
from sepolo_fixtures.point_machines.populations import population
from sepolo_fixtures.point_machines.presets import PRESETS
from sepolo_fixtures.point_machines.signature import features
from sepolo_fixtures.point_machines.waveform import curves, sample_counts

_BULK = 8_192


@dataclass(frozen=True, slots=True)
class Limit:
    """A small batch and its time limit."""

    name: str
    run: Callable[[], object]
    at_most_ms: float


def best_ms(run: Callable[[], object], runs: int) -> float:
    """Shortest time of many runs, ms."""
    times = []
    for _ in range(runs):
        start = perf_counter()
        run()
        times.append(perf_counter() - start)
    return min(times) * 1000


def bulk(preset: str) -> tuple[float, float]:
    """Million samples per second of curves, and of curves with features; every tenth throw is faulty."""
    throws = population(preset, _BULK)
    throws.fault[::10] = 1
    throws.severity[::10] = 0.7
    samples = int(sample_counts(throws).sum())
    drawn = best_ms(lambda: curves(throws), 5)
    measured = best_ms(lambda: features(curves(throws)), 5)
    return samples / drawn / 1000, samples / measured / 1000


def small() -> list[Limit]:
    """Batches of the sizes that single requests and pages need."""
    one, four, hundred = (population("DC_FAST", size, per_device=size) for size in (1, 4, 100))
    stalled = population("DC_FAST", 4, fault="obstruction", severity=(0.9, 0.9))
    known = features(curves(four))
    return [
        Limit("1 cycle", lambda: curves(one), 0.35),
        Limit("4 cycles", lambda: curves(four), 0.40),
        Limit("4 stalled cycles", lambda: curves(stalled), 1.0),
        Limit("sample counts of 100", lambda: sample_counts(hundred), 0.15),
        Limit("features of 4 cycles", lambda: features(curves(four)), 0.60),
        Limit("scores of 4, baseline known", lambda: scores(four, known), 0.10),
    ]


def main() -> None:
    """Print both tables."""
    print("bulk, million samples per second (at least 3)     curves   with features")
    for preset in PRESETS:
        drawn, measured = bulk(preset.name)
        print(f"  {preset.name:44} {drawn:6.1f}   {measured:6.1f}")
    print("small batches, ms                                 best   limit")
    for limit in small():
        print(f"  {limit.name:44} {best_ms(limit.run, 300):7.3f}  {limit.at_most_ms:6.2f}")
    new = population("DC_FAST", 100, seed=1)
    features_of_new = features(curves(new))
    print(f"  {'scores of 100 devices without baseline':44} {best_ms(lambda: scores(new, features_of_new), 1):7.3f}")


if __name__ == "__main__":
    main()
