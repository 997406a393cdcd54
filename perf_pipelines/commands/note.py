"""``perf-pipelines note``: what employees say of their own progress."""

from __future__ import annotations

from datetime import datetime  # noqa: TC003 — typer reads annotations at run time
from typing import Annotated

import typer

from perf_pipelines.commands.options import CompanyOption, given
from perf_pipelines.commands.saying import say

note_commands = typer.Typer(no_args_is_help=True, help="Progress notes of employees: written and read.")


@note_commands.command()
def add(
    employee: Annotated[str, typer.Option("--employee", "-e", help="Employee id.")],
    text: Annotated[str, typer.Option("--text", help="What was done, in own words.")],
    by: Annotated[str, typer.Option("--by", help="Name of who writes it.")],
    company: CompanyOption,
    day: Annotated[
        datetime | None, typer.Option("--day", formats=["%Y-%m-%d"], help="The day it is about; today without it.")
    ] = None,
) -> None:
    """Record a note of progress; it is kept as it was written."""
    from perf_pipelines.defs.companies import closing_of
    from perf_pipelines.noting import note_progress

    number, note = note_progress(
        closing_of(company),
        employee=given("--employee", employee),
        text=given("--text", text),
        noted_by=given("--by", by),
        day=day.date() if day else None,
    )
    say(f"note {number} of {note.employee_id}, {note.written_on}")


@note_commands.command(name="list")
def list_all(
    company: CompanyOption,
    employee: Annotated[str | None, typer.Option("--employee", "-e", help="Only this employee's.")] = None,
) -> None:
    """The notes, by day."""
    from perf_pipelines.defs.companies import closing_of
    from perf_pipelines.records.progress_notes import PROGRESS_NOTES

    notes = closing_of(company).records.all(PROGRESS_NOTES, **({"employee_id": employee} if employee else {}))
    for note in sorted(notes, key=lambda note: (note.written_on, note.employee_id)):
        say(f"{note.written_on}  {note.employee_id}: {note.text} ({note.noted_by})")
