"""Clauses that several requirements of the area are derived from."""

__all__ = ["BOUNDED", "OURS", "SCOPED"]

SCOPED = 'Published page: "Every request is scoped to the organization that owns the API key."'
BOUNDED = "The published page shows allowedGroupIds and allowedCustomerIds in /me as the key's allowed data boundaries."
OURS = "Our own choice: the published page says nothing about it."
