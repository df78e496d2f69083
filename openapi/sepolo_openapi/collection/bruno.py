"""The collection in the format of Bruno: a folder of `.bru` files, which its command line runs."""

import json
from collections.abc import Iterable
from textwrap import indent

from sepolo_openapi.collection.requests import UNKNOWN_KEY, Folder, Request, Value
from sepolo_openapi.collection.scripting import script
from sepolo_openapi.collection.variables import SHARED, Environment
from sepolo_openapi.contract import Contract


def files(contract: Contract, folders: tuple[Folder, ...], environments: tuple[Environment, ...]) -> dict[str, str]:
    """Return the files of the collection by their paths in its folder."""
    header = contract.at("/components/securitySchemes/ApiKeyHeader")["name"]
    name = contract.document["info"]["title"]
    made = {
        "bruno.json": json.dumps({"version": "1", "name": name, "type": "collection"}, indent=2) + "\n",
        "collection.bru": _collection(header, folders),
        **{f"environments/{one.name}.bru": _environment(one) for one in environments},
    }
    for place, folder in enumerate(folders, 1):
        made[f"{folder.id}/folder.bru"] = _blocks(
            _table("meta", {"name": folder.name, "seq": place}), "auth {\n  mode: inherit\n}", _docs(folder.description)
        )
        for number, request in enumerate(folder.requests, 1):
            made[f"{folder.id}/{request.id}.bru"] = _request(request, number, header)
    return made


def _blocks(*blocks: str) -> str:
    return "\n\n".join(block for block in blocks if block) + "\n"


def _table(name: str, values: dict[str, str | int]) -> str:
    # An empty value has no space after its colon.
    lines = "\n".join(f"  {key}: {value}".rstrip() for key, value in values.items())
    return f"{name} {{\n{lines}\n}}"


def _text(name: str, text: str) -> str:
    return f"{name} {{\n{indent(text.rstrip(), '  ')}\n}}"


def _docs(description: str) -> str:
    return _text("docs", description)


def _collection(header: str, folders: Iterable[Folder]) -> str:
    return _blocks(
        _table("auth", {"mode": "apikey"}),
        _table("auth:apikey", {"key": header, "value": "{{apiKey}}", "placement": "header"}),
        _table("vars:pre-request", dict(SHARED)),
        _text("script:pre-request", script("bruno", folders, "before")),
        _text("tests", script("bruno", folders, "after")),
    )


def _environment(environment: Environment) -> str:
    secret = "vars:secret [\n  apiKey\n]" if environment.secret else ""
    shown = {name: value for name, value in environment.variables.items() if not (secret and name == "apiKey")}
    return _blocks(_table("vars", dict(shown)), secret)


def _request(request: Request, number: int, header: str) -> str:
    query = "&".join(f"{one.name}={one.value}" for one in request.query if one.enabled)
    path = request.path.replace("{", ":").replace("}", "")
    own = {"collection": "inherit", "none": "none", "unknown": "apikey"}[request.authentication]
    call = {
        "url": "{{baseUrl}}" + path + ("?" + query if query else ""),
        "body": "none" if request.body is None else "json",
        "auth": own,
    }
    return _blocks(
        _table("meta", {"name": request.name, "type": "http", "seq": number}),
        _table(request.method.lower(), dict(call)),
        _values("params:query", request.query),
        _values("params:path", request.ids),
        _values("headers", request.headers),
        _table("auth:apikey", {"key": header, "value": UNKNOWN_KEY, "placement": "header"}) if own == "apikey" else "",
        "" if request.body is None else _text("body:json", json.dumps(request.body, indent=2)),
        _docs(request.description),
    )


def _values(name: str, values: tuple[Value, ...]) -> str:
    return _table(name, {("" if one.enabled else "~") + one.name: one.value for one in values}) if values else ""
