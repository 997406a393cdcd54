"""Compaction: the many small files that loads leave of a table become one, with every row and its load id kept.

Opening a file takes longer than reading the few rows in it, and every run opens all of them.

Safe at any moment: the new file is written beside the old ones, a manifest that names it and what it replaces is
renamed into place, and only then are the old files removed. A reader sees the old files or the new one.
"""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

import duckdb

from perf_pipelines.durable import flush
from perf_pipelines.sources.own_columns import LOAD_ID
from perf_pipelines.sql_text import literal, parquet

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

MANIFEST = "compacted.json"
"""File beside a table's Parquet files: which of them is compacted, what it replaced, its rows by load id."""

RECORDS = "compacted.jsonl"
"""File with the completion records of many loads."""

LEAST_FILES = 2

_MEMORY = "2GB"


@dataclass(frozen=True, kw_only=True)
class Compacted:
    """A compacted file of a table, and how many rows of each load it holds."""

    file: Path
    rows: Mapping[str, int]
    replaced: frozenset[str]


def is_compacted(file: Path) -> bool:
    """Whether a file was made by :func:`compact`."""
    return file.name.startswith("compacted-")


def read_manifest(folder: Path) -> Compacted | None:
    """The compacted file of a table's folder, if it has one."""
    path = folder / MANIFEST
    if not path.exists():
        return None
    said = json.loads(path.read_text(encoding="utf-8"))
    return Compacted(file=folder / said["file"], rows=said["rows"], replaced=frozenset(said["replaced"]))


def compact(folder: Path, files: Sequence[Path]) -> int:
    """Make one of ``files``, which are all of completed loads; how many there were, 0 when there was nothing to do."""
    before = read_manifest(folder)
    _remove(before)
    if len(files) < LEAST_FILES:
        return 0
    number = int(before.file.stem.removeprefix("compacted-")) + 1 if before else 1
    target = folder / f"compacted-{number}.parquet"
    making = target.with_suffix(".making")
    spill = folder / "compacting"
    with duckdb.connect(config={"memory_limit": _MEMORY, "temp_directory": str(spill)}) as connection:
        source = parquet(files)
        connection.execute(f"copy (select * from {source}) to {literal(making)} (format parquet)")
        rows = dict(connection.execute(f"select {LOAD_ID}, count(*) from {source} group by 1 order by 1").fetchall())
    shutil.rmtree(spill, ignore_errors=True)
    flush(making)
    making.replace(target)
    manifest = {"file": target.name, "rows": rows, "replaced": sorted(file.name for file in files)}
    fresh = folder / f"{MANIFEST}.making"
    fresh.write_text(json.dumps(manifest, indent=1), encoding="utf-8")
    flush(fresh)
    fresh.replace(folder / MANIFEST)
    _remove(read_manifest(folder))
    return len(files)


def compact_records(folder: Path, records: Sequence[Path]) -> None:
    """Make one file of ``records``, completion records in JSON lines; one that stands in two files does no harm."""
    if len(records) < LEAST_FILES:
        return
    making = folder / f"{RECORDS}.making"
    lines = [line for record in records for line in record.read_text(encoding="utf-8").splitlines() if line.strip()]
    making.write_text("".join(f"{line}\n" for line in dict.fromkeys(lines)), encoding="utf-8")
    flush(making)
    making.replace(folder / RECORDS)
    for record in records:
        if record.name != RECORDS:
            record.unlink()


def _remove(compacted: Compacted | None) -> None:
    """The files that a compacted one replaced; some may be gone already, when an earlier removal broke off."""
    for name in compacted.replaced if compacted else ():
        if compacted and name != compacted.file.name:
            (compacted.file.parent / name).unlink(missing_ok=True)
