"""A year whose score is the mean of its quarters' final scores by days, instead of one computed anew."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

import pytest

from perf_pipelines.publication import open_marts
from tests.conftest import replace_once
from tests.pipeline.reference import rounded

if TYPE_CHECKING:
    from tests.conftest import Place

pytestmark = pytest.mark.slow
"""The year of the whole company; that the SQL computes such a mean is checked on drawn companies in every run."""

DAYS = {"2017-Q1": 90, "2017-Q2": 91, "2017-Q3": 92, "2017-Q4": 92}


@pytest.fixture(scope="module")
def place(closed_year: Place, tmp_path_factory: pytest.TempPathFactory) -> Place:
    """Months and quarters are closed; then the year, of which 90 % of the days must lie in evaluated quarters."""
    place = closed_year.copied(tmp_path_factory.mktemp("mean"))
    for file, old, new in (
        ("company.yaml", "cycles: [month, quarter] ", "cycles: [month, quarter, year] "),
        (
            "scheme.yaml",
            "evaluation: {kpi: 1.0, min_coverage: 0.60}",
            "evaluation: {kpi: 1.0, min_coverage: 0.90, mean_of: {year: quarter}}",
        ),
    ):
        replace_once(place.company / file, old, new)
    place.close("2017")
    return place


def rows(place: Place, sql: str, *values: object) -> list[tuple[object, ...]]:
    with open_marts(place.published) as marts:
        return marts.execute(sql, list(values)).fetchall()


def test_the_score_of_everybodys_year_is_the_mean_of_the_published_quarters_by_days(place: Place) -> None:
    quarters: defaultdict[object, list[tuple[int, Decimal | None]]] = defaultdict(list)
    for employee, period, score in rows(
        place, "select employee_id, period_id, final_score from marts.fct_evaluation where period_id like '2017-Q_'"
    ):
        assert score is None or isinstance(score, Decimal)
        quarters[employee].append((31 if period == "2017-Q1" else DAYS[str(period)], score))
    year = rows(
        place, "select employee_id, status, kpi_score, final_score from marts.fct_evaluation where period_id = '2017'"
    )
    assert len(year) == 41
    assert {employee for employee, status, *_ in year if status == "evaluated"} != set(quarters)
    for employee, status, kpi_score, final_score in year:
        known = [(days, score) for days, score in quarters[employee] if score is not None]
        covered = sum(days for days, _ in known)
        assert status == ("evaluated" if Fraction(covered, 306) >= Fraction(9, 10) else "incomplete"), employee
        mean = rounded(sum(days * Fraction(score) for days, score in known) / Fraction(covered), 4) if known else None
        assert (kpi_score, final_score) == ((mean, mean) if status == "evaluated" else (None, None)), employee


def test_a_year_with_too_few_evaluated_days_says_which_quarters_are_missing(place: Place) -> None:
    # five agents have closed no deal in any quarter
    assert rows(
        place,
        "select reason, reason_zh, count(*) from marts.fct_evaluation "
        "where period_id = '2017' and status = 'incomplete' group by all",
    ) == [
        (
            "only 0.00 % of the days lie in evaluated periods, 90.00 % are needed; "
            "not evaluated: Q1 2017, Q2 2017, Q3 2017, Q4 2017",
            "已评估周期的天数仅占 0.00%，至少需要 90.00%；"
            "未评估：2017年第1季度、2017年第2季度、2017年第3季度、2017年第4季度",
            5,
        )
    ]


def test_the_steps_of_a_year_can_be_followed_by_hand(place: Place) -> None:
    steps = rows(
        place,
        "select kind, text_zh, text_en from marts.fct_score_step "
        "where period_id = '2017' and employee_id = 'darcel_schlecht' order by step",
    )
    assert [kind for kind, *_ in steps] == ["part"] * 4 + ["kpi_score", "final", "grade", "rank"]
    assert steps[0][1:] == ("2017年第1季度（31 天）：最终得分 98.8906", "Q1 2017 (31 days): final score 98.8906")
    assert steps[4][1:] == (
        "KPI得分，各周期最终得分按天数平均："
        "(98.8906 × 31 + 115.3378 × 91 + 116 × 92 + 95.5245 × 92) ÷ 306 天 = 107.9137",
        "KPI score, the mean of their final scores by days: "
        "(98.8906 × 31 + 115.3378 × 91 + 116 × 92 + 95.5245 × 92) ÷ 306 days = 107.9137",
    )
