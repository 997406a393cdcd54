"""How each value of a segment moved an actual, in a company whose every row is in sight, and in a year of crm_sales."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import pytest

from perf_pipelines.publication import open_marts
from tests.conftest import Place, place_made_once
from tests.pipeline.a_small_shop import a_small_shop

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

SCHEME = """\
scheme: small-shop
currency: CNY
kpis:
  revenue: {name: {zh: 营收, en: Revenue}, unit: CNY, aggregation: sum, better: higher}
  shop_revenue: {name: {zh: 订单数, en: Orders}, unit: orders, aggregation: count_distinct, better: higher}
  basket_value: {name: {zh: 客单价, en: Basket}, unit: CNY, aggregation: mean, better: higher}
  return_rate: {name: {zh: 退款率, en: Returns}, unit: share, aggregation: ratio, better: lower}
  repurchase_rate:
    {name: {zh: 复购率, en: Again}, unit: share, aggregation: {kind: share_of_units, bound: 2}, better: higher}
goals:
  - {id: grow, level: strategy, name: {zh: 增长, en: Grow}}
  - {id: sell, level: objective, parent: grow, name: {zh: 卖, en: Sell}}
  - {id: kr, level: key_result, parent: sell, name: {zh: 营收, en: Revenue}, kpi: revenue, from: 100, to: 200}
positions:
  seller:
    - {kpi: revenue, goal: kr, weight: 0.2, target: 1, rule: gradual}
    - {kpi: shop_revenue, goal: kr, weight: 0.2, target: 1, rule: gradual}
    - {kpi: basket_value, goal: kr, weight: 0.2, target: 1, rule: gradual}
    - {kpi: return_rate, goal: kr, weight: 0.2, target: 1, rule: gradual}
    - {kpi: repurchase_rate, goal: kr, weight: 0.2, target: 1, rule: gradual}
rules:
  gradual: {kind: linear, zero_at: 0, cap: 12}
evaluation: {kpi: 1.0, min_coverage: 0.5}
grades:
  method: bands
  bands:
    - {grade: good, name: {zh: 优, en: Good}, at_least: 90, expected: 0.3}
    - {grade: fair, name: {zh: 可, en: Fair}, at_least: 0, expected: 0.7}
bonus:
  cycles: {month: 1.0}
  multiplier: {good: 1.5, fair: 1.0}
review:
  systemic_miss: {share: 0.80, min_headcount: 3}
"""
# An order came by the channel behind the @ of its number; of some it is not known.
ORDERS = """\
1,o1@web,c1,2026-02-02,100
2,o2@web,c1,2026-02-03,100
3,o3@web,c2,2026-02-04,40
4,o4@app,c3,2026-02-05,200
5,o5,c4,2026-02-06,60
6,o6@web,c1,2026-03-02,150
7,o7@web,c2,2026-03-03,50
8,o8@web,c2,2026-03-04,50
9,o9@live,c5,2026-03-05,300
10,o10,c4,2026-03-06,30
11,o11@web,c1,2026-04-02,100
12,o12@app,c1,2026-04-03,100
13,o13@web,c2,2026-04-04,70
"""
DATA = {
    "orders.csv": "id,order_no,customer_id,placed_at,paid_at,status,amount,is_test\n"
    + "".join(
        f"{key},{number},{customer},{day}T10:00:00+08:00,{day}T10:01:00+08:00,paid,{amount}.00,false\n"
        for key, number, customer, day, amount in (line.split(",") for line in ORDERS.splitlines())
    ),
    "refunds.csv": """\
id,order_id,refunded_at,amount
r1,4,2026-02-20T10:00:00+08:00,50.00
r2,4,2026-03-20T10:00:00+08:00,20.00
r3,9,2026-03-21T10:00:00+08:00,60.00
""",
    "customers.csv": "customer_id,phone,email,device,registered_at,is_test\n"
    + "".join(f"c{n},1390000000{n},c{n}@x.cn,d{n},2026-01-0{n}T08:00:00+08:00,false\n" for n in range(1, 6)),
    "staff.csv": """\
employee_id,department_id,valid_from,valid_to
ann,a,2026-01-01,
bob,b,2026-03-01,
""",
    # nobody owns c4
    "owners.csv": """\
