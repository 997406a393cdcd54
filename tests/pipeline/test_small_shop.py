"""A company whose every row is in sight: cleaning, shared credit, what belongs to nobody, hours worked, a waiver."""

from __future__ import annotations

import sqlite3
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

import pytest

from perf_pipelines.errors import GateFailed
from perf_pipelines.publication import open_marts
from perf_pipelines.records.store import Records
from tests.conftest import Place, place_made_once
from tests.pipeline import reference
from tests.pipeline.a_small_shop import a_small_shop

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

DATA = {
    "customers.csv": """\
customer_id,phone,email,device,registered_at,is_test
c1,138 0013 8000,a@x.cn,d1,2026-01-01T08:00:00+08:00,false
c2,+86 138-0013-8000,b@x.cn,d2,2026-02-01T08:00:00+08:00,false
c3,13900000003,B+promo@X.cn,d3,2026-02-02T08:00:00+08:00,false
c4,13900000004,d@x.cn,d4,2026-01-05T08:00:00+08:00,false
c5,13900000005,e@x.cn,d5,2026-01-05T08:00:00+08:00,true
c6,13900000006,f@x.cn,d4,2026-01-06T08:00:00+08:00,false
c7,13900000007,g@x.cn,d7,2026-01-07T08:00:00+08:00,false
""",
    "orders.csv": """\
id,order_no,customer_id,placed_at,paid_at,status,amount,is_test
1,o1,c1,2026-03-02T10:00:00+08:00,2026-03-02T10:01:00+08:00,paid,100.00,false
2,o1,c1,2026-03-02T10:00:00+08:00,2026-03-02T10:01:00+08:00,paid,100.00,false
3,o2,c2,2026-03-03T10:00:00+08:00,2026-03-03T10:01:00+08:00,paid,50.00,false
4,o2,c2,2026-03-03T10:00:00+08:00,2026-03-03T10:01:00+08:00,paid,60.00,false
5,o5,c4,2026-03-04T10:00:00+08:00,2026-03-04T10:01:00+08:00,paid,10.00,true
6,o6,c5,2026-03-04T10:00:00+08:00,2026-03-04T10:01:00+08:00,paid,10.00,false
7,o7,c4,2026-03-04T10:00:00+08:00,2026-03-04T10:01:00+08:00,paid,0.00,false
8,o8,c4,2026-03-05T10:00:00+08:00,,can't pay,70.00,false
9,o9,c4,2026-03-06T10:00:00+08:00,2026-03-06T09:00:00+08:00,paid,80.00,false
10,o10,c4,2026-03-31T16:30:00+00:00,2026-03-31T16:31:00+00:00,paid,90.00,false
11,o11,c4,2026-03-20T10:00:00+08:00,2026-03-20T10:01:00+08:00,paid,"1,200.00",false
12,o12,c4,2026-03-21T10:00:00+08:00,2026-03-21T10:01:00+08:00,paid,100.00,false
13,o13,c7,2026-03-10T10:00:00+08:00,2026-03-10T10:01:00+08:00,paid,40.00,false
14,o14,,2026-03-11T10:00:00+08:00,2026-03-11T10:01:00+08:00,paid,5.00,false
""",
    "refunds.csv": """\
id,order_id,refunded_at,amount
r1,1,2026-04-02T10:00:00+08:00,30.00
r2,8,2026-03-06T10:00:00+08:00,70.00
r3,11,2026-03-25T10:00:00+08:00,200.00
""",
    "traffic.csv": """\
id,day,agent,visits,views
t1,2026-03-02,Mozilla/5.0,100,400
t2,2026-03-02,Googlebot/2.1,10,10
t3,2026-03-02,Mozilla/5.0,1,500
""",
    "staff.csv": """\
employee_id,department_id,valid_from,valid_to
ann,a,2026-01-01,2026-03-15
ann,b,2026-03-16,2026-03-29
ann,a,2026-03-30,
bob,a,2026-01-01,
""",
    "owners.csv": """\
customer_id,employee_id,share,valid_from,valid_to
c1,ann,1,2026-01-01,2026-03-02
c1,bob,1,2026-03-03,
c4,ann,0.6,2026-01-01,
c4,bob,0.4,2026-01-01,
""",
    "attendance.csv": "employee_id,day,standard_hours,worked_hours\n"
    + "".join(f"ann,2026-03-{day:02},8,{0 if day in {19, 20} else 8}\n" for day in (2, 3, 4, 5, 6, 16, 17, 18, 19, 20))
    + "".join(f"bob,2026-03-{day:02},8,4\n" for day in (2, 3, 4, 5, 6, 16, 17, 18, 19, 20)),
    "ledger.csv": 'day,revenue\n2026-03-02,100.00\n2026-03-03,60.30\n2026-03-20,"1,500.00"\n',
}
DIFFERENCE = {
    "--measure": "revenue",
    "--day": "2026-03-20",
    "--system-a": "shop.orders",
    "--system-b": "office.ledger",
}


