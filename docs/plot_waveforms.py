"""Plot docs/waveforms.png: healthy cycles of each machine, and each fault with the healthy curve of the same throw.

python docs/plot_waveforms.py
"""

from dataclasses import replace
from pathlib import Path

import matplotlib as mpl

mpl.use("Agg")

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes

from sepolo_fixtures.point_machines.fault_modes import FAULTS, HEALTHY
from sepolo_fixtures.point_machines.populations import COLD, population
from sepolo_fixtures.point_machines.presets import PRESETS
from sepolo_fixtures.point_machines.throws import Throws
from sepolo_fixtures.point_machines.waveform import curves

TARGET = Path(__file__).with_name("waveforms.png")
GRAVE, MILD = "#b3261e", "#e08a1e"
HEALTHY_COLOUR = "#5f6b76"
# The machine on which each fault is most visible.
SHOWN_ON = {"ice_snow": "EH", "phase_loss": "AC3", "early_stop": "DC_24V", "double_throw": "DC_110V"}
KIND = {"dc": "DC", "ac": "three-phase AC", "eh": "electro-hydraulic"}


def line(axes: Axes, throws: Throws, colour: str, label: str | None = None) -> None:
    """Plot one curve, in s and A."""
    drawn = curves(throws)
    seconds = np.arange(len(drawn.counts)) * (int(drawn.dt_ms[0]) / 1000)
    axes.plot(seconds, drawn.counts * (int(drawn.step_ma[0]) / 1000), color=colour, label=label, linewidth=1.0)


def healthy(axes: Axes, preset: str) -> None:
    """Plot four throws of one device: two in each direction."""
    table = next(p for p in PRESETS if p.name == preset)
    throws = population(preset, 4, seed=3, per_device=4, temperature_c=(12.0, 12.0))
    for index in (0, 1):
        for reverse, colour in ((False, "#1f4e79"), (True, "#4f9d8f")):
            one = replace(throws, reverse=np.full(4, reverse)).take([index + 2 * reverse])
            label = ("R→N" if reverse else "N→R") if index == 0 else None
            line(axes, one, colour, label)
    axes.set_title(f"{preset}  ({KIND[table.family]})", fontsize=9, loc="left", fontweight="bold")
    axes.legend(fontsize=7, frameon=False, loc="upper right")


def faulty(axes: Axes, fault: str) -> None:
    """Plot the same throw healthy, with a mild fault and with a grave one."""
    preset = SHOWN_ON.get(fault, "DC_FAST")
    throws = population(preset, 60, seed=8, fault=fault, temperature_c=COLD, reverse=False)
    index = chosen(throws)
    for severity, colour, label in ((0.45, MILD, "s = 0.45"), (0.9, GRAVE, "s = 0.9")):
        if severity < 0.5 and next(f for f in FAULTS if f.name == fault).abrupt and fault != "obstruction":
            continue  # these are visible either completely or not at all
        line(axes, replace(throws, severity=np.full(60, severity)).take([index]), colour, label)
    line(axes, replace(throws, fault=np.full(60, HEALTHY)).take([index]), HEALTHY_COLOUR, "healthy")
    axes.set_title(f"{fault}  ({preset})", fontsize=9, loc="left", fontweight="bold")
    axes.legend(fontsize=7, frameon=False, loc="upper right", ncols=3, bbox_to_anchor=(1.0, 1.02))
    axes.set_ylim(top=axes.get_ylim()[1] * 1.08)


def chosen(throws: Throws) -> int:
    """Index of the throw in which the fault is most visible: the sum of its curve changes most."""
    faulty_curves = curves(replace(throws, severity=np.full(60, 0.45)))
    healthy_curves = curves(replace(throws, fault=np.full(60, HEALTHY)))
    pair = [np.split(drawn.counts, drawn.offsets[1:-1]) for drawn in (faulty_curves, healthy_curves)]
    gain = [abs(int(a.sum()) - int(b.sum())) for a, b in zip(*pair, strict=True)]
    return int(np.argmax(gain))


def main() -> None:
    """Write the plot."""
    modes = [fault.name for fault in FAULTS if fault.name != "healthy"]
    figure, grid = plt.subplots(5, 4, figsize=(15, 14.5))
    panels = list(grid.flat)
    for axes, preset in zip(panels, PRESETS, strict=False):
        healthy(axes, preset.name)
    for axes, fault in zip(panels[6:], modes, strict=False):
        faulty(axes, fault)
    for axes in panels:
        axes.set_ylim(bottom=0)
        axes.set_xlim(left=0)
        axes.grid(alpha=0.25, linewidth=0.5)
        axes.tick_params(labelsize=7)
        axes.spines[["top", "right"]].set_visible(False)
    for axes in panels[len(PRESETS) + len(modes) :]:
        axes.set_axis_off()
    for axes in grid[:, 0]:
        axes.set_ylabel("motor current, A", fontsize=8)
    for axes in grid[-1]:
        axes.set_xlabel("time since the motor was switched on, s", fontsize=8)
    figure.suptitle(
        "Point-machine currents of the sandbox: healthy cycles, then each fault", fontsize=13, x=0.02, ha="left"
    )
    figure.tight_layout(rect=(0, 0, 1, 0.985))
    figure.savefig(TARGET, dpi=110)


if __name__ == "__main__":
    main()
