"""Which assignments a period has, and by which lines of the scheme each is measured."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.reference.given import Assignment, Given, Row, Scheme, Span

START, OPEN = date(1900, 1, 1), date(9999, 12, 31)


@dataclass(frozen=True)
class Held:
    """An assignment within a period."""

    assignment: Assignment
    active_from: date
    active_to: date

    @property
    def days(self) -> int:
        return (self.active_to - self.active_from).days + 1


def held_in(span: Span, given: Given) -> list[Held]:
    """The assignments that touch the period, with their days in it."""
    return [
        Held(one, max(one.valid_from, span.starts_on), min(one.valid_to, span.ends_on))
        for one in given.assignments
        if one.valid_from <= span.ends_on and one.valid_to >= span.starts_on
    ]


def lines_of(position: str, span: Span, scheme: Scheme) -> list[Row]:
    """The position's lines in force on the period's first day, each with all its words.

    A line ends the day before the next line of the same KPI begins, or at its own ``until``.
    """
    lines = scheme["positions"].get(position, [])
    in_force: list[Row] = []
    for line in lines:
        begins = line.get("from") or START
        later = [other.get("from") or START for other in lines if other["kpi"] == line["kpi"]]
        ends = min([line.get("until") or OPEN, *(day - timedelta(days=1) for day in later if day > begins)])
        if begins <= span.starts_on <= ends:
            in_force.append({"of": "self", "no_data": "exclude", "min_sample": 1, **line})
    return in_force


def extras_of(position: str, span: Span, scheme: Scheme) -> list[Row]:
    """The entries of extra_points for the position that are in force on the period's first day."""
    return [
        {"at_most": 1000, **extra}
        for extra in scheme.get("extra_points", ())
        if position in (extra.get("positions") or scheme["positions"])
        and (extra.get("from") or START) <= span.starts_on <= (extra.get("until") or OPEN)
    ]
