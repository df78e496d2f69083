"""Renders an OpenAPI document as YAML or JSON text, with its keys in their own order. No file is read or written."""

import json
from collections.abc import Mapping
from functools import cache
from typing import Any, Literal

Format = Literal["yaml", "json"]


def render(document: Mapping[str, Any], format: Format) -> str:  # noqa: A002 - the name of the command-line option
    """Return the document as text that ends in a newline; raise ValueError for an unknown format."""
    if format == "json":
        return json.dumps(document, indent=2, ensure_ascii=False) + "\n"
    if format == "yaml":
        import yaml  # noqa: PLC0415 - slow to import, and most importers of this package never render

        return yaml.dump(document, Dumper=_dumper(), sort_keys=False, allow_unicode=True, width=110)
    raise ValueError(f"unknown format {format!r}: choose yaml or json")


@cache
def _dumper() -> Any:
    """Return a YAML dumper that writes text with newlines as blocks, and shared parts out each time."""
    import yaml  # noqa: PLC0415 - see render()

    class Dumper(yaml.CSafeDumper):
        def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002 - the name is PyYAML's
            """Some OpenAPI tools do not follow YAML aliases."""
            return True

    def represent_text(dumper: Dumper, text: str) -> yaml.ScalarNode:
        style = "|" if "\n" in text else None
        return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)

    Dumper.add_representer(str, represent_text)
    return Dumper
