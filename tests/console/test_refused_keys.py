"""A key that stops working while the console uses it: revoked between two pages of a list, or expired."""

from typing import Any

from tests.console.conftest import OpenPage, Partner, go


def use_key(page: Any, partner: Partner, **limits: Any) -> dict[str, Any]:
    """Make two keys in the console, and use the first, `Short-lived`; return it."""
    for name in ("Short-lived", "Other"):
        page.get_by_label("Name").fill(name)
        page.get_by_role("button", name="All", exact=True).click()
        if name in limits:
            page.get_by_label("Expires (UTC)").fill(limits[name])
        page.get_by_role("button", name="Make the key").click()
        page.get_by_role("heading", name=f"Key “{name}” works").wait_for()
    page.get_by_role("button", name="Use here: Short-lived").click()
    made: dict[str, Any] = next(one for one in partner.manage("GET", "/keys")["data"] if one["name"] == "Short-lived")
    return made


def test_a_key_that_is_revoked_during_a_page_walk(partner: Partner, open_page: OpenPage) -> None:
    """The view says that the key was revoked and that the list is left out, and goes on with another key."""
    page = open_page(partner.token)
    go(page, "keys")
    key = use_key(page, partner)

    walks: list[str] = []

    def paged(route: Any) -> None:
        if "cursor=" in route.request.url and not walks:
            walks.append(route.request.url)
            partner.manage("DELETE", f"/keys/{key['keyId']}")
        route.continue_(url=route.request.url.replace("pageSize=500", "pageSize=50"))

    page.route("**/api/v1/assets?*", paged)
    go(page, "data")
    alert = page.get_by_role("alert")
    alert.get_by_role("heading", name="The sandbox refused the key “Short-lived”").wait_for()
    alert.get_by_text("The API key was revoked on ").wait_for()
    assert page.locator(".tree").count() == 0
    assert page.locator("#bar option").all_inner_texts() == ["Other"]
    alert.get_by_role("button", name="Go on with the key “Other”").click()
    page.locator(".tree summary").first.wait_for()
    assert page.get_by_role("alert").count() == 0


def test_a_key_that_expires(partner: Partner, open_page: OpenPage) -> None:
    """The view says when the key expired, and its link leads to the keys, where the key is marked."""
    page = open_page(partner.token)
    go(page, "keys")
    use_key(page, partner, **{"Short-lived": "2026-07-01T12:00:00"})
    partner.manage("POST", "/clock/advance", {"by": "P1D"})
    go(page, "data")
    alert = page.get_by_role("alert")
    alert.get_by_text("The API key expired on 2026-07-01T12:00:00Z.").wait_for()
    alert.get_by_role("link", name="Choose another key, or make one").click()
    row = page.get_by_role("row").filter(has_text="Short-lived")
    row.get_by_text("expired").wait_for()
