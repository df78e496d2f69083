"""What the data view draws is what the API returns; it follows the clock; faults and reset work from the console."""

import re
from typing import Any

from tests.console.conftest import OpenPage, Partner, go

DEVICE, MOVEMENT, CYCLE = "SEP-DEVICE-001", "5c722f76-5f0b-4c1b-875d-05a1d8cd47b5", "cyc_20260527_120000"
DAY = "from=2026-07-01T00:00:00Z&to=2026-07-02T00:00:00Z"


def drawn(page: Any) -> list[tuple[float, float]]:
    """Return the points of the drawn line in the units of its axes."""
    svg = page.locator(".chart svg").first
    plot = [float(part) for part in svg.get_attribute("data-plot").split()]
    low, high, bottom, top = (float(svg.get_attribute(f"data-{name}")) for name in ("x-from", "x-to", "y-from", "y-to"))
    pairs = re.findall(r"[ML](-?[\d.]+),(-?[\d.]+)", svg.locator("path.line").get_attribute("d"))
    return [
        (
            low + (float(x) - plot[0]) / (plot[2] - plot[0]) * (high - low),
            top - (float(y) - plot[1]) / (plot[3] - plot[1]) * (top - bottom),
        )
        for x, y in pairs
    ]


def use_key(page: Any) -> None:
    """Make the key that the console calls with."""
    page.get_by_role("button", name="Make a key with every scope").click()
    page.locator(".status", has_text="200").nth(2).wait_for()


def test_the_curve_is_that_of_the_api(partner: Partner, open_page: OpenPage) -> None:
    """From the asset to a movement with an anomaly, whose curve has the samples of its cycle."""
    page = open_page(partner.token)
    use_key(page)
    go(page, "data")
    page.get_by_label("Find").fill("Cooling line 4")
    page.get_by_role("link", name="Cooling line 4", exact=True).click()
    page.locator("#movements-count").wait_for()
    go(page, f"data/device/{DEVICE}?from=2026-05-27T00:00:00Z&to=2026-05-28T00:00:00Z")
    page.locator("tr", has_text="suggested").get_by_role("link").click()
    page.locator(".chart svg path.line").wait_for()
    page.get_by_role("heading", name="Anomaly suggested").wait_for()
    path = f"/api/v1/devices/{DEVICE}/pointguard/cycles/{CYCLE}/samples?pageSize=500"
    samples = partner.get(path).json["data"]
    expected = [(row["cycleSampleOffsetMs"], row["current"]) for row in samples]
    points = drawn(page)
    assert len(points) == len(expected) == 142
    assert max(abs(x - ms) for (x, _), (ms, _) in zip(points, expected, strict=True)) < 0.1
    assert max(abs(y - current) for (_, y), (_, current) in zip(points, expected, strict=True)) < 0.01
    chart = page.get_by_role("slider")
    chart.focus()
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    assert chart.get_attribute("aria-valuetext").startswith(f"30 ms: {samples[3]['current']:g} A, healthy ")
    page.keyboard.press("+")
    assert float(page.locator(".chart svg").get_attribute("data-x-to")) < expected[-1][0]
    page.get_by_text("The band is made by 10 calls more").click()
    assert page.locator("details .call code", has_text="/samples?pageSize=500").count() == 10
    signature = partner.get(f"/api/v1/devices/{DEVICE}/movements/{MOVEMENT}/signature").json
    assert f"{signature['currentRms']:g} A" in page.locator("section", has_text="Signature").last.inner_text()
    assert f"/movements/{MOVEMENT}/signature" in page.locator(".call code").last.inner_text()


def test_the_planted_fault_is_shown_when_it_is_asked_for(partner: Partner, open_page: OpenPage) -> None:
    """Below the curve of a movement, a button tells the fault of the ground truth, with the call that tells it."""
    device, window = "SEP-DEVICE-013", "from=2026-05-27T00:00:00Z&to=2026-05-27T06:00:00Z"
    truth = partner.manage("GET", f"/devices/{device}/ground-truth?{window}")
    movement = next(one for one in truth["movements"] if one["visible"])
    page = open_page(partner.token)
    use_key(page)
    go(page, f"data/device/{device}/movement/{movement['movementId']}")
    page.get_by_role("button", name="Show the planted fault").wait_for()
    fault = movement["fault"].replace("_", " ")
    assert page.get_by_text(fault, exact=True).count() == 0
    page.get_by_role("button", name="Show the planted fault").click()
    shown = page.locator(".truth")
    assert [shown.locator("dd").nth(place).inner_text() for place in (0, 2)] == [fault, "yes"]
    start = movement["start"]
    assert shown.locator(".call code").inner_text().endswith(f"/devices/{device}/ground-truth?from={start}&to={start}")


def test_new_movements_appear_with_the_clock(partner: Partner, open_page: OpenPage) -> None:
    """Advanced by a day, the clock has the movements of this day; the form has said so before."""
    movements = f"/api/v1/devices/{DEVICE}/movements?{DAY}&pageSize=500"
    assert partner.get(movements).json["data"] == []
    page = open_page(partner.token)
    use_key(page)
    go(page, f"data/device/{DEVICE}?{DAY}")
    page.get_by_text("0 movements, 0 with").wait_for()
    go(page, "clock")
    page.get_by_text("The clock goes from 2026-07-01 00:00:00 to 2026-07-02 00:00:00 UTC.").wait_for()
    page.get_by_role("button", name="Advance the clock").click()
    page.get_by_role("heading", name="2026-07-02 00:00:00 UTC").wait_for()
    assert partner.manage("GET", "/clock")["now"] == "2026-07-02T00:00:00Z"
    count = len(partner.get(movements).json["data"])
    assert count > 0
    go(page, f"data/device/{DEVICE}?{DAY}")
    page.get_by_text(f"{count} movements, ").wait_for()
    assert page.locator("table", has_text="Direction").locator("tbody tr").count() == count


def test_a_fault_rule_fails_one_request_and_reset_ends_rules(partner: Partner, open_page: OpenPage) -> None:
    """The next request gets the announced 500, the one after it does not, and a reset deletes the other rules."""
    page = open_page(partner.token)
    go(page, "faults")
    page.get_by_label("Operation").select_option("getMe")
    page.get_by_text("From now on, the next request of getMe gets the status 500.").wait_for()
    page.get_by_role("button", name="Make the rule").click()
    page.get_by_role("cell", name="the next request of getMe gets the status 500.", exact=True).wait_for()
    assert [partner.get("/api/v1/me").status for _ in range(2)] == [500, 200]
    page.get_by_role("button", name="Read again").click()
    page.get_by_text("No rule: all requests are answered").wait_for()
    page.get_by_label("How often").fill("")
    page.get_by_role("button", name="Make the rule").click()
    page.get_by_role("cell", name="all requests of getMe get the status 500.", exact=True).wait_for()
    assert partner.get("/api/v1/me").status == 500
    go(page, "clock")
    page.get_by_role("button", name="Reset the organisation").click()
    page.get_by_role("dialog").get_by_role("button", name="Reset", exact=True).click()
    page.get_by_role("status").get_by_text("1 fault rules deleted").wait_for()
    assert partner.get("/api/v1/me").status == 200
