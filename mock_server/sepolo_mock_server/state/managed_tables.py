"""Tables and statements of organisations and keys that the management API stores."""

from typing import Any

from sqlalchemy import BigInteger, Column, Integer, MetaData, Select, String, Table, Text, UniqueConstraint, or_, select
from sqlalchemy.sql.elements import ColumnElement

from sepolo_mock_server.state.managed import MADE


def _number() -> Column[int]:
    return Column("number", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True)


class ManagedTables:
    """The tables of management, in the metadata of the state."""

    def __init__(self, metadata: MetaData) -> None:
        self.organizations = Table(
            "organizations",
            metadata,
            _number(),
            Column("world", String, nullable=False),
            Column("organization", String(36), nullable=False),
            Column("name", String, nullable=False),
            Column("template", String, nullable=False),
            Column("seed", BigInteger, nullable=False),
            Column("examples", Integer, nullable=False),
            Column("created", BigInteger),
            Column("start_mode", String(8), nullable=False),
            Column("start_now", BigInteger),
            Column("clock_mode", String(8), nullable=False),
            Column("clock_now", BigInteger),
            Column("faults", Text, nullable=False),
            # SHA-256 of the token that reaches only this organisation.
            Column("token", String(64), unique=True),
            UniqueConstraint("world", "organization"),
            sqlite_autoincrement=True,
        )
        self.keys = Table(
            "api_keys",
            metadata,
            _number(),
            Column("world", String, nullable=False),
            Column("organization", String(36), nullable=False),
            Column("key_id", String(36), nullable=False, unique=True),
            Column("name", String, nullable=False),
            # SHA-256 of the text, and of the text before the last rotation.
            Column("hash", String(64), nullable=False, unique=True),
            Column("previous_hash", String(64), unique=True),
            Column("shown", String, nullable=False),
            Column("scopes", Text, nullable=False),
            Column("group_ids", Text, nullable=False),
            Column("customer_ids", Text, nullable=False),
            Column("requests_per_minute", Integer),
            Column("requests_per_day", Integer),
            Column("expires", BigInteger),
            Column("created", BigInteger, nullable=False),
            Column("revoked", BigInteger),
            # Numbers are places of rate limits, which no other key may get.
            sqlite_autoincrement=True,
        )
        # The columns that rows of an organisation's keys are found by.
        self.keys.append_constraint(UniqueConstraint("world", "organization", "number"))

    def organization(self, world: str, organization: str) -> Select[Any]:
        """One that was made, or one of the profile in a world."""
        c = self.organizations.c
        return select(self.organizations).where(c.organization == organization, c.world.in_((MADE, world)))

    def made_organizations(self, after: int, limit: int) -> Select[Any]:
        c = self.organizations.c
        # Not by their world, whose index would be read as a whole and sorted: those of a profile have no creation.
        found = select(self.organizations).where(c.created.is_not(None), c.number > after)
        return found.order_by(c.number).limit(limit)

    def of_token(self, token: str) -> Select[Any]:
        return select(self.organizations).where(self.organizations.c.token == token)

    def key_of_hash(self, key_hash: str) -> Select[Any]:
        """The key of any world with this text now or before its last rotation, by the indexes of both columns."""
        return select(self.keys).where(or_(self.keys.c.hash == key_hash, self.keys.c.previous_hash == key_hash))

    def of_organization(self, world: str, organization: str) -> ColumnElement[bool]:
        """The condition for keys of an organisation."""
        return (self.keys.c.world == world) & (self.keys.c.organization == organization)

    def live_keys(self, world: str, organization: str, after: int, limit: int) -> Select[Any]:
        c = self.keys.c
        found = select(self.keys).where(self.of_organization(world, organization), c.revoked.is_(None))
        return found.where(c.number > after).order_by(c.number).limit(limit)

    def key(self, world: str, organization: str, key_id: str) -> Select[Any]:
        return select(self.keys).where(self.of_organization(world, organization), self.keys.c.key_id == key_id)
