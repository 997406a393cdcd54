"""Publishing: the marts that passed every gate, whole or not at all, for BI and HR to read.

A version is a folder with ``marts.duckdb`` (schema ``marts``, read-only) and ``parquet/<mart>/<period>.parquet``.
``published`` is a link to one version; a new one is made beside it and the link is moved in one rename, so that a
reader sees the old marts or the new ones and never a mixture. Periods that were not closed again are carried over
from the version before as they are.

Beside the closed periods a version holds those that are running and were tracked: of these only the marts in
:data:`OF_RUNNING`, until the period is closed.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypeVar

import duckdb

from perf_pipelines.durable import flush_all
from perf_pipelines.errors import NotPublished, PeriodRefused, Problem, RunFailed
from perf_pipelines.home import companies_root
from perf_pipelines.sql_text import identifier, literal, parquet
from perf_pipelines.warehouse.engine import MONTH_GRADE, PART_EVALUATION, memory_limit

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Generator, Iterable, Mapping, Sequence
    from pathlib import Path

    import pyarrow as pa

    from perf_pipelines.home import CompanyHome
    from perf_pipelines.periods import Period
    from perf_pipelines.warehouse.engine import Warehouse

OF_RUNNING = ("fct_kpi_alert", "fct_kpi_progress")
"""What is published of a period that is running."""

_OF_RUNNING_ALONE = frozenset({"fct_kpi_progress"})
"""What is not published any more of a period that is closed."""

_WHOLE = "whole"
"""File name of a mart without periods."""

_Item = TypeVar("_Item")
_Result = TypeVar("_Result")


@dataclass(frozen=True, kw_only=True)
class PeriodRecord:
    """How a published period came about: when (UTC, ISO 8601), from which loads, by which scheme.

    ``run`` is the id of the run that published it, empty where it was no run of Dagster. ``read`` is a hash of all that
    it was computed from (:meth:`~perf_pipelines.closing.Closing.stand_published`), empty where that is not known.
    """

    published_at: str
    loads: Mapping[str, str]
    scheme: str
    run: str = ""
    read: str = ""


@dataclass(frozen=True, kw_only=True)
class RunningRecord(PeriodRecord):
    """The same of a period that is running, up to the day ``as_of`` (ISO 8601)."""

    as_of: str


@dataclass(frozen=True, kw_only=True)
class FileRecord:
    """How many rows a mart has of a period, and their content hash."""

    rows: int
    hash: str


@dataclass(frozen=True, kw_only=True)
class Publication:
    """What stands in the published version: its periods, and what each mart has of each (`whole` without periods).

    ``periods`` are those that were closed; ``running`` those that were tracked and are not closed yet.
    """

    company: str
    periods: Mapping[str, PeriodRecord]
    files: Mapping[str, Mapping[str, FileRecord]]
    running: Mapping[str, RunningRecord] = field(default_factory=dict[str, RunningRecord])

    @property
    def rows(self) -> Mapping[str, int]:
        """Rows of each mart."""
        return {mart: sum(file.rows for file in files.values()) for mart, files in self.files.items()}

    @property
    def hashes(self) -> Mapping[str, str]:
        """Content hash of each mart."""
        return {mart: _combined(_hashes(files)) for mart, files in self.files.items()}

    @property
    def content_hash(self) -> str:
        """Content hash of all marts."""
        return _combined(self.hashes)

    def hash_of(self, period: str) -> str:
        """Content hash of one period's rows in all marts that hold periods."""
        return _combined({mart: files[period].hash for mart, files in self.files.items() if period in files})


def publish(
    *,
    company: str,
    home: CompanyHome,
    warehouse: Warehouse,
    periods: Mapping[str, PeriodRecord],
    descriptions: Mapping[str, Mapping[str, str]],
) -> Publication:
    """Make a new version with the rows of ``periods`` replaced, and move the link to it; one process at a time.

    ``descriptions`` has, for each mart, the description of its columns and, under ``""``, its own.
    """
    before = _version_before(home)
    closed = {**(before.publication.periods if before else {}), **periods}
    tracked: Mapping[str, RunningRecord] = before.publication.running if before else {}
    return _replace_version(
        home,
        before,
        _Content(
            company=company,
            periods=closed,
            running={name: record for name, record in tracked.items() if name not in closed},
            replaced=frozenset({*periods, _WHOLE}),
            marts=None,
        ),
        warehouse=warehouse,
        descriptions=descriptions,
    )


