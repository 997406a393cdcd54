"""Records carried whole from one database to another: a backup is a SQLite file with the records of one company."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from sqlalchemy import func, insert, select

from perf_pipelines.errors import Problem
from perf_pipelines.records.chain import AUDIT
from perf_pipelines.records.database import Database
from perf_pipelines.records.every_kind import EVERY_KIND
from perf_pipelines.records.verification import Anchor, RecordsBroken, examine, verify

if TYPE_CHECKING:
    from sqlalchemy import Connection

_AT_ONCE = 5_000
"""Rows held in memory at a time."""


def copy_records(source: Database, target: Database) -> Anchor:
    """Carry all records of the company into ``target``, as they are at one moment; all of them or none.

    :class:`RecordsBroken` when they do not verify there, or when ``target`` has records of the company already.
    """
    if not source.exists:
        return verify(source)
    with source.reading() as reading, target.writing() as writing:
        _demand_empty(writing, company_id=target.company_id)
        for table in (AUDIT, *(kind.table for kind in EVERY_KIND)):
            of_company = select(table).where(table.c.company_id == source.company_id).order_by(table.c.number)
            for rows in reading.execute(of_company).mappings().partitions(_AT_ONCE):
                writing.execute(insert(table), [dict(row) for row in rows])
        anchor, problems = examine(writing, company_id=target.company_id)
        if problems:
            raise RecordsBroken("the records were not carried over: they are not what was recorded", problems[:1])
    return anchor


def back_up(database: Database, file: Path) -> Anchor:
    """Write all records into a new ``file``, whole or not at all; :class:`RecordsBroken` unless they verify."""
    if file.exists():
        raise RecordsBroken(
            "no backup was made",
            [Problem(file=str(file), what="this file is there already", todo="name another; backups are not replaced")],
        )
    verify(database)
    with TemporaryDirectory(prefix=f"{file.name}-", dir=file.parent) as folder:
        made = Path(folder) / file.name
        copied = Database(f"sqlite:///{made}", company_id=database.company_id)
        with copied.writing():
            pass  # the backup of no records is a file too
        anchor = copy_records(database, copied)
        os.link(made, file)  # unlike a rename, refused when somebody else has made the file meanwhile
    return anchor


def restore(file: Path, database: Database) -> Anchor:
    """Bring the records of a backup into ``database``, which has none; verified before and after.

    :class:`RecordsBroken` when the file is no backup of this company, or not what was backed up.
    """
    with TemporaryDirectory(prefix="perf-restore-") as folder:
        # on a copy, because a backup of an older version is brought into today's form on the way
        copied = Path(folder) / "records.sqlite"
        shutil.copyfile(file, copied)
        backup = Database(f"sqlite:///{copied}", company_id=database.company_id)
        if verify(backup).entries == 0:
            raise RecordsBroken(
                "nothing was restored",
                [
                    Problem(
                        file=str(file),
                        what=f"it holds no records of {database.company_id}",
                        todo="name the company's own backup, as `perf-pipelines records backup` wrote it",
                    )
                ],
            )
        return copy_records(backup, database)


def _demand_empty(connection: Connection, *, company_id: str) -> None:
    there = connection.execute(select(func.count()).where(AUDIT.c.company_id == company_id)).scalar_one()
    if there:
        raise RecordsBroken(
            "nothing was restored",
            [
                Problem(
                    what=f"there are {there} records of {company_id} already, and nothing recorded is ever replaced",
                    todo="restore into an empty database (PERF_RECORDS_URL) or an empty records folder",
                )
            ],
        )
