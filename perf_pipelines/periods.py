"""Periods of an assessment, by their names.

Of calendar months: ``2017-03`` (month), ``2017-Q1`` (quarter), ``2017-H1`` (half-year), ``2017`` (year). Of days:
``2017-W14`` (week by ISO 8601, Monday to Sunday), ``2017-01-02-14d`` (sprint: its first day and how many days it has).
"""

from __future__ import annotations

import calendar
import re
from collections import Counter
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from fractions import Fraction
from itertools import groupby
from typing import TYPE_CHECKING

from perf_pipelines.errors import PeriodRefused, Problem

if TYPE_CHECKING:
    from collections.abc import Iterable

_PATTERN = re.compile(
    r"(?P<year>\d{4})"
    r"(?:-(?:(?P<month>\d\d)(?:-(?P<day>\d\d)-(?P<days>[1-9]\d?)d)?|Q(?P<quarter>[1-4])|H(?P<half>[12])|W(?P<week>\d\d)))?",
    re.ASCII,
)
_DAYS_A_WEEK = 7

LONGEST_SPRINT = 99
"""Days; more do not fit into a sprint's name."""


class Cycle(StrEnum):
    """How long a period is."""

    SPRINT = "sprint"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    HALF_YEAR = "half_year"
    YEAR = "year"

    @property
    def months(self) -> int:
        """How many calendar months one of its periods consists of; 0 of a week and a sprint, which cut across them."""
        return {Cycle.MONTH: 1, Cycle.QUARTER: 3, Cycle.HALF_YEAR: 6, Cycle.YEAR: 12}.get(self, 0)


@dataclass(frozen=True, order=True)
class Period:
    """A period with its first and last day, both inclusive. Ordered by first day, shorter ones first."""

    starts_on: date
    ends_on: date
    cycle: Cycle

    @classmethod
    def parse(cls, text: str) -> Period:
        """The period called ``text``; :class:`PeriodRefused` when there is none of that name."""
        match = _PATTERN.fullmatch(text.strip())
        try:
            period = _named(match) if match else None
        except (ValueError, OverflowError):  # a day, week or year that the calendar does not have
            period = None
        if period is None:
            raise PeriodRefused(
                f"`{text}` is not a period",
                [
                    Problem(
                        field="period",
                        what=f"`{text}` names no month, quarter, half-year, year, week or sprint",
                        todo="write it like 2017-03, 2017-Q1, 2017-H1, 2017, 2017-W14 or 2017-01-02-14d",
                    )
                ],
            )
        return period

    @classmethod
    def containing(cls, day: date, cycle: Cycle) -> Period:
        """The period of that cycle in which ``day`` lies; of sprints the company's :class:`Sprints` know it."""
        match cycle:
            case Cycle.SPRINT:
                raise ValueError("the calendar has no sprints")
            case Cycle.WEEK:
                return _of_days(day - timedelta(days=day.weekday()), _DAYS_A_WEEK, cycle)
            case _:
                first_month = (day.month - 1) // cycle.months * cycle.months + 1
                return _of_months(date(day.year, first_month, 1), cycle)

    @property
    def id(self) -> str:
        """The ``period_id`` used everywhere, as in the module's docstring; within a cycle it sorts by day."""
        year, month = f"{self.starts_on.year:04d}", self.starts_on.month
        match self.cycle:
            case Cycle.SPRINT:
                return f"{self.starts_on}-{self.days}d"
            case Cycle.WEEK:
                year_of_week, week, _ = self.starts_on.isocalendar()
                return f"{year_of_week:04d}-W{week:02d}"
            case Cycle.MONTH:
                return f"{year}-{month:02d}"
            case Cycle.QUARTER:
                return f"{year}-Q{(month + 2) // 3}"
            case Cycle.HALF_YEAR:
                return f"{year}-H{(month + 5) // 6}"
            case Cycle.YEAR:
                return year

    @property
    def name_zh(self) -> str:
        """Name in Chinese, like ``2017年3月``."""
        year, month = self.starts_on.year, self.starts_on.month
        match self.cycle:
            case Cycle.SPRINT:
                return f"{year}年{month}月{self.starts_on.day}日起{self.days}天迭代"
            case Cycle.WEEK:
                year_of_week, week, _ = self.starts_on.isocalendar()
                return f"{year_of_week}年第{week}周"
            case Cycle.MONTH:
                return f"{year}年{month}月"
            case Cycle.QUARTER:
                return f"{year}年第{(month + 2) // 3}季度"
            case Cycle.HALF_YEAR:
                return f"{year}年{'上' if month == 1 else '下'}半年"
            case Cycle.YEAR:
                return f"{year}年"

    @property
    def name_en(self) -> str:
        """Name in English, like ``March 2017``."""
        year, month = self.starts_on.year, self.starts_on.month
        match self.cycle:
            case Cycle.SPRINT:
                return f"Sprint of {self.days} days from {self.starts_on.day} {calendar.month_name[month]} {year}"
            case Cycle.WEEK:
                year_of_week, week, _ = self.starts_on.isocalendar()
                return f"Week {week} of {year_of_week}"
            case Cycle.MONTH:
                return f"{calendar.month_name[month]} {year}"
            case Cycle.QUARTER:
                return f"Q{(month + 2) // 3} {year}"
            case Cycle.HALF_YEAR:
                return f"H{(month + 5) // 6} {year}"
            case Cycle.YEAR:
                return f"{year}"

    @property
    def days(self) -> int:
        """Length in calendar days."""
        return (self.ends_on - self.starts_on).days + 1

    @property
    def months(self) -> Fraction:
        """Length in calendar months, exact: each day of a month of D days is 1/D of it."""
        each_day = (self.starts_on + timedelta(days=after) for after in range(self.days))
        days_of_month = Counter((day.year, day.month) for day in each_day)
        return sum(
            (Fraction(days, calendar.monthrange(*month)[1]) for month, days in days_of_month.items()), Fraction(0)
        )

    def next(self) -> Period:
        """The period of the same cycle that follows; after a sprint one as long."""
        return self._moved(by=1)

    def previous(self) -> Period:
        """The period of the same cycle before this one."""
        return self._moved(by=-1)

    def year_before(self) -> Period:
        """The period of the same cycle a year earlier; of a week and a sprint 52 weeks, to have the same days."""
        if self.cycle.months:
            return _of_months(_add_months(self.starts_on, -12), self.cycle)
        return _of_days(self.starts_on - timedelta(weeks=52), self.days, self.cycle)

    def first_days(self, days: int) -> Period:
        """Its first ``days`` days, of which it has fewer perhaps: to count days and months by, not to be named by.

        A sprint is called by its length, so that a part of one would have the name of another.
        """
        return replace(self, ends_on=min(self.ends_on, self.starts_on + timedelta(days=days - 1)))

    def months_inside(self) -> tuple[Period, ...]:
        """The months this period consists of, in order (a month: itself; a week and a sprint: none)."""
        return tuple(_of_months(_add_months(self.starts_on, after), Cycle.MONTH) for after in range(self.cycle.months))

    def _moved(self, *, by: int) -> Period:
        if self.cycle.months:
            return _of_months(_add_months(self.starts_on, by * self.cycle.months), self.cycle)
        return _of_days(self.starts_on + timedelta(days=by * self.days), self.days, self.cycle)

    def __str__(self) -> str:
        return self.id


