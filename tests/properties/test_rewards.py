"""Instant rewards and daily goals: the SQL against a second computation, and cases that can be followed by hand."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from random import Random
from typing import TYPE_CHECKING, Any

import pytest

from perf_pipelines.periods import Period
from tests.properties.test_scoring_examples import LABEL, assignment, contribution, line, scheme_of
from tests.reference.given import Given

if TYPE_CHECKING:
    from tests.properties.scoring_sql import ScoringSql
    from tests.reference.given import Contribution, Row, Scheme

WEEKS = tuple(Period.parse(f"2026-W{number}") for number in range(12, 17))
MONDAY = WEEKS[0].starts_on
D = Decimal


def reward(**fields: Any) -> dict[str, Any]:
    return {"id": "crowd", "name": LABEL, "kpi": "revenue", "subject": "campaign", "reaches": 10, "points": 5, **fields}


def rewarding(*rewards: dict[str, Any], **fields: Any) -> Scheme:
    return scheme_of(line("revenue", weight="1")) | {"rewards": list(rewards), **fields}


def brought(
    who: str | None, amount: str, campaign: str | None = "a", *, after: int = 0, credit: str = "1"
) -> Contribution:
    """Days after the first Monday."""
    made = contribution("", "revenue", amount, on=MONDAY + timedelta(after), credit=credit)
    return replace(made, employee=who, segments=f"{{campaign={campaign}}}" if campaign else None)


def given(*rows: Contribution, people: tuple[str, ...] = ("ann", "bea")) -> Given:
    numbered = tuple(replace(row, source=str(number), unit=row.unit or f"u{number}") for number, row in enumerate(rows))
    return Given(people, tuple(assignment(one) for one in people), contributions=numbered)


def rewards_of(sql: ScoringSql, scheme: Scheme, rows: Given, weeks: tuple[Period, ...] = WEEKS) -> list[Row]:
    return sorted(
        sql.told(scheme, rows, weeks)["fct_instant_reward"], key=lambda row: (row["reward_id"], row["subject_id"])
    )


def told(rows: list[Row]) -> list[tuple[str, str, date, str]]:
    return [(row["subject_id"], row["employee_id"], row["occurred_on"], row["period_id"]) for row in rows]


def test_a_subject_is_rewarded_on_the_day_on_which_all_of_it_first_comes_to_the_bound(sql: ScoringSql) -> None:
    rows = given(
        brought("ann", "6"),
        brought("ann", "3", after=1),
        brought("ann", "1", after=8),  # a has 10
        brought("ann", "-5", after=9),  # and falls below it, which takes nothing away
        brought("ann", "50", after=20),
        brought("bea", "9.9999", "b", after=3),
        brought("bea", "10", "c", after=3),
    )
    found = rewards_of(sql, rewarding(reward(money=D("8.5"))), rows)
    assert told(found) == [
        ("a", "ann", MONDAY + timedelta(8), "2026-W13"),
        ("c", "bea", MONDAY + timedelta(3), "2026-W12"),
    ]
    assert [(row["points"], row["amount"], row["currency"]) for row in found] == [(5, Fraction("8.5"), "CNY")] * 2
    assert (
        found[0]["sentence_zh"] == "ann：「a」的某累计达到 10 CNY（要求 10 CNY），获得即时奖励「某」：5 积分、8.5 CNY。"
    )
    assert (
        found[0]["sentence_en"]
        == 'ann: Some of "a" reached 10 CNY (asked: 10 CNY); instant reward "Some": 5 points and 8.5 CNY.'
    )


def test_one_point_is_told_as_one(sql: ScoringSql) -> None:
    [found] = rewards_of(sql, rewarding(reward(points=1)), given(brought("ann", "10")))
    assert found["sentence_en"].endswith('instant reward "Some": 1 point.')


def test_it_makes_no_difference_which_weeks_are_closed_nor_together_with_which(sql: ScoringSql) -> None:
    random = Random(5)
    rows = given(
        *(
            brought(random.choice(["ann", "bea"]), str(random.randint(-2, 6)), random.choice("abcdef"), after=after)
            for after in range(35)
        )
    )
    scheme = rewarding(reward())
    together = rewards_of(sql, scheme, rows)
    assert len(together) > 2
    one_by_one = [row for week in WEEKS for row in rewards_of(sql, scheme, rows, (week,))]
    assert sorted(map(str, one_by_one)) == sorted(map(str, together))


def test_a_longer_period_gives_no_reward_again(sql: ScoringSql) -> None:
    rows = given(brought("ann", "10"))
    week_and_month = (WEEKS[0], Period.parse("2026-03"))
    assert told(rewards_of(sql, rewarding(reward()), rows, week_and_month)) == [("a", "ann", MONDAY, "2026-W12")]


def test_whoever_contributed_most_by_that_day_gets_it_of_equals_the_first_by_id(sql: ScoringSql) -> None:
    rows = given(
        brought("bea", "6"),
        brought("ann", "2"),
        brought("ann", "4", after=1),  # 6 and 6
        brought("ann", "7", "b"),
        brought("bea", "20", "b", after=1, credit="0.4"),
        brought(None, "9", "c"),  # most of it nobody's
        brought("bea", "1", "c"),
        brought(None, "10", "d"),  # all of it
    )
    assert [row[:2] for row in told(rewards_of(sql, rewarding(reward()), rows))] == [
        ("a", "ann"),
        ("b", "bea"),
        ("c", "bea"),
    ]


def test_a_reward_for_a_position_goes_to_whoever_holds_it_on_that_day(sql: ScoringSql) -> None:
    moved = MONDAY + timedelta(10)
    rows = replace(
        given(brought("ann", "9"), brought("bea", "1", after=10), brought("ann", "10", "b")),
        assignments=(
            assignment("ann", to=moved - timedelta(1)),
            assignment("ann", position="buyer", since=moved),
            assignment("bea"),
        ),
    )
    scheme = rewarding(reward(positions=["seller"]))
    assert [row[:2] for row in told(rewards_of(sql, scheme, rows))] == [("a", "bea"), ("b", "ann")]


def test_only_what_counts_between_its_days_counts_for_a_reward(sql: ScoringSql) -> None:
    first, last = MONDAY + timedelta(2), MONDAY + timedelta(9)
    rows = given(
        brought("ann", "9"), brought("ann", "9", after=2), brought("ann", "1", after=9),
        brought("ann", "9", "b", after=8), brought("ann", "9", "b", after=10),
    )  # fmt: skip
    scheme = rewarding(reward(**{"from": first, "until": last}))
    assert told(rewards_of(sql, scheme, rows)) == [("a", "ann", last, "2026-W13")]


def test_a_unit_of_the_kpi_is_a_subject_too(sql: ScoringSql) -> None:
    rows = given(
        replace(brought("ann", "7", None), unit="deal"), replace(brought("ann", "3", None, after=1), unit="deal"),
        replace(brought("ann", "9", None), unit="other"),
    )  # fmt: skip
    assert told(rewards_of(sql, rewarding(reward(subject="unit")), rows)) == [
        ("deal", "ann", MONDAY + timedelta(1), "2026-W12")
    ]


@pytest.mark.parametrize("seed", range(4))
def test_the_rewards_are_those_of_a_second_computation(sql: ScoringSql, seed: int) -> None:
    random = Random(seed)
    people = ("ann", "bea", "cem")
    rows = given(
        *(
            brought(
                random.choice([*people, None]), str(random.randint(-3, 9)), random.choice("abcdefgh"),
                after=random.randint(-30, 34), credit=random.choice(["1", "0.5", "0.33333333"]),
            )
            for _ in range(120)
        ),
        people=people,
    )  # fmt: skip
    bound = random.randint(5, 30)
    expected = {}
    by_subject: defaultdict[str, list[Contribution]] = defaultdict(list)
    for row in rows.contributions:
        by_subject[row.segments or ""].append(row)
    for segments, made in by_subject.items():
        for day in sorted({row.day for row in made}):
            until = [row for row in made if row.day <= day]
            if sum(row.numerator * row.credit for row in until) >= bound:
                own = {who: sum(row.numerator * row.credit for row in until if row.employee == who) for who in people}
                there = [who for who in people if any(row.employee == who for row in until)]
                if there and WEEKS[0].starts_on <= day <= WEEKS[-1].ends_on:
                    best = min(there, key=lambda who: (-own[who], who))
                    expected[segments] = (best, day)
                break
    found = rewards_of(sql, rewarding(reward(reaches=bound)), rows)
    assert {f"{{campaign={row['subject_id']}}}": (row["employee_id"], row["occurred_on"]) for row in found} == expected


def test_the_days_goal_is_congratulated_on_or_its_progress_told(sql: ScoringSql) -> None:
    scheme = scheme_of(line("revenue", weight="0.5"), line("returns", weight="0.5"))
    scheme["kpis"]["returns"] |= {"better": "lower", "aggregation": "ratio"}
    scheme["daily_goals"] = {
        "seller": [
            {"kpi": "revenue", "target": 10},
            {"kpi": "revenue", "target": 20, "from": date(2026, 4, 2)},
            {"kpi": "returns", "target": D("0.5")},
        ]
    }
    week = Period.parse("2026-W14")
    rows = Given(
        ("ann", "bea"),
        (assignment("ann"), assignment("bea", position="buyer")),
        contributions=(
            contribution("ann", "revenue", "4", on=date(2026, 4, 1)),
            contribution("ann", "revenue", "6", on=date(2026, 4, 1)),
            contribution("ann", "revenue", "15", on=date(2026, 4, 2)),
            contribution("ann", "returns", "1", denominator="2", on=date(2026, 4, 1)),
            contribution("ann", "returns", "2", denominator="2", on=date(2026, 4, 2)),
            contribution("bea", "revenue", "99", on=date(2026, 4, 1)),
        ),
    )
    rows = replace(
        rows, contributions=tuple(replace(row, source=str(place)) for place, row in enumerate(rows.contributions))
    )
    found = sorted(
        sql.told(scheme, rows, (week,))["fct_daily_goal"], key=lambda row: (row["kpi_id"], row["occurred_on"])
    )
    assert [(row["kpi_id"], row["target"], row["actual"], row["is_reached"]) for row in found] == [
        ("returns", Fraction(1, 2), Fraction(1, 2), True),
        ("returns", Fraction(1, 2), 1, False),
        ("revenue", 10, 10, True),
        ("revenue", 20, 15, False),
    ]
    assert [row["sentence_zh"] for row in found[1:]] == [
        "ann，2026-04-02 某 1 CNY，今日目标为不超过 0.5 CNY。",
        "恭喜ann，2026-04-01 达成今日目标：某 10 CNY（目标 10 CNY）！",
        "ann，2026-04-02 某 15 CNY，今日目标 20 CNY，完成 75%。",
    ]
    assert (
        found[2]["sentence_en"] == "Congratulations, ann: the goal of 2026-04-01 is reached: Some 10 CNY (goal 10 CNY)!"
    )
    assert found[3]["sentence_en"] == "ann, 2026-04-02: Some 15 CNY, 75 % of the goal of the day (20 CNY)."