customer_id,employee_id,share,valid_from,valid_to
c1,ann,1,2026-01-01,
c2,ann,1,2026-01-01,
c3,ann,1,2026-01-01,
c5,bob,1,2026-03-01,
""",
    "traffic.csv": "id,day,agent,visits,views\nt1,2026-03-02,Mozilla/5.0,100,400\n",
    "attendance.csv": "employee_id,day,standard_hours,worked_hours\nann,2026-03-02,8,8\n",
    "ledger.csv": "day,revenue\n2026-03-02,150.00\n",
}


def a_shop(root: Path) -> Place:
    place = a_small_shop(root, DATA)
    (place.company / "scheme.yaml").write_text(SCHEME, encoding="utf-8")
    for file, old, new in (
        ("company.yaml", "first_period: 2026-03", "first_period: 2026-02"),
        ("models/inputs/company_orders.sql", "'web' as channel", "nullif(split_part(order_no, '@', 2), '') as channel"),
    ):
        text = (place.company / file).read_text(encoding="utf-8")
        assert old in text
        (place.company / file).write_text(text.replace(old, new), encoding="utf-8")
    return place


@pytest.fixture(scope="module")
def spring(tmp_path_factory: pytest.TempPathFactory) -> Place:
    """February, March and April 2026 closed in one run; February is the company's first period."""

    def make(root: Path) -> None:
        a_shop(root).close("2026-02", "2026-03", "2026-04")

    return place_made_once(tmp_path_factory, "spring", make, company="small_shop")


def rows(place: Place, sql: str) -> list[tuple[Any, ...]]:
    with open_marts(place.published) as marts:
        return marts.execute(sql).fetchall()


def effects(
    place: Place, kpi: str, *, member: str = "small_shop", month: str = "2026-03"
) -> Mapping[str, tuple[Any, ...]]:
    """By channel: mix effect, rate effect, reason."""
    found = rows(
        place,
        f"select segment_value, mix_effect, rate_effect, reason from marts.fct_kpi_driver where kpi_id = '{kpi}' "
        f"and member_id = '{member}' and period_id = '{month}' and segment = 'channel'",
    )
    return {value: split for value, *split in found}


def exactly(text: str) -> Decimal:
    return Decimal(text).quantize(Decimal("1e-8"))


def test_a_mean_moves_by_weights_and_by_rates(spring: Place) -> None:
    # 500 of 5 orders, then 580 of 5: 100 → 116. The web's 240 of 3 become 250 of 3; app had one order of 200, live has
    # one of 300; the order without a channel was of 60 and is of 30. An order above the mean of 108 lifts it by coming.
    assert effects(spring, "basket_value") == {
        "web": [0, exactly("2"), None],
        "app": [exactly("-18.4"), 0, None],
        "live": [exactly("38.4"), 0, None],
        "unknown": [0, exactly("-6"), None],
    }


def test_a_ratio_keeps_a_numerator_that_has_nothing_below_it(spring: Place) -> None:
    # 50 of 500 refunded, then 80 of 580: of these 60 of live's 300, and 20 of what app sold the month before
    before, now = Fraction(50, 500), Fraction(80, 580)
    middle = (before + now) / 2
    found = effects(spring, "return_rate")
    expected = {
        "web": (Fraction(250, 580) - Fraction(240, 500)) * -middle,
        "app": Fraction(-200, 500) * (Fraction(50, 200) - middle),
        "live": Fraction(300, 580) * (Fraction(60, 300) - middle),
        "unknown": (Fraction(30, 580) - Fraction(60, 500)) * -middle,
    }
    assert {value: round(mix, 6) for value, (mix, _, _) in found.items()} == {
        value: round(Decimal(mix.numerator) / mix.denominator, 6) for value, mix in expected.items()
    }
    rates = {value: rate for value, (_, rate, _) in found.items()}
    assert (rates["web"], rates["live"], rates["unknown"]) == (0, 0, 0)
    assert round(rates["app"], 6) == round(Decimal(20) / 580, 6)


def test_a_sum_and_a_count_move_by_volume_alone(spring: Place) -> None:
    assert effects(spring, "revenue") == {
        "web": [10, 0, None],
        "app": [-170, 0, None],  # 150, then a refund of 20
        "live": [240, 0, None],
        "unknown": [-30, 0, None],
    }
    # the refund of an order of February counts in March as well
    assert effects(spring, "shop_revenue") == {
        "web": [0, 0, None],
        "app": [0, 0, None],
        "live": [1, 0, None],
        "unknown": [0, 0, None],
    }


