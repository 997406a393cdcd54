"""An explanation as a tree for the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.text import Text
from rich.tree import Tree

from perf_pipelines.wording import Language, number

if TYPE_CHECKING:
    from perf_pipelines.reports.explanation import Evidence, Explanation


def explanation_tree(explanation: Explanation, language: Language) -> Tree:
    """The steps in reading order; beneath a KPI why its target and points are so, its goals, its rows."""
    person = explanation.evaluation
    names = (person[f"{name}_{language}"] for name in ("employee", "position", "department"))
    tree = Tree(Text(" · ".join([*(name for name in names if name), person["period_id"]]), style="bold"))
    for step in explanation.steps:
        branch = tree.add(Text(step.said[f"text_{language}"]))
        for detail in step.details:
            branch.add(Text(detail[f"text_{language}"], style="dim"))
        if step.evidence:
            _add_evidence(branch, step.evidence, language)
    return tree


def _add_evidence(branch: Tree, evidence: Evidence, language: Language) -> None:
    zh = language is Language.zh
    branch.add(Text(f"{'目标链' if zh else 'serves'}: {evidence.goal[f'path_{language}']}", style="dim"))
    if not evidence.contributions:
        return
    rows = branch.add(Text(_introduction(evidence, zh=zh), style="dim"))
    for row in evidence.rows:
        rows.add(
            Text(
                f"{row['occurred_on']} {row['source_system']}.{row['source_table']} {row['source_key']} "
                f"{row['employee_id']}: {_counted(row, language)}",
                style="dim",
            )
        )


def _introduction(evidence: Evidence, *, zh: bool) -> str:
    counted, shown = evidence.contributions, len(evidence.rows)
    said = f"计入 {counted} 条记录" if zh else f"{counted} {'row' if counted == 1 else 'rows'} counted"
    if 0 < evidence.zeros < counted:
        said += f"，其中 {evidence.zeros} 条为 0" if zh else f", {evidence.zeros} of them with 0"
    if evidence.numerator is not None and evidence.denominator is not None:
        total = f"{number(evidence.numerator)} / {number(evidence.denominator)}"
        said += f"，合计 {total}" if zh else f", {total} in all"
    if not shown:
        return said
    if shown < counted:
        return f"{said}；数值最大的 {shown} 条：" if zh else f"{said}; the largest {shown if shown > 1 else 'one'}:"
    return f"{said}：" if zh else f"{said}:"


def _counted(row: dict[str, Any], language: Language) -> str:
    """What counts of a row, and what it is made of where the credit for it is shared."""
    zh = language is Language.zh
    numerator, denominator, credit = row["numerator"], row["denominator"], row["credit"]
    if denominator:
        whole = f"{number(numerator)} / {number(denominator)}"
        if credit == 1:
            return whole
        shared = f"{number(numerator * credit)} / {number(denominator * credit)}"
        return f"{whole}{'，各' if zh else ', each'} × {number(credit)} = {shared}"
    counted = number(numerator)
    if credit != 1:
        counted = f"{counted} × {number(credit)} = {number(numerator * credit)}"
    if denominator is None:
        return counted
    return f"{counted}{'，只计入分子' if zh else ', in the numerator only'}"
