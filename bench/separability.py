"""Area under the ROC curve of a standard detector of faults, by machine, fault mode and severity.

    python bench/separability.py [PRESET ...]

The detector is a random forest on the raw features, trained and tested on different devices. 0.5 is chance, 1.0 is
perfect. A population is realistic if mild faults (severity 0.2 to 0.4) are between 0.5 and 0.97, and grave ones (from
0.5) at 0.95 or above. `hidden` is the share of movements with severity 0.75 or more that score below 3, `both` the
share of devices for which that holds in both directions.
"""

import sys
from dataclasses import dataclass, replace

import numpy as np
from sklearn.ensemble import RandomForestClassifier  # type: ignore[import-untyped]
from sklearn.metrics import roc_auc_score  # type: ignore[import-untyped]

from sepolo_fixtures.point_machines.anomaly_scores import SCORED, scores
from sepolo_fixtures.point_machines.fault_modes import FAULTS
from sepolo_fixtures.point_machines.populations import COLD, MILD, population
from sepolo_fixtures.point_machines.presets import PRESETS
from sepolo_fixtures.point_machines.signature import features
from sepolo_fixtures.point_machines.throws import Throws
from sepolo_fixtures.point_machines.waveform import curves
from sepolo_fixtures.randomness.streams import Floats

MILD_BAND, GRAVE_BAND, SURE_BAND = (0.2, 0.4), (0.5, 1.0), (0.75, 1.0)


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the table: two areas under the curve and two shares."""

    preset: str
    fault: str
    mild: float
    grave: float
    hidden: float
    both: float


def modes(preset: str) -> list[str]:
    """Fault modes that can occur on this machine."""
    family = next(p.family for p in PRESETS if p.name == preset)
    return [fault.name for fault in FAULTS[1:] if family in fault.families]


def auc(preset: str, fault: str, severity: tuple[float, float], size: int) -> float:
    """Area under the ROC curve of a forest, trained on `size` healthy and `size` faulty cycles, tested on others."""
    train, test = (_sample(preset, fault, severity, size, seed) for seed in (0, 2))
    labels = np.repeat([0, 1], size)
    forest = RandomForestClassifier(100, min_samples_leaf=2, random_state=0)
    forest.fit(train, labels)
    return float(roc_auc_score(labels, forest.predict_proba(test)[:, 1]))


def _sample(preset: str, fault: str, severity: tuple[float, float], size: int, seed: int) -> Floats:
    """(2 size, features): healthy rows, then faulty ones of other devices at the same temperatures."""
    healthy = population(preset, size, seed=seed, temperature_c=_weather(fault))
    faulty = population(preset, size, seed=seed + 1, fault=fault, severity=severity, temperature_c=_weather(fault))
    return np.concatenate([_table(healthy), _table(faulty)])


def _weather(fault: str) -> tuple[float, float]:
    return COLD if any(f.winter_only and f.name == fault for f in FAULTS) else MILD


def _table(throws: Throws) -> Floats:
    measured = features(curves(throws))
    return np.stack([getattr(measured, name) for name in SCORED], axis=1)


def hidden(preset: str, fault: str, size: int) -> tuple[float, float]:
    """Share of grave movements that score below 3, and of devices where both directions do."""
    forward = population(
        preset, size, seed=4, fault=fault, severity=SURE_BAND, temperature_c=_weather(fault), reverse=False
    )
    reverse = replace(forward, reverse=np.ones(size, dtype=np.bool_), number=forward.number + 1)
    low = [scores(throws, features(curves(throws))) < 3.0 for throws in (forward, reverse)]
    return float((low[0].mean() + low[1].mean()) / 2), float((low[0] & low[1]).mean())


def row(preset: str, fault: str, size: int) -> Row:
    """A row of the table, from `size` cycles per class."""
    mild, grave = (auc(preset, fault, band, size) for band in (MILD_BAND, GRAVE_BAND))
    return Row(preset, fault, mild, grave, *hidden(preset, fault, 4 * size))


def main(presets: list[str]) -> None:
    """Print the table."""
    print(f"{'machine':9} {'fault':18} {'s .2-.4':>8} {'s >= .5':>8} {'hidden':>8} {'both':>8}")
    for preset in presets:
        same = auc(preset, "healthy", (0.0, 0.0), 800)
        print(f"{preset:9} {'healthy':18} {same:8.3f}")
        for fault in modes(preset):
            r = row(preset, fault, 800)
            print(f"{preset:9} {fault:18} {r.mild:8.3f} {r.grave:8.3f} {r.hidden:8.4f} {r.both:8.4f}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:] or [preset.name for preset in PRESETS])
