"""The table of handlers."""

from sepolo_mock_server.management import handlers
from sepolo_openapi import reader


def test_every_operation_has_a_handler() -> None:
    """The table has exactly the operations of the document, in its order."""
    assert sorted(handlers.HANDLERS) == sorted(reader.load_management().operations)
