"""Tokens, organisations, and a sandbox that is gone for a while."""

from pathlib import Path

from tests.console.conftest import OpenPage, Partner, go
from tests.end_to_end.harness import ServerProcess, serve
from tests.harness.managed import OPERATOR


def test_the_token_leaves_the_address(partner: Partner, open_page: OpenPage) -> None:
    """The token of the fragment is kept for the tab only, and no cookie is set."""
    page = open_page(partner.token)
    page.locator("#nav li").first.wait_for()
    assert page.url.endswith("/console/#/start")
    assert page.evaluate("[localStorage.length, document.cookie]") == [0, ""]
    page.reload()
    page.locator("#nav li").first.wait_for()


def test_without_a_token_the_page_says_how_to_get_one(server: ServerProcess, open_page: OpenPage) -> None:
    """No token, a wrong one and an API key are told apart; the form takes a right one."""
    page = open_page(None)
    page.get_by_role("heading", name="The console needs a token").wait_for()
    page.get_by_text("Use the address that the sandbox printed").wait_for()
    for wrong, reason in (("sep_mgmt_0", "token"), ("sep_test_full_37cc33594f52266fc686", "API key")):
        page.get_by_label("Management token").fill(wrong)
        page.get_by_role("button", name="Open the console").click()
        page.get_by_role("alert").get_by_text(reason).last.wait_for()
    page.get_by_label("Management token").fill(OPERATOR)
    page.get_by_role("button", name="Open the console").click()
    page.get_by_text("the operator of this sandbox").wait_for()


def test_an_organisation_is_made_chosen_and_deleted(
    server: ServerProcess, partner: Partner, open_page: OpenPage
) -> None:
    """The operator makes an organisation, whose key works; its own address of the console reaches only it.

    If the chosen organisation is deleted elsewhere, the page takes another one.
    """
    page = open_page(OPERATOR)
    page.get_by_label("Organisation").focus()
    page.get_by_label("Organisation").select_option(partner.organization["organizationId"])
    page.get_by_role("status").get_by_text("Organisation: Partner").wait_for()
    page.locator(".view:not([aria-busy])").wait_for()
    assert page.evaluate("document.activeElement.name") == "organization"
    partner.manage("DELETE", "")
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    page.get_by_role("status").get_by_text("The organisation Partner is deleted.").wait_for()
    go(page, "organizations")
    page.get_by_label("Name").fill("Made in the console")
    page.get_by_role("button", name="Make the organisation").click()
    made = page.get_by_role("region", name="New organisation")
    key, address = made.locator("pre").first.inner_text(), made.locator("pre").last.inner_text()
    response = server("GET", "/api/v1/me", key=None, headers=[("X-Sepolo-Api-Key", key)])
    assert response.json["organizationName"] == "Made in the console"
    other = open_page(address.partition("#token=")[2])
    go(other, "organizations")
    other.get_by_role("heading", name="1 organisations").wait_for()
    page.get_by_role("button", name="Delete: Made in the console").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    page.get_by_role("status").get_by_text("is deleted with 1 keys").wait_for()
    assert server("GET", "/api/v1/me", key=None, headers=[("X-Sepolo-Api-Key", key)]).status == 401
    other.evaluate("location.hash = '#/clock'")
    other.get_by_role("heading", name="The console needs a token").wait_for()


def test_the_console_waits_for_a_sandbox_that_is_gone(tmp_path: Path, open_page: OpenPage) -> None:
    """It says that the sandbox is gone, and goes on by itself when it is back, without losing what is typed."""
    options = ("--state", str(tmp_path / "state.db"), "--operator-token", OPERATOR)
    first = serve(tmp_path, *options)
    page = open_page(OPERATOR, base_url=first.base_url)
    go(page, "requests")
    page.get_by_text("live", exact=True).wait_for()
    page.get_by_label("Text").fill("me")
    assert first.stop() == 0
    page.get_by_role("alert").get_by_text("The sandbox does not respond").wait_for()
    second = serve(tmp_path, *options, port=first.address[1])
    page.get_by_text("live", exact=True).wait_for()
    page.get_by_role("alert").wait_for(state="hidden")
    second("GET", "/api/v1/me", key="full")
    page.locator("tbody tr", has_text="/api/v1/me").wait_for()
    assert page.get_by_label("Text").input_value() == "me"
    page.context.close()
    assert second.stop() == 0
