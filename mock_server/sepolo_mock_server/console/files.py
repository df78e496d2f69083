"""The files of the console as bytes with their media types, and what it reads of the contract.

The pages are plain HTML, CSS and ES modules under `static/`. Nothing here handles a request.
"""

from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

from sepolo_openapi.contract import Contract

MEDIA_TYPES = {
    ".html": b"text/html; charset=utf-8",
    ".css": b"text/css; charset=utf-8",
    ".js": b"text/javascript; charset=utf-8",
    ".svg": b"image/svg+xml",
}
INDEX = "index.html"


def static() -> dict[str, tuple[bytes, bytes]]:
    """Return media type and content of each file by its path below `/console/`; that of the page is empty."""
    found = _below(files(__package__).joinpath("static"), "")
    return {"" if name == INDEX else name: value for name, value in found.items()}


def _below(folder: Traversable, prefix: str) -> dict[str, tuple[bytes, bytes]]:
    found: dict[str, tuple[bytes, bytes]] = {}
    for entry in folder.iterdir():
        if entry.is_dir():
            found |= _below(entry, f"{prefix}{entry.name}/")
        else:
            found[prefix + entry.name] = MEDIA_TYPES["." + entry.name.rpartition(".")[2]], entry.read_bytes()
    return found


def operations(contract: Contract) -> dict[str, Any]:
    """Return the operations with their tags, and what each scope allows, in the order of the contract."""
    return {
        "scopes": dict(contract.document["x-sepolo-scopes"]),
        "operations": [
            {
                "operationId": one.operation_id,
                "method": one.method.upper(),
                "path": one.path,
                "summary": one.summary,
                "tag": one.tag,
                "scope": one.scope,
            }
            for one in contract.operations.values()
        ],
    }