def waiver(*, by: str, reason: str = "booked twice, finance corrects it in April", **other: str) -> list[str]:
    """The command that waives the one difference, or another."""
    named = {**DIFFERENCE, **{f"--{name.replace('_', '-')}": text for name, text in other.items()}}
    options = [word for option in named.items() for word in option]
    return ["waive", "--company", "small_shop", *options, "--by", by, "--reason", reason]


def recorded(place: Place) -> list[str]:
    return [
        waiver.waived_by
        for waiver in Records(
            f"sqlite:///{place.home}/small_shop/records/records.sqlite", company_id="small_shop"
        ).waivers()
    ]


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Place:
    """March 2026 closed after the one difference between shop and ledger was waived."""
    return place_made_once(tmp_path_factory, "small_shop", close_march, company="small_shop")


def close_march(root: Path) -> None:
    place = a_small_shop(root, DATA)
    refused = place.attempt("2026-03")
    assert refused.code == 6
    (place.home / "refused.txt").write_text(refused.err)
    assert place.call(*waiver(by="Li Na")).code == 0
    outcome = place.call("run", "--period", "2026-03")
    assert outcome.code == 0, outcome.err
    (place.home / "closed.txt").write_text(outcome.err)


def rows(place: Place, sql: str) -> list[tuple[object, ...]]:
    with open_marts(place.published) as marts:
        return marts.execute(sql).fetchall()


def test_every_row_that_does_not_count_is_set_aside_by_its_rule_and_nothing_else_is(shop: Place) -> None:
    found = rows(shop, "select source_table, rule, row ->> '$.id', row ->> '$.customer_id' from marts.fct_rejected_row")
    named = {(table, rule, key or customer) for table, rule, key, customer in found}
    assert len(found) == len(named)
    assert named == {
        ("customers", "duplicate_person", "c2"),
        ("customers", "duplicate_person", "c3"),
        ("customers", "test_account", "c5"),
        ("customers", "duplicate_person", "c6"),
        ("orders", "exact_duplicate", "2"),
        ("orders", "duplicate_key", "3"),
        ("orders", "test_order", "5"),
        ("orders", "test_order", "6"),
        ("orders", "test_order", "7"),
        ("orders", "cancelled", "8"),
        ("orders", "impossible_time", "9"),
        ("refunds", "orphan", "r2"),
        ("traffic", "bot", "t2"),
        ("traffic", "bot", "t3"),
    }


def test_a_rejected_row_stands_there_as_it_came_and_with_nothing_of_the_load_that_brought_it(shop: Place) -> None:
    [(row,)] = rows(shop, "select row from marts.fct_rejected_row where source_table = 'refunds'")
    assert row == ('{"id":"r2","order_id":"8","refunded_at":"2026-03-06T10:00:00+08:00","amount":"70.00"}')


def test_a_reason_names_the_value_and_the_other_row(shop: Place) -> None:
    reasons = dict(
        rows(shop, "select row ->> '$.id', reason from marts.fct_rejected_row where source_table = 'orders'")
    )
    assert reasons["2"] == "the same stands in row `data/orders.csv:2`"
    assert reasons["3"] == "row `data/orders.csv:5` has the same order_no and is newer"
    assert reasons["6"] == "customer_is_test is set"
    assert reasons["7"] == "amount is 0"
    assert reasons["8"] == "status is `can't pay`"
    assert "lies before placed_at" in str(reasons["9"])


def test_credit_goes_to_the_owner_of_the_day_by_share_and_refunds_count_on_their_own_day(shop: Place) -> None:
    found = dict(rows(shop, "select employee_id, actual from marts.fct_kpi_actual where kpi_id = 'revenue'"))
    # ann: o1 while she owned c1, and 0.6 of c4's; bob: o2 of c1's second account, and 0.4 of c4's. o10 is April's.
    assert found == {"ann": Decimal("760"), "bob": Decimal("500")}


def test_sales_of_somebody_lent_count_where_they_were_made_and_what_nobody_owns_is_shown(shop: Place) -> None:
    found = dict(
        rows(shop, "select level || '/' || member_id, actual from marts.agg_kpi_actual where kpi_id = 'revenue'")
    )
    assert found["department/a"] == 600
    assert found["department/b"] == 660
    assert found["nobody/nobody"] == 45
    assert found["company/small_shop"] == 1305


