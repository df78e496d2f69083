"""Requests whose response is an error, for tests of what all errors have in common."""

import pytest

ERRORS = [
    ("GET", "/api/v1/me", None, 401),
    ("GET", "/api/v1/me", "no-scopes", 403),
    ("GET", "/api/v1/assets/00000000-0000-4000-8000-000000000000", "full", 404),
    ("GET", "/nowhere", "full", 404),
    ("GET", "/api/v1/assets?pageSize=0", "full", 400),
    ("PUT", "/api/v1/assets", "full", 405),
    ("POST", "/api/v1/service-reports", "full", 415),
]
"""Method, target, key and status."""

each_error = pytest.mark.parametrize(("method", "target", "key", "status"), ERRORS)
