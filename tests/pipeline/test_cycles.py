"""Weeks and sprints beside months and quarters: they cut across months, need none, and owe what their days are."""

from __future__ import annotations

import itertools
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

import dagster as dg
import pandas as pd
import pytest

from perf_pipelines.definitions import company_definitions
from perf_pipelines.home import CompanyHome
from perf_pipelines.publication import hash_of, open_marts, read_publication
from tests.conftest import place_made_once, replace_once
from tests.pipeline import reference

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.conftest import Place

MARCH, WEEK, SPRINT = "2017-03", "2017-W13", "2017-03-06-28d"
WEEKS = ["2017-W10", "2017-W11", "2017-W12", WEEK]
DAYS = {WEEK: (date(2017, 3, 27), date(2017, 4, 2)), SPRINT: (date(2017, 3, 6), date(2017, 4, 2))}
MONTHS = {WEEK: Fraction(5, 31) + Fraction(2, 30), SPRINT: Fraction(26, 31) + Fraction(2, 30)}
"""How many months long: both end on the second of April's 30 days."""


@pytest.fixture(scope="module")
def place(_march: Place, tmp_path_factory: pytest.TempPathFactory) -> Place:
    """March is closed; then four weeks and a sprint that reach into April, which is not."""

    def make(root: Path) -> None:
        place = _march.copied(root)
        for file, old, new in (
            (
                "company.yaml",
                "cycles: [month, quarter] ",
                "sprint: {days: 28, begins_on: 2017-01-09}\ncycles: [sprint, week, month, quarter] ",
            ),
            ("scheme.yaml", "{month: 0.50, quarter: 0.50}", "{week: 0.10, month: 0.40, quarter: 0.50}"),
            # with the days of the sprint it leaves the numbers that have 12 decimals
            (
                "scheme.yaml",
                "weight: 0.10, target: 60, rule: standard",
                "weight: 0.10, target: 10000000000, rule: standard",
            ),
            # inside the week, and on a border of month and quarter
            (
                "scheme.yaml",
                "target: 22000, rule: gradual, from: 2017-07-01",
                "target: 22000, rule: gradual, from: 2017-04-01",
            ),
        ):
            replace_once(place.company / file, old, new)
        place.close(*WEEKS, SPRINT)

    return place_made_once(tmp_path_factory, "cycles", make)


def rows(place: Place, sql: str) -> list[tuple[object, ...]]:
    with open_marts(place.published) as marts:
        return marts.execute(sql).fetchall()


def test_weeks_and_sprints_are_published_beside_months_whose_rows_stay_as_they_are(
    closed_march: Place, place: Place
) -> None:
    home, before = (CompanyHome(one.home / "crm_sales") for one in (place, closed_march))
    assert list(read_publication(home).periods) == [MARCH, SPRINT, *WEEKS]
    evaluations = place.published / "parquet" / "fct_evaluation"
    assert sorted(file.stem for file in evaluations.iterdir()) == [MARCH, SPRINT, *WEEKS]
    assert hash_of(home, period=MARCH) == hash_of(before, period=MARCH)
    assert rows(
        place,
        f"select period_id, cycle, name_zh, name_en, days, parent_period_id from marts.dim_period "
        f"where period_id in ('{WEEK}', '{SPRINT}') order by days",
    ) == [
        (WEEK, "week", "2017年第13周", "Week 13 of 2017", 7, None),
        (SPRINT, "sprint", "2017年3月6日起28天迭代", "Sprint of 28 days from 6 March 2017", 28, None),
    ]


@pytest.mark.parametrize("period", [WEEK, SPRINT])
def test_a_sums_target_is_the_months_by_calendar_days_and_any_other_stands_as_it_is(place: Place, period: str) -> None:
    found = rows(
        place,
        "select kpi_id, target, prorated_target from marts.fct_kpi_score "
        f"where period_id = '{period}' and employee_id = 'anna_snelling'",
    )
    revenue, deals = (reference.rounded(monthly * MONTHS[period], 8) for monthly in (20000, 12))
    assert {kpi: (target, prorated) for kpi, target, prorated in found} == {
        "revenue_won": (revenue, revenue),
        "deals_won": (deals, deals),
        "win_rate": (Decimal("0.60"), Decimal("0.60")),
        "sales_cycle_days": (60, 60),
        "price_realisation": (Decimal("0.98"), Decimal("0.98")),
    }


