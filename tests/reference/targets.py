"""The target that an actual is held against."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from tests.reference.actuals import SUM_LIKE, aggregation_of
from tests.reference.rounding import number, rounded, total

if TYPE_CHECKING:
    from datetime import date

    from tests.reference.given import Given, Row, Scheme, Span
    from tests.reference.lines import Held


class Hours:
    """Attendance of a period: hours of everybody, and how long the period was for a full-time position."""

    def __init__(self, span: Span, given: Given) -> None:
        self._worked: dict[str, list[tuple[date, Fraction]]] = {}
        standard: dict[date, Fraction] = {}
        for row in given.attendance:
            if span.starts_on <= row.day <= span.ends_on:
                self._worked.setdefault(row.employee, []).append((row.day, number(row.worked)))
                standard[row.day] = max(standard.get(row.day, Fraction(0)), number(row.standard))
        self._standard = total(list(standard.values()))

    def share(self, held: Held) -> Fraction | None:
        """Hours worked in the assignment's days ÷ hours of the period; None for whom no attendance is kept."""
        rows = self._worked.get(held.assignment.employee)
        if rows is None:
            return None
        return total([hours for day, hours in rows if held.active_from <= day <= held.active_to]) / self._standard


def targets(line: Row, held: Held, span: Span, scheme: Scheme, hours: Hours) -> tuple[Fraction, Fraction]:
    """The line's target for the period, and what of it an assignment owes; 8 decimals."""
    if aggregation_of(scheme["kpis"][line["kpi"]]) not in SUM_LIKE:
        return number(line["target"]), number(line["target"])
    whole = number(line["target"]) * span.months
    by_hours = hours.share(held) if line["of"] == "self" else None
    share = by_hours if by_hours is not None else Fraction(held.days, span.days)
    return rounded(whole, 8), rounded(whole * share, 8)
