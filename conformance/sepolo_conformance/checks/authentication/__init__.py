"""Authentication: missing, unknown and valid keys, the two headers that carry them, and the identity in /me."""

from sepolo_conformance.checks.authentication import header_forms, key_secrecy, me_identity, rejected_keys  # noqa: F401 - registers the requirements
