"""Clauses that several requirements of the area are derived from."""

BOUNDED = "The published page shows allowedGroupIds and allowedCustomerIds in /me as the key's allowed data boundaries."
