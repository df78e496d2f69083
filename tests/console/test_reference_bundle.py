"""The renderer of the reference page is the pinned version of the npm package `swagger-ui-dist`, byte by byte.

For another version, set it in package.json, run `npm install`, and then, from the project's folder,
`python -m tests.console.test_reference_bundle write`.
"""

import base64
import gzip
import hashlib
import json
import re
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "node_modules" / "swagger-ui-dist"
PAGE = ROOT / "mock_server" / "sepolo_mock_server" / "console" / "reference"
COMPRESSED = ("swagger-ui-bundle.js", "swagger-ui.css")
LICENCES = {"LICENSE": "LICENSE.txt", "NOTICE": "NOTICE.txt", "swagger-ui-bundle.js.LICENSE.txt": None}
"""Files of the package, with their names here if these differ."""


def version() -> str:
    """Return the version that package.json pins."""
    pinned = json.loads((ROOT / "package.json").read_text(encoding="utf-8"))["devDependencies"]
    return str(pinned["swagger-ui-dist"])


def folder() -> Path:
    return PAGE / f"swagger-ui-{version()}"


def expected() -> dict[str, bytes]:
    """Return the content of each file of the folder, uncompressed, by its name there."""
    files = {f"{name}.gz": (PACKAGE / name).read_bytes() for name in COMPRESSED}
    return files | {renamed or name: (PACKAGE / name).read_bytes() for name, renamed in LICENCES.items()}


def content(path: Path) -> bytes:
    return gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()


def integrity(body: bytes) -> str:
    """Return the checksum that the page gives the browser."""
    return "sha384-" + base64.b64encode(hashlib.sha384(body).digest()).decode()


def test_the_page_names_the_pinned_files_with_their_checksums() -> None:
    """Page, folder and package.json agree on the version, and a browser refuses a bundle with another checksum."""
    shipped = {path.name: content(path) for path in folder().iterdir()}
    assert sorted(path.name for path in PAGE.iterdir() if path.is_dir()) == [folder().name]
    named = dict(re.findall(r'"(swagger-ui-[^"]+)" integrity="([^"]+)"', (PAGE / "index.html").read_text("utf-8")))
    assert named == {f"{folder().name}/{name}": integrity(shipped[f"{name}.gz"]) for name in COMPRESSED}


def test_the_files_are_those_of_the_package() -> None:
    """The bundle, its style and the licences are unchanged."""
    if not PACKAGE.exists():
        pytest.skip("swagger-ui-dist is not installed: npm ci")
    assert json.loads((PACKAGE / "package.json").read_text(encoding="utf-8"))["version"] == version()
    shipped = {path.name: content(path) for path in folder().iterdir()}
    assert {name: integrity(body) for name, body in shipped.items()} == {
        name: integrity(body) for name, body in expected().items()
    }


def write() -> None:
    """Replace the files by those of the installed package, and the checksums of the page."""
    for old in PAGE.glob("swagger-ui-*/*"):
        old.unlink()
    for old in PAGE.glob("swagger-ui-*"):
        old.rmdir()
    folder().mkdir()
    page = (PAGE / "index.html").read_text(encoding="utf-8")
    for name, body in expected().items():
        # Without a time stamp, so that equal contents give equal files.
        (folder() / name).write_bytes(gzip.compress(body, mtime=0) if name.endswith(".gz") else body)
        page = re.sub(
            rf'"swagger-ui-[^/"]+/{re.escape(name.removesuffix(".gz"))}" integrity="[^"]*"',
            f'"{folder().name}/{name.removesuffix(".gz")}" integrity="{integrity(body)}"',
            page,
        )
    (PAGE / "index.html").write_text(page, encoding="utf-8")


if __name__ == "__main__":
    if sys.argv[1:] != ["write"]:
        sys.exit("usage: python -m tests.console.test_reference_bundle write")
    write()
