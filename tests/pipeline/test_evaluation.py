"""Scores, grades and payouts against a second computation, and who could not be evaluated."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from perf_pipelines.publication import open_marts
from tests.pipeline import reference

if TYPE_CHECKING:
    from tests.conftest import Place


def test_every_score_grade_and_payout_equals_the_pandas_computation(closed_year: Place) -> None:
    with open_marts(closed_year.published) as marts:
        found = {
            (period, employee): reference.Evaluation(score, grade, payout)
            for period, employee, score, grade, payout in marts.execute(
                "select period_id, employee_id, final_score, grade, payout from marts.rpt_score_table"
            ).fetchall()
        }
    assert len(found) == 14 * 41
    assert found == reference.evaluations(closed_year.data)


def test_agents_without_opportunities_stand_in_the_evaluation_with_status_and_reason(closed_year: Place) -> None:
    deals = reference.closed_deals(closed_year.data)
    busy = {reference.slug(name) for name in deals["sales_agent"]}
    idle = {
        employee for employee, (column, _) in reference.people(closed_year.data).items() if column == "sales_agent"
    } - busy
    assert len(idle) == 5
    with open_marts(closed_year.published) as marts:
        rows = marts.execute(
            "select distinct employee_id, status, reason from marts.fct_evaluation where status <> 'evaluated'"
        ).fetchall()
    assert {employee for employee, _, _ in rows} == idle
    assert {status for _, status, _ in rows} == {"incomplete"}
    assert all("no data for Deals won" in reason for _, _, reason in rows)


def test_the_quarter_holds_the_target_that_was_in_force_and_a_sum_three_times(closed_year: Place) -> None:
    with open_marts(closed_year.published) as marts:
        targets = dict(
            marts.execute(
                "select period_id, target from marts.fct_kpi_score "
                "where employee_id = 'moses_frase' and kpi_id = 'revenue_won' and period_id in "
                "('2017-06', '2017-07', '2017-Q2', '2017-Q3')"
            ).fetchall()
        )
    assert targets == {"2017-06": 20000, "2017-07": 22000, "2017-Q2": 60000, "2017-Q3": 66000}


def test_every_key_results_progress_equals_the_pandas_computation_and_the_strategy_is_their_mean(
    closed_year: Place,
) -> None:
    with open_marts(closed_year.published) as marts:
        found = {
            (period, goal): progress
            for period, goal, progress in marts.execute(
                "select period_id, goal_id, progress from marts.fct_goal_progress"
            ).fetchall()
        }
    expected = reference.progress(closed_year.data)
    assert {key: value for key, value in found.items() if key[1].startswith("kr_")} == expected
    for period in reference.PERIODS:
        key_results = [Fraction(expected[period, goal] or 0) for goal in reference.KEY_RESULTS]
        assert found[period, "grow_revenue"] == reference.rounded(sum(key_results, Fraction(0)) / 5, 8)


def test_a_kpi_missed_by_four_fifths_of_a_department_becomes_a_finding_with_its_numbers(closed_year: Place) -> None:
    with open_marts(closed_year.published) as marts:
        expected = marts.execute(
            """
            select period_id, department_id, kpi_id, count(*), count(*) filter (where status = 'missed')
            from marts.fct_kpi_score where scope = 'self' and status <> 'no_data'
            group by all having count(*) >= 3 and count(*) filter (where status = 'missed') >= 0.8 * count(*)
            order by all
            """
        ).fetchall()
        found = marts.execute(
            "select period_id, department_id, kpi_id, employees_measured, employees_missed "
            "from marts.fct_strategy_finding order by all"
        ).fetchall()
    assert found == expected
    assert found
