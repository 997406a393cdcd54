"""Every step of every score in words: that the arithmetic in the words is right, and that nobody is left without."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import pytest

from perf_pipelines.home import CompanyHome
from perf_pipelines.publication import open_marts
from perf_pipelines.reports.explanation import explain
from perf_pipelines.reports.marts import PublishedMarts
from tests.pipeline.arithmetic import equations, last_number

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Place

ROUNDED_TO = {
    "kpi": 10,
    "target": 8,
    "points": 4,
    "assignment": 12,
    "kpi_score": 4,
    "feedback_relation": 4,
    "feedback": 4,
    "extra_points": 4,
    "final": 4,
    "payout": 2,
}
"""Decimals of the figure that the last equation of a sentence comes to; an attainment has 8."""


def steps(place: Place) -> list[dict[str, object]]:
    with open_marts(place.published) as marts:
        result = marts.execute("select * from marts.fct_score_step order by period_id, employee_id, step")
        names = [column[0] for column in result.description or ()]
        return [dict(zip(names, row, strict=True)) for row in result.fetchall()]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_what_a_sentence_says_comes_out_when_it_is_computed_again(closed_year: Place, language: str) -> None:
    checked = 0
    for step in steps(closed_year):
        sentence, kind = str(step[f"text_{language}"]), str(step["kind"])
        found = equations(sentence)
        for place, equation in enumerate(found, start=1):
            is_attainment = kind == "kpi" and place < len(found)
            assert equation.holds(8 if is_attainment else ROUNDED_TO[kind]), equation
        if found:
            assert last_number(sentence) == step["value"], sentence
        checked += len(found)
    # two of each KPI, and those of targets, lines, scores and payouts
    assert checked > 5_000


def test_everybody_has_every_step_in_both_languages_and_numbered_without_gaps(closed_year: Place) -> None:
    found: dict[tuple[object, object], list[dict[str, object]]] = {}
    for step in steps(closed_year):
        found.setdefault((step["period_id"], step["employee_id"]), []).append(step)
    assert len(found) == 14 * 41
    for said in found.values():
        assert [step["step"] for step in said] == list(range(1, len(said) + 1))
        kinds = [step["kind"] for step in said if step["kind"] not in {"target", "points"}]
        last = ["kpi_score", "final", "grade", "rank", "payout"] if "final" in kinds else ["reason"]
        assert kinds == ["kpi"] * 5 + last


def test_what_the_rows_of_a_ratio_come_to_gives_its_actual(closed_year: Place) -> None:
    marts = PublishedMarts(CompanyHome(closed_year.home / closed_year.name))
    people = marts.query("select employee_id from marts.rpt_score_table where period_id = '2017-Q4'")
    actuals = {
        (row["employee_id"], row["kpi_id"]): row["actual"]
        for row in marts.query(
            "select employee_id, kpi_id, actual from marts.fct_kpi_score where period_id = '2017-Q4'"
        )
    }
    checked = 0
    for employee in (row["employee_id"] for row in people):
        for step in explain(marts, period="2017-Q4", employee=employee, rows=1).steps:
            if step.evidence and step.evidence.numerator is not None and step.evidence.denominator:
                actual = Fraction(step.evidence.numerator) / Fraction(step.evidence.denominator)
                published = Fraction(actuals[employee, step.said["kpi_id"]])
                assert abs(actual - published) <= Fraction(1, 2 * 10**8), step.said["text_en"]
                checked += 1
    # win rate and price realisation of everybody with deals, and of the managers those of their teams
    assert checked > 60


def test_a_version_without_steps_says_that_the_period_has_to_be_closed_again(
    closed_year: Place, tmp_path: Path
) -> None:
    place = closed_year.copied(tmp_path)
    record = place.published / "publication.json"
    record.write_text(record.read_text().replace('"fct_score_step"', '"fct_other"'))
    outcome = place.call("explain", "--period", "2017-Q4", "--employee", "darcel_schlecht")
    assert outcome.code == 8
    assert "close it again: `perf-pipelines run --company crm_sales --period 2017-Q4`" in outcome.err
