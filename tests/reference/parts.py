"""A period whose score is the mean of the published scores of the months that it consists of."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from tests.reference.lines import held_in
from tests.reference.rounding import number, rounded
from tests.reference.scores import KpiPart

if TYPE_CHECKING:
    from tests.reference.given import Given, Span


def mean_part(span: Span, given: Given, employee: str) -> KpiPart:
    """What stands in place of one employee's KPIs; days of overlapping assignments count twice."""
    said = {one.period: one for one in given.part_evaluations if one.employee == employee}
    days = {
        month.id: sum(held.days for held in held_in(month, given) if held.assignment.employee == employee)
        for month in span.calendar_months
    }
    counted = {
        month: held_for
        for month, held_for in days.items()
        if held_for and not (month in said and said[month].status == "excluded")
    }
    scores = {
        month: number(said[month].final_score)
        for month in counted
        if month in said and said[month].status == "evaluated"
    }
    scored_days = sum(counted[month] for month in scores)
    return KpiPart(
        has_lines=bool(counted),
        score=rounded(sum(scores[month] * counted[month] for month in scores) / Fraction(scored_days), 4)
        if scores
        else None,
        coverage=rounded(Fraction(scored_days, sum(counted.values())), 8) if counted else None,
        held_back=False,
    )
