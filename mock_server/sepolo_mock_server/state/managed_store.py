"""Organisations and keys of the management API in the state: SQLAlchemy Core, as in `store`.

Every call blocks: run it in a worker thread. A write tells all workers which organisation was changed, in the same
thread, so that a client that disconnects can't keep a change from them.
"""

from collections.abc import Callable
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any, Protocol

import orjson

from sepolo_mock_server.errors import management_messages
from sepolo_mock_server.state.managed import MADE, ClockSetting, Deleted, StoredKey, StoredOrganization
from sepolo_mock_server.state.reports import Owner
from sepolo_mock_server.state.store import StateStore

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from sepolo_mock_server.state.managed_tables import ManagedTables

MAXIMUM_ORGANIZATIONS = 20_000
MAXIMUM_KEYS = 20_000
"""Keys of one organisation, revoked ones included."""

_LISTS = ("scopes", "group_ids", "customer_ids")
"""Columns with a JSON array."""


class ChangeLog(Protocol):
    """Where all workers learn what was changed."""

    def add(self, organization: str) -> None: ...


class ManagedStore:
    """What the management API stores. `changes` is needed for writes only."""

    def __init__(self, store: StateStore, changes: ChangeLog | None = None) -> None:
        self._store = store
        self._changes = changes

    def prepare(self) -> None:
        """Import SQLAlchemy and use it once, in a state of its own in memory; otherwise the first change takes long."""
        other = StateStore("sqlite://")
        start = ClockSetting("wall")
        organization = StoredOrganization("", "", "", 0, examples=False, created=0, start=start, clock=start)
        ManagedStore(other).create_organization(organization, "", StoredKey("", "", "", "", ()), "")
        other.close()

    # Reads

    def used(self) -> bool:
        """Whether an organisation or a key is stored."""
        with self._store.reading() as connection:
            if connection is None:
                return False
            tables = (self._tables.organizations, self._tables.keys)
            return any(connection.execute(table.select().limit(1)).first() is not None for table in tables)

    def organization(self, world: str, organization: str) -> StoredOrganization | None:
        """Return an organisation that was made, or what is stored of one of the profile in a world."""
        found = self._first(self._tables.organization(world, organization))
        return None if found is None else _organization(found)

    def organizations(self, after: int, limit: int) -> list[StoredOrganization]:
        """Return organisations that were made, oldest first, after a number."""
        return [_organization(row) for row in self._all(self._tables.made_organizations(after, limit))]

    def organization_of_token(self, token_hash: str) -> StoredOrganization | None:
        """Return the organisation whose token has a hash."""
        found = self._first(self._tables.of_token(token_hash))
        return None if found is None else _organization(found)

    def key_of_hash(self, world: str, key_hash: str) -> tuple[StoredKey, bool] | None:
        """Return the key whose text has a hash, and whether this is its text now and not before its rotation."""
        found = self._first(self._tables.key_of_hash(key_hash))
        return None if found is None or found.world not in (MADE, world) else (_key(found), found.hash == key_hash)

    def keys(self, organization: StoredOrganization, after: int, limit: int) -> list[StoredKey]:
        """Return keys that are not revoked, oldest first, after a number."""
        statement = self._tables.live_keys(organization.place, organization.id, after, limit)
        return [_key(row) for row in self._all(statement)]

    # Writes

    def create_organization(
        self, organization: StoredOrganization, token_hash: str, key: StoredKey, key_hash: str
    ) -> tuple[StoredOrganization, StoredKey]:
        """Store an organisation and its first key; return both with numbers. ApiError 409 if there are too many."""
        table = self._tables.organizations
        with self._store.writing() as connection:
            if _count(connection, table.c.world == MADE) >= MAXIMUM_ORGANIZATIONS:
                raise management_messages.too_many_organizations(MAXIMUM_ORGANIZATIONS)
            values = {**_organization_values(organization), "token": token_hash}
            number = _inserted(connection.execute(table.insert().values(values)))
            key_number = self._insert_key(connection, organization.place, key, key_hash)
        self._changed(organization.id)
        return replace(organization, number=number), replace(key, number=key_number)

    def change_organization(
        self,
        organization: StoredOrganization,
        change: Callable[[StoredOrganization], StoredOrganization],
        *,
        reset: Owner | None = None,
    ) -> tuple[StoredOrganization, Deleted]:
        """Store an organisation as `change` returns it; `organization` is the one of the profile if none is stored.

        With `reset`, what clients have written to this owner is deleted, and cursors over it end. Raises ApiError 404
        if it was deleted, and what `change` raises, with nothing stored.
        """
        table = self._tables.organizations
        with self._store.writing() as connection:
            statement = self._tables.organization(organization.place, organization.id).with_for_update()
            row = connection.execute(statement).one_or_none()
            if row is None and not organization.of_profile:
                raise management_messages.organization_unknown()
            stored = None if row is None else _organization(row)
            before = organization.with_stored(stored) if organization.of_profile else stored or organization
            after = change(before)
            values = _organization_values(after)
            if row is None:
                connection.execute(table.insert().values(values))
            else:
                connection.execute(table.update().where(table.c.number == row.number).values(values))
            deleted = Deleted() if reset is None else self._delete_written(connection, reset)
        self._changed(organization.id)
        return after, replace(deleted, faults=len(before.faults) - len(after.faults))

    def delete_organization(self, organization: StoredOrganization, owner: Owner) -> Deleted:
        """Delete an organisation that was made, with all that belongs to it; raise ApiError 404 if it is gone."""
        t = self._tables
        with self._store.writing() as connection:
            found = connection.execute(t.organization(organization.place, organization.id)).one_or_none()
            if found is None:
                raise management_messages.organization_unknown()
            keys = connection.execute(t.keys.delete().where(t.of_organization(MADE, organization.id))).rowcount
            connection.execute(t.organizations.delete().where(t.organizations.c.number == found.number))
            deleted = self._delete_written(connection, owner)
        self._changed(organization.id)
        return replace(deleted, keys=keys, faults=len(_organization(found).faults))

    def create_key(self, organization: StoredOrganization, key: StoredKey, key_hash: str) -> StoredKey:
        """Store a key; return it with its number. ApiError 409 if the organisation has too many, 404 if it is gone."""
        t = self._tables
        with self._store.writing() as connection:
            self._check_exists(connection, organization)
            if _count(connection, t.of_organization(organization.place, organization.id)) >= MAXIMUM_KEYS:
                raise management_messages.too_many_keys(MAXIMUM_KEYS)
            number = self._insert_key(connection, organization.place, key, key_hash)
        self._changed(organization.id)
        return replace(key, number=number)

    def rotate_key(self, organization: StoredOrganization, key_id: str, key_hash: str, shown: str) -> StoredKey:
        """Give a key another text; raise ApiError 404 for an unknown key and 409 for a revoked one."""
        t = self._tables
        with self._store.writing() as connection:
            found = self._key(connection, organization, key_id)
            if found.revoked is not None:
                raise management_messages.key_revoked_before()
            values = {"hash": key_hash, "previous_hash": found.hash, "shown": shown}
            connection.execute(t.keys.update().where(t.keys.c.number == found.number).values(values))
        self._changed(organization.id)
        return replace(_key(found), shown=shown)

    def revoke_key(self, organization: StoredOrganization, key_id: str, now: int) -> StoredKey:
        """End a key at `now`, unless it has ended before; raise ApiError 404 for an unknown key."""
        t = self._tables
        with self._store.writing() as connection:
            found = self._key(connection, organization, key_id)
            revoked = now if found.revoked is None else found.revoked
            connection.execute(t.keys.update().where(t.keys.c.number == found.number).values(revoked=revoked))
        self._changed(organization.id)
        return replace(_key(found), revoked=revoked)

    def has_key(self, organization: StoredOrganization, key_id: str) -> bool:
        """Return whether an organisation has a key that was made and not revoked."""
        statement = self._tables.key(organization.place, organization.id, key_id)
        with self._store.reading() as connection:
            found = None if connection is None else connection.execute(statement).one_or_none()
        return found is not None and found.revoked is None

    # Parts

    @property
    def _tables(self) -> "ManagedTables":
        return self._store.tables.managed

    def _first(self, statement: Any) -> Any:
        with self._store.reading() as connection:
            return None if connection is None else connection.execute(statement).first()

    def _all(self, statement: Any) -> Any:
        with self._store.reading() as connection:
            return [] if connection is None else connection.execute(statement).all()

    def _changed(self, organization: str) -> None:
        if self._changes is not None:
            self._changes.add(organization)

    def _check_exists(self, connection: "Connection", organization: StoredOrganization) -> None:
        statement = self._tables.organization(organization.place, organization.id).with_for_update()
        if not organization.of_profile and connection.execute(statement).first() is None:
            raise management_messages.organization_unknown()

    def _key(self, connection: "Connection", organization: StoredOrganization, key_id: str) -> Any:
        statement = self._tables.key(organization.place, organization.id, key_id).with_for_update()
        found = connection.execute(statement).one_or_none()
        if found is None:
            raise management_messages.key_unknown()
        return found

    def _insert_key(self, connection: "Connection", world: str, key: StoredKey, key_hash: str) -> int:
        values = {**asdict(key), "world": world, "key_id": key.id, "hash": key_hash}
        values |= {name: orjson.dumps(values[name]).decode() for name in _LISTS}
        del values["id"], values["number"]
        return _inserted(connection.execute(self._tables.keys.insert().values(values)))

    def _delete_written(self, connection: "Connection", owner: Owner) -> Deleted:
        t = self._store.tables
        attempts = connection.execute(t.delete_attempts(owner)).rowcount
        reports = connection.execute(t.delete_reports(owner)).rowcount
        if connection.execute(t.raise_generation_of(owner)).rowcount == 0:
            connection.execute(t.first_generation_of(owner))
        return Deleted(service_reports=reports, idempotency_keys=attempts)


