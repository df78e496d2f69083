"""Organisations and keys in the state, in both databases."""

import sqlite3
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from sepolo_mock_server.errors import ApiError, management_messages
from sepolo_mock_server.state import location
from sepolo_mock_server.state.managed import ClockSetting, Deleted, StoredKey, StoredOrganization
from sepolo_mock_server.state.managed_store import ManagedStore
from sepolo_mock_server.state.reports import IdempotencyKey, NewReport, Owner, ReportFilter
from sepolo_mock_server.state.store import StateStore

START = ClockSetting("fixed", 1_000)
MADE = StoredOrganization("0d4b6cf5-9b55-4a1e-8c55-0c1c4e0b6f2e", "Made", "demo", 2**63 - 1, True, 5, START, START)
PROFILE = replace(MADE, id="7f2d3f0a-7c51-42cf-a06d-2c2df5f0c20b", name="Profile", seed=1, created=None, number=0)
KEY = StoredKey(
    id="3f0c2f1e-8f0c-4a2b-9a44-d2a7c9a1e001",
    organization=MADE.id,
    name="first ✓",
    shown="sep_test_0f3",
    scopes=("assets.read",),
    group_ids=(10, 11),
    customer_ids=("C-1",),
    requests_per_minute=1,
    requests_per_day=2,
    expires=3,
    created=4,
)
WORLD = "demo:1"
OWNER = Owner(MADE.world, MADE.id, "EUR", "", frozenset(), frozenset())
REPORT = NewReport(1_000, "asset", "device", 2, 12, "C-1", {"title": "t"})


class Log:
    """Remembers the organisations that were changed."""

    def __init__(self) -> None:
        self.changed: list[str] = []

    def add(self, organization: str) -> None:
        self.changed.append(organization)


@pytest.fixture
def log() -> Log:
    return Log()


@pytest.fixture(params=["sqlite", "postgres"])
def state(request: pytest.FixtureRequest, tmp_path: Path, connect: Callable[[str], StateStore]) -> StateStore:
    """An empty state in each database."""
    if request.param == "sqlite":
        return connect(f"sqlite:///{tmp_path / 'state.db'}")
    return connect(request.getfixturevalue("postgres"))


@pytest.fixture
def managed(state: StateStore, log: Log) -> ManagedStore:
    return ManagedStore(state, log)


def test_created_organization(managed: ManagedStore, log: Log) -> None:
    """An organisation and its key are read as they were stored, by id, token, list and hash."""
    assert (managed.used(), managed.organization(WORLD, MADE.id), managed.organizations(0, 9)) == (False, None, [])
    made, key = managed.create_organization(MADE, "token", KEY, "hash")
    assert (replace(made, number=0), replace(key, number=0)) == (MADE, KEY)
    assert managed.organization(WORLD, MADE.id) == managed.organization_of_token("token") == made
    assert managed.organizations(0, 9) == [made]
    assert managed.organizations(made.number, 9) == []
    assert managed.organization_of_token("other") is None
    assert managed.key_of_hash(WORLD, "hash") == (key, True)
    assert managed.key_of_hash(WORLD, "other") is None
    assert managed.keys(made, 0, 9) == [key]
    assert (managed.used(), log.changed) == (True, [MADE.id])


def test_changed_organization(managed: ManagedStore, log: Log) -> None:
    """A change is stored, of an organisation of the profile too, in its world only; a refused one is not."""
    made, _ = managed.create_organization(MADE, "token", KEY, "hash")
    rules = ({"effect": "close"},)
    for organization in (made, PROFILE):
        changed, deleted = managed.change_organization(organization, lambda one: replace(one, faults=rules))
        assert (changed, deleted) == (replace(organization, faults=rules), Deleted(faults=-1))
    assert managed.organization(WORLD, MADE.id) == replace(made, faults=rules)
    stored = managed.organization(WORLD, PROFILE.id)
    assert stored is not None
    assert (stored.faults, stored.of_profile) == (rules, True)
    assert managed.organization("demo:2", PROFILE.id) is None
    clock = ClockSetting("wall")
    changed, deleted = managed.change_organization(PROFILE, lambda one: replace(one, clock=clock, faults=()))
    assert (changed, deleted) == (replace(PROFILE, clock=clock), Deleted(faults=1))

    def refuse(_: StoredOrganization) -> StoredOrganization:
        raise management_messages.clock_follows_wall()

    with pytest.raises(ApiError):
        managed.change_organization(made, refuse)
    assert log.changed == [MADE.id, MADE.id, PROFILE.id, PROFILE.id]


