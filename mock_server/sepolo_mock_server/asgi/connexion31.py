"""The doors through which Connexion 3.3 accepts an OpenAPI 3.1 document.

Connexion bundles the meta-schemas of 2.0 and 3.0 only, so `add_api` refuses 3.1. `admit` is the one place
that uses what Connexion leaves importable but doesn't document; its test pins it, as the version is pinned
in `pyproject.toml`.
"""

from collections.abc import Callable
from typing import Any

from connexion.apps.abstract import AbstractApp
from connexion.middleware.main import API
from connexion.resolver import Resolver
from connexion.spec import OpenAPISpecification


class Contract31(OpenAPISpecification):
    """A 3.1 document that was validated before: by the project's tests, not at every start."""

    @classmethod
    def _validate_spec(cls, spec: dict[str, Any]) -> None:
        if not str(spec.get("openapi", "")).startswith("3.1."):
            raise ValueError("the contract must be an OpenAPI 3.1 document")


class TableResolver(Resolver):
    """Resolves operations from a table of handlers by operationId."""

    def __init__(self, handler_of: Callable[[str], Callable[..., Any]]) -> None:
        super().__init__(handler_of)


def admit(app: AbstractApp, document: dict[str, Any]) -> None:
    """Register a 3.1 document with a Connexion app, as `add_api` does for 3.0."""
    middleware = app.middleware
    specification = Contract31(document)  # type: ignore[no-untyped-call]
    middleware.apis.append(API(specification, base_path=None, name=None, **vars(middleware.options)))
