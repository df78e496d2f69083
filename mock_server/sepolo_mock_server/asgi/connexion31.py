"""Registers an OpenAPI 3.1 document with Connexion 3.3, which supports 2.0 and 3.0 only.

Connexion has no meta-schema of 3.1, so its `add_api` rejects such a document. `add_api` here uses classes of Connexion
that can be imported but are not documented. Its test calls them, and `pyproject.toml` pins the minor version.
"""

from typing import Any

from connexion.apps.abstract import AbstractApp
from connexion.middleware.main import API
from connexion.spec import OpenAPISpecification


class Contract31(OpenAPISpecification):
    """A 3.1 document. The project's tests validate it, so it is not validated at every start."""

    @classmethod
    def _validate_spec(cls, spec: dict[str, Any]) -> None:
        if not str(spec.get("openapi", "")).startswith("3.1."):
            raise ValueError("the contract must be an OpenAPI 3.1 document")


def add_api(app: AbstractApp, document: dict[str, Any]) -> None:
    """Register a 3.1 document with a Connexion app, as the app's own `add_api` does for 3.0."""
    middleware = app.middleware
    specification = Contract31(document)  # type: ignore[no-untyped-call]
    middleware.apis.append(API(specification, base_path=None, name=None, **vars(middleware.options)))