def test_the_weeks_of_march_owe_together_what_their_days_owe(place: Place) -> None:
    # from Monday, the 6th on: 26 days of March at 20000 a month, and two of April, assessed by what held in March
    [(total,)] = rows(
        place,
        "select sum(prorated_target) from marts.fct_kpi_score where employee_id = 'anna_snelling' "
        "and kpi_id = 'revenue_won' and period_id like '2017-W%'",
    )
    assert isinstance(total, Decimal)
    assert abs(Fraction(total) - 20000 * MONTHS[SPRINT]) <= Fraction(4, 2 * 10**8)


def test_the_largest_target_fits_a_sprint(place: Place) -> None:
    found = rows(
        place,
        "select distinct prorated_target from marts.fct_kpi_score "
        f"where position_id = 'sales_manager' and kpi_id = 'deals_won' and period_id = '{SPRINT}'",
    )
    assert found == [(reference.rounded(10**10 * MONTHS[SPRINT], 8),)]


@pytest.mark.parametrize("period", [WEEK, SPRINT])
def test_what_closed_on_its_days_counts_and_nothing_else(place: Place, period: str) -> None:
    first, last = DAYS[period]
    deals = reference.closed_deals(place.data)
    deals["closed"] = pd.to_datetime(deals["close_date"], format="%m/%d/%Y").dt.date
    deals["won"] = deals["close_value"].where(deals["deal_stage"] == "Won", "0").astype(int)
    inside = deals[(deals["closed"] >= first) & (deals["closed"] <= last)]
    by_agent = inside.groupby("sales_agent")["won"].agg(["sum", "count"])
    expected = {reference.slug(str(agent)): (won, count) for agent, won, count in by_agent.itertuples()}
    found = rows(
        place,
        "select employee_id, actual, contributions from marts.fct_kpi_score "
        f"where period_id = '{period}' and position_id = 'sales_agent' and kpi_id = 'revenue_won' "
        "and contributions > 0",
    )
    assert {employee: (actual, contributions) for employee, actual, contributions in found} == expected
    assert max(inside["closed"]) >= date(2017, 4, 1)


def test_a_cycle_pays_its_share_of_the_base_of_as_many_months_as_it_is_long(place: Place) -> None:
    [(base, multiplier, amount)] = rows(
        place,
        f"select bonus_base, multiplier, amount from marts.fct_payout where period_id = '{WEEK}' "
        "and employee_id = 'anna_snelling'",
    )
    share = 1200 * MONTHS[WEEK] / 10
    assert (base, amount) == (reference.rounded(share, 2), reference.rounded(share * Fraction(str(multiplier)), 2))
    months = f"{MONTHS[WEEK].numerator} ÷ {MONTHS[WEEK].denominator}"
    factor, paid = (f"{figure.normalize():f}" for figure in (multiplier, amount))
    said = rows(
        place,
        f"select text_en, text_zh from marts.fct_score_step where period_id = '{WEEK}' "
        "and employee_id = 'anna_snelling' and kind = 'payout'",
    )
    assert said == [
        (
            f"proposed payout: base of a month 1,200 × {months} of a month × paid share 10 % × {factor} for Qualified "
            f"= {paid} USD",
            f"拟发奖金：月度基数 1,200 × {months} 个月 × 发放比例 10% × 合格系数 {factor} = {paid} USD",
        )
    ]
    assert rows(place, f"select * from marts.fct_payout where period_id = '{SPRINT}'") == []


