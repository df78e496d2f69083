"""Telemetry as JSON: from columns to the bytes of a JSON array, without a dictionary for each row.

Only serialisation stands here: no request, no world. A row is a template of cells: constant bytes, or one encoded text
per row. The texts of all rows are placed by slice assignment and joined once. Repeated values take their texts from
tables, so that 500 rows cost one to two times the time that orjson needs for the finished dictionaries.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
import orjson

from sepolo_fixtures.randomness.streams import Ints
from sepolo_fixtures.telemetry.columns import Coded, Column

Texts = npt.NDArray[np.object_]

_NULL = b"null"
_EPOCH = date(1970, 1, 1).toordinal()
_SMALL = 4096
"""Integers below this take their text from a table."""
_HUNDREDTHS = 10_000
"""Number of values below 100 with at most two decimals, which take their text from a table."""


class Telemetry(Protocol):
    """Columns of n telemetry rows of one device; a member without a column is null in every row."""

    @property
    def device_id(self) -> str: ...
    @property
    def stamp_s(self) -> Ints: ...
    @property
    def columns(self) -> Mapping[str, Column]: ...


@dataclass(frozen=True, slots=True)
class _Table:
    """A cell with few distinct texts. Constants beside it are joined to the texts once, not in every row."""

    codes: Ints
    texts: list[bytes]


_Cell = bytes | list[bytes] | _Table
"""A part of a row: the same in all rows, one text per row, or a table."""


def telemetry(page: Telemetry, members: Sequence[str], blank: frozenset[str] = frozenset()) -> bytes:
    """Return the rows of a page as a JSON array, members in the given order; those in `blank` are null in every row."""
    count = len(page.stamp_s)
    if count == 0:
        return b"[]"
    cells: list[_Cell] = []
    for name, opening in zip(members, _openings(tuple(members)), strict=True):
        cells.append(opening)
        if name == "deviceId":
            cells.append(orjson.dumps(page.device_id))
        elif name == "stamp":
            cells.extend(_stamps(page.stamp_s))
        else:
            column = None if name in blank else page.columns.get(name)
            cells.append(_NULL if column is None else _cell(column))
    cells.append(b"}")
    return _rows(_joined(cells), count)


@cache
def _openings(members: tuple[str, ...]) -> list[bytes]:
    """The bytes before each value; the first begins with the comma between rows."""
    return [(b"," if index else b",{") + orjson.dumps(name) + b":" for index, name in enumerate(members)]


def _joined(cells: list[_Cell]) -> list[_Cell]:
    """Join constants, and tables with the same codes, to the table beside them, so that fewer cells are left."""
    joined: list[_Cell] = []
    constant = b""
    for cell in cells:
        if isinstance(cell, bytes):
            constant += cell
            continue
        last = joined[-1] if joined else None
        if isinstance(last, _Table) and isinstance(cell, _Table) and cell.codes is last.codes:
            both = zip(last.texts, cell.texts, strict=True)
            joined[-1] = _Table(last.codes, [text + constant + more for text, more in both])
        elif isinstance(cell, _Table):
            joined.append(_Table(cell.codes, [constant + text for text in cell.texts]))
        elif isinstance(last, _Table):
            joined[-1] = _Table(last.codes, [text + constant for text in last.texts])
            joined.append(cell)
        else:
            joined.extend((constant, cell))
        constant = b""
    if joined and isinstance(last := joined[-1], _Table):
        joined[-1] = _Table(last.codes, [text + constant for text in last.texts])
        return joined
    return [*joined, constant]


def _rows(cells: list[_Cell], count: int) -> bytes:
    """Join the cells of all rows; `pieces` is filled column by column."""
    width = len(cells)
    pieces: list[Any] = [b""] * (width * count)
    for index, cell in enumerate(cells):
        if isinstance(cell, _Table):
            pieces[index::width] = _array(cell.texts)[cell.codes].tolist()
        else:
            pieces[index::width] = [cell] * count if isinstance(cell, bytes) else cell
    pieces[0] = b"[" + pieces[0][1:]
    pieces.append(b"]")
    return b"".join(pieces)


def _cell(column: Column) -> _Cell:
    if isinstance(column, Coded):
        # Null is the last text, which code -1 selects.
        return _table_or_constant(column.codes, [*map(orjson.dumps, column.values), _NULL])
    if isinstance(column, tuple):
        values, present = column
        if present.all():
            return _integers(values)
        return _masked(_integers(np.where(present, values, 0)), present) if present.any() else _NULL
    return _floats(column) if column.dtype.kind == "f" else _integers(column)


def _table_or_constant(codes: Ints, texts: list[bytes]) -> bytes | _Table:
    first = int(codes[0])
    return texts[first] if (codes == first).all() else _Table(codes, texts)


def _floats(column: npt.NDArray[Any]) -> bytes | list[bytes]:
    missing = np.isnan(column)
    if missing.any():
        if missing.all():
            return _NULL
        return _masked(_numbers(np.where(missing, 0.0, column)), ~missing)
    return _numbers(column)


def _numbers(column: npt.NDArray[Any]) -> list[bytes]:
    scaled = np.rint(column * 100.0).astype(np.int64)
    if scaled.min() >= 0 and scaled.max() < _HUNDREDTHS and (scaled / 100.0 == column).all():
        texts: list[bytes] = _hundredths()[scaled].tolist()
        return texts
    return _dumped(column)


def _integers(column: npt.NDArray[Any]) -> bytes | list[bytes]:
    low, high = int(column.min()), int(column.max())
    if low == high:
        return b"%d" % low
    if low >= 0 and high < _SMALL:
        texts: list[bytes] = _small_integers()[column].tolist()
        return texts
    return _dumped(column)


def _dumped(column: npt.NDArray[Any]) -> list[bytes]:
    return orjson.dumps(np.ascontiguousarray(column), option=orjson.OPT_SERIALIZE_NUMPY)[1:-1].split(b",")


def _masked(texts: bytes | list[bytes], present: npt.NDArray[np.bool_]) -> list[bytes]:
    """Return the texts, with `null` where the mask is false."""
    full = _array([texts] * len(present) if isinstance(texts, bytes) else texts)
    full[~present] = _NULL
    found: list[bytes] = full.tolist()
    return found


def _stamps(seconds: Ints) -> list[_Cell]:
    """`"2026-05-27T12:00:00Z"`: a table of the stamps where they repeat, else of day, minute and second."""
    steps = np.flatnonzero(seconds[1:] != seconds[:-1]) + 1
    if 4 * len(steps) < len(seconds):
        codes = np.zeros(len(seconds), dtype=np.int64)
        codes[steps] = 1
        starts = [int(seconds[0]), *seconds[steps].tolist()]
        return [_table_or_constant(codes.cumsum(), [_stamp(second) for second in starts])]
    minutes, second = np.divmod(seconds, 60)
    days, minute = np.divmod(minutes, 1440)
    first_day, last_day = int(days[0]), int(days[-1])
    if 0 <= last_day - first_day < len(seconds):
        days_of_table, codes = range(first_day, last_day + 1), days - first_day
    else:
        found, codes = np.unique(days, return_inverse=True)
        days_of_table = found.tolist()
    return [
        _table_or_constant(codes, [_day(day) for day in days_of_table]),
        _looked_up(_minutes(), minute),
        _looked_up(_seconds(), second),
    ]


def _stamp(second: int) -> bytes:
    minutes, rest = divmod(second, 60)
    day, minute = divmod(minutes, 1440)
    text: bytes = _day(day) + _minutes()[minute] + _seconds()[rest]
    return text


@lru_cache(maxsize=4096)
def _day(number: int) -> bytes:
    return f'"{date.fromordinal(_EPOCH + number)}T'.encode()


def _looked_up(table: Texts, codes: Ints) -> bytes | list[bytes]:
    """Return the text of each code, one text if all codes are equal."""
    first = int(codes[0])
    if (codes == first).all():
        constant: bytes = table[first]
        return constant
    texts: list[bytes] = table[codes].tolist()
    return texts


@cache
def _small_integers() -> Texts:
    return _array([b"%d" % number for number in range(_SMALL)])


@cache
def _hundredths() -> Texts:
    """0.0, 0.01 … 99.99 as orjson writes them."""
    # Not by orjson: its buffers are much larger than such short texts.
    return _array([repr(number / 100).encode() for number in range(_HUNDREDTHS)])


@cache
def _minutes() -> Texts:
    return _array([b"%02d:%02d:" % divmod(minute, 60) for minute in range(1440)])


@cache
def _seconds() -> Texts:
    return _array([b'%02dZ"' % second for second in range(60)])


def _array(texts: list[bytes]) -> Texts:
    table = np.empty(len(texts), dtype=object)
    table[:] = texts
    return table
