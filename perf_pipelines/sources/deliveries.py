"""Files that a system delivers: found by name, read when they have changed, several of them as one table."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa

from perf_pipelines.errors import Problem, SourceRefused
from perf_pipelines.sources.environment import from_environment
from perf_pipelines.sources.files import FileRows, SourceFile, fingerprint, lake_name, no_rows, read_file
from perf_pipelines.sources.lake import Rows, Snapshot
from perf_pipelines.sources.own_columns import SOURCE_FILE, SOURCE_ROW

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from perf_pipelines.sources.config import FilesSystem, Table


def changed_files(
    system: FilesSystem, known: Mapping[str, Snapshot], *, system_id: str, company_folder: Path
) -> dict[Snapshot, Rows]:
    """Read the tables that differ from what the lake has; the load id of their descriptions is not known yet."""
    changed: dict[Snapshot, Rows] = {}
    problems: list[Problem] = []
    for table_id, table in system.tables.items():
        try:
            files = _found(system, table, system_id=system_id, company_folder=company_folder)
            sha256 = _together(files)
            if table_id in known and known[table_id].sha256 == sha256:
                continue
            read = _as_one([read_file(file) for file in files], table)
            if files and _together(files) != sha256:
                problems.append(files[0].problem("the file was changed while it was read", "run again"))
        except SourceRefused as refused:
            problems.extend(refused.problems)
            continue
        snapshot = Snapshot(
            system=system_id,
            table=table_id,
            load_id="",
            rows=read.rows.num_rows,
            sha256=sha256,
            source_file=files[0].path if len(files) == 1 else system.place(table_id),
            columns=read.columns,
            extra_columns=read.extra_columns,
            appended=read.rows.num_rows,
        )
        changed[snapshot] = Rows(count=read.rows.num_rows, batches=iter([read.rows]))
    if problems:
        # a folder that is not known is one fault, however many tables are in it
        raise SourceRefused(f"{system_id} cannot be loaded; the lake is as before", dict.fromkeys(problems))
    return changed


def _found(system: FilesSystem, table: Table, *, system_id: str, company_folder: Path) -> list[SourceFile]:
    """The declared file, or all whose names fit, in the order of their names."""
    if isinstance(system.folder, str):
        root, below = company_folder, f"{system.folder}/"
    else:
        root, below = Path(from_environment(system.folder, system_id=system_id, field="folder")), ""
    if "*" not in table.file:
        return [SourceFile(company_folder=root, path=Path(f"{below}{table.file}").as_posix(), table=table)]
    paths = sorted(path.relative_to(root).as_posix() for path in root.glob(f"{below}{table.file}") if path.is_file())
    if not paths and not table.may_be_empty:
        raise SourceRefused(
            f"{system_id} cannot be loaded",
            [
                Problem(
                    file=f"{root.name}/{below}{table.file}",
                    what="no file has such a name",
                    todo="see that the system has delivered, or mend `folder` and `file` in sources.yaml",
                )
            ],
        )
    return [SourceFile(company_folder=root, path=path, table=table) for path in paths]


def _together(files: Sequence[SourceFile]) -> str:
    """One file's own fingerprint, or that of all together; of none that of nothing."""
    prints = [fingerprint(file) for file in files]
    return prints[0] if len(prints) == 1 else hashlib.sha256("\n".join(prints).encode()).hexdigest()


def _as_one(reads: Sequence[FileRows], table: Table) -> FileRows:
    """The rows of all files; a column that only some have is null in the others."""
    if len(reads) == 1:
        return reads[0]
    if not reads:
        return FileRows(rows=no_rows(table.columns), columns=tuple(map(lake_name, table.columns)), extra_columns=())
    extra = tuple(dict.fromkeys(name for read in reads for name in read.extra_columns))
    declared = reads[0].columns[: len(table.columns)]
    rows = pa.concat_tables([read.rows for read in reads], promote_options="default")
    return FileRows(
        rows=rows.select([*declared, *extra, SOURCE_FILE, SOURCE_ROW]),
        columns=(*declared, *extra),
        extra_columns=extra,
    )
