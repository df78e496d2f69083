"""Settings: the parser of integer options, and the default state."""

import sys
from pathlib import Path
from typing import Any

import pytest

from sepolo_mock_server import settings
from sepolo_mock_server.errors import SettingsError, command_line

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


@pytest.mark.parametrize("given", ["", "short", "x" * 15, "x" * 257, "with a space in it", "ünïcödé-ünïcödé-"])
def test_weak_operator_tokens(given: str) -> None:
    """A token of the operator is long and of visible ASCII characters; the error does not repeat it."""
    with pytest.raises(SettingsError) as caught:
        settings.operator_token(given)
    assert str(caught.value) == command_line.weak_token()


def test_operator_token() -> None:
    """A strong token is taken as it is, none is empty, and an API key is none."""
    assert [settings.operator_token(given) for given in (None, "!" * 16)] == ["", "!" * 16]
    with pytest.raises(SettingsError) as caught:
        settings.operator_token("sep_test_0123456789abcdef")
    assert str(caught.value) == command_line.token_is_key()


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"management": False, "operator_token": "x" * 16}, command_line.token_needs_management()),
        ({"management": False, "demo_keys": False}, command_line.keys_need_management()),
    ],
)
def test_contradictory_settings(wrong: dict[str, Any], message: str) -> None:
    """Settings that contradict each other are refused."""
    with pytest.raises(SettingsError) as caught:
        settings.check(settings.Settings(**wrong))
    assert str(caught.value) == message


def test_default_state(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Without --state the state is a file in the user's data folder."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    if sys.platform == "linux":
        assert settings.default_state() == str(tmp_path / "sepolo-mock" / "state.db")
    else:
        assert settings.default_state().endswith("state.db")
