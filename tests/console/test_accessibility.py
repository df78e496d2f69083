"""axe-core finds no violation on any view, in both colour schemes, on a phone and on a wide screen.

Swagger UI, the renderer of the reference, has some, which are listed here.
"""

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
OF_SWAGGER_UI = {"heading-order", "nested-interactive", "region", "scrollable-region-focusable", "select-name"}
"""Rules that Swagger UI 5.35.0 violates with an operation open; a page cannot change them from outside."""


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
    page.locator("#credential strong").wait_for()
    page.locator("[id$=listAssets] .opblock-summary-control").click()
    page.get_by_role("button", name="Execute").wait_for()
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found["reference"] = [one for one in violations(page) if one.partition(":")[0] not in OF_SWAGGER_UI]
    found["page of the reference"] = violations(page, exclude="#reference")
    operator = open_page(OPERATOR, size=size, scheme=scheme)
    for view in ("start", "organizations", "requests"):
        go(operator, view)
        operator.evaluate(AXE.read_text(encoding="utf-8"))
        found[f"{view} of the operator"] = violations(operator)
    assert {view: texts for view, texts in found.items() if texts} == {}


def violations(page: Any, *, exclude: str | None = None) -> list[str]:
    """Return the violations of a page, without those of a part that is excluded, and what is wider than its window."""
    part = {"include": [["html"]], "exclude": [[exclude]] if exclude else []}
    result = page.evaluate("part => axe.run(part, { resultTypes: ['violations'] })", part)
    texts = [f"{one['id']}: {node['html'][:200]}" for one in result["violations"] for node in one["nodes"]]
    excess = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    return texts + ([f"{excess} px wider than the window"] if excess > 0 else [])
