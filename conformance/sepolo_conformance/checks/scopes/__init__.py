"""Scopes: which operations a key may call, and the 403 response for a missing scope."""

from sepolo_conformance.checks.scopes import granted_scopes, missing_scopes, write_scope  # noqa: F401 - registers the requirements