def test_an_order_without_customer_is_neither_of_a_new_nor_of_a_returning_one(shop: Place) -> None:
    found = dict(
        rows(
            shop,
            "select segment_value, actual from marts.agg_kpi_segment "
            "where kpi_id = 'revenue' and segment = 'customers'",
        )
    )
    assert found == {"new": 1300, "unknown": 5}


def test_what_a_gate_lets_pass_stands_at_the_end_of_the_run_with_where_to_look(shop: Place) -> None:
    [*_, published, warning] = (shop.home / "closed.txt").read_text().splitlines()
    assert "published 2026-03" in published
    # revenue of o13 and o14, whom nobody owns, and the repurchases of o13's customer
    assert warning.startswith("! gate_2_facts, unassigned_contribution: 2 in 2026-03 (the first: ")
    assert "employee_id=nobody" in warning
    assert "agg_kpi_actual, level nobody" in warning


def test_explain_shows_what_counts_of_a_shared_row_and_a_share_in_percent(shop: Place) -> None:
    said = shop.call("explain", "--company", "small_shop", "--period", "2026-03", "--employee", "bob").out
    assert "data/orders.csv:12 bob: 1,200 × 0.4 = 480" in said
    assert "data/orders.csv:5 bob: 60\n" in said
    assert "Repurchase rate: actual 50 % ÷ target 50 % = attainment 1 → reached → 10 points × weight 50 %" in said
    # a customer shared is a whole customer: the repurchase rate does not weigh by share
    assert "data/orders.csv:12 bob: 1\n" in said


def test_a_shared_customer_is_one_customer_with_all_orders(shop: Place) -> None:
    company = rows(
        shop,
        "select numerator, denominator from marts.agg_kpi_actual "
        "where kpi_id = 'repurchase_rate' and level = 'company'",
    )
    own = dict(rows(shop, "select employee_id, actual from marts.fct_kpi_actual where kpi_id = 'repurchase_rate'"))
    assert company == [(2, 3)]
    assert own == {"ann": Decimal("0.5"), "bob": Decimal("0.5")}


def test_hours_worked_prorate_the_target_of_a_sum(shop: Place) -> None:
    found = rows(
        shop,
        "select employee_id, active_from::varchar, prorated_target from marts.fct_kpi_score "
        "where kpi_id = 'revenue' order by all",
    )
    assert found == [
        ("ann", "2026-03-01", reference.rounded(Fraction(310 * 40, 80), 8)),
        ("ann", "2026-03-16", reference.rounded(Fraction(310 * 24, 80), 8)),
        ("ann", "2026-03-30", 0),
        ("bob", "2026-03-01", reference.rounded(Fraction(310 * 40, 80), 8)),
    ]


def test_where_nothing_was_asked_there_is_no_score(shop: Place) -> None:
    [(status, points)] = rows(
        shop,
        "select status, points from marts.fct_kpi_score "
        "where kpi_id = 'revenue' and employee_id = 'ann' and active_from = date '2026-03-30'",
    )
    assert (status, points) == ("no_data", None)


def test_a_difference_between_two_systems_closes_gate_1_with_the_day_and_the_keys(shop: Place) -> None:
    refused = (shop.home / "refused.txt").read_text()
    assert "gate_1_inputs" in refused
    for said in ("2026-03-20", "shop.orders", "office.ledger", "1500", "o11"):
        assert said in refused
    assert "2026-03-03" not in refused  # 0.5 % is within the tolerance of 1 %


def test_a_waiver_is_shown_beside_the_difference(shop: Place) -> None:
    found = rows(
        shop,
        "select difference, within_tolerance, days, days_outside_tolerance, days_waived, waived_by "
        "from marts.fct_reconciliation",
    )
    assert found == [
        (
            Decimal("-300.3"),
            False,
            3,
            1,
            1,
            "Li Na: booked twice, finance corrects it in April",
        )
    ]


def test_a_waiver_needs_a_name_and_a_reason(shop: Place) -> None:
    assert shop.call(*waiver(by=" ")).code == 2
    assert shop.call(*waiver(by="Li Na", reason=" ")).code == 2


