"""Cursors: positions, bindings, signatures, lifetime, and the message of each rejection."""

import dataclasses
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sepolo_mock_server.errors import RejectedError, messages
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

positions = st.lists(st.integers(-(2**63), 2**63 - 1), min_size=1, max_size=30).map(tuple)


def rejection(signer: Signer, cursor: str, binding: Binding) -> str:
    with pytest.raises(RejectedError) as caught:
        signer.read(cursor, binding)
    return caught.value.message


@given(positions)
def test_position_is_kept(position: tuple[int, ...]) -> None:
    """A cursor returns the position that it was issued for, and consists of at most 512 URL-safe characters."""
    cursor = SIGNER.issue(BINDING, position)
    assert SIGNER.read(cursor, BINDING) == position
    assert re.fullmatch("[A-Za-z0-9_-]{1,512}", cursor)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"operation": cursors.digest("listDevices")}, messages.CURSOR_OPERATION),
        ({"key": cursors.digest("readonly")}, messages.CURSOR_KEY),
        ({"filters": cursors.filters_digest({"status": "active"})}, messages.CURSOR_FILTERS),
        ({"world": cursors.digest("fleet")}, messages.CURSOR_WORLD),
        ({"generation": 1}, messages.CURSOR_RESET),
    ],
)
def test_other_binding_is_rejected(changed: dict[str, bytes], message: str) -> None:
    """A cursor of another operation, key, filter, world or generation is rejected with the reason."""
    assert rejection(SIGNER, CURSOR, dataclasses.replace(BINDING, **changed)) == message  # type: ignore[arg-type]


@given(st.integers(0, len(CURSOR) - 1), st.sampled_from("ABab09-_"))
def test_altered_cursor_is_rejected(place: int, char: str) -> None:
    """A change of any character is rejected, including the spare bits of the last one."""
    altered = CURSOR[:place] + char + CURSOR[place + 1 :]
    if altered != CURSOR:
        assert rejection(SIGNER, altered, BINDING) == messages.CURSOR_FORGED


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
def test_malformed_cursor_is_rejected(cursor: str) -> None:
    """Truncated, extended and invented cursors are rejected as not issued by this server."""
    assert rejection(SIGNER, cursor, BINDING) == messages.CURSOR_FORGED


@pytest.mark.parametrize("position", [(), (10**30,), (0, -(10**30)), (2**63,), (-(2**63) - 1,)])
def test_impossible_position_is_rejected(position: tuple[int, ...]) -> None:
    """A position without numbers or with one above 64 bits is rejected, though the cursor is signed."""
    assert rejection(SIGNER, SIGNER.issue(BINDING, position), BINDING) == messages.CURSOR_FORGED


def test_too_long_cursor_is_rejected() -> None:
    """A cursor of more than 512 characters is rejected."""
    assert rejection(SIGNER, "A" * 513, BINDING) == messages.CURSOR_LONG


def test_secret() -> None:
    """A cursor is valid for every signer with the same secret, and for no other."""
    assert rejection(Signer(b"other"), CURSOR, BINDING) == messages.CURSOR_FORGED
    assert Signer(b"secret").read(CURSOR, BINDING) == (1_782_907_200_000, 42)


def test_lifetime_under_the_wall_clock() -> None:
    """Under the wall clock a cursor expires after 24 hours."""
    issued = Signer(b"secret", lambda: 1_000_000.0).issue(BINDING, (7,))
    assert Signer(b"secret", lambda: 1_000_000.0 + 86_400).read(issued, BINDING) == (7,)
    assert rejection(Signer(b"secret", lambda: 1_000_001.0 + 86_400), issued, BINDING) == messages.CURSOR_EXPIRED


def test_same_bytes_under_a_fixed_clock() -> None:
    """Under a fixed clock equal positions give equal cursors."""
    assert SIGNER.issue(BINDING, (1_782_907_200_000, 42)) == CURSOR


def test_filters_in_any_order() -> None:
    """The digest of filters depends on their values and types, not on their order."""
    assert cursors.filters_digest({"a": 1, "b": "x"}) == cursors.filters_digest({"b": "x", "a": 1})
    assert cursors.filters_digest({"a": 1}) != cursors.filters_digest({"a": "1"})
