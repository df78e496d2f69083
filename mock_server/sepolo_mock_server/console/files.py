"""The files of the console and of the reference with their media types, and what both read of the contracts.

The pages are plain HTML, CSS and ES modules under `static/` and `reference/`. Nothing here handles a request.
"""

from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any, NamedTuple

from sepolo_openapi.contract import Contract

MEDIA_TYPES = {
    ".html": b"text/html; charset=utf-8",
    ".css": b"text/css; charset=utf-8",
    ".js": b"text/javascript; charset=utf-8",
    ".txt": b"text/plain; charset=utf-8",
}
INDEX = "index.html"
_COMPRESSED = ".gz"


class File(NamedTuple):
    """A file with its media type; `packed` tells that its content is compressed by gzip."""

    media_type: bytes
    content: bytes
    packed: bool = False


@cache
def of(folder: str) -> dict[str, File]:
    """Return the files of `static` or `reference` by their paths below it; that of the page is empty."""
    found = _below(files(__package__).joinpath(folder), "")
    return {"" if name == INDEX else name: value for name, value in found.items()}


def _below(folder: Traversable, prefix: str) -> dict[str, File]:
    found: dict[str, File] = {}
    for entry in folder.iterdir():
        if entry.is_dir():
            found |= _below(entry, f"{prefix}{entry.name}/")
            continue
        name = entry.name.removesuffix(_COMPRESSED)
        media_type = MEDIA_TYPES["." + name.rpartition(".")[2]]
        found[prefix + name] = File(media_type, entry.read_bytes(), packed=name != entry.name)
    return found


def documents(public: Contract, management: Contract) -> dict[str, dict[str, Any]]:
    """Return the documents of the reference by their paths below it.

    They name no server, which means the one that they are read from: the page calls no other one.
    """
    contracts = {"public.json": public, "management.json": management}
    return {
        name: {key: value for key, value in contract.document.items() if key != "servers"}
        for name, contract in contracts.items()
    }


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
