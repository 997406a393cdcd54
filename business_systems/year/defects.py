"""Rows that must not count, planted beside those that do; each is entered under the rule that has to find it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from business_systems.year.calendar import DAY, END, FIRST, HOUR, MINUTE, SECOND, midnight
from business_systems.year.chance import stream

if TYPE_CHECKING:
    from typing import Any

    from business_systems.year.customers import Accounts

BOT = "Mozilla/5.0 (compatible; Googlebot/2.1)"
COPIES = 20
OLDER_VERSIONS = 15
FLAGGED = 10
FREE = 8
CANCELLED_EVERY = 40
PAID_TOO_EARLY = 8
BEFORE_REGISTRATION = 6
_LINE_COLUMNS = ["order_id", "line_no", "sku", "quantity", "unit_price"]


@dataclass
class Rejected:
    """What has to be rejected, as (system, table, key, rule)."""

    rows: list[tuple[str, str, str, str]] = field(default_factory=list)

    def add(self, table: str, keys: np.ndarray[Any, Any] | list[Any], rule: str) -> None:
        """Enter ``<system>.<table>`` rows under ``rule``."""
        system, name = table.split(".")
        self.rows.extend((system, name, str(key), rule) for key in keys)


def with_false_orders(seed: int, orders: pd.DataFrame, made: Accounts, rejected: Rejected) -> pd.DataFrame:
    """``orders`` (columns id, number, account, …) with the planted ones behind them."""
    rng = stream(seed, "false orders")
    early = np.flatnonzero(orders["updated_at"].to_numpy() < midnight(END) - DAY)
    next_id = len(orders) + 1
    parts = [orders]

    def plant(rule: str, count: int, *, numbered_anew: bool = True, **values: Any) -> pd.DataFrame:
        nonlocal next_id
        planted = orders.iloc[rng.choice(early, count, replace=False)].copy()
        planted["id"] = np.arange(next_id, next_id + count)
        next_id += count
        if numbered_anew:
            planted["number"] = planted["id"]
            # the account of somebody else's order: only persons themselves, who have one account alone
            planted["account"] = planted["person"]
        for name, value in values.items():
            planted[name] = value
        planted["late"] = False
        rejected.add("shop.orders", planted["id"].to_numpy(), rule)
        parts.append(planted)
        return planted

    copies = plant("exact_duplicate", COPIES, numbered_anew=False)
    copies["updated_at"] += 5 * MINUTE
    older = plant("duplicate_key", OLDER_VERSIONS, numbered_anew=False)
    older["amount"] += 1_000
    # of an order that comes late the older version comes late too: nobody books an amount that is corrected weeks after
    older["updated_at"] = np.maximum(older["placed_at"] + MINUTE, older["updated_at"] - 10 * MINUTE)
    plant("test_order", FLAGGED, is_test=True)
    plant("test_order", FREE, amount=0)
    plant("test_order", 2 * len(made.testers), account=np.repeat(made.testers, 2))
    plant("test_order", 2 * len(made.staff), account=np.repeat(made.staff, 2))
    plant("cancelled", max(20, len(orders) // CANCELLED_EVERY), status=1, paid_at=-1)
    hasty = plant("impossible_time", PAID_TOO_EARLY)
    hasty["paid_at"] = hasty["placed_at"] - HOUR
    foreign = plant("impossible_time", BEFORE_REGISTRATION)
    foreign["placed_at"] = made.frame["registered_at"].to_numpy()[foreign["account"]] - 2 * DAY
    foreign["paid_at"] = foreign["placed_at"] + MINUTE
    foreign["updated_at"] = np.maximum(foreign["updated_at"], foreign["placed_at"] + MINUTE)
    return pd.concat(parts, ignore_index=True)


def with_false_lines(seed: int, lines: pd.DataFrame, rejected: Rejected) -> pd.DataFrame:
    """Lines of orders that do not count are orphans; of those that count some stand twice."""
    rng = stream(seed, "false lines")
    orders = {key for _, table, key, _ in rejected.rows if table == "orders"}
    of_false = (
        lines["order_id"].astype(str).isin(orders)
        if len(lines) < 1_000_000
        else lines["order_id"].isin([int(key) for key in orders])
    )
    rejected.add("shop.order_lines", lines["id"].to_numpy()[of_false], "orphan")
    copies = lines.iloc[rng.choice(np.flatnonzero(~of_false), COPIES, replace=False)].copy()
    copies["id"] = np.arange(len(lines) + 1, len(lines) + 1 + COPIES)
    copies["updated_at"] += 2 * MINUTE
    rejected.add("shop.order_lines", copies["id"].to_numpy(), "exact_duplicate")
    return pd.concat([lines, copies], ignore_index=True)


def with_copies(
    seed: int, table: str, frame: pd.DataFrame, rejected: Rejected, *, impossible: dict[str, str], count: int = 8
) -> pd.DataFrame:
    """Copies of rows, and rows in which the second time of ``impossible`` lies before the first. Ids from 1."""
    rng = stream(seed, f"false {table}")
    first, second = next(iter(impossible.items()))
    known = np.flatnonzero(frame[second].to_numpy() >= 0)
    chosen = rng.choice(known, 2 * count, replace=False)
    copies, wrong = frame.iloc[chosen[:count]].copy(), frame.iloc[chosen[count:]].copy()
    copies["updated_at"] += MINUTE
    wrong[second] = wrong[first] - 90 * SECOND
    if "topic" in wrong:
        wrong["topic"] = (wrong["topic"] + 1) % 4
    together = pd.concat([frame, copies, wrong], ignore_index=True)
    together.insert(0, "id", np.arange(1, len(together) + 1))
    rejected.add(table, together["id"].to_numpy()[len(frame) : len(frame) + count], "exact_duplicate")
    rejected.add(table, together["id"].to_numpy()[len(frame) + count :], "impossible_time")
    return together


def with_bots(seed: int, frame: pd.DataFrame, rejected: Rejected) -> pd.DataFrame:
    """Crawlers that say so, and visits with more pages than a person opens."""
    rng = stream(seed, "bots")
    crawlers = frame.iloc[np.sort(rng.choice(len(frame), 30, replace=False))].copy()
    crawlers["user_agent"] = BOT
    harvesters = frame.iloc[np.sort(rng.choice(len(frame), 10, replace=False))].copy()
    harvesters["visits"], harvesters["visitors"], harvesters["page_views"] = 3, 1, 900
    together = pd.concat([frame, crawlers, harvesters], ignore_index=True)
    together.insert(0, "id", np.arange(1, len(together) + 1))
    rejected.add("shop.traffic", together["id"].to_numpy()[len(frame) :], "bot")
    return together


def of_testers(frame: pd.DataFrame, made: Accounts, *, moment: str) -> pd.DataFrame:
    """``frame`` with a row of each tester behind it; where they stand the caller enters as orphans."""
    rows = frame.iloc[: len(made.testers)].copy()
    rows["account"] = made.testers
    shift = midnight(FIRST) + 40 * DAY - rows[moment]
    for name in rows.columns:
        if name.endswith("_at"):
            rows[name] = np.where(rows[name] >= 0, rows[name] + shift, rows[name])
    return pd.concat([frame, rows], ignore_index=True)
