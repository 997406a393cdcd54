"""Whatever is changed in the database behind the program's back is found, and the first broken place is named."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from perf_pipelines.records.backup import back_up, restore
from perf_pipelines.records.chain import AUDIT, BEGINNING, AuditEntry
from perf_pipelines.records.store import Records
from perf_pipelines.records.verification import Anchor, RecordsBroken, verify
from tests.records.test_store import CALIBRATION, WAIVER

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


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
