"""Databases: tables through dlt's `sql_table`, in chunks of Arrow, with a server-side cursor."""

from __future__ import annotations

import datetime as dt
import decimal
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from perf_pipelines.errors import Problem, SourceRefused
from perf_pipelines.sources.columns import check_columns
from perf_pipelines.sources.config import ColumnType, Incremental
from perf_pipelines.sources.delta import Fetched
from perf_pipelines.sources.environment import from_environment, without_secrets

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Sequence

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

    def read(self, table_id: str, *, since: dt.datetime | None) -> Fetched:
        """The rows whose cursor is at least ``since`` (all without it), in chunks, each with all columns.

        Refused when a declared column is lost or of another type.
        """
        columns = self._columns(table_id)
        return Fetched(columns=columns, batches=self._rows(table_id, columns=columns, since=since))

    def keys(self, table_id: str) -> Iterator[pa.Table]:
        """The key columns of every row, in chunks."""
        return self._rows(table_id, columns=self._system.tables[table_id].key, since=None)

    def _columns(self, table_id: str) -> tuple[str, ...]:
        import sqlalchemy as sa
        from sqlalchemy import exc

        table = self._system.tables[table_id]
        with self._engine(table_id) as engine:
            try:
                found = sa.inspect(engine).get_columns(table.table or table_id, schema=self._system.schema_)
            except exc.NoSuchTableError as error:
                raise self._refused(table_id, "there is no such table", "mend `table` or `schema`") from error
        types = {column["name"]: _type_of(column["type"]) for column in found}
        return check_columns(types, table.columns, place=f"{self._id}.{table_id}")

    def _rows(self, table_id: str, *, columns: Sequence[str], since: dt.datetime | None) -> Iterator[pa.Table]:
        import sqlalchemy as sa
        from dlt.sources.sql_database import sql_table

        table = self._system.tables[table_id]
        cursor = table.load.cursor if isinstance(table.load, Incremental) else None

        def adapt(query: Any, source: Any) -> Any:
            if since is None or cursor is None:
                return query
            # rows without a cursor come every time, so that they are refused and not lost
            return query.where(sa.or_(source.c[cursor] >= since, source.c[cursor].is_(None)))

        with self._engine(table_id) as engine:
            resource = sql_table(
                credentials=engine,
                table=table.table or table_id,
                schema=self._system.schema_,
                backend="pyarrow",
                chunk_size=_ROWS_AT_ONCE,
                included_columns=list(columns),
                query_adapter_callback=adapt,
            )
            for chunk in resource:
                if isinstance(chunk, pa.Table):
                    yield chunk.select(list(columns))

    @contextmanager
    def _engine(self, table_id: str) -> Generator[Any]:
        import sqlalchemy as sa
        from dlt.extract.exceptions import ResourceExtractionError
        from sqlalchemy import exc
        from tenacity import Retrying, retry_if_exception_type, stop_after_attempt, wait_exponential

        seconds = self._system.time_out
        # what a driver takes: libpq's own words
        options = (
            {"connect_timeout": min(seconds, 10), "options": f"-c statement_timeout={seconds * 1000} -c TimeZone=UTC"}
            if self._url.startswith("postgres")
            else {}
        )
        try:
            engine = sa.create_engine(self._url, connect_args=options)
        except (exc.ArgumentError, ImportError) as error:
            raise self._refused(
                table_id,
                f"${self._system.url.env} is no address of a database: {without_secrets(str(error), self._url)}",
                "write it like postgresql://user:password@host:5432/database",
            ) from error
        attempts = Retrying(
            stop=stop_after_attempt(self._system.retries + 1),
            wait=wait_exponential(multiplier=0.2, max=10),
            retry=retry_if_exception_type(exc.OperationalError),
            reraise=True,
        )
        try:
            for attempt in attempts:
                with attempt, engine.connect():
                    pass
            yield engine
        except (exc.SQLAlchemyError, ResourceExtractionError) as error:
            # dlt wraps what happens while it reads
            first = error.__cause__ if isinstance(error, ResourceExtractionError) and error.__cause__ else error
            cause = without_secrets(str(first.orig if isinstance(first, exc.DBAPIError) else first), self._url)
            raise self._refused(
                table_id,
                f"the database does not answer: {cause}",
                "see that it runs and can be reached, then run again",
            ) from error
        finally:
            engine.dispose()

    def _refused(self, table_id: str, what: str, todo: str) -> SourceRefused:
        return SourceRefused(
            f"{self._id} cannot be loaded; the lake is as before",
            [Problem(field=f"{self._id}.{table_id}", what=what, todo=todo)],
        )


def _type_of(type_: Any) -> ColumnType | None:
    try:
        return _TYPES.get(type_.python_type)
    except NotImplementedError:
        return None
