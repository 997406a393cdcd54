"""Persons and what they really bought: no defects yet, and both years' figures exact.

Of the buyers of 2024 exactly 20 % bought again in that year, of those of 2025 exactly 35 %; the revenue of 2025 is
exactly 1.45 times that of 2024, less what was refunded in the year. Money in cents.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from business_systems.year.calendar import (
    DAY,
    END,
    FIRST,
    HOUR,
    MINUTE,
    SECOND,
    SECOND_YEAR,
    Moments,
    midnight,
    month,
    month_of,
)
from business_systems.year.chance import stream

if TYPE_CHECKING:
    from business_systems.year.sizes import Sizes

CHANNELS = np.array(["organic", "ads", "referral", "live"])
SHOPS = np.array(["shop_a", "shop_b"])
LIVE = 3
WEAK_LIVE_MONTH = month(2025, 11)
_ORDERS_OF_A_REPEATER = 4
_REFUNDED_SHARE = 0.03
_LAST_DAYS_WITHOUT_REFUND = 31
_LATE_SHARE = 0.005


@dataclass(frozen=True)
class Purchases:
    """``persons`` (registered_at, channel), ``orders`` (person, placed_at, shop, channel, amount …) and ``refunds``."""

    persons: pd.DataFrame
    orders: pd.DataFrame
    refunds: pd.DataFrame


def purchases(seed: int, sizes: Sizes) -> Purchases:
    """The two years. Persons and orders are numbered from 0, orders in the order in which they were placed."""
    rng = stream(seed, "purchases")
    first = _year(rng, orders=sizes.first_year, share=0.20, begin=midnight(FIRST), end=midnight(SECOND_YEAR))
    second = _year(rng, orders=sizes.second_year, share=0.35, begin=midnight(SECOND_YEAR), end=midnight(END))
    before, after = int(first["person"].max()) + 1, int(second["person"].max()) + 1
    # two buyers in five of 2025 had bought in 2024
    known = rng.permutation(before)[: min(before, after * 2 // 5)]
    number = np.concatenate([known, np.arange(before, before + after - len(known))])
    second["person"] = number[second["person"].to_numpy()]
    orders = pd.concat([first, second]).sort_values("placed_at", kind="stable").reset_index(drop=True)
    orders["shop"] = rng.integers(0, 2, len(orders))
    orders["channel"] = rng.choice(4, len(orders), p=[0.45, 0.25, 0.15, 0.15])
    months = month_of(orders["placed_at"].to_numpy())
    weak = (months == WEAK_LIVE_MONTH) & (orders["channel"] == LIVE) & (rng.random(len(orders)) < 0.5)
    orders.loc[weak, "channel"] = 0
    orders["paid_at"] = orders["placed_at"] + rng.integers(20, 110, len(orders)) * SECOND
    orders["updated_at"] = orders["placed_at"] + rng.integers(2, 10, len(orders)) * MINUTE
    late = (rng.random(len(orders)) < _LATE_SHARE) & (orders["placed_at"].to_numpy() < midnight(END) - 30 * DAY)
    orders["late"] = late
    orders.loc[late, "updated_at"] += rng.integers(3, 26, int(late.sum())) * DAY
    refunded = _refunded(rng, orders)
    _set_amounts(rng, orders, refunded)
    refunds = pd.DataFrame(
        {
            "order": refunded,
            "refunded_at": orders["placed_at"].to_numpy()[refunded] + rng.integers(1, 21, len(refunded)) * DAY,
            "amount": _refund_amounts(orders["amount"].to_numpy()[refunded]),
        }
    )
    return Purchases(_persons(rng, orders), orders, refunds)


def _year(rng: np.random.Generator, *, orders: int, share: float, begin: int, end: int) -> pd.DataFrame:
    """Orders of exactly as many repeaters as ``share`` says, persons numbered from 0."""
    buyers = max(20, int(orders / (1 - share + share * _ORDERS_OF_A_REPEATER)) // 20 * 20)
    repeaters = round(buyers * share)
    more = orders - buyers - repeaters
    person = np.concatenate([np.arange(buyers), np.arange(repeaters), rng.integers(0, repeaters, max(0, more))])
    # more in autumn than in spring; a few minutes around midnight, where UTC has another day
    days = np.arange((end - begin) // DAY)
    weight = 1 + 0.5 * days / len(days) + 0.1 * np.sin(days / 7 * 2 * np.pi)
    day = rng.choice(len(days), len(person), p=weight / weight.sum())
    second = np.where(
        rng.random(len(person)) < 0.02, rng.integers(0, 600, len(person)), rng.integers(7 * 3600, 86_400, len(person))
    )
    return pd.DataFrame({"person": person, "placed_at": begin + day * DAY + second * SECOND})


def _refunded(rng: np.random.Generator, orders: pd.DataFrame) -> Moments:
    """Positions of refunded orders; all are placed early enough to be refunded in their own year."""
    placed = orders["placed_at"].to_numpy()
    rest = np.where(placed < midnight(SECOND_YEAR), midnight(SECOND_YEAR), midnight(END)) - placed
    return np.flatnonzero((rng.random(len(orders)) < _REFUNDED_SHARE) & (rest > _LAST_DAYS_WITHOUT_REFUND * DAY))


def _refund_amounts(amounts: Moments) -> Moments:
    """All of every other order, half of the rest."""
    return np.where(np.arange(len(amounts)) % 2 == 0, amounts, amounts // 2)


def _set_amounts(rng: np.random.Generator, orders: pd.DataFrame, refunded: Moments) -> None:
    amounts = np.maximum(1_000, np.rint(np.exp(rng.normal(9.4, 0.7, len(orders))))).astype(np.int64)
    first = (orders["placed_at"] < midnight(SECOND_YEAR)).to_numpy()
    kept = np.ones(len(orders), dtype=bool)
    kept[refunded] = False

    def net(which: np.ndarray) -> int:
        taken = refunded[which[refunded]]
        # by the same halves as in the refunds themselves
        back = np.zeros(len(orders), dtype=np.int64)
        back[refunded] = _refund_amounts(amounts[refunded])
        return int(amounts[which].sum() - back[taken].sum())

    one_of_first = np.flatnonzero(first & kept)[-1]
    amounts[one_of_first] += -net(first) % 20
    wanted = net(first) * 29 // 20
    factor = wanted / net(~first)
    amounts[~first] = np.maximum(1_000, np.floor(amounts[~first] * factor)).astype(np.int64)
    largest = np.flatnonzero(~first & kept)
    largest = largest[np.argsort(amounts[largest], kind="stable")[::-1]]
    missing = wanted - net(~first)
    amounts[largest[: max(1, len(largest) // 2)]] += missing // max(1, len(largest) // 2)
    amounts[largest[0]] += wanted - net(~first)
    orders["amount"] = amounts


def _persons(rng: np.random.Generator, orders: pd.DataFrame) -> pd.DataFrame:
    """Everybody registers up to 20 days before the first order; a tenth more never buys."""
    first = orders.groupby("person")["placed_at"].min()
    silent = len(first) // 10
    registered = np.concatenate(
        [
            first.to_numpy() - rng.integers(1, 20 * 24 * 60, len(first)) * MINUTE,
            midnight(FIRST) + rng.integers(0, 720 * 24, silent) * HOUR,
        ]
    )
    return pd.DataFrame(
        {"registered_at": registered, "channel": rng.choice(4, len(registered), p=[0.45, 0.25, 0.2, 0.1])}
    )