def test_a_key_result_of_a_sum_is_meant_for_the_days_of_the_week(place: Place) -> None:
    assert rows(
        place,
        f"select baseline, target from marts.fct_goal_progress where period_id = '{WEEK}' and goal_id = 'kr_revenue'",
    ) == [(reference.rounded(800_000 * MONTHS[WEEK], 8), reference.rounded(1_000_000 * MONTHS[WEEK], 8))]


def test_what_moved_an_actual_is_asked_against_the_week_before_from_the_second_on(place: Place) -> None:
    assert rows(
        place,
        "select distinct period_id, previous_period_id from marts.fct_kpi_driver where period_id like '%W%' order by 1",
    ) == [(week, before) for before, week in itertools.pairwise(WEEKS)]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (
            ["run", "--period", "2017-W09"],
            "it comes before the company's first period 2017-03 → choose 2017-W10 or later",
        ),
        (["run", "--period", "2017-03-07-28d"], "choose 2017-03-06-28d or 2017-04-03-28d"),
        (["run", "--period", "2017-03-06-14d"], "choose 2017-03-06-28d or 2017-04-03-28d"),
        (["run", "--period", "2017-02-06-28d"], "choose 2017-03-06-28d or later"),
        (["run", "--period", "2999-W01"], "it is not over yet"),
        (["backfill", "--from", SPRINT, "--to", "2017-05-02-28d"], "same cycle"),
        (["run", "--period", "2017-W54"], "2017-W14"),
    ],
)
def test_a_week_or_sprint_that_cannot_be_closed_is_refused(place: Place, arguments: list[str], said: str) -> None:
    outcome = place.call(*arguments)
    assert (outcome.code, said in outcome.err) == (5, True), outcome.err


@pytest.fixture(scope="module")
def definitions(place: Place) -> Iterator[dg.Definitions]:
    with pytest.MonkeyPatch.context() as patch:
        for name, value in place.environment.items():
            patch.setenv(name, value)
        yield company_definitions("crm_sales")


def test_weeks_and_sprints_are_partitions_and_depend_on_no_month(definitions: dg.Definitions) -> None:
    graph = definitions.resolve_asset_graph()
    first: dict[str, str | None] = {}
    for cycle in ("week", "sprint"):
        facts = graph.get(dg.AssetKey(["crm_sales", cycle, "marts", "fct_kpi_contribution"]))
        assert facts.partitions_def is not None
        first[cycle] = facts.partitions_def.get_first_partition_key()
        assert not [key for key in facts.parent_keys if "month" in key.path]
    assert first == {"week": "week-from-2017-03-06", "sprint": SPRINT}
    sprints = graph.get(dg.AssetKey(["crm_sales", "sprint", "published_marts"])).partitions_def
    assert sprints is not None
    begins = [date.fromisoformat(key.removesuffix("-28d")) for key in sprints.get_partition_keys()]
    assert {(later - earlier).days for earlier, later in itertools.pairwise(begins)} == {28}


@pytest.mark.parametrize(
    ("job", "cron", "day", "partitions"),
    [
        ("weekly_evaluation", "0 6 * * 3", 5, ["week-from-2017-03-27"]),
        ("sprint_evaluation", "0 6 * * *", 4, []),
        ("sprint_evaluation", "0 6 * * *", 5, [SPRINT]),
        ("sprint_evaluation", "0 6 * * *", 6, []),
    ],
)
def test_on_the_third_day_after_its_end_the_schedule_closes_a_week_or_sprint(
    definitions: dg.Definitions, job: str, cron: str, day: int, partitions: list[str]
) -> None:
    schedule = definitions.resolve_schedule_def(f"{job}_schedule")
    assert schedule.cron_schedule == cron
    moment = datetime(2017, 4, day, 10, tzinfo=UTC)
    repository = definitions.get_repository_def()
    with dg.build_schedule_context(scheduled_execution_time=moment, repository_def=repository) as context:
        data = schedule.evaluate_tick(context)
    assert [request.partition_key for request in data.run_requests or []] == partitions
