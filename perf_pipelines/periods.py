"""Periods of an assessment: ``2017-03`` (month), ``2017-Q1`` (quarter), ``2017-H1`` (half-year), ``2017`` (year)."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from itertools import groupby
from typing import TYPE_CHECKING

from perf_pipelines.errors import PeriodRefused, Problem

if TYPE_CHECKING:
    from collections.abc import Iterable

_PATTERN = re.compile(r"(?P<year>\d{4})(?:-(?:(?P<month>0[1-9]|1[0-2])|Q(?P<quarter>[1-4])|H(?P<half>[12])))?")


class Cycle(StrEnum):
    """How long a period is."""

    MONTH = "month"
    QUARTER = "quarter"
    HALF_YEAR = "half_year"
    YEAR = "year"

    @property
    def months(self) -> int:
        """Length in calendar months."""
        return {Cycle.MONTH: 1, Cycle.QUARTER: 3, Cycle.HALF_YEAR: 6, Cycle.YEAR: 12}[self]


@dataclass(frozen=True, order=True)
class Period:
    """A calendar period; ``starts_on`` is its first day. Ordered by first day, shorter cycles first."""

    starts_on: date
    months: int

    @classmethod
    def parse(cls, text: str) -> Period:
        """The period called ``text``; :class:`PeriodRefused` when there is none of that name."""
        match = _PATTERN.fullmatch(text.strip())
        if match is None or match["year"] == "0000":
            raise PeriodRefused(
                f"`{text}` is not a period",
                [
                    Problem(
                        field="period",
                        what=f"`{text}` names no month, quarter, half-year or year",
                        todo="write it like 2017-03, 2017-Q1, 2017-H1 or 2017",
                    )
                ],
            )
        year = int(match["year"])
        if match["month"]:
            return cls(date(year, int(match["month"]), 1), 1)
        if match["quarter"]:
            return cls(date(year, 3 * int(match["quarter"]) - 2, 1), 3)
        if match["half"]:
            return cls(date(year, 6 * int(match["half"]) - 5, 1), 6)
        return cls(date(year, 1, 1), 12)

    @classmethod
    def containing(cls, day: date, cycle: Cycle) -> Period:
        """The period of that cycle in which ``day`` lies."""
        first_month = (day.month - 1) // cycle.months * cycle.months + 1
        return cls(date(day.year, first_month, 1), cycle.months)

    @property
    def cycle(self) -> Cycle:
        """Month, quarter, half-year or year."""
        return {cycle.months: cycle for cycle in Cycle}[self.months]

    @property
    def id(self) -> str:
        """The ``period_id`` used everywhere: ``2017-03``, ``2017-Q1``, ``2017-H1``, ``2017``."""
        year, month = f"{self.starts_on.year:04d}", self.starts_on.month
        return {
            Cycle.MONTH: f"{year}-{month:02d}",
            Cycle.QUARTER: f"{year}-Q{(month + 2) // 3}",
            Cycle.HALF_YEAR: f"{year}-H{(month + 5) // 6}",
            Cycle.YEAR: year,
        }[self.cycle]

    @property
    def name_zh(self) -> str:
        """Name in Chinese, like ``2017年3月``."""
        year, month = self.starts_on.year, self.starts_on.month
        return {
            Cycle.MONTH: f"{year}年{month}月",
            Cycle.QUARTER: f"{year}年第{(month + 2) // 3}季度",
            Cycle.HALF_YEAR: f"{year}年{'上' if month == 1 else '下'}半年",
            Cycle.YEAR: f"{year}年",
        }[self.cycle]

    @property
    def name_en(self) -> str:
        """Name in English, like ``March 2017``."""
        year, month = self.starts_on.year, self.starts_on.month
        return {
            Cycle.MONTH: f"{calendar.month_name[month]} {year}",
            Cycle.QUARTER: f"Q{(month + 2) // 3} {year}",
            Cycle.HALF_YEAR: f"H{(month + 5) // 6} {year}",
            Cycle.YEAR: f"{year}",
        }[self.cycle]

    @property
    def ends_on(self) -> date:
        """The last day, inclusive."""
        return _add_months(self.starts_on, self.months) - timedelta(days=1)

    @property
    def days(self) -> int:
        """Length in calendar days."""
        return (self.ends_on - self.starts_on).days + 1

    def next(self) -> Period:
        """The period of the same cycle that follows."""
        return Period(_add_months(self.starts_on, self.months), self.months)

    def previous(self) -> Period:
        """The period of the same cycle before this one."""
        return Period(_add_months(self.starts_on, -self.months), self.months)

    def months_inside(self) -> tuple[Period, ...]:
        """The months this period consists of, in order (a month: itself)."""
        return tuple(Period(_add_months(self.starts_on, offset), 1) for offset in range(self.months))

    def __str__(self) -> str:
        return self.id


def between(*, first: Period, last: Period) -> tuple[Period, ...]:
    """The periods of one cycle from ``first`` to ``last``, both included; :class:`PeriodRefused` if cycles differ."""
    if first.months != last.months or last < first:
        raise PeriodRefused(
            f"{first} … {last} is not a range",
            [
                Problem(
                    field="period",
                    what=f"{first} is a {first.cycle}, {last} a {last.cycle}, or the end lies before the start",
                    todo="give two periods of the same cycle, the earlier one first",
                )
            ],
        )
    periods = [first]
    while periods[-1] < last:
        periods.append(periods[-1].next())
    return tuple(periods)


def spans(periods: Iterable[Period]) -> str:
    """The first and last period of each cycle, shorter cycles first: ``2017-04 … 2017-06, 2017-Q2``."""
    said: list[str] = []
    for _, same_cycle in groupby(sorted(periods, key=by_cycle), key=lambda period: period.months):
        first, *others = same_cycle
        said.append(f"{first} … {others[-1]}" if others else f"{first}")
    return ", ".join(said)


def by_cycle(period: Period) -> tuple[int, date]:
    """To sort by: shorter cycles first, each in the order of the calendar."""
    return period.months, period.starts_on


def _add_months(day: date, months: int) -> date:
    index = day.year * 12 + day.month - 1 + months
    return date(index // 12, index % 12 + 1, 1)
