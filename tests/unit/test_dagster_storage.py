"""Dagster's event log with its files kept open: Dagster's own files, of which none is lost and few are open."""

from __future__ import annotations

import os
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import dagster as dg
import psutil
import pytest
from dagster._core.events import DagsterEvent, DagsterEventType, EngineEventData
from dagster._core.events.log import EventLogEntry
from dagster._core.storage.event_log.sqlite.sqlite_event_log import SqliteEventLogStorage
from dagster_shared.check import CheckError
from sqlalchemy.exc import OperationalError

from perf_pipelines.defs.instance import open_instance, prepare_dagster_home
from perf_pipelines.defs.storage import KeptOpenSqliteEventLogStorage

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

RUNS = [f"00000000-0000-4000-8000-{number:012}" for number in range(8)]


@pytest.fixture
def storage(tmp_path: Path) -> Iterator[KeptOpenSqliteEventLogStorage]:
    made = KeptOpenSqliteEventLogStorage(str(tmp_path))
    yield made
    made.dispose()


def said(run: str, text: str) -> EventLogEntry:
    """An event of a run with a message."""
    return EventLogEntry(
        error_info=None,
        level=20,
        user_message=text,
        run_id=run,
        timestamp=1_490_000_000.0,
        job_name="monthly_evaluation",
        dagster_event=DagsterEvent(
            event_type_value=DagsterEventType.ENGINE_EVENT.value,
            job_name="monthly_evaluation",
            message=text,
            event_specific_data=EngineEventData(),
        ),
    )


def texts(storage: SqliteEventLogStorage, run: str) -> list[str]:
    return [entry.user_message for entry in storage.get_logs_for_run(run)]


def files_open_in(folder: Path) -> set[str]:
    """Names of the database files below ``folder`` that this process holds open."""
    opened = (Path(file.path) for file in psutil.Process().open_files())
    return {path.stem for path in opened if path.is_relative_to(folder.resolve()) and path.suffix == ".db"}


