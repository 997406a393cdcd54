"""Strengths and effects of courses: what is planted is found, nothing is invented, figures are the textbook's."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import duckdb
import numpy as np
import pyarrow as pa
import pytest
from scipy import stats

from business_systems import Sizes, World
from business_systems.year.people import user_operators
from tests.properties.growth_sql import MINUTES, RATE, SUM, Grown, GrowthSql

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.properties.growth_sql import Row

PEOPLE = tuple(f"e{number:02}" for number in range(20))
DAYS = np.array([date(2025, 1, 1) + timedelta(days=3 * step) for step in range(182)])
"""On which contributions fall: every third day to the end of June 2026."""
MOST_BY_CHANCE = int(stats.binom.ppf(0.99, 200, 0.05))
"""Of 200 worlds, when each has what is looked for with a probability of 5 %: no more in 99 of 100 such trials."""


def a_world(
    seed: int, *, people: int = 20, effect: float = 0, better: Mapping[str, float] | None = None, swing: float = 0.1
) -> Grown:
    """Twenty people, who share a season of ± ``swing`` and differ by chance and in how large their portfolio is.

    Eight finish `analysis` in three successive months, six others `talking` in one. ``effect`` is what `analysis`
    changes in the rate, ``better`` what one's rate is multiplied by.
    """
    random = np.random.default_rng(seed)
    season = 1 + swing * np.sin(np.arange(len(DAYS)) / 20)
    finished: dict[tuple[str, str], tuple[date, date]] = {}
    for place, employee in enumerate(PEOPLE[: min(people, 14)]):
        begins = date(2025, 9 + place % 3, 10) if place < 8 else date(2025, 10, 6)
        course = "analysis" if place < 8 else "talking"
        finished[employee, course] = (begins, begins + timedelta(days=20))
    columns: dict[str, list[np.ndarray]] = {"numerator": [], "denominator": []}
    for employee in PEOPLE[:people]:
        after = finished[employee, "analysis"][1] < DAYS if (employee, "analysis") in finished else False
        rate = 0.26 * season * np.where(after, 1 + effect, 1) * (better or {}).get(employee, 1)
        granted = random.poisson(random.uniform(8, 20), len(DAYS)) + 1
        columns["numerator"] += [
            random.binomial(granted, rate),
            np.round(random.gamma(10, 10, len(DAYS)) * season, 2),
            np.round(np.exp(random.normal(3, 0.4, len(DAYS))), 2),
        ]
        columns["denominator"] += [granted, np.ones(len(DAYS)), np.ones(len(DAYS))]
    return Grown(
        people=PEOPLE[:people],
        contributions=pa.table(
            {
                "employee_id": np.repeat(PEOPLE[:people], 3 * len(DAYS)),
                "kpi_id": np.tile(np.repeat([RATE, SUM, MINUTES], len(DAYS)), people),
                "occurred_on": pa.array(np.tile(DAYS, 3 * people), pa.date32()),
                **{name: np.concatenate(parts).astype(float) for name, parts in columns.items()},
            }
        ),
        finished=finished,
    )


def of_xx_ecommerce(sizes: Sizes) -> Grown:
    """The use of benefits in the world of xx_ecommerce, half a year later, by who owns the customer on the day."""
    world = World(sizes=sizes)
    with duckdb.connect() as connection:
        for system, table in (("shop", "benefit_uses"), ("crm", "ownership"), ("learning", "enrolments")):
            connection.register(table, world.table(system, table))
        contributions = connection.execute(
            """
            with used as (
                select customer_id, used_at, cast(granted_at at time zone 'Asia/Shanghai' as date) as day
                from benefit_uses
            )
            select
                owner.employee_id,
                $1 as kpi_id,
                cast(used.day + interval 6 months as date) as occurred_on,
                case when used.used_at is null then 0 else 1 end * owner.share / greatest(1, owner.share) as numerator,
                owner.share / greatest(1, owner.share) as denominator
            from used
            inner join ownership as owner
                on
                    used.customer_id = owner.subject_id
                    and used.day between owner.valid_from and coalesce(owner.valid_to, date '9999-12-31')
            where owner.subject_kind = 'customer'
            order by all
            """,
            [RATE],
        ).to_arrow_table()
        enrolled = connection.execute(
            "select employee_id, course_id, cast(started_on + interval 6 months as date), "
            "cast(finished_on + interval 6 months as date) from enrolments where course_id = 'user_behaviour_analysis'"
        ).fetchall()
    operators = [one for one in user_operators(sizes) if one != "E007"]  # who changes to another position
    return Grown(
        people=operators,
        contributions=contributions,
        finished={(employee, course): (first, last) for employee, course, first, last in enrolled},
    )


def the_effect(found: Mapping[str, list[Row]], *, course: str = "analysis", kpi: str = RATE) -> Row:
    [row] = [row for row in found["fct_course_effect"] if (row["course_id"], row["kpi_id"]) == (course, kpi)]
    return row


def findings(found: Mapping[str, list[Row]]) -> tuple[int, int]:
    """How many strengths and weaknesses, and how many effects of courses."""
    strengths = [row for row in found["fct_strength"] if row["standing"] in {"strength", "weakness"}]
    effects = [row for row in found["fct_course_effect"] if row["verdict"] in {"works", "harms"}]
    return len(strengths), len(effects)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_course_that_raises_a_rate_by_a_quarter_is_found(growth: GrowthSql, seed: int) -> None:
    found = growth.grown(a_world(seed, effect=0.25))
    row = the_effect(found)
    assert (row["people"], row["comparison_people"], row["verdict"]) == (8, 6, "works")
    assert row["effect_low"] < Decimal("0.25") < row["effect_high"]
    # drawn to nothing, and never past it
    assert 0 < row["shrunk_effect"] < row["effect"]
    # who was in the course that works is not what the other course is compared to
    assert the_effect(found, course="talking")["comparison_people"] == 6
    assert the_effect(found, course="talking")["verdict"] == "no_effect_seen"


def test_somebody_much_better_or_worse_than_the_peers_is_found(growth: GrowthSql) -> None:
    found = growth.grown(a_world(1, better={"e17": 1.8, "e18": 0.4}))
    standing = {(row["employee_id"], row["subject_id"]): row["standing"] for row in found["fct_strength"]}
    assert len(standing) == 3 * len(PEOPLE)
    told = {key: one for key, one in standing.items() if one in {"strength", "weakness"}}
    assert told == {("e17", RATE): "strength", ("e18", RATE): "weakness"}


def test_where_people_start_at_once_the_interval_is_welchs(growth: GrowthSql) -> None:
    """One cohort: the comparison of two means of logarithms, as scipy has it."""
    world = a_world(5, effect=0.1)
    at_once = {key: (date(2025, 10, 6), date(2025, 10, 26)) for key in world.finished if key[1] == "analysis"}
    found = growth.grown(replace(world, finished=at_once))
    rows = world.contributions.to_pandas()
    changes: dict[bool, list[float]] = {True: [], False: []}
    for employee, own in rows[rows["kpi_id"] == RATE].groupby("employee_id"):
        before, after = (
            own[(own["occurred_on"] >= first) & (own["occurred_on"] <= last)]
            for first, last in (
                (date(2025, 4, 1), date(2025, 9, 30)),
                (date(2025, 11, 1), date(2026, 4, 30)),
            )
        )
        ratio = [part["numerator"].sum() / part["denominator"].sum() for part in (before, after)]
        changes[(employee, "analysis") in at_once].append(float(np.log(ratio[1] / ratio[0])))
    welch = stats.ttest_ind(changes[True], changes[False], equal_var=False)
    low, high = welch.confidence_interval(0.95)
    row = the_effect(found)
    assert (row["people"], row["comparison_people"]) == (8, 12)
    assert float(row["p_value"]) == pytest.approx(welch.pvalue, abs=1e-6)
    effect = np.mean(changes[True]) - np.mean(changes[False])
    assert float(row["effect"]) == pytest.approx(np.expm1(effect), abs=1e-7)
    # t by its series, too small by 0.13 % at most
    assert float(row["effect_low"]) == pytest.approx(np.expm1(low), abs=2e-4)
    assert float(row["effect_high"]) == pytest.approx(np.expm1(high), abs=2e-4)


def test_findings_are_those_of_benjamini_and_hochberg(growth: GrowthSql) -> None:
    found = growth.grown(a_world(3, effect=0.12))["fct_course_effect"]
    adjusted = stats.false_discovery_control([float(row["p_value"]) for row in found])
    assert [row["verdict"] in {"works", "harms"} for row in found] == [bool(p <= 0.05) for p in adjusted]


def test_four_people_are_not_enough_for_a_verdict_and_one_has_no_interval(growth: GrowthSql) -> None:
    world = a_world(1, effect=0.5)
    for people, has_interval in ((4, True), (1, False)):
        finished = {key: days for key, days in world.finished.items() if key in list(world.finished)[:people]}
        row = the_effect(growth.grown(replace(world, finished=finished)))
        assert (row["people"], row["verdict"], row["p_value"]) == (people, "not_enough_data", None)
        assert row["effect"] > Decimal("0.2")
        assert (row["effect_low"] is not None) == (row["shrunk_effect"] is not None) == has_interval
        assert row["reason_zh"].endswith("：数据不足，两边至少各需 5 人，不作判断。")


def test_one_who_has_not_begun_a_course_is_told_as_one(growth: GrowthSql) -> None:
    world = a_world(1, effect=0.5)
    days = world.finished[PEOPLE[0], "analysis"]
    for others, said in (
        (1, " against 1 of the same position who has not begun it"),
        (2, "2 of the same position who have"),
    ):
        finished = {(employee, "analysis"): days for employee in PEOPLE[: len(PEOPLE) - others]}
        assert said in the_effect(growth.grown(replace(world, finished=finished)))["reason_en"]


def test_a_rate_that_nobody_knows_of_before_the_course_is_no_change(growth: GrowthSql) -> None:
    world = a_world(1)
    newcomer = PEOPLE[0]
    begins, _ = world.finished[newcomer, "analysis"]
    rows = world.contributions.to_pandas()
    known = rows[(rows.employee_id != newcomer) | (rows.kpi_id != RATE) | (rows.occurred_on >= begins)]
    partly = replace(world, contributions=pa.Table.from_pandas(known, world.contributions.schema, preserve_index=False))
    assert the_effect(growth.grown(partly))["people"] == the_effect(growth.grown(world))["people"] - 1


def test_who_begins_a_course_is_compared_with_nobody_who_began_it_before(growth: GrowthSql) -> None:
    """Everybody has begun it: there is nothing to compare, and that is what is said."""
    world = a_world(1)
    everybody = {(employee, "analysis"): (date(2025, 10, 6), date(2025, 10, 26)) for employee in PEOPLE}
    row = the_effect(growth.grown(replace(world, finished=everybody)))
    assert (row["people"], row["comparison_people"], row["effect"], row["verdict"]) == (0, 0, None, "not_enough_data")
    assert row["reason_en"].startswith('"analysis" and "Some": 20 finished it, with nothing to compare')


def test_a_course_that_works_is_proposed_by_gap_times_effect_to_who_has_not_begun_it(growth: GrowthSql) -> None:
    world = a_world(1, effect=0.25, better={"e18": 0.4})
    found = growth.grown(world)
    works = the_effect(found)
    proposed = {row["employee_id"]: row for row in found["fct_training_recommendation"]}
    assert {row["course_id"] for row in proposed.values()} == {"analysis"}
    assert not {employee for employee, course in world.finished if course == "analysis"} & proposed.keys()
    row = proposed["e18"]
    assert (row["rank"], row["standing"], row["shrunk_effect"]) == (1, "weakness", works["shrunk_effect"])
    assert abs(row["gain"] - row["gap"] * works["shrunk_effect"]) < Decimal("0.0000001")
    assert row["gap"] == max(one["gap"] for one in proposed.values())


def test_of_two_people_in_xx_ecommerce_the_effect_cannot_be_told_from_chance(growth: GrowthSql) -> None:
    row = the_effect(growth.grown(of_xx_ecommerce(Sizes())), course="user_behaviour_analysis")
    assert (row["people"], row["comparison_people"], row["verdict"]) == (2, 1, "not_enough_data")


@pytest.mark.slow
def test_of_thirty_people_in_xx_ecommerce_the_planted_fifteen_percent_are_found(growth: GrowthSql) -> None:
    row = the_effect(
        growth.grown(of_xx_ecommerce(Sizes(employees=77, orders=400_000))), course="user_behaviour_analysis"
    )
    assert (row["people"], row["comparison_people"], row["verdict"]) == (30, 29, "works")
    assert row["effect_low"] < Decimal("0.15") < row["effect_high"]


@pytest.mark.parametrize(("people", "told"), [(2, False), (3, False), (4, True)])
def test_what_fewer_than_three_peers_reach_stands_in_no_reason(growth: GrowthSql, people: int, told: bool) -> None:
    found = growth.grown(a_world(1, people=people, better={"e00": 0.3}))["fct_strength"]
    [rate] = [row for row in found if (row["employee_id"], row["subject_id"]) == ("e00", RATE)]
    assert rate["peers_count"] == people - 1
    assert ("peers on average" in rate["reason_en"], "人平均" in rate["reason_zh"]) == (told, told)
    assert rate["standing"] == "weakness"
    assert f"{rate['value'] * 100:.1f} %, target 26.0 %" in rate["reason_en"]


@pytest.mark.parametrize(
    ("people", "said"),
    [(3, "is below the peers, a weakness;"), (4, "is 60.0 points below the peers, a weakness;")],
)
def test_how_far_somebody_is_below_fewer_than_three_peers_is_not_told(
    growth: GrowthSql, people: int, said: str
) -> None:
    ratings: dict[str, tuple[int, ...]] = dict.fromkeys(PEOPLE[:people], (80, 90, 85, 75, 95, 80, 90, 85))
    ratings["e00"] = (20, 30, 25, 15, 35, 20, 30, 25)
    found = growth.grown(replace(a_world(1, people=people), ratings=ratings))
    [heard] = [row for row in found["fct_strength"] if (row["employee_id"], row["subject_id"]) == ("e00", "listening")]
    assert (heard["standing"], heard["peers_count"]) == ("weakness", people - 1)
    assert ("85" in heard["reason_en"]) == (people > 3)
    [course] = [row for row in found["fct_training_recommendation"] if row["subject_id"] == "listening"]
    assert course["reason_en"] == f'Take "Ears": "Listening" {said} its effect has not been measured yet.'
    assert ("60" in course["reason_zh"]) == (people > 3)


def working_days(weeks: int) -> list[date]:
    """From Monday to Friday in the last ``weeks`` weeks that June looks at: they end on Tuesday, June 30."""
    days = [date(2026, 6, 30) - timedelta(days=back) for back in range(7 * weeks)]
    return [day for day in days if day.weekday() < 5]


def test_a_working_day_without_a_row_is_one_of_absence(growth: GrowthSql) -> None:
    everywhere, leave = working_days(17), set(working_days(3)[5:])
    two_days = set(working_days(1)[:2])
    attendance = {("e01", day): 8 for day in everywhere}
    # away for two weeks, and for two days of the last one: said by rows, and by having none
    attendance |= {("e02", day): 0 if day in leave | two_days else 8 for day in everywhere}
    attendance |= {("e03", day): 8 for day in everywhere if day not in leave | two_days}
    attendance |= {("e04", day): 4 for day in everywhere}
    growth.grown(replace(a_world(1, people=6), attendance=attendance))
    always, said, not_said, half, not_kept = (growth.presence(f"e{number:02}") for number in range(1, 6))
    assert set(always) == set(not_kept) == {1}
    assert not_said == said
    assert not_said[:4] == pytest.approx([0.6, 0, 0, 1])
    assert set(half) == {0.5}


def test_before_attendance_was_kept_of_somebody_the_contract_says_it(growth: GrowthSql) -> None:
    days, lately = working_days(17), working_days(2)
    # of one since the second day of a week, of which three of four days were worked
    first, absent = lately[8], lately[6]
    attendance = {("e01", day): 8 for day in days}
    attendance |= {("e02", day): 8 for day in lately if day >= first and day != absent}
    growth.grown(replace(a_world(1, people=3), attendance=attendance))
    assert growth.presence("e02")[:3] == pytest.approx([1, 0.75, 1])
    assert set(growth.presence("e02")[3:]) == {1}


@pytest.mark.slow
def test_where_nobody_differs_something_is_found_at_most_as_often_as_stated(growth: GrowthSql) -> None:
    """200 worlds without any effect: in at most 5 % of all worlds anything is found, by strengths and by courses."""
    found = [findings(growth.grown(a_world(seed))) for seed in range(200)]
    with_strengths = sum(strengths > 0 for strengths, _ in found)
    with_effects = sum(effects > 0 for _, effects in found)
    assert with_strengths <= MOST_BY_CHANCE
    assert with_effects <= MOST_BY_CHANCE


@pytest.mark.slow
def test_an_effect_of_a_quarter_is_found_in_most_worlds_and_lies_in_the_interval(growth: GrowthSql) -> None:
    rows = [the_effect(growth.grown(a_world(seed, effect=0.25))) for seed in range(200)]
    assert sum(row["verdict"] == "works" for row in rows) >= 160
    assert sum(row["effect_low"] <= Decimal("0.25") <= row["effect_high"] for row in rows) >= 200 - MOST_BY_CHANCE


def test_of_a_few_worlds_without_any_effect_nothing_is_found(growth: GrowthSql) -> None:
    """The quick one beside the 200: a test without a correction would find something in nearly each."""
    assert [findings(growth.grown(a_world(seed))) for seed in range(1, 5)] == [(0, 0)] * 4
