"""The reference: both documents, and operations that are tried with what this tab knows."""

import json
from typing import Any

from tests.console.conftest import OpenPage, Partner


def tried(page: Any, operation: str) -> tuple[str, Any]:
    """Try an operation by keyboard, with the values that its form has; return the shown status and body."""
    block = page.locator(f"[id$=-{operation}]")
    block.locator(".opblock-summary-control").press("Enter")
    block.get_by_role("button", name="Execute").press("Enter")
    live = block.locator(".live-responses-table .response")
    live.locator(".response-col_status").wait_for()
    page.get_by_role("status").get_by_text("The sandbox answered with 200.").wait_for()
    assert focused(page) == "Execute"
    return live.locator(".response-col_status").inner_text().split()[0], json.loads(
        live.locator("pre").first.inner_text()
    )


def test_operations_are_tried_with_the_key_of_the_tab(partner: Partner, open_page: OpenPage) -> None:
    """The key that the console uses, and the token, are sent in headers and are in no address."""
    page = open_page(partner.token)
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    page.get_by_role("button", name="Make a key with every scope").click()
    page.locator(".status", has_text="200").nth(2).wait_for()
    assert [url for url in requests if "swagger" in url] == []
    page.get_by_role("link", name="Reference").click()
    page.locator("#credential", has_text="with the key Console of Partner").wait_for()
    status, body = tried(page, "getMe")
    assert (status, body["clientName"]) == ("200", "Console")
    assert page.get_by_text("Needs the scope public_api.read").is_visible()
    page.get_by_role("link", name="Management of the sandbox").click()
    page.locator("#credential", has_text="with the token of the organisation Partner").wait_for()
    status, body = tried(page, "getClock")
    assert (status, body["now"]) == ("200", "2026-07-01T00:00:00Z")
    assert [url for url in requests if "sep_" in url] == []
    page.get_by_role("link", name="Data", exact=True).click()
    page.get_by_role("heading", name="Assets of Partner").wait_for()


def focused(page: Any) -> str:
    """Return the name or the text of the element that has the focus."""
    return str(page.evaluate("document.activeElement.ariaLabel ?? document.activeElement.textContent"))


def test_the_dialog_of_keys_keeps_the_focus(partner: Partner, open_page: OpenPage) -> None:
    """The focus goes into the dialog, and back to the button that opened it when Escape closes it."""
    page = open_page(None, path="/reference/")
    page.locator(".btn.authorize").press("Enter")
    page.get_by_role("dialog", name="Available authorizations").wait_for()
    assert focused(page) == "Close"
    page.keyboard.press("Tab")
    assert focused(page) == "Value of ApiKeyHeader"
    page.keyboard.type(partner.key)
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Logout").wait_for()
    page.keyboard.press("Escape")
    page.get_by_role("dialog").wait_for(state="detached")
    assert focused(page) == "Authorize"
    status, body = tried(page, "getMe")
    assert (status, body["organizationName"]) == ("200", "Partner")


def test_the_reference_can_be_read_without_a_token(open_page: OpenPage) -> None:
    """It says that no key is known, and where to get one."""
    page = open_page(None, path="/reference/")
    page.locator("#credential", has_text="This tab has no key. Paste a key or a token under Authorize").wait_for()
    assert page.locator(".opblock").count() == 23
