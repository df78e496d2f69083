"""A sandbox of this process with its management API. Every management response is validated by openapi-core."""

import asyncio
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from openapi_core import Config, OpenAPI
from openapi_core.datatypes import RequestParameters
from openapi_core.testing import MockResponse

from sepolo_mock_server import build
from sepolo_mock_server.settings import Settings
from sepolo_mock_server.state.worker_memory import WorkerMemory
from sepolo_openapi import reader
from tests.harness.in_process import MEMORY, Response, exchange, joined_headers

BASE = "/sandbox/v1"
OPERATOR = "operator-token-of-tests"
PROFILE_ORGANIZATION = "7f2d3f0a-7c51-42cf-a06d-2c2df5f0c20b"
FIRST_KEY = "sep_test_full_37cc33594f52266fc686"
"""The first key of the profile `demo`."""


class _Request:
    """The members of a request that openapi-core needs to find the operation."""

    parameters = RequestParameters()
    host_url = "http://127.0.0.1:8080"
    body = None
    content_type = "application/json"

    def __init__(self, method: str, path: str) -> None:
        self.method = method.lower()
        self.path = path


@cache
def _openapi() -> OpenAPI:
    config = Config(extra_media_type_deserializers={"text/event-stream": bytes.decode})
    return OpenAPI.from_dict(reader.load_management().document, config=config)


def validate(method: str, target: str, response: Response) -> None:
    """Raise AssertionError if the document does not describe the response for its operation and status."""
    media_type = response.headers.get("content-type", "")
    received = MockResponse(response.body, response.status, dict(response.headers), media_type)
    try:
        _openapi().validate_response(_Request(method, target.partition("?")[0]), received)
    except Exception as error:
        reason = getattr(error.__cause__, "schema_errors", error.__cause__) or error
        raise AssertionError(f"{method} {target} {response.status} {response.body[:300]!r}: {reason}") from error


@dataclass
class Managed:
    """A sandbox in this process, called through ASGI."""

    app: Any
    runner: asyncio.Runner

    def __call__(
        self,
        method: str,
        target: str,
        body: Any = None,
        *,
        token: str | None = OPERATOR,
        key: str | None = None,
        headers: Iterable[tuple[str, str]] = (),
    ) -> Response:
        """Send one request; a path that begins with neither API is one of the management API."""
        raw = [(name.lower().encode(), value.encode("latin-1")) for name, value in headers]
        if key is not None:
            raw.append((b"x-sepolo-api-key", key.encode()))
        elif token is not None:
            raw.append((b"authorization", f"Bearer {token}".encode()))
        chunk = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        if body is not None and not any(name == b"content-type" for name, _ in raw):
            raw.append((b"content-type", b"application/json"))
        path = target if target.startswith(("/api/", "/sandbox/")) else BASE + target
        status, pairs, received = self.runner.run(exchange(self.app, method, path.encode(), raw, [chunk]))
        response = Response(status, joined_headers(pairs), received)
        described = path.startswith(BASE) and status not in {405, 501} and method not in {"HEAD", "OPTIONS"}
        # A path that the document lacks is described by no response of it.
        if described and (status != 404 or not response.json["message"].startswith("This API has no path")):
            validate(method, path, response)
        return response

    def create(self, **body: Any) -> "Organization":
        """Make an organisation."""
        response = self("POST", "/organizations", {"name": "Test", **body})
        assert response.status == 201, response
        return Organization(self, response.json)

    def message(self, method: str, target: str, body: Any = None, **options: Any) -> tuple[int, str]:
        """Send a request and return status and message of its error."""
        response = self(method, target, body, **options)
        return response.status, response.json["message"]

    def me(self, key: str) -> Mapping[str, Any]:
        """Return what a key sees of itself."""
        response = self("GET", "/api/v1/me", key=key)
        assert response.status == 200, response
        found: Mapping[str, Any] = response.json
        return found

    def close(self) -> None:
        self.app.sandbox.close()


@dataclass
class Organization:
    """An organisation that was made, with its token and first key."""

    managed: Managed
    created: Mapping[str, Any]

    @property
    def id(self) -> str:
        return str(self.created["organization"]["organizationId"])

    @property
    def token(self) -> str:
        return str(self.created["token"])

    @property
    def key(self) -> str:
        return str(self.created["key"]["key"])

    @property
    def path(self) -> str:
        return f"/organizations/{self.id}"

    def __call__(self, method: str, rest: str, body: Any = None, **options: Any) -> Response:
        """Send a request for a path below the organisation, with its own token."""
        return self.managed(method, self.path + rest, body, **{"token": self.token, **options})

    def new_key(self, **body: Any) -> Mapping[str, Any]:
        """Make a key."""
        response = self("POST", "/keys", {"name": "Key", "scopes": ["public_api.read", "assets.read"], **body})
        assert response.status == 201, response
        found: Mapping[str, Any] = response.json
        return found


def managed(
    runner: asyncio.Runner, state: str = MEMORY, shared: WorkerMemory | None = None, **settings: Any
) -> Managed:
    """Return a new sandbox in this process that checks its responses against both documents."""
    values = {"state": state, "operator_token": OPERATOR, "check_responses": True, **settings}
    return Managed(build.app(Settings(**values), shared), runner)