def test_keys(managed: ManagedStore, log: Log) -> None:
    """Keys are rotated and revoked; the hash before the last rotation is recognised."""
    made, first = managed.create_organization(MADE, "token", KEY, "hash")
    second = managed.create_key(made, replace(KEY, id="3f0c2f1e-8f0c-4a2b-9a44-d2a7c9a1e002"), "second")
    of_profile = managed.create_key(PROFILE, replace(KEY, id="3f0c2f1e-8f0c-4a2b-9a44-d2a7c9a1e003"), "third")
    assert first.number < second.number < of_profile.number
    assert [key.id for key in managed.keys(made, first.number, 9)] == [second.id]
    rotated = managed.rotate_key(made, second.id, "new", "sep_test_new")
    assert rotated == replace(second, shown="sep_test_new")
    assert managed.key_of_hash(WORLD, "new") == (rotated, True)
    assert managed.key_of_hash(WORLD, "second") == (rotated, False)
    revoked = managed.revoke_key(made, first.id, 77)
    assert managed.revoke_key(made, first.id, 99) == revoked == replace(first, revoked=77)
    assert managed.key_of_hash(WORLD, "hash") == (revoked, True)
    assert [key.id for key in managed.keys(made, 0, 9)] == [second.id]
    assert managed.key_of_hash("demo:2", "third") is None
    for organization, key_id in ((PROFILE, second.id), (made, of_profile.id)):
        with pytest.raises(ApiError) as caught:
            managed.revoke_key(organization, key_id, 1)
        assert caught.value.message == management_messages.key_unknown().message
    assert log.changed == [MADE.id, MADE.id, PROFILE.id, MADE.id, MADE.id, MADE.id]


def test_deleted_organization(managed: ManagedStore, state: StateStore, log: Log) -> None:
    """Deletion takes keys, reports and idempotency keys of the organisation, and of no other."""
    made, _ = managed.create_organization(replace(MADE, faults=({"a": 1},)), "token", KEY, "hash")
    other = replace(OWNER, organization=PROFILE.id)
    for owner in (OWNER, other):
        state.create(replace(owner, key_name=owner.organization), REPORT, IdempotencyKey("k", "digest"))
    deleted = managed.delete_organization(made, OWNER)
    assert deleted == Deleted(service_reports=1, idempotency_keys=1, faults=1, keys=1)
    assert managed.organization_of_token("token") is None
    assert managed.key_of_hash(WORLD, "hash") is None
    assert [len(state.reports(owner, ReportFilter(), None, 9)) for owner in (OWNER, other)] == [0, 1]
    for write in (
        lambda: managed.delete_organization(made, OWNER),
        lambda: managed.create_key(made, KEY, "x"),
        lambda: managed.change_organization(made, lambda one: one),
    ):
        with pytest.raises(ApiError) as caught:
            write()
        assert caught.value.message == management_messages.organization_unknown().message
    assert log.changed == [MADE.id, MADE.id]


def test_reset(managed: ManagedStore, state: StateStore) -> None:
    """A reset deletes the reports of the owner and raises its generation each time, and no other's."""
    made, _ = managed.create_organization(MADE, "token", KEY, "hash")
    other = replace(OWNER, organization=PROFILE.id)
    state.create(OWNER, REPORT, None)
    before = state.version(OWNER)[0]
    found = [managed.change_organization(made, lambda one: one, reset=OWNER)[1].service_reports for _ in range(2)]
    assert (found, state.version(OWNER)[0] - before, state.version(other)[0]) == ([1, 0], 2, before)


def test_older_state(tmp_path: Path, connect: Callable[[str], StateStore]) -> None:
    """A state that was written before there was a management API keeps its reports, and gets the missing tables."""
    path = tmp_path / "state.db"
    url = location.database_url(str(path))
    store = connect(url)
    report_id, _ = store.create(OWNER, REPORT, None)
    store.close()
    with sqlite3.connect(path) as connection:
        connection.execute("DROP TABLE organizations")
        connection.execute("DROP TABLE api_keys")
    connection.close()
    assert location.database_url(str(path)) == url
    assert not location.is_managed(url)
    again = connect(url)
    assert again.report(OWNER, report_id) is not None
    ManagedStore(again).create_organization(MADE, "token", KEY, "hash")
    assert location.is_managed(url)


def test_managed_state(state: StateStore) -> None:
    """A state is managed once it stores an organisation; a state in memory and a missing file are not."""
    assert not location.is_managed(state.url)
    ManagedStore(state).create_organization(MADE, "token", KEY, "hash")
    assert location.is_managed(state.url)
    assert not location.is_managed("sqlite://")
    assert not location.is_managed("sqlite:////nowhere/state.db")


def test_prepare_leaves_the_state_alone(tmp_path: Path) -> None:
    """The preparation works in a state of its own, and does not open this one."""
    ManagedStore(StateStore(f"sqlite:///{tmp_path}/state.db")).prepare()
    assert list(tmp_path.iterdir()) == []


def test_look_ups_use_an_index(tmp_path: Path) -> None:
    """No look-up and no list reads or sorts a whole table, whatever the number of organisations and keys."""
    store = StateStore(f"sqlite:///{tmp_path}/state.db")
    store.open()
    t = store.tables.managed
    statements = (
        t.organization(WORLD, MADE.id),
        t.made_organizations(7, 10),
        t.of_token("hash"),
        t.key_of_hash("hash"),
        t.live_keys(WORLD, MADE.id, 7, 10),
        t.key(WORLD, MADE.id, KEY.id),
    )
    plans = []
    with store.reading() as connection:
        assert connection is not None
        for statement in statements:
            text = str(statement.compile(connection.engine, compile_kwargs={"literal_binds": True}))
            steps = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {text}").all()
            plans.append(" ".join(step.detail for step in steps))
    store.close()
    assert [plan for plan in plans if "SCAN" in plan or "TEMP B-TREE" in plan or "(world=?)" in plan] == []
