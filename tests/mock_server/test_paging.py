"""Cursors: what they carry, what they are bound to, and what each refusal says."""

import dataclasses
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sepolo_mock_server import errors
from sepolo_mock_server.errors import RejectedError
from sepolo_mock_server.rules import cursors
from sepolo_mock_server.rules.cursors import Binding, Signer

SIGNER = Signer(b"secret")
BINDING = Binding(
    cursors.digest("listAssets"),
    cursors.digest("full"),
    cursors.filters_digest({"status": "all"}),
    cursors.digest("demo"),
)
CURSOR = SIGNER.issue(BINDING, (1_782_907_200_000, 42))

positions = st.lists(st.integers(-(2**63), 2**63), max_size=30).map(tuple)


def refusal(signer: Signer, cursor: str, binding: Binding) -> str:
    with pytest.raises(RejectedError) as caught:
        signer.read(cursor, binding)
    return caught.value.message


@given(positions)
def test_carries_its_position(position: tuple[int, ...]) -> None:
    """Any position comes back as it was, from text that needs no encoding anywhere and is never too long."""
    cursor = SIGNER.issue(BINDING, position)
    assert SIGNER.read(cursor, BINDING) == position
    assert re.fullmatch("[A-Za-z0-9_-]{1,512}", cursor)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"operation": cursors.digest("listDevices")}, errors.CURSOR_OPERATION),
        ({"key": cursors.digest("readonly")}, errors.CURSOR_KEY),
        ({"filters": cursors.filters_digest({"status": "active"})}, errors.CURSOR_FILTERS),
        ({"world": cursors.digest("fleet")}, errors.CURSOR_WORLD),
        ({"generation": 1}, errors.CURSOR_RESET),
    ],
)
def test_bound(changed: dict[str, bytes], message: str) -> None:
    """A cursor used anywhere but where it came from is refused with the reason."""
    assert refusal(SIGNER, CURSOR, dataclasses.replace(BINDING, **changed)) == message  # type: ignore[arg-type]


@given(st.integers(0, len(CURSOR) - 1), st.sampled_from("ABab09-_"))
def test_altered(place: int, char: str) -> None:
    """No character of a cursor can be changed, the spare bits of the last one included."""
    altered = CURSOR[:place] + char + CURSOR[place + 1 :]
    if altered != CURSOR:
        assert refusal(SIGNER, altered, BINDING) == errors.CURSOR_FORGED


@pytest.mark.parametrize(
    "cursor",
    [
        *(CURSOR[:length] for length in range(1, len(CURSOR))),
        CURSOR + "A",
        CURSOR + "=",
        "x",
        "…",
        "a b",
        "%00",
        CURSOR * 4,
    ],
)
def test_garbage(cursor: str) -> None:
    """Truncated, extended and invented cursors are refused as such."""
    assert refusal(SIGNER, cursor, BINDING) == errors.CURSOR_FORGED


def test_too_long() -> None:
    """Nothing longer than a cursor can be is even looked at."""
    assert refusal(SIGNER, "A" * 513, BINDING) == errors.CURSOR_LONG


def test_another_secret() -> None:
    """Replicas agree on a cursor only by the secret."""
    assert refusal(Signer(b"other"), CURSOR, BINDING) == errors.CURSOR_FORGED
    assert Signer(b"secret").read(CURSOR, BINDING) == (1_782_907_200_000, 42)


def test_lifetime_under_the_wall_clock() -> None:
    """Under the wall clock a cursor is good for 24 hours and not a second more."""
    issued = Signer(b"secret", lambda: 1_000_000.0).issue(BINDING, (7,))
    assert Signer(b"secret", lambda: 1_000_000.0 + 86_400).read(issued, BINDING) == (7,)
    assert refusal(Signer(b"secret", lambda: 1_000_001.0 + 86_400), issued, BINDING) == errors.CURSOR_EXPIRED


def test_same_bytes_under_a_fixed_clock() -> None:
    """Under a fixed clock equal positions give equal cursors, whenever they are issued."""
    assert SIGNER.issue(BINDING, (1_782_907_200_000, 42)) == CURSOR


def test_filters_in_any_order() -> None:
    """The order in which a client writes its filters doesn't matter, their values do."""
    assert cursors.filters_digest({"a": 1, "b": "x"}) == cursors.filters_digest({"b": "x", "a": 1})
    assert cursors.filters_digest({"a": 1}) != cursors.filters_digest({"a": "1"})
