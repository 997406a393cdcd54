"""The lake: raw rows as they were extracted, append-only Parquet that dlt writes.

A table's loads are read together from the last one that ``begins_anew``: files and small tables come whole with each
load, large ones bring only rows that are new or changed (newest of a key counts) and keys that vanished (``_deleted``).

``raw/<system>/<table>/<load_id>.<file_id>.parquet`` holds rows, ``raw/<system>/lake_snapshot/…`` says what a load
brought, and ``raw/<system>/_dlt_loads/…<load_id>.jsonl`` that it was completed. A file without that record is the rest
of a load that broke off: it stays where it is and nobody sees it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq

from perf_pipelines.errors import Problem, RunFailed, SourceRefused
from perf_pipelines.sources.compaction import compact, compact_records, is_compacted, read_manifest
from perf_pipelines.sources.own_columns import DELETED, LOAD_ID, SOURCE_FILE, SOURCE_KEY, SOURCE_ROW, SUPERSEDES
from perf_pipelines.sql_text import identifier, literal, parquet

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

SNAPSHOT_TABLE = "lake_snapshot"
"""A load's table about itself: one row a table that it brought."""

_WHOLE: Mapping[str, Any] = {"superseding": 0, "begins_anew": True, "keyed": False}
"""How a load came that does not say it."""

_COMPLETED = 0
_LOADS_LISTED = 10


@dataclass(frozen=True, kw_only=True)
class Rows:
    """Rows on their way into the lake: how many, in batches."""

    count: int
    batches: Iterator[pa.Table | pa.RecordBatch]


