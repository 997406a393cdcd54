"""The tables are what the code says they are, and records of every older form are brought into today's."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from perf_pipelines.errors import RunFailed
from perf_pipelines.records.appeals import APPEAL_ANSWERS, AppealAnswer
from perf_pipelines.records.chain import AUDIT, AuditEntry, payload_of
from perf_pipelines.records.kinds import METADATA
from perf_pipelines.records.migrations import NEWEST, VERSION_TABLE
from perf_pipelines.records.period_steps import PERIOD_STEPS, PeriodStep
from perf_pipelines.records.store import Records
from perf_pipelines.records.verification import RecordsBroken, verify
from tests.records.test_store import CALIBRATION, WAIVER
from tests.records.test_verification import behind_its_back

if TYPE_CHECKING:
    from pathlib import Path

ANSWER = AppealAnswer(
    appeal=40,
    accepted=True,
    reason="o11 counts",
    answered_by="Li Na",
    answered_at=datetime(2026, 4, 2, 8, 30),  # noqa: DTZ001 — UTC without a zone, as it is recorded
)
WAIVER_TABLE = """
    create table waiver (
        waiver_id integer not null primary key,
        measure text not null,
        occurred_on date not null,
        system_a text not null,
        system_b text not null,
        waived_by text not null,
        reason text not null,
        recorded_at datetime not null
    );
    insert into waiver values
    (1, 'revenue', '2026-03-20', 'shop.orders', 'erp.sales', 'Li Na', 'booked twice', '2026-04-02 08:00:00.000000');
"""
WITH_VALUES = "alter table waiver add column value_a text; alter table waiver add column value_b text;"
CALIBRATION_TABLE = """
    create table calibration (
        calibration_id integer not null primary key,
        period_id text not null,
        employee_id text not null,
        computed_grade text not null,
        grade text not null,
        calibrated_by text not null,
        reason text not null,
        calibrated_at datetime not null
    );
    insert into calibration values
    (1, '2026-03', 'ann', 'qualified', 'unqualified', 'Li Na', 'a mistake', '2026-04-01 08:30:00.000000'),
    (2, '2026-03', 'ann', 'qualified', 'excellent', '李娜', 'carried the launch alone', '2026-04-02 08:30:00.000000');
