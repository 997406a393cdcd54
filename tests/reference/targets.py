"""The target that an actual is held against."""

from __future__ import annotations

from collections import defaultdict
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from tests.reference.actuals import SUM_LIKE, actual_of, aggregation_of
from tests.reference.lines import assessed_in, measured_on
from tests.reference.rounding import number, rounded, total
from tests.reference.versions import begins, lines_on

if TYPE_CHECKING:
    from datetime import date

    from tests.reference.actuals import Credits
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


class Asked:
    """What a period asks of everybody: own targets, and who shares a team's."""

    def __init__(self, span: Span, given: Given, scheme: Scheme, credits: Credits) -> None:
        self._span = span
        self._scheme = scheme
        self._credits = credits
        self._hours = Hours(span, given)
        self._parents = {one.id: one.parent for one in given.departments}
        self._present: defaultdict[tuple[object, ...], Fraction] = defaultdict(Fraction)
        for held in assessed_in(span, given, scheme):
            for line in lines_on(held.assignment.position, measured_on(held, span, scheme), scheme):
                self._present[self._team(line, held)] += _presence(held)

    def targets(self, line: Row, held: Held) -> tuple[Fraction | None, Fraction | None]:
        """The line's target for the period, and what of it an assignment owes; 8 decimals."""
        asked, _ = self._asked(line, held)
        if isinstance(asked, dict) and "growth" in asked:
            before = self.year_ago(line, held)
            grown = None if before is None or before <= 0 else rounded(before * (1 + number(asked["growth"])), 8)
            return grown, grown
        if isinstance(asked, dict):
            whole = number(asked["team"]) * self._span.months
            return rounded(whole, 8), rounded(whole * _presence(held) / self._present[self._team(line, held)], 8)
        if aggregation_of(self._scheme["kpis"][line["kpi"]]) not in SUM_LIKE:
            return number(asked), number(asked)
        whole = number(asked) * self._span.months
        by_hours = self._hours.share(held) if line["of"] == "self" else None
        share = by_hours if by_hours is not None else Fraction(held.days, self._span.days)
        return rounded(whole, 8), rounded(whole * share, 8)

    def growth(self, line: Row, held: Held) -> Fraction | None:
        """By which share the actual of a year ago is to grow."""
        asked, _ = self._asked(line, held)
        return number(asked["growth"]) if isinstance(asked, dict) and "growth" in asked else None

    def year_ago(self, line: Row, held: Held) -> Fraction | None:
        """The actual of a year ago of what is to grow."""
        if self.growth(line, held) is None:
            return None
        kpi = self._scheme["kpis"][line["kpi"]]
        return actual_of(self._credits.year_ago(held, line["kpi"], line["of"]), kpi).value

    def _asked(self, line: Row, held: Held) -> tuple[Any, str]:
        """The target and the department for which it is meant."""
        assignment = held.assignment
        own = line.get("employees", {})
        if assignment.employee in own:
            return own[assignment.employee], assignment.department
        department: str | None = assignment.department
        while department is not None:
            if department in line.get("departments", {}):
                return line["departments"][department], department
            department = self._parents.get(department)
        return line["target"], assignment.department

    def _team(self, line: Row, held: Held) -> tuple[object, ...]:
        asked, department = self._asked(line, held)
        shared = asked.get("team") if isinstance(asked, dict) else None
        return held.assignment.position, line["kpi"], begins(line), department, shared


def _presence(held: Held) -> Fraction:
    return number(held.assignment.fte) * held.days