@pytest.fixture
def instance(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[dg.DagsterInstance]:
    monkeypatch.setenv("PERF_HOME", str(tmp_path))
    monkeypatch.setenv("DAGSTER_HOME", "")  # which the instance's home takes the place of
    monkeypatch.delenv("PERF_DAGSTER_POSTGRES_URL", raising=False)
    with open_instance() as opened:
        yield opened


@dg.asset
def sales() -> None:
    """An asset of which nothing is computed."""


def test_the_instance_uses_it_and_a_run_is_found_in_the_files_where_dagster_has_them(
    instance: dg.DagsterInstance, tmp_path: Path
) -> None:
    assert type(instance.event_log_storage) is KeptOpenSqliteEventLogStorage
    assert os.environ["DAGSTER_HOME"] == str(tmp_path / "dagster")

    run = dg.materialize([sales], instance=instance).run_id

    folder = tmp_path / "dagster" / "history" / "runs"
    assert {f"{run}.db", "index.db"} <= {path.name for path in folder.iterdir()}
    # an instance with Dagster's own settings on the same folder
    (tmp_path / "plain").mkdir()
    (tmp_path / "plain" / "history").symlink_to(tmp_path / "dagster" / "history")
    with dg.DagsterInstance.from_config(str(tmp_path / "plain")) as plain:
        assert type(plain.event_log_storage) is SqliteEventLogStorage
        own = [event.message for event in plain.all_logs(run)]
        assert own == [event.message for event in instance.all_logs(run)]
        assert plain.get_latest_materialization_event(dg.AssetKey("sales")) is not None
        again = dg.materialize([sales], instance=plain).run_id
    latest = instance.get_latest_materialization_event(dg.AssetKey("sales"))
    assert latest is not None
    assert latest.run_id == again


def test_its_settings_are_written_once_and_stay_as_they_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PERF_HOME", str(tmp_path))
    monkeypatch.setenv("DAGSTER_HOME", "")
    settings = prepare_dagster_home() / "dagster.yaml"
    os.utime(settings, (0, 0))
    prepare_dagster_home()
    assert settings.stat().st_mtime == 0


def test_dagsters_own_storage_reads_what_it_has_written(storage: KeptOpenSqliteEventLogStorage, tmp_path: Path) -> None:
    for number in range(3):
        storage.store_event(said(RUNS[0], f"event {number}"))
    assert texts(SqliteEventLogStorage(str(tmp_path)), RUNS[0]) == ["event 0", "event 1", "event 2"]


def test_it_reads_what_dagsters_own_storage_has_written_also_between_two_events_of_its_own(
    storage: KeptOpenSqliteEventLogStorage, tmp_path: Path
) -> None:
    plain = SqliteEventLogStorage(str(tmp_path))
    plain.store_event(said(RUNS[0], "plain"))
    storage.store_event(said(RUNS[0], "kept open"))
    plain.store_event(said(RUNS[0], "plain again"))
    assert texts(storage, RUNS[0]) == ["plain", "kept open", "plain again"]
    assert texts(plain, RUNS[0]) == texts(storage, RUNS[0])


def test_no_more_than_four_files_stay_open_and_each_event_is_kept(
    storage: KeptOpenSqliteEventLogStorage, tmp_path: Path
) -> None:
    for turn in range(2):
        for run in RUNS:
            storage.store_event(said(run, f"turn {turn}"))
            assert len(files_open_in(tmp_path)) <= 4
            assert run in files_open_in(tmp_path)
    assert [texts(storage, run) for run in RUNS] == [["turn 0", "turn 1"] for _ in RUNS]
    storage.dispose()
    assert files_open_in(tmp_path) == set()


def test_the_file_of_a_run_is_not_closed_between_its_events(
    storage: KeptOpenSqliteEventLogStorage, tmp_path: Path
) -> None:
    storage.store_event(said(RUNS[0], "first"))
    engine = storage._engines[RUNS[0]]
    storage.store_event(said(RUNS[0], "second"))
    assert storage._engines[RUNS[0]] is engine
    assert files_open_in(tmp_path) >= {RUNS[0]}
    with storage.run_connection(RUNS[0]) as connection:
        modes = [connection.exec_driver_sql(f"pragma {name}").scalar() for name in ("synchronous", "journal_mode")]
    assert modes == [1, "wal"]  # 1 is normal


def test_an_event_that_cannot_be_stored_leaves_nothing_behind_and_the_file_usable(
    storage: KeptOpenSqliteEventLogStorage, tmp_path: Path
) -> None:
    storage.store_event(said(RUNS[0], "first"))

    def broken_off() -> None:
        with storage.run_connection(RUNS[0]) as connection:
            connection.exec_driver_sql("delete from event_logs")
            connection.exec_driver_sql("delete from missing")

    with pytest.raises(OperationalError, match="no such table: missing"):
        broken_off()
    storage.store_event(said(RUNS[0], "second"))
    assert texts(SqliteEventLogStorage(str(tmp_path)), RUNS[0]) == ["first", "second"]


def test_two_threads_that_write_events_of_two_runs_at_once_lose_none(
    storage: KeptOpenSqliteEventLogStorage, tmp_path: Path
) -> None:
    ready = threading.Barrier(2)
    failed: list[BaseException] = []

    def write(run: str) -> None:
        try:
            ready.wait()
            for number in range(100):
                storage.store_event(said(run, f"event {number}"))
        except BaseException as error:
            failed.append(error)
            raise

    threads = [threading.Thread(target=write, args=[run]) for run in RUNS[:2]]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    plain = SqliteEventLogStorage(str(tmp_path))
    for run in RUNS[:2]:
        assert texts(plain, run) == [f"event {number}" for number in range(100)]


def test_events_are_kept_after_everything_was_wiped(storage: KeptOpenSqliteEventLogStorage, tmp_path: Path) -> None:
    storage.store_event(said(RUNS[0], "before"))
    storage.wipe()
    storage.store_event(said(RUNS[0], "after"))
    assert texts(SqliteEventLogStorage(str(tmp_path)), RUNS[0]) == ["after"]


def test_events_that_belong_together_are_one_transaction(
    storage: KeptOpenSqliteEventLogStorage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    storage.store_event(said(RUNS[0], "first"))
    plain = SqliteEventLogStorage(str(tmp_path))
    seen: list[list[str]] = []

    insert = storage.prepare_insert_event

    def looked_at(event: EventLogEntry) -> object:
        seen.append(texts(plain, RUNS[0]))
        return insert(event)

    monkeypatch.setattr(storage, "prepare_insert_event", looked_at)
    storage.store_event_batch([said(RUNS[0], "second"), said(RUNS[0], "third"), said(RUNS[0], "fourth")])
    assert seen == [["first"]] * 3
    assert texts(plain, RUNS[0]) == ["first", "second", "third", "fourth"]


def test_of_events_that_belong_together_all_are_kept_or_none(
    storage: KeptOpenSqliteEventLogStorage, tmp_path: Path
) -> None:
    storage.store_event(said(RUNS[0], "first"))
    with pytest.raises(CheckError):
        storage.store_event_batch([said(RUNS[0], "lost"), "no event"])  # type: ignore[list-item]
    storage.store_event(said(RUNS[0], "second"))
    assert texts(SqliteEventLogStorage(str(tmp_path)), RUNS[0]) == ["first", "second"]


def test_the_materializations_of_all_partitions_of_an_asset_are_stored_together(
    instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    days = dg.StaticPartitionsDefinition(["monday", "tuesday", "wednesday"])
    stored: list[int] = []
    store_event_batch = KeptOpenSqliteEventLogStorage.store_event_batch

    def counted(storage: KeptOpenSqliteEventLogStorage, events: Sequence[EventLogEntry]) -> None:
        stored.append(len(events))
        store_event_batch(storage, events)

    monkeypatch.setattr(KeptOpenSqliteEventLogStorage, "store_event_batch", counted)

    @dg.asset(partitions_def=days, backfill_policy=dg.BackfillPolicy.single_run())
    def visits() -> None:
        """Of which nothing is computed."""

    job = dg.Definitions(assets=[visits], jobs=[dg.define_asset_job("job", [visits])]).resolve_job_def("job")
    tags = {"dagster/asset_partition_range_start": "monday", "dagster/asset_partition_range_end": "wednesday"}
    assert job.execute_in_process(instance=instance, tags=tags).success
    assert stored == [3, 3]  # what is planned, and what was made
    assert instance.get_materialized_partitions(visits.key) == {"monday", "tuesday", "wednesday"}
