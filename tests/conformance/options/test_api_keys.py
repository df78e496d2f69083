"""Keys from options, environment variables and files, and the options that give them again."""

from pathlib import Path
from typing import Any

import pytest

from sepolo_conformance.model.keys import Key
from sepolo_conformance.model.settings import Settings
from sepolo_conformance.options.parsing import parse


def settings(env: dict[str, str] | None = None, **given: Any) -> Settings:
    return parse({"base_url": "https://api.sepolo.app", **given}, env or {})


def test_keys_are_read_from_options_environment_and_files(tmp_path: Path) -> None:
    """Each key has a name for people and a placeholder for curl lines. A repeated key counts once."""
    (tmp_path / "keys").write_text("# ours\nthird-key\n\n")
    found = settings(
        {"KEY_B": " second-key "},
        api_key=["first-key,first-key"],
        api_key_env=["KEY_B"],
        api_key_file=[str(tmp_path / "keys")],
    ).keys
    assert found == (
        Key("key1", "$SEPOLO_API_KEY_1", "first-key"),
        Key("KEY_B", "$SEPOLO_API_KEY_2", "second-key"),
        Key("keys:1", "$SEPOLO_API_KEY_3", "third-key"),
    )


@pytest.mark.parametrize(
    ("env", "names"),
    [
        ({"SEPOLO_API_KEY": "a-key,b-key"}, ["SEPOLO_API_KEY:1", "SEPOLO_API_KEY:2"]),
        ({"SEPOLO_API_KEY": "a-key", "SEPOLO_API_KEY_2": "b-key"}, ["SEPOLO_API_KEY", "SEPOLO_API_KEY_2"]),
        ({"SEPOLO_API_KEY_1": "a-key", "SEPOLO_API_KEY_2": "b-key"}, ["SEPOLO_API_KEY_1", "SEPOLO_API_KEY_2"]),
    ],
)
def test_default_variables_are_read_without_key_options(env: dict[str, str], names: list[str]) -> None:
    """SEPOLO_API_KEY holds keys separated by commas, or numbered variables hold one each."""
    found = settings(env)
    assert [(key.name, key.placeholder, key.secret) for key in found.keys] == [
        (names[0], "$SEPOLO_API_KEY_1", "a-key"),
        (names[1], "$SEPOLO_API_KEY_2", "b-key"),
    ]
    assert found.key_options == ()


def test_single_key_has_no_number() -> None:
    """The curl lines of a run with one key read SEPOLO_API_KEY, as the documentation says."""
    assert settings({"SEPOLO_API_KEY": "a-key"}).keys == (Key("SEPOLO_API_KEY", "$SEPOLO_API_KEY", "a-key"),)


def test_key_variable_is_split_at_commas() -> None:
    """--api-key-env reads several keys from one variable."""
    found = settings({"KEYS": "a-key, b-key,"}, api_key_env=["KEYS"]).keys
    assert [(key.name, key.secret) for key in found] == [("KEYS:1", "a-key"), ("KEYS:2", "b-key")]


def test_key_options_of_a_rerun_show_no_key(tmp_path: Path) -> None:
    """Variables and files are repeated; a key itself becomes the variable of curl lines."""
    (tmp_path / "keys").write_text("third-key")
    given = {"api_key": ["first-key"], "api_key_env": ["KEY_B"], "api_key_file": [str(tmp_path / "keys")]}
    assert settings({"KEY_B": "second-key"}, **given).key_options == (
        *("--api-key-env", "KEY_B", "--api-key-file", str(tmp_path / "keys")),
        *("--api-key-env", "SEPOLO_API_KEY_1"),
    )


def test_repr_of_settings_hides_keys() -> None:
    """A traceback may print the settings."""
    assert "first-key" not in repr(settings(api_key=["first-key"]))
