"""Sentences of the published page that several requirements of this area cite."""

__all__ = ["BOTH_HEADERS", "RETURNS_401"]

RETURNS_401 = 'Published page: "Authentication problems return 401."'
BOTH_HEADERS = "The published page shows both `X-Sepolo-Api-Key: <key>` and `Authorization: Bearer <key>`."
