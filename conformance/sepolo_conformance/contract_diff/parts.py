"""Compares keys without a rule of their own, so that no change of a document goes unreported."""

from collections.abc import Iterator

from sepolo_conformance.contract_diff.change import Change
from sepolo_conformance.contract_diff.document import Node
from sepolo_conformance.contract_diff.extensions import extension_changes
from sepolo_conformance.contract_diff.rules import by_rule

_BINDING = frozenset({"callbacks", "webhooks", "encoding", "jsonSchemaDialect", "servers"})
"""Keys that clients depend on and that this program compares only as a whole."""


def other_keys(old: Node, new: Node, handled: frozenset[str]) -> Iterator[Change]:
    """Yield the changes of all keys of two objects that are not handled elsewhere."""
    for key in sorted({*map(str, old.value), *map(str, new.value)} - handled):
        before, after = old.plain(key), new.plain(key)
        if before == after:
            continue
        if key.startswith("x-"):
            yield from extension_changes(key, before, after)
        elif key in _BINDING:
            yield by_rule("part-changed", f"{key} changed")
        else:
            yield by_rule("text-changed", f"{key} changed")
