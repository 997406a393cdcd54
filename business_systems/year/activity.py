"""What customers do besides buying: visits, benefits, messages, live streams, tickets, voices, follow-ups."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from business_systems.year.calendar import (
    DAY,
    END,
    FIRST,
    HOUR,
    MINUTE,
    SECOND,
    Moments,
    day_of,
    midnight,
    month,
    month_of,
)  # fmt: skip
from business_systems.year.chance import stream
from business_systems.year.orders import LIVE, SHOPS, WEAK_LIVE_MONTH, Purchases
from business_systems.year.people import HOSTS, JOINER_FIRST_DAY, LEAVER_LAST_DAY

if TYPE_CHECKING:
    from business_systems.year.customers import Accounts

BENEFITS = ("coupon_a", "coupon_b", "points")
WEAK_BENEFIT, WEAK_BENEFIT_MONTH = 1, month(2025, 5)
WEAK_CONVERSION_MONTH = month(2025, 8)
_COURSE_ENDS = midnight(dt.date(2025, 7, 1))
TOPICS = ("delivery", "quality", "refund", "invoice")


def traffic(seed: int, bought: Purchases) -> pd.DataFrame:
    """Visits of people by Shanghai day, shop, channel and segment: in most cells about 25 a purchase."""
    rng = stream(seed, "traffic")
    orders = bought.orders
    returning = orders.duplicated("person").to_numpy()
    day = day_of(orders["placed_at"].to_numpy())
    first, last = day_of(np.array([midnight(FIRST)]))[0], day_of(np.array([midnight(END)]))[0]
    cells = (last - first) * 16
    cell = (day - first) * 16 + orders["shop"].to_numpy() * 8 + orders["channel"].to_numpy() * 2 + returning
    bought_in = np.bincount(cell, minlength=cells)
    number = np.arange(cells)
    days = first + number // 16
    is_returning = number % 2 == 1
    visits = 8 + bought_in * np.where(is_returning, 18, 26) + rng.integers(0, 6, cells)
    weak = (month_of(days * DAY) == WEAK_CONVERSION_MONTH) & ~is_returning
    visits = np.where(weak, visits * 9 // 5, visits)
    return pd.DataFrame(
        {
            "day": days,
            "shop": number % 16 // 8,
            "channel": number % 8 // 2,
            "returning": is_returning,
            "user_agent": "Mozilla/5.0 (Linux; Android 14)",
            "visits": visits,
            "visitors": visits * 4 // 5,
            "page_views": visits * 3 + rng.integers(0, 20, cells),
            "updated_at": (days + 1) * DAY - 8 * HOUR + 30 * MINUTE,
        }
    )


def benefits(seed: int, made: Accounts, trained: Moments, *, count: int) -> pd.DataFrame:
    """Benefits granted to persons; a quarter is used, by ``trained`` owners' customers 15 % more from July 2025."""
    rng = stream(seed, "benefits")
    person, granted = _after_registration(rng, made, count)
    kind = rng.integers(0, len(BENEFITS), count)
    chance = np.where((kind == WEAK_BENEFIT) & (month_of(granted) == WEAK_BENEFIT_MONTH), 0.08, 0.26)
    chance = np.where(np.isin(person, trained) & (granted >= _COURSE_ENDS), chance * 1.15, chance)
    used = np.where(rng.random(count) < chance, granted + rng.integers(1, 10 * 24, count) * HOUR, -1)
    return pd.DataFrame(
        {"account": person, "benefit": kind, "granted_at": granted, "used_at": used,
         "updated_at": np.maximum(granted, used) + MINUTE}
    )  # fmt: skip


def messages(seed: int, made: Accounts, *, count: int) -> pd.DataFrame:
    """Messages sent to persons; 92 in 100 arrive, within two minutes."""
    rng = stream(seed, "messages")
    person, sent = _after_registration(rng, made, count)
    delivered = np.where(rng.random(count) < 0.92, sent + rng.integers(1, 120, count) * SECOND, -1)
    return pd.DataFrame(
        {"account": person, "kind": rng.integers(0, 2, count), "sent_at": sent, "delivered_at": delivered,
         "updated_at": sent + 3 * MINUTE}
    )  # fmt: skip


