"""``perf-pipelines report``: what people read of a period, as files."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 — typer reads annotations at run time
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from perf_pipelines.commands.options import CompanyOption, LanguageOption, PeriodOption  # noqa: TC001 — read at run time
from perf_pipelines.home import company_home
from perf_pipelines.periods import Period
from perf_pipelines.wording import Language

if TYPE_CHECKING:
    from perf_pipelines.reports.folder import Format


def report(
    period: PeriodOption,
    company: CompanyOption,
    to: Annotated[Path, typer.Option("--to", help="Folder to write; a folder of reports that is there is replaced.")],
    department: Annotated[
        str | None, typer.Option("--department", "-d", help="Only this department (id or name) and those below it.")
    ] = None,
    employee: Annotated[
        str | None, typer.Option("--employee", "-e", help="Only this person's file (id or name).")
    ] = None,
    language: LanguageOption = Language.en,
    format: Annotated[str, typer.Option("--format", "-f", help="html, xlsx, pdf, or several with commas.")] = "html",
) -> None:
    """Department summaries (月度考核结果汇总表), personal files (个人考核档案), strategy review and data quality.

    Made from what is published; the folder is written whole or not at all.
    """
    from perf_pipelines.reports.edition import Edition
    from perf_pipelines.reports.folder import Kind, may_be_replaced, reports_of, write_folder
    from perf_pipelines.reports.marts import PublishedMarts

    formats = _formats(format)
    if department is not None and employee is not None:
        raise typer.BadParameter("say --department or --employee, not both")
    if not may_be_replaced(to):
        raise typer.BadParameter(f"{to} is there already and holds something else: name another folder with --to")
    edition = Edition(marts=PublishedMarts(company_home(company)), period=Period.parse(period).id, language=language)
    reports = reports_of(edition, tuple(Kind), department=department, employee=employee)
    count = write_folder(reports, formats=formats, folder=to, source=edition.source)
    Console().print(f"{count} reports written to {to}", soft_wrap=True)


def _formats(given: str) -> tuple[Format, ...]:
    from perf_pipelines.reports.folder import Format

    names = [name.strip() for name in given.split(",") if name.strip()]
    unknown = [name for name in names if name not in set(Format)]
    if unknown or not names:
        raise typer.BadParameter(f"--format is one or several of {', '.join(Format)}, with commas")
    return tuple(Format(name) for name in names)
