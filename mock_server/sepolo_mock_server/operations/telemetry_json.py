"""Telemetry columns → the bytes of a JSON array, without a dictionary for any row.

Only serialisation lives here: no request, no world. A page is a template of constant pieces with a list of
encoded texts for every member that varies over the page, laid out by slice assignment and joined once. Texts
come from tables wherever values repeat, so that 500 rows cost one to two times what orjson needs for the same
rows when it is handed the finished dictionaries.
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
"""Integers below this come from a table."""
_HUNDREDTHS = 10_000
"""Numbers below 100 with at most two decimals come from a table."""


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
    """A cell of few distinct texts: constants beside it go into the texts, not into every row."""

    codes: Ints
    texts: list[bytes]


_Cell = bytes | list[bytes] | _Table
"""A piece of the row template: the same for all rows, one text per row, or a table."""


def telemetry(page: Telemetry, members: Sequence[str], blank: frozenset[str] = frozenset()) -> bytes:
    """JSON array of the page's rows, members in the given order; those in `blank` are null throughout."""
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
    return _lay_out(_merged(cells), count)


@cache
def _openings(members: tuple[str, ...]) -> list[bytes]:
    """What stands before each value; the first begins with the comma between rows."""
    return [(b"," if place else b",{") + orjson.dumps(name) + b":" for place, name in enumerate(members)]


def _merged(cells: list[_Cell]) -> list[_Cell]:
    """Fewer cells: what is constant, or a table of the same codes, goes into the table beside it."""
    merged: list[_Cell] = []
    constant = b""
    for cell in cells:
        if isinstance(cell, bytes):
            constant += cell
            continue
        last = merged[-1] if merged else None
        if isinstance(last, _Table) and isinstance(cell, _Table) and cell.codes is last.codes:
            both = zip(last.texts, cell.texts, strict=True)
            merged[-1] = _Table(last.codes, [text + constant + more for text, more in both])
        elif isinstance(cell, _Table):
            merged.append(_Table(cell.codes, [constant + text for text in cell.texts]))
        elif isinstance(last, _Table):
            merged[-1] = _Table(last.codes, [text + constant for text in last.texts])
            merged.append(cell)
        else:
            merged.extend((constant, cell))
        constant = b""
    if merged and isinstance(last := merged[-1], _Table):
        merged[-1] = _Table(last.codes, [text + constant for text in last.texts])
        return merged
    return [*merged, constant]


def _lay_out(cells: list[_Cell], count: int) -> bytes:
    """Join the rows: `pieces` is filled column by column."""
    width = len(cells)
    pieces: list[Any] = [b""] * (width * count)
    for place, cell in enumerate(cells):
        if isinstance(cell, _Table):
            pieces[place::width] = _array(cell.texts)[cell.codes].tolist()
        else:
            pieces[place::width] = [cell] * count if isinstance(cell, bytes) else cell
    pieces[0] = b"[" + pieces[0][1:]
    pieces.append(b"]")
    return b"".join(pieces)


def _cell(column: Column) -> _Cell:
    if isinstance(column, Coded):
        # Null stands last, where code -1 finds it.
        return _pick(column.codes, [*map(orjson.dumps, column.values), _NULL])
    if isinstance(column, tuple):
        values, present = column
        if present.all():
            return _integers(values)
        return _masked(_integers(np.where(present, values, 0)), present) if present.any() else _NULL
    return _floats(column) if column.dtype.kind == "f" else _integers(column)


def _pick(codes: Ints, texts: list[bytes]) -> bytes | _Table:
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
        return [_pick(codes.cumsum(), [_stamp(second) for second in starts])]
    minutes, second = np.divmod(seconds, 60)
    days, minute = np.divmod(minutes, 1440)
    first_day, last_day = int(days[0]), int(days[-1])
    if 0 <= last_day - first_day < len(seconds):
        named, codes = range(first_day, last_day + 1), days - first_day
    else:
        found, codes = np.unique(days, return_inverse=True)
        named = found.tolist()
    return [_pick(codes, [_day(day) for day in named]), _drawn(_minutes(), minute), _drawn(_seconds(), second)]


def _stamp(second: int) -> bytes:
    minutes, rest = divmod(second, 60)
    day, minute = divmod(minutes, 1440)
    text: bytes = _day(day) + _minutes()[minute] + _seconds()[rest]
    return text


@lru_cache(maxsize=4096)
def _day(number: int) -> bytes:
    return f'"{date.fromordinal(_EPOCH + number)}T'.encode()


def _drawn(table: Texts, codes: Ints) -> bytes | list[bytes]:
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
    # Not by orjson: the buffers of its answers are far larger than such short texts.
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