def streams(seed: int) -> pd.DataFrame:
    """Three streams a week and shop; in November 2025 half of the returning viewers stay away."""
    rng = stream(seed, "streams")
    starts = np.array(
        [midnight(FIRST) + day * DAY + 20 * HOUR for day in range((END - FIRST).days) if day % 7 in {1, 3, 5}]
    )
    frame = pd.concat(
        [
            pd.DataFrame({"shop": shop, "host_id": HOSTS[str(name)], "started_at": starts})
            for shop, name in enumerate(SHOPS)
        ]
    ).sort_values(["started_at", "shop"], kind="stable", ignore_index=True)
    growth = 1 + 0.4 * np.arange(len(frame)) / len(frame)
    returning = np.rint(rng.normal(420, 25, len(frame)) * growth).astype(np.int64)
    weak = month_of(frame["started_at"].to_numpy()) == WEAK_LIVE_MONTH
    frame["new_viewers"] = np.rint(rng.normal(640, 30, len(frame)) * growth).astype(np.int64)
    frame["returning_viewers"] = np.where(weak, returning // 2, returning)
    frame["new_followers"] = np.rint(rng.normal(45, 8, len(frame)) * growth).astype(np.int64).clip(1)
    frame["stream_id"] = [f"S{number:05d}" for number in range(1, len(frame) + 1)]
    frame["ended_at"] = frame["started_at"] + 2 * HOUR
    frame["updated_at"] = frame["ended_at"] + 10 * MINUTE
    return frame


def stream_of(bought: Purchases, made: pd.DataFrame) -> Moments:
    """For each order the number of its shop's stream that began last before it; -1 if it came otherwise."""
    orders = bought.orders
    found = np.full(len(orders), -1)
    for shop in range(len(SHOPS)):
        numbers = np.flatnonzero(made["shop"] == shop)
        which = np.flatnonzero((orders["channel"] == LIVE) & (orders["shop"] == shop))
        at = np.searchsorted(
            made["started_at"].to_numpy()[numbers], orders["placed_at"].to_numpy()[which], side="right"
        )
        found[which] = np.where(at > 0, numbers[np.maximum(at - 1, 0)], -1)
    return found


def tickets(seed: int, made: Accounts, *, count: int) -> pd.DataFrame:
    """Service tickets, each handled by somebody employed on that day; the first response takes about 20 minutes."""
    rng = stream(seed, "tickets")
    person, opened = _after_registration(rng, made, count)
    order = np.argsort(opened, kind="stable")
    person, opened = person[order], opened[order]
    before = np.array(["E015", "E016", "E017", "E018"])
    between = np.array(["E015", "E016", "E017"])
    after = np.array(["E015", "E016", "E017", "E021"])
    draw = rng.integers(0, 12, count)
    gone, came = midnight(LEAVER_LAST_DAY) + DAY, midnight(JOINER_FIRST_DAY)
    handler = np.where(opened < gone, before[draw % 4], np.where(opened < came, between[draw % 3], after[draw % 4]))
    slower = np.where(handler == "E016", 1.5, 1.0)
    seconds = np.rint(np.exp(rng.normal(7.0, 0.5, count)) * slower).astype(np.int64).clip(30)
    return pd.DataFrame(
        {
            "account": person,
            "handler_id": handler,
            "opened_at": opened,
            "first_response_at": opened + seconds * SECOND,
            "closed_at": opened + seconds * SECOND + rng.integers(1, 48, count) * HOUR,
            "topic": rng.integers(0, len(TOPICS), count),
            "updated_at": opened + 3 * DAY,
        }
    )


def voices(seed: int, of: pd.DataFrame) -> pd.DataFrame:
    """A complaint on every eighth ticket, praise on every sixth, about who handled it, within a day."""
    rng = stream(seed, "voices")
    complaint = rng.random(len(of)) < 0.125
    praise = ~complaint & (rng.random(len(of)) < 0.17)
    said = of[complaint | praise]
    return pd.DataFrame(
        {
            "account": said["account"].to_numpy(),
            "employee_id": said["handler_id"].to_numpy(),
            "complaint": complaint[complaint | praise],
            "said_at": said["closed_at"].to_numpy() + rng.integers(1, 24, len(said)) * HOUR,
        }
    )


def follow_ups(seed: int, made: Accounts, owner: np.ndarray[Any, Any], *, count: int) -> pd.DataFrame:
    """Calls of owners to their customers."""
    rng = stream(seed, "follow_ups")
    person, followed = _after_registration(rng, made, count)
    return pd.DataFrame({"account": person, "employee_id": owner[person], "followed_at": followed})


def _after_registration(rng: np.random.Generator, made: Accounts, count: int) -> tuple[Moments, Moments]:
    """Persons and moments after their registration, ten days or more before the end."""
    registered = np.maximum(made.frame["registered_at"].to_numpy()[: made.persons], midnight(FIRST))
    early = np.flatnonzero(registered < midnight(END) - 30 * DAY)
    person = rng.choice(early, count)
    rest = (midnight(END) - 12 * DAY - registered[person]) // MINUTE
    return person, registered[person] + (rng.random(count) * rest).astype(np.int64) * MINUTE
