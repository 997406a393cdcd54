"""``perf-pipelines appeal``: objections to a result."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from perf_pipelines.commands.options import CompanyOption, LanguageOption, PeriodOption, given
from perf_pipelines.commands.saying import say
from perf_pipelines.periods import Period
from perf_pipelines.wording import Language

appeal_commands = typer.Typer(
    no_args_is_help=True, help="An employee's objection to a result: filed, answered by somebody else, listed."
)


@appeal_commands.command(name="file")
def file_one(
    period: PeriodOption,
    employee: Annotated[str, typer.Option("--employee", "-e", help="Employee id.")],
    objection: Annotated[str, typer.Option("--objection", help="What is not right, in the employee's words.")],
    by: Annotated[str, typer.Option("--by", help="Name of who files it: the employee, or somebody for them.")],
    company: CompanyOption,
) -> None:
    """File an objection to a published result; company.yaml says within how many days it is answered."""
    from perf_pipelines.defs.companies import closing_of
    from perf_pipelines.pay.appealing import file_appeal

    filed = file_appeal(
        closing_of(company),
        period=Period.parse(period),
        employee=employee,
        objection=given("--objection", objection),
        filed_by=given("--by", by),
    )
    say(f"appeal {filed.number} of {employee} against {filed.appeal.period_id}: answer by {filed.appeal.answer_by}")


@appeal_commands.command()
def answer(
    number: Annotated[int, typer.Argument(metavar="NUMBER", help="As `appeal file` and `appeal list` name it.")],
    accept: Annotated[bool, typer.Option("--accept/--reject", help="Whether the result is wrong.")],
    by: Annotated[str, typer.Option("--by", help="Your name; not the one who objects.")],
    reason: Annotated[str, typer.Option("--reason", help="Why; the employee reads it.")],
    company: CompanyOption,
) -> None:
    """Accept or reject an appeal. Accepted, a posted period is opened again with `pay reopen --appeal`."""
    from perf_pipelines.defs.companies import closing_of
    from perf_pipelines.pay.appealing import answer_appeal
    from perf_pipelines.records.people import People
    from perf_pipelines.reports.marts import employee_names

    closing = closing_of(company)
    answered = answer_appeal(
        closing.records,
        number=number,
        accepted=accept,
        reason=given("--reason", reason),
        answered_by=given("--by", by),
        people=People(employee_names(closing.home)),
    )
    say(f"appeal {number} is {'accepted' if accept else 'rejected'}")
    if accept:
        period = answered.appeal.period_id
        say(
            f"if {period} is posted, open it with `perf-pipelines pay reopen --company {company} --period {period} "
            f"--appeal {number} --by …`; then correct the result and close it again"
        )


@appeal_commands.command(name="list")
def list_all(company: CompanyOption, language: LanguageOption = Language.en) -> None:
    """All appeals, with their deadlines and answers."""
    from perf_pipelines.defs.companies import closing_of
    from perf_pipelines.pay.appealing import appeals

    closing, zh = closing_of(company), language is Language.zh
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    for heading in (
        ("编号", "周期", "员工", "申诉内容", "答复期限", "状态", "答复")
        if zh
        else ("No.", "Period", "Employee", "Objection", "Answer by", "State", "Answer")
    ):
        table.add_column(heading)
    today = closing.today.date()
    for filed in appeals(closing.records):
        if filed.answer is not None:
            state = _STATES["accepted" if filed.answer.accepted else "rejected"]
        else:
            state = _STATES["overdue" if filed.is_overdue(today) else "open"]
        table.add_row(
            str(filed.number),
            filed.appeal.period_id,
            Text(filed.appeal.employee_id),
            Text(filed.appeal.objection),
            str(filed.appeal.answer_by),
            state[0 if zh else 1],
            Text(f"{filed.answer.answered_by}: {filed.answer.reason}" if filed.answer else ""),
        )
    Console().print(table)


_STATES = {
    "open": ("待答复", "open"),
    "overdue": ("已逾期", "overdue"),
    "accepted": ("申诉成立", "accepted"),
    "rejected": ("申诉不成立", "rejected"),
}
