"""Business system → lake: read, refuse or load what has changed, in one dlt load.

dlt keeps nothing between two loads: the lake itself says what is known, and up to which moment. A load that broke off
leaves files without a completion record, which nobody sees (:mod:`perf_pipelines.sources.lake`), and the next one
begins afresh.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import time
from contextlib import ExitStack, closing, contextmanager
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import duckdb

from perf_pipelines.errors import Problem, RunFailed, SourceRefused
from perf_pipelines.sources.columns import lacked
from perf_pipelines.sources.config import FilesSystem, Incremental
from perf_pipelines.sources.deliveries import changed_files
from perf_pipelines.sources.delta import comparison
from perf_pipelines.sources.lake import SNAPSHOT_TABLE, Lake, Rows, Snapshot, snapshot_rows

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping
    from pathlib import Path

    from dlt.common.configuration.providers.provider import ConfigProvider

    from perf_pipelines.sources.config import KeyedTable, System
    from perf_pipelines.sources.delta import Comparison, Reader

_CONFIG: Mapping[str, Any] = {
    "runtime": {"dlthub_telemetry": False, "log_level": "ERROR"},
    # names as they stand in the file: dlt's snake_case makes `x` of every Chinese header
    "schema": {"naming": "direct"},
    "normalize": {"workers": 1, "parquet_normalizer": {"add_dlt_load_id": True}},
    # with a single worker dlt's loader sleeps a second in every load
    "load": {"delete_completed_jobs": True, "workers": 2},
}
"""All that dlt is told. It reads neither environment variables nor files of its own: every machine loads alike."""


def extract_system(
    *, company_folder: Path, company_id: str, system_id: str, system: System, lake: Lake, state_dir: Path
) -> tuple[Snapshot, ...]:
    """Load what is new in the tables of ``system``; return all its current snapshots.

    A header arrives in the lake as it is written, but for :func:`~perf_pipelines.sources.files.lake_name`. The caller
    sees to it that one process at a time extracts into a lake. ``state_dir`` holds working files, which may be deleted
    at any time. :class:`SourceRefused` with the problems of all tables, :class:`RunFailed` when the load broke off; in
    both cases nothing has been loaded.
    """
    if SNAPSHOT_TABLE in system.tables:
        raise SourceRefused(
            f"{system_id} cannot be loaded",
            [Problem(field=f"{system_id}.{SNAPSHOT_TABLE}", what="the lake itself has this table", todo="rename it")],
        )
    current = lake.snapshots()
    known = {table_id: current[system_id, table_id] for table_id in system.tables if (system_id, table_id) in current}
    pipeline_name = f"{company_id}_{system_id}"
    with ExitStack() as scratch:
        if isinstance(system, FilesSystem):
            changed = changed_files(system, known, system_id=system_id, company_folder=company_folder)
        else:
            compared = scratch.enter_context(comparison(state_dir / f"{pipeline_name}_reading"))
            with _dlt_settings(state_dir), closing(system.reader(system_id)) as reader:
                changed = _changed_tables(
                    system.tables, known, system_id=system_id, lake=lake, reader=reader, compared=compared
                )
        if changed:
            _check_clock(lake, system_id=system_id)
            _load(changed, pipeline_name=pipeline_name, system_id=system_id, lake=lake, state_dir=state_dir)
            current = lake.snapshots()
    return tuple(current[system_id, table_id] for table_id in system.tables)


def _changed_tables(
    tables: Mapping[str, KeyedTable],
    known: Mapping[str, Snapshot],
    *,
    system_id: str,
    lake: Lake,
    reader: Reader,
    compared: Comparison,
) -> dict[Snapshot, Rows]:
    """Compare each table with what the lake knows of it; the load id of the descriptions is not known yet."""
    changed: dict[Snapshot, Rows] = {}
    problems: list[Problem] = []
    for table_id, table in tables.items():
        settings = _settings(table)
        before = known.get(table_id)
        if before and (before.sha256 != settings or lacked(before, table.columns)):
            # what was read by other settings, or without a column that is declared, cannot be added to: begin anew
            before = None
        try:
            delta = compared.delta(
                table_id=table_id,
                table=table,
                reader=reader,
                known_sql=lake.relation_sql(before) if before else None,
                known_rows=before.rows if before else 0,
                place=f"{system_id}.{table_id}",
            )
        except SourceRefused as refused:
            problems.extend(refused.problems)
            continue
        except duckdb.Error as error:
            raise RunFailed(
                f"{system_id}.{table_id} was not loaded",
                [
                    Problem(
                        field=f"{system_id}.{table_id}",
                        what=f"what was read cannot be compared with the lake: {error}",
                        todo="mend the cause (a full disk?) and run again",
                    )
                ],
            ) from error
        if delta.changed or before is None:
            snapshot = Snapshot(
                system=system_id,
                table=table_id,
                load_id="",
                rows=delta.rows,
                sha256=settings,
                source_file=f"{system_id}.{table_id}",
                columns=delta.columns,
                extra_columns=tuple(name for name in delta.columns if name not in table.columns),
                appended=delta.appended,
                superseding=delta.superseding,
                begins_anew=before is None or not isinstance(table.load, Incremental),
                keyed=True,
            )
            changed[snapshot] = Rows(count=delta.appended, batches=delta.batches)
    if problems:
        raise SourceRefused(f"{system_id} cannot be loaded; the lake is as before", problems)
    return changed


def _settings(table: KeyedTable) -> str:
    """A hash of all that decides what a row of the table is and by what it is known."""
    said = table.model_dump(mode="json", exclude={"description", "columns"})
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


def _load(changed: Mapping[Snapshot, Rows], *, pipeline_name: str, system_id: str, lake: Lake, state_dir: Path) -> None:
    """Write one dlt load package; the lake shows it only when all of it has arrived."""
    if "%" in str(state_dir):
        raise RunFailed(
            f"{system_id} cannot be loaded",
            [
                Problem(
                    field="PERF_HOME",
                    what="dlt cannot write into a folder with a percent sign in its path",
                    todo="take another folder",
                )
            ],
        )
    # what an earlier load left when it broke off; its rows are read anew
    shutil.rmtree(state_dir / pipeline_name, ignore_errors=True)
    state_dir.mkdir(parents=True, exist_ok=True)
    lake.raw.mkdir(parents=True, exist_ok=True)
    with _dlt_settings(state_dir):
        # dlt takes most of a second to import, and most runs find nothing to load
        import dlt
        from dlt.destinations import filesystem
        from dlt.pipeline.exceptions import PipelineStepFailed

        pipeline = dlt.pipeline(
            pipeline_name=pipeline_name,
            pipelines_dir=str(state_dir),
            destination=filesystem(bucket_url=str(lake.raw.absolute())),
            dataset_name=system_id,
        )
        tables = {snapshot.table: rows for snapshot, rows in changed.items() if rows.count}
        about = snapshot_rows(changed)
        tables[SNAPSHOT_TABLE] = Rows(count=about.num_rows, batches=iter([about]))
        try:
            # step by step: `run` would first fetch the columns of earlier loads, to come back as empty ones of this
            pipeline.extract(
                [dlt.resource(rows.batches, name=table) for table, rows in tables.items()],
                write_disposition="append",
                loader_file_format="parquet",
            )
            normalized = pipeline.normalize()
            _check_counts({table: rows.count for table, rows in tables.items()}, normalized.row_counts)
            pipeline.load(raise_on_failed_jobs=True)
        except PipelineStepFailed as failure:
            raise RunFailed(
                f"{system_id} was not loaded",
                [
                    Problem(
                        field=f"dlt {failure.step}",
                        what=str(failure.exception or failure),
                        todo="mend the cause (a full disk, a folder that cannot be written?) and run again",
                    )
                ],
            ) from failure


def _check_clock(lake: Lake, *, system_id: str) -> None:
    """A load is known by the moment at which it was made: one made before another would be read as the older one."""
    newest = max((Decimal(load.load_id) for load in lake.loads()), default=Decimal(0))
    if Decimal(time.time()) <= newest:
        raise RunFailed(
            f"{system_id} was not loaded",
            [
                Problem(
                    field="clock",
                    what=f"by the clock of this machine it is before the lake's newest load, {newest}",
                    todo="set the clock right, or wait until that moment has passed, then run again",
                )
            ],
        )


def _check_counts(expected: Mapping[str, int], written: Mapping[str, int]) -> None:
    differing = {table: rows for table, rows in expected.items() if written.get(table, 0) != rows}
    if differing:
        raise RunFailed(
            "not every row was written; nothing was loaded",
            [
                Problem(
                    field=table,
                    what=f"{rows} rows were read and {written.get(table, 0)} written",
                    todo="run again; if it stays, report it as a fault of the extraction",
                )
                for table, rows in differing.items()
            ],
        )


@contextmanager
def _dlt_settings(state_dir: Path) -> Generator[None]:
    """Set dlt to :data:`_CONFIG` and nothing else; what it was set to before comes back afterwards."""
    from dlt.common.configuration.container import Container
    from dlt.common.configuration.providers import CustomLoaderDocProvider
    from dlt.common.configuration.specs.pluggable_run_context import PluggableRunContext
    from dlt.common.runtime.run_context import RunContext

    class Settings(RunContext):
        @property
        def global_dir(self) -> str:
            return str(state_dir)

        def initial_providers(self) -> list[ConfigProvider]:
            return [CustomLoaderDocProvider("perf_pipelines", lambda: dict(_CONFIG))]

    # injected before dlt makes a context of its own: making that one would start its telemetry
    with Container().injectable_context(PluggableRunContext(Settings(str(state_dir)))):
        yield
