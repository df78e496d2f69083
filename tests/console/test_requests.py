"""The live log: filter, pause, and a request that is sent again."""

import json
from typing import Any

from tests.console.conftest import OpenPage, Partner, go


def test_the_log_is_filtered_paused_and_sent_again(partner: Partner, open_page: OpenPage) -> None:
    """Only requests that pass the filter appear, a pause holds them back, and a request can be sent again."""
    page = open_page(partner.token)
    page.get_by_role("button", name="Make a key with every scope").click()
    page.locator(".status", has_text="200").nth(2).wait_for()
    go(page, "requests")
    page.get_by_text("live", exact=True).wait_for()
    rows = page.locator("tbody tr")
    assert rows.count() >= 3
    page.get_by_label("Status").select_option("4xx")
    page.get_by_text("No request yet.").wait_for()
    page.get_by_text("live", exact=True).wait_for()
    assert [partner.get(f"/api/v1/devices?pageSize={size}").status for size in (501, 5)] == [400, 200]
    rows.first.wait_for()
    assert [rows.count(), rows.first.locator("td").nth(1).inner_text()] == [1, "400"]
    assert "pageSize" in rows.first.locator("td").nth(5).inner_text()

    page.get_by_role("button", name="Pause").click()
    assert partner.get("/api/v1/devices?pageSize=502").status == 400
    page.get_by_text("paused, 1 new").wait_for()
    assert rows.count() == 1
    page.get_by_role("button", name="Go on").click()
    page.locator("tbody tr", has_text="pageSize=502").wait_for()

    page.locator("tbody tr", has_text="pageSize=502").get_by_role("button").click()
    detail = page.get_by_role("region", name="Request")
    assert "pageSize" in detail.locator(".error").inner_text()
    detail.get_by_role("button", name="Send again").click()
    detail.get_by_role("status").locator(".status", has_text="400").wait_for()
    rows.nth(2).wait_for()
    assert rows.count() == 3
    with page.expect_download() as download:
        page.get_by_role("button", name="Download as HAR").click()
    assert download.value.suggested_filename == "sepolo-requests.har"
    detail.get_by_role("button", name="Close").click()
    assert page.evaluate("document.activeElement.textContent").endswith("pageSize=502")


def test_a_page_that_is_open_for_long_keeps_the_newest_requests(partner: Partner, open_page: OpenPage) -> None:
    """2,000 events leave 500 rows, and a sandbox that was started anew counts from one.

    A clock that another program moves is shown when a view is drawn, and when the page is seen again.
    """
    assert partner.get("/api/v1/me").status == 200
    token = [("Authorization", f"Bearer {partner.token}")]
    [one] = partner.server("GET", "/sandbox/v1/requests?pageSize=1", key=None, headers=token).json["data"]
    received: list[str | None] = []

    def events(numbers: range, day: str) -> str:
        rows = [
            one | {"number": number, "receivedOn": f"{day}T12:00:00Z", "requestId": f"r{number}"} for number in numbers
        ]
        return "".join(f"id: {row['number']}\nevent: request\ndata: {json.dumps(row)}\n\n" for row in rows)

    def stream(route: Any) -> None:
        received.append(route.request.headers.get("last-event-id"))
        body = events(range(1_001, 3_001), "2026-11-29") if len(received) == 1 else events(range(1, 3), "2026-11-30")
        if len(received) <= 2:
            route.fulfill(body=body, content_type="text/event-stream")

    page = open_page(partner.token)
    page.route("**/requests/stream*", stream)
    go(page, "requests")
    rows = page.locator("tbody tr")
    page.locator('tr[data-number="3000"]').wait_for()
    assert (rows.count(), rows.last.get_attribute("data-number")) == (500, "2501")
    page.locator('tr[data-number="2"]').wait_for()
    assert (rows.count(), received[1]) == (2, "3000")
    partner.manage("PUT", "/clock", {"mode": "fixed", "now": "2026-08-01T00:00:00Z"})
    go(page, "clock")
    page.locator("#bar-clock", has_text="2026-08-01 00:00:00 UTC").wait_for()
    partner.manage("POST", "/clock/advance", {"by": "P1D"})
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    page.locator("#bar-clock", has_text="2026-08-02 00:00:00 UTC").wait_for()
    page.get_by_role("heading", name="2026-08-02 00:00:00 UTC").wait_for()
