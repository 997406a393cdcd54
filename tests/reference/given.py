"""What is scored: the inputs and contributions of one company, a row each."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from datetime import date

Scheme = dict[str, Any]
"""The content of a scheme.yaml, numbers as int or Decimal."""

Row = dict[str, Any]
"""A published row by column."""


@dataclass(frozen=True)
class Span:
    """A period that is closed. Days are inclusive; ``cycle`` is month, quarter, half_year or year."""

    id: str
    cycle: str
    months: int
    starts_on: date
    ends_on: date

    @property
    def days(self) -> int:
        return (self.ends_on - self.starts_on).days + 1


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


@dataclass(frozen=True)
class Attendance:
    """Hours of one employee on one day."""

    employee: str
    day: date
    standard: Decimal
    worked: Decimal


@dataclass(frozen=True)
class Contribution:
    """One credit of one source row; ``source`` is the key of that row."""

    kpi: str
    employee: str | None
    day: date
    unit: str
    numerator: Decimal
    denominator: Decimal
    credit: Decimal
    source: str


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
class Given:
    """All rows."""

    employees: tuple[str, ...] = ()
    assignments: tuple[Assignment, ...] = ()
    attendance: tuple[Attendance, ...] = ()
    contributions: tuple[Contribution, ...] = field(default=())
    answers: tuple[Answer, ...] = ()
