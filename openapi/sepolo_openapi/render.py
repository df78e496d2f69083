"""Renders an OpenAPI document as YAML or JSON text, with its keys in their own order. No file is read or written."""

import json
from collections.abc import Mapping
from typing import Any, Literal

import yaml

__all__ = ["Format", "render"]

Format = Literal["yaml", "json"]


def render(document: Mapping[str, Any], format: Format) -> str:  # noqa: A002 - the name of the command-line option
    """Return the document as text that ends in a newline; raise ValueError for an unknown format."""
    if format == "json":
        return json.dumps(document, indent=2, ensure_ascii=False) + "\n"
    if format == "yaml":
        return yaml.dump(document, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=110)
    raise ValueError(f"unknown format {format!r}: choose yaml or json")


class _Dumper(yaml.CSafeDumper):
    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002 - the name is PyYAML's
        """Write shared parts out each time: some OpenAPI tools do not follow YAML aliases."""
        return True


def _text(dumper: _Dumper, text: str) -> yaml.ScalarNode:
    style = "|" if "\n" in text else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _text)
