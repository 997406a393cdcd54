"""Which assignments a period has."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from tests.reference.versions import DAY, in_force, lines_on

if TYPE_CHECKING:
    from datetime import date

    from tests.reference.given import Assignment, Given, Scheme, Span


@dataclass(frozen=True)
class Held:
    """An assignment within a period, or a stretch of it in which nothing changes."""

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


def assessed_in(span: Span, given: Given, scheme: Scheme) -> list[Held]:
    """The same, cut on every day on which the position is measured otherwise than on the day before."""
    if scheme.get("change_inside_period", "refuse") == "refuse":
        return held_in(span, given)
    pieces: list[Held] = []
    for held in held_in(span, given):
        piece = held
        for number in range(1, held.days):
            day = held.active_from + number * DAY
            before, now = (_measures(held.assignment.position, on, scheme) for on in (day - DAY, day))
            if before != now:
                pieces.append(replace(piece, active_to=day - DAY))
                piece = replace(piece, active_from=day)
        pieces.append(piece)
    return pieces


def measured_on(held: Held, span: Span, scheme: Scheme) -> date:
    """The day whose lines and rules hold for an assignment."""
    refuses = scheme.get("change_inside_period", "refuse") == "refuse"
    return span.starts_on if refuses else held.active_from


def _measures(position: str, day: date, scheme: Scheme) -> list[object]:
    return [(line, in_force(scheme["rules"][line["rule"]], day)) for line in lines_on(position, day, scheme)]
