"""``perf-pipelines records``: whether the records are what was recorded, and copies of them."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 — typer reads annotations at run time
from typing import Annotated

import typer

from perf_pipelines.commands.options import CompanyOption  # noqa: TC001 — typer reads annotations at run time
from perf_pipelines.commands.saying import say

records_commands = typer.Typer(no_args_is_help=True, help="What people have decided: verified, backed up, restored.")


@records_commands.command()
def verify(
    company: CompanyOption,
    anchor: Annotated[
        str | None, typer.Option("--anchor", help="What an earlier `records verify` printed; it tells a cut-off end.")
    ] = None,
) -> None:
    """Walk the audit log from its first entry and compare every record with the entry that tells it.

    Keep the anchor that is printed where the database is not: on paper, in a mail, in another system.
    """
    from perf_pipelines.defs.companies import closing_of
    from perf_pipelines.records.verification import Anchor
    from perf_pipelines.records.verification import verify as verify_records

    known = Anchor.parse(anchor) if anchor is not None else None
    if anchor is not None and known is None:
        raise typer.BadParameter("--anchor is a number, a colon and 64 hexadecimal digits, as verify printed it")
    found = verify_records(closing_of(company).records.database, anchor=known)
    say(f"{company}: {found.entries} records, all as they were recorded\nanchor {found}")


@records_commands.command()
def backup(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="File to write; it must not exist.", dir_okay=False)],
    company: CompanyOption,
) -> None:
    """Copy all records as they are at this moment into one SQLite file, after verifying them."""
    from perf_pipelines.defs.companies import closing_of
    from perf_pipelines.records.backup import back_up

    if not file.parent.is_dir():
        raise typer.BadParameter(f"there is no folder {file.parent} to write {file.name} into")
    found = back_up(closing_of(company).records.database, file)
    say(f"{found.entries} records of {company} written to {file}\nanchor {found}")


@records_commands.command()
def restore(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="What `records backup` wrote.", exists=True, dir_okay=False)
    ],
    company: CompanyOption,
) -> None:
    """Bring the records of a backup into an empty database or folder; verified before and after."""
    from perf_pipelines.defs.companies import closing_of
    from perf_pipelines.records.backup import restore as restore_records

    found = restore_records(file, closing_of(company).records.database)
    say(f"{found.entries} records of {company} restored from {file}\nanchor {found}")
