"""A backtest as a workbook: summary, departments, people, and what differs between the schemes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from perf_pipelines.reports.workbook import MONEY, Column, add_sheet, in_currency, open_workbook

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from perf_pipelines.reports.backtest.comparison import Comparison

_SCORE, _COUNT = "0.00", "0"

_FIGURES = (
    Column(name="payout_before", zh="奖金：现方案", en="Payout, present scheme", number_format=MONEY),
    Column(name="payout_after", zh="奖金：新方案", en="Payout, other scheme", number_format=MONEY),
    Column(name="payout_difference", zh="奖金变化", en="Change of payout", number_format=MONEY),
    Column(name="people", zh="人数", en="People", number_format=_COUNT),
    Column(name="people_with_more", zh="奖金增加人数", en="People with more", number_format=_COUNT),
    Column(name="people_with_less", zh="奖金减少人数", en="People with less", number_format=_COUNT),
    Column(name="people_with_the_same", zh="奖金不变人数", en="People with the same", number_format=_COUNT),
    Column(name="evaluated_before", zh="评估次数：现方案", en="Evaluations, present", number_format=_COUNT),
    Column(name="evaluated_after", zh="评估次数：新方案", en="Evaluations, other", number_format=_COUNT),
    Column(name="mean_before", zh="平均得分：现方案", en="Mean score, present", number_format=_SCORE),
    Column(name="mean_after", zh="平均得分：新方案", en="Mean score, other", number_format=_SCORE),
    Column(name="mean_difference", zh="平均得分变化", en="Change of mean score", number_format=_SCORE),
    Column(name="better", zh="等级上升", en="Better grade", number_format=_COUNT),
    Column(name="worse", zh="等级下降", en="Worse grade", number_format=_COUNT),
    Column(name="same", zh="等级不变", en="Same grade", number_format=_COUNT),
    Column(name="other", zh="等级不可比", en="Grade not comparable", number_format=_COUNT),
    Column(name="only_after", zh="仅新方案可评估", en="Evaluated by the other alone", number_format=_COUNT),
    Column(name="only_before", zh="仅现方案可评估", en="Evaluated by the present alone", number_format=_COUNT),
)

_PEOPLE = (
    Column(name="period_id", zh="周期", en="Period", width=10),
    Column(name="department_zh", zh="部门", en="Department (zh)"),
    Column(name="department_en", zh="部门（英）", en="Department", width=20),
    Column(name="employee_id", zh="工号", en="Employee id", width=20),
    Column(name="employee_zh", zh="姓名", en="Name (zh)", width=20),
    Column(name="employee_en", zh="姓名（英）", en="Name", width=20),
    Column(name="position_zh", zh="岗位", en="Position (zh)"),
    Column(name="position_en", zh="岗位（英）", en="Position", width=24),
    Column(name="score_before", zh="得分：现方案", en="Score, present", number_format=_SCORE),
    Column(name="score_after", zh="得分：新方案", en="Score, other", number_format=_SCORE),
    Column(name="score_difference", zh="得分变化", en="Change of score", number_format=_SCORE),
    Column(name="grade_before_zh", zh="等级：现方案", en="Grade, present (zh)"),
    Column(name="grade_before_en", zh="等级：现方案（英）", en="Grade, present"),
    Column(name="grade_after_zh", zh="等级：新方案", en="Grade, other (zh)"),
    Column(name="grade_after_en", zh="等级：新方案（英）", en="Grade, other"),
    Column(name="grade_change_said", zh="等级变化", en="Change of grade", width=24),
    Column(name="rank_before", zh="部门排名：现方案", en="Rank, present", number_format=_COUNT),
    Column(name="rank_after", zh="部门排名：新方案", en="Rank, other", number_format=_COUNT),
    Column(name="ranks_gained", zh="名次上升", en="Ranks gained", number_format=_COUNT),
    Column(name="payout_before", zh="奖金：现方案", en="Payout, present", number_format=MONEY),
    Column(name="payout_after", zh="奖金：新方案", en="Payout, other", number_format=MONEY),
    Column(name="payout_difference", zh="奖金变化", en="Change of payout", number_format=MONEY),
    Column(name="currency", zh="币种", en="Currency", width=8),
    Column(name="reason_zh", zh="未评估原因", en="Why not evaluated (zh)", width=60),
    Column(name="reason", zh="未评估原因（英）", en="Why not evaluated", width=60),
)

_GRADE_CHANGES = {
    "better": "上升 better",
    "worse": "下降 worse",
    "same": "不变 same",
    "other": "不可比 not comparable",
    "only_after": "仅新方案可评估 other scheme alone",
    "only_before": "仅现方案可评估 present scheme alone",
    None: None,
}


def to_xlsx(comparison: Comparison, *, differences: Sequence[tuple[str, str]], path: Path) -> None:
    """Write the workbook; ``differences`` are the sentences about the schemes, in Chinese and English."""
    everything = {**comparison.company, "name_zh": "全公司", "name_en": "Whole company"}
    grades = _grade_columns(comparison)
    with open_workbook(path) as workbook:
        add_sheet(
            workbook,
            title="汇总 Summary",
            columns=in_currency((*_named("范围", "Of"), *_FIGURES, *grades), comparison.currency),
            rows=[_with_grades(row, comparison) for row in (everything, *comparison.periods)],
            frozen=2,
        )
        add_sheet(
            workbook,
            title="部门 Departments",
            columns=in_currency((*_named("部门", "Department"), *_FIGURES, *grades), comparison.currency),
            rows=[_with_grades(row, comparison) for row in comparison.departments],
            frozen=2,
        )
        add_sheet(
            workbook,
            title="人员 People",
            columns=in_currency(_PEOPLE, comparison.currency),
            rows=[{**row, "grade_change_said": _GRADE_CHANGES[row["grade_change"]]} for row in comparison.evaluations],
            frozen=6,
        )
        add_sheet(
            workbook,
            title="方案差异 Schemes",
            columns=(
                Column(name="zh", zh="新方案的不同之处", en="What the other scheme changes (zh)", width=80),
                Column(name="en", zh="新方案的不同之处（英）", en="What the other scheme changes", width=80),
            ),
            rows=[{"zh": zh, "en": en} for zh, en in differences],
            frozen=0,
        )


def _named(zh: str, en: str) -> tuple[Column, Column]:
    return (
        Column(name="name_zh", zh=zh, en=f"{en} (zh)", width=20),
        Column(name="name_en", zh=f"{zh}（英）", en=en, width=20),
    )


def _grade_columns(comparison: Comparison) -> list[Column]:
    """Two columns a grade, in the order of the grades."""
    grades = {row["grade"]: row for row in comparison.grades if row["level"] == "company"}
    return [
        Column(
            name=f"{grade}_{side}",
            zh=f"{row['name_zh']}：{zh}方案",
            en=f"{row['name_en']}, {en}",
            number_format=_COUNT,
        )
        for grade, row in grades.items()
        for side, zh, en in (("before", "现", "present"), ("after", "新", "other"))
    ]


def _with_grades(row: dict[str, Any], comparison: Comparison) -> dict[str, Any]:
    counts = {column.name: 0 for column in _grade_columns(comparison)}
    for grade in comparison.grades:
        if (grade["level"], grade["member_id"]) == (row["level"], row["member_id"]):
            counts[f"{grade['grade']}_before"] = grade["before"]
            counts[f"{grade['grade']}_after"] = grade["after"]
    return {**row, **counts}
