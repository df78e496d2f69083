"""Fixtures of the tests of variants: those of the mutants."""

from tests.mutants.conftest import direct, probe_values

__all__ = ["direct", "probe_values"]