def publish_running(
    *,
    company: str,
    home: CompanyHome,
    warehouse: Warehouse,
    running: Mapping[str, RunningRecord],
    descriptions: Mapping[str, Mapping[str, str]],
) -> Publication:
    """Make a new version with what :data:`OF_RUNNING` has of ``running`` replaced, none of which is closed.

    Everything else stays as it is. Where nothing has been published before, marts without periods are published with
    it, so that ids have names. :class:`PeriodRefused` for a period that is closed.
    """
    before = _version_before(home)
    closed = sorted(running.keys() & before.publication.periods.keys()) if before else []
    if closed:
        what, todo = "it is published as a whole", "close it again to compute it anew"
        raise PeriodRefused(f"{closed[0]} is not running", [Problem(field="period", what=what, todo=todo)])
    return _replace_version(
        home,
        before,
        _Content(
            company=company,
            periods=before.publication.periods if before else {},
            running={**(before.publication.running if before else {}), **running},
            replaced=frozenset(running if before else {*running, _WHOLE}),
            marts=OF_RUNNING,
        ),
        warehouse=warehouse,
        descriptions=descriptions,
    )


@dataclass(frozen=True, kw_only=True)
class _Before:
    """The version that is published when a new one is made."""

    folder: Path
    publication: Publication


@dataclass(frozen=True, kw_only=True)
class _Content:
    """What a new version holds; ``replaced`` are the names of files that the warehouse has anew.

    Of a period it has those ``marts``, without these all but what running periods alone have.
    """

    company: str
    periods: Mapping[str, PeriodRecord]
    running: Mapping[str, RunningRecord]
    replaced: frozenset[str]
    marts: tuple[str, ...] | None

    def names_of(self, mart: str, *, by_period: bool) -> list[str]:
        """The files of a mart that are made anew."""
        if not by_period:
            return sorted(self.replaced & {_WHOLE})
        is_in = mart in self.marts if self.marts else mart not in _OF_RUNNING_ALONE
        return sorted(self.replaced - {_WHOLE}) if is_in else []


def _version_before(home: CompanyHome) -> _Before | None:
    home.versions.mkdir(parents=True, exist_ok=True)
    if home.published.is_symlink() and not home.published.exists():
        raise RunFailed(
            "the published version is gone",
            [
                Problem(
                    file=str(home.published),
                    what="the link leads to a folder that does not exist, so the periods closed before are lost to it",
                    todo="restore the folder, or remove the link to begin anew",
                )
            ],
        )
    if not home.published.exists():
        return None
    return _Before(folder=home.published.resolve(), publication=read_publication(home))


def _replace_version(
    home: CompanyHome,
    before: _Before | None,
    content: _Content,
    *,
    warehouse: Warehouse,
    descriptions: Mapping[str, Mapping[str, str]],
) -> Publication:
    for broken_off in home.versions.glob("making-*"):
        shutil.rmtree(broken_off)
    making = home.versions / f"making-{os.getpid()}"
    try:
        _export(warehouse=warehouse, content=content, target=making / "parquet")
        kept = {*content.periods, *content.running, _WHOLE} - content.replaced
        if before is not None:
            _carry_over(before.folder / "parquet", making / "parquet", keep=sorted(kept))
        publication = Publication(
            company=content.company,
            periods=dict(sorted(content.periods.items())),
            running=dict(sorted(content.running.items())),
            files=_file_records(making / "parquet", before and before.publication, replaced=content.replaced),
        )
        _write_database(
            making, before, files=publication.files, replaced=sorted(content.replaced), descriptions=descriptions
        )
        _write_record(making / "publication.json", publication)
        version = home.versions / f"{datetime.now(UTC):%Y%m%dT%H%M%S%fZ}-{publication.content_hash[:12]}"
        flush_all(making)  # the link must never lead to what a power cut has eaten
        making.rename(version)
    finally:
        shutil.rmtree(making, ignore_errors=True)
    _move_link(home.published, version)
    _keep_versions(home, version, before and before.folder)
    return publication


