"""Clauses that several requirements of the area are derived from."""

STATISTICS = "The values are statistics of the same series of numbers."
