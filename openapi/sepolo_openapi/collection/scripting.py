"""The scripts of the collection: `scripts/before.js` and `after.js` behind an adapter for one tool, with the facts."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Literal

from sepolo_openapi.collection.requests import Folder

When = Literal["before", "after"]

_FOLDER = Path(__file__).with_name("scripts")
_BEFORE = frozenset({"needs", "writes"})
"""Facts that are used before a request; all others are used after it."""


def script(tool: str, folders: Iterable[Folder], when: When) -> str:
    """Return the script that a tool runs before or after each request."""
    requests = [request for folder in folders for request in folder.requests]
    table = "".join(
        f"  {json.dumps(request.name)}: {json.dumps(_facts(request.facts, when))},\n" for request in requests
    )
    return "\n".join((f"const REQUESTS = {{\n{table}}};\n", _read(tool), _read(when)))


def _facts(facts: dict[str, object], when: When) -> dict[str, object]:
    return {name: fact for name, fact in facts.items() if (name in _BEFORE) == (when == "before")}


def _read(name: str) -> str:
    return (_FOLDER / f"{name}.js").read_text(encoding="utf-8")
