"""Tables, statements and engine of the state. Only this module and `managed_tables` import SQLAlchemy when loaded."""

from collections.abc import Callable
from typing import Any
from urllib.parse import unquote

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Engine,
    Integer,
    MetaData,
    Select,
    String,
    Table,
    Text,
    create_engine,
    delete,
    event,
    func,
    insert,
    inspect,
    select,
    tuple_,
    update,
)
from sqlalchemy.engine import make_url
from sqlalchemy.exc import IntegrityError, ProgrammingError
from sqlalchemy.pool import StaticPool
from sqlalchemy.schema import CreateTable
from sqlalchemy.sql.dml import Delete, Insert, Update

from sepolo_mock_server.state import trouble
from sepolo_mock_server.state.managed_tables import ManagedTables
from sepolo_mock_server.state.reports import Owner, ReportFilter


class Tables:
    """The tables and the statements on them."""

    def __init__(self) -> None:
        self.metadata = MetaData()
        self.reports = Table(
            "service_reports",
            self.metadata,
            Column("sequence", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
            Column("world", String, nullable=False),
            Column("organization", String(36), nullable=False),
            Column("report_id", String(36), unique=True),
            Column("created", BigInteger, nullable=False),
            Column("asset_id", String(36)),
            Column("device_id", String),
            Column("state", Integer, nullable=False),
            Column("group_id", Integer),
            Column("customer_id", String),
            Column("row", Text, nullable=False),
            # The numbers of deleted reports are not reused.
            sqlite_autoincrement=True,
        )
        self.idempotency_keys = Table(
            "idempotency",
            self.metadata,
            Column("world", String, primary_key=True),
            Column("key_name", String, primary_key=True),
            Column("attempt", String(255), primary_key=True),
            Column("body", String(64), nullable=False),
            Column("report_id", String(36), nullable=False),
        )
        self.facts = Table(
            "state", self.metadata, Column("name", String, primary_key=True), Column("value", Integer, nullable=False)
        )
        self.managed = ManagedTables(self.metadata)

    @property
    def last_sequence(self) -> Select[Any]:
        return select(func.max(self.reports.c.sequence))

    @property
    def generation(self) -> Select[Any]:
        return select(self.facts.c.value).where(self.facts.c.name == "generation")

    def generation_of(self, owner: Owner | None) -> Select[Any]:
        """The number of resets of the whole state, and of the owner's organisation."""
        names = ["generation"] if owner is None else ["generation", generation_name(owner.world, owner.organization)]
        return select(func.sum(self.facts.c.value)).where(self.facts.c.name.in_(names))

    @property
    def raise_generation(self) -> Update:
        return update(self.facts).where(self.facts.c.name == "generation").values(value=self.facts.c.value + 1)

    def raise_generation_of(self, owner: Owner) -> Update:
        """Count a reset of the owner's organisation, if one was counted before."""
        name = generation_name(owner.world, owner.organization)
        return update(self.facts).where(self.facts.c.name == name).values(value=self.facts.c.value + 1)

    def first_generation_of(self, owner: Owner) -> Insert:
        """Count the first reset of the owner's organisation."""
        return insert(self.facts).values(name=generation_name(owner.world, owner.organization), value=1)

    @property
    def rewrite_generation(self) -> Update:
        return update(self.facts).where(self.facts.c.name == "generation").values(value=self.facts.c.value)

    def select_idempotency_key(self, owner: Owner, key: str) -> Select[Any]:
        c = self.idempotency_keys.c
        return select(c.body, c.report_id).where(c.world == owner.world, c.key_name == owner.key_name, c.attempt == key)

    def select_report(self, owner: Owner, report_id: str) -> Select[Any]:
        return self._visible(select(self.reports.c.row), owner).where(self.reports.c.report_id == report_id)

    def select_reports(self, owner: Owner, wanted: ReportFilter, after: tuple[int, int] | None) -> Select[Any]:
        c = self.reports.c
        statement = self._visible(select(c.created, c.sequence, c.row), owner)
        for column, value in ((c.asset_id, wanted.asset_id), (c.device_id, wanted.device_id), (c.state, wanted.state)):
            if value is not None:
                statement = statement.where(column == value)
        if wanted.start is not None:
            statement = statement.where(c.created >= wanted.start)
        if wanted.stop is not None:
            statement = statement.where(c.created <= wanted.stop)
        if after is not None:
            statement = statement.where(tuple_(c.created, c.sequence) < tuple_(*after))
        return statement.order_by(c.created.desc(), c.sequence.desc())

    def delete_attempts(self, owner: Owner) -> Delete:
        """Delete the idempotency keys of an organisation, which are found by the reports that they created."""
        c = self.reports.c
        reports = select(c.report_id).where(c.world == owner.world, c.organization == owner.organization)
        return delete(self.idempotency_keys).where(self.idempotency_keys.c.report_id.in_(reports))

    def delete_reports(self, owner: Owner) -> Delete:
        """Delete the reports of an organisation."""
        c = self.reports.c
        return delete(self.reports).where(c.world == owner.world, c.organization == owner.organization)

    def _visible(self, statement: Select[Any], owner: Owner) -> Select[Any]:
        """Only the owner's reports within the key's boundaries; a boundary hides reports with no group or customer."""
        c = self.reports.c
        statement = statement.where(c.world == owner.world, c.organization == owner.organization)
        if owner.groups:
            statement = statement.where(c.group_id.in_(owner.groups))
        if owner.customers:
            statement = statement.where(c.customer_id.in_(owner.customers))
        return statement


def generation_name(world: str, organization: str) -> str:
    """Return the name under which the resets of one organisation are counted."""
    return f"generation/{world}/{organization}"


def engine(url: str, timeout_s: float) -> Engine:
    """Return an engine that waits at most `timeout_s` for a lock or a server.

    SQLite is used in WAL mode, with every commit synced to disk.
    """
    address = make_url(url)
    if address.get_backend_name() != "sqlite":
        arguments = {name: value for name, value in _server(timeout_s).items() if name not in address.query}
        database = create_engine(address, pool_pre_ping=True, pool_timeout=timeout_s, connect_args=arguments)
        if "options" not in address.query:
            event.listen(database, "connect", _limit_statements(timeout_s))
        return database
    options: dict[str, Any] = {"poolclass": StaticPool} if url == "sqlite://" else {"pool_timeout": timeout_s}
    if address.database:
        # Not every release of SQLAlchemy decodes the path.
        address = address.set(database=unquote(url.removeprefix("sqlite:///").partition("?")[0]))
    database = create_engine(address, connect_args={"check_same_thread": False, "timeout": timeout_s}, **options)
    event.listen(database, "connect", _on_connect)
    event.listen(database, "begin", _on_begin)
    return database


def complete(connection: Connection, tables: Tables) -> bool:
    """Whether all tables exist; raise StateError if one of them has other columns than this module's."""
    inspector = inspect(connection)
    found = set(inspector.get_table_names()) & set(tables.metadata.tables)
    for name in found:
        columns = {column["name"] for column in inspector.get_columns(name)}
        if columns != set(tables.metadata.tables[name].c.keys()):
            raise trouble.foreign()
    return len(found) == len(tables.metadata.tables) and connection.scalar(tables.generation) is not None


def older(connection: Connection, tables: Tables) -> bool:
    """Whether the state was written before there was a management API, so that only its tables are missing."""
    return inspect(connection).has_table(tables.facts.name) and connection.scalar(tables.generation) is not None


def create(database: Engine, tables: Tables) -> None:
    """Create the tables that are missing."""
    try:
        _create(database, tables)
    except (IntegrityError, ProgrammingError):
        # Another process created the same table at the same time; it exists now.
        _create(database, tables)


def _create(database: Engine, tables: Tables) -> None:
    with database.connect() as plain:
        connection = plain.execution_options(writing=True)
        with connection.begin():
            for table in tables.metadata.sorted_tables:
                connection.execute(CreateTable(table, if_not_exists=True))
            if connection.scalar(tables.generation) is None:
                connection.execute(insert(tables.facts).values(name="generation", value=0))


def _server(timeout_s: float) -> dict[str, int]:
    """Parameters of libpq that end a connection to a host that is gone."""
    return {
        "connect_timeout": int(timeout_s),
        "tcp_user_timeout": int(timeout_s * 1000),
        "keepalives_idle": int(timeout_s),
        "keepalives_interval": 1,
        "keepalives_count": int(timeout_s),
    }


def _limit_statements(timeout_s: float) -> Callable[[Any, object], None]:
    def on_connect(connection: Any, _record: object) -> None:
        with connection.cursor() as cursor:
            cursor.execute(f"SET statement_timeout = {int(timeout_s * 1000)}")
        connection.commit()

    return on_connect


def _on_connect(connection: Any, _record: object) -> None:
    # The driver would begin a transaction only at the first write; `_on_begin` begins it instead.
    connection.isolation_level = None
    connection.execute("PRAGMA journal_mode=WAL")
    # A report that was acknowledged with 201 must survive a power cut, not only the end of the process.
    connection.execute("PRAGMA synchronous=FULL")


def _on_begin(connection: Connection) -> None:
    writing = connection.get_execution_options().get("writing", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")
