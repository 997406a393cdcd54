"""The return of activities: the interval against a second computation, and how often advice is wrong by chance."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from math import sqrt
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from scipy import stats

from perf_pipelines.periods import Period
from tests.properties.test_scoring_examples import line, scheme_of
from tests.reference.given import Contribution, Given

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tests.properties.scoring_sql import ScoringSql
    from tests.reference.given import Row

QUARTER = Period.parse("2026-Q2")
APRIL, FEBRUARY = date(2026, 4, 10), date(2026, 2, 10)
WEEKS = tuple(Period.parse(f"2026-W{number}") for number in range(10, 26))
ERROR = 0.05

Campaigns = "Mapping[str, Iterable[tuple[float, float]]]"
"""Cost and revenue of each campaign of a type."""


def rows_of(types: Campaigns, *, on: date = APRIL, customers: int = 0) -> list[Contribution]:
    made: list[Contribution] = []
    for activity, campaigns in types.items():
        for place, (cost, revenue) in enumerate(campaigns):
            name = f"{activity}{place}-{on}"
            segments = f"{{campaign={name}, activity={activity}}}"
            for key, kpi, numerator, denominator in (
                ("cost", "campaign_roi", 0.0, cost),
                ("order", "campaign_roi", revenue, 0.0),
                *((f"c{number}", "campaign_new_customers", 1.0, 1.0) for number in range(customers)),
            ):
                made.append(
                    Contribution(
                        kpi, None, on, f"{name} {key}", amount(numerator), amount(denominator), Decimal(1),
                        f"{name} {key}", segments,
                    )
                )  # fmt: skip
    return made


def amount(value: float) -> Decimal:
    return Decimal(f"{value:.2f}")


def told(
    sql: ScoringSql,
    rows: Iterable[Contribution],
    periods: tuple[Period, ...] = (QUARTER,),
    mart: str = "fct_activity_return",
    currency: str = "CNY",
) -> list[Row]:
    scheme = scheme_of(line("revenue", weight="1")) | {"currency": currency}
    found = sql.told(scheme, Given(contributions=tuple(rows)), periods)[mart]
    return sorted(found, key=lambda row: (row["period_id"], row.get("activity_type", "")))


def fieller(campaigns: Iterable[tuple[float, float]], *, compared: int) -> tuple[float, float]:
    """Fieller (1954), by the two roots in the return of (mean revenue - return × mean cost)² = t² × its variance."""
    cost, revenue = np.array(list(campaigns), dtype=float).round(2).T
    n = len(cost)
    t = stats.t.ppf(1 - ERROR / 2 / compared, n - 1)
    covariance = np.cov(np.array([cost, revenue])) * t**2 / n
    a = cost.mean() ** 2 - covariance[0, 0]
    b = cost.mean() * revenue.mean() - covariance[0, 1]
    c = revenue.mean() ** 2 - covariance[1, 1]
    root = sqrt(b * b - a * c)
    return (b - root) / a, (b + root) / a


@pytest.mark.parametrize("seed", range(3))
def test_the_intervals_are_fiellers_and_hold_together(sql: ScoringSql, seed: int) -> None:
    rng = np.random.default_rng(seed)
    types = {
        name: [
            (float(cost), float(cost * rng.lognormal(0.2, 0.3))) for cost in rng.lognormal(8, 0.3, rng.integers(4, 14))
        ]
        for name in ("ads", "referral", "sale")
    }
    found = told(sql, rows_of(types))
    assert [row["activity_type"] for row in found] == list(types)
    for row in found:
        low, high = fieller(types[row["activity_type"]], compared=3)
        assert float(row["roi_low"]) == pytest.approx(low, rel=0.01, abs=0.002)
        assert float(row["roi_high"]) == pytest.approx(high, rel=0.01)
        assert row["roi_low"] < row["roi"] < row["roi_high"]


STEADY = [(100.0, 150.0), (100.0, 140.0), (100.0, 160.0), (100.0, 150.0)]


def times(campaigns: Iterable[tuple[float, float]], factor: float) -> list[tuple[float, float]]:
    return [(cost, revenue * factor) for cost, revenue in campaigns]


def test_money_is_moved_only_between_types_whose_intervals_part(sql: ScoringSql) -> None:
    found = told(
        sql,
        rows_of(
            {
                "ads": STEADY,
                "referral": times(STEADY, 3),
                "sale": times(STEADY, 2),
                "tv": [(100.0, 900.0), (100.0, 10.0), (100.0, 20.0), (100.0, 1500.0)],
                "expo": STEADY[:3],
            },
            customers=2,
        ),
    )
    assert {row["activity_type"]: row["recommendation"] for row in found} == {
        "ads": "less",
        "expo": "not_enough_data",
        "referral": "more",
        "sale": "keep",
        "tv": "keep",
    }
    by_type = {row["activity_type"]: row for row in found}
    assert (by_type["ads"]["cost"], by_type["ads"]["revenue"], by_type["ads"]["roi"]) == (400, 600, Fraction(3, 2))
    assert (by_type["ads"]["campaigns"], by_type["ads"]["new_users"]) == (4, 8)
    low, high = (f"{bound:.2f}" for bound in fieller(STEADY, compared=4))
    assert by_type["ads"]["sentence_zh"] == (
        f"ads：4 个活动，投入 400 CNY，收入 600 CNY，新增 8 人，产出比 1.5"
        f"（{low} 至 {high}，各类区间同时成立的置信度 95%），低于 referral、sale：建议把投入移走。"
    )
    assert by_type["sale"]["sentence_en"].endswith("confidence), above ads and below referral: keep as it is.")
    assert by_type["tv"]["sentence_en"].endswith("; the intervals overlap: keep as it is.")
    assert by_type["expo"]["sentence_zh"] == (
        "expo：3 个活动，投入 300 CNY，收入 450 CNY，新增 6 人，产出比 1.5。"
        "活动太少或差异太大（至少 4 个），还不能据此调整投入。"
    )


@pytest.mark.parametrize(
    ("currency", "cost", "revenue", "said"),
    [
        ("KWD", "10.666", "-0.346", "cost 10.666 KWD, revenue -0.346 KWD"),
        ("CNY", "10.67", "-0.35", "cost 10.67 CNY, revenue -0.35 CNY"),
        ("JPY", "11", "0", "cost 11 JPY, revenue 0 JPY"),
    ],
)
def test_cost_and_revenue_have_the_decimals_of_the_currency(
    sql: ScoringSql, currency: str, cost: str, revenue: str, said: str
) -> None:
    bought, given_back = Decimal("10.6655"), Decimal("-0.3455")
    rows = [
        replace(
            one,
            numerator=given_back if one.numerator else Decimal(0),
            denominator=bought if one.denominator else Decimal(0),
        )
        for one in rows_of({"ads": [(1.0, 1.0)]})
    ]
    [row] = told(sql, rows, currency=currency)
    assert (row["cost"], row["revenue"]) == (Fraction(cost), Fraction(revenue))
    assert said in row["sentence_en"]
    [shift] = told(sql, rows, mart="fct_spending_shift", currency=currency)
    assert (shift["cost"], shift["revenue"]) == (Fraction(cost), Fraction(revenue))


def test_an_interval_is_of_all_decimals(sql: ScoringSql) -> None:
    # thousandths: in cents they would all be equal
    fine = [(0.001, 0.001), (0.001, 0.002), (0.002, 0.003), (0.002, 0.004)]
    [row] = told(
        sql,
        [
            replace(one, numerator=one.numerator / 1000, denominator=one.denominator / 1000)
            for one in rows_of({"ads": times_both(fine, 1000)})
        ],
        currency="KWD",
    )
    [whole] = told(sql, rows_of({"ads": times_both(fine, 1000)}), currency="KWD")
    assert (row["roi_low"], row["roi_high"]) == (whole["roi_low"], whole["roi_high"])
    assert whole["roi_low"] is not None


def times_both(campaigns: Iterable[tuple[float, float]], factor: float) -> list[tuple[float, float]]:
    return [(cost * factor, revenue * factor) for cost, revenue in campaigns]


def test_a_type_whose_cost_may_as_well_be_nothing_has_no_bounds(sql: ScoringSql) -> None:
    [row] = told(sql, rows_of({"ads": [(1000.0, 10.0), (0.0, 10.0), (0.0, 10.0), (0.0, 10.0)]}))
    assert (row["roi_low"], row["roi_high"], row["recommendation"]) == (None, None, "not_enough_data")


def test_what_the_last_move_of_money_has_brought_is_told_in_the_next_review(sql: ScoringSql) -> None:
    # of beauty_brand: from 1:2 to 1:3.5
    before = rows_of({"ads": [(10_000, 15_000)], "referral": [(2_000, 9_000)]}, on=FEBRUARY)
    now = rows_of({"ads": [(4_000, 8_000)], "referral": [(6_000, 27_000)]})
    [shift] = told(sql, [*before, *now], mart="fct_spending_shift")
    assert (shift["previous_roi"], shift["roi"]) == (2, Fraction(7, 2))
    # 0.4333 × (4.5 - 2.75) by what went to referrals, 0.4333 × (2.75 - 1.75) by what left advertising
    moved = Fraction(13, 30) * Fraction(7, 4) + Fraction(13, 30)
    assert float(shift["move_effect"]) == pytest.approx(float(moved), abs=1e-7)
    assert shift["move_effect"] + shift["own_effect"] == Fraction(3, 2)
    assert round(float(shift["moved_share"]), 4) == 0.4333
    assert shift["sentence_zh"] == (
        "全部活动的投入产出比由上期的 2 变为 3.5：调整投入占比带来 +1.19，各类自身变化带来 +0.31。"
        "投入占比：ads 83.3% → 40%，referral 16.7% → 60%。"
    )
    by_type = {row["activity_type"]: row for row in told(sql, [*before, *now])}
    assert by_type["ads"]["previous_cost_share"] == Fraction("0.83333333")
    assert sum(row["move_effect"] for row in by_type.values()) == shift["move_effect"]


def test_a_first_period_has_no_move_to_look_at(sql: ScoringSql) -> None:
    [shift] = told(sql, rows_of({"ads": STEADY}), mart="fct_spending_shift")
    assert (shift["previous_roi"], shift["move_effect"], shift["moved_share"]) == (None, None, None)
    assert shift["sentence_en"].endswith("there was no cost in the period before to compare it with.")


def without_effect(rng: np.random.Generator) -> dict[str, list[tuple[float, float]]]:
    """Types that return the same in the long run; campaigns differ in cost, and much in what they bring."""
    spread = rng.uniform(0.1, 0.6)
    return {
        name: [
            (float(cost), float(1.3 * cost * rng.lognormal(-spread * spread / 2, spread)))
            for cost in rng.lognormal(8, 0.4, rng.integers(4, 13))
        ]
        for name in ("ads", "referral", "sale", "search", "fair")[: rng.integers(2, 6)]
    }


def advice(sql: ScoringSql, seeds: Iterable[int], make: Any = without_effect) -> dict[int, list[str]]:
    """By seed what is advised; each seed is a week of its own, as many as fit closed in one go."""
    found: dict[int, list[str]] = defaultdict(list)
    waiting = list(seeds)
    while waiting:
        batch, waiting = waiting[: len(WEEKS)], waiting[len(WEEKS) :]
        weeks = dict(zip((week.id for week in WEEKS), batch, strict=False))
        rows = [
            row
            for seed, week in zip(batch, WEEKS, strict=False)
            for row in rows_of(make(np.random.default_rng(seed)), on=week.starts_on + timedelta(2))
        ]
        for row in told(sql, rows, WEEKS[: len(batch)]):
            found[weeks[row["period_id"]]].append(row["recommendation"])
    return found


def wrong(advised: Mapping[int, list[str]]) -> int:
    return sum(1 for recommendations in advised.values() if {"more", "less"} & set(recommendations))


def likely_at_most(rate: float, tries: int) -> int:
    """What a process that is right at this rate exceeds in one of a hundred tries."""
    return int(stats.binom.ppf(0.99, tries, rate))


def test_where_nothing_differs_money_is_seldom_moved(sql: ScoringSql) -> None:
    advised = advice(sql, range(32))
    assert len(advised) == 32
    assert wrong(advised) <= likely_at_most(ERROR, 32)


@pytest.mark.slow
def test_in_200_seeds_without_effect_money_is_moved_at_most_at_the_stated_rate(sql: ScoringSql) -> None:
    advised = advice(sql, range(1000, 1200))
    assert len(advised) == 200
    assert wrong(advised) <= ERROR * 200


def with_effect(rng: np.random.Generator) -> dict[str, list[tuple[float, float]]]:
    return {
        name: [(float(cost), float(roi * cost * rng.lognormal(0, 0.15))) for cost in rng.lognormal(8, 0.3, 10)]
        for name, roi in (("ads", 1.2), ("referral", 2.4))
    }


def test_a_type_that_returns_twice_as_much_is_found(sql: ScoringSql) -> None:
    advised = advice(sql, range(16), with_effect)
    assert sum(1 for recommendations in advised.values() if sorted(recommendations) == ["less", "more"]) == 16
