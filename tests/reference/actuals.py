"""From contributions to actuals."""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from fractions import Fraction
from math import ceil, floor
from typing import TYPE_CHECKING, NamedTuple

from tests.reference.lines import assessed_in, held_in, measured_on
from tests.reference.rounding import number, ratio, rounded, total
from tests.reference.versions import extras_in, lines_on

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable
    from datetime import date

    from tests.reference.given import Contribution, Given, Row, Scheme, Span
    from tests.reference.lines import Held


class Actual(NamedTuple):
    """What was reached in a KPI, and how many contributions it is made of."""

    numerator: Fraction | None
    denominator: Fraction | None
    value: Fraction | None
    contributions: int


NOTHING = Actual(None, None, None, 0)


class Credits:
    """The contributions of a period by KPI, employee and day, and who reports to whom on which day."""

    def __init__(self, span: Span, given: Given) -> None:
        self._span = span
        self._rows: defaultdict[tuple[str, str], list[Contribution]] = defaultdict(list)
        self._before: defaultdict[tuple[str, str], list[Contribution]] = defaultdict(list)
        for row in given.contributions:
            if row.employee is None:
                continue
            if span.starts_on <= row.day <= span.ends_on:
                self._rows[row.kpi, row.employee].append(row)
            if span.year_ago.starts_on <= row.day <= span.year_ago.ends_on:
                self._before[row.kpi, row.employee].append(row)
        self._reports: defaultdict[str, list[Held]] = defaultdict(list)
        for held in held_in(span, given):
            if held.assignment.manager is not None:
                self._reports[held.assignment.manager].append(held)

    def of(self, held: Held, kpi: str, scope: str) -> set[Contribution]:
        """The contributions that count for an assignment's KPI."""
        employee = held.assignment.employee
        rows = self._team(employee, kpi) if scope == "team" else self._rows[kpi, employee]
        return {row for row in rows if held.active_from <= row.day <= held.active_to}

    def year_ago(self, held: Held, kpi: str, scope: str) -> set[Contribution]:
        """Those of the same people on the same days a year ago."""
        found: set[Contribution] = set()
        days = [held.active_from + timedelta(days=number) for number in range(held.days)]
        for (row_kpi, contributor), rows in self._before.items():
            if row_kpi != kpi:
                continue
            counting = [day for day in days if contributor in self._counting(held.assignment.employee, scope, day)]
            for first, last in _runs(counting):
                begins = self._year_before(first) if first != self._span.starts_on else self._span.year_ago.starts_on
                ends = self._year_before(last) if last != self._span.ends_on else self._span.year_ago.ends_on
                found |= {row for row in rows if begins <= row.day <= ends}
        return found

    def _year_before(self, day: date) -> date:
        if self._span.is_of_days:
            return day - timedelta(days=364)
        leap_day = (day.month, day.day) == (2, 29)
        return day.replace(year=day.year - 1, day=28 if leap_day else day.day)

    def _counting(self, employee: str, scope: str, day: date) -> set[str]:
        """Whose contributions count for somebody on a day."""
        if scope == "self":
            return {employee}
        team: set[str] = set()
        waiting = [employee]
        while waiting:
            for report in self._reports[waiting.pop()]:
                member = report.assignment.employee
                if report.active_from <= day <= report.active_to and member not in team:
                    team.add(member)
                    waiting.append(member)
        return team

    def _team(self, manager: str, kpi: str) -> Iterable[Contribution]:
        # a member may belong to the team on some days only: asked for each member's days along each line of reports
        def below(boss: str, is_in: Callable[[date], bool], above: Collection[str]) -> Iterable[Contribution]:
            for report in self._reports[boss]:
                member = report.assignment.employee

                def on(day: date, report: Held = report) -> bool:
                    return report.active_from <= day <= report.active_to and is_in(day)

                if member not in above:
                    yield from (row for row in self._rows[kpi, member] if on(row.day))
                    yield from below(member, on, {*above, member})

        return set(below(manager, lambda _: True, {manager}))


def _runs(days: list[date]) -> Iterable[tuple[date, date]]:
    """First and last day of each stretch of days that follow each other."""
    starts = [day for day in days if day - timedelta(days=1) not in days]
    ends = [day for day in days if day + timedelta(days=1) not in days]
    return zip(starts, ends, strict=True)


