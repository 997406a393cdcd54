"""The lake: raw rows as they were extracted, append-only Parquet that dlt writes.

``raw/<system>/<table>/<load_id>.<file_id>.parquet`` holds rows, ``raw/<system>/lake_snapshot/…`` says what a load
brought, and ``raw/<system>/_dlt_loads/…<load_id>.jsonl`` that it was completed. A file without that record is the rest
of a load that broke off: it stays where it is and nobody sees it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq

from perf_pipelines.errors import Problem, RunFailed, SourceRefused
from perf_pipelines.sources.files import SOURCE_FILE, SOURCE_ROW

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

SNAPSHOT_TABLE = "lake_snapshot"
"""A load's table about itself: one row a table that it brought."""

LOAD_ID = "_dlt_load_id"
"""Column: the load that brought the row."""

_COMPLETED = 0
_LOADS_LISTED = 10


@dataclass(frozen=True, kw_only=True)
class Snapshot:
    """A table of a business system as one load brought it, whole.

    ``sha256`` is the source's fingerprint (content and reader settings), ``source_file`` its path below the company's
    folder. ``columns`` are all text columns in order, of which ``extra_columns`` were not declared. ``files`` is empty
    when the table came without rows.
    """

    system: str
    table: str
    load_id: str
    rows: int
    sha256: str
    source_file: str
    columns: tuple[str, ...]
    extra_columns: tuple[str, ...]
    files: tuple[Path, ...]


@dataclass(frozen=True, kw_only=True)
class Load:
    """A completed load: when, which tables, and how many rows they have together."""

    system: str
    load_id: str
    inserted_at: datetime
    tables: tuple[str, ...]
    rows: int


class Lake:
    """The lake in the folder ``root``, which need not exist yet. Reading only; :mod:`.extract` writes."""

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
        current: dict[tuple[str, str], Snapshot] = {}
        for key in sorted(known, key=_order):
            current.update({(found.system, found.table): found for found in brought[key]})
        return {key: self._located(snapshot) for key, snapshot in current.items()}

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
                rows=sum(snapshot.rows for snapshot in brought[key]),
            )
            for key in sorted(known, key=_order, reverse=True)
        ]

    def relation_sql(self, snapshot: Snapshot) -> str:
        """Write the DuckDB query for a snapshot's rows.

        Columns: ``snapshot.columns`` as VARCHAR, ``_source_file`` VARCHAR, ``_source_row`` BIGINT, ``_dlt_load_id``
        VARCHAR. They are named one by one, because the files of one load know nothing of the columns of another.
        """
        text = [*snapshot.columns, SOURCE_FILE]
        if not snapshot.files:
            empty = [f"cast(null as varchar) as {_identifier(column)}" for column in (*text, LOAD_ID)]
            empty.insert(-1, f"cast(null as bigint) as {SOURCE_ROW}")
            return f"select {', '.join(empty)} where false"
        columns = ", ".join(_identifier(column) for column in (*text, SOURCE_ROW, LOAD_ID))
        files = ", ".join(_literal(str(file)) for file in snapshot.files)
        # a folder named `key=value` on the way to the lake would otherwise become a column
        return f"select {columns} from read_parquet([{files}], hive_partitioning = false)"

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
            for path in self.raw.glob(f"*/{SNAPSHOT_TABLE}/*.parquet"):
                key = (path.parent.parent.name, _load_id(path))
                if key in records:
                    records[key].extend(_described(path, system=key[0], load_id=key[1]))
            self._brought.update({key: tuple(found) for key, found in records.items()})
        return {key: self._brought[key] for key in wanted}

    def _located(self, snapshot: Snapshot) -> Snapshot:
        """With its files; :class:`RunFailed` when they do not hold its rows."""
        folder = self.raw / snapshot.system / snapshot.table
        if not snapshot.rows:
            return snapshot
        found = sorted(folder.glob("*.parquet")) if folder.is_dir() else []
        files = tuple(path for path in found if _load_id(path) == snapshot.load_id)
        there = sum(_row_count(file) for file in files)
        if there != snapshot.rows:
            raise RunFailed(
                f"the lake is damaged: load {snapshot.load_id} of {snapshot.system}",
                [
                    Problem(
                        field=f"{snapshot.system}.{snapshot.table}",
                        what=f"{there} of its {snapshot.rows} rows are there",
                        todo="bring the folder `lake` back from its backup; nothing in it is ever deleted by a run",
                    )
                ],
            )
        return replace(snapshot, files=files)

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


def _order(key: tuple[str, str]) -> Decimal:
    return Decimal(key[1])


def _load_id(path: Path) -> str:
    # `<load_id>.<file_id>.parquet`: load ids contain a dot, file ids do not
    return path.stem.rpartition(".")[0]


def _described(path: Path, *, system: str, load_id: str) -> Iterator[Snapshot]:
    """Undo :func:`snapshot_rows`."""
    for row in pq.ParquetFile(path).read().to_pylist():
        yield Snapshot(
            system=system,
            table=row["table_name"],
            load_id=load_id,
            rows=row["rows"],
            sha256=row["sha256"],
            source_file=row["source_file"],
            columns=tuple(json.loads(row["columns"])),
            extra_columns=tuple(json.loads(row["extra_columns"])),
            files=(),
        )


def _row_count(file: Path) -> int:
    try:
        return int(pq.ParquetFile(file).metadata.num_rows)
    except pa.ArrowInvalid:
        # a power cut can leave a file shorter than it was said to be
        return 0


def _json(names: tuple[str, ...]) -> str:
    return json.dumps(names, ensure_ascii=False)


def _identifier(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
