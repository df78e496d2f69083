"""Stored state: service reports and idempotency keys that clients write, in SQLite or PostgreSQL."""
