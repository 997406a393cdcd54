"""What a reading of a database or service adds to what the lake knows: new and changed rows, and rows that vanished.

The reading is put into a DuckDB file of its own and compared with the lake's current rows there, so that neither has
to fit into memory. A reading may bring a row twice, in any order, or older than was asked for: the key decides.
"""

from __future__ import annotations

import datetime as dt
import shutil
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import duckdb

from perf_pipelines.errors import Problem, SourceRefused
from perf_pipelines.sources.config import ColumnType, Deletions, Incremental
from perf_pipelines.sources.own_columns import DELETED, LOAD_ID, SUPERSEDES
from perf_pipelines.sources.own_columns import SOURCE_KEY as KEY
from perf_pipelines.sql_text import identifier

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Sequence
    from pathlib import Path

    import pyarrow as pa

    from perf_pipelines.sources.config import KeyedTable

_ROWS_AT_ONCE = 200_000
_MEMORY = "2GB"


@dataclass(frozen=True, kw_only=True)
class Fetched:
    """A reading: the columns, and its rows in batches (any types; text in the lake).

    ``at_once``: all rows are of one moment, so that a key stands in it once. Otherwise a row may have changed between
    two pages, and its newest version counts.
    """

    columns: tuple[str, ...]
    batches: Generator[pa.Table]
    at_once: bool


class Reader(Protocol):
    """A connector to one system."""

    def read(self, table_id: str, *, since: dt.datetime | None) -> Fetched:
        """The rows of a table, only those changed since then if that is given."""
        ...

    def keys(self, table_id: str) -> Generator[pa.Table]:
        """The key columns of all rows."""
        ...

    def close(self) -> None:
        """Leave the system alone; nothing is read afterwards."""
        ...


@dataclass(frozen=True, kw_only=True)
class Delta:
    """What is to be appended for one table. ``rows`` are those of the current view afterwards."""

    columns: tuple[str, ...]
    changed: bool
    appended: int
    superseding: int
    rows: int
    batches: Iterator[pa.RecordBatch]


