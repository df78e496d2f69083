"""Sentences of the published page that several requirements of this area cite."""

RETURNS_401 = 'Published page: "Authentication problems return 401."'
BOTH_HEADERS = "The published page shows both `X-Sepolo-Api-Key: <key>` and `Authorization: Bearer <key>`."
