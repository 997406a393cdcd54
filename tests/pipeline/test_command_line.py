"""`perf-pipelines` as people and scripts use it."""

from __future__ import annotations

import csv
import io
import re
from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

import openpyxl
import pytest
from filelock import FileLock

from tests.pipeline import reference

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.conftest import Place

FENCE = chr(96) * 3


def test_check_says_what_a_sound_company_consists_of(closed_march: Place) -> None:
    outcome = closed_march.run("check")
    assert outcome.code == 0
    assert outcome.out.startswith("✓ crm_sales")
    assert "8 goals, 5 KPIs, 2 positions, 2 systems" in outcome.out


def test_check_sets_no_mark_of_approval_before_a_remark(
    closed_march: Place, change: Callable[[Path, str, str], None]
) -> None:
    change(closed_march.company / "scheme.yaml", "weight: 0.20, target: 0.60", "weight: 0.20, target: 60")
    outcome = closed_march.run("check")
    assert outcome.code == 0
    assert outcome.out.startswith("! crm_sales")
    assert "✓" not in outcome.out
    assert re.search(r"^! .*crm_sales/scheme\.yaml:\d+ .*target: ", outcome.out, re.MULTILINE)


def test_check_refuses_a_wrong_folder_with_all_faults_of_all_files_and_exit_code_3(
    closed_march: Place, change: Callable[[Path, str, str], None]
) -> None:
    change(closed_march.company / "scheme.yaml", "grades:\n  method: bands", "grades:\n  method: curve")
    change(closed_march.company / "sources.yaml", "file: sales_teams.csv", "file: ../../sales_teams.csv")
    change(closed_march.company / "company.yaml", "America/New_York", "America/New_Yorck")
    outcome = closed_march.run("check")
    assert outcome.code == 3
    places = re.findall(r"crm_sales/(\w+)\.yaml:\d+ ([\w.]+)", outcome.err)
    assert places == [
        ("company", "timezone"),
        ("scheme", "grades.method"),
        ("sources", "systems.crm.tables.sales_teams.file"),
    ]


@pytest.mark.slow
def test_a_range_is_closed_with_the_quarters_that_consist_of_it(closed_march: Place) -> None:
    before = closed_march.call("hash", "--period", "2017-03").out
    outcome = closed_march.call("backfill", "--from", "2017-03", "--to", "2017-04", "--longer")
    assert outcome.code == 0, outcome.err
    assert "published 2017-03, 2017-04" in outcome.err
    assert "published 2017-Q1" in outcome.err  # the company's first period is 2017-03
    assert closed_march.call("hash", "--period", "2017-03").out == before


