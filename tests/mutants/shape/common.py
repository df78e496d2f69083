"""Helpers that several files of mutants of shape use."""

from typing import Any

__all__ = ["without_member"]


def without_member(name: str) -> Any:
    return lambda _request, found: {key: value for key, value in found.items() if key != name}
