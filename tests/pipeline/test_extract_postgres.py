"""What a database may hold, and what a reading of it leaves behind."""

from __future__ import annotations

import time
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import psycopg2
import pytest

from business_systems.serving.postgres import Postgres
from perf_pipelines.errors import RunFailed, SourceRefused
from perf_pipelines.sources.config import SqlSystem
from tests.pipeline.extracting import Extraction

if TYPE_CHECKING:
    from collections.abc import Iterator

INCREMENTAL = {"kind": "incremental", "cursor": "updated_at"}
COLUMNS = {"id": "integer", "value": "number", "updated_at": "timestamp"}


@dataclass(frozen=True)
class Database:
    url: str

    def execute(self, statement: str) -> None:
        with closing(psycopg2.connect(self.url)) as connection, connection, connection.cursor() as cursor:
            # a reading that was left open would hold the table
            cursor.execute(f"set lock_timeout = '5s'; {statement}")


@pytest.fixture(scope="module")
def server() -> Iterator[Postgres]:
    # not pytest's folder, into which only its owner may go: PostgreSQL runs as somebody else when the tests run as root
    with TemporaryDirectory(prefix="postgres-") as folder:
        server = Postgres(Path(folder) / "data")
        server.start()
        yield server
        server.stop()


@pytest.fixture
def database(server: Postgres, monkeypatch: pytest.MonkeyPatch) -> Database:
    """A table `numbers` without rows."""
    url = server.url("postgres")
    monkeypatch.setenv("A_URL", url)
    made = Database(url)
    made.execute(
        "drop table if exists numbers; create table numbers (id bigint, value numeric, updated_at timestamptz)"
    )
    return made


@pytest.fixture
def extraction(tmp_path: Path) -> Extraction:
    return Extraction(tmp_path)


def numbers(load: Any = INCREMENTAL, **table: Any) -> SqlSystem:
    declared = {"description": "Numbers.", "key": ["id"], "columns": COLUMNS, "load": load, **table}
    return SqlSystem.model_validate(
        {
            "kind": "sql",
            "name": {"zh": "库", "en": "Database"},
            "url": {"env": "A_URL"},
            "retries": 0,
            "tables": {"numbers": declared},
        }
    )


def values(extraction: Extraction) -> dict[str, str]:
    return {row["id"]: row["value"] for row in extraction.rows("db", "numbers")}


@pytest.mark.parametrize(
    "number",
    ["0.1", "0.10", "1.123456789012345678901234567890", "123456789012345678901234567890123456789012", "NaN"],
)
def test_a_number_without_declared_precision_is_read_as_it_is(
    database: Database, extraction: Extraction, number: str
) -> None:
    database.execute(f"insert into numbers values (1, '{number}', now())")
    extraction.run(db=numbers())
    assert values(extraction) == {"1": number}


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31", "20000-01-01", "infinity"])
def test_a_day_that_python_does_not_know_is_read(database: Database, extraction: Extraction, day: str) -> None:
    database.execute(f"alter table numbers add day date; insert into numbers values (1, 1, now(), '{day}')")
    extraction.run(db=numbers(columns={**COLUMNS, "day": "date"}))
    assert extraction.rows("db", "numbers")[0]["day"] == day


def test_a_moment_that_nothing_reads_is_refused_and_the_table_is_let_go(
    database: Database, extraction: Extraction
) -> None:
    database.execute("insert into numbers values (1, 1, '2025-01-01 00:00:00 BC')")
    with pytest.raises(SourceRefused, match="no timestamp"):
        extraction.run(db=numbers())
    database.execute("truncate numbers; insert into numbers values (1, 1, now())")
    extraction.run(db=numbers())
    assert values(extraction) == {"1": "1"}


@pytest.mark.parametrize("moment", ["2099-01-01", "infinity"])
def test_a_cursor_in_the_future_hides_no_later_row(database: Database, extraction: Extraction, moment: str) -> None:
    database.execute(f"insert into numbers values (1, 1, now() - interval '9 days'), (2, 2, '{moment}')")
    extraction.run(db=numbers())
    database.execute("insert into numbers values (3, 3, now())")
    assert extraction.run(db=numbers())["db", "numbers"].appended == 1
    assert values(extraction) == {"1": "1", "2": "2", "3": "3"}


@pytest.mark.parametrize("load", [INCREMENTAL, "snapshot"])
def test_a_key_that_is_none_is_refused_and_no_row_is_dropped(
    database: Database, extraction: Extraction, load: Any
) -> None:
    """In one statement a key cannot stand twice because a row has changed meanwhile."""
    database.execute("insert into numbers values (1, 1, '2025-01-01'), (1, 2, '2025-01-02')")
    with pytest.raises(SourceRefused, match="stands twice"):
        extraction.run(db=numbers(load))
    assert not extraction.lake.root.exists()


def test_rows_that_are_alike_are_one(database: Database, extraction: Extraction) -> None:
    database.execute("insert into numbers values (1, 1, '2025-01-01'), (1, 1, '2025-01-01')")
    assert extraction.run(db=numbers())["db", "numbers"].rows == 1


def test_a_lake_of_another_clock_is_not_written_to(
    database: Database, extraction: Extraction, monkeypatch: pytest.MonkeyPatch
) -> None:
    database.execute("insert into numbers values (1, 1, now())")
    extraction.run(db=numbers())
    database.execute("update numbers set value = 2, updated_at = now()")
    before = extraction.bytes_of_the_lake()
    earlier = time.time() - 3600
    with monkeypatch.context() as patch:
        patch.setattr("perf_pipelines.sources.extract.time.time", lambda: earlier)
        with pytest.raises(RunFailed, match="clock"):
            extraction.run(db=numbers())
    assert extraction.bytes_of_the_lake() == before
    extraction.run(db=numbers())
    assert values(extraction) == {"1": "2"}


def test_of_many_changed_rows_the_newest_are_current(database: Database, extraction: Extraction) -> None:
    database.execute("insert into numbers select i, i, now() - interval '1 day' from generate_series(1, 40000) as i")
    extraction.run(db=numbers())
    database.execute("update numbers set value = -id, updated_at = now() where id % 40 = 0")
    assert extraction.run(db=numbers())["db", "numbers"].superseding == 1_000
    found = values(extraction)
    assert len(found) == 40_000
    assert sum(int(value) < 0 for value in found.values()) == 1_000
