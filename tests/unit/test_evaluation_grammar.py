"""What scheme.yaml says of 360° feedback, vetoes, extra points and grades, and how a fault in it is told."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from perf_pipelines.errors import CompanyRefused
from perf_pipelines.periods import Period
from perf_pipelines.scheme.tables import scheme_tables
from tests.unit.a_company import SCHEME, load, replaced, write_company

if TYPE_CHECKING:
    from pathlib import Path

LINE = "{kpi: revenue, goal: kr_revenue, weight: 0.6, target: 100, rule: standard}"
PARTS = "evaluation: {kpi: 1.0, min_coverage: 0.60}\n"
FEEDBACK = "feedback: {scale: [1, 5], weights: {manager: 0.5, peer: 0.5}}\n"
WITH_FEEDBACK = "evaluation: {kpi: 0.7, feedback: 0.3, min_coverage: 0.60}\n" + FEEDBACK
REVIEW = "  systemic_miss: {share: 0.80, min_headcount: 3}\n"
EXTRA = (
    "extra_points:\n  - {id: praised, name: {zh: 好评, en: Praised}, kpi: revenue, points: 2, per: 100, at_most: 10}\n"
)


def the_problem(root: Path, *changes: tuple[str, str]) -> tuple[str | None, str]:
    """Field and text of the only problem of the scheme with these texts replaced."""
    scheme = SCHEME
    for old, new in changes:
        scheme = replaced(scheme, old, new)
    with pytest.raises(CompanyRefused) as caught:
        load(write_company(root, scheme=scheme))
    assert len(caught.value.problems) == 1, "\n".join(map(str, caught.value.problems))
    return caught.value.problems[0].field, str(caught.value.problems[0])


@pytest.mark.parametrize(
    ("changes", "field", "says"),
    [
        ([(PARTS, PARTS.replace("1.0", "0.7"))], "evaluation.kpi", "the parts kpi and feedback sum to 0.7"),
        ([(PARTS, "evaluation: {kpi: 0, feedback: 1, min_coverage: 0.60}\n" + FEEDBACK)], "evaluation.kpi", "nothing"),
        ([(PARTS, WITH_FEEDBACK.removesuffix(FEEDBACK))], "evaluation.feedback", "no section `feedback`"),
        ([(PARTS, PARTS + FEEDBACK)], "feedback", "counts for nothing"),
        ([(PARTS, PARTS.replace("}", ", mean_of: {month: quarter}}"))], "evaluation.mean_of.month", "shorter cycle"),
        ([(PARTS, PARTS.replace("}", ", mean_of: {quarter: week}}"))], "evaluation.mean_of.quarter", "whole months"),
        ([(PARTS, PARTS.replace("}", ", mean_of: {year: quarter}}"))], "evaluation.mean_of.year", "does not assess"),
        ([(PARTS, WITH_FEEDBACK.replace("[1, 5]", "[5, 1]"))], "feedback", "the scale goes from 5 to 1"),
        ([(PARTS, WITH_FEEDBACK.replace("peer: 0.5", "peer: 0.4"))], "feedback.weights", "sum to 0.9"),
        ([(PARTS, WITH_FEEDBACK.replace("}}", "}, min_raters: 2}"))], "feedback.min_raters", "at least 3"),
        ([(PARTS, WITH_FEEDBACK.replace("}}", "}, cycles: [year]}"))], "feedback.cycles", "does not assess"),
        ([(PARTS, WITH_FEEDBACK.replace("}}", "}, self_difference: 0}"))], "feedback.self_difference", "above 0"),
        ([(REVIEW, REVIEW + "  capability: {min_headcount: 2}\n")], "review.capability.min_headcount", "at least 3"),
        ([(REVIEW, REVIEW + "  fairness: {min_people: 3}\n")], "review.fairness.min_people", "at least 4"),
        ([(REVIEW, REVIEW + "  scheme: {few_reach: 10}\n")], "review.scheme.few_reach", "at most 1"),
        ([(LINE, LINE.replace("}", ", floor: 8, cap: 6}"))], "positions.operator[0].floor", "above the cap of 6"),
        ([(LINE, LINE.replace("}", ", min_sample: 0}"))], "positions.operator[0].min_sample", "at least 1"),
        (
            [(LINE, LINE.replace("}", ", veto: {grade: god}}"))],
            "positions.operator[0].veto.grade",
            "did you mean `good`",
        ),
        ([("rules:\n", EXTRA.replace("kpi: revenue", "kpi: revenu") + "rules:\n")], "extra_points[0].kpi", "`revenu`"),
        ([("rules:\n", EXTRA.replace("points: 2", "points: 0") + "rules:\n")], "extra_points[0].points", "0 points"),
        (
            [("rules:\n", EXTRA.replace("kpi:", "positions: [operater], kpi:") + "rules:\n")],
            "extra_points[0].positions",
            "did you mean `operator`",
        ),
        (
            [("method: bands", "method: quota"), (", expected: 0.3", ""), (", expected: 0.7", "")],
            "grades.bands",
            "no band says `expected`",
        ),
    ],
)
def test_a_fault_is_told_with_its_place(tmp_path: Path, changes: list[tuple[str, str]], field: str, says: str) -> None:
    found, text = the_problem(tmp_path, *changes)
    assert found == field
    assert says in text


def test_a_kpi_may_serve_extra_points_alone(tmp_path: Path) -> None:
    scheme = replaced(SCHEME, "rules:\n", EXTRA.replace("kpi: revenue", "kpi: praise") + "rules:\n")
    scheme = replaced(
        scheme,
        "goals:\n",
        "  praise: {name: {zh: 好评, en: Praise}, unit: rows, aggregation: sum, better: higher}\ngoals:\n",
    )
    with pytest.raises(CompanyRefused) as caught:
        load(write_company(tmp_path, scheme=scheme))
    assert [problem.what for problem in caught.value.problems] == ["no SQL model says what counts for `praise`"]


def test_what_sql_reads_of_a_full_scheme(tmp_path: Path) -> None:
    scheme = replaced(
        SCHEME, PARTS, EXTRA + WITH_FEEDBACK.replace("}}", "}, rater_leniency: shrink, cycles: [quarter]}")
    )
    scheme = replaced(scheme, LINE, LINE.replace("}", ", floor: 2, cap: 11, veto: {below: 0.8, grade: fair}}"))
    quarter = Period.parse("2026-Q2")
    tables = scheme_tables(load(write_company(tmp_path, scheme=scheme)).scheme, [Period.parse("2026-03"), quarter])
    (extra,) = tables["extra_points"].to_pylist()
    assert (extra["position_id"], str(extra["points"]), str(extra["at_most"])) == ("operator", "2.0000", "10.0000")
    (feedback,) = tables["feedback"].to_pylist()
    assert (feedback["period_id"], feedback["min_raters"], feedback["rater_leniency"]) == ("2026-Q2", 3, "shrink")
    anonymous = {row["relation"]: row["is_anonymous"] for row in tables["feedback_relation"].to_pylist()}
    assert anonymous == {"manager": False, "peer": True}
    line = next(row for row in tables["position_kpi"].to_pylist() if row["floor"] is not None)
    assert (str(line["floor"]), str(line["cap"]), line["veto_grade"]) == ("2.0000", "11.0000", "fair")
