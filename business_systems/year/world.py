"""The whole world: every table of every system, and the truth about it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pyarrow as pa

from business_systems.year import activity, campaigns, feedback
from business_systems.year.calendar import DAY, END, MINUTE, SECOND_YEAR, day_of, midnight
from business_systems.year.chance import stream
from business_systems.year.columns import chosen, days, moments, money, numbered
from business_systems.year.customers import Accounts, accounts, customer_table
from business_systems.year.defects import (
    Rejected,
    of_testers,
    with_bots,
    with_copies,
    with_false_lines,
    with_false_orders,
)
from business_systems.year.orders import CHANNELS, SHOPS, Purchases, purchases
from business_systems.year.ownership import owners, ownership
from business_systems.year.people import BEGIN, people, trained_operators
from business_systems.year.sizes import Sizes

if TYPE_CHECKING:
    from collections.abc import Mapping

CHANNEL_OF_KIND = {"ads": 1, "referral": 2, "sale": 0}
PRODUCTS = 30

PRIMARY_KEYS: Mapping[tuple[str, str], tuple[str, ...]] = {
    ("shop", "customers"): ("customer_id",),
    ("shop", "campaigns"): ("campaign_id",),
    **{("shop", name): ("id",) for name in ("orders", "order_lines", "refunds", "traffic", "benefit_uses", "messages")},
    ("hris", "departments"): ("department_id",),
    ("hris", "positions"): ("position_id",),
    ("hris", "employees"): ("employee_id",),
    **{("hris", name): ("id",) for name in ("assignments", "loans", "attendance")},
    **{("crm", name): ("id",) for name in ("ownership", "tickets", "voices", "follow_ups", "daily_registrations")},
    ("live", "streams"): ("stream_id",),
    ("survey", "answers"): ("id",),
    ("survey", "competencies"): ("competency_id",),
    ("erp", "campaign_costs"): ("campaign_id", "spent_on"),
    ("erp", "sales_daily"): ("day", "updated_at"),
    ("erp", "product_costs"): ("month_starts_on", "sku"),
    ("learning", "courses"): ("course_id",),
    ("learning", "enrolments"): ("enrolment_id",),
    ("forms", "progress_notes"): ("note_id",),
}
"""Every table, by system and name, with its primary key."""

_ENOUGH_TO_KNOW = midnight(BEGIN)
_CONTRADICTORY_DAYS = 4


@dataclass(frozen=True, kw_only=True)
class World:
    """Two years of XX e-commerce, the same for the same ``seed`` and ``sizes``.

    With ``contradict`` finance books on three days 6 % more than the shop sold; without it some days differ by 0.5 %.
    """

    seed: int = 1
    sizes: Sizes = field(default_factory=Sizes)
    contradict: bool = False

    def tables(self) -> list[tuple[str, str]]:
        """(system, table) of all."""
        return list(PRIMARY_KEYS)

    def table(self, system: str, table: str) -> pa.Table:
        """Typed rows in primary-key order, each with ``updated_at``: when the system knew it."""
        return self._made[0][system, table]

    def truth(self) -> dict[str, Any]:
        """What was planted; the pipeline never reads it."""
        return self._made[1]

    @cached_property
    def _made(self) -> tuple[dict[tuple[str, str], pa.Table], dict[str, Any]]:
        return _make(self)


def _make(world: World) -> tuple[dict[tuple[str, str], pa.Table], dict[str, Any]]:
    seed, sizes = world.seed, world.sizes
    rejected = Rejected()
    bought = purchases(seed, sizes)
    campaign = campaigns.campaigns()
    ids = campaign["campaign_id"].tolist()
    by_campaign = _campaign_of(
        seed, campaign, bought.persons["registered_at"].to_numpy(), bought.persons["channel"].to_numpy()
    )
    made = accounts(seed, bought, by_campaign)
    rejected.add("shop.customers", made.ids(made.testers).to_pylist(), "test_account")
    rejected.add("shop.customers", made.ids(made.duplicates).to_pylist(), "duplicate_person")
    stream_table = activity.streams(seed)
    valid = _orders(seed, bought, made, campaign, stream_table)
    orders = with_false_orders(seed, valid, made, rejected)
    tables: dict[tuple[str, str], pa.Table] = {}
    tables["shop", "customers"] = customer_table(made, ids)
    tables["shop", "orders"] = _order_table(orders, made, ids, stream_table)
    tables["shop", "order_lines"] = _line_table(with_false_lines(seed, _lines(seed, orders), rejected))
    tables["shop", "refunds"] = _refund_table(seed, bought, orders, rejected)
    tables["shop", "traffic"] = _traffic_table(with_bots(seed, activity.traffic(seed, bought), rejected))
    owner = owners(sizes, persons=made.persons)
    trained = np.flatnonzero(np.isin(owner, trained_operators(sizes)))
    benefit = activity.benefits(seed, made, trained, count=max(400, sizes.orders // 2))
    tables["shop", "benefit_uses"] = _benefit_table(of_testers(benefit, made, moment="granted_at"), made, rejected)
    message = with_copies(
        seed,
        "shop.messages",
        activity.messages(seed, made, count=max(400, sizes.orders)),
        rejected,
        impossible={"sent_at": "delivered_at"},
    )
    tables["shop", "messages"] = _message_table(message, made, rejected)
    tables["shop", "campaigns"] = _small(campaign, known_at=_ENOUGH_TO_KNOW)
    staff = people(sizes)
    tables.update(_hris(staff))
    tables.update(_crm(seed, sizes, made, owner, rejected))
    tables["live", "streams"] = _stream_table(stream_table)
    tables.update(feedback.survey(seed, staff["assignments"]))
    tables.update(feedback.learning_and_notes(seed, trained_operators(sizes)))
    costs = campaigns.campaign_costs(seed, campaign, orders=sizes.orders)
    tables["erp", "campaign_costs"] = _small(
        costs.sort_values(["campaign_id", "spent_on"]), cents=("cost",), day="spent_on"
    )
    tables["erp", "sales_daily"], contradictory = _booked(world, valid)
    tables["erp", "product_costs"] = _product_costs(seed)
    survivors = made.frame["person"].to_numpy()[made.duplicates]
    truth = {
        "seed": seed,
        "rejected": [
            {"system": system, "table": table, "key": key, "rule": rule} for system, table, key, rule in rejected.rows
        ],
        "duplicate_person_of": dict(
            zip(made.ids(made.duplicates).to_pylist(), made.ids(survivors).to_pylist(), strict=True)
        ),
        "late": [str(key) for key in orders["id"].to_numpy()[orders["late"].to_numpy(dtype=bool)]],
        "contradictory": contradictory,
        "outcome": _outcome(bought),
        "sinks": [
            {"period": "2025-08", "kpi": "conversion_rate", "segment": "customers", "value": "new",
             "what": "visits of new customers rose by four fifths, their orders did not"},
            {"period": "2025-11", "kpi": "returning_viewer_share", "segment": "shop", "value": "all",
             "what": "half of the returning viewers stayed away, and sales in streams fell by half"},
            {"period": "2025-05", "kpi": "benefit_use_rate", "segment": "benefit", "value": "coupon_b",
             "what": "coupon_b was used by 8 in 100 instead of 26"},
        ],
    }  # fmt: skip
    return tables, truth


def _campaign_of(
    seed: int, campaign: pd.DataFrame, at: np.ndarray[Any, Any], channel: np.ndarray[Any, Any]
) -> np.ndarray[Any, Any]:
    """The number of the campaign that works by that channel then; of sales one customer in five; -1 if none."""
    rng = stream(seed, f"campaigns {len(at)}")
    found = np.full(len(at), -1)
    lucky = rng.random(len(at)) < 0.2
    for number, row in enumerate(campaign.itertuples()):
        inside = (at >= midnight(row.starts_on)) & (at < midnight(row.ends_on) + DAY)
        inside &= channel == CHANNEL_OF_KIND[str(row.kind)]
        found[inside & lucky if row.kind == "sale" else inside] = number
    return found


def _orders(
    seed: int, bought: Purchases, made: Accounts, campaign: pd.DataFrame, streams: pd.DataFrame
) -> pd.DataFrame:
    orders = bought.orders.copy()
    orders.insert(0, "id", np.arange(1, len(orders) + 1))
    orders["number"] = orders["id"]
    orders["status"] = 0
    orders["is_test"] = False
    orders["campaign"] = _campaign_of(seed, campaign, orders["placed_at"].to_numpy(), orders["channel"].to_numpy())
    orders["stream"] = activity.stream_of(bought, streams)
    # of somebody with a second account every other later order came by that one
    second = np.full(len(made.frame), -1)
    second[made.frame["person"].to_numpy()[made.duplicates]] = made.duplicates
    account = second[orders["person"].to_numpy()]
    registered = made.frame["registered_at"].to_numpy()[account]
    by_second = (account >= 0) & (orders["placed_at"].to_numpy() > registered) & (orders["id"].to_numpy() % 2 == 0)
    orders["account"] = np.where(by_second, account, orders["person"].to_numpy())
    return orders


def _order_table(orders: pd.DataFrame, made: Accounts, campaign_ids: list[str], streams: pd.DataFrame) -> pa.Table:
    campaign, found = orders["campaign"].to_numpy(), orders["stream"].to_numpy()
    return pa.table(
        {
            "id": pa.array(orders["id"].to_numpy()),
            "order_no": numbered("O", orders["number"].to_numpy(), width=10),
            "customer_id": made.ids(orders["account"].to_numpy()),
            "shop_id": chosen(list(SHOPS), orders["shop"].to_numpy()),
            "placed_at": moments(orders["placed_at"].to_numpy()),
            "paid_at": moments(orders["paid_at"].to_numpy()),
            "status": chosen(["paid", "cancelled"], orders["status"].to_numpy()),
            "channel": chosen(list(CHANNELS), orders["channel"].to_numpy()),
            "campaign_id": chosen([*campaign_ids, None], np.where(campaign < 0, len(campaign_ids), campaign)),
            "stream_id": chosen([*streams["stream_id"], None], np.where(found < 0, len(streams), found)),
            "amount": money(orders["amount"].to_numpy()),
            "is_test": pa.array(orders["is_test"].to_numpy(dtype=bool)),
            "updated_at": moments(orders["updated_at"].to_numpy()),
        }
    )


def _lines(seed: int, orders: pd.DataFrame) -> pd.DataFrame:
    """One or two lines an order, of which quantity × price sum to its amount; none of a copy or an older version."""
    rng = stream(seed, "lines")
    own = orders[(orders["id"] == orders["number"]) & (orders["amount"] > 0)]
    amount = own["amount"].to_numpy()
    two = rng.random(len(own)) < 0.4
    quantity = rng.integers(1, 4, len(own))
    price = amount * 2 // 5 // quantity
    first = pd.DataFrame(
        {
            "order_id": own["id"].to_numpy(),
            "line_no": 1,
            "sku": rng.integers(0, PRODUCTS, len(own)),
            "quantity": 1,
            "unit_price": np.where(two, amount - price * quantity, amount),
            "updated_at": own["updated_at"].to_numpy(),
        }
    )
    second = first[two].assign(line_no=2, quantity=quantity[two], unit_price=price[two])
    second["sku"] = (second["sku"] + 7) % PRODUCTS
    lines = pd.concat([first, second]).sort_values(["order_id", "line_no"], kind="stable", ignore_index=True)
    lines.insert(0, "id", np.arange(1, len(lines) + 1))
    return lines


def _line_table(lines: pd.DataFrame) -> pa.Table:
    return pa.table(
        {
            "id": pa.array(lines["id"].to_numpy()),
            "order_id": pa.array(lines["order_id"].to_numpy()),
            "line_no": pa.array(lines["line_no"].to_numpy()),
            "sku": numbered("P", lines["sku"].to_numpy(), width=3),
            "quantity": pa.array(lines["quantity"].to_numpy()),
            "unit_price": money(lines["unit_price"].to_numpy()),
            "updated_at": moments(lines["updated_at"].to_numpy()),
        }
    )


def _refund_table(seed: int, bought: Purchases, orders: pd.DataFrame, rejected: Rejected) -> pa.Table:
    refunds = bought.refunds
    cancelled = orders[orders["status"] == 1].iloc[:10]
    count = len(refunds)
    order = np.concatenate([refunds["order"].to_numpy() + 1, cancelled["id"].to_numpy()])
    at = np.concatenate([refunds["refunded_at"].to_numpy(), cancelled["placed_at"].to_numpy() + DAY])
    known = np.maximum(at, orders["updated_at"].to_numpy()[order - 1]) + 5 * MINUTE
    amount = np.concatenate([refunds["amount"].to_numpy(), cancelled["amount"].to_numpy()])
    ids = np.arange(1, len(order) + 1)
    rejected.add("shop.refunds", ids[count:], "orphan")
    return pa.table(
        {
            "id": pa.array(ids),
            "order_id": pa.array(order),
            "refunded_at": moments(at),
            "amount": money(amount),
            "reason": chosen(["不合适", "质量问题", "发错货"], stream(seed, "reasons").integers(0, 3, len(order))),
            "updated_at": moments(known),
        }
    )


def _traffic_table(traffic: pd.DataFrame) -> pa.Table:
    return pa.table(
        {
            "id": pa.array(traffic["id"].to_numpy()),
            "day": days(traffic["day"].to_numpy()),
            "shop_id": chosen(list(SHOPS), traffic["shop"].to_numpy()),
            "channel": chosen(list(CHANNELS), traffic["channel"].to_numpy()),
            "segment": chosen(["new", "returning"], traffic["returning"].to_numpy().astype(np.int64)),
            "user_agent": pa.array(traffic["user_agent"].tolist(), pa.string()),
            "visits": pa.array(traffic["visits"].to_numpy()),
            "visitors": pa.array(traffic["visitors"].to_numpy()),
            "page_views": pa.array(traffic["page_views"].to_numpy()),
            "updated_at": moments(traffic["updated_at"].to_numpy()),
        }
    )


def _benefit_table(benefit: pd.DataFrame, made: Accounts, rejected: Rejected) -> pa.Table:
    ids = np.arange(1, len(benefit) + 1)
    rejected.add("shop.benefit_uses", ids[np.isin(benefit["account"], made.testers)], "orphan")
    return pa.table(
        {
            "id": pa.array(ids),
            "customer_id": made.ids(benefit["account"].to_numpy()),
            "benefit": chosen(list(activity.BENEFITS), benefit["benefit"].to_numpy()),
            "granted_at": moments(benefit["granted_at"].to_numpy()),
            "used_at": moments(benefit["used_at"].to_numpy()),
            "updated_at": moments(benefit["updated_at"].to_numpy()),
        }
    )


def _message_table(message: pd.DataFrame, made: Accounts, rejected: Rejected) -> pa.Table:
    count = len(message)
    message = of_testers(message, made, moment="sent_at")
    message["id"] = np.arange(1, len(message) + 1)
    rejected.add("shop.messages", message["id"].to_numpy()[count:], "orphan")
    return pa.table(
        {
            "id": pa.array(message["id"].to_numpy()),
            "customer_id": made.ids(message["account"].to_numpy()),
            "kind": chosen(["reminder_sms", "benefit_push"], message["kind"].to_numpy()),
            "sent_at": moments(message["sent_at"].to_numpy()),
            "delivered_at": moments(message["delivered_at"].to_numpy()),
            "updated_at": moments(message["updated_at"].to_numpy()),
        }
    )


def _stream_table(streams: pd.DataFrame) -> pa.Table:
    return pa.table(
        {
            "stream_id": pa.array(streams["stream_id"].tolist(), pa.string()),
            "host_id": pa.array(streams["host_id"].tolist(), pa.string()),
            "shop_id": chosen(list(SHOPS), streams["shop"].to_numpy()),
            **{name: moments(streams[name].to_numpy()) for name in ("started_at", "ended_at")},
            **{
                name: pa.array(streams[name].to_numpy())
                for name in ("new_viewers", "returning_viewers", "new_followers")
            },
            "updated_at": moments(streams["updated_at"].to_numpy()),
        }
    )


def _hris(staff: dict[str, pd.DataFrame]) -> dict[tuple[str, str], pa.Table]:
    return {
        ("hris", name): _small(
            frame,
            cents=("bonus_base", "standard_hours", "worked_hours"),
            day={"attendance": "worked_on", "loans": "valid_from"}.get(name),
            known_at=_ENOUGH_TO_KNOW,
        )
        for name, frame in staff.items()
    }


def _crm(
    seed: int, sizes: Sizes, made: Accounts, owner: np.ndarray[Any, Any], rejected: Rejected
) -> dict[tuple[str, str], pa.Table]:
    ticket = activity.tickets(seed, made, count=max(300, sizes.orders // 6))
    voice = activity.voices(seed, ticket)
    follow = activity.follow_ups(seed, made, owner, count=max(100, sizes.orders // 20))
    false = with_copies(seed, "crm.tickets", ticket, rejected, impossible={"opened_at": "first_response_at"})
    owned = ownership(sizes, made)
    tables = {
        "ownership": pa.table(
            {
                "id": pa.array(owned["id"].to_numpy()),
                "subject_kind": pa.array(owned["subject_kind"].tolist(), pa.string()),
                "subject_id": pa.array(owned["subject_id"].tolist(), pa.string()),
                "employee_id": pa.array(owned["employee_id"].tolist(), pa.string()),
                "share": pa.array((owned["share"] / 10_000).round(4).tolist(), pa.float64()),
                "valid_from": pa.array(owned["valid_from"].tolist(), pa.date32()),
                "valid_to": pa.array(
                    [day if isinstance(day, dt.date) else None for day in owned["valid_to"]], pa.date32()
                ),
                "updated_at": moments(np.full(len(owned), _ENOUGH_TO_KNOW)),
            }
        ),
        "tickets": pa.table(
            {
                "id": pa.array(false["id"].to_numpy()),
                "customer_id": made.ids(false["account"].to_numpy()),
                "handler_id": pa.array(false["handler_id"].tolist(), pa.string()),
                **{name: moments(false[name].to_numpy()) for name in ("opened_at", "first_response_at", "closed_at")},
                "topic": chosen(list(activity.TOPICS), false["topic"].to_numpy()),
                "updated_at": moments(false["updated_at"].to_numpy()),
            }
        ),
        "voices": pa.table(
            {
                "id": pa.array(np.arange(1, len(voice) + 1)),
                "customer_id": made.ids(voice["account"].to_numpy()),
                "employee_id": pa.array(voice["employee_id"].tolist(), pa.string()),
                "kind": chosen(["praise", "complaint"], voice["complaint"].to_numpy().astype(np.int64)),
                "said_at": moments(voice["said_at"].to_numpy()),
                "updated_at": moments(voice["said_at"].to_numpy() + MINUTE),
            }
        ),
        "follow_ups": pa.table(
            {
                "id": pa.array(np.arange(1, len(follow) + 1)),
                "customer_id": made.ids(follow["account"].to_numpy()),
                "employee_id": pa.array(follow["employee_id"].tolist(), pa.string()),
                "followed_at": moments(follow["followed_at"].to_numpy()),
                "note": pa.array(["回访"] * len(follow), pa.string()),
                "updated_at": moments(follow["followed_at"].to_numpy() + MINUTE),
            }
        ),
        "daily_registrations": _registrations(made),
    }
    return {("crm", name): table for name, table in tables.items()}


def _registrations(made: Accounts) -> pa.Table:
    """New customers a Shanghai day: persons, each once, and no testers."""
    frame = made.frame
    own = (frame["person"].to_numpy() == frame.index.to_numpy()) & ~frame["is_test"].to_numpy()
    day, count = np.unique(day_of(frame["registered_at"].to_numpy()[own]), return_counts=True)
    return pa.table(
        {
            "id": pa.array(np.arange(1, len(day) + 1)),
            "day": days(day),
            "new_customers": pa.array(count),
            "updated_at": moments((day + 1) * DAY - 7 * 60 * MINUTE),
        }
    )


def _booked(world: World, valid: pd.DataFrame) -> tuple[pa.Table, list[dict[str, object]]]:
    """What finance has booked of a day, anew with each order that comes late, and the days it books otherwise.

    At any moment it is what the shop has sold by what it knows then, but for those days.
    """
    day = day_of(valid["placed_at"].to_numpy())
    booking = pd.DataFrame(
        {
            "day": day,
            "booked_at": np.maximum((day + 1) * DAY, valid["updated_at"].to_numpy()),
            "amount": valid["amount"].to_numpy(),
        }
    )
    booked = booking.groupby(["day", "booked_at"])["amount"].agg(["size", "sum"]).groupby("day").cumsum().reset_index()
    sold = booked.groupby("day")["sum"].last()
    number = sold.index.to_numpy()
    inside = np.flatnonzero(number >= (dt.date(2025, 2, 1) - dt.date(1970, 1, 1)).days)
    rng = stream(world.seed, "contradictory")
    few = number[np.sort(rng.choice(inside, _CONTRADICTORY_DAYS + 3, replace=False))]
    small, large = few[:_CONTRADICTORY_DAYS], few[_CONTRADICTORY_DAYS:] if world.contradict else few[:0]
    revenue = booked["sum"].to_numpy().copy()
    of_small, of_large = booked["day"].isin(small).to_numpy(), booked["day"].isin(large).to_numpy()
    revenue[of_small] += revenue[of_small] // 200
    revenue[of_large] += revenue[of_large] * 6 // 100
    in_the_end = pd.Series(revenue, booked["day"]).groupby("day").last()
    contradictory: list[dict[str, object]] = [
        {
            "measure": "revenue",
            "day": str(np.datetime64(int(at), "D")),
            "system_a": "shop",
            "value_a": f"{sold[at] / 100:.2f}",
            "system_b": "erp",
            "value_b": f"{in_the_end[at] / 100:.2f}",
            "within_tolerance": at in small,
        }
        for at in (*small, *large)
    ]
    table = pa.table(
        {
            "day": days(booked["day"].to_numpy()),
            "orders": pa.array(booked["size"].to_numpy()),
            "revenue": money(revenue),
            "updated_at": moments(booked["booked_at"].to_numpy()),
        }
    )
    return table, contradictory


def _product_costs(seed: int) -> pa.Table:
    rng = stream(seed, "product costs")
    months = [dt.date(year, number, 1) for year in (2024, 2025) for number in range(1, 13)]
    base = rng.integers(2_000, 150_000, PRODUCTS)
    rows = [
        (month, f"P{number:03d}", f"商品{number:03d}", int(base[number] * (100 + place) // 100))
        for place, month in enumerate(months)
        for number in range(PRODUCTS)
    ]
    return _small(
        pd.DataFrame(rows, columns=["month_starts_on", "sku", "name", "unit_cost"]),
        cents=("unit_cost",),
        day="month_starts_on",
    )


def _small(
    frame: pd.DataFrame, *, cents: tuple[str, ...] = (), day: str | None = None, known_at: int | None = None
) -> pa.Table:
    """A small table as it stands; known at the end of the day in the column ``day``, or at ``known_at``."""
    columns: dict[str, Any] = {}
    for name in frame.columns:
        values = frame[name].tolist()
        values = [None if value is None or value is pd.NaT or value != value else value for value in values]
        if name in cents:
            columns[name] = money(frame[name].to_numpy().astype(np.int64))
        elif name == "fte":
            columns[name] = pa.array([f"{value:.6f}" for value in values], pa.string()).cast(pa.decimal128(9, 6))
        else:
            columns[name] = pa.array(values)
            if pa.types.is_null(columns[name].type):
                columns[name] = columns[name].cast(pa.string())
    if day is not None:
        known = np.array([midnight(value) + DAY for value in frame[day]])
    else:
        known = np.full(len(frame), _ENOUGH_TO_KNOW if known_at is None else known_at)
    columns["updated_at"] = moments(known)
    return pa.table(columns)


def _outcome(bought: Purchases) -> dict[str, object]:
    """Computed from what was made, as the planted figures: repurchase rate and net revenue of each year."""
    found: dict[str, object] = {}
    placed, amount = bought.orders["placed_at"].to_numpy(), bought.orders["amount"].to_numpy()
    refunded = bought.refunds["refunded_at"].to_numpy()
    for year, inside, back in (
        ("2024", placed < midnight(SECOND_YEAR), refunded < midnight(SECOND_YEAR)),
        ("2025", (placed >= midnight(SECOND_YEAR)) & (placed < midnight(END)), refunded >= midnight(SECOND_YEAR)),
    ):
        orders = np.bincount(bought.orders["person"].to_numpy()[inside])
        buyers, again = int((orders >= 1).sum()), int((orders >= 2).sum())
        net = int(amount[inside].sum() - bought.refunds["amount"].to_numpy()[back].sum())
        found[year] = {
            "buyers": buyers,
            "bought_again": again,
            "repurchase_rate": again / buyers,
            "revenue": f"{net // 100}.{net % 100:02d}",
        }
    return found
