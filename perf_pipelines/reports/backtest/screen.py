"""A backtest in a terminal: what to know first, then what differs, where, in which grades, and for whom."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.box import SIMPLE_HEAD
from rich.table import Table
from rich.text import Text

from perf_pipelines.currencies import decimals_of
from perf_pipelines.reports.backtest.headline import change_in_percent, headline
from perf_pipelines.wording import Language, number, signed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from decimal import Decimal

    from rich.console import RenderableType

    from perf_pipelines.reports.backtest.comparison import Comparison, Row

_PEOPLE_TOLD = 5
_DIFFERENCES_TOLD = 12


def screen(comparison: Comparison, *, differences: Sequence[str], language: Language) -> Iterator[RenderableType]:
    """What to print, from top to bottom; ``differences`` are the sentences about the schemes."""
    zh = language is Language.zh
    first, *others = headline(comparison, language=language)
    yield Text(first, style="bold")
    yield from map(Text, others)
    yield Text("\n新方案的不同之处" if zh else "\nWhat the other scheme changes", style="bold")
    yield from (Text(f"  {sentence}") for sentence in differences[:_DIFFERENCES_TOLD])
    left_out = len(differences) - _DIFFERENCES_TOLD
    if left_out > 0:
        yield Text(f"  … 另有 {left_out} 处" if zh else f"  … and {left_out} more")
    if not differences:
        yield Text("  没有不同" if zh else "  nothing")
    if comparison.changes_nothing:
        return
    yield _groups("部门" if zh else "Department", comparison.departments, comparison, language)
    if len(comparison.periods) > 1:
        yield _groups("周期" if zh else "Period", comparison.periods, comparison, language)
    yield _grades(comparison, zh=zh)
    if comparison.pays:
        gaining = [row for row in comparison.people if _amount(row) > 0][:_PEOPLE_TOLD]
        losing = [row for row in reversed(comparison.people) if _amount(row) < 0][:_PEOPLE_TOLD]
        if gaining:
            yield _people("增加最多" if zh else "Who gains most", gaining, comparison, language)
        if losing:
            yield _people("减少最多" if zh else "Who loses most", losing, comparison, language)


def _amount(row: Row) -> Decimal | int:
    return row["payout_difference"] or 0


def _groups(of: str, rows: Iterable[Row], comparison: Comparison, language: Language) -> Table:
    zh = language is Language.zh
    table = _table(of)
    if comparison.pays:
        _figures(table, f"奖金（{comparison.currency}）" if zh else f"Payout, {comparison.currency}", zh=zh)
        table.add_column("", justify="right", no_wrap=True)
    table.add_column("得分\n变化" if zh else "Score\nchange", justify="right", no_wrap=True)
    table.add_column("等级\n↑" if zh else "Grade\n↑", justify="right", no_wrap=True)
    table.add_column("\n↓", justify="right", no_wrap=True)
    for row in rows:
        money: list[str] = []
        if comparison.pays:
            share = change_in_percent(row["payout_before"], row["payout_difference"], language)
            money = [*_change(row, "payout", decimals=decimals_of(comparison.currency)), share]
        *_, score = _change(row, "mean")
        table.add_row(row[f"name_{language}"] or "–", *money, score, str(row["better"]), str(row["worse"]))
    return table


def _grades(comparison: Comparison, *, zh: bool) -> Table:
    table = _table("等级" if zh else "Grade")
    _figures(table, "评估次数" if zh else "Evaluations", zh=zh)
    for row in comparison.grades:
        if row["level"] == "company":
            before, after = row["before"], row["after"]
            table.add_row(row["name_zh" if zh else "name_en"], str(before), str(after), signed(after - before, 0))
    return table


def _people(title: str, rows: Iterable[Row], comparison: Comparison, language: Language) -> Table:
    zh = language is Language.zh
    table = _table(title, "部门" if zh else "Department", left=2)
    _figures(table, f"奖金（{comparison.currency}）" if zh else f"Payout, {comparison.currency}", zh=zh)
    for row in rows:
        paid = _change(row, "payout", decimals=decimals_of(comparison.currency))
        table.add_row(row[f"employee_{language}"], row[f"department_{language}"] or "–", *paid)
    return table


def _table(*headings: str, left: int = 1) -> Table:
    table = Table(box=SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False)
    for index, heading in enumerate(headings):
        table.add_column(heading, justify="left" if index < left else "right", no_wrap=True)
    return table


def _figures(table: Table, of: str, *, zh: bool) -> None:
    """Three columns: by the present scheme, by the other, and the difference."""
    table.add_column(f"{of}\n现方案" if zh else f"{of}\npresent", justify="right", no_wrap=True)
    table.add_column("\n新方案" if zh else "\nother", justify="right", no_wrap=True)
    table.add_column("\n变化" if zh else "\nchange", justify="right", no_wrap=True)


def _change(row: Row, of: str, *, decimals: int = 2) -> tuple[str, str, str]:
    difference = row[f"{of}_difference"]
    return (
        number(row[f"{of}_before"], decimals),
        number(row[f"{of}_after"], decimals),
        "" if difference is None else signed(difference, decimals),
    )
