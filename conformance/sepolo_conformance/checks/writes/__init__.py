"""Writes: posting a service report creates it, once and completely; an invalid body is rejected and not stored."""

from sepolo_conformance.checks.writes import (
    concurrent_writes,
    created_reports,
    idempotency,
    rejected_bodies,
    stored_members,
    unusual_bodies,
)

__all__ = ["concurrent_writes", "created_reports", "idempotency", "rejected_bodies", "stored_members", "unusual_bodies"]
