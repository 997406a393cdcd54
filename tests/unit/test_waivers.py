"""Waivers as they are recorded, also in files of a version that did not ask for the values."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from perf_pipelines.records.store import Records
from perf_pipelines.records.waivers import Waiver

if TYPE_CHECKING:
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

OLD_TABLE = """
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


def test_without_records_nothing_is_waived_and_no_file_is_made(tmp_path: Path) -> None:
    assert Records(tmp_path / "records").waivers() == ()
    assert not (tmp_path / "records").exists()


def test_of_the_waivers_for_the_same_values_the_newest_counts(tmp_path: Path) -> None:
    records = Records(tmp_path)
    newer = replace(WAIVER, waived_by="Wang Wei", reason="finance has said so")
    records.waive(WAIVER)
    records.waive(newer)
    assert records.waivers() == (newer,)


def test_waivers_for_other_values_stand_beside_each_other(tmp_path: Path) -> None:
    records = Records(tmp_path)
    other = replace(WAIVER, value_b="1500.0100", waived_by="Wang Wei")
    one_said_nothing = replace(WAIVER, value_b="null")
    for waiver in (other, WAIVER, one_said_nothing):
        records.waive(waiver)
    assert records.waivers() == (WAIVER, other, one_said_nothing)


def test_a_file_of_an_older_version_is_kept_and_its_waivers_have_no_values(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "records.sqlite") as file:
        file.executescript(OLD_TABLE)
    old = replace(WAIVER, value_a=None, value_b=None)
    records = Records(tmp_path)
    assert records.waivers() == (old,)
    records.waive(WAIVER)
    assert records.waivers() == (old, WAIVER)
    assert Records(tmp_path).waivers() == (old, WAIVER)
