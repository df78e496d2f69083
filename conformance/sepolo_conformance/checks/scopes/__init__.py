"""Scopes: which operations a key may call, and the 403 response for a missing scope."""

from sepolo_conformance.checks.scopes import granted_scopes, missing_scopes, rejection_bodies, write_scope

__all__ = ["granted_scopes", "missing_scopes", "rejection_bodies", "write_scope"]
