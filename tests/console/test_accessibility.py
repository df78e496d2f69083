"""axe-core finds no violation on any view, in both colour schemes, on a phone and on a wide screen."""

from pathlib import Path
from typing import Any

import pytest

from tests.console.conftest import NARROW, WIDE, OpenPage, Partner, go
from tests.harness.managed import OPERATOR

AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"
VIEWS = (
    "start",
    "keys",
    "data",
    "data/device/SEP-DEVICE-001",
    "data/device/SEP-DEVICE-001/movement/5c722f76-5f0b-4c1b-875d-05a1d8cd47b5",
    "clock",
    "faults",
    "requests",
    "organizations",
)
DOCUMENTS = (
    ("Public API", "listAssets", "createServiceReport"),
    ("Management of the sandbox", "getClock", "createFault"),
)
"""Documents of the reference, each with an operation to send, and one with a body to open."""


@pytest.mark.parametrize(("size", "scheme"), [(NARROW, "light"), (WIDE, "dark")], ids=["narrow-light", "wide-dark"])
def test_no_view_has_a_violation(partner: Partner, open_page: OpenPage, size: dict[str, int], scheme: str) -> None:
    """No violation of any rule, and nothing is wider than the screen."""
    if not AXE.exists():
        pytest.skip("axe-core is not installed: npm ci")
    page = open_page(None, size=size, scheme=scheme)
    page.get_by_role("heading", name="The console needs a token").wait_for()
    # Evaluated, because the page's own policy forbids scripts of others.
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = {"token": violations(page)}
    page.get_by_label("Management token").fill(partner.token)
    page.get_by_role("button", name="Open the console").click()
    page.get_by_role("button", name="Make a key with every scope").wait_for()
    found["no key"] = violations(page)
    page.get_by_role("button", name="Make a key with every scope").click()
    page.locator(".status", has_text="200").nth(2).wait_for()
    for view in VIEWS:
        go(page, view)
        if "/movement/" in view:
            page.get_by_role("button", name="Show the planted fault").click()
            page.locator(".truth .call").wait_for()
        found[view] = violations(page)
    go(page, "requests")
    page.locator("tbody button").first.click()
    page.get_by_role("region", name="Request").wait_for()
    found["one request"] = violations(page)
    page.get_by_role("link", name="Reference").click()
    for document, sent, opened in DOCUMENTS:
        page.get_by_role("link", name=document).click()
        found |= {f"{document}, {state}": texts for state, texts in of_reference(page, sent, opened).items()}
    operator = open_page(OPERATOR, size=size, scheme=scheme)
    for view in ("start", "organizations", "requests"):
        go(operator, view)
        operator.evaluate(AXE.read_text(encoding="utf-8"))
        found[f"{view} of the operator"] = violations(operator)
    assert {view: texts for view, texts in found.items() if texts} == {}


def of_reference(page: Any, sent: str, opened: str) -> dict[str, list[str]]:
    """Return the violations of a document of the reference with some of it open, then with its dialog."""
    page.locator("#credential strong").wait_for()
    page.evaluate(AXE.read_text(encoding="utf-8"))
    operation, other = page.locator(f"[id$=-{sent}]"), page.locator(f"[id$=-{opened}]")
    operation.locator(".opblock-summary-control").click()
    operation.get_by_role("button", name="Execute").click()
    operation.locator(".live-responses-table .response-col_status").first.wait_for()
    operation.get_by_role("tab", name="Schema").first.click()
    other.locator(".opblock-summary-control").click()
    other.get_by_role("textbox", name="Request body").wait_for()
    page.get_by_role("button", name="Schemas").click()
    page.locator(".models .json-schema-2020-12-expand-deep-button").nth(1).click()
    found = {"open": violations(page)}
    page.locator(".btn.authorize").click()
    page.get_by_role("dialog").wait_for()
    found["dialog"] = violations(page, "dialog")
    page.keyboard.press("Escape")
    return found


def violations(page: Any, part: str = "html") -> list[str]:
    """Return the violations of a page or of a part of it, and what is wider than its window."""
    result = page.evaluate("part => axe.run(part, { resultTypes: ['violations'] })", part)
    texts = [f"{one['id']}: {node['html'][:200]}" for one in result["violations"] for node in one["nodes"]]
    excess = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    return texts + ([f"{excess} px wider than the window"] if excess > 0 else [])
