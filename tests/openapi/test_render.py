"""Documents as text."""

import json

import pytest
import yaml

import sepolo_openapi as openapi
from sepolo_openapi.render import Format

CONTRACT = openapi.load().document


def test_yaml_reads_back_as_the_document() -> None:
    """YAML text of the contract holds the same values, with the keys in the same order."""
    text = openapi.render(CONTRACT, "yaml")
    assert json.dumps(yaml.safe_load(text)) == json.dumps(CONTRACT)


def test_json_reads_back_as_the_document() -> None:
    """JSON text of the contract holds the same values, with the keys in the same order."""
    text = openapi.render(CONTRACT, "json")
    assert json.dumps(json.loads(text)) == json.dumps(CONTRACT)


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        ("yaml", "b:\n- '2026-06-01T00:00:00Z'\n- é\na: |-\n  one\n  two\n"),
        ("json", '{\n  "b": [\n    "2026-06-01T00:00:00Z",\n    "é"\n  ],\n  "a": "one\\ntwo"\n}\n'),
    ],
)
def test_text_is_for_people_too(form: Format, expected: str) -> None:
    """Text keeps letters and lines as they are, and quotes what YAML would take for a date."""
    assert openapi.render({"b": ["2026-06-01T00:00:00Z", "é"], "a": "one\ntwo"}, form) == expected


def test_yaml_has_no_aliases() -> None:
    """A part that occurs twice is written twice, since not every reader of OpenAPI follows aliases."""
    part = {"type": "string"}
    assert openapi.render({"a": part, "b": part}, "yaml") == "a:\n  type: string\nb:\n  type: string\n"


def test_another_format_is_refused() -> None:
    """A format that is neither YAML nor JSON is named in the error, with the choices."""
    with pytest.raises(ValueError, match="unknown format 'xml': choose yaml or json"):
        openapi.render(CONTRACT, "xml")  # type: ignore[arg-type]