def read_publication(home: CompanyHome) -> Publication:
    """The record of the published version; :class:`NotPublished` when nothing has been published yet.

    :class:`~perf_pipelines.errors.CompanyRefused` when there is no such company either.
    """
    path = home.published / "publication.json"
    if not path.exists():
        from perf_pipelines.company import company_folder  # read for this answer alone

        company_folder(companies_root(), home.root.name)
        raise NotPublished(
            f"nothing has been published for {home.root.name}",
            [
                Problem(
                    what="no period has been closed yet",
                    todo=f"run `perf-pipelines run --company {home.root.name} --period …`",
                )
            ],
        )
    content: dict[str, Any] = json.loads(path.read_text())
    if "files" in content:
        files = {
            mart: {name: FileRecord(**record) for name, record in records.items()}
            for mart, records in content["files"].items()
        }
    else:  # an earlier version of this code counted a mart's rows together
        files = _file_records(path.parent / "parquet", None, replaced=())
    periods = {period: PeriodRecord(**record) for period, record in content["periods"].items()}
    # an earlier version of this code tracked nothing
    running = {period: RunningRecord(**record) for period, record in content.get("running", {}).items()}
    return Publication(company=content["company"], periods=periods, files=files, running=running)


@contextmanager
def open_marts(version: Path) -> Generator[duckdb.DuckDBPyConnection]:
    """A read-only connection to a published version's ``marts.duckdb``, in which ``marts.<mart>`` can be named."""
    with duckdb.connect() as connection:
        connection.execute(f"attach {literal(version / 'marts.duckdb')} as published (read_only)")
        connection.execute("use published.marts")
        yield connection


def part_evaluations(home: CompanyHome, parts: Mapping[Period, Sequence[Period]]) -> pa.Table:
    """The published evaluations of all ``parts`` of periods: part_period_id, employee_id, status, final_score.

    :class:`PeriodRefused` when one of the parts is not published.
    """
    asked = {part.id for each in parts.values() for part in each}
    published = set(read_publication(home).periods) if asked and home.published.exists() else set[str]()
    for period, made_of in parts.items():
        missing = [part.id for part in made_of if part.id not in published]
        if missing:
            raise PeriodRefused(
                f"{period} cannot be closed yet",
                [
                    Problem(
                        field="period",
                        what=f"its score is the mean of {', '.join(part.id for part in made_of)}, and "
                        f"{', '.join(missing)} {'is' if len(missing) == 1 else 'are'} not closed",
                        todo="close all of them with it",
                    )
                ],
            )
    if not asked:
        return PART_EVALUATION.empty_table()
    with open_marts(home.published) as marts:
        found = marts.execute(
            "select period_id as part_period_id, employee_id, status, final_score "
            "from fct_evaluation where list_contains(?, period_id) order by all",
            [sorted(asked)],
        )
        return found.to_arrow_table().cast(PART_EVALUATION)


def content_of(file: Path) -> FileRecord:
    """How many rows a Parquet file has, and their content hash, as they stand in ``publication.json``."""
    with _connect(file.parent) as connection:
        return _file_record(connection, file)


def month_grades(home: CompanyHome, months: Mapping[Period, Sequence[Period]]) -> pa.Table:
    """The published grades of the ``months`` of longer periods: period_id, month_id, employee_id, grade.

    A longer period is closed only when its months are (:meth:`Closing.check_closable`), so that none is missing there.
    """
    asked = [(period.id, month.id) for period, inside in months.items() for month in inside]
    if not asked or not home.published.exists():
        return MONTH_GRADE.empty_table()
    with open_marts(home.published) as marts:
        marts.execute("create temp table asked (period_id text, month_id text)")
        marts.executemany("insert into asked values (?, ?)", asked)
        found = marts.execute(
            "select asked.period_id, asked.month_id, evaluation.employee_id, evaluation.grade from asked "
            "inner join fct_evaluation as evaluation on asked.month_id = evaluation.period_id "
            "where evaluation.status = 'evaluated' order by all"
        )
        return found.to_arrow_table().cast(MONTH_GRADE)


def hash_of(home: CompanyHome, *, period: str) -> str:
    """Content hash of one period's rows in all marts that hold periods."""
    return read_publication(home).hash_of(period)


