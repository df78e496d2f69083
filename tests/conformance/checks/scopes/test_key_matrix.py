"""The matrix of keys and operations."""

import pytest

from sepolo_conformance.api.identity import Identity
from sepolo_conformance.checks.scopes.key_matrix import may_be_implied
from sepolo_conformance.model.keys import Key
from sepolo_openapi import reader

KEY = Key("key1", "$SEPOLO_API_KEY", "sep_test_0123456789abcdef")


@pytest.mark.parametrize(
    ("scopes", "operation_id", "expected"),
    [
        ({"service_reports.write"}, "listServiceReports", True),
        ({"service_reports.write", "service_reports.read"}, "listServiceReports", False),
        ({"service_reports.write"}, "listAssets", False),
        ({"service_reports.read"}, "createServiceReport", False),
    ],
)
def test_only_the_write_scope_may_imply_the_read_scope(scopes: set[str], operation_id: str, *, expected: bool) -> None:
    """A key with the write scope alone is judged separately: the published page leaves open what it may read."""
    identity = Identity(KEY, "org", frozenset(scopes))
    assert may_be_implied(identity, reader.load().operations[operation_id]) is expected
