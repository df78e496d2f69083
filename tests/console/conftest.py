"""A sandbox in a process of its own, Debian's Chromium, and pages of the console in it.

The tests are skipped where the browser or Playwright's client is missing. No page may log an error, or load anything
from another origin.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.end_to_end.harness import ServerProcess, serve
from tests.harness.managed import OPERATOR

playwright_api = pytest.importorskip("playwright.sync_api", reason="pip install -e '.[dev]' for Playwright")
CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
TIMEOUT_MS = 30_000
"""Longest time that a page may take; a busy machine is slow, and a test that fails waits for so long."""

NARROW, WIDE = {"width": 390, "height": 844}, {"width": 1440, "height": 900}
OpenPage = Callable[..., Any]


@dataclass
class Partner:
    """An organisation that was made for one test, with its key and the token that reaches only this organisation."""

    server: ServerProcess
    organization: dict[str, Any]
    key: str
    token: str

    def manage(self, method: str, path: str, body: Any = None) -> Any:
        """Call the management API below this organisation."""
        path = f"/sandbox/v1/organizations/{self.organization['organizationId']}{path}"
        headers = [("Authorization", f"Bearer {self.token}")]
        response = self.server(method, path, key=None, headers=headers, body=body)
        assert response.status < 300, response
        return response.json

    def get(self, target: str, key: str | None = None) -> Any:
        """Call the public API with a key of this organisation; return the response."""
        return self.server("GET", target, key=None, headers=[("X-Sepolo-Api-Key", key or self.key)])


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    """The sandbox of all pages; it must not write to stderr."""
    made = serve(tmp_path_factory.mktemp("console"), "--state", ":memory:", "--operator-token", OPERATOR)
    yield made
    assert made.stop() == 0
    assert made.stderr == ""


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Debian's Chromium. Playwright's event loop runs as long as it does, so that it must end before other modules."""
    if CHROMIUM is None:
        pytest.skip("Chromium is not installed: apt install chromium, or name one in CHROMIUM")
    with playwright_api.sync_playwright() as playwright:
        # Chromium's own sandbox refuses to run as root, which CI is; the pages are this project's own.
        made = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        yield made
        made.close()


@pytest.fixture
def partner(server: ServerProcess) -> Partner:
    """A new organisation with the examples of the published page."""
    body = {"name": "Partner", "examples": True}
    headers = [("Authorization", f"Bearer {OPERATOR}")]
    response = server("POST", "/sandbox/v1/organizations", key=None, headers=headers, body=body)
    assert response.status == 201, response
    made = response.json
    return Partner(server, made["organization"], made["key"]["key"], made["token"])


@pytest.fixture
def open_page(server: ServerProcess, browser: Any) -> Iterator[OpenPage]:
    """Open the console, or another page, with a token; fail at the end if it logged an error or called elsewhere."""
    contexts, troubles = [], []

    def opened(
        token: str | None,
        *,
        size: dict[str, int] = WIDE,
        scheme: str = "light",
        base_url: str = server.base_url,
        path: str = "/console/",
    ) -> Any:
        context = browser.new_context(viewport=size, color_scheme=scheme)
        contexts.append(context)
        context.set_default_timeout(TIMEOUT_MS)
        page = context.new_page()
        # The browser logs each status from 400 on and each failed connection, which tests cause on purpose.
        page.on(
            "console",
            lambda message: (
                troubles.append(message.text)
                if message.type == "error" and not message.text.startswith("Failed to load resource")
                else None
            ),
        )
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.on("request", lambda request: _check_origin(request.url, base_url, troubles))
        page.goto(base_url + path + (f"#token={token}" if token else ""))
        return page

    yield opened
    for context in contexts:
        context.close()
    assert troubles == []


def _check_origin(url: str, base_url: str, troubles: list[str]) -> None:
    parts = urlsplit(url)
    if parts.scheme not in ("data", "blob") and f"{parts.scheme}://{parts.netloc}" != base_url:
        troubles.append(f"a request to {url}")


def go(page: Any, address: str) -> None:
    """Open a view of a page by its address, such as `keys`, and wait until it is drawn."""
    page.locator("#nav li").first.wait_for()
    page.evaluate("address => { location.hash = `#/${address}`; }", address)
    name = address.partition("/")[0].partition("?")[0]
    page.locator(f'#nav a[aria-current][href="#/{name}"]').wait_for()
    page.locator(".view:not([aria-busy])").wait_for()
