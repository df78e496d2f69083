"""Telemetry as JSON: the same bytes as orjson writes for the same rows."""

import datetime
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sepolo_fixtures.randomness.streams import Ints
from sepolo_fixtures.telemetry.columns import Coded
from sepolo_mock_server.operations import telemetry_json

MEMBERS = (
    "deviceId", "stamp", "telemetryType", "current", "cycleId", "cycleSampleIndex", "cycleDurationMs",
    "temperature", "signalStrength", "direction",
)  # fmt: skip
NOON = 1_779_883_200


@dataclass(frozen=True)
class Page:
    stamp_s: Ints
    columns: Mapping[str, Any] = field(default_factory=dict)
    device_id: str = 'SEP-"Ø"-001'


def rows_of(page: Page, blank: frozenset[str] = frozenset()) -> list[dict[str, Any]]:
    """The rows of a page as dictionaries, made cell by cell."""
    rows = []
    for at, second in enumerate(page.stamp_s.tolist()):
        stamp = datetime.datetime.fromtimestamp(second, datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        row: dict[str, Any] = dict.fromkeys(MEMBERS) | {"deviceId": page.device_id, "stamp": stamp}
        for name, column in page.columns.items():
            if name in blank:
                continue
            if isinstance(column, Coded):
                row[name] = None if column.codes[at] < 0 else column.values[column.codes[at]]
            elif isinstance(column, tuple):
                row[name] = int(column[0][at]) if column[1][at] else None
            else:
                number = column[at].item()
                row[name] = None if math.isnan(number) else number
        rows.append(row)
    return rows


def assert_same(page: Page, blank: frozenset[str] = frozenset()) -> None:
    assert telemetry_json.telemetry(page, MEMBERS, blank) == orjson.dumps(rows_of(page, blank))


floats = st.one_of(
    st.just(float("nan")),
    st.integers(0, 9_999).map(lambda hundredths: hundredths / 100),
    st.floats(-1e6, 1e6).map(lambda number: number + 0.0),  # no -0.0, whose sign may be lost
)
integers = st.integers(-200, 10_000)


@given(st.data(), st.integers(0, 12))
def test_any_page(data: st.DataObject, count: int) -> None:
    """Any columns give the same bytes as the rows as dictionaries."""

    def many(element: st.SearchStrategy[Any], dtype: type) -> Any:
        return np.array(data.draw(st.lists(element, min_size=count, max_size=count)), dtype=dtype)

    codes = many(st.integers(-1, 1), np.int64)
    columns = {
        "telemetryType": many(st.integers(0, 2), np.int64),
        "current": many(floats, np.float64),
        "cycleId": Coded(codes, ("cyc_1", "cyc_2")),
        "cycleSampleIndex": (many(integers, np.int64), many(st.booleans(), np.bool_)),
        "cycleDurationMs": Coded(codes, (1420, None)),
        "signalStrength": many(integers, np.int64),
    }
    assert_same(Page(np.sort(many(st.integers(0, 4_000_000_000), np.int64)), columns))


@pytest.mark.parametrize(
    "seconds",
    [
        pytest.param([NOON + at // 100 for at in range(300)], id="a hundred samples a second"),
        pytest.param([NOON + 300 * at for at in range(600)], id="every five minutes over midnights"),
        pytest.param([NOON + 7 * at for at in range(3)], id="within one day"),
        pytest.param([at * 86_400 * 365 for at in range(5)], id="a row a year"),
        pytest.param([NOON], id="one row"),
    ],
)
def test_stamps(seconds: list[int]) -> None:
    """Stamps are whole seconds of UTC, with any repetition."""
    assert_same(Page(np.array(seconds), {"current": np.linspace(0, 2, len(seconds))}))


def test_shared_codes() -> None:
    """Neighbouring columns that share their codes, nulls included, give the values of each."""
    codes = np.array([0, 0, 1, -1])
    columns = {"cycleSampleIndex": Coded(codes, (1, 2)), "cycleDurationMs": Coded(codes, (10, 20))}
    assert_same(Page(np.array([1, 2, 3, 4]), columns))


def test_blank_members() -> None:
    """A member in `blank` is null in every row."""
    page = Page(np.array([NOON, NOON + 1]), {"current": np.array([1.5, 2.0]), "temperature": np.array([8.0, 9.0])})
    assert_same(page, frozenset({"current"}))


def test_empty_page() -> None:
    """A page without rows is an empty array."""
    assert telemetry_json.telemetry(Page(np.array([], dtype=np.int64)), MEMBERS) == b"[]"
