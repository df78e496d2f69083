"""Scopes: the permission that an operation requires of a key."""

from collections.abc import Collection

from sepolo_mock_server.errors import messages


def require(scope: str, granted: Collection[str]) -> None:
    """Raise ApiError 403 if the scope is not among those that were granted to the key."""
    if scope not in granted:
        raise messages.scope_missing(scope)
