"""The size of the files, and how benchmarks import. import-linter checks directions, ruff relative imports."""

import re
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


def test_benchmarks_run_from_any_folder() -> None:
    """A benchmark that imports modules of the repository adds its root to the path before."""
    own = re.compile(r"^(?:from|import) (?:bench|tests)\b", re.MULTILINE)
    wrong = []
    for path in sorted((ROOT / "bench").glob("*.py")):
        text = path.read_text(encoding="utf-8")
        found = own.search(text)
        if found is not None and "\nsys.path.insert(0, " not in text[: found.start()]:
            wrong.append(path.name)
    assert wrong == []
