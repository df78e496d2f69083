"""The connection of a request, as the inside of the application sees it: an extension of the ASGI scope."""

from collections.abc import Mapping
from typing import Any, Protocol

CONNECTION = "sepolo.connection"
"""Key of the scope's extensions; a scope without a server has none."""


class Connection(Protocol):
    """What the server offers beyond ASGI."""

    ending: bool
    """Whether the server ends, so that a response without an end must end."""

    def cut(self) -> None:
        """Close the connection after what was sent, and leave its requests without a response."""


def of(scope: Mapping[str, Any]) -> Connection | None:
    """Return the connection of a request."""
    found: Connection | None = scope.get("extensions", {}).get(CONNECTION)
    return found
