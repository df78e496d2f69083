"""Statistics of the three-phase currents, next to those that were measured on recorded ones.

    python bench/three_phase.py

The recordings carry no licence, so only their statistics are known. Levels are shares of the plateau, which is the mean
from 30 to 70 % of the driven part; residuals are those of a straight line through it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from sepolo_fixtures.point_machines import parameters
from sepolo_fixtures.point_machines import throws as t
from sepolo_fixtures.point_machines.populations import population
from sepolo_fixtures.point_machines.throws import Throws
from sepolo_fixtures.point_machines.waveform import curves

Floats = npt.NDArray[np.float64]
SIZE, PER_DEVICE = 6_000, 6
EXACT, QUANTILE = 0.002, 0.03
WARM = (14.0, 18.0)


@dataclass(frozen=True)
class Currents:
    """Curves of one preset, one row per throw."""

    throws: Throws
    current: Floats
    """(rows, longest), A; 0 after the end."""
    size: npt.NDArray[np.int64]
    dt_s: float

    @cached_property
    def kind(self) -> npt.NDArray[np.int64]:
        """Kind of each device, see `three_phase.kind`."""
        return parameters.draw(self.throws).values[t.KIND].astype(np.int64)

    @cached_property
    def stop(self) -> npt.NDArray[np.int64]:
        """Samples until the current falls below three quarters of the middle."""
        enough = 0.75 * np.median(self.current[:, 40:80], axis=1)
        high = self.current[:, 3:] > enough[:, None]
        return 3 + high.shape[1] - np.argmax(high[:, ::-1], axis=1)

    @cached_property
    def plateau(self) -> Floats:
        """Mean from 30 to 70 % of the driven part."""
        return self.between(0.3, 0.7)

    @cached_property
    def level(self) -> Floats:
        """(rows, longest) deviation from the plateau, as a share of it."""
        return self.current / self.plateau[:, None] - 1.0

    def between(self, low: float, high: float) -> Floats:
        """Mean current of each throw between two shares of the driven part."""
        k = np.arange(self.current.shape[1])
        inside = (k >= low * self.stop[:, None]) & (k < high * self.stop[:, None])
        return np.asarray((self.current * inside).sum(axis=1) / inside.sum(axis=1))

    def at(self, index: npt.ArrayLike) -> Floats:
        """Level of each throw at its own sample."""
        return self.level[np.arange(len(self.level)), np.asarray(index)]

    def around(self, share: float) -> Floats:
        """Mean level of the three samples around a share of the driven part."""
        middle = np.rint(share * self.stop).astype(np.int64)
        return np.mean([self.at(middle + shift) for shift in (-1, 0, 1)], axis=0)

    def residuals(self) -> list[Floats]:
        """Residuals of a straight line through the middle of each throw."""
        found = []
        for row, stop in zip(self.level, self.stop, strict=True):
            middle = row[int(0.3 * stop) : int(0.7 * stop)]
            k = np.arange(len(middle)) - (len(middle) - 1) / 2
            found.append(middle - middle.mean() - k * (k @ middle) / (k @ k))
        return found


def currents(preset: str, size: int = SIZE) -> Currents:
    """Curves of healthy throws, PER_DEVICE of each device, in one direction."""
    throws = population(preset, size, per_device=PER_DEVICE, temperature_c=WARM, reverse=False)
    drawn = curves(throws)
    lengths = np.diff(drawn.offsets)
    current = np.zeros((size, int(lengths.max())))
    for row, start, length in zip(current, drawn.offsets.tolist(), lengths.tolist(), strict=False):
        row[:length] = drawn.counts[start : start + length] * (int(drawn.step_ma[0]) / 1000)
    return Currents(throws, current, lengths, int(drawn.dt_ms[0]) / 1000)


@dataclass(frozen=True)
class Row:
    """A statistic: ours, and the measured one with the largest difference that is no reason to look."""

    name: str
    ours: Sequence[float]
    measured: Sequence[float] = ()
    within: float = 0.0
    digits: int = 3

    def __str__(self) -> str:
        texts = ["/".join(f"{x:.{self.digits}f}" for x in values) or "-" for values in (self.measured, self.ours)]
        return f"  {self.name:52} {texts[0]:>22}   {texts[1]}"


def quantiles(values: Floats) -> list[float]:
    """The 5th, 50th and 95th percentile."""
    return [float(x) for x in np.percentile(values, [5, 50, 95])]


def noise(s: Currents, residual: Sequence[float]) -> list[Row]:
    """Residual of the plateau, and its lags."""
    lines = s.residuals()
    lags = [np.median([(x[k:] * x[:-k]).mean() / max(x.var(), 1e-12) for x in lines]) for k in (1, 2, 5, 10)]
    bends = np.concatenate([x[1:-1] - (x[2:] + x[:-2]) / 2 for x in lines])
    sigma = quantiles(np.array([line.std() for line in lines]))
    return [
        Row("residual of the plateau, median", sigma[1:2], residual, 0.0004, 4),
        Row("  in 5 and 95 % of the throws", sigma[::2], digits=4),
        Row("  its correlation at lags 1, 2, 5, 10", lags, digits=2),
        Row("  samples .006 below or above both neighbours", [(bends < -0.006).mean(), (bends > 0.006).mean()]),
    ]


def change_over(s: Currents) -> list[Row]:
    """Place and size of the jump, and the level before it, by phase."""
    inner = s.level[:, 5:12]
    apart = np.abs(inner[:, 1:-1] - (inner[:, :-2] + inner[:, 2:]) / 2)
    event = 6 + np.argmax(apart, axis=1)
    later = np.median([s.at(event + shift) for shift in range(3, 10)], axis=0)
    jump, before = s.at(event) - later, (s.at(event - 1) + s.at(event - 2)) / 2 - later
    clear, back, third = apart.max(axis=1) > 0.04, s.kind >= 2, s.kind % 2 == 1
    rows = []
    for name, side, measured in (("tip of the blades", ~back, (6.0, 7.0)), ("further back", back, (7.0, 9.0))):
        places = np.percentile(event[clear & side], [10, 90]).tolist() if clear.any() else [np.nan, np.nan]
        rows.append(Row(f"sample of the change-over, {name}", places, measured, 1.0, 0))
    return [
        *rows,
        Row("jump, A and B", quantiles(jump[~third]), (-0.48, 0.05, 0.30), QUANTILE),
        Row("jump, C", quantiles(jump[third]), (-0.04, 0.09, 0.22), QUANTILE + 0.01),
        Row("level before, A and B", quantiles(before[~third]), (-0.085, 0.025, 0.061), 0.01),
        Row("level before, C", quantiles(before[third]), (-0.059, -0.017, 0.014), 0.01),
    ]


def end(s: Currents) -> list[Row]:
    """Steps of the lock, and the cut."""
    base = np.median([s.at(s.stop - back) for back in (9, 10, 11)], axis=0)
    step = s.at(s.stop - 1) - base
    equal = np.zeros(len(s.level), dtype=np.int64)
    for back in range(2, 8):
        equal += (equal == back - 2) & (s.at(s.stop - back) == s.at(s.stop - 1))
    third = s.kind % 2 == 1
    after = np.append(s.current, np.zeros((len(s.current), 1)), axis=1)[np.arange(len(s.stop)), s.stop] / s.plateau
    return [
        Row("step of the lock, A and B", quantiles(step[~third]), (-0.114, -0.030, 0.057), 0.01),
        Row("step of the lock, C", quantiles(step[third]), (-0.095, -0.058, 0.061), 0.01),
        Row("last three samples equal", [(equal >= 2).mean()], [0.72], 0.06),
        Row("current gone within one sample", [(after < 0.1).mean()], [0.97], 0.015),
    ]


def stroke(s: Currents, places: dict[float, Sequence[float]]) -> list[Row]:
    """Level along the stroke relative to its middle, at the tip of the blades and further back; spread of steps."""
    rows = []
    for share, measured in places.items():
        level = s.around(share) - s.around(0.5)
        ours = [level[s.kind < 2].mean(), level[s.kind >= 2].mean()]
        rows.append(Row(f"level at {share:.2f}, tip and back", ours, measured, 0.003, 4))
    steps = [(s.around(high) - s.around(low)).std() for low, high in ((0.1, 0.15), (0.4, 0.5), (0.5, 0.6), (0.9, 0.94))]
    rows.append(Row("spread of the steps at .12, .45, .55, .92", steps, digits=4))
    return rows


def inrush(s: Currents, after: Sequence[float]) -> list[Row]:
    """Peak and decay."""
    place = np.argmax(s.current, axis=1)
    return [
        Row("peak over plateau", quantiles(s.level.max(axis=1) + 1.0), digits=2),
        Row("  first sample is the highest", [(place == 0).mean()], digits=2),
        Row("first sample after the peak, median", [np.median(s.at(place + 1)) + 1.0], after, 0.03, 2),
        Row("second sample after the peak, median", [np.median(s.at(place + 2)) + 1.0], digits=2),
    ]


def spread(s: Currents, between: float, levels: Sequence[float]) -> list[Row]:
    """Variation within and between devices."""
    inside, outside = {}, {}
    for name, values in (("duration", s.size * s.dt_s), ("plateau", s.plateau), ("peak", s.current.max(axis=1))):
        table = np.log(values).reshape(-1, PER_DEVICE)
        own = table.var(axis=1, ddof=1).mean()
        inside[name] = float(np.sqrt(own))
        outside[name] = float(np.sqrt(max(table.mean(axis=1).var() - own / PER_DEVICE, 0.0)))
    return [
        Row("duration between machines", [outside["duration"]], [between], 0.002, 4),
        Row("duration within a machine", [inside["duration"]], [0.0064], 0.001, 4),
        Row("plateau within a machine", [inside["plateau"]], [0.016], EXACT, 4),
        Row("peak within a machine", [inside["peak"]], [0.17], 0.04),
        Row("duration, s; plateau, A; medians", [np.median(s.size * s.dt_s), np.median(s.plateau)], levels, 0.03, 2),
    ]


def tail(s: Currents) -> list[Row]:
    """Level, length and beginning of the tail, on the phases that carry one."""
    carries = s.at(s.stop + 5) > -0.9
    length = (s.size - s.stop)[carries] * s.dt_s
    level = np.mean([s.at(s.stop + shift) for shift in range(10, 15)], axis=0)[carries] + 1.0
    first = (s.at(s.stop + 1)[carries] + 1.0) / level - 1.0
    return [
        Row("phases with a tail", [carries.mean()], [2 / 3], 0.04, 2),
        Row("level of the tail, its spread", [level.mean(), level.std()], [0.279, 0.016], 0.004),
        Row("length of the tail, s; its spread", [length.mean(), length.std()], [0.76, 0.05], 0.015),
        Row("its first samples, against its level", [np.median(first)], [-0.04], 0.015),
    ]


AC3_STROKE: dict[float, Sequence[float]] = {
    0.10: (0.0080, -0.0100), 0.12: (0.0100, -0.0110), 0.16: (0.0090, 0.0060), 0.31: (0.0150, 0.0020),
    0.80: (-0.0060, -0.0100), 0.92: (0.0040, -0.0120),
}  # fmt: skip
TAIL_STROKE: dict[float, Sequence[float]] = dict.fromkeys((0.1, 0.24, 0.4, 0.56, 0.72, 0.94), ())


def report(preset: str, size: int = SIZE) -> dict[str, list[Row]]:
    """Tables of AC3 or AC3_TAIL, by cause."""
    s = currents(preset, size)
    if preset == "AC3":
        return {
            "noise": noise(s, [0.0030]),
            "contact change-over": change_over(s),
            "end": end(s),
            "stroke": stroke(s, AC3_STROKE),
            "inrush": inrush(s, [1.08]),
            "spread": spread(s, 0.013, (5.25, 2.20)),
        }
    return {
        "noise": noise(s, []),
        "stroke": stroke(s, TAIL_STROKE),
        "inrush": inrush(s, []),
        "spread": spread(s, 0.023, (5.46, 2.06)),
        "tail": tail(s),
    }


def main() -> None:
    """Print the tables."""
    for preset in ("AC3", "AC3_TAIL"):
        for cause, rows in report(preset).items():
            print(f"\n{f'{preset}: {cause}':54} {'measured':>22}   ours")
            for row in rows:
                print(row)


if __name__ == "__main__":
    main()