def test_a_share_of_units_is_split_while_no_unit_stands_in_two_values(spring: Place) -> None:
    # c1 of c1, c2 | c3 | c4 buys twice; then c2 of c1, c2 | c4 | c5
    assert effects(spring, "repurchase_rate") == {
        "web": [0, 0, None],
        "app": [exactly("0.0625"), 0, None],
        "live": [exactly("-0.0625"), 0, None],
        "unknown": [0, 0, None],
    }
    # in April c1 buys by two channels: the customers of the channels no longer add up to the company's
    split = effects(spring, "repurchase_rate", month="2026-04")
    assert {value: reason for value, (_, _, reason) in split.items()} == dict.fromkeys(split, "values_overlap")
    assert set(split) == {"web", "app", "live", "unknown"}
    # all in one shop, they do
    by_shop = rows(
        spring,
        "select total_effect, actual, previous_actual from marts.fct_kpi_driver where kpi_id = 'repurchase_rate' "
        "and segment = 'shop' and member_id = 'small_shop' and period_id = '2026-04'",
    )
    assert by_shop == [(exactly("0.25"), exactly("0.5"), exactly("0.25"))]


def test_who_begins_or_ends_has_a_volume_from_and_to_nothing_and_no_rate_to_compare(spring: Place) -> None:
    # department b has its first sale in March, and none in April
    assert effects(spring, "revenue", member="b") == {"live": [240, 0, None]}
    assert effects(spring, "revenue", member="b", month="2026-04") == {"live": [-240, 0, None]}
    assert effects(spring, "basket_value", member="b") == {"live": [None, None, "no_previous_actual"]}
    assert effects(spring, "basket_value", member="b", month="2026-04") == {"live": [None, None, "no_actual"]}


def test_what_belongs_to_nobody_is_explained_too(spring: Place) -> None:
    assert effects(spring, "revenue", member="nobody") == {"unknown": [-30, 0, None]}
    assert effects(spring, "basket_value", member="nobody") == {"unknown": [0, -30, None]}


def test_the_first_period_has_nothing_to_be_compared_with(spring: Place) -> None:
    assert rows(spring, "select distinct period_id, previous_period_id from marts.fct_kpi_driver order by all") == [
        ("2026-03", "2026-02"),
        ("2026-04", "2026-03"),
    ]


@pytest.mark.slow
def test_it_makes_no_difference_whether_the_period_before_was_closed(spring: Place, tmp_path: Path) -> None:
    alone = a_shop(tmp_path)
    alone.close("2026-03")
    drivers = "select * from marts.fct_kpi_driver where period_id = '2026-03' order by all"
    assert rows(alone, drivers) == rows(spring, drivers)


def test_a_median_is_not_split_and_all_else_sums_to_the_change_of_months_and_quarters(
    closed_year: Place,
) -> None:
    compared = rows(
        closed_year,
        """
        with actual as (
            select *, lag(period_id) over a_member as previous_id, lag(actual) over a_member as previous
            from marts.agg_kpi_actual inner join marts.dim_period using (period_id)
            window a_member as (partition by level, member_id, kpi_id, cycle order by period_id)
        )
        select
            actual.kpi_id,
            driver.reason,
            count(*),
            count(*) filter (where driver.change = actual.actual - actual.previous),
            count(distinct actual.period_id)
        from actual
        left join (
            select period_id, previous_period_id, level, member_id, kpi_id, segment, reason, sum(total_effect) as change
            from marts.fct_kpi_driver group by all
        ) as driver using (period_id, level, member_id, kpi_id)
        where actual.previous_id is not null
        group by all order by all
        """,
    )
    # 9 months and 3 quarters of the company, a position and three departments, by product, sector and region
    groups = 12 * 5 * 3
    assert compared == [
        ("deals_won", None, groups, groups, 12),
        ("price_realisation", None, groups, groups, 12),
        ("revenue_won", None, groups, groups, 12),
        ("sales_cycle_days", "not_additive", groups, 0, 12),
        ("win_rate", None, groups, groups, 12),
    ]
