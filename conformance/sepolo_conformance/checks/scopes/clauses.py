"""Sentences of the published page that several requirements of this area cite."""

__all__ = ["RETURNS_403"]

RETURNS_403 = 'Published page: "missing scopes return 403".'
