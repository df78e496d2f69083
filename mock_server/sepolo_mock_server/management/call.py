"""The input and output of a handler: a call that has passed every rule, and an answer in return."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from starlette.types import ASGIApp, Scope

from sepolo_mock_server.management.live import LiveOrganization
from sepolo_mock_server.management.service import Caller, Management
from sepolo_openapi.contract import Operation


@dataclass(frozen=True, slots=True)
class Call:
    """A request that has passed every rule. Path, query and body are converted, and have their defaults."""

    management: Management
    operation: Operation
    caller: Caller
    path: Mapping[str, Any]
    query: Mapping[str, Any]
    body: Mapping[str, Any]
    scope: Scope
    found: LiveOrganization | None = None
    """The organisation of the path, which the caller reaches."""

    @property
    def organization(self) -> LiveOrganization:
        """The organisation of the path, in operations whose path has one."""
        assert self.found is not None  # noqa: S101 - the document's path
        return self.found


@dataclass(frozen=True, slots=True)
class Answer:
    """The JSON value of a successful response, and headers of its own."""

    value: Mapping[str, Any]
    headers: tuple[tuple[bytes, bytes], ...] = ()


Handler = Callable[[Call], Awaitable[Answer | ASGIApp]]
"""Returns an answer, or an ASGI application that sends the response."""
