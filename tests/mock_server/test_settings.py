"""Settings: the parser of integer options, and the default state."""

import sys
from pathlib import Path

import pytest

from sepolo_mock_server import settings
from sepolo_mock_server.errors import SettingsError

PARSE = settings.integer("--port", 0, 65_535)


def test_spaces_around_an_integer() -> None:
    """Spaces around an integer are ignored."""
    assert PARSE("8080 ") == 8_080


@pytest.mark.parametrize(("value", "shown"), [("", '""'), ("a b\n", '"a b�"'), ("x" * 99, f'"{"x" * 60}…"')])
def test_unusual_values_are_quoted(value: str, shown: str) -> None:
    """A value that is not a plain word is shown in quotes, and cut if it is long."""
    with pytest.raises(SettingsError) as caught:
        PARSE(value)
    expected = "give an integer from 0 to 65535 with --port or SEPOLO_PORT"
    assert str(caught.value) == f"--port {shown} is wrong: {expected}"


def test_default_state(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Without --state the state is a file in the user's data folder."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    if sys.platform == "linux":
        assert settings.default_state() == str(tmp_path / "sepolo-mock" / "state.db")
    else:
        assert settings.default_state().endswith("state.db")
