"""What all mutants are compared with: the sandbox that they deviate from, and what its keys see."""

import json
from collections.abc import Iterator

import pytest

from tests.mutants.harness.judging import PROFILE, SEED
from tests.mutants.harness.probing import Words, see
from tests.mutants.harness.serving import Direct
from tests.mutants.harness.wrapper import facts, sandbox


@pytest.fixture(scope="session")
def direct() -> Iterator[Direct]:
    """Calls applications without a socket."""
    made = Direct()
    yield made
    made.close()


@pytest.fixture(scope="session")
def words(direct: Direct) -> Words:
    """Ids for the witnesses' placeholders."""
    app, keys = sandbox(PROFILE, SEED), facts(PROFILE)
    away = keys["other"].key
    home = see(direct, app, keys["full"].key)
    bounded = keys["bounded"].allowed_group_ids
    _, _, devices = direct(app, "GET", "/api/v1/devices?pageSize=500", [("X-Sepolo-Api-Key", keys["full"].key)])
    outside = next(row["deviceId"] for row in json.loads(devices)["data"] if row["groupId"] not in bounded)
    target = "/devices?pageSize=2"
    _, _, page = direct(app, "GET", f"/api/v1{target}", [("X-Sepolo-Api-Key", away)])
    _, _, mine = direct(app, "GET", f"/api/v1{target}", [("X-Sepolo-Api-Key", keys["full"].key)])
    cursors = {target: json.loads(page)["nextCursor"], "home": json.loads(mine)["nextCursor"]}
    return Words(home, see(direct, app, away), {"device": outside}, keys, cursors)
