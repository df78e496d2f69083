"""What a sandbox tells without a key: `/` lists its addresses, `/openapi.json` and `/openapi.yaml` are its contract.

The documents name the sandbox by the address that the request was sent to, so that a tool which read them calls it.
They are the form for generators: clients that are made from them get no 304.
"""

from collections.abc import Mapping
from functools import lru_cache
from html import escape
from types import MappingProxyType

import orjson
from starlette.types import ASGIApp, Receive, Scope, Send
from werkzeug.datastructures import MIMEAccept
from werkzeug.http import parse_accept_header

from sepolo_mock_server.asgi import responses
from sepolo_mock_server.asgi.recorder import Header
from sepolo_mock_server.asgi.responses import Prepared
from sepolo_mock_server.errors import messages
from sepolo_mock_server.rules import query_strings
from sepolo_openapi import reader
from sepolo_openapi.downgrade import downgrade
from sepolo_openapi.render import Format, render
from sepolo_openapi.variants import for_generators, served_from

Routes = Mapping[str, ASGIApp]

INDEX = "/"
_CONTRACT_FORMATS: Mapping[str, Format] = MappingProxyType({"/openapi.json": "json", "/openapi.yaml": "yaml"})
_MEDIA_TYPES: Mapping[Format, bytes] = MappingProxyType({"json": responses.JSON, "yaml": b"application/yaml"})
_HTML = b"text/html; charset=utf-8"
_VERSIONS = ("3.1", "3.0")

_ADDRESSES = (
    ("console", "/console/", "Requests, organisations, keys, clocks and faults of this sandbox"),
    ("reference", "/reference/", "Every operation, with a form to try it"),
    ("contract", "/openapi.json", "The contract in OpenAPI 3.1; also /openapi.yaml, and ?version=3.0"),
    ("health", "/healthz", "200 as long as the process responds"),
    ("ready", "/readyz", "503 while the state cannot be read and written"),
)
"""Name, path and purpose of what `/` lists, if the application serves it."""
_API = ("api", "/api/v1/me", "Who your key is; every call of the API needs one")

_PAGE = """<!DOCTYPE html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Sepolo sandbox</title>
<h1>Sepolo sandbox</h1>
<dl>
{entries}
</dl>
</html>
"""
_NO_SCRIPTS: Header = (b"content-security-policy", b"default-src 'none'")


def routes(others: Routes) -> dict[str, ASGIApp]:
    """Return the applications of this module by path; `/` lists those of `others` that are there when it is called."""

    async def index(scope: Scope, _receive: Receive, send: Send) -> None:
        await responses.respond_to_read(scope, send, lambda: _index(scope, others))

    async def document(scope: Scope, _receive: Receive, send: Send) -> None:
        await responses.respond_to_read(scope, send, lambda: _document(scope))

    return {INDEX: index, **dict.fromkeys(_CONTRACT_FORMATS, document)}


def _index(scope: Scope, others: Routes) -> Prepared:
    """The addresses of the sandbox, in HTML if the client prefers it to JSON."""
    shown = [entry for entry in _ADDRESSES if entry[1] in others] + [_API]
    accept = parse_accept_header(dict(scope["headers"]).get(b"accept", b"").decode("latin-1"), MIMEAccept)
    varies = (b"vary", b"accept")
    if accept.best_match(("application/json", "text/html")) == "text/html":
        entries = "\n".join(f'<dt><a href="{escape(path)}">{path}</a><dd>{escape(text)}.' for _, path, text in shown)
        page = _PAGE.format(entries=entries).encode()
        return Prepared(200, page, responses.PRIVATE, (varies, _NO_SCRIPTS), content_type=_HTML)
    base = base_url(scope)
    body = orjson.dumps({"name": "Sepolo sandbox", **{name: base + path for name, path, _ in shown}})
    return Prepared(200, body, responses.PRIVATE, (varies,))


def _document(scope: Scope) -> Prepared:
    """The contract, in the version of OpenAPI that the query asks for; raise ApiError 400 for another one."""
    values, details = query_strings.parameters(scope["query_string"])
    if details:
        raise messages.invalid(details)
    given = values.pop("version", [_VERSIONS[0]])
    if len(given) > 1:
        raise messages.invalid_one("version", messages.repeated(len(given)))
    if given[0] not in _VERSIONS:
        raise messages.invalid_one("version", messages.not_openapi_version(_VERSIONS, given[0]))
    form = _CONTRACT_FORMATS[scope["path"]]
    body = _rendered(form, given[0], base_url(scope))
    warnings = [(b"x-sandbox-warning", query_strings.warning(list(values), "parameter").encode())] if values else []
    return Prepared(200, body, responses.PRIVATE, warnings, content_type=_MEDIA_TYPES[form])


@lru_cache(maxsize=16)
def _rendered(form: Format, version: str, base: str) -> bytes:
    document = served_from(for_generators(reader.load().document), base)
    return render(downgrade(document) if version == "3.0" else document, form).encode()


def base_url(scope: Scope) -> str:
    """Return the URL that the client reached the sandbox at: that of its `Host`, which is a proxy's behind a proxy."""
    host = dict(scope["headers"]).get(b"host")
    name = host.decode("latin-1") if host else ":".join(map(str, scope["server"]))
    return f"{scope['scheme']}://{name}"
