"""The collection in the format of Postman (version 2.1), which newman runs, and its environments."""

import json
from collections.abc import Iterable
from http import HTTPStatus
from typing import Any

from sepolo_openapi.collection.requests import UNKNOWN_KEY, Folder, Request, Saved, Value
from sepolo_openapi.collection.scripting import When, script
from sepolo_openapi.collection.variables import SHARED, Environment
from sepolo_openapi.contract import Contract

_SCHEMA = "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"
_DESCRIPTION = """Every operation of the API. Import the environments too, choose one, and set its `apiKey`.

Run the collection to read all lists to their end and to test authentication, scopes, date filters and errors. A list
that is sent by hand returns its first page; send it again for the next one. Nothing is written unless the variable
`allowWrites` is `true`."""


def files(contract: Contract, folders: tuple[Folder, ...], environments: tuple[Environment, ...]) -> dict[str, str]:
    """Return the collection and the environments by file name."""
    header = contract.at("/components/securitySchemes/ApiKeyHeader")["name"]
    collection = {
        "info": {
            "name": contract.document["info"]["title"],
            "description": _DESCRIPTION,
            "version": contract.version,
            "schema": _SCHEMA,
        },
        "auth": _auth(header, "{{apiKey}}"),
        "variable": [{"key": name, "value": value} for name, value in SHARED.items()],
        "event": [_event("prerequest", folders, "before"), _event("test", folders, "after")],
        "item": [
            {
                "name": folder.name,
                "description": folder.description,
                "item": [_item(request, header) for request in folder.requests],
            }
            for folder in folders
        ],
    }
    return {
        "sepolo.postman_collection.json": _text(collection),
        **{f"{one.name}.postman_environment.json": _text(_environment(one)) for one in environments},
    }


def _text(value: Any) -> str:
    # One space keeps the file small and its changes readable.
    return json.dumps(value, indent=1, ensure_ascii=False) + "\n"


def _environment(environment: Environment) -> dict[str, Any]:
    kinds = {"apiKey": "secret"} if environment.secret else {}
    values = [
        {"key": name, "value": value, "type": kinds.get(name, "default"), "enabled": True}
        for name, value in environment.variables.items()
    ]
    return {"name": f"Sepolo {environment.name}", "values": values, "_postman_variable_scope": "environment"}


def _auth(header: str, key: str) -> dict[str, Any]:
    values = {"key": header, "value": key, "in": "header"}
    return {"type": "apikey", "apikey": [{"key": name, "value": value} for name, value in values.items()]}


def _event(listen: str, folders: Iterable[Folder], when: When) -> dict[str, Any]:
    lines = script("postman", folders, when).splitlines()
    return {"listen": listen, "script": {"type": "text/javascript", "exec": lines}}


def _item(request: Request, header: str) -> dict[str, Any]:
    saved = [_saved(one, request) for one in request.saved]
    return {"name": request.name, "request": _request(request, header), "response": saved}


def _request(request: Request, header: str) -> dict[str, Any]:
    made: dict[str, Any] = {"method": request.method, "header": [_value(one) for one in request.headers]}
    if request.authentication == "none":
        made["auth"] = {"type": "noauth"}
    elif request.authentication == "unknown":
        made["auth"] = _auth(header, UNKNOWN_KEY)
    if request.body is not None:
        raw = json.dumps(request.body, indent=2)
        made["body"] = {"mode": "raw", "raw": raw, "options": {"raw": {"language": "json"}}}
    return {**made, "url": _url(request), "description": request.description}


def _url(request: Request) -> dict[str, Any]:
    path = request.path.replace("{", ":").replace("}", "")
    query = "&".join(f"{one.name}={one.value}" for one in request.query if one.enabled)
    url: dict[str, Any] = {
        "raw": "{{baseUrl}}" + path + ("?" + query if query else ""),
        "host": ["{{baseUrl}}"],
        "path": path.strip("/").split("/"),
    }
    if request.query:
        url["query"] = [_value(one) for one in request.query]
    if request.ids:
        url["variable"] = [_value(one) for one in request.ids]
    return url


def _value(value: Value) -> dict[str, Any]:
    made: dict[str, Any] = {"key": value.name, "value": value.value, "description": value.description}
    return made if value.enabled else {**made, "disabled": True}


def _saved(saved: Saved, request: Request) -> dict[str, Any]:
    phrase = HTTPStatus(saved.status).phrase
    made: dict[str, Any] = {
        "name": f"{saved.status} {phrase}",
        "originalRequest": {"method": request.method, "url": _url(request)["raw"]},
        "status": phrase,
        "code": saved.status,
    }
    if saved.body is None:
        return made
    return {
        **made,
        "_postman_previewlanguage": "json",
        "header": [{"key": "Content-Type", "value": "application/json"}],
        "body": json.dumps(saved.body, ensure_ascii=False, separators=(",", ":")),
    }