def _export(*, warehouse: Warehouse, content: _Content, target: Path) -> None:
    copies: list[str] = []
    with warehouse.connect() as connection:
        marts: list[tuple[str, bool]] = connection.execute(
            """
            select table_name, bool_or(column_name = 'period_id')
            from information_schema.columns where table_schema = 'marts' group by table_name order by table_name
            """
        ).fetchall()
        for mart, by_period in marts:
            names = content.names_of(mart, by_period=by_period)
            if names:
                (target / mart).mkdir(parents=True)
            for name in names:
                rows = f"select * from marts.{mart}"
                if by_period:
                    rows += f" where period_id = '{name}'"
                file = target / mart / f"{name}.parquet"
                copies.append(f"copy ({rows} order by all) to {literal(file)} (format parquet)")
        _side_by_side(connection, lambda cursor, copy: cursor.execute(copy), copies)


def _side_by_side(
    connection: duckdb.DuckDBPyConnection,
    work: Callable[[duckdb.DuckDBPyConnection, _Item], _Result],
    items: Iterable[_Item],
) -> list[_Result]:
    """``work`` on each item with a cursor of its own, one for each core at once: few rows keep one core busy."""

    def with_a_cursor(item: _Item) -> _Result:
        return work(connection.cursor(), item)

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return list(pool.map(with_a_cursor, items))


def _carry_over(old: Path, new: Path, *, keep: Sequence[str]) -> None:
    for folder in sorted(old.iterdir()):
        for period in keep:
            file = folder / f"{period}.parquet"
            if file.exists():
                (new / folder.name).mkdir(exist_ok=True)
                os.link(file.resolve(), new / folder.name / file.name)


def _write_database(
    version: Path,
    before: _Before | None,
    *,
    files: Mapping[str, Mapping[str, FileRecord]],
    replaced: Sequence[str],
    descriptions: Mapping[str, Mapping[str, str]],
) -> None:
    """Write ``marts.duckdb``: a copy of the version before, in which only the ``replaced`` periods are read anew.

    A table that does not agree with the Parquet files in columns or in rows a period is made anew from all of them. One
    of which nothing is replaced stays as it was copied.
    """
    database = version / "marts.duckdb"
    had: Mapping[str, Mapping[str, FileRecord]] = before.publication.files if before is not None else {}
    if before is not None and (before.folder / database.name).exists():
        shutil.copyfile(before.folder / database.name, database)
    with _connect(version) as connection:
        # under another name than the schema's: DuckDB finds `marts.x` ambiguous in a database that is called marts
        connection.execute(f"attach {literal(database)} as published")
        connection.execute("create schema if not exists published.marts")
        connection.execute("use published.marts")
        there = {name for (name,) in connection.execute("select table_name from duckdb_tables()").fetchall()}
        folders = sorted((version / "parquet").iterdir())
        for gone in there - {folder.name for folder in folders}:
            connection.execute(f"drop table marts.{gone}")
        for folder in folders:
            table, content = f"marts.{folder.name}", parquet(sorted(folder.iterdir()))
            if folder.name in there and not {*had.get(folder.name, {}), *files[folder.name]} & {*replaced}:
                continue
            periods = [name for name in replaced if name != _WHOLE]
            fresh = [file for period in periods if (file := folder / f"{period}.parquet").exists()]
            if fresh and folder.name in there and _columns(connection, table) == _columns(connection, content):
                connection.execute(f"delete from {table} where list_contains($1, period_id)", [periods])
                connection.execute(f"insert into {table} by name select * from {parquet(fresh)}")
                agrees = _rows_by_period(connection, table) == {
                    period: file.rows for period, file in files[folder.name].items() if file.rows
                }
            else:
                agrees = False
            if not agrees:
                connection.execute(f"create or replace table {table} as select * from {content}")
        _comment(connection, {folder.name: descriptions.get(folder.name, {}) for folder in folders})
    database.chmod(0o444)


