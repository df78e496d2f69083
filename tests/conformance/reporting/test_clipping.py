"""Shortened texts."""

import pytest

from sepolo_conformance.reporting.clipping import clipped


@pytest.mark.parametrize(("length", "kept"), [(0, 0), (30, 30), (31, 30), (9_000, 30)])
def test_clipping_keeps_both_ends(length: int, kept: int) -> None:
    """A short text is unchanged; the middle of a long one is cut out."""
    text = "ab" * (length // 2) + "c" * (length % 2)
    cut = clipped(text, 30)
    assert (len(cut), cut[:5], cut[-5:]) == (kept, text[:5], text[-5:])
    assert ("…" in cut) is (length > kept)