def test_the_table_as_csv_has_everybody_with_exact_figures(closed_year: Place) -> None:
    outcome = closed_year.call("table", "--period", "2017-Q4", "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(outcome.out.removeprefix("\ufeff"))))
    expected = reference.evaluations(closed_year.data)
    assert len(rows) == 41
    for row in rows:
        score = Decimal(row["final_score"]) if row["final_score"] else None
        assert score == expected["2017-Q4", row["employee_id"]].score


def test_the_table_as_xlsx_has_numbers_a_frozen_header_and_a_filter(closed_year: Place, tmp_path: Path) -> None:
    path = tmp_path / "scores.xlsx"
    outcome = closed_year.call("table", "--period", "2017-Q4", "--format", "xlsx", "--output", str(path))
    assert outcome.code == 0
    sheet = openpyxl.load_workbook(path)["2017-Q4"]
    headings = {cell.value: cell.column for cell in sheet[1]}
    scores = [sheet.cell(row, headings["最终得分\nFinal score"]).value for row in range(2, sheet.max_row + 1)]
    assert sheet.max_row == 42
    assert all(score is None or isinstance(score, int | float) for score in scores)
    assert sheet.freeze_panes == "F2"
    assert sheet.auto_filter.ref == "A1:X42"


def test_where_the_terminal_is_narrow_names_are_broken_and_figures_never(
    closed_march: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "48")
    shown = closed_march.call("table", "--period", "2017-03").out
    assert "…" not in shown
    assert re.search(r"114\.0000 .* 1/12 +1,800\.00", shown)
    proposed = closed_march.call("pay", "show", "--period", "2017-03").out
    assert "…" not in proposed
    assert "1,800.00" in proposed


@pytest.mark.parametrize(
    ("language", "said"),
    [
        (
            "en",
            [
                "final score: KPI score 111 = 111",
                "grade: 111 ≥ 95 → Excellent",
                "attainment 2.3604 → exceeded → 12 points × weight 35 % × 10 = 42",
                "Sales cycle (lower is better): target 60 days ÷ actual",
                "35 rows counted, 10 of them with 0, 25 / 35 in all; the largest 3:",  # deals closed, of which 25 won
                "25 rows counted; the largest 3:",
                "proposed payout: base of a month 1,200 × paid share 50 % × 1.5 for Excellent = 900 USD",
            ],
        ),
        (
            "zh",
            [
                "最终得分：KPI得分 111 = 111",
                "等级：111 ≥ 95 → 优秀",
                "达成率 2.3604 → 超额 → 12 分 × 权重 35% × 10 = 42",
                "营收增长 › 赢得更多订单",
                "成交周期（越低越好）：目标 60 天 ÷ 实际",
                "计入 35 条记录，其中 10 条为 0，合计 25 / 35；数值最大的 3 条：",
                "拟发奖金：月度基数 1,200 × 发放比例 50% × 优秀系数 1.5 = 900 USD",
            ],
        ),
    ],
)
def test_explain_leads_from_the_score_to_the_rows(closed_march: Place, language: str, said: list[str]) -> None:
    outcome = closed_march.call("explain", "--period", "2017-03", "--employee", "Anna Snelling", "-l", language)
    assert outcome.code == 0
    for words in said:
        assert words in outcome.out
    keys = set(re.findall(r"crm\.sales_pipeline (\w+)", outcome.out))
    pipeline = (closed_march.data / "sales_pipeline.csv").read_text()
    assert keys
    assert all(f"{key},Anna Snelling" in pipeline for key in keys)


def test_explain_says_why_somebody_was_not_evaluated(closed_march: Place) -> None:
    outcome = closed_march.call("explain", "--period", "2017-03", "--employee", "mei_mei_johns")
    assert "only 0.00 % of the weight has data, 60.00 % are needed" in outcome.out
    assert "no data for Deals won, Price realisation, Revenue won, Sales cycle, Win rate" in outcome.out
    in_chinese = closed_march.call("explain", "--period", "2017-03", "--employee", "mei_mei_johns", "-l", "zh")
    assert "缺少数据：赢单数、价格实现率、赢单金额、成交周期、赢单率" in in_chinese.out


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["explain", "--period", "2017-03", "--employee", "anna_snellin"], 8, "anna_snelling"),
        (["table", "--period", "2017-09"], 8, "2017-03"),
        (["table", "--company", "crm_salse", "--period", "2017-03"], 3, "did you mean `crm_sales`?"),
        (["table", "--period", "2017-3"], 5, "write it like 2017-03"),
        (["run", "--company", "crm_sale", "--period", "2017-03"], 3, "crm_sales"),
        (["run", "--period", "2017-Q2"], 5, "--from 2017-04 --to 2017-06"),
        (["backfill", "--from", "2017-Q2", "--to", "2017-03"], 5, "same cycle"),
        (["run", "--period", "2017-03", "--as-of", "1.5"], 4, "1.5"),
        (["track", "--on", "2017-02-10"], 5, "the first one is 2017-03"),
    ],
)
def test_what_cannot_be_done_is_said_with_what_can_be(
    closed_march: Place, arguments: list[str], code: int, said: str
) -> None:
    outcome = closed_march.call(*arguments)
    assert outcome.code == code
    assert said in outcome.err


def test_a_second_process_is_told_to_wait(closed_march: Place) -> None:
    before = closed_march.published_bytes()
    with FileLock(closed_march.home / "crm_sales" / "writing.lock"):
        outcome = closed_march.call("run", "--period", "2017-03")
    assert outcome.code == 7
    assert closed_march.published_bytes() == before


def test_status_names_the_periods_and_where_the_marts_are(closed_year: Place) -> None:
    outcome = closed_year.call("status")
    assert all(period in outcome.out for period in reference.PERIODS)
    [line] = [line for line in outcome.out.splitlines() if " 2017-03 " in line]
    published, loaded = (
        datetime.fromisoformat(moment) for moment in re.findall(r"20[2-9]\d-\d\d-\d\d \d\d:\d\d", line)
    )
    assert timedelta() <= published - loaded < timedelta(days=1)
    assert "marts.duckdb" in outcome.out


def test_goals_leads_from_the_strategy_to_the_people_with_the_published_progress(closed_year: Place) -> None:
    said = [line.strip(" │├└─") for line in closed_year.call("goals", "--period", "2017-Q4").out.splitlines()]
    expected = reference.progress(closed_year.data)["2017-Q4", "kr_win_rate"]
    assert expected is not None
    percent = reference.rounded(Fraction(expected) * 100, 1)
    begins = "Win rate 60 % → 65 % · baseline 60 % · target 65 % · actual"
    [key_result] = [line for line in said if line.startswith(begins)]
    assert key_result.endswith(f"progress {percent.normalize():f} %")
    manager = said.index("Sales manager · weight 30 % · target 60 % · team")
    assert said[manager + 1].split(", ")[:2] == ["Cara Losch", "Celia Rouche"]


def test_goals_without_a_period_shows_the_lines_that_have_no_end(closed_year: Place) -> None:
    said = closed_year.call("goals", "-l", "zh").out
    assert "权重 35% · 目标 每月 22,000 USD" in said
    assert "20,000 USD" not in said
    assert "进度" not in said
