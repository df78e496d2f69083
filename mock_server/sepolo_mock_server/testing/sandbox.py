"""A running sandbox, its process, and the calls of its management API."""

import os
import secrets
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import MappingProxyType
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx

from sepolo_mock_server.testing.organization import LIMITS, Organization, tls

URL_VARIABLE = "SEPOLO_SANDBOX_URL"
TOKEN_VARIABLE = "SEPOLO_OPERATOR_TOKEN"  # noqa: S105 - the name of the variable, not a token

_PROGRAM = "from sepolo_mock_server.cli import main; main()"
_DEFAULTS: Mapping[str, Any] = MappingProxyType({"template": "demo", "seed": 1, "examples": True})


class SandboxError(Exception):
    """A sandbox that can't be used, or a refused call of its management API; the message says why."""


class Sandbox:
    """A running sandbox and the token of its operator, or of one organisation."""

    def __init__(self, base_url: str, token: str) -> None:
        self.base_url = base_url
        self.token = token
        self._client = httpx.Client(base_url=f"{base_url}/sandbox/v1", timeout=30, limits=LIMITS, verify=tls())

    def call(self, method: str, path: str, body: Any = None, *, token: str | None = None, **query: Any) -> Any:
        """Call the management API; return the JSON value of its response, and raise SandboxError for an error."""
        headers = {"Authorization": f"Bearer {token or self.token}"}
        try:
            response = self._client.request(method, path, json=body, params=query or None, headers=headers)
        except httpx.TransportError as error:
            raise SandboxError(f"the sandbox at {self.base_url} does not answer: {error}") from error
        if response.is_success:
            return response.json()
        try:
            reason = response.json()["message"]
        except (ValueError, KeyError, TypeError):
            reason = "this is no Sepolo sandbox"
        raise SandboxError(f"{method} {path}: {response.status_code}: {reason}")

    @contextmanager
    def organization(self, name: str = "Test", **more: Any) -> Iterator[Organization]:
        """Make an organisation, and delete it at the end.

        `more` are members of the request: `template`, `seed`, `examples` (of the published page, True by default)
        and `clock`.
        """
        created = self.call("POST", "/organizations", {**_DEFAULTS, "name": name, **more})
        made = Organization(self, created)
        try:
            yield made
        finally:
            made.close()
            self.call("DELETE", made.path)

    def close(self) -> None:
        """Close the connections."""
        self._client.close()


@contextmanager
def found_or_started() -> Iterator[Sandbox]:
    """Return the sandbox of SEPOLO_SANDBOX_URL, or start one in a process of its own, which ends with the block.

    The URL may be the one of the console that a sandbox prints, with the operator's token in it; otherwise the token
    stands in SEPOLO_OPERATOR_TOKEN.
    """
    url = os.environ.get(URL_VARIABLE)
    if url is None:
        with started() as made:
            yield made
        return
    parts = urlsplit(url)
    token = parse_qs(parts.fragment).get("token", [os.environ.get(TOKEN_VARIABLE, "")])[0]
    if not parts.netloc or not token:
        raise SandboxError(
            f"{URL_VARIABLE} must be the console's URL that the sandbox prints, such as "
            f"http://127.0.0.1:8080/console/#token=..., or its address with the token in {TOKEN_VARIABLE}"
        )
    found = Sandbox(f"{parts.scheme}://{parts.netloc}", token)
    try:
        found.call("GET", "/session")
        yield found
    finally:
        found.close()


@contextmanager
def started(*options: str) -> Iterator[Sandbox]:
    """Start a sandbox on a free port with options of `sepolo-mock serve`, and end it with the block.

    Its state is in memory, and variables of the environment do not change it.
    """
    token = f"sep_mgmt_{secrets.token_hex(16)}"
    environment = {name: value for name, value in os.environ.items() if not name.startswith("SEPOLO_")}
    arguments = [sys.executable, "-c", _PROGRAM, "serve", "--port", "0", "--state", ":memory:", *options]
    process = subprocess.Popen(  # noqa: S603 - this interpreter
        arguments, stdout=subprocess.PIPE, text=True, env=environment | {TOKEN_VARIABLE: token}
    )
    try:
        made = Sandbox(_address(process), token)
        try:
            # The server has its address before it serves.
            made.call("GET", "/session")
            yield made
        finally:
            made.close()
    finally:
        process.terminate()
        process.wait()
        assert process.stdout is not None  # noqa: S101 - see Popen
        process.stdout.close()


def _address(process: "subprocess.Popen[str]") -> str:
    assert process.stdout is not None  # noqa: S101 - see Popen
    for line in process.stdout:
        if "Base URL" in line:
            return line.split()[-1]
    raise SandboxError(f"the sandbox did not start; it ended with exit code {process.wait()}, and printed why")