def _comment(connection: duckdb.DuckDBPyConnection, descriptions: Mapping[str, Mapping[str, str]]) -> None:
    """Describe tables and columns in the database; those that are described so already are left."""
    there = {
        (table, column): comment
        for table, column, comment in connection.execute(
            "select table_name, column_name, comment from duckdb_columns() where database_name = 'published' "
            "union all select table_name, '', comment from duckdb_tables() where database_name = 'published'"
        ).fetchall()
    }
    for mart, described in descriptions.items():
        for column, description in described.items():
            if there[mart, column] != description:
                what = f"column marts.{mart}.{identifier(column)}" if column else f"table marts.{mart}"
                connection.execute(f"comment on {what} is {literal(description)}")


@contextmanager
def _connect(folder: Path) -> Generator[duckdb.DuckDBPyConnection]:
    """A connection of its own, which spills into a folder beside the version."""
    config: dict[str, str | bool | int | float | list[str]] = {
        "memory_limit": memory_limit(),
        "temp_directory": str(folder.with_name(f"{folder.name}-spill")),
    }
    with duckdb.connect(config=config) as connection:
        yield connection


def _rows_by_period(connection: duckdb.DuckDBPyConnection, table: str) -> dict[str, int]:
    return dict(connection.execute(f"select period_id, count(*) from {table} group by period_id").fetchall())


def _columns(connection: duckdb.DuckDBPyConnection, relation: str) -> list[tuple[str, str]]:
    return [(name, kind) for name, kind, *_ in connection.execute(f"describe select * from {relation}").fetchall()]


def _file_records(
    root: Path, before: Publication | None, *, replaced: Container[str]
) -> dict[str, dict[str, FileRecord]]:
    """Count and hash the files; those carried over are known from the version before."""
    files = [(folder.name, file) for folder in sorted(root.iterdir()) for file in sorted(folder.iterdir())]
    known: Mapping[str, Mapping[str, FileRecord]] = before.files if before else {}
    fresh = [(mart, file) for mart, file in files if file.stem in replaced or file.stem not in known.get(mart, {})]
    with _connect(root) as connection:
        made = dict(
            zip(fresh, _side_by_side(connection, lambda cursor, one: _file_record(cursor, one[1]), fresh), strict=True)
        )
    found: dict[str, dict[str, FileRecord]] = {}
    for mart, file in files:
        found.setdefault(mart, {})[file.stem] = made[mart, file] if (mart, file) in made else known[mart][file.stem]
    return found


def _file_record(connection: duckdb.DuckDBPyConnection, file: Path) -> FileRecord:
    # a sum over rows does not depend on their order and needs no sort; each row counts with 128 bits
    rows, upper, lower = connection.execute(
        f"""
        select
            count(*),
            coalesce(sum(md5_number_upper(row_text)::hugeint), 0),
            coalesce(sum(md5_number_lower(row_text)::hugeint), 0)
        from (select to_json(content)::varchar as row_text from {parquet([file])} as content)
        """
    ).fetchall()[0]
    return FileRecord(rows=rows, hash=_combined({"rows": str(rows), "upper": str(upper), "lower": str(lower)}))


def _hashes(files: Mapping[str, FileRecord]) -> dict[str, str]:
    return {name: file.hash for name, file in files.items()}


def _combined(parts: Mapping[str, str]) -> str:
    return hashlib.sha256("\n".join(f"{name} {part}" for name, part in sorted(parts.items())).encode()).hexdigest()


def _write_record(path: Path, publication: Publication) -> None:
    content = {
        "company": publication.company,
        "content_hash": publication.content_hash,
        "periods": {period: vars(record) for period, record in publication.periods.items()},
        "running": {period: vars(record) for period, record in publication.running.items()},
        "files": {
            mart: {name: vars(record) for name, record in files.items()} for mart, files in publication.files.items()
        },
    }
    path.write_text(json.dumps(content, indent=2, default=dict) + "\n")


def _move_link(link: Path, version: Path) -> None:
    fresh = link.with_name(f"published-{os.getpid()}")
    fresh.unlink(missing_ok=True)
    fresh.symlink_to(os.path.relpath(version, link.parent), target_is_directory=True)
    fresh.replace(link)


def _keep_versions(home: CompanyHome, *kept: Path | None) -> None:
    # the version before stays for those who are reading it
    names = {version.name for version in kept if version is not None}
    for version in home.versions.iterdir():
        if version.name not in names:
            shutil.rmtree(version)
