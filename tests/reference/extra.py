"""Points outside the weights."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.reference.actuals import times
from tests.reference.lines import held_in
from tests.reference.rounding import number
from tests.reference.versions import extras_in

if TYPE_CHECKING:
    from tests.reference.actuals import Actual
    from tests.reference.given import Given, Row, Scheme, Span


def extra_points(
    span: Span, given: Given, scheme: Scheme, actuals: dict[tuple[str, str], Actual]
) -> dict[tuple[str, str], Row]:
    """(employee, entry) → row of fct_extra_points."""
    rows: dict[tuple[str, str], Row] = {}
    for held in held_in(span, given):
        employee = held.assignment.employee
        for extra in extras_in(span, held.assignment.position, scheme):
            actual = actuals[employee, extra["kpi"]].value
            each, per, most = number(extra["points"]), number(extra["per"]), number(extra["at_most"])
            count = times(actual, per)
            rows[employee, extra["id"]] = {
                "period_id": span.id,
                "employee_id": employee,
                "extra_id": extra["id"],
                "kpi_id": extra["kpi"],
                "actual": actual,
                "per": per,
                "points_each": each,
                "at_most": most,
                "times": count,
                "points": max(-most, min(most, each * count)),
            }
    return rows
