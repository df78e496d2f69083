"""Clauses that several requirements of the area are derived from."""

CREATED = "A created resource can be read."
OURS = "Our own choice: the published page doesn't describe the body."