def _count(connection: "Connection", condition: Any) -> int:
    from sqlalchemy import func, select  # noqa: PLC0415 - SQLAlchemy is imported when the state is first used

    return connection.scalar(select(func.count()).where(condition)) or 0


def _inserted(result: Any) -> int:
    number: int = (result.inserted_primary_key or (0,))[0]
    return number


def _organization_values(organization: StoredOrganization) -> dict[str, Any]:
    return {
        "world": organization.place,
        "organization": organization.id,
        "name": organization.name,
        "template": organization.template,
        "seed": organization.seed,
        "examples": int(organization.examples),
        "created": organization.created,
        "start_mode": organization.start.mode,
        "start_now": organization.start.now,
        "clock_mode": organization.clock.mode,
        "clock_now": organization.clock.now,
        "faults": orjson.dumps(organization.faults).decode(),
    }


def _organization(row: Any) -> StoredOrganization:
    return StoredOrganization(
        id=row.organization,
        name=row.name,
        template=row.template,
        seed=row.seed,
        examples=bool(row.examples),
        created=row.created,
        start=ClockSetting(row.start_mode, row.start_now),
        clock=ClockSetting(row.clock_mode, row.clock_now),
        faults=tuple(orjson.loads(row.faults)),
        number=row.number,
    )


def _key(row: Any) -> StoredKey:
    return StoredKey(
        id=row.key_id,
        organization=row.organization,
        name=row.name,
        shown=row.shown,
        scopes=tuple(orjson.loads(row.scopes)),
        group_ids=tuple(orjson.loads(row.group_ids)),
        customer_ids=tuple(orjson.loads(row.customer_ids)),
        requests_per_minute=row.requests_per_minute,
        requests_per_day=row.requests_per_day,
        expires=row.expires,
        created=row.created,
        revoked=row.revoked,
        number=row.number,
    )
