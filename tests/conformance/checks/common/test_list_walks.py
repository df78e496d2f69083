"""Page sizes and walks that checks of several areas share."""

from sepolo_conformance.api.calls import paged_lists
from sepolo_conformance.checks.common.list_walks import MAX_PAGE_SIZE
from sepolo_openapi import reader


def test_maximum_page_size_is_that_of_the_contract() -> None:
    """Every paged operation of the contract has the same maximum."""
    maxima = {operation.page.maximum for operation in paged_lists(reader.load()) if operation.page}
    assert maxima == {MAX_PAGE_SIZE}
