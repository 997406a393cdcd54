"""The simulated world keeps its word: an independent computation finds what its truth says, and nothing else."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest

from business_systems import PRIMARY_KEYS, Sizes, World

if TYPE_CHECKING:
    import pyarrow as pa

SIZES = Sizes(orders=3_000)
COPIED = {
    "orders": ["order_no", "customer_id", "shop_id", "placed_at", "paid_at", "status", "channel", "campaign_id",
               "stream_id", "amount", "is_test"],
    "order_lines": ["order_id", "line_no", "sku", "quantity", "unit_price"],
    "messages": ["customer_id", "kind", "sent_at", "delivered_at"],
    "tickets": ["customer_id", "handler_id", "opened_at", "first_response_at", "closed_at", "topic"],
}  # fmt: skip


@pytest.fixture(scope="module", params=[1, 2, 3])
def world(request: pytest.FixtureRequest) -> World:
    return World(seed=request.param, sizes=SIZES)


def frame(world: World, system: str, table: str) -> pd.DataFrame:
    made: pa.Table = world.table(system, table)
    return made.to_pandas()


def rejected(world: World, table: str) -> dict[str, str]:
    return {row["key"]: row["rule"] for row in world.truth()["rejected"] if row["table"] == table}


def person_of(customers: pd.DataFrame) -> dict[str, str]:
    """Who is one person: equal phone, e-mail or device, followed through others; the earliest stands for all."""
    digits = customers["phone"].str.replace(r"\D", "", regex=True).str.replace(r"^(00)?86(?=1\d{10}$)", "", regex=True)
    email = customers["email"].str.lower().str.replace(r"\+[^@]*@", "@", regex=True)
    group = dict(zip(customers["customer_id"], range(len(customers)), strict=True))
    changed = True
    while changed:
        changed = False
        for column in (digits, email, customers["device_id"]):
            least = pd.Series(group).reindex(customers["customer_id"]).groupby(column.to_numpy()).transform("min")
            if not (least == pd.Series(group).reindex(customers["customer_id"])).all():
                group, changed = dict(least), True
    ordered = customers.sort_values(["registered_at", "customer_id"])
    first: dict[int, str] = {}
    for customer in ordered["customer_id"]:
        first.setdefault(group[customer], customer)
    return {customer: first[number] for customer, number in group.items()}


def copies(rows: pd.DataFrame, table: str) -> set[str]:
    """Ids of rows that equal an earlier one."""
    return set(rows.sort_values("id")["id"][rows.sort_values("id").duplicated(COPIED[table])].astype(str))


def test_every_table_has_its_key_once_and_says_when_it_was_known(world: World) -> None:
    for (system, table), key in PRIMARY_KEYS.items():
        rows = frame(world, system, table)
        assert not rows.duplicated(list(key)).any(), table
        assert rows["updated_at"].notna().all(), table


def test_customers_to_reject_are_testers_and_second_registrations(world: World) -> None:
    customers = frame(world, "shop", "customers")
    testers = set(customers["customer_id"][customers["is_test"]])
    person = person_of(customers[~customers["is_test"]])
    again = {customer: known for customer, known in person.items() if customer != known}
    assert again == world.truth()["duplicate_person_of"]
    assert rejected(world, "customers") == dict.fromkeys(testers, "test_account") | dict.fromkeys(
        again, "duplicate_person"
    )


def false_orders(orders: pd.DataFrame, customers: pd.DataFrame, staff: set[str]) -> dict[str, str]:
    """By id the rule that each order breaks, of those known of ``orders`` and ``customers``."""
    customers = customers.set_index("customer_id")
    found: dict[str, str] = dict.fromkeys(copies(orders, "orders"), "exact_duplicate")
    left = orders[~orders["id"].astype(str).isin(found)]
    newest = left.sort_values(["updated_at", "id"]).drop_duplicates("order_no", keep="last")
    found |= dict.fromkeys(set(left["id"].astype(str)) - set(newest["id"].astype(str)), "duplicate_key")
    owner = customers.reindex(newest["customer_id"])
    phone = owner["phone"].str.replace(r"^0086", "", regex=True)
    false = newest["is_test"].to_numpy(dtype=bool, copy=True) | owner["is_test"].to_numpy(dtype=bool)
    false |= (newest["amount"] == 0).to_numpy() | phone.isin(staff).to_numpy()
    found |= dict.fromkeys(newest["id"][false].astype(str), "test_order")
    cancelled = ~false & (newest["status"] == "cancelled").to_numpy()
    found |= dict.fromkeys(newest["id"][cancelled].astype(str), "cancelled")
    early = (newest["paid_at"] < newest["placed_at"]).to_numpy(copy=True)
    early |= newest["placed_at"].to_numpy() < owner["registered_at"].to_numpy()
    return found | dict.fromkeys(newest["id"][early & ~false & ~cancelled].astype(str), "impossible_time")


def test_orders_to_reject_follow_from_the_rules_and_nothing_else_breaks_one(world: World) -> None:
    staff = set(frame(world, "hris", "employees")["phone"])
    found = false_orders(frame(world, "shop", "orders"), frame(world, "shop", "customers"), staff)
    assert found == rejected(world, "orders")
    lines, refunds = frame(world, "shop", "order_lines"), frame(world, "shop", "refunds")
    orphans = set(lines["id"][lines["order_id"].astype(str).isin(found)].astype(str))
    assert rejected(world, "order_lines") == dict.fromkeys(orphans, "orphan") | dict.fromkeys(
        copies(lines, "order_lines"), "exact_duplicate"
    )
    assert set(rejected(world, "refunds")) == set(
        refunds["id"][refunds["order_id"].astype(str).isin(found)].astype(str)
    )


def test_messages_tickets_benefits_and_visits_to_reject_follow_from_the_rules(world: World) -> None:
    testers = {key for key, rule in rejected(world, "customers").items() if rule == "test_account"}
    for system, table, first, second in (
        ("shop", "messages", "sent_at", "delivered_at"),
        ("crm", "tickets", "opened_at", "first_response_at"),
    ):
        rows = frame(world, system, table)
        found = dict.fromkeys(rows["id"][rows[second] < rows[first]].astype(str), "impossible_time")
        found |= dict.fromkeys(rows["id"][rows["customer_id"].isin(testers)].astype(str), "orphan")
        found |= dict.fromkeys(copies(rows, table), "exact_duplicate")
        assert found == rejected(world, table)
    uses, visits = frame(world, "shop", "benefit_uses"), frame(world, "shop", "traffic")
    assert set(rejected(world, "benefit_uses")) == set(uses["id"][uses["customer_id"].isin(testers)].astype(str))
    bots = visits["user_agent"].str.contains("bot", case=False) | (visits["page_views"] > 200 * visits["visits"])
    assert set(rejected(world, "traffic")) == set(visits["id"][bots].astype(str))


def test_the_years_figures_are_exact(world: World) -> None:
    orders, refunds = frame(world, "shop", "orders"), frame(world, "shop", "refunds")
    orders = orders[~orders["id"].astype(str).isin(rejected(world, "orders"))]
    refunds = refunds[~refunds["id"].astype(str).isin(rejected(world, "refunds"))]
    person = person_of(frame(world, "shop", "customers"))
    revenue: dict[int, Decimal] = {}
    for year, share in ((2024, Decimal("0.20")), (2025, Decimal("0.35"))):
        bought = orders[orders["placed_at"].dt.tz_convert("Asia/Shanghai").dt.year == year]
        back = refunds[refunds["refunded_at"].dt.tz_convert("Asia/Shanghai").dt.year == year]
        often = Counter(person[customer] for customer in bought["customer_id"])
        assert Decimal(sum(count >= 2 for count in often.values())) / len(often) == share
        revenue[year] = sum(bought["amount"], Decimal(0)) - sum(back["amount"], Decimal(0))
    assert revenue[2025] == revenue[2024] * Decimal("1.45")


def test_lines_sum_to_their_order(world: World) -> None:
    orders, lines = frame(world, "shop", "orders"), frame(world, "shop", "order_lines")
    lines = lines[~lines["id"].astype(str).isin(rejected(world, "order_lines"))]
    lines["total"] = lines["quantity"] * lines["unit_price"]
    totals = lines.groupby("order_id")["total"].agg(lambda values: sum(values, Decimal(0)))
    valid = orders[~orders["id"].astype(str).isin(rejected(world, "orders"))].set_index("id")["amount"]
    # of an order that was sent twice the lines hang on the version that counts
    assert totals.to_dict() == valid.to_dict()


def test_the_shares_of_a_subject_sum_to_one_whenever_somebody_owns_it(world: World) -> None:
    owned = frame(world, "crm", "ownership")
    owned["valid_to"] = owned["valid_to"].fillna(pd.Timestamp("2100-01-01").date())
    for _, rows in owned.groupby(["subject_kind", "subject_id"]):
        for day in set(rows["valid_from"]):
            share = rows[(rows["valid_from"] <= day) & (rows["valid_to"] >= day)]["share"].sum()
            assert np.isclose(share, 1)


def sold_and_booked(world: World, at: pd.Timestamp) -> tuple[dict[Any, Decimal], dict[Any, Decimal]]:
    """By day, as each knows it at a moment: what the shop has sold, and what finance has booked."""
    orders, customers, bookings = (
        rows[rows["updated_at"] <= at]
        for rows in (frame(world, *of) for of in (("shop", "orders"), ("shop", "customers"), ("erp", "sales_daily")))
    )
    false = false_orders(orders, customers, set(frame(world, "hris", "employees")["phone"]))
    orders = orders[~orders["id"].astype(str).isin(false)]
    day = orders["placed_at"].dt.tz_convert("Asia/Shanghai").dt.date
    sold = orders.groupby(day)["amount"].agg(lambda values: sum(values, Decimal(0)))
    return sold.to_dict(), bookings.sort_values("updated_at").groupby("day")["revenue"].last().to_dict()


def test_a_day_of_the_ledger_is_a_day_of_the_shop_but_for_the_contradictory_ones(world: World) -> None:
    sold, booked = sold_and_booked(world, pd.Timestamp("2026-02-01", tz="UTC"))
    differing = {str(day) for day in booked if booked[day] != sold[day]}
    assert differing == {row["day"] for row in world.truth()["contradictory"]}


def test_the_ledger_knows_an_order_that_comes_late_from_when_the_shop_knows_it(world: World) -> None:
    settled, _ = sold_and_booked(world, pd.Timestamp("2026-02-01", tz="UTC"))
    contradictory = {row["day"] for row in world.truth()["contradictory"]}
    grew = 0
    for month in range(1, 13):
        over = dt.date(2025, month, 1)
        sold, booked = sold_and_booked(world, pd.Timestamp(over, tz="UTC") + pd.Timedelta(days=4))
        months_over = {day: amount for day, amount in sold.items() if day < over and str(day) not in contradictory}
        assert months_over == {day: amount for day, amount in booked.items() if day in months_over}
        grew += sum(amount != settled[day] for day, amount in months_over.items())
    assert grew, "no order came after its month's books were closed"


def test_an_older_version_of_an_order_is_known_minutes_before_the_one_that_counts_also_when_both_come_late() -> None:
    world = World(seed=9, sizes=SIZES)
    orders = frame(world, "shop", "orders")
    older = {key for key, rule in rejected(world, "orders").items() if rule == "duplicate_key"}
    is_older = orders["id"].astype(str).isin(older)
    both = orders[is_older].merge(orders[~is_older], on="order_no", suffixes=("_older", ""))
    assert (both["updated_at"] - both["placed_at"] > pd.Timedelta(days=1)).any()
    ahead = both["updated_at"] - both["updated_at_older"]
    assert ahead.between(pd.Timedelta(0), pd.Timedelta(minutes=10), inclusive="right").all()


def test_the_same_seed_gives_the_same_rows_and_another_seed_others() -> None:
    one, again, other = World(seed=5, sizes=SIZES), World(seed=5, sizes=SIZES), World(seed=6, sizes=SIZES)
    assert all(one.table(*name).equals(again.table(*name)) for name in one.tables())
    assert one.truth() == again.truth()
    assert not one.table("shop", "orders").equals(other.table("shop", "orders"))
