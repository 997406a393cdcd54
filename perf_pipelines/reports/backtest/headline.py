"""What to know first of a backtest: money, people, grades, in three or four sentences."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from perf_pipelines.currencies import decimals_of, money
from perf_pipelines.periods import Period, spans
from perf_pipelines.wording import Language, number, percentage, signed

if TYPE_CHECKING:
    from perf_pipelines.reports.backtest.comparison import Comparison


def headline(comparison: Comparison, *, language: Language) -> tuple[str, ...]:
    """The sentences, the weightiest first."""
    zh = language is Language.zh
    periods = spans(Period.parse(row["member_id"]) for row in comparison.periods)
    if zh:
        periods = periods.replace(", ", "、")
    if comparison.changes_nothing:
        evaluated = comparison.company["evaluated_after"]
        return (
            f"{periods}：{evaluated} 次评估的得分、等级、排名和奖金都不会改变。"
            if zh
            else f"{periods}: none of {evaluated} evaluations would have another score, grade, rank or payout.",
        )
    every = (_money(comparison, periods, language), _people(comparison, zh=zh), _grades(comparison, zh=zh))
    return tuple(filter(None, (*every, _evaluated(comparison, zh=zh))))


def change_in_percent(before: Decimal | None, difference: Decimal | None, language: Language) -> str:
    """The difference as a share of what was before; empty where that was nothing."""
    if not before or difference is None:
        return ""
    sign = "+" if difference > 0 else "−" if difference < 0 else ""
    return f"{sign}{percentage(abs(difference) / before, language, 1)}"


def _money(comparison: Comparison, periods: str, language: Language) -> str:
    zh = language is Language.zh
    if not comparison.pays:
        return f"{periods} 不发奖金。" if zh else f"{periods} pay no bonus."
    company, currency = comparison.company, comparison.currency
    before, after = (money(company[f"payout_{side}"] or Decimal(0), currency) for side in ("before", "after"))
    by = signed(company["payout_difference"], decimals_of(currency))
    share = change_in_percent(company["payout_before"], company["payout_difference"], language)
    if zh:
        return f"{periods} 拟发奖金：{before} → {after} {currency}，{by}{f'（{share}）' if share else ''}。"
    return f"Payouts of {periods}: {currency} {before} → {after}, {by}{f' ({share})' if share else ''}."


def _people(comparison: Comparison, *, zh: bool) -> str:
    if not comparison.pays:
        return ""
    company = comparison.company
    more, less, same = (company[f"people_with_{which}"] for which in ("more", "less", "the_same"))
    if zh:
        return f"{company['people']} 人中 {more} 人增加，{less} 人减少，{same} 人不变。"
    return f"Of {company['people']} people {more} get more, {less} less, {same} the same."


def _grades(comparison: Comparison, *, zh: bool) -> str:
    company = comparison.company
    before, after = (number(company[f"mean_{side}"], 2) or "–" for side in ("before", "after"))
    better, worse, other = company["better"], company["worse"], company["other"]
    if zh:
        another = f"，{other} 次为另一等级" if other else ""
        said = f"{company['evaluated_after']} 次评估中 {better} 次等级上升，{worse} 次下降{another}"
        return f"{said}；平均得分 {before} → {after}。"
    another = f", {other} another one" if other else ""
    said = f"Of {company['evaluated_after']} evaluations {better} have a better grade, {worse} a worse one{another}"
    return f"{said}; mean score {before} → {after}."


def _evaluated(comparison: Comparison, *, zh: bool) -> str:
    gained, lost = comparison.company["only_after"], comparison.company["only_before"]
    if not gained and not lost:
        return ""
    if zh:
        return f"{gained} 次只在新方案下可评估，{lost} 次只在现方案下可评估。"
    return f"{gained} evaluations are there by the other scheme alone, {lost} by the present one alone."
