"""Noting what an employee has done: of somebody whom the last publication knows, in their own words."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from perf_pipelines.documents import nearest
from perf_pipelines.errors import PerfError, Problem
from perf_pipelines.records.moment import this_moment
from perf_pipelines.records.progress_notes import PROGRESS_NOTES, ProgressNote
from perf_pipelines.reports.marts import PublishedMarts

if TYPE_CHECKING:
    from datetime import date

    from perf_pipelines.closing import Closing


class NoteRefused(PerfError):
    """Nobody would find the note; nothing was recorded."""

    exit_code: ClassVar[int] = 10


def note_progress(
    closing: Closing, *, employee: str, text: str, noted_by: str, day: date | None = None
) -> tuple[int, ProgressNote]:
    """Record a note about ``day``, today without it; with its number.

    :class:`NoteRefused` for an id that is no employee's, as published; :class:`~perf_pipelines.errors.NotPublished`.
    """
    rows = PublishedMarts(closing.home).query("select distinct employee_id from marts.dim_employee")
    known = [row["employee_id"] for row in rows]
    if employee not in known:
        raise NoteRefused(
            f"nothing is noted of `{employee}`",
            [Problem(field="employee", what="nobody has this id", todo=nearest(employee, known))],
        )
    note = ProgressNote(
        employee_id=employee,
        written_on=day or closing.today.date(),
        text=text,
        noted_by=noted_by,
        noted_at=this_moment(),
    )
    with closing.records.writing() as transaction:
        [number] = transaction.append(PROGRESS_NOTES, note)
    return number, note
