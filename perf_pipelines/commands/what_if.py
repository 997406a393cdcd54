"""``perf-pipelines what-if``: one person's score and pay with other actuals."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Annotated

import typer
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from perf_pipelines.commands.options import CompanyOption, LanguageOption, PeriodOption  # noqa: TC001 — read at run time
from perf_pipelines.commands.saying import beside_the_computed, remark
from perf_pipelines.currencies import money
from perf_pipelines.wording import Language, in_unit, number

if TYPE_CHECKING:
    from perf_pipelines.what_if import Outcome, WhatIf

_THOUSANDS = re.compile(r"[-+]?[1-9][0-9]{0,2}(,[0-9]{3})+(\.[0-9]+)?")


def what_if(
    period: PeriodOption,
    employee: Annotated[str, typer.Option("--employee", "-e", help="Employee id.")],
    supposed: Annotated[
        list[str], typer.Option("--set", metavar="KPI=ACTUAL", help="Like revenue_won=20000; may be repeated.")
    ],
    company: CompanyOption,
    language: LanguageOption = Language.en,
) -> None:
    """Say what a person's score and pay would be if some KPIs had come to other actuals.

    By the rules that closed the period; nothing is written. A share is written as a number: 0.35 for 35 %.
    """
    from perf_pipelines.defs.companies import closing_of
    from perf_pipelines.periods import Period
    from perf_pipelines.what_if import what_if as answer_to

    answer = answer_to(
        closing_of(company),
        period=Period.parse(period),
        employee=employee,
        actuals=dict(_supposed(text) for text in supposed),
    )
    console = Console()
    console.print(_comparison(answer, language))
    for each in answer.remarks:
        remark(language.of(each))
    zh = language is Language.zh
    for heading, sentences in (
        ("变化的步骤" if zh else "Steps that change", _changed_steps(answer, language)),
        ("保持不变" if zh else "Held fixed", [language.of(each) for each in answer.held_fixed]),
    ):
        console.print(Text(heading, style="bold"))
        for sentence in sentences:
            console.print(Text(f"  {sentence}"), soft_wrap=True)


def _supposed(text: str) -> tuple[str, Decimal]:
    kpi, _, value = text.partition("=")
    digits = value.strip()
    if _THOUSANDS.fullmatch(digits):
        digits = digits.replace(",", "")
    try:
        return kpi.strip(), Decimal(digits)
    except InvalidOperation:
        raise typer.BadParameter(f"--set {text}: write a KPI and a number, like revenue_won=20000") from None


def _comparison(answer: WhatIf, language: Language) -> Table:
    zh = language is Language.zh
    table = Table(title=f"{language.of(answer.employee)} · {answer.period_id}", box=SIMPLE_HEAD, title_justify="left")
    table.add_column("")
    for heading in ("现在", "假设") if zh else ("as it is", "what if"):
        table.add_column(heading, justify="right")
    for change in answer.changes:
        unit = language.of(change.unit)
        values = ("–" if value is None else in_unit(value, unit, language) for value in (change.before, change.after))
        table.add_row(language.of(change.name), *values)
    table.add_section()
    before, after = (
        _figures(answer.before, answer, language),
        _figures(answer.after, answer, language),
    )
    for name, figure in before.items():
        table.add_row(name, figure, after[name])
    return table


def _figures(outcome: Outcome, answer: WhatIf, language: Language) -> dict[str, str]:
    """What came out, by what it is called."""
    zh = language is Language.zh
    evaluation, payout = outcome.evaluation, outcome.payout
    is_evaluated = evaluation["status"] == "evaluated"
    reason = evaluation["reason_zh" if zh else "reason"]
    grade, computed = (
        language.of(answer.grades[evaluation[which]]) if is_evaluated else reason
        for which in ("grade", "grade_before_calibration")
    )
    currency = answer.currency
    rank = f"{evaluation['rank_in_department']}/{evaluation['department_headcount']}" if is_evaluated else "–"
    return {
        "KPI得分" if zh else "KPI score": number(evaluation["kpi_score"]),
        "最终得分" if zh else "final score": number(evaluation["final_score"]),
        "等级" if zh else "grade": beside_the_computed(grade, computed, language),
        "部门名次" if zh else "rank in the department": rank,
        "拟发奖金" if zh else "proposed payout": f"{money(payout['amount'], currency)} {currency}" if payout else "–",
    }


def _changed_steps(answer: WhatIf, language: Language) -> list[str]:
    before = {language.of(step) for step in answer.before.steps}
    return [language.of(step) for step in answer.after.steps if language.of(step) not in before]
