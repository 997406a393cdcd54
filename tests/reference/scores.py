"""KPI scores: of a line of an assignment, of an assignment, of an employee."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from tests.reference.actuals import Credits, actual_of
from tests.reference.lines import assessed_in, measured_on
from tests.reference.rounding import number, ratio, rounded, total
from tests.reference.rules import BEYOND, points
from tests.reference.targets import Asked
from tests.reference.versions import in_force, lines_on

if TYPE_CHECKING:
    from tests.reference.actuals import Actual
    from tests.reference.given import Given, Row, Scheme, Span
    from tests.reference.lines import Held


def line_scores(span: Span, given: Given, scheme: Scheme, credits: Credits) -> dict[Held, list[Row]]:
    """For each assignment of the period the rows of fct_kpi_score, one a line in force."""
    asked = Asked(span, given, scheme, credits)
    return {
        held: [
            _line_score(
                line,
                held,
                span,
                scheme,
                asked,
                actual_of(credits.of(held, line["kpi"], line["of"]), kpi_of(line, scheme)),
            )
            for line in lines_on(held.assignment.position, measured_on(held, span, scheme), scheme)
        ]
        for held in assessed_in(span, given, scheme)
    }


def kpi_of(line: Row, scheme: Scheme) -> Row:
    return scheme["kpis"][line["kpi"]]


def _line_score(line: Row, held: Held, span: Span, scheme: Scheme, asked: Asked, actual: Actual) -> Row:
    lower_is_better = kpi_of(line, scheme)["better"] == "lower"
    target, prorated = asked.targets(line, held)
    attainment = (
        (ratio(prorated, actual.value, 8) if lower_is_better else ratio(actual.value, prorated, 8))
        if actual.value is not None and prorated is not None
        else None
    )
    rated = None if prorated is None else _rated(attainment, actual, line, lower_is_better=lower_is_better)
    rule = in_force(scheme["rules"][line["rule"]], measured_on(held, span, scheme))
    if rated is None:
        given, status = (Fraction(0) if line["no_data"] == "zero" else None), "no_data"
    else:
        given = points(rated, rule, line)
        above = given > points(Fraction(1), rule, line)
        status = "missed" if rated < 1 else "exceeded" if above else "reached"
    veto = line.get("veto") or {}
    veto_below = number(veto.get("below", 1)) if veto else None
    return {
        "period_id": span.id,
        "employee_id": held.assignment.employee,
        "position_id": held.assignment.position,
        "department_id": held.assignment.department,
        "active_from": held.active_from,
        "active_to": held.active_to,
        "active_share": rounded(Fraction(held.days, span.days), 8),
        "kpi_id": line["kpi"],
        "goal_id": line["goal"],
        "scope": line["of"],
        "scheme_id": scheme["scheme"],
        "weight": number(line["weight"]),
        "target": target,
        "growth": asked.growth(line, held),
        "year_ago_actual": asked.year_ago(line, held),
        "prorated_target": prorated,
        "actual": actual.value,
        "attainment": attainment,
        "rule_id": line["rule"],
        "rule_kind": rule["kind"],
        "points": given,
        "weighted_score": None if given is None else number(line["weight"]) * given * 10,
        "status": status,
        "no_data": line["no_data"],
        "contributions": actual.contributions,
        "min_sample": line["min_sample"],
        "floor": None if line.get("floor") is None else number(line["floor"]),
        "cap": None if line.get("cap") is None else number(line["cap"]),
        "veto_below": veto_below,
        "veto_grade": veto.get("grade"),
        "has_vetoed": veto_below is not None and rated is not None and rated < veto_below,
    }


def _rated(attainment: Fraction | None, actual: Actual, line: Row, *, lower_is_better: bool) -> Fraction | None:
    if actual.value is None or actual.contributions < line["min_sample"]:
        return None
    return BEYOND if lower_is_better and actual.value == 0 else attainment


@dataclass(frozen=True)
class KpiPart:
    """What an employee's KPIs come to; ``held_back``: a line without data forbids to evaluate."""

    has_lines: bool
    score: Fraction | None
    coverage: Fraction | None
    held_back: bool


def kpi_part(scores: dict[Held, list[Row]]) -> KpiPart:
    """Of one employee's assignments."""
    scored: list[tuple[Fraction, int]] = []
    covered: list[tuple[Fraction, int]] = []
    for held, rows in scores.items():
        counted = [row for row in rows if row["points"] is not None]
        coverage = total([row["weight"] for row in counted])
        if rows:
            covered.append((coverage, held.days))
        if counted:
            scored.append((rounded(total([row["weighted_score"] for row in counted]) / coverage, 12), held.days))
    return KpiPart(
        has_lines=bool(covered),
        score=_by_days(scored, 4),
        coverage=_by_days(covered, 8),
        held_back=any(
            row["status"] == "no_data" and row["no_data"] == "hold" for rows in scores.values() for row in rows
        ),
    )


def _by_days(values: list[tuple[Fraction, int]], decimals: int) -> Fraction | None:
    if not values:
        return None
    return rounded(total([value * days for value, days in values]) / sum(days for _, days in values), decimals)