@pytest.mark.parametrize(
    "misspelt",
    [
        {"measure": "revenu"},
        {"day": "2026-03-21"},
        {"system_a": "shop.order"},
        {"system_b": "office.leger"},
        {"system_a": "office.ledger", "system_b": "shop.orders"},
    ],
    ids=lambda misspelt: " ".join(misspelt),
)
def test_a_waiver_of_no_open_difference_is_refused_with_the_arguments_of_the_open_ones(
    shop: Place, misspelt: dict[str, str]
) -> None:
    outcome = shop.call(*waiver(by="Wang Wei", **misspelt))
    assert outcome.code == 10
    assert "--measure revenue --day 2026-03-20 --system-a shop.orders --system-b office.ledger" in outcome.err
    assert recorded(shop) == ["Li Na"]


def test_a_difference_within_tolerance_needs_no_waiver(shop: Place) -> None:
    outcome = shop.call(*waiver(by="Wang Wei", day="2026-03-03"))
    assert outcome.code == 10
    assert "nothing to waive: revenue of 2026-03-03: shop.orders 60.0000 against office.ledger 60.3000" in outcome.err
    assert recorded(shop) == ["Li Na"]


def test_before_the_systems_were_compared_there_is_nothing_to_waive(shop: Place, tmp_path: Path) -> None:
    place = Place(companies=shop.companies, home=tmp_path, name="small_shop")
    outcome = place.call(*waiver(by="Li Na"))
    assert outcome.code == 10
    assert "perf-pipelines run --company small_shop --period 2026-03" in outcome.err
    assert recorded(place) == []


@pytest.mark.slow
def test_a_waiver_holds_for_the_values_that_its_author_saw_and_for_no_others(
    shop: Place, tmp_path: Path, change: Callable[[Path, str, str], None]
) -> None:
    place = shop.copied(tmp_path)
    before = place.published_bytes()
    change(place.data / "ledger.csv", "1,500.00", "1,500.01")
    with pytest.raises(GateFailed) as refused:
        place.close("2026-03", reviewed=False)
    assert "value_b=1500.0100" in str(refused.value)
    assert "the waiver by Li Na was for other values, 1200.0000 and 1500.0000" in str(refused.value)
    assert place.published_bytes() == before

    assert "office.ledger 1500.0100, by Wang Wei" in place.call(*waiver(by="Wang Wei", reason="a cent")).out
    place.close("2026-03", reviewed=False)
    assert rows(place, "select waived_by from marts.fct_reconciliation") == [("Wang Wei: a cent",)]

    change(place.data / "ledger.csv", "1,500.01", "1,500.00")
    place.close("2026-03", reviewed=False)
    assert rows(place, "select waived_by from marts.fct_reconciliation") == [
        ("Li Na: booked twice, finance corrects it in April",)
    ]


def test_a_waiver_of_an_older_version_holds_no_longer_and_the_gate_says_so(shop: Place, tmp_path: Path) -> None:
    place = shop.copied(tmp_path)
    file = place.home / "small_shop" / "records" / "records.sqlite"
    with sqlite3.connect(file) as records:
        waivers = records.execute(
            "select number, measure, occurred_on, system_a, system_b, waived_by, reason, recorded_at from waiver"
        ).fetchall()
    file.unlink()
    with sqlite3.connect(file) as records:
        records.execute(
            "create table waiver (waiver_id integer primary key, measure text, occurred_on date, system_a text, "
            "system_b text, waived_by text, reason text, recorded_at datetime)"
        )
        records.executemany("insert into waiver values (?, ?, ?, ?, ?, ?, ?, ?)", waivers)
    with pytest.raises(GateFailed) as refused:
        place.close("2026-03", reviewed=False)
    assert "the waiver by Li Na does not say for which values" in str(refused.value)


@pytest.mark.slow
def test_a_refund_may_count_on_the_day_of_its_order(
    shop: Place, tmp_path: Path, change: Callable[[Path, str, str], None]
) -> None:
    place = shop.copied(tmp_path)
    change(place.company / "company.yaml", "count_on: refund_day", "count_on: order_day")
    # a share that does not sum to 1 closes the gate
    change(place.data / "owners.csv", "c4,bob,0.4,2026-01-01,", "c4,bob,0.3,2026-01-01,")
    with pytest.raises(GateFailed, match=r"0\.90000000"):
        place.close("2026-03", reviewed=False)
    change(place.data / "owners.csv", "c4,bob,0.3,2026-01-01,", "c4,bob,0.4,2026-01-01,")
    place.close("2026-03", reviewed=False)
    found = dict(rows(place, "select employee_id, actual from marts.fct_kpi_actual where kpi_id = 'revenue'"))
    assert found == {"ann": Decimal("730"), "bob": Decimal("500")}
