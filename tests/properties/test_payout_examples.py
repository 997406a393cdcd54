"""Pay by curve and out of pools, small, with figures typed by hand; SQL, reference and gate 4 agree on each."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import pytest

from tests.pipeline.arithmetic import equations, last_number
from tests.properties.test_scoring_examples import MARCH, QUARTER, WEEK, assignment, contribution, figures, line
from tests.properties.test_scoring_examples import scheme_of as plain_scheme
from tests.reference.given import Contribution, Department, Given

if TYPE_CHECKING:
    from tests.properties.scoring_sql import ScoringSql
    from tests.reference.given import Row, Scheme

D = Decimal


def scheme_paying(currency: str = "CNY", **bonus: Any) -> Scheme:
    """Sellers with a target of 100; a linear rule from 0, so that revenue is the score, up to 120."""
    scheme = plain_scheme(line("revenue", weight="1", target="100"))
    scheme["currency"] = currency
    scheme["bonus"] = {"cycles": {"month": 1}, **bonus}
    return scheme


def sold(base: str, *, currency: str = "CNY", places: dict[str, str] | None = None, **revenue: str) -> Given:
    """Sellers with the same base who sold so much in March, in the department sales unless ``places`` says another."""
    places = places or {}
    return Given(
        employees=tuple(revenue),
        assignments=tuple(
            replace(assignment(name), bonus_base=D(base), currency=currency, department=places.get(name, "sales"))
            for name in revenue
        ),
        contributions=tuple(contribution(name, "revenue", amount) for name, amount in revenue.items()),
        departments=(Department("sales", None), Department("east", "sales"), Department("support", None)),
    )


def paid(sql: ScoringSql, scheme: Scheme, rows: Given) -> dict[str, Fraction]:
    """Who is paid how much for March; gate 4 finds nothing."""
    found = {row["employee_id"]: row["amount"] for row in figures(sql, scheme, rows, "fct_payout")}
    assert not sql.faults()
    return found


CURVE: Row = {
    "threshold": 80,
    "points": [[80, D("0.5")], [100, 1]],
    "accelerator": {"rate": D("0.03")},
    "cap": D("1.5"),
}


@pytest.mark.parametrize(
    ("revenue", "amount"),
    [
        ("79.99", "0"),
        ("80", "500"),
        ("90", "750"),  # half of the way from 0.5 to 1
        ("100", "1000"),
        ("110", "1300"),  # 1 + 0.03 × 10
        ("120", "1500"),  # 1.6 is more than the cap
    ],
)
def test_a_curve_pays_nothing_below_its_threshold_and_more_beyond_the_target(
    sql: ScoringSql, revenue: str, amount: str
) -> None:
    assert paid(sql, scheme_paying(curve=CURVE), sold("1000", ann=revenue)) == {"ann": Fraction(amount)}


def test_steps_pay_the_highest_one_that_is_reached(sql: ScoringSql) -> None:
    scheme = scheme_paying(curve={"steps": [[60, D("0.4")], [90, D("0.8")]]})
    rows = sold("1000", ann="59.99", bea="89.99", cem="90", dan="120")
    assert paid(sql, scheme, rows) == {"ann": 0, "bea": 400, "cem": 800, "dan": 800}


def test_grade_and_curve_multiply(sql: ScoringSql) -> None:
    scheme = scheme_paying(curve=CURVE, multiplier={"good": D("1.2"), "fair": D("0.5")})
    rows = sold("1000", ann="110", bea="85")
    # 1000 × 1.2 × 1.3; 1000 × 0.5 × 0.625
    assert paid(sql, scheme, rows) == {"ann": 1560, "bea": Fraction("312.5")}


def test_of_attainments_none_counts_as_more_than_the_curve_lets_it(sql: ScoringSql) -> None:
    scheme = plain_scheme(line("revenue", weight="0.75", target="100"), line("hours", weight="0.25", target="10"))
    curve = {"of": "attainment", "points": [[0, 0], [1, 1], [2, 3]], "attainment_cap": D("1.6")}
    scheme["bonus"] = {"cycles": {"month": 1}, "curve": curve}
    rows = sold("1000", ann="90", bea="500")
    rows = replace(rows, contributions=(*rows.contributions, contribution("ann", "hours", "8")))
    # ann: 0.75 × 0.9 + 0.25 × 1.25 = 0.9875; bea has no hours: 1.6, two thirds beyond 1: 1 + 2 × 0.6
    assert paid(sql, scheme, rows) == {"ann": Fraction("987.5"), "bea": 2200}


@pytest.mark.parametrize(
    ("currency", "amount", "unit"), [("JPY", "333", 1), ("CNY", "333.33", "0.01"), ("KWD", "333.333", "0.001")]
)
def test_an_amount_has_the_decimals_of_its_currency(sql: ScoringSql, currency: str, amount: str, unit: str) -> None:
    scheme = scheme_paying(currency, curve={"points": [[0, D("0.3333")], [100, D("0.3333")]]})
    # 1000.1 × 0.3333 = 333.33333
    assert paid(sql, scheme, sold("1000.1", currency=currency, ann="50")) == {"ann": Fraction(amount)}
    pooled = {**scheme["bonus"], "pool": {"company": {"amount": {"month": 100}}}}
    three = paid(sql, {**scheme, "bonus": pooled}, sold("1000", currency=currency, ann="50", bea="50", cem="50"))
    assert sum(three.values()) == 100
    # of equal remainders the first employee id has the unit that is left
    assert three["ann"] - three["bea"] == Fraction(unit)
    assert three["bea"] == three["cem"]


BY_SCORE: Row = {"points": [[0, 0], [100, 1]]}


@pytest.mark.parametrize(
    ("scale", "fund", "amounts"),
    [
        ("down", 1200, {"ann": 400, "bea": 800}),  # 500 and 1000 are due: four fifths of each
        ("down", 3000, {"ann": 500, "bea": 1000}),
        ("up_and_down", 3000, {"ann": 1000, "bea": 2000}),
    ],
)
def test_a_pool_scales_down_and_where_the_scheme_says_so_up(
    sql: ScoringSql, scale: str, fund: int, amounts: dict[str, int]
) -> None:
    pool = {"company": {"amount": {"month": fund}}, "scale": scale}
    scheme = scheme_paying(curve=BY_SCORE, pool=pool)
    assert paid(sql, scheme, sold("1000", ann="50", bea="100")) == amounts


def test_who_comes_to_the_most_leaves_the_rest_of_the_pool_to_the_others(sql: ScoringSql) -> None:
    pool = {"company": {"amount": {"month": 1000}}, "scale": "up_and_down"}
    scheme = scheme_paying(curve=BY_SCORE, at_most={"month": 450}, pool=pool)
    # 900, 300 and 100 are due. By proportion ann has 692.31, so 450; of the 550 left bea has 412.50 and cem 137.50
    rows = sold("1000", ann="90", bea="30", cem="10")
    assert paid(sql, scheme, rows) == {"ann": 450, "bea": Fraction("412.5"), "cem": Fraction("137.5")}
    # with more in it bea comes to the most as well, and then everybody: 150 stay in the pool
    pool["company"]["amount"]["month"] = 1500
    assert paid(sql, scheme, rows) == {"ann": 450, "bea": 450, "cem": 450}


def test_without_a_pool_the_most_for_one_person_holds_too(sql: ScoringSql) -> None:
    scheme = scheme_paying(curve=BY_SCORE, at_most={"month": D("450.01")})
    assert paid(sql, scheme, sold("1000", ann="90", bea="45")) == {"ann": Fraction("450.01"), "bea": 450}


def test_a_pool_may_be_a_share_of_what_a_kpi_sums_up_to(sql: ScoringSql) -> None:
    pool = {"company": {"kpi": "revenue", "share": D("0.05")}, "scale": "up_and_down"}
    rows = sold("1000", ann="50", bea="100")
    # 150 by people and 30.10 that nobody owns: 5 % are 9.005, of which 9.01; one and two thirds
    nobody = Contribution("revenue", None, MARCH.ends_on, "o9", D("30.1"), D(1), D(1), "o9")
    rows = replace(rows, contributions=(*rows.contributions, nobody))
    assert paid(sql, scheme_paying(curve=BY_SCORE, pool=pool), rows) == {"ann": Fraction("3"), "bea": Fraction("6.01")}


def test_a_department_with_a_fund_of_its_own_has_those_below_it_and_the_company_the_others(sql: ScoringSql) -> None:
    pool = {
        "company": {"amount": {"month": 100}},
        "departments": {"sales": {"kpi": "revenue", "share": D("0.1")}},
    }
    rows = sold("1000", places={"bea": "east", "cem": "support"}, ann="60", bea="40", cem="90")
    # sales and east sold 100, and 600 and 400 are due there
    assert paid(sql, scheme_paying(curve=BY_SCORE, pool=pool), rows) == {"ann": 6, "bea": 4, "cem": 100}


def test_a_week_pays_its_part_of_a_month(sql: ScoringSql) -> None:
    scheme = scheme_paying(curve={"points": [[0, 1], [100, 1]]})
    scheme["bonus"]["cycles"] = {"week": D("0.5"), "quarter": D("0.5")}
    rows = sold("1000", ann="0")
    rows = replace(rows, contributions=(contribution("ann", "revenue", "9", on=WEEK.ends_on),))
    # 1000 × (2/31 + 5/30) × 0.5 = 115.591…
    found = {
        period.id: [row["amount"] for row in figures(sql, scheme, rows, "fct_payout", period_id=period.id)]
        for period in (MARCH, WEEK, QUARTER)
    }
    assert found == {MARCH.id: [], WEEK.id: [Fraction("115.59")], QUARTER.id: [1500]}


def said(sql: ScoringSql, scheme: Scheme, rows: Given, language: str, *, of: str = "ann") -> list[str]:
    """What is said of somebody's pay for March; each equation holds, and the last number is the step's value."""
    steps = [
        step
        for step in sql.in_words(scheme, rows)
        if step["employee_id"] == of and step["period_id"] == MARCH.id and step["kind"] in {"curve", "due", "payout"}
    ]
    for step in steps:
        sentence = str(step[f"text_{language}"])
        found = equations(sentence)
        assert last_number(sentence) == step["value"], sentence
        for equation in found:
            assert equation.holds(8 if "÷" in sentence and step["kind"] == "payout" else 4), equation
    return [step[f"text_{language}"] for step in steps]


def test_a_curve_and_a_pool_are_told_so_that_they_can_be_multiplied(sql: ScoringSql) -> None:
    pool = {"company": {"amount": {"month": 1000}}}
    scheme = scheme_paying(curve=CURVE, multiplier={"good": D("1.2"), "fair": 1}, at_most={"month": 450}, pool=pool)
    rows = sold("1000", ann="85", bea="120", cem="100")
    # 625, 1800 and 1200 are due; bea has the most, and 550 are left for 1825
    assert paid(sql, scheme, rows) == {"ann": Fraction("188.36"), "bea": 450, "cem": Fraction("361.64")}
    assert said(sql, scheme, rows, "en") == [
        "pay curve: final score 85 lies between 80 and 100, factor: 0.5 + (1 - 0.5) × (85 - 80) ÷ (100 - 80) = 0.625; "
        "times that of Some: 0.625 × 1 = 0.625",
        "due: base of a month 1,000 × 0.625 = 625 CNY",
        "proposed payout: the pool of the company, 1,000, for 3,625 due; "
        "625 × (1,000 - 1 × 450) ÷ 1,825 = 188.35616438, rounded so that all sum to the pool: 188.36 CNY",
    ]
    assert said(sql, scheme, rows, "zh") == [
        "奖金曲线：最终得分 85 位于 80 与 100 之间，系数：0.5 + (1 - 0.5) × (85 - 80) ÷ (100 - 80) = 0.625；"
        "× 某系数：0.625 × 1 = 0.625",
        "应得奖金：月度基数 1,000 × 系数 0.625 = 625 CNY",
        "拟发奖金：公司奖金池 1,000，应得合计 3,625；"
        "625 × (1,000 - 1 × 450) ÷ 1,825 = 188.35616438，余数分完为 188.36 CNY",
    ]
    assert said(sql, scheme, rows, "en", of="bea") == [
        "pay curve: final score 120 lies beyond 100, factor: 1 + 0.03 × (120 - 100) = 1.6, at most 1.5; "
        "times that of Some: 1.5 × 1.2 = 1.8",
        "due: base of a month 1,000 × 1.8 = 1,800 CNY",
        "proposed payout: the pool of the company, 1,000, for 3,625 due; at most for one person 450 CNY",
    ]


@pytest.mark.parametrize(
    ("bonus", "en", "zh"),
    [
        (
            {"curve": CURVE},
            [
                "pay curve: final score 75 is below 80, factor 0",
                "proposed payout: base of a month 1,000 × 0 = 0 CNY",
            ],
            ["奖金曲线：最终得分 75 低于门槛 80，系数 0", "拟发奖金：月度基数 1,000 × 系数 0 = 0 CNY"],
        ),
        (
            {"curve": {"steps": [[60, D("0.4")]]}, "at_most": {"month": 300}},
            [
                "pay curve: final score 75, factor 0.4",
                "due: base of a month 1,000 × 0.4 = 400 CNY",
                "proposed payout: at most for one person 300 CNY",
            ],
            [
                "奖金曲线：最终得分 75，系数 0.4",
                "应得奖金：月度基数 1,000 × 系数 0.4 = 400 CNY",
                "拟发奖金：每人至多 300 CNY",
            ],
        ),
        (
            {
                "curve": {"of": "attainment", "steps": [[0, 1]]},
                "pool": {"departments": {"sales": {"amount": {"month": 1500}}}},
            },
            [
                "pay curve: weighted attainment 0.75, factor 1",
                "due: base of a month 1,000 × 1 = 1,000 CNY",
                "proposed payout: the pool of sales, 1,500, is enough for 1,000, nothing is scaled: 1,000 CNY",
            ],
            [
                "奖金曲线：加权达成率 0.75，系数 1",
                "应得奖金：月度基数 1,000 × 系数 1 = 1,000 CNY",
                "拟发奖金：sales奖金池 1,500 够发 1,000，不作调整：1,000 CNY",
            ],
        ),
    ],
)
def test_every_way_of_paying_has_its_words(
    sql: ScoringSql, bonus: dict[str, Any], en: list[str], zh: list[str]
) -> None:
    scheme, rows = scheme_paying(**bonus), sold("1000", ann="75")
    assert said(sql, scheme, rows, "en") == en
    assert said(sql, scheme, rows, "zh") == zh
