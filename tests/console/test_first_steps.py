"""From a token to a working key and its first calls."""

import os
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.console.conftest import OpenPage, Partner, go


def run(command: list[str], **options: Any) -> str:
    """Run a program and return its output; proxies are left out, as all requests go to this machine."""
    made = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60, **options)
    return made.stdout


def test_a_key_with_two_scopes_opens_those_only(partner: Partner, open_page: OpenPage) -> None:
    """The curl of a new key works; another call gets 403, which the log shows live with the missing scope."""
    page = open_page(partner.token)
    go(page, "keys")
    page.get_by_label("Name").fill("Two scopes")
    page.locator('[id="scope-public_api.read"]').check()
    page.locator('[id="scope-assets.read"]').check()
    page.get_by_role("button", name="Make the key").click()
    made = page.get_by_role("region", name="New key")
    key = made.locator("pre").first.inner_text()
    command = shlex.split(made.locator("pre").nth(1).inner_text())
    assert '"clientName":"Two scopes"' in run([*command, "--silent", "--noproxy", "*"])
    assert partner.get("/api/v1/assets", key).status == 200

    log = open_page(partner.token)
    go(log, "requests")
    log.get_by_text("live", exact=True).wait_for()
    assert log.locator("tbody tr", has_text="devices").count() == 0
    refused = partner.get("/api/v1/devices?pageSize=3", key)
    assert refused.status == 403
    assert "devices.read" in refused.json["message"]
    row = log.locator("tbody tr", has_text="/api/v1/devices?pageSize=3")
    row.wait_for()
    assert [row.locator("td").nth(place).inner_text() for place in (1, 2, 3, 5)] == [
        "403",
        "GET /api/v1/devices?pageSize=3",
        "Two scopes",
        refused.json["message"],
    ]
    row.get_by_role("button").click()
    detail = log.get_by_role("region", name="Request")
    detail.locator("h2").wait_for()
    assert key not in log.content()
    assert refused.json["requestId"] in detail.inner_text()


def test_the_text_of_a_key_is_shown_once(partner: Partner, open_page: OpenPage) -> None:
    """Another tab never shows the text of a made key, and a revoked key stops working."""
    page = open_page(partner.token)
    go(page, "keys")
    page.get_by_label("Name").fill("Short-lived")
    page.get_by_role("button", name="All", exact=True).click()
    page.get_by_role("button", name="Make the key").click()
    key = page.get_by_role("region", name="New key").locator("pre").first.inner_text()
    assert partner.get("/api/v1/me", key).status == 200
    other = open_page(partner.token)
    go(other, "keys")
    other.get_by_text("Short-lived").wait_for()
    assert key not in other.content()
    page.get_by_role("button", name="Revoke: Short-lived").click()
    page.get_by_role("dialog").get_by_role("button", name="Revoke").click()
    page.get_by_role("status").get_by_text("is revoked").wait_for()
    assert partner.get("/api/v1/me", key).status == 401


def test_a_refused_key_names_the_member(partner: Partner, open_page: OpenPage) -> None:
    """A form that the sandbox refuses shows its reason, and marks the field."""
    page = open_page(partner.token)
    go(page, "keys")
    page.get_by_label("Name").fill("Bounded")
    page.get_by_label("Customers that the key sees").fill("x" * 65)
    page.get_by_role("button", name="Make the key").click()
    page.get_by_role("alert").get_by_text("allowedCustomerIds").first.wait_for()
    assert page.get_by_label("Customers that the key sees").get_attribute("aria-invalid") == "true"


def test_the_keyboard_is_enough(partner: Partner, open_page: OpenPage) -> None:
    """From no key to a 200 with Tab and Enter only."""
    page = open_page(partner.token)
    page.get_by_role("button", name="Make a key with every scope").wait_for()
    for _ in range(30):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent") == "Make a key with every scope":
            break
    page.keyboard.press("Enter")
    page.get_by_text("1. Who is this key?").wait_for()
    page.locator(".status", has_text="200").first.wait_for()
    for _ in range(30):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent") == "Call again":
            break
    page.keyboard.press("Enter")
    page.locator(".status", has_text="200").nth(2).wait_for()


def test_programs_run_as_pasted(partner: Partner, open_page: OpenPage, tmp_path: Path) -> None:
    """The programs of the start view list five devices."""
    page = open_page(partner.token)
    page.get_by_role("button", name="Make a key with every scope").click()
    devices = [one["deviceId"] for one in partner.get("/api/v1/devices?pageSize=5").json["data"]]
    assert len(devices) == 5
    environment = {"PATH": os.environ["PATH"], "NO_PROXY": "*"}
    for language, program in (("curl", None), ("Python", [sys.executable, "-"]), ("JavaScript", ["node", "-"])):
        page.get_by_role("tab", name=language).click()
        text = page.get_by_role("tabpanel").locator("pre").inner_text()
        output = run(program or shlex.split(text), input=text, cwd=tmp_path, env=environment)
        assert [one for one in devices if one in output] == devices, language
