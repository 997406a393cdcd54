"""From rows and a scheme to everything that is published."""

from __future__ import annotations

from collections import defaultdict
from fractions import Fraction
from typing import TYPE_CHECKING

from tests.reference.actuals import Credits, employee_actuals
from tests.reference.extra import extra_points
from tests.reference.feedback import feedback_parts, feedback_scores, has_feedback
from tests.reference.grades import band_of, dense_rank, quota_grades, vetoed
from tests.reference.parts import mean_part
from tests.reference.payout import payouts
from tests.reference.rounding import number, rounded
from tests.reference.scores import kpi_part, line_scores
from tests.reference.versions import in_force, is_mean

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.reference.given import Given, Row, Scheme, Span
    from tests.reference.lines import Held
    from tests.reference.scores import KpiPart

Tables = dict[str, list["Row"]]
"""Name of a mart → its rows."""


def scored(spans: Sequence[Span], given: Given, scheme: Scheme) -> Tables:
    """fct_kpi_actual, fct_kpi_score, fct_extra_points, fct_feedback_score, fct_evaluation, fct_payout of the spans."""
    tables: Tables = defaultdict(list)
    for span in spans:
        for name, rows in _scored_in(span, given, scheme).items():
            tables[name].extend(rows)
    return tables


def _scored_in(span: Span, given: Given, scheme: Scheme) -> Tables:
    credits = Credits(span, given)
    actuals = employee_actuals(span, given, scheme, credits)
    scores = line_scores(span, given, scheme, credits)
    extras = extra_points(span, given, scheme, actuals)
    feedback = feedback_scores(span, given, scheme)
    parts = feedback_parts(feedback)
    held_by: defaultdict[str, dict[Held, list[Row]]] = defaultdict(dict)
    for held, rows in scores.items():
        held_by[held.assignment.employee][held] = rows
    extra_by: defaultdict[str, Fraction] = defaultdict(Fraction)
    for (employee, _), row in extras.items():
        extra_by[employee] += row["points"]
    evaluations = [
        _evaluation(
            span,
            scheme,
            employee,
            list(held_by[employee]),
            mean_part(span, given, employee) if is_mean(span, scheme) else kpi_part(held_by[employee]),
            parts.get(employee),
            extra_by[employee],
        )
        for employee in given.employees
    ]
    vetoing: defaultdict[str, list[Row]] = defaultdict(list)
    if not is_mean(span, scheme):
        for held, rows in scores.items():
            vetoing[held.assignment.employee].extend(row for row in rows if row["has_vetoed"])
    _grade(evaluations, vetoing, in_force(scheme["grades"], span.starts_on))
    return {
        "fct_kpi_actual": [
            {
                "period_id": span.id,
                "employee_id": employee,
                "kpi_id": kpi,
                "numerator": actual.numerator,
                "denominator": actual.denominator,
                "actual": actual.value,
                "contributions": actual.contributions,
            }
            for (employee, kpi), actual in actuals.items()
        ],
        "fct_kpi_score": [row for rows in scores.values() for row in rows],
        "fct_extra_points": list(extras.values()),
        "fct_feedback_score": list(feedback.values()),
        "fct_evaluation": evaluations,
        "fct_payout": payouts(span, given, scheme, evaluations, held_by),
    }


def _evaluation(
    span: Span,
    scheme: Scheme,
    employee: str,
    all_held: list[Held],
    part: KpiPart,
    feedback: Fraction | None,
    extra: Fraction,
) -> Row:
    section = in_force(scheme["evaluation"], span.starts_on)
    said = "none" if not has_feedback(span, scheme) else "given" if feedback is not None else _missing(section)
    feedback = Fraction(0) if said == "zero" else feedback
    status = _status(part, section, said)
    place = _last(all_held)
    evaluated = status == "evaluated"
    return {
        "period_id": span.id,
        "employee_id": employee,
        "department_id": place.assignment.department if place else None,
        "position_id": place.assignment.position if place else None,
        "scheme_id": scheme["scheme"],
        "kpi_score": part.score if evaluated else None,
        "feedback_score": feedback if evaluated else None,
        "extra_points": extra if evaluated else None,
        "final_score": _final(part, section, said, feedback, extra) if evaluated else None,
        "grade": None,
        "grade_before_veto": None,
        "veto_kpi_id": None,
        "quota_grade": None,
        "rank_in_department": None,
        "department_headcount": None,
        "rank_in_position": None,
        "rank_in_company": None,
        "coverage": part.coverage,
        "feedback": said,
        "status": status,
    }


def _missing(section: Row) -> str:
    return section.get("no_feedback", "kpi_only")


def _status(part: KpiPart, section: Row, said: str) -> str:
    if not part.has_lines:
        return "excluded"
    enough = part.coverage is not None and part.coverage >= number(section["min_coverage"])
    if part.held_back or not enough or part.score is None or said == "hold":
        return "incomplete"
    return "evaluated"


def _final(part: KpiPart, section: Row, said: str, feedback: Fraction | None, extra: Fraction) -> Fraction:
    assert part.score is not None
    score = part.score
    if said in {"given", "zero"}:
        assert feedback is not None
        score = rounded(number(section["kpi"]) * part.score + number(section["feedback"]) * feedback, 4)
    return max(Fraction(0), extra + score)


def _last(all_held: list[Held]) -> Held | None:
    """The latest assignment: it says where an employee stands."""
    latest = sorted(all_held, key=lambda held: (held.assignment.position, held.assignment.department))
    return max(latest, key=lambda held: (held.active_to, held.active_from), default=None)


def _grade(evaluations: list[Row], vetoing: dict[str, list[Row]], grades: Row) -> None:
    """Put grades and ranks into the rows of one period; ``vetoing`` are the lines of each employee that cap a grade."""
    evaluated = [row for row in evaluations if row["status"] == "evaluated"]
    for row in evaluated:
        department = {
            other["employee_id"]: other["final_score"]
            for other in evaluated
            if other["department_id"] == row["department_id"]
        }
        position = [other["final_score"] for other in evaluated if other["position_id"] == row["position_id"]]
        score = row["final_score"]
        row["department_headcount"] = len(department)
        row["rank_in_department"] = dense_rank(score, department.values())
        row["rank_in_position"] = dense_rank(score, position)
        row["rank_in_company"] = dense_rank(score, [other["final_score"] for other in evaluated])
        if grades["method"] != "bands":
            row["quota_grade"] = quota_grades(department, grades)[row["employee_id"]]
        before = row["quota_grade"] if grades["method"] == "quota" else band_of(score, grades)
        vetoes = [(line["kpi_id"], line["veto_grade"]) for line in vetoing[row["employee_id"]]]
        row["grade_before_veto"] = before
        row["grade"], row["veto_kpi_id"] = vetoed(before, vetoes, grades)
