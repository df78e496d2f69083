"""Two workers, as two applications of this process that share memory and state: changes are effective at once."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from sepolo_mock_server.errors import messages
from sepolo_mock_server.management import principals
from sepolo_mock_server.state import changes
from sepolo_mock_server.state.worker_memory import WorkerMemory
from tests.harness.in_process import key_facts
from tests.harness.managed import FIRST_KEY, PROFILE_ORGANIZATION, Managed

Pair = tuple[Managed, Managed]


@pytest.fixture
def workers(make: Callable[..., Managed], tmp_path: Path) -> Pair:
    url, shared = f"sqlite:///{tmp_path / 'state.db'}", WorkerMemory.made(len(key_facts()), stored=False)
    return make(url, shared), make(url, shared)


def test_new_key(workers: Pair) -> None:
    """A key that was made by one worker works on the other, where it was unknown before."""
    first, second = workers
    organization = first.create()
    assert second.me(organization.key)["organizationId"] == organization.id
    assert second("GET", organization.path, token=organization.token).status == 200


def test_revoked_key(workers: Pair) -> None:
    """A key that was revoked by one worker stops on the other, and other keys go on."""
    first, second = workers
    organization = first.create()
    key = organization.new_key()
    assert [one.me(key["key"])["clientName"] for one in workers] == ["Key", "Key"]
    assert first("DELETE", f"{organization.path}/keys/{key['keyId']}").status == 200
    assert [one("GET", "/api/v1/me", key=key["key"]).status for one in workers] == [401, 401]
    assert second.me(organization.key)["clientName"] == "first"


def test_rotated_key_and_deleted_organization(workers: Pair) -> None:
    """Rotation of a key and deletion of an organisation reach the other worker."""
    first, second = workers
    organization = second.create()
    first.me(organization.key)
    key_id = organization.created["key"]["keyId"]
    text = organization("POST", f"/keys/{key_id}/rotate").json["key"]
    assert first.message("GET", "/api/v1/me", key=organization.key) == (401, messages.KEY_ROTATED)
    assert first.me(text)["organizationId"] == organization.id
    second("DELETE", organization.path)
    assert first.message("GET", "/api/v1/me", key=text) == (401, messages.KEY_UNKNOWN)
    assert first("GET", organization.path).status == 404


def test_clock(workers: Pair) -> None:
    """A clock that was moved by one worker has the same time on the other, for organisations of the profile too."""
    first, second = workers
    assert second.me(FIRST_KEY)["serverTimeUtc"] == "2026-07-01T00:00:00Z"
    first("POST", f"/organizations/{PROFILE_ORGANIZATION}/clock/advance", {"by": "P1D"})
    assert second.me(FIRST_KEY)["serverTimeUtc"] == "2026-07-02T00:00:00Z"
    assert second("POST", f"/organizations/{PROFILE_ORGANIZATION}/clock/advance", {"by": "P1D"}).status == 200
    assert first.me(FIRST_KEY)["serverTimeUtc"] == "2026-07-03T00:00:00Z"


def test_limits(workers: Pair) -> None:
    """The limits of a made key and of a profile's key are exact over both workers."""
    organization = workers[0].create()
    made = organization.new_key(requestsPerMinute=5)["key"]
    limited = key_facts()["limited"].key
    for key, quota in ((made, 5), (limited, 60)):
        statuses = [workers[number % 2]("GET", "/api/v1/me", key=key).status for number in range(quota + 3)]
        assert statuses == [200] * quota + [429] * 3
        workers[0]("POST", f"/organizations/{PROFILE_ORGANIZATION}/clock/advance", {"by": "PT1S"})
        assert [one("GET", "/api/v1/me", key=key).status for one in workers] == [429, 429]


def test_many_changes(workers: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker that missed more changes than are remembered reads everything again."""
    monkeypatch.setattr(changes, "_REMEMBERED", 2)
    first, second = workers
    organization = first.create()
    key = organization.new_key()
    second.me(key["key"])
    first("DELETE", f"{organization.path}/keys/{key['keyId']}")
    for _ in range(3):
        first("POST", f"/organizations/{PROFILE_ORGANIZATION}/clock/advance", {"by": "P1D"})
    assert second("GET", "/api/v1/me", key=key["key"]).status == 401
    assert second.me(FIRST_KEY)["serverTimeUtc"] == "2026-07-04T00:00:00Z"
    assert second.me(organization.key)["organizationId"] == organization.id


def test_bounded_memory(make: Callable[..., Managed], monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker that knows too many keys or worlds drops those that were made, and reads them again when used."""
    monkeypatch.setattr(principals, "_MAXIMUM_KEYS", 2)
    monkeypatch.setattr(principals, "_MAXIMUM_WORLDS", 2)
    sandbox = make()
    made = [sandbox.create(seed=number) for number in range(6)]
    for _ in range(2):
        assert [sandbox.me(one.key)["organizationId"] for one in made] == [one.id for one in made]
        found = sandbox.app.management.principals
        assert len(found._principals) <= len(found._facts) + 3
        assert found.worlds.count <= 3
    assert sandbox.me(FIRST_KEY)["organizationId"] == PROFILE_ORGANIZATION


def test_fresh_state_is_not_read(make: Callable[..., Managed], tmp_path: Path) -> None:
    """As long as nothing is stored, keys of the profile and unknown keys need no database."""
    sandbox = make(f"sqlite:///{tmp_path / 'no folder' / 'state.db'}")
    assert sandbox.me(FIRST_KEY)["organizationId"] == PROFILE_ORGANIZATION
    assert sandbox.message("GET", "/api/v1/me", key="sep_test_none") == (401, messages.KEY_UNKNOWN)


def test_key_that_is_revoked_while_it_is_read(workers: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    """A key that is revoked after it was read, and before the worker keeps it, is not kept."""
    first, second = workers
    organization = first.create()
    key = organization.new_key()
    found = second.app.management.principals
    stored, revoke = found._stored, [True]

    async def read_and_revoke(key_hash: bytes) -> object:
        principal = await stored(key_hash)
        if revoke.pop() if revoke else False:
            store = first.app.management.store
            live = await first.app.management.principals.organization(organization.id)
            await asyncio.to_thread(store.revoke_key, live.stored, key["keyId"], 0)
        return principal

    monkeypatch.setattr(found, "_stored", read_and_revoke)
    assert second("GET", "/api/v1/me", key=key["key"]).status == 401
