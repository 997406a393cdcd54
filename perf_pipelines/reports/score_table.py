"""The score table of a period (月度考核结果汇总表): one line an employee, best of each department first."""

from __future__ import annotations

import csv
import io
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from perf_pipelines.currencies import in_units
from perf_pipelines.reports.words import STATUS
from perf_pipelines.reports.workbook import MONEY, Column, add_sheet, in_currency, open_workbook

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from perf_pipelines.reports.marts import PublishedMarts


COLUMNS = (
    Column(name="department_zh", zh="部门", en="Department (zh)"),
    Column(name="department_en", zh="部门（英）", en="Department", width=20),
    Column(name="employee_id", zh="工号", en="Employee id", width=20),
    Column(name="employee_zh", zh="姓名", en="Name (zh)", width=20),
    Column(name="employee_en", zh="姓名（英）", en="Name", width=20),
    Column(name="position_zh", zh="岗位", en="Position (zh)"),
    Column(name="position_en", zh="岗位（英）", en="Position", width=24),
    Column(name="kpi_score", zh="KPI得分", en="KPI score", number_format="0.00"),
    Column(name="feedback_score", zh="360°得分", en="360° score", number_format="0.00"),
    Column(name="final_score", zh="最终得分", en="Final score", number_format="0.00"),
    Column(name="grade_zh", zh="等级", en="Grade (zh)"),
    Column(name="grade_en", zh="等级（英）", en="Grade"),
    Column(name="computed_grade_zh", zh="计算等级", en="Computed grade (zh)"),
    Column(name="computed_grade_en", zh="计算等级（英）", en="Computed grade"),
    Column(name="calibrated_by", zh="等级校准人", en="Calibrated by", width=20),
    Column(name="calibration_reason", zh="校准原因", en="Why calibrated", width=40),
    Column(name="rank_in_department", zh="部门排名", en="Rank in department", number_format="0"),
    Column(name="department_headcount", zh="部门参评人数", en="Ranked in department", number_format="0"),
    Column(name="rank_in_position", zh="岗位排名", en="Rank in position", number_format="0"),
    Column(name="payout", zh="拟发奖金", en="Proposed payout", number_format=MONEY),
    Column(name="currency", zh="币种", en="Currency", width=8),
    Column(name="status", zh="状态", en="Status", width=20),
    Column(name="reason_zh", zh="未评估原因", en="Why not evaluated (zh)", width=60),
    Column(name="reason", zh="未评估原因（英）", en="Why not evaluated", width=60),
)


def score_table(marts: PublishedMarts, period: str) -> list[dict[str, Any]]:
    """The rows of ``rpt_score_table`` for a published period; :class:`NotPublished` otherwise."""
    marts.require(period)
    return marts.query(
        """
        select * from marts.rpt_score_table where period_id = ?
        order by department_en nulls last, final_score desc nulls last, employee_en
        """,
        [period],
    )


def to_csv(rows: Sequence[dict[str, Any]]) -> str:
    """Comma-separated text with the mart's column names; a byte-order mark lets Excel read the Chinese."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(["period_id", *(column.name for column in COLUMNS)])
    for row in _with_payouts_in_units(rows):
        writer.writerow([row["period_id"], *(_safe(row[column.name]) for column in COLUMNS)])
    return "\ufeff" + text.getvalue()


def to_xlsx(rows: Sequence[dict[str, Any]], *, path: Path, title: str) -> None:
    """A workbook with headings in both languages, number formats, a frozen header and a filter."""
    currency = next((row["currency"] for row in rows if row["currency"]), None)
    said = [{**row, "status": f"{STATUS[row['status']].zh} {STATUS[row['status']].en}"} for row in rows]
    with open_workbook(path) as workbook:
        add_sheet(
            workbook,
            title=title,
            columns=in_currency(COLUMNS, currency),
            rows=said,
            frozen=5,
            about=f"考核结果汇总表 Score table · {title}",
        )


def _with_payouts_in_units(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    # the mart has the decimals of every currency, a file those of its own
    return [
        {**row, "payout": None if row["payout"] is None else in_units(row["payout"], row["currency"])} for row in rows
    ]


def _safe(value: object) -> object:
    # a cell that begins like a formula would be run by a spreadsheet
    if isinstance(value, str) and value[:1] in {"=", "+", "-", "@", "\t", "\r"}:
        return f"'{value}"
    return "" if value is None else str(value) if isinstance(value, Decimal) else value