class Comparison:
    """The scratch file in which a system's readings are compared with the lake; it is gone at the end."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection

    def delta(
        self, *, table_id: str, table: KeyedTable, reader: Reader, known_sql: str | None, known_rows: int, place: str
    ) -> Delta:
        """Read a table and compare; ``known_sql`` selects the lake's current rows (``None``: it knows none).

        With a table that is loaded whole, everything is appended if anything differs, and nothing if nothing does.
        """
        incremental = table.load if isinstance(table.load, Incremental) else None
        since = self._since(known_sql, incremental)
        columns = self._fetch(table_id, table, reader.read(table_id, since=since), place=place)
        self._know(table_id, known_sql, columns)
        if incremental is None:
            return self._whole(table_id, columns, known_rows=known_rows)
        if known_sql is None:
            self._all(table_id)
        else:
            self._changes(table_id, columns, cursor=incremental.cursor)
        if known_sql is not None and incremental.deletions is not Deletions.IGNORED:
            self._vanished(table_id, table, reader, incremental, columns=columns, since=since, place=place)
        return self._appending(table_id, columns, known_rows=known_rows)

    def _since(self, known_sql: str | None, incremental: Incremental | None) -> dt.datetime | None:
        if known_sql is None or incremental is None:
            return None
        # nothing is written later than it is read: a moment to come would hide all rows that are older than it
        newest = self._one(
            f"""
            select max(least(
                cast({identifier(incremental.cursor)} as timestamptz), to_timestamp(cast({LOAD_ID} as double))
            ))
            from ({known_sql})
            """
        )
        if not isinstance(newest, dt.datetime):
            return None
        return newest.astimezone(dt.UTC) - dt.timedelta(days=incremental.look_back)

    def _fetch(self, table_id: str, table: KeyedTable, fetched: Fetched, *, place: str) -> tuple[str, ...]:
        columns = fetched.columns
        raw = ", ".join(f"{identifier(name)} varchar" for name in columns)
        self._connection.execute(f"create or replace table {_table('read', table_id)} ({raw}, {KEY} varchar)")
        texts = ", ".join(
            # a service writes an instant in its own way; in the lake all are alike
            f"cast(cast({identifier(name)} as timestamptz) as varchar)"
            if table.columns.get(name) is ColumnType.TIMESTAMP
            else f"cast({identifier(name)} as varchar)"
            for name in columns
        )
        self._insert(_table("read", table_id), f"{texts}, {_key(table)}", fetched.batches, place=place)
        self._refuse_unknown(table_id, table, place=place)
        twice = self._each_once(table_id, None if fetched.at_once else _cursor(table))
        if twice is not None:
            raise SourceRefused(
                f"{place} contradicts itself; the lake is as before",
                [
                    Problem(
                        field=place,
                        row=str(twice),
                        what=f"the key {', '.join(table.key)} stands twice with different contents",
                        todo="declare the table's whole key in sources.yaml, or have the rows corrected",
                    )
                ],
            )
        return columns

    def _insert(self, into: str, select: str, batches: Generator[pa.Table], *, place: str) -> None:
        # closed also when it breaks off: an open reading holds a transaction in the source
        with closing(batches):
            for batch in batches:
                self._connection.register("batch", batch)
                try:
                    self._connection.execute(f"insert into {into} select {select} from batch")
                except duckdb.ConversionException as error:
                    raise SourceRefused(
                        f"{place} cannot be loaded; the lake is as before",
                        [
                            Problem(
                                field=place,
                                what=f"a value is no timestamp: {str(error).splitlines()[0]}",
                                todo="have it corrected, or declare the column as text",
                            )
                        ],
                    ) from error
                self._connection.unregister("batch")

    def _each_once(self, table_id: str, cursor: str | None) -> object:
        """Make `fetched` of what was read: of each key the row with the newest cursor. A key that has several."""
        read, repeated, fetched = (_table(name, table_id) for name in ("read", "repeated", "fetched"))
        self._connection.execute(
            f"create or replace table {repeated} as select {KEY} from {read} group by {KEY} having count(*) > 1"
        )
        if not self._one(f"select count(*) from {repeated}"):
            self._connection.execute(f"drop table if exists {fetched}; alter table {read} rename to {fetched}")
            return None
        newest = f"cast({identifier(cursor)} as timestamptz)" if cursor else "0"
        self._connection.execute(
            f"""
            create or replace table {fetched} as
            from {read} anti join {repeated} using ({KEY})
            union all
            select distinct * from {read} semi join {repeated} using ({KEY})
            qualify rank() over (partition by {KEY} order by {newest} desc) = 1
            """
        )
        self._connection.execute(f"drop table {read}")
        return self._one(
            f"""
            select min({KEY}) from (
                select {KEY} from {fetched} semi join {repeated} using ({KEY}) group by {KEY} having count(*) > 1
            )
            """
        )

    def _refuse_unknown(self, table_id: str, table: KeyedTable, *, place: str) -> None:
        """Rows without a key or cursor: they would be lost, or appended again by every run."""
        problems: list[Problem] = []
        for name in dict.fromkeys((*table.key, *filter(None, [_cursor(table)]))):
            without = self._one(f"select count(*) from {_table('read', table_id)} where {identifier(name)} is null")
            if without:
                problems.append(_without_value(without, field=f"{place}.{name}"))
        if problems:
            raise _unknown(problems, place=place)

    def _know(self, table_id: str, known_sql: str | None, columns: Sequence[str]) -> None:
        """Put the lake's current rows beside the reading, with the reading's columns."""
        if known_sql is None:
            empty = ", ".join(f"cast(null as varchar) as {identifier(name)}" for name in columns)
            known_sql = f"select {empty}, cast(null as varchar) as {KEY} where false"
        there = {row[0] for row in self._connection.execute(f"describe {known_sql}").fetchall()}
        names = ", ".join(
            identifier(name) if name in there else f"cast(null as varchar) as {identifier(name)}" for name in columns
        )
        self._connection.execute(
            f"create or replace view {_table('known', table_id)} as select {names}, {KEY} from ({known_sql})"
        )

    def _changes(self, table_id: str, columns: Sequence[str], *, cursor: str) -> None:
        differs = " or ".join(f"new.{identifier(name)} is distinct from old.{identifier(name)}" for name in columns)
        names = ", ".join(f"new.{identifier(name)}" for name in columns)
        newest = identifier(cursor)
        self._connection.execute(
            f"""
            create or replace table {_table("delta", table_id)} as
            select
                {names}, new.{KEY}, false as {DELETED}, old.{KEY} is not null as {SUPERSEDES}
            from {_table("fetched", table_id)} as new
            -- of many known rows those of a few keys
            left join (
                from {_table("known", table_id)} semi join {_table("fetched", table_id)} using ({KEY})
            ) as old on new.{KEY} = old.{KEY}
            where
                old.{KEY} is null
                or (
                    ({differs})
                    -- an older version than the one known is no news
                    and cast(new.{newest} as timestamptz) >= cast(old.{newest} as timestamptz)
                )
            """
        )

    def _vanished(
        self,
        table_id: str,
        table: KeyedTable,
        reader: Reader,
        incremental: Incremental,
        *,
        columns: Sequence[str],
        since: dt.datetime | None,
        place: str,
    ) -> None:
        if incremental.deletions is Deletions.BY_KEY:
            self._connection.execute(f"create or replace table {_table('there', table_id)} ({KEY} varchar)")
            self._insert(_table("there", table_id), _key(table), reader.keys(table_id), place=place)
            without = self._one(f"select count(*) from {_table('there', table_id)} where {KEY} is null")
            if without:
                raise _unknown([_without_value(without, field=f"{place}.{', '.join(table.key)}")], place=place)
            looked_at = "true"
        else:
            self._connection.execute(
                f"create or replace view {_table('there', table_id)} as select {KEY} from {_table('fetched', table_id)}"
            )
            moment = "-infinity" if since is None else since.isoformat()
            looked_at = f"cast(old.{identifier(incremental.cursor)} as timestamptz) >= timestamptz '{moment}'"
        # of a row that vanished the lake keeps the key and when it was last changed
        kept = {*table.key, incremental.cursor}
        names = ", ".join(f"old.{identifier(name)}" if name in kept else "cast(null as varchar)" for name in columns)
        self._connection.execute(
            f"""
            insert into {_table("delta", table_id)}
            select {names}, old.{KEY}, true, true
            from {_table("known", table_id)} as old
            anti join {_table("there", table_id)} as there on there.{KEY} = old.{KEY}
            anti join {_table("delta", table_id)} as delta on delta.{KEY} = old.{KEY}
            where {looked_at}
            """
        )

    def _all(self, table_id: str) -> None:
        """Everything that was read is new."""
        self._connection.execute(
            f"""
            create or replace view {_table("delta", table_id)} as
            select *, false as {DELETED}, false as {SUPERSEDES}
            from {_table("fetched", table_id)}
            """
        )

    def _whole(self, table_id: str, columns: Sequence[str], *, known_rows: int) -> Delta:
        fetched = int(str(self._one(f"select count(*) from {_table('fetched', table_id)}")))
        alike = fetched == known_rows and not self._one(
            f"""
            select count(*) from (
                select * from {_table("fetched", table_id)} except all select * from {_table("known", table_id)}
            )
            """
        )
        self._all(table_id)
        return Delta(
            columns=tuple(columns),
            changed=not alike,
            appended=0 if alike else fetched,
            superseding=0,
            rows=fetched,
            batches=self._batches(table_id),
        )

    def _appending(self, table_id: str, columns: Sequence[str], *, known_rows: int) -> Delta:
        counts = self._connection.execute(
            f"""
            select count(*), count(*) filter (where {SUPERSEDES}), count(*) filter (where {DELETED})
            from {_table("delta", table_id)}
            """
        ).fetchone()
        appended, superseding, deleted = counts or (0, 0, 0)
        return Delta(
            columns=tuple(columns),
            changed=appended > 0,
            appended=appended,
            superseding=superseding,
            rows=known_rows + (appended - superseding) - deleted,
            batches=self._batches(table_id),
        )

    def _batches(self, table_id: str) -> Iterator[pa.RecordBatch]:
        # a cursor of its own: several tables are read in turns
        reader = (
            self._connection.cursor()
            .execute(f"select * from {_table('delta', table_id)}")
            .to_arrow_reader(_ROWS_AT_ONCE)
        )
        yield from reader

    def _one(self, sql: str) -> object:
        row = self._connection.execute(sql).fetchone()
        return row[0] if row else None


@contextmanager
def comparison(folder: Path) -> Generator[Comparison]:
    """A scratch file in ``folder``, which is emptied before and afterwards."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    connection = duckdb.connect(
        str(folder / "reading.duckdb"),
        config={"memory_limit": _MEMORY, "temp_directory": str(folder / "spill")},
    )
    connection.execute("set TimeZone = 'UTC'")
    try:
        yield Comparison(connection)
    finally:
        connection.close()
        shutil.rmtree(folder, ignore_errors=True)


def _cursor(table: KeyedTable) -> str | None:
    return table.load.cursor if isinstance(table.load, Incremental) else None


def _without_value(rows: object, *, field: str) -> Problem:
    return Problem(
        field=field,
        what=f"{rows} rows have no value, by which they would be known",
        todo="have it filled in, or declare another key and cursor in sources.yaml",
    )


def _unknown(problems: Sequence[Problem], *, place: str) -> SourceRefused:
    return SourceRefused(f"{place} cannot be compared; the lake is as before", problems)


def _key(table: KeyedTable) -> str:
    """Several columns are joined by `|`, and one inside a value must not look like that."""
    texts = [f"cast({identifier(name)} as varchar)" for name in table.key]
    if len(texts) > 1:
        texts = [f"replace(replace({text}, '\\', '\\\\'), '|', '\\|')" for text in texts]
    return " || '|' || ".join(texts)


def _table(prefix: str, table_id: str) -> str:
    return identifier(f"{prefix}_{table_id}")
