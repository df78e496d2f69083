"""The door through which Connexion takes a 3.1 document: pinned here, as its version is in pyproject.toml."""

import importlib.metadata
from typing import Any

import pytest
from connexion.middleware.main import API

from sepolo_mock_server.asgi import connexion31
from sepolo_mock_server.asgi.connexion31 import Contract31
from sepolo_openapi import reader


def test_version_is_pinned() -> None:
    """The door was tried on this minor version of Connexion; another one has to be tried again."""
    assert importlib.metadata.version("connexion").startswith("3.3.")


def test_admit(client: Any) -> None:
    """An admitted document becomes one of the app's APIs, whole, and Connexion finds all of its operations."""
    apis = client.app.middleware.apis
    assert [type(api) for api in apis] == [API]
    assert isinstance(apis[0].specification, Contract31)
    client.get("/healthz")
    found = client.app.middleware.app  # the built stack replaces the inner application
    assert found is not None
    endpoints = client.app._middleware_app.apis[""][0].operations
    assert set(endpoints) == set(reader.load().operations)


def test_other_versions_are_refused() -> None:
    """Only 3.1 goes through this door."""
    with pytest.raises(ValueError, match=r"OpenAPI 3\.1"):
        Contract31({"openapi": "3.0.3"})  # type: ignore[no-untyped-call]
    assert connexion31.Contract31({"openapi": "3.1.1", "paths": {}}).version == (3, 1, 1)  # type: ignore[no-untyped-call]
