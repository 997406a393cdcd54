"""What is recorded is read again, in a file and in PostgreSQL alike, and no program can change it."""

from __future__ import annotations

import sqlite3
import threading
from contextlib import closing
from dataclasses import replace
from datetime import date, datetime
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from perf_pipelines.errors import RunFailed
from perf_pipelines.records.calibrations import Calibration
from perf_pipelines.records.chain import AUDIT
from perf_pipelines.records.every_kind import EVERY_KIND
from perf_pipelines.records.store import Records
from perf_pipelines.records.verification import verify
from perf_pipelines.records.waivers import Waiver

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

WAIVER = Waiver(
    measure="revenue",
    occurred_on=date(2026, 3, 20),
    system_a="shop.orders",
    value_a="1200.0000",
    system_b="erp.sales",
    value_b="1500.0000",
    waived_by="Li Na",
    reason="booked twice",
)
CALIBRATION = Calibration(
    period_id="2026-03",
    employee_id="ann",
    computed_grade="qualified",
    grade="excellent",
    calibrated_by="李娜",
    reason="carried the launch alone",
    calibrated_at=datetime(2026, 4, 2, 8, 30),  # noqa: DTZ001 — UTC without a zone, as it is recorded
)


def test_without_records_there_is_nothing_and_no_file_is_made(tmp_path: Path) -> None:
    records = Records(f"sqlite:///{tmp_path / 'records' / 'records.sqlite'}", company_id="small_shop")
    assert records.calibrations() == ()
    assert records.waivers() == ()
    assert verify(records.database).entries == 0
    assert not (tmp_path / "records").exists()


def test_of_the_calibrations_of_an_employee_in_a_period_the_newest_counts(records: Records) -> None:
    back = replace(CALIBRATION, grade="qualified", reason="a mistake")
    april = replace(CALIBRATION, period_id="2026-04")
    for calibration in (CALIBRATION, april, back):
        records.calibrate(calibration)
    assert records.calibrations() == (back, april)


def test_of_the_waivers_for_the_same_values_the_newest_counts(records: Records) -> None:
    newer = replace(WAIVER, waived_by="Wang Wei", reason="finance has said so")
    records.waive(WAIVER)
    records.waive(newer)
    assert records.waivers() == (newer,)


def test_waivers_for_other_values_stand_beside_each_other(records: Records) -> None:
    other = replace(WAIVER, value_b="1500.0100", waived_by="Wang Wei")
    one_said_nothing = replace(WAIVER, value_b="null")
    for waiver in (other, WAIVER, one_said_nothing):
        records.waive(waiver)
    assert records.waivers() == (WAIVER, other, one_said_nothing)


def test_companies_in_one_database_know_nothing_of_each_other(url: str) -> None:
    ours, theirs = Records(url, company_id="small_shop"), Records(url, company_id="large_shop")
    ours.waive(WAIVER)
    assert theirs.waivers() == ()
    theirs.calibrate(CALIBRATION)
    assert (verify(ours.database).entries, verify(theirs.database).entries) == (1, 1)
    assert ours.calibrations() == ()


@pytest.mark.parametrize("table", ["audit_entry", *(kind.table.name for kind in EVERY_KIND)])
def test_every_table_refuses_to_be_changed(records: Records, table: str) -> None:
    with records.database.writing() as connection:
        columns = sa.inspect(connection).get_columns(table)
        values = {column["name"]: _any_value(column) for column in columns}
        written = sa.table(table, *(sa.column(name) for name in values))
        connection.execute(sa.insert(written).values(values))
    acts = [f"update {table} set company_id = company_id", f"delete from {table}"]
    if records.database.exists and _engine_of(records) == "sqlite":
        acts.append(f"insert or replace into {table} select * from {table}")
    else:
        acts.append(f"truncate {table}")
    for act in acts:
        with pytest.raises(RunFailed) as refused, records.database.writing() as connection:
            connection.execute(sa.text(act))
        assert f"{table} is append-only" in str(refused.value)


def unique_keys() -> Iterator[tuple[str, tuple[str, ...]]]:
    """Of every append-only table what is unique in it, with the number that SQLite itself gives a row."""
    for table in (AUDIT, *(kind.table for kind in EVERY_KIND)):
        yield table.name, ("rowid",)
        for constraint in table.constraints:
            if isinstance(constraint, (sa.PrimaryKeyConstraint, sa.UniqueConstraint)):
                yield table.name, tuple(column.name for column in constraint.columns)


@pytest.mark.parametrize(
    ("table", "key"), [pytest.param(*each, id=f"{each[0]} by {' '.join(each[1])}") for each in sorted(unique_keys())]
)
def test_no_row_is_replaced_by_one_that_is_unique_in_the_same_way(
    tmp_path: Path, table: str, key: tuple[str, ...]
) -> None:
    file = tmp_path / "records.sqlite"
    with Records(f"sqlite:///{file}", company_id="small_shop").database.writing() as connection:
        columns = sa.inspect(connection).get_columns(table)
    first, second = ({"rowid": each} | {c["name"]: _any_value(c, each) for c in columns} for each in (1, 2))
    second |= {name: first[name] for name in key}
    with closing(sqlite3.connect(file)) as plain:
        marks = ", ".join("?" for _ in first)
        plain.execute(f"insert into {table} ({', '.join(first)}) values ({marks})", list(first.values()))
        before = plain.execute(f"select rowid, * from {table}").fetchall()
        with pytest.raises(sqlite3.IntegrityError, match=f"{table} is append-only"):
            plain.execute(
                f"insert or replace into {table} ({', '.join(second)}) values ({marks})", list(second.values())
            )
        assert plain.execute(f"select rowid, * from {table}").fetchall() == before


def test_two_writers_keep_one_chain(url: str) -> None:
    def write() -> None:
        records = Records(url, company_id="small_shop")
        for _ in range(10):
            records.waive(WAIVER)

    writers = [threading.Thread(target=write) for _ in range(4)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert verify(Records(url, company_id="small_shop").database).entries == 40


def test_the_password_of_the_database_is_in_no_refusal() -> None:
    records = Records("postgresql://hr:s3cret@127.0.0.1:9/none", company_id="small_shop")
    with pytest.raises(RunFailed) as refused:
        records.waivers()
    assert "hr:***@127.0.0.1:9/none" in str(refused.value)
    assert "s3cret" not in str(refused.value)


def _engine_of(records: Records) -> str:
    with records.database.reading() as connection:
        return connection.dialect.name


def _any_value(column: sa.engine.interfaces.ReflectedColumn, which: int = 1) -> object:
    kind = column["type"].python_type
    return f"2026-03-{20 + which}" if kind in {date, datetime} else kind(which)
