"""PostgreSQL with the databases of the shop and of HR."""

from __future__ import annotations

import io
import shutil
import tempfile
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg2
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
from psycopg2 import extensions, sql

from business_systems.serving.postgres import Postgres
from business_systems.serving.served import key_column, tables_of, without

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from datetime import datetime

    from business_systems.serving.served import ServedWorld

DATABASES = ("shop", "hris")
ROWS_AT_ONCE = 1_000_000


class Databases:
    """The databases ``shop`` and ``hris`` of one server, holding what was known until the clock's moment."""

    def __init__(self, world: ServedWorld) -> None:
        self._world = world
        self._deleted: dict[tuple[str, str], set[str]] = {}
        self._folder = Path(tempfile.mkdtemp(prefix="business-systems-"))
        self._server = Postgres(self._folder / "postgres")

    def url(self, database: str) -> str:
        """Where the database is; the same for as long as these databases exist."""
        return self._server.url(database)

    def start(self, clock: datetime) -> None:
        """Start the server, create the databases and fill them with the rows known at ``clock``."""
        self._server.start()
        with closing(self._connect("postgres")) as connection:
            connection.autocommit = True
            with connection.cursor() as cursor:
                for database in DATABASES:
                    cursor.execute(sql.SQL("create database {}").format(sql.Identifier(database)))
        for database in DATABASES:
            with closing(self._connect(database)) as connection, connection:
                for table in tables_of(self._world, database):
                    _create(connection, table, self._world.table(database, table), until=clock)

    def advance(self, since: datetime, until: datetime) -> None:
        """Insert the rows that became known after ``since`` and until ``until``."""
        for database in DATABASES:
            with closing(self._connect(database)) as connection, connection:
                for table in tables_of(self._world, database):
                    rows = self._world.table(database, table)
                    deleted = self._deleted.get((database, table), set())
                    with connection.cursor() as cursor:
                        _copy(cursor, table, rows, since=since, until=until, deleted=deleted)

    def delete(self, database: str, table: str, key: str) -> None:
        """Delete a row physically; one that is not known yet will never appear."""
        column = key_column(self._world.table(database, table))
        statement = sql.SQL("delete from {} where {}::text = {}").format(
            sql.Identifier(table), sql.Identifier(column), sql.Literal(key)
        )
        with closing(self._connect(database)) as connection, connection, connection.cursor() as cursor:
            cursor.execute(statement)
        self._deleted.setdefault((database, table), set()).add(key)

    def down(self) -> None:
        """Stop the server; its rows stay."""
        self._server.stop()

    def up(self) -> None:
        """Start the stopped server at the same address."""
        self._server.start()

    def close(self) -> None:
        """Stop the server and remove its files."""
        self._server.stop()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _connect(self, database: str) -> extensions.connection:
        return psycopg2.connect(self._server.url(database))


def _create(connection: extensions.connection, table: str, rows: pa.Table, *, until: datetime) -> None:
    columns = [
        sql.SQL("{} {}").format(sql.Identifier(name), sql.SQL(sql_type(rows.schema.field(name).type)))
        for name in rows.column_names
    ]
    called, key = sql.Identifier(table), sql.Identifier(key_column(rows))
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("create table {} ({})").format(called, sql.SQL(", ").join(columns)))
        _copy(cursor, table, rows, since=None, until=until, deleted=())
        cursor.execute(sql.SQL("alter table {} add primary key ({})").format(called, key))
        cursor.execute(sql.SQL("create index on {} (updated_at)").format(called))
        cursor.execute(sql.SQL("analyze {}").format(called))


def _copy(
    cursor: extensions.cursor,
    table: str,
    rows: pa.Table,
    *,
    since: datetime | None,
    until: datetime,
    deleted: Collection[str],
) -> None:
    """Append rows to the table's first columns, whatever a test has renamed them to or added behind them."""
    chunks = [chunk for chunk in _known(rows, since=since, until=until) if chunk.num_rows]
    if not chunks:
        return
    cursor.execute(
        "select attname from pg_attribute where attrelid = %s::regclass and attnum > 0 and not attisdropped"
        " order by attnum limit %s",
        (f'"{table}"', rows.num_columns),
    )
    columns = [sql.Identifier(name) for (name,) in cursor.fetchall()]
    statement = sql.SQL("copy {} ({}) from stdin (format csv)").format(
        sql.Identifier(table), sql.SQL(", ").join(columns)
    )
    for chunk in chunks:
        text = io.BytesIO()
        pyarrow.csv.write_csv(without(chunk, deleted), text, pyarrow.csv.WriteOptions(include_header=False))
        text.seek(0)
        cursor.copy_expert(statement, text)


def _known(rows: pa.Table, *, since: datetime | None, until: datetime) -> Iterator[pa.Table]:
    compute: Any = pc  # whose stubs know expressions here, and columns not
    for start in range(0, rows.num_rows, ROWS_AT_ONCE):
        chunk = rows.slice(start, ROWS_AT_ONCE)
        updated = chunk["updated_at"]
        known = compute.less_equal(updated, pa.scalar(until, updated.type))
        if since is not None:
            known = compute.and_(known, compute.greater(updated, pa.scalar(since, updated.type)))
        yield chunk.filter(known)


def sql_type(kind: Any) -> str:
    """The PostgreSQL type of a pyarrow type."""
    if pa.types.is_decimal(kind):
        return f"numeric({kind.precision}, {kind.scale})"
    for is_kind, name in _TYPES:
        if is_kind(kind):
            return name
    raise TypeError(f"no PostgreSQL type is known for {kind}; add it to business_systems/serving/database.py")


_TYPES = (
    (pa.types.is_string, "text"),
    (pa.types.is_large_string, "text"),
    (pa.types.is_dictionary, "text"),
    (pa.types.is_boolean, "boolean"),
    (pa.types.is_int64, "bigint"),
    (pa.types.is_integer, "integer"),
    (pa.types.is_floating, "double precision"),
    (pa.types.is_date, "date"),
    (pa.types.is_timestamp, "timestamptz"),
)
