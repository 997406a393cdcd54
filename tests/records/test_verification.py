"""Whatever is changed in the database behind the program's back is found, and the first broken place is named."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from perf_pipelines.records.backup import back_up, restore
from perf_pipelines.records.chain import AUDIT, BEGINNING, AuditEntry
from perf_pipelines.records.ledger import LEDGER, LedgerEntry
from perf_pipelines.records.store import Records
from perf_pipelines.records.verification import Anchor, RecordsBroken, verify
from tests.records.test_store import CALIBRATION, WAIVER

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


ENTRY = LedgerEntry(
    company_id="small_shop",
    period_id="2026-03",
    revision=1,
    employee_id="ann",
    kind="bonus",
    amount=Decimal("119.75"),
    currency="CNY",
    reason="2026-03",
    posted_by="payroll",
    posted_at=CALIBRATION.calibrated_at,
)
NUMBERS = {"audit_entry": 3, "waiver": 1, "calibration": 2, "ledger_entry": 3}


@pytest.fixture
def five(records: Records) -> Records:
    """Records with five entries: a waiver, a calibration, three waivers."""
    records.waive(WAIVER)
    records.calibrate(CALIBRATION)
    for value in ("1.0000", "2.0000", "3.0000"):
        records.waive(replace(WAIVER, value_a=value))
    return records


def behind_its_back(records: Records, *statements: str) -> None:
    """Run SQL as somebody would who owns the database: without the triggers."""
    with records.database.writing() as connection:
        if connection.dialect.name == "sqlite":
            triggers = connection.execute(sa.text("select name from sqlite_master where type = 'trigger'")).scalars()
            for trigger in triggers.all():
                connection.execute(sa.text(f"drop trigger {trigger}"))
        else:
            connection.execute(sa.text("set local session_replication_role = replica"))
        for statement in statements:
            connection.execute(sa.text(statement))


@pytest.mark.parametrize(
    ("statements", "place", "what"),
    [
        pytest.param(
            ["update calibration set grade = 'unqualified'"],
            "audit entry 2",
            "grade was 'excellent', is 'unqualified'",
            id="a record was changed",
        ),
        pytest.param(["delete from waiver where number = 3"], "audit entry 3", "is gone", id="a record was deleted"),
        pytest.param(
            ["update audit_entry set payload = replace(payload, 'excellent', 'unqualified') where number = 2"],
            "audit entry 2",
            "not what its hash was made of",
            id="an entry was changed",
        ),
        pytest.param(
            ["update audit_entry set payload = 'nonsense' where number = 4"],
            "audit entry 4",
            "not what its hash was made of",
            id="an entry is no record any more",
        ),
        pytest.param(
            ["delete from audit_entry where number in (2, 3)"],
            "audit entry 2",
            "audit entry 2 … 3 is gone",
            id="entries were deleted",
        ),
        pytest.param(
            ["delete from audit_entry where number = 1", "delete from waiver where number = 1"],
            "audit entry 1",
            "is gone",
            id="the first record and its entry were deleted",
        ),
        pytest.param(
            ["delete from audit_entry where number = 5"],
            "waiver 5",
            "no entry for this record",
            id="the last entry was deleted",
        ),
    ],
)
def test_the_first_broken_place_is_named(five: Records, statements: list[str], place: str, what: str) -> None:
    behind_its_back(five, *statements)
    with pytest.raises(RecordsBroken) as broken:
        verify(five.database)
    assert broken.value.problems[0].row == place
    assert what in broken.value.problems[0].what


GARBAGE = ("'gestern'", "'2026-04-02 99:00'", "12.5", "x'ff00'", "''")


@pytest.mark.parametrize("garbage", GARBAGE)
def test_a_value_that_no_column_has_is_named_and_the_others_are_verified(tmp_path: Path, garbage: str) -> None:
    """SQLite takes any value in any column; in PostgreSQL a column has values of its type alone."""
    records = Records(f"sqlite:///{tmp_path / 'records.sqlite'}", company_id="small_shop")
    records.waive(WAIVER)
    records.calibrate(CALIBRATION)
    with records.writing() as transaction:
        transaction.append(LEDGER, ENTRY)
    records.waive(WAIVER)
    columns = {
        "audit_entry": ["at", "actor", "subject", "payload", "previous_hash", "hash"],
        "calibration": ["grade", "calibrated_at"],
        "ledger_entry": ["amount", "posted_at", "revision", "currency"],
        "waiver": ["occurred_on", "recorded_at", "value_a"],
    }
    before = (tmp_path / "records.sqlite").read_bytes()
    for table, names in columns.items():
        for name in names:
            behind_its_back(records, f"update {table} set {name} = {garbage} where number = {NUMBERS[table]}")
            with pytest.raises(RecordsBroken) as broken:
                verify(records.database)
            first = broken.value.problems[0]
            assert first.row == f"audit entry {NUMBERS[table]}"
            if table != "audit_entry":
                assert f"{name} was " in first.what
            (tmp_path / "records.sqlite").write_bytes(before)
    behind_its_back(
        records,
        f"update audit_entry set at = {garbage} where number = 2",
        f"update ledger_entry set amount = {garbage}, posted_at = {garbage}",
        "update waiver set reason = 'another' where number = 4",
    )
    with pytest.raises(RecordsBroken, match=r"ledger_entry: a value is none of its column's .* names the rows"):
        records.ledger("2026-03")
    with pytest.raises(RecordsBroken) as broken:
        verify(records.database)
    at, amount, reason = broken.value.problems
    assert (at.field, at.row) == ("at", "audit entry 2")
    assert "stands where a moment was recorded" in at.what
    assert "amount was '119.75', is " in amount.what
    assert "posted_at was '2026-04-02T08:30:00.000000', is " in amount.what
    assert "reason was 'booked twice', is 'another'" in reason.what


def test_a_record_whose_number_is_none_is_named(tmp_path: Path) -> None:
    records = Records(f"sqlite:///{tmp_path / 'records.sqlite'}", company_id="small_shop")
    for value in ("1.0000", "2.0000", "3.0000"):
        records.waive(replace(WAIVER, value_a=value))
    behind_its_back(
        records,
        "update waiver set number = 'two' where number = 2",
        "update audit_entry set number = 'three' where number = 3",
    )
    with pytest.raises(RecordsBroken) as broken:
        verify(records.database)
    assert [(problem.row, problem.what.split()[-1]) for problem in broken.value.problems] == [
        ("audit entry 2", "gone"),
        ("audit entry three", "entry"),
        ("waiver 3", "record"),
        ("waiver two", "record"),
    ]


def test_a_whole_chain_written_again_is_found_by_the_anchor_alone(five: Records) -> None:
    anchor = verify(five.database)
    later = replace(WAIVER, reason="later")
    five.waive(later)
    assert verify(five.database, anchor=anchor).entries == 6
    with five.database.reading() as connection:
        rows = [dict(row) for row in connection.execute(sa.select(AUDIT).order_by(AUDIT.c.number)).mappings()]
    statements: list[str] = []
    previous = BEGINNING
    for row in rows:
        row["actor"], row["previous_hash"] = "somebody else", previous
        entry = AuditEntry(**{name: value for name, value in row.items() if name != "hash"})
        statements.append(
            f"update audit_entry set actor = 'somebody else', previous_hash = '{previous}', hash = '{entry.hash}' "
            f"where number = {entry.number}"
        )
        previous = entry.hash
    behind_its_back(five, *statements)
    assert verify(five.database).entries == 6
    with pytest.raises(RecordsBroken, match=r"audit entry 5.*not the anchor's"):
        verify(five.database, anchor=anchor)


def test_an_end_that_was_cut_off_is_found_by_the_anchor_alone(five: Records) -> None:
    anchor = verify(five.database)
    assert Anchor.parse(f" {anchor}\n") == anchor
    behind_its_back(five, "delete from audit_entry where number > 3", "delete from waiver where number > 3")
    assert verify(five.database).entries == 3
    with pytest.raises(RecordsBroken, match=r"audit entry 4.*the anchor knows 5 entries, here are 3"):
        verify(five.database, anchor=anchor)


def test_records_that_are_gone_altogether_are_found_by_the_anchor(five: Records, tmp_path: Path) -> None:
    anchor = verify(five.database)
    gone = Records(f"sqlite:///{tmp_path / 'gone.sqlite'}", company_id="small_shop")
    with pytest.raises(RecordsBroken, match="here are 0"):
        verify(gone.database, anchor=anchor)


def test_a_backup_restored_is_the_same_records(five: Records, new_url: Callable[[], str], tmp_path: Path) -> None:
    anchor = back_up(five.database, tmp_path / "backup.sqlite")
    assert anchor == verify(five.database)
    restored = Records(new_url(), company_id="small_shop")
    assert restore(tmp_path / "backup.sqlite", restored.database) == anchor
    assert restored.waivers() == five.waivers()
    assert restored.calibrations() == five.calibrations()
    restored.waive(WAIVER)
    assert verify(restored.database, anchor=anchor).entries == 6
    with pytest.raises(RecordsBroken, match="there are 6 records of small_shop already"):
        restore(tmp_path / "backup.sqlite", restored.database)
    assert sorted(path.name for path in tmp_path.glob("backup*")) == ["backup.sqlite"]


def test_a_backup_is_made_and_restored_only_of_what_was_recorded(
    five: Records, new_url: Callable[[], str], tmp_path: Path
) -> None:
    file = tmp_path / "backup.sqlite"
    back_up(five.database, file)
    with pytest.raises(RecordsBroken, match="this file is there already"):
        back_up(five.database, file)
    behind_its_back(Records(f"sqlite:///{file}", company_id="small_shop"), "update waiver set reason = 'another'")
    empty = Records(new_url(), company_id="small_shop")
    with pytest.raises(RecordsBroken, match="reason was 'booked twice', is 'another'"):
        restore(file, empty.database)
    with pytest.raises(RecordsBroken, match="no records of large_shop"):
        restore(file, Records(new_url(), company_id="large_shop").database)
    assert empty.waivers() == ()
    behind_its_back(five, "delete from calibration")
    with pytest.raises(RecordsBroken):
        back_up(five.database, tmp_path / "another.sqlite")
    assert not (tmp_path / "another.sqlite").exists()