@dataclass(frozen=True, kw_only=True)
class Sprints:
    """How a company's sprints lie: ``days`` days each, one after the other; one of them begins on ``begins_on``."""

    days: int
    begins_on: date

    def containing(self, day: date) -> Period:
        """The sprint in which ``day`` lies."""
        into = (day - self.begins_on).days % self.days
        return _of_days(day - timedelta(days=into), self.days, Cycle.SPRINT)


def between(*, first: Period, last: Period) -> tuple[Period, ...]:
    """The periods of one cycle from ``first`` to ``last``, both included; :class:`PeriodRefused` if cycles differ.

    Sprints have to be equally long, and ``last`` one of those that follow ``first``.
    """
    if first.cycle is not last.cycle or last < first or not _in_step(first, last):
        raise PeriodRefused(
            f"{first} … {last} is not a range",
            [
                Problem(
                    field="period",
                    what=f"{first} is a {first.cycle}, {last} a {last.cycle}, or the end is none of the periods that "
                    "follow the start",
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
    for _, same_cycle in groupby(sorted(periods, key=by_cycle), key=lambda period: period.cycle):
        first, *others = same_cycle
        said.append(f"{first} … {others[-1]}" if others else f"{first}")
    return ", ".join(said)


def by_cycle(period: Period) -> tuple[int, date]:
    """To sort by: shorter cycles first, each in the order of the calendar."""
    return list(Cycle).index(period.cycle), period.starts_on


def _in_step(first: Period, last: Period) -> bool:
    if first.cycle is not Cycle.SPRINT:
        return True
    return first.days == last.days and (last.starts_on - first.starts_on).days % first.days == 0


def _named(match: re.Match[str]) -> Period:
    year = int(match["year"])
    if match["week"]:
        return Period.containing(date.fromisocalendar(year, int(match["week"]), 1), Cycle.WEEK)
    if match["days"]:
        return _of_days(date(year, int(match["month"]), int(match["day"])), int(match["days"]), Cycle.SPRINT)
    if match["month"]:
        return _of_months(date(year, int(match["month"]), 1), Cycle.MONTH)
    if match["quarter"]:
        return _of_months(date(year, 3 * int(match["quarter"]) - 2, 1), Cycle.QUARTER)
    if match["half"]:
        return _of_months(date(year, 6 * int(match["half"]) - 5, 1), Cycle.HALF_YEAR)
    return _of_months(date(year, 1, 1), Cycle.YEAR)


def _of_months(starts_on: date, cycle: Cycle) -> Period:
    last_month = _add_months(starts_on, cycle.months - 1)
    last_day = calendar.monthrange(last_month.year, last_month.month)[1]
    return Period(starts_on, last_month.replace(day=last_day), cycle)


def _of_days(starts_on: date, days: int, cycle: Cycle) -> Period:
    return Period(starts_on, starts_on + timedelta(days=days - 1), cycle)


def _add_months(day: date, months: int) -> date:
    index = day.year * 12 + day.month - 1 + months
    return date(index // 12, index % 12 + 1, 1)
