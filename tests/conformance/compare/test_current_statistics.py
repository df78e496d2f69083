"""Statistics of a current, compared with those of numpy."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sepolo_conformance.compare.current_statistics import between, half_unit, statistics_of

_CURRENTS = st.lists(st.floats(0, 100), min_size=1, max_size=200)


@given(_CURRENTS)
def test_statistics_equal_those_of_numpy(currents: list[float]) -> None:
    """The deviation is that of the population, and percentiles are interpolated linearly."""
    found = statistics_of(currents)
    wanted = {
        "sampleCount": len(currents),
        "currentRms": float(np.sqrt(np.mean(np.square(currents)))),
        "currentP10": float(np.percentile(currents, 10)),
        "currentP50": float(np.percentile(currents, 50)),
        "currentP90": float(np.percentile(currents, 90)),
        "currentMin": min(currents),
        "currentMax": max(currents),
        "currentMean": float(np.mean(currents)),
        "currentStdDev": float(np.std(currents)),
    }
    assert found == pytest.approx(wanted, abs=1e-6)


@given(_CURRENTS, st.floats(0, 1))
def test_value_at_a_share_lies_within_the_series(values: list[float], share: float) -> None:
    """Interpolation never leaves the range of the series."""
    assert min(values) - 1e-9 <= between(values, share) <= max(values) + 1e-9


@pytest.mark.parametrize(("value", "wanted"), [(8.1, 0.05), (7.78, 0.005), (15, 0.5), (0.125, 0.0005), (1e-7, 0.0)])
def test_rounding_error_is_half_a_unit_of_the_last_decimal(value: float, wanted: float) -> None:
    """The largest rounding error of a printed number is half a unit of its last decimal."""
    assert half_unit(value) == pytest.approx(wanted, abs=1e-8)