@dataclass(frozen=True, kw_only=True)
class Part:
    """What one load brought of a table: its files, and the columns in them."""

    load_id: str
    columns: tuple[str, ...]
    appended: int
    superseding: int
    files: tuple[Path, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Snapshot:
    """A table of a business system as it stood after the load ``load_id``: ``rows`` of them count.

    ``sha256`` is the source's fingerprint (of files content and reader settings, else settings alone),
    ``source_file`` its path below the company's folder, or ``<system>.<table>``. ``columns`` are all text columns in
    order, of which ``extra_columns`` were not declared. The load ``appended`` rows, of which ``superseding`` have a key
    that the lake knew. ``keyed``: its rows are known by a key, not by where they stand in a file. ``parts`` are the
    loads that are read together, this one last.
    """

    system: str
    table: str
    load_id: str
    rows: int
    sha256: str
    source_file: str
    columns: tuple[str, ...]
    extra_columns: tuple[str, ...]
    appended: int
    superseding: int = 0
    begins_anew: bool = True
    keyed: bool = False
    parts: tuple[Part, ...] = ()

    @property
    def files(self) -> tuple[Path, ...]:
        """All files that are read; empty when the table has no rows."""
        return tuple(dict.fromkeys(file for part in self.parts for file in part.files))


@dataclass(frozen=True, kw_only=True)
class Load:
    """A completed load: when, of which tables, and how many rows it brought."""

    system: str
    load_id: str
    inserted_at: datetime
    tables: tuple[str, ...]
    rows: int


class Lake:
    """The lake in the folder ``root``, which need not exist yet: read and compacted here, written by extract.py."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._brought: dict[tuple[str, str], tuple[Snapshot, ...]] = {}

    @property
    def raw(self) -> Path:
        """The folder with a folder a system."""
        return self.root / "raw"

    def snapshots(self, as_of: str | None = None) -> dict[tuple[str, str], Snapshot]:
        """By (system, table) what its latest completed load brought, of all systems.

        ``as_of``: the id of a load of any system; later loads are left out. :class:`SourceRefused` when there is no
        such load, :class:`RunFailed` when files of a completed load are gone.
        """
        known = self._completed()
        if as_of is not None:
            bound = _moment(as_of)
            if bound is None or bound not in {_moment(load_id) for _, load_id in known}:
                raise self._unknown(as_of)
            known = {key: at for key, at in known.items() if _order(key) <= bound}
        brought = self._brought_by(known)
        chains: dict[tuple[str, str], list[Snapshot]] = {}
        for key in sorted(known, key=_order):
            for found in brought[key]:
                chain = chains.setdefault((found.system, found.table), [])
                if found.begins_anew:
                    chain.clear()
                chain.append(found)
        return {key: self._located(chain) for key, chain in chains.items()}

    def loads(self) -> list[Load]:
        """All completed loads of all systems, the newest first."""
        known = self._completed()
        brought = self._brought_by(known)
        return [
            Load(
                system=key[0],
                load_id=key[1],
                inserted_at=known[key],
                tables=tuple(snapshot.table for snapshot in brought[key]),
                rows=sum(snapshot.appended for snapshot in brought[key]),
            )
            for key in sorted(known, key=_order, reverse=True)
        ]

    def relation_sql(self, snapshot: Snapshot) -> str:
        """Write the DuckDB query for a snapshot's rows.

        Columns: ``snapshot.columns`` as VARCHAR, ``_source_file`` VARCHAR, ``_source_row`` BIGINT (null where the rows
        came from no file), ``_source_key`` VARCHAR, unique, and ``_dlt_load_id`` VARCHAR. They are named one by one,
        because the files of one load know nothing of the columns of another.
        """
        there = {column for part in snapshot.parts if part.files for column in part.columns}
        names = [
            f"lake_row.{identifier(column)}" if column in there else f"cast(null as varchar) as {identifier(column)}"
            for column in snapshot.columns
        ]
        if snapshot.keyed:
            place = [f"{literal(snapshot.source_file)} as {SOURCE_FILE}", f"cast(null as bigint) as {SOURCE_ROW}"]
            key = f"lake_row.{SOURCE_KEY}"
        else:
            place = [SOURCE_FILE, SOURCE_ROW]
            key = f"{SOURCE_FILE} || ':' || {SOURCE_ROW} as {SOURCE_KEY}"
        if not snapshot.files:
            texts = [identifier(column) for column in (*snapshot.columns, SOURCE_FILE, SOURCE_KEY, LOAD_ID)]
            empty = [f"cast(null as varchar) as {name}" for name in texts]
            empty.insert(-2, f"cast(null as bigint) as {SOURCE_ROW}")
            return f"select {', '.join(empty)} where false"
        columns = ", ".join([*names, *place, key, f"lake_row.{LOAD_ID}"])
        query = f"select {columns} from {parquet(snapshot.files)} as lake_row"
        counting: list[str] = []
        # a compacted file holds other loads too
        loads = ", ".join(literal(part.load_id) for part in snapshot.parts if part.files)
        if any(is_compacted(file) for file in snapshot.files):
            counting.append(f"lake_row.{LOAD_ID} in ({loads})")
        newer = list(dict.fromkeys(file for part in snapshot.parts if part.superseding for file in part.files))
        if newer:
            # a join on the key alone: `not exists` with the order of loads takes DuckDB a hundred times as long
            query += (
                f" left join (select {SOURCE_KEY}, max({_moment_sql(LOAD_ID)}) as by_load from {parquet(newer)}"
                f" where {SUPERSEDES} and {LOAD_ID} in ({loads}) group by {SOURCE_KEY}) as superseded"
                f" on superseded.{SOURCE_KEY} = lake_row.{SOURCE_KEY}"
            )
            counting.append(f"not lake_row.{DELETED}")
            counting.append(
                f"(superseded.by_load is null or superseded.by_load <= {_moment_sql(f'lake_row.{LOAD_ID}')})"
            )
        return f"{query} where {' and '.join(counting)}" if counting else query

    def compact(self) -> dict[tuple[str, str], int]:
        """Make one file of the many of each table (system, table); how many they were, of those that had several.

        The caller sees to it that nobody extracts meanwhile.
        """
        known = {load_id for _, load_id in self._completed()}
        made: dict[tuple[str, str], int] = {}
        for folder in sorted(path for path in self.raw.glob("*/*") if path.is_dir()):
            if folder.name.startswith("_dlt"):
                continue
            files = [path for path in _current_files(folder) if is_compacted(path) or _load_id(path) in known]
            count = compact(folder, files)
            if count and folder.name != SNAPSHOT_TABLE:
                made[folder.parent.name, folder.name] = count
        for folder in self.raw.glob("*/_dlt_loads"):
            compact_records(folder, [path for path in sorted(folder.glob("*.jsonl")) if any(_completions(path))])
        return made

    def _completed(self) -> dict[tuple[str, str], datetime]:
        """(system, load id) → when, of the loads with a readable record that says so."""
        found: dict[tuple[str, str], datetime] = {}
        for record in self.raw.glob("*/_dlt_loads/*.jsonl"):
            for system, load_id, at in _completions(record):
                found[system, load_id] = at
        return found

    def _brought_by(self, loads: Iterable[tuple[str, str]]) -> dict[tuple[str, str], tuple[Snapshot, ...]]:
        """Say what each of the completed ``loads`` (system, id) brought; the files are not looked up yet."""
        wanted = set(loads)
        # what a completed load brought never changes, so it is read once
        if wanted - self._brought.keys():
            records: dict[tuple[str, str], list[Snapshot]] = {key: [] for key in wanted - self._brought.keys()}
            for folder in self.raw.glob(f"*/{SNAPSHOT_TABLE}"):
                for path in _current_files(folder):
                    for found in _described(path, system=folder.parent.name, loads=records):
                        records[found.system, found.load_id].append(found)
            for (system, load_id), found in records.items():
                if not found:
                    raise _damaged(load_id, f"{system}.{SNAPSHOT_TABLE}", "what it brought is not there")
            self._brought.update({key: tuple(found) for key, found in records.items()})
        return {key: self._brought[key] for key in wanted}

    def _located(self, chain: Sequence[Snapshot]) -> Snapshot:
        """The last of the chain with the files of all; :class:`RunFailed` when they do not hold their rows."""
        last = chain[-1]
        folder = self.raw / last.system / last.table
        listed = _current_files(folder)
        compacted = read_manifest(folder)
        if compacted and (compacted.file not in listed or _row_count(compacted.file) != sum(compacted.rows.values())):
            raise _damaged(last.load_id, f"{last.system}.{last.table}", f"{compacted.file.name} is gone or not whole")
        parts: list[Part] = []
        for snapshot in chain:
            if not snapshot.appended:
                files, there = (), 0
            elif compacted and snapshot.load_id in compacted.rows:
                files, there = (compacted.file,), compacted.rows[snapshot.load_id]
            else:
                files = tuple(path for path in listed if _load_id(path) == snapshot.load_id)
                there = sum(_row_count(file) for file in files)
            if there != snapshot.appended:
                raise _damaged(
                    snapshot.load_id,
                    f"{snapshot.system}.{snapshot.table}",
                    f"{there} of its {snapshot.appended} rows are there",
                )
            parts.append(
                Part(
                    load_id=snapshot.load_id,
                    columns=snapshot.columns,
                    appended=snapshot.appended,
                    superseding=snapshot.superseding,
                    files=files,
                )
            )
        columns = tuple(dict.fromkeys(column for snapshot in reversed(chain) for column in snapshot.columns))
        return replace(last, parts=tuple(parts), columns=columns)

    def _unknown(self, as_of: str) -> SourceRefused:
        newest = self.loads()[:_LOADS_LISTED]
        known = "; ".join(
            f"{load.load_id} ({load.inserted_at:%Y-%m-%d %H:%M:%S} UTC, {load.system}: {', '.join(load.tables)})"
            for load in newest
        )
        return SourceRefused(
            f"the lake cannot be read as of {as_of}",
            [
                Problem(
                    field="as-of",
                    what="it has no completed load with this id",
                    todo=f"take one of the newest: {known}" if newest else "the lake is empty; run without it first",
                )
            ],
        )


def _damaged(load_id: str, field: str, what: str) -> RunFailed:
    todo = "bring the folder `lake` back from its backup; nothing in it is ever deleted by a run"
    return RunFailed(
        f"the lake is damaged: load {load_id} of {field.partition('.')[0]}",
        [Problem(field=field, what=what, todo=todo)],
    )


def snapshot_rows(snapshots: Iterable[Snapshot]) -> pa.Table:
    """Make the rows of :data:`SNAPSHOT_TABLE` about the tables of a load, one a table; lists are JSON."""
    listed = list(snapshots)
    return pa.table(
        {
            "table_name": pa.array([snapshot.table for snapshot in listed], pa.string()),
            "rows": pa.array([snapshot.rows for snapshot in listed], pa.int64()),
            "sha256": pa.array([snapshot.sha256 for snapshot in listed], pa.string()),
            "source_file": pa.array([snapshot.source_file for snapshot in listed], pa.string()),
            "columns": pa.array([_json(snapshot.columns) for snapshot in listed], pa.string()),
            "extra_columns": pa.array([_json(snapshot.extra_columns) for snapshot in listed], pa.string()),
            "appended": pa.array([snapshot.appended for snapshot in listed], pa.int64()),
            "superseding": pa.array([snapshot.superseding for snapshot in listed], pa.int64()),
            "begins_anew": pa.array([snapshot.begins_anew for snapshot in listed], pa.bool_()),
            "keyed": pa.array([snapshot.keyed for snapshot in listed], pa.bool_()),
        }
    )


def _completions(record: Path) -> Iterator[tuple[str, str, datetime]]:
    try:
        entries = [json.loads(line) for line in record.read_text(encoding="utf-8").splitlines() if line.strip()]
        for entry in entries:
            if entry["status"] == _COMPLETED and _moment(entry["load_id"]) is not None:
                yield record.parent.parent.name, entry["load_id"], datetime.fromisoformat(entry["inserted_at"])
    except (ValueError, KeyError, TypeError):
        # the writer was killed inside this very file: the load was not completed
        return


def _moment(load_id: str) -> Decimal | None:
    """Read a load id as the number it is (seconds since 1970); ids of different length do not sort as text."""
    try:
        moment = Decimal(load_id)
    except InvalidOperation:
        return None
    return moment if moment.is_finite() else None


def _moment_sql(load_id: str) -> str:
    return f"cast({load_id} as decimal(20, 9))"


def _order(key: tuple[str, str]) -> Decimal:
    return Decimal(key[1])


def _load_id(path: Path) -> str:
    # `<load_id>.<file_id>.parquet`: load ids contain a dot, file ids do not
    return path.stem.rpartition(".")[0]


def _current_files(folder: Path) -> list[Path]:
    """The files of a table, those of loads that broke off too; without those that a compacted file replaces."""
    compacted = read_manifest(folder)
    return [
        path
        for path in sorted(folder.glob("*.parquet"))
        if (compacted is not None and path == compacted.file)
        or (not is_compacted(path) and (compacted is None or path.name not in compacted.replaced))
    ]


def _described(path: Path, *, system: str, loads: Container[tuple[str, str]]) -> Iterator[Snapshot]:
    """Undo :func:`snapshot_rows`, for those of the ``loads`` (system, id) that are in the file."""
    if not is_compacted(path) and (system, _load_id(path)) not in loads:
        return
    for row in pq.ParquetFile(path).read().to_pylist():
        load_id = row[LOAD_ID] if is_compacted(path) else _load_id(path)
        if (system, load_id) not in loads:
            continue
        # loads of before these were written came whole, from files; compacted with others they have null there
        row = {"appended": row["rows"], **_WHOLE, **{name: value for name, value in row.items() if value is not None}}
        yield Snapshot(
            system=system,
            table=row["table_name"],
            load_id=load_id,
            rows=row["rows"],
            sha256=row["sha256"],
            source_file=row["source_file"],
            columns=tuple(json.loads(row["columns"])),
            extra_columns=tuple(json.loads(row["extra_columns"])),
            appended=row["appended"],
            superseding=row["superseding"],
            begins_anew=row["begins_anew"],
            keyed=row["keyed"],
        )


def _row_count(file: Path) -> int:
    try:
        return int(pq.ParquetFile(file).metadata.num_rows)
    except pa.ArrowInvalid:
        # a power cut can leave a file shorter than it was said to be
        return 0


def _json(names: tuple[str, ...]) -> str:
    return json.dumps(names, ensure_ascii=False)
