"""Runs the calls of docs/first-five-minutes.md, one after another, against a sandbox."""

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.test_readme import ADDRESS, ROOT, serving

PAGE = (ROOT / "docs/first-five-minutes.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```console\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)


def test_the_calls_do_what_the_page_says(tmp_path: Path) -> None:
    """The calls answer with the scope that is missing, the reason of a 400, the later time, and 500 once."""
    installing, exports, *calls = BLOCKS
    assert installing.startswith("python3 -m venv ")
    with serving("serve", "--state", ":memory:", folder=tmp_path) as printed:
        base = re.search(r"http://127\.0\.0\.1:\d+", printed)
        token = re.search(r"#token=(\S+)", printed)
        assert base is not None
        assert token is not None
        script = "\n".join((exports, *(f"{block}\necho" for block in calls)))
        script = script.replace(ADDRESS, base[0]).replace("sep_mgmt_2f8a…", token[1])
        done = subprocess.run(
            ["bash", "-ec", script], cwd=tmp_path, capture_output=True, text=True, timeout=120, check=True
        )
    me, devices, forbidden, invalid, log, clock, _, reset = _objects(done.stdout)
    assert re.findall(r"(?:^|})(\d{3})$", done.stdout, re.MULTILINE) == ["200", "500", "200"]
    assert (me["organizationId"] != "", len(devices["data"])) == (True, 2)
    assert (forbidden["error"], "assets.read" in forbidden["message"]) == ("forbidden", True)
    assert invalid["details"][0]["parameter"] == "pageSize"
    assert (log["data"][0]["status"], "pageSize" in log["data"][0]["reason"]) == (400, True)
    assert clock["now"] == "2026-07-02T00:00:00Z"
    assert reset["faults"] is not None


def _objects(text: str) -> Iterator[Any]:
    """Yield the JSON objects in a text."""
    place = text.find("{")
    while place >= 0:
        found, end = json.JSONDecoder().raw_decode(text, place)
        yield found
        place = text.find("{", end)
