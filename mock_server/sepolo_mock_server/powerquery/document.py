"""Writes the Power Query file: one M expression, a function from the API key to a record of functions.

The text is laid out as Microsoft's formatter of M does it, and has the same bytes each time.
"""

from collections.abc import Iterable
from pathlib import Path
from string import Template
from urllib.parse import urlsplit

from sepolo_mock_server.errors import SettingsError
from sepolo_mock_server.errors.command_line import not_origin
from sepolo_mock_server.powerquery.functions import Function, columns, functions, statuses
from sepolo_openapi import Contract

WIDTH = 120
"""The longest line of the formatter."""

ATTEMPTS, LONGEST_WAIT_S, USUAL_WAIT_S = 10, 300, 5
"""How often, and how long, a request is repeated after 429 or 503; a day's quota is not waited for."""

_CORE = Path(__file__).with_name("core.pq.template")
"""What all functions share, in M with the places of a string.Template."""


def origin(url: str) -> str:
    """Return a base URL without /api/v1 and a slash at its end; raise SettingsError unless it is an HTTP URL."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise SettingsError(not_origin("--base-url", url)) from None
    rest = parts.path.rstrip("/").removesuffix("/api/v1")
    if parts.scheme not in ("http", "https") or not host or not url.isprintable() or " " in url:
        raise SettingsError(not_origin("--base-url", url))
    if rest or parts.query or parts.fragment or parts.username is not None:
        raise SettingsError(not_origin("--base-url", url))
    return f"{parts.scheme}://{parts.netloc}"


def document(contract: Contract, base_url: str) -> str:
    """Return the text of the file for the API at a base URL (without /api/v1 and a slash at its end)."""
    found = functions(contract)
    rows = list(dict.fromkeys(function.row for function in found))
    head = Template(_CORE.read_text(encoding="utf-8")).substitute(
        title=contract.document["info"]["title"],
        version=contract.version,
        base_url=_quoted(base_url),
        statuses=_list(map(str, statuses(contract))),
        usual_wait=USUAL_WAIT_S,
        attempts=ATTEMPTS,
        longest_wait=LONGEST_WAIT_S,
    )
    parts = [*(_columns(contract, row) for row in rows), *map(_function, found)]
    names = [function.name for function in found]
    return f"{head}{','.join(parts).lstrip(chr(10))}\n    in\n        {_record_of(names)}\n"


def _columns(contract: Contract, row: str) -> str:
    entries = [_list([_quoted(name), *([kind] if kind else [])]) for name, kind in columns(contract, row)]
    return f"\n        {_columns_name(row)} = {_block(entries, 8)}"


def _columns_name(row: str) -> str:
    return f"{row.removeprefix('PublicApi').removesuffix('Dto')}Columns"


def _function(function: Function) -> str:
    arguments = [f"{_capital(name)} as text" for name in function.ids]
    arguments += ["From as datetimezone, To as datetimezone"] if function.window else []
    arguments += ["optional Filters as nullable record"] if function.filters else []
    call = _block(
        [
            f"Filters = {_names(function.filters)}",
            f"Fixed = {'[pageSize = ' + _quoted(str(function.page_size)) + ']' if function.page_size else '[]'}",
            f"Window = {_names(function.window or ())}",
            f"MaxDays = {function.max_days or 'null'}",
            f"Identity = {_names(function.identity)}",
            f"Returns = {_quoted(function.returns)}",
            f"Columns = {_columns_name(function.row)}",
        ],
        16,
        "[]",
    )
    filters, ends = "Filters" if function.filters else "null", "{From, To}" if function.window else "{}"
    return (
        f"\n        // {function.summary}. Needs the scope {function.scope}.\n"
        f"        {_signature(function.name, ', '.join(arguments))}\n"
        f"            Rows(\n                {call},\n                {_path(function)},\n"
        f"                {filters},\n                {ends}\n            )"
    )


def _signature(name: str, arguments: str) -> str:
    line = f"{name} = ({arguments}) as table =>"
    # The formatter breaks the line if its arguments end behind the last column.
    fits = len(f"{name} = ({arguments}") + 8 <= WIDTH
    return line if fits else f"{name} = (\n            {arguments}\n        ) as table =>"


def _path(function: Function) -> str:
    """Return the path as an expression; ids are encoded."""
    path = _quoted(function.path)
    for name in function.ids:
        path = path.replace(f"{{{name}}}", f'" & Uri.EscapeDataString({_capital(name)}) & "')
    path = path.removesuffix(' & ""')
    return path if len(path) + 17 <= WIDTH else path.replace(" & ", f"\n{' ' * 20}& ")


def _block(entries: list[str], indent: int, brackets: str = "{}") -> str:
    opening, closing = brackets[0], brackets[1]
    lines = ",\n".join(f"{' ' * (indent + 4)}{entry}" for entry in entries)
    return f"{opening}\n{lines}\n{' ' * indent}{closing}"


def _record_of(names: list[str]) -> str:
    return _block([f"{name} = {name}" for name in names], 8, "[]")


def _names(names: Iterable[str]) -> str:
    return _list(map(_quoted, names))


def _list(items: Iterable[str]) -> str:
    return f"{{{', '.join(items)}}}"


def _capital(name: str) -> str:
    return name[:1].upper() + name[1:]


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'
