"""The size of the files. Import directions are checked by import-linter, relative imports by ruff."""

from pathlib import Path

ROOT = Path(__file__).parents[1]
FOLDERS = ("openapi", "fixtures", "mock_server", "conformance", "tests", "bench", "docs")
LONGEST = 400


def test_no_file_is_long() -> None:
    """A Python file has at most 400 lines."""
    lines = {
        str(path.relative_to(ROOT)): len(path.read_text(encoding="utf-8").splitlines())
        for folder in FOLDERS
        for path in (ROOT / folder).rglob("*.py")
    }
    assert {name: count for name, count in lines.items() if count > LONGEST} == {}