def actual_of(rows: Collection[Contribution], kpi: Row) -> Actual:
    """By the KPI's aggregation; 8 decimals. ``numerator`` and ``denominator`` are what the value is the quotient of."""
    if not rows:
        return NOTHING
    upper, lower = _PARTS[aggregation_of(kpi)](rows, kpi["aggregation"])
    value = rounded(upper, 8) if lower is None else ratio(upper, lower, 8)
    return Actual(upper, lower, value, len(rows))


def aggregation_of(kpi: Row) -> str:
    """The name of the KPI's aggregation, which stands alone where it has no parameter."""
    aggregation = kpi["aggregation"]
    return aggregation if isinstance(aggregation, str) else aggregation["kind"]


def _sum(rows: Collection[Contribution], _: Row) -> tuple[Fraction, Fraction | None]:
    return total([number(row.numerator) * number(row.credit) for row in rows]), None


def _ratio(rows: Collection[Contribution], _: Row) -> tuple[Fraction, Fraction | None]:
    return _sum(rows, _)[0], total([number(row.denominator) * number(row.credit) for row in rows])


def _mean(rows: Collection[Contribution], _: Row) -> tuple[Fraction, Fraction | None]:
    return _sum(rows, _)[0], total([number(row.credit) for row in rows])


def _median(rows: Collection[Contribution], _: Row) -> tuple[Fraction, Fraction | None]:
    values = sorted(number(row.numerator) for row in rows)
    return values[(len(values) - 1) // 2] + values[len(values) // 2], Fraction(2)


def _percentile(rows: Collection[Contribution], parameter: Row) -> tuple[Fraction, Fraction | None]:
    values = sorted(number(row.numerator) for row in rows)
    return values[max(1, ceil(number(parameter["at"]) * len(values))) - 1], None


def _count_distinct(rows: Collection[Contribution], _: Row) -> tuple[Fraction, Fraction | None]:
    return Fraction(len({row.unit for row in rows if row.numerator != 0})), None


def _share_of_units(rows: Collection[Contribution], parameter: Row) -> tuple[Fraction, Fraction | None]:
    once = {(row.unit, row.source): number(row.numerator) for row in rows}
    by_unit: defaultdict[str, list[Fraction]] = defaultdict(list)
    for (unit, _), numerator in once.items():
        by_unit[unit].append(numerator)
    reached = [unit for unit, values in by_unit.items() if total(values) >= number(parameter["bound"])]
    return Fraction(len(reached)), Fraction(len(by_unit))


_PARTS: dict[str, Callable[[Collection[Contribution], Row], tuple[Fraction, Fraction | None]]] = {
    "sum": _sum,
    "ratio": _ratio,
    "mean": _mean,
    "median": _median,
    "percentile": _percentile,
    "count_distinct": _count_distinct,
    "share_of_units": _share_of_units,
}
SUM_LIKE = {"sum", "count_distinct"}


def employee_actuals(span: Span, given: Given, scheme: Scheme, credits: Credits) -> dict[tuple[str, str], Actual]:
    """(employee, KPI) → actual, of the KPIs of the lines of the employee's positions and of the extra points for them.

    Of a KPI for extra points over all the employee's assignments, otherwise over those that have a line of it. Who is
    measured by a KPI of the team has the team's wherever no line says otherwise.
    """
    scopes: defaultdict[tuple[str, str], dict[Held, str]] = defaultdict(dict)
    held_by: defaultdict[str, list[Held]] = defaultdict(list)
    for held in assessed_in(span, given, scheme):
        held_by[held.assignment.employee].append(held)
    for employee, all_held in held_by.items():
        for held in all_held:
            for line in lines_on(held.assignment.position, measured_on(held, span, scheme), scheme):
                scopes[employee, line["kpi"]][held] = line["of"]
        for extra in [one for held in all_held for one in extras_in(span, held.assignment.position, scheme)]:
            by_assignment = scopes[employee, extra["kpi"]]
            scope = "team" if "team" in by_assignment.values() else "self"
            for held in all_held:
                by_assignment.setdefault(held, scope)
    return {
        (employee, kpi): actual_of(
            set().union(*(credits.of(held, kpi, scope) for held, scope in by_assignment.items())), scheme["kpis"][kpi]
        )
        for (employee, kpi), by_assignment in scopes.items()
    }


def times(actual: Fraction | None, per: Fraction) -> int:
    """How many whole ``per`` an actual has; none below 0."""
    return 0 if actual is None else floor(max(actual, Fraction(0)) / per)
