"""Clauses that several requirements of the area are derived from."""

__all__ = ["CREATED", "OURS"]

CREATED = "A created resource can be read."
OURS = "Our own choice: the published page doesn't describe the body."
