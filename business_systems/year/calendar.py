"""Moments as whole microseconds since 1970 (UTC), and the days of Asia/Shanghai, which has no summer time."""

from __future__ import annotations

import datetime as dt

import numpy as np
from numpy.typing import NDArray

Moments = NDArray[np.int64]

SECOND = 1_000_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR
OFFSET = 8 * HOUR
"""Shanghai is eight hours before UTC."""


def midnight(day: dt.date) -> int:
    """The moment at which a day begins in Shanghai."""
    return (day - dt.date(1970, 1, 1)).days * DAY - OFFSET


def day_of(moments: Moments) -> NDArray[np.int64]:
    """The Shanghai day of each moment, as days since 1970."""
    return (moments + OFFSET) // DAY


def month_of(moments: Moments) -> NDArray[np.int64]:
    """The Shanghai month of each moment, as months since 1970."""
    days = day_of(moments).astype("datetime64[D]")
    return days.astype("datetime64[M]").astype(np.int64)


def month(year: int, number: int) -> int:
    """A month as months since 1970."""
    return (year - 1970) * 12 + number - 1


FIRST = dt.date(2024, 1, 1)
SECOND_YEAR = dt.date(2025, 1, 1)
END = dt.date(2026, 1, 1)
"""The first day after the two years."""
