"""Registration of an OpenAPI 3.1 document with Connexion, which relies on the pinned minor version."""

import importlib.metadata
from typing import Any

import pytest
from connexion.middleware.main import API

from sepolo_mock_server.asgi.connexion31 import Contract31
from sepolo_openapi import reader


def test_version_is_pinned() -> None:
    """`connexion31` was tried with this minor version of Connexion."""
    assert importlib.metadata.version("connexion").startswith("3.3.")


def test_document_is_registered(client: Any) -> None:
    """The document is one of the app's APIs, and Connexion finds all of its operations."""
    apis = client.app.middleware.apis
    assert [type(api) for api in apis] == [API]
    assert isinstance(apis[0].specification, Contract31)
    client.get("/healthz")  # builds the middleware
    assert client.app.middleware.app is not None
    operations = client.app._middleware_app.apis[""][0].operations
    assert set(operations) == set(reader.load().operations)


def test_other_versions_are_rejected() -> None:
    """Only 3.1 documents are accepted."""
    with pytest.raises(ValueError, match=r"OpenAPI 3\.1"):
        Contract31({"openapi": "3.0.3"})  # type: ignore[no-untyped-call]
    assert Contract31({"openapi": "3.1.1", "paths": {}}).version == (3, 1, 1)  # type: ignore[no-untyped-call]
