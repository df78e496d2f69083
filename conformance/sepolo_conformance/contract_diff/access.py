"""Compares how clients reach and are admitted to an API: servers, security schemes and scopes."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from sepolo_conformance.contract_diff.change import Change
from sepolo_conformance.contract_diff.document import Node
from sepolo_conformance.contract_diff.rules import by_rule

Alternative = Mapping[str, frozenset[str]]
"""Scopes by security scheme, all of which a request needs. Schemes are named by what clients send."""

_SCOPES = "x-sepolo-scopes"


# Security


def security_changes(old: tuple[Node, Node], new: tuple[Node, Node]) -> Iterator[Change]:
    """Yield the changes of the security of an operation, given with the root of its document."""
    before, after = _alternatives(*old), _alternatives(*new)
    refused = [one for one in before if not any(_admits(other, one) for other in after)]
    admitted = [one for one in after if not any(_admits(other, one) for other in before)]
    for one in refused:
        same = next((other for other in after if other.keys() <= one.keys()), None)
        if same is None:
            yield by_rule("security-scheme-removed", _in_words(one))
        else:
            for scope in sorted(_scopes(same) - _scopes(one)):
                yield by_rule("scope-needed", f"needs the scope {scope}")
    for one in admitted:
        same = next((other for other in before if one.keys() == other.keys()), None)
        if same is None:
            yield by_rule("security-scheme-added", _in_words(one))
        else:
            for scope in sorted(_scopes(same) - _scopes(one)):
                yield by_rule("scope-dropped", f"no longer needs the scope {scope}")


def _admits(requirement: Alternative, sent: Alternative) -> bool:
    """Whether a request that meets the one requirement, and no more, meets another one."""
    return all(scheme in sent and scopes <= sent[scheme] for scheme, scopes in requirement.items())


def _scopes(alternative: Alternative) -> frozenset[str]:
    return frozenset().union(*alternative.values())


def _alternatives(root: Node, operation: Node) -> list[Alternative]:
    """Return what an operation accepts, [{}] if it needs nothing."""
    source = operation if operation.has("security") else root
    names = schemes(root)
    # 3.0 has scopes for OAuth 2 only, so that the scopes of the twin stand beside the security requirement.
    beside = frozenset(operation.texts(_SCOPES)) if operation.has(_SCOPES) else frozenset()
    found: list[Alternative] = []
    for each in source.elements("security"):
        alternative = each.object()
        needed: dict[str, frozenset[str]] = {}
        for name in alternative.value:
            if name not in names:
                raise alternative.error(f"there is no security scheme {name}")
            needed[names[name]] = frozenset(alternative.texts(name)) | beside
        found.append(needed)
    return found or [{}]


def schemes(root: Node) -> dict[str, str]:
    """Return what clients send, by the name of each security scheme of a document."""
    components = root.get("components")
    raw = {} if components is None else components.items("securitySchemes")
    return {name: _scheme(node.object()) for name, node in raw.items()}


def _scheme(scheme: Node) -> str:
    kind = scheme.text("type")
    if kind == "apiKey":
        name = scheme.text("name")
        place = scheme.text("in")
        return f"key in the {place} {name.lower() if place == 'header' else name}"
    if kind == "http":
        return f"HTTP {scheme.text('scheme').lower()}"
    rest = {key: scheme.plain(key) for key in ("flows", "openIdConnectUrl") if scheme.has(key)}
    return f"{kind} {json.dumps(rest, sort_keys=True, default=str)}" if rest else kind


def _in_words(alternative: Alternative) -> str:
    parts = [
        f"{scheme} with {', '.join(sorted(scopes))}" if scopes else scheme for scheme, scopes in alternative.items()
    ]
    return " and ".join(parts) or "without a key"


def scope_list_changes(old: Node, new: Node) -> Iterator[Change]:
    """Yield the changes of the scopes that keys can be granted."""
    before, after = _listed_scopes(old), _listed_scopes(new)
    for scope in [*before, *(scope for scope in after if scope not in before)]:
        if scope not in after:
            yield by_rule("scope-withdrawn", scope)
        elif scope not in before:
            yield by_rule("scope-introduced", scope)
        elif before[scope] != after[scope]:
            yield by_rule("text-changed", f"the description of the scope {scope} changed")


def _listed_scopes(root: Node) -> dict[str, Any]:
    return {name: node.value for name, node in root.items(_SCOPES).items()}


def scheme_text_changes(old: Node, new: Node) -> Iterator[Change]:
    """Yield the changed texts of the security schemes that both documents have."""
    before, after = _texts_of_schemes(old), _texts_of_schemes(new)
    for scheme in before.keys() & after.keys():
        if before[scheme] != after[scheme]:
            yield by_rule("text-changed", f"the description of the security scheme {scheme} changed")


def _texts_of_schemes(root: Node) -> dict[str, Any]:
    components = root.get("components")
    raw = {} if components is None else components.items("securitySchemes")
    binding = {"type", "in", "name", "scheme", "flows", "openIdConnectUrl"}
    found = {name: node.object() for name, node in raw.items()}
    return {
        _scheme(node): {key: node.plain(key) for key in node.value if key not in binding} for node in found.values()
    }


# Servers


def base_path(root: Node) -> str:
    """Return the path that all servers of a document have in common, "" if they differ."""
    paths = {_PATH_OF_URL.sub("", url).rstrip("/") for url in _servers(root)}
    return paths.pop() if len(paths) == 1 else ""


_PATH_OF_URL = re.compile(r"^[^/]*//[^/]*")


def _servers(root: Node) -> dict[str, Node | None]:
    return {each.object().text("url"): each.object() for each in root.elements("servers")} or {"/": None}


def server_changes(old: Node, new: Node) -> Iterator[Change]:
    """Yield the changes of the servers. A path that all have in common counts as a part of the operations' paths."""
    before, after = _by_origin(old), _by_origin(new)
    for url in [*before, *(url for url in after if url not in before)]:
        if url not in after:
            yield by_rule("server-removed", url or "/")
        elif url not in before:
            yield by_rule("server-added", url or "/")
        elif (first := before[url]) is not None and (second := after[url]) is not None:
            yield from _variables(url, first, second)
            if first.plain("description") != second.plain("description"):
                yield by_rule("text-changed", f"the description of the server {url} changed")
    kept = [url for url in after if url in before]
    if kept != [url for url in before if url in after]:
        yield by_rule("server-order-changed", ", ".join(after))


def _by_origin(root: Node) -> dict[str, Node | None]:
    shared = base_path(root)
    return {url.rstrip("/").removesuffix(shared): node for url, node in _servers(root).items()}


def _variables(url: str, old: Node, new: Node) -> Iterator[Change]:
    before, after = old.items("variables"), new.items("variables")
    for name in before.keys() & after.keys():
        first, second = before[name].object(), after[name].object()
        values, others = set(first.texts("enum")), set(second.texts("enum"))
        if (others and not values) or (others and values - others):
            yield by_rule("server-variable-narrowed", f"{url}: {name} {_shown(values)} → {_shown(others)}")
        if (values and not others) or (values and others - values):
            yield by_rule("server-variable-widened", f"{url}: {name} {_shown(values)} → {_shown(others)}")
        default, other = first.text("default"), second.text("default")
        if default != other:
            yield by_rule("server-variable-default-changed", f"{url}: {name} {default} → {other}")
        if first.plain("description") != second.plain("description"):
            yield by_rule("text-changed", f"the description of the server variable {name} changed")


def _shown(values: set[str]) -> str:
    return ", ".join(sorted(values)) or "any"