"""


@pytest.mark.parametrize(
    ("written", "waivers", "calibrations", "entries"),
    [
        pytest.param(WAIVER_TABLE, (replace(WAIVER, value_a=None, value_b=None),), (), 1, id="waivers without values"),
        pytest.param(
            f"{WAIVER_TABLE}{WITH_VALUES}"
            "insert into waiver select 2, measure, occurred_on, system_a, system_b, waived_by, reason, recorded_at, "
            "'1200.0000', '1500.0000' from waiver;" + CALIBRATION_TABLE,
            (replace(WAIVER, value_a=None, value_b=None), WAIVER),
            (CALIBRATION,),
            4,
            id="waivers with values, and calibrations",
        ),
    ],
)
def test_a_file_of_before_there_were_migrations_is_taken_over_whole(
    tmp_path: Path, written: str, waivers: tuple[object, ...], calibrations: tuple[object, ...], entries: int
) -> None:
    with sqlite3.connect(tmp_path / "records.sqlite") as file:
        file.executescript(written)
    records = Records(f"sqlite:///{tmp_path / 'records.sqlite'}", company_id="small_shop")
    assert records.waivers() == waivers
    assert records.calibrations() == calibrations
    assert verify(records.database).entries == entries
    records.waive(WAIVER)
    again = Records(f"sqlite:///{tmp_path / 'records.sqlite'}", company_id="small_shop")
    assert WAIVER in again.waivers()
    assert verify(again.database).entries == entries + 1


def test_records_of_before_refuse_replacement_by_any_unique_key_from_now_on(tmp_path: Path) -> None:
    records = Records(f"sqlite:///{tmp_path / 'records.sqlite'}", company_id="small_shop")
    with records.writing() as transaction:
        transaction.append(APPEAL_ANSWERS, ANSWER)
    replacement = (
        "insert or replace into appeal_answer select company_id, 99, appeal, 0, reason, answered_by, answered_at "
        "from appeal_answer"
    )
    with closing(sqlite3.connect(tmp_path / "records.sqlite")) as file:
        file.executescript(
            f"""
            drop trigger appeal_answer_no_replace;
            create trigger appeal_answer_no_replace before insert on appeal_answer when exists (
                select 1 from appeal_answer where company_id = new.company_id and number = new.number
            ) begin select raise(abort, 'appeal_answer is append-only'); end;
            alter table period_step drop column seal;
            drop table reward_entry;
            drop table kpi_alert;
            update {VERSION_TABLE} set version_num = '0003';
            """
        )
    again = Records(f"sqlite:///{tmp_path / 'records.sqlite'}", company_id="small_shop")
    assert again.all(APPEAL_ANSWERS) == [ANSWER]
    with closing(sqlite3.connect(tmp_path / "records.sqlite")) as file:
        with pytest.raises(sqlite3.IntegrityError, match="appeal_answer is append-only"):
            file.execute(replacement)
        assert file.execute("select number, accepted from appeal_answer").fetchall() == [(1, 1)]


def test_what_was_sealed_before_its_hash_was_recorded_is_still_what_was_recorded(url: str) -> None:
    records = Records(url, company_id="small_shop")
    records.waive(WAIVER)
    step = {
        "period_id": "2026-03",
        "revision": 1,
        "step": "sealed",
        "proposal": "",
        "reason": "",
        "made_by": "Li Na",
        "made_at": datetime(2026, 4, 2, 8, 30),  # noqa: DTZ001 — UTC without a zone, as it is recorded
    }
    with records.database.writing() as connection:
        [previous] = connection.execute(sa.select(AUDIT.c.hash)).scalars()
        entry = AuditEntry(
            company_id="small_shop",
            number=2,
            at=step["made_at"],
            actor="Li Na",
            action="step",
            subject="period_step/2026-03/1/sealed",
            payload=payload_of(step),
            previous_hash=previous,
        )
        connection.execute(sa.insert(AUDIT), entry.row)
        connection.execute(sa.text("alter table period_step drop column seal"))
        for later in ("reward_entry", "kpi_alert"):
            connection.execute(sa.text(f"drop table {later}"))
        of_before = sa.table("period_step", *(sa.column(name) for name in ("company_id", "number", *step)))
        connection.execute(sa.insert(of_before), {"company_id": "small_shop", "number": 2, **step})
        connection.execute(sa.text(f"update {VERSION_TABLE} set version_num = '0004'"))
    again = Records(url, company_id="small_shop")
    assert again.all(PERIOD_STEPS) == [PeriodStep(**step)]
    assert verify(again.database).entries == 2
    behind_its_back(again, "update period_step set seal = 'ab12'")
    with pytest.raises(RecordsBroken, match="seal was None, is 'ab12'"):
        verify(again.database)


def test_the_migrations_make_the_tables_that_the_code_reads(records: Records) -> None:
    with records.database.writing() as connection:
        context = MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE})
        assert compare_metadata(context, METADATA) == []


def test_the_newest_step_is_named_where_it_is_looked_up() -> None:
    config = Config()
    config.set_main_option("script_location", "perf_pipelines.records:migrations")
    assert ScriptDirectory.from_config(config).get_current_head() == NEWEST


def test_records_of_a_newer_version_are_refused_and_left_alone(records: Records, url: str) -> None:
    records.waive(WAIVER)
    with records.database.writing() as connection:
        connection.execute(sa.text(f"update {VERSION_TABLE} set version_num = '9999'"))
    with pytest.raises(RunFailed, match="newer version"):
        Records(url, company_id="small_shop").waivers()
    assert records.waivers() == (WAIVER,)
