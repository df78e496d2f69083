"""The walls between the rooms, and the size of what lives in them."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
MAY_IMPORT = {
    "openapi": set(),
    "fixtures": set(),
    "mock_server": {"openapi", "fixtures"},
    "conformance": {"openapi"},
}


def imported(path: Path) -> Iterator[str]:
    """Top-level names a module imports, wherever in it the import stands."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.partition(".")[0]


@pytest.mark.parametrize("room", sorted(MAY_IMPORT))
def test_rooms_import_one_way(room: str) -> None:
    """A room imports only the rooms that the design lets it see."""
    forbidden = MAY_IMPORT.keys() - MAY_IMPORT[room] - {room}
    seen = {
        f"{path.relative_to(ROOT)} imports {name}"
        for path in (ROOT / room).rglob("*.py")
        for name in imported(path)
        if name in forbidden
    }
    assert seen == set()


@pytest.mark.parametrize("room", sorted(MAY_IMPORT))
def test_no_relative_imports(room: str) -> None:
    """Imports name their room, so that a reader (and the wall above) sees where a thing comes from."""
    relative = [
        str(path.relative_to(ROOT))
        for path in (ROOT / room).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom) and node.level
    ]
    assert relative == []
