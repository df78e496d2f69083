"""Clauses that several requirements of the area are derived from."""

__all__ = ["OURS", "STATISTICS"]

STATISTICS = "They are statistics of the same series of numbers."
OURS = "Our own choice: the published page says nothing about it."
