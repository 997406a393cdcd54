"""What is scored: the inputs and contributions of one company, a row each."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import Any

Scheme = dict[str, Any]
"""The content of a scheme.yaml, numbers as int or Decimal."""

Row = dict[str, Any]
"""A published row by column."""


@dataclass(frozen=True)
class Span:
    """A period that is closed. Days are inclusive; ``cycle`` is sprint, week, month, quarter, half_year or year."""

    id: str
    cycle: str
    starts_on: date
    ends_on: date

    @property
    def days(self) -> int:
        return (self.ends_on - self.starts_on).days + 1

    @property
    def is_of_days(self) -> bool:
        """A week or a sprint: it cuts across months and begins on the same day of the week each year."""
        return self.cycle in {"week", "sprint"}

    @property
    def year_ago(self) -> Span:
        """The same span a year earlier."""
        if self.is_of_days:
            first, last = (day - timedelta(days=364) for day in (self.starts_on, self.ends_on))
        else:
            after = self.ends_on + timedelta(days=1)
            first = self.starts_on.replace(year=self.starts_on.year - 1)
            last = after.replace(year=after.year - 1) - timedelta(days=1)
        return Span(f"a year before {self.id}", self.cycle, first, last)

    @property
    def calendar_months(self) -> list[Span]:
        """Those that it consists of."""
        spans: list[Span] = []
        first = self.starts_on
        while first <= self.ends_on:
            last = first.replace(day=monthrange(first.year, first.month)[1])
            spans.append(Span(f"{first:%Y-%m}", "month", first, last))
            first = last + timedelta(days=1)
        return spans

    @cached_property
    def months(self) -> Fraction:
        """How many months long: a day of a month of D days is 1/D of it."""
        months = Fraction(0)
        for after in range(self.days):
            day = self.starts_on + timedelta(days=after)
            months += Fraction(1, monthrange(day.year, day.month)[1])
        return months


@dataclass(frozen=True)
class Assignment:
    """Who stands where under whom."""

    employee: str
    position: str
    department: str
    manager: str | None
    valid_from: date
    valid_to: date
    fte: Decimal = Decimal(1)
    bonus_base: Decimal = Decimal(0)
    currency: str = "CNY"


@dataclass(frozen=True)
class Department:
    """A department and the one that it belongs to."""

    id: str
    parent: str | None


@dataclass(frozen=True)
class Attendance:
    """Hours of one employee on one day."""

    employee: str
    day: date
    standard: Decimal
    worked: Decimal


@dataclass(frozen=True)
class Contribution:
    """One credit of one source row; ``source`` is the key of that row, ``segments`` are written like `{campaign=a}`."""

    kpi: str
    employee: str | None
    day: date
    unit: str
    numerator: Decimal
    denominator: Decimal
    credit: Decimal
    source: str
    segments: str | None = None


@dataclass(frozen=True)
class Answer:
    """What one rater said on one competency of one employee; without ``rating`` the rater was asked and was silent."""

    id: str
    period: str
    employee: str
    rater: str
    relation: str
    competency: str
    rating: Decimal | None
    answered_on: date


@dataclass(frozen=True)
class PartEvaluation:
    """What was published of one employee in a period that is part of a longer one."""

    period: str
    employee: str
    status: str
    final_score: Decimal | None


@dataclass(frozen=True)
class Given:
    """All rows."""

    employees: tuple[str, ...] = ()
    assignments: tuple[Assignment, ...] = ()
    attendance: tuple[Attendance, ...] = ()
    contributions: tuple[Contribution, ...] = field(default=())
    answers: tuple[Answer, ...] = ()
    departments: tuple[Department, ...] = ()
    part_evaluations: tuple[PartEvaluation, ...] = ()
