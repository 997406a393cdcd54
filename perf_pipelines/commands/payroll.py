"""``perf-pipelines payroll``: what is posted as a file for payroll, and that file against the ledger again."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.text import Text

from perf_pipelines.commands.options import CompanyOption, PeriodOption  # noqa: TC001 — read at run time
from perf_pipelines.commands.saying import remark
from perf_pipelines.home import company_home
from perf_pipelines.payroll.files import PayrollFormat, write, written
from perf_pipelines.payroll.lines import PayrollRefused, control_totals, newest_revision, payroll_lines
from perf_pipelines.periods import Period

if TYPE_CHECKING:
    from collections.abc import Iterable

    from perf_pipelines.payroll.lines import ControlTotal
    from perf_pipelines.payroll.payables import Payable

payroll_commands = typer.Typer(no_args_is_help=True, help="Files for payroll from what is posted.")

RevisionOption = Annotated[
    int | None, typer.Option("--revision", "-r", min=1, help="Revision of the period; the newest without it.")
]

HandedOverOption = Annotated[
    list[Path] | None,
    typer.Option(
        "--handed-over",
        metavar="FILE",
        help="A file of the revision that payroll has already; may be given repeatedly.",
    ),
]


@payroll_commands.command()
def export(
    period: PeriodOption,
    company: CompanyOption,
    revision: RevisionOption = None,
    format: Annotated[PayrollFormat, typer.Option("--format", "-f", help="csv or xlsx.")] = PayrollFormat.csv,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="File to write; it says the format too.")
    ] = None,
    earlier: HandedOverOption = None,
) -> None:
    """Write what is posted of a period's revision, a line an employee and kind (or reward), with totals and checksum.

    With `--handed-over` only what was posted since, such as a reward, and no line that stands in those files.
    The same postings give the same bytes. A file that is there already and holds something else is not overwritten.
    """
    from perf_pipelines.payroll.handed_over import handed_over
    from perf_pipelines.payroll.payees import payees
    from perf_pipelines.reports.marts import PublishedMarts

    if output is not None:
        if output.suffix not in {".csv", ".xlsx"}:
            raise typer.BadParameter(f"{output.name} ends neither in .csv nor in .xlsx")
        if not output.parent.is_dir():
            raise typer.BadParameter(f"there is no folder {output.parent} to write {output.name} into")
        format = PayrollFormat(output.suffix.removeprefix("."))
    period_id = Period.parse(period).id
    entries, revisions = _posted(company, period_id)
    meant = newest_revision(entries, revisions, period=period_id) if revision is None else revision
    known = payees(PublishedMarts(company_home(company)), period_id)
    elsewhere = handed_over(earlier or [], entries, revision=meant)
    lines = payroll_lines(entries, period=period_id, revision=meant, payees=known, handed_over=elsewhere)
    part = f"-{len(earlier) + 1}" if earlier else ""
    path = output or Path(f"payroll-{company}-{period_id}-r{meant}{part}.{format}")
    fresh = write(path, written(lines, format))
    console = Console()
    done = "written to" if fresh else "stand already, byte for byte, in"
    console.print(f"{len(lines)} lines of revision {meant} {done} {path}")
    _print_totals(console, control_totals(line.entry for line in lines))
    strangers = sorted({line.entry.employee_id for line in lines if line.payee is None})
    if strangers:
        remark(f"without a name, because no published mart knows them: {', '.join(strangers)}")


@payroll_commands.command()
def reconcile(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A payroll file, also one that was saved again.")],
    period: PeriodOption,
    company: CompanyOption,
    revision: RevisionOption = None,
    earlier: HandedOverOption = None,
) -> None:
    """Compare a payroll file with the ledger: every line, what is missing or there twice, control totals, checksum.

    What stands in the files of `--handed-over` is not missing in this one.
    Without `--revision` the one is meant of which the file has most lines.
    """
    from perf_pipelines.payroll.reconciliation import reconcile as against_ledger

    period_id = Period.parse(period).id
    entries, _ = _posted(company, period_id)
    found = against_ledger(file, entries, period=period_id, revision=revision, earlier=earlier or [])
    if found.problems:
        headline = f"{file.name} does not say what the ledger says of {period_id}, revision {found.revision}"
        raise PayrollRefused(headline, found.problems)
    console = Console()
    console.print(f"[green]✓[/green] {file.name}: {found.lines} lines, as in the ledger (revision {found.revision})")
    _print_totals(console, found.totals)
    if found.as_exported is not True:
        why = "the checksum beside it is of other bytes: a program has saved it again"
        remark(f"{why if found.as_exported is False else 'there is no checksum beside it'}; its lines are right")


def _posted(company: str, period_id: str) -> tuple[tuple[Payable, ...], list[int]]:
    """What is payable of the period, and the revisions that were posted."""
    from perf_pipelines.defs.companies import closing_of
    from perf_pipelines.payroll.payables import payables
    from perf_pipelines.records.period_steps import Step

    records = closing_of(company).records
    steps = records.period_steps().get(period_id, ())
    return payables(records, period_id), [step.revision for step in steps if step.step == Step.POSTED]


def _print_totals(console: Console, totals: Iterable[ControlTotal]) -> None:
    for total in totals:
        console.print(Text(f"  {total.currency}  {total.amount:,f}  ({total.lines} lines)"))
