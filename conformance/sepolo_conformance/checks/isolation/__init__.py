"""Isolation: a key reads and writes the data of its own organisation only, and only within its boundary.

Two organisations request each other's data (`foreign_*`); a key with boundaries requests data outside them
(`boundary_*`).
"""

from sepolo_conformance.checks.isolation import (  # noqa: F401 - registers the requirements
    aggregates,
    authentication_headers,
    boundary_ids,
    boundary_lists,
    equal_keys,
    foreign_ids,
    foreign_lists,
    foreign_writes,
)
