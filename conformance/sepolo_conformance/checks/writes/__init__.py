"""Writes: posting a service report creates it, once and completely; an invalid body is rejected and not stored."""

from sepolo_conformance.checks.writes import (  # noqa: F401 - registers the requirements
    concurrent_writes,
    created_reports,
    idempotency,
    request_bodies,
    stored_members,
)
