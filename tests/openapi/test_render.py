"""Rendering a document as YAML or JSON text."""

import json

import pytest
import yaml

import sepolo_openapi as openapi
from sepolo_openapi.render import Format

CONTRACT = openapi.load().document


def test_yaml_round_trip() -> None:
    """Parsing the YAML text gives the same values, with the keys in the same order."""
    text = openapi.render(CONTRACT, "yaml")
    assert json.dumps(yaml.safe_load(text)) == json.dumps(CONTRACT)


def test_json_round_trip() -> None:
    """Parsing the JSON text gives the same values, with the keys in the same order."""
    text = openapi.render(CONTRACT, "json")
    assert json.dumps(json.loads(text)) == json.dumps(CONTRACT)


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        ("yaml", "b:\n- '2026-06-01T00:00:00Z'\n- é\na: |-\n  one\n  two\n"),
        ("json", '{\n  "b": [\n    "2026-06-01T00:00:00Z",\n    "é"\n  ],\n  "a": "one\\ntwo"\n}\n'),
    ],
)
def test_text_is_readable(form: Format, expected: str) -> None:
    """Letters and line breaks are not escaped; YAML quotes strings that look like dates."""
    assert openapi.render({"b": ["2026-06-01T00:00:00Z", "é"], "a": "one\ntwo"}, form) == expected


def test_yaml_has_no_aliases() -> None:
    """A part that occurs twice is written twice, because some OpenAPI tools do not follow aliases."""
    part = {"type": "string"}
    assert openapi.render({"a": part, "b": part}, "yaml") == "a:\n  type: string\nb:\n  type: string\n"


def test_an_unknown_format_is_refused() -> None:
    """The error names the format and the choices."""
    with pytest.raises(ValueError, match="unknown format 'xml': choose yaml or json"):
        openapi.render(CONTRACT, "xml")  # type: ignore[arg-type]
