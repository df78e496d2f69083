"""What variants are called with: the same as mutants."""

from tests.mutants.conftest import direct, words

__all__ = ["direct", "words"]
