"""Databases: tables through the reader of dlt's `sql_table`, in chunks of Arrow, with a server-side cursor."""

from __future__ import annotations

import datetime as dt
import decimal
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Any, cast

from perf_pipelines.sources.columns import check_columns
from perf_pipelines.sources.config import ColumnType, Incremental
from perf_pipelines.sources.delta import Fetched
from perf_pipelines.sources.environment import from_environment, without_secrets
from perf_pipelines.sources.refusal import table_refused

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping, Sequence

    import pyarrow as pa

    from perf_pipelines.sources.config import SqlSystem

_ROWS_AT_ONCE = 100_000

_TYPES: dict[type, ColumnType] = {
    int: ColumnType.INTEGER,
    decimal.Decimal: ColumnType.NUMBER,
    float: ColumnType.NUMBER,
    str: ColumnType.TEXT,
    bool: ColumnType.BOOLEAN,
    dt.date: ColumnType.DATE,
    dt.datetime: ColumnType.TIMESTAMP,
}


class SqlReader:
    """The tables of one database. Everything it raises is a :class:`SourceRefused` that names the table."""

    def __init__(self, *, system_id: str, system: SqlSystem) -> None:
        self._id = system_id
        self._system = system
        self._url = from_environment(system.url, system_id=system_id, field="url")
        self._engine: Any = None

    def read(self, table_id: str, *, since: dt.datetime | None) -> Fetched:
        """The rows whose cursor is at least ``since`` (all without it), in chunks, each with all columns.

        Refused when a declared column is lost or of another type.
        """
        types = self._reflected(table_id)
        columns = check_columns(
            {name: _type_of(type_) for name, type_ in types.items()},
            self._system.tables[table_id].columns,
            place=f"{self._id}.{table_id}",
        )
        rows = self._rows(table_id, types, columns=columns, since=since)
        return Fetched(columns=columns, batches=rows, at_once=True)

    def keys(self, table_id: str) -> Generator[pa.Table]:
        """The key columns of every row, in chunks."""
        types = self._reflected(table_id)
        return self._rows(table_id, types, columns=self._system.tables[table_id].key, since=None)

    def close(self) -> None:
        """Close the connections that are kept from one table to the next."""
        if self._engine is not None:
            self._engine.dispose()

    def _reflected(self, table_id: str) -> dict[str, Any]:
        """Type by column, as the database has them."""
        import sqlalchemy as sa
        from sqlalchemy import exc

        table = self._system.tables[table_id]
        with self._connected(table_id) as engine:
            try:
                found = sa.inspect(engine).get_columns(table.table or table_id, schema=self._system.schema_)
            except exc.NoSuchTableError as error:
                raise table_refused(
                    self._id, table_id, what="there is no such table", todo="mend `table` or `schema`"
                ) from error
        return {column["name"]: column["type"] for column in found}

    def _rows(
        self, table_id: str, types: Mapping[str, Any], *, columns: Sequence[str], since: dt.datetime | None
    ) -> Generator[pa.Table]:
        import sqlalchemy as sa
        from dlt.sources.sql_database import TableLoader
        from dlt.sources.sql_database.schema_types import table_to_columns

        table = self._system.tables[table_id]
        source = sa.Table(
            table.table or table_id,
            sa.MetaData(schema=self._system.schema_),
            *(sa.Column(name, types[name]) for name in columns),
        )
        cursor = table.load.cursor if isinstance(table.load, Incremental) else None

        with self._connected(table_id) as engine:
            # PostgreSQL writes every value exactly, and text is what the lake holds; to make objects takes longer
            as_text = engine.dialect.name == "postgresql"

            def adapt(query: Any, _: Any) -> Any:
                if as_text:
                    query = sa.select(*(sa.cast(column, sa.Text).label(column.name) for column in source.columns))
                if since is None or cursor is None:
                    return query
                # rows without a cursor come every time, so that they are refused and not lost
                return query.where(sa.or_(source.c[cursor] >= since, source.c[cursor].is_(None)))

            # what `sql_table` reads with, without a second look at the table and a schema that nobody keeps
            loader = TableLoader(
                engine,
                "pyarrow",
                source,
                table_to_columns(source, "full", (lambda _: sa.Text()) if as_text else None),
                chunk_size=_ROWS_AT_ONCE,
                query_adapter_callback=adapt,
            )
            with closing(cast("Generator[pa.Table]", loader.load_rows())) as chunks:
                for chunk in chunks:
                    yield chunk.select(list(columns))

    @contextmanager
    def _connected(self, table_id: str) -> Generator[Any]:
        """An engine that reaches the database; what goes wrong with it is a :class:`SourceRefused`."""
        from dlt.common.exceptions import DltException
        from sqlalchemy import exc
        from tenacity import Retrying, retry_if_exception_type, stop_after_attempt, wait_exponential

        attempts = Retrying(
            stop=stop_after_attempt(self._system.retries + 1),
            wait=wait_exponential(multiplier=0.2, max=10),
            retry=retry_if_exception_type(exc.OperationalError),
            reraise=True,
        )
        engine = self._engine = self._engine or self._made(table_id)
        try:
            for attempt in attempts:
                with attempt, engine.connect():
                    pass
            yield engine
        except exc.DBAPIError as error:
            raise table_refused(
                self._id,
                table_id,
                what=f"the database does not answer: {without_secrets(str(error.orig), self._url)}",
                todo="see that it runs and can be reached, then run again",
            ) from error
        except (exc.SQLAlchemyError, DltException, ValueError, ArithmeticError) as error:
            # a value that has no place in Python or Arrow
            raise table_refused(
                self._id,
                table_id,
                what=f"it cannot be read: {without_secrets(str(error), self._url)}",
                todo="have the value corrected, or read a view that writes it as text",
            ) from error

    def _made(self, table_id: str) -> Any:
        import sqlalchemy as sa
        from sqlalchemy import exc

        seconds = self._system.time_out
        # what a driver takes: libpq's own words
        options = (
            {
                "connect_timeout": min(seconds, 10),
                "options": f"-c statement_timeout={seconds * 1000} -c TimeZone=UTC -c DateStyle=ISO",
            }
            if self._url.startswith("postgres")
            else {}
        )
        try:
            return sa.create_engine(self._url, connect_args=options, pool_pre_ping=True)
        except (exc.ArgumentError, ImportError) as error:
            raise table_refused(
                self._id,
                table_id,
                what=f"${self._system.url.env} is no address of a database: {without_secrets(str(error), self._url)}",
                todo="write it like postgresql://user:password@host:5432/database",
            ) from error


def _type_of(type_: Any) -> ColumnType | None:
    try:
        return _TYPES.get(type_.python_type)
    except NotImplementedError:
        return None
