"""Error texts: the fallback for schema keywords that have no text of their own."""

from sepolo_mock_server.errors import messages


def test_keyword_without_a_text() -> None:
    """The text of any other keyword or format names it."""
    assert messages.schema_violation("multipleOf", 5) == "does not satisfy multipleOf of the contract"
    assert messages.schema_violation("format", "email") == "must be of the format email"
