"""Clauses that requirements of several areas are derived from."""

SCOPED = 'Published page: "Every request is scoped to the organization that owns the API key."'
OURS = "Our own choice: the published page says nothing about it."
