"""What must not change a score, or may change it in one direction only."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.properties.comparing import differences
from tests.properties.schemes_and_rows import EXAMPLES, FIRST, OPEN, Drawn, companies
from tests.properties.scoring_sql import SPANS
from tests.reference.actuals import aggregation_of

if TYPE_CHECKING:
    from random import Random

    from tests.properties.scoring_sql import ScoringSql
    from tests.reference.evaluation import Tables
    from tests.reference.given import Contribution, Given, Row

WEEK = SPANS[1]

some_companies = given(drawn=companies(positions=20), random=st.randoms(use_true_random=True))
few = settings(EXAMPLES, max_examples=6)


@few
@some_companies
def test_the_order_of_rows_changes_nothing(sql: ScoringSql, drawn: Drawn, random: Random) -> None:
    mixed = {name: tuple(random.sample(rows, len(rows))) for name, rows in vars(drawn.rows).items()}
    assert not differences(_scored(sql, drawn), _scored(sql, Drawn(drawn.scheme, replace(drawn.rows, **mixed))))


@few
@some_companies
def test_a_contribution_to_a_sum_may_come_in_two_halves(sql: ScoringSql, drawn: Drawn, random: Random) -> None:
    lines = {
        position: [{word: what for word, what in line.items() if word != "min_sample"} for line in lines]
        for position, lines in drawn.scheme["positions"].items()
    }
    scheme = {**drawn.scheme, "positions": lines}
    halves: list[Contribution] = []
    for row in drawn.rows.contributions:
        if aggregation_of(scheme["kpis"][row.kpi]) == "sum" and random.random() < 0.5:
            part = Decimal(random.randint(-30_000, 30_000)) / 10_000
            halves.append(replace(row, numerator=part))
            halves.append(replace(row, numerator=row.numerator - part, source=f"{row.source} again"))
        else:
            halves.append(row)
    once, twice = (
        _scored(sql, Drawn(scheme, replace(drawn.rows, contributions=tuple(rows))))
        for rows in (drawn.rows.contributions, halves)
    )
    assert len(halves) > len(drawn.rows.contributions)
    for tables in (once, twice):
        for row in (*tables["fct_kpi_actual"], *tables["fct_kpi_score"]):
            del row["contributions"]
    assert not differences(once, twice)


@few
@some_companies
def test_an_amount_and_its_target_may_be_told_in_another_unit(sql: ScoringSql, drawn: Drawn, random: Random) -> None:
    amounts = {"sum", "median", "percentile"}
    factor = random.choice([2, 7, 100])
    told = {kpi for kpi, about in drawn.scheme["kpis"].items() if aggregation_of(about) in amounts}

    # Of whole periods, halves and targets of everybody: what is rounded scales only roughly.
    whole = replace(
        drawn.rows,
        attendance=(),
        assignments=tuple(
            replace(one, valid_from=date(2025, 5, 1), valid_to=OPEN)
            for one in {(one.employee, one.position, one.department): one for one in drawn.rows.assignments}.values()
        ),
        contributions=tuple(replace(row, credit=Decimal("0.5")) for row in _once(drawn.rows.contributions)),
    )
    other = replace(
        whole,
        contributions=tuple(
            replace(row, numerator=row.numerator * factor) if row.kpi in told else row for row in whole.contributions
        ),
    )

    def in_the_other_unit(entry: Row, word: str) -> Row:
        return {**entry, word: entry[word] * factor} if entry["kpi"] in told else entry

    reasonable = {
        position: [
            {**line, "target": Decimal(7) if isinstance(line["target"], dict) else min(line["target"], Decimal(1000))}
            | {"departments": {}, "employees": {}}
            for line in lines
        ]
        for position, lines in drawn.scheme["positions"].items()
    }
    # a pool may be a share of such an amount
    bonus = [{word: said for word, said in one.items() if word != "pool"} for one in drawn.scheme["bonus"]]
    before = {**drawn.scheme, "positions": reasonable, "change_inside_period": "refuse", "bonus": bonus}
    after = {
        **before,
        "positions": {
            position: [in_the_other_unit(line, "target") for line in lines] for position, lines in reasonable.items()
        },
        "extra_points": [in_the_other_unit(entry, "per") for entry in drawn.scheme["extra_points"]],
    }
    # and not of a week: the part of a month that it is, is rounded
    here, there = (
        {
            table: [row for row in found if row["period_id"] != WEEK.id]
            for table, found in _scored(sql, drawn_so).items()
        }
        for drawn_so in (Drawn(before, whole), Drawn(after, other))
    )
    scaled = {
        "fct_kpi_actual": ("numerator", "actual"),
        "fct_kpi_score": ("target", "line_target", "prorated_target", "actual"),
        "fct_extra_points": ("actual", "per"),
    }
    for table, columns in scaled.items():
        for row in here[table]:
            for column in columns:
                if row["kpi_id"] in told and row[column] is not None:
                    row[column] *= factor
    assert not differences(here, there)


@few
@some_companies
def test_the_names_of_employees_change_nothing(sql: ScoringSql, drawn: Drawn, random: Random) -> None:
    others = random.sample(range(1000), len(drawn.rows.employees))
    renamed = {name: f"x{other}" for name, other in zip(drawn.rows.employees, others, strict=True)}
    rows: Given = replace(
        drawn.rows,
        employees=tuple(renamed.values()),
        assignments=tuple(
            replace(one, employee=renamed[one.employee], manager=renamed.get(one.manager or ""))
            for one in drawn.rows.assignments
        ),
        attendance=tuple(replace(row, employee=renamed[row.employee]) for row in drawn.rows.attendance),
        part_evaluations=tuple(replace(row, employee=renamed[row.employee]) for row in drawn.rows.part_evaluations),
        contributions=tuple(replace(row, employee=renamed.get(row.employee or "")) for row in drawn.rows.contributions),
        answers=tuple(
            replace(row, employee=renamed[row.employee], rater=renamed[row.rater]) for row in drawn.rows.answers
        ),
    )
    lines = {
        position: [
            {**line, "employees": {renamed.get(who, who): target for who, target in line.get("employees", {}).items()}}
            for line in lines
        ]
        for position, lines in drawn.scheme["positions"].items()
    }
    before = _scored(sql, drawn)
    for table in before.values():
        for row in table:
            row["employee_id"] = renamed[row["employee_id"]]
    assert not differences(before, _scored(sql, Drawn({**drawn.scheme, "positions": lines}, rows)))


@few
@some_companies
def test_a_better_actual_never_lowers_a_score(sql: ScoringSql, drawn: Drawn, random: Random) -> None:
    # nothing negative: target ÷ actual turns its sign where lower is better
    worse = tuple(replace(row, numerator=abs(row.numerator)) for row in drawn.rows.contributions)
    # of this year: a better one a year ago asks more of who is to grow
    better = {
        row.source: Decimal(random.choice(["0", "0.0001", "1", "2.5", "1000"]) if row.day >= FIRST else 0)
        for row in worse
    }
    improved = tuple(
        replace(
            row,
            numerator=row.numerator + better[row.source]
            if drawn.scheme["kpis"][row.kpi]["better"] == "higher"
            else max(Decimal(0), row.numerator - better[row.source]),
        )
        for row in worse
    )
    before, after = (
        _scored(sql, Drawn(drawn.scheme, replace(drawn.rows, contributions=rows))) for rows in (worse, improved)
    )
    keys = ("period_id", "employee_id", "position_id", "department_id", "active_from", "kpi_id")
    points = {tuple(row[key] for key in keys): row["points"] for row in after["fct_kpi_score"]}
    for row in before["fct_kpi_score"]:
        now = points[tuple(row[key] for key in keys)]
        assert (now is None) == (row["points"] is None)
        assert now is None or now >= row["points"], f"{row} → {now}"
    scores = {(row["period_id"], row["employee_id"]): row["kpi_score"] for row in after["fct_evaluation"]}
    for row in before["fct_evaluation"]:
        now = scores[row["period_id"], row["employee_id"]]
        assert now == row["kpi_score"] is None or now >= row["kpi_score"]


def _scored(sql: ScoringSql, drawn: Drawn) -> Tables:
    return sql.scored(drawn.scheme, drawn.rows)


def _once(rows: tuple[Contribution, ...]) -> list[Contribution]:
    return list({row.source: row for row in rows}.values())
