"""Cases on which the SQL and the specification have differed, small, with figures typed by hand."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from tests.properties.comparing import differences
from tests.properties.scoring_sql import SPANS
from tests.reference.evaluation import scored
from tests.reference.given import Answer, Assignment, Contribution, Given

if TYPE_CHECKING:
    from tests.properties.scoring_sql import ScoringSql
    from tests.reference.given import Row, Scheme

MARCH, WEEK, QUARTER = SPANS
LABEL = {"zh": "某", "en": "Some"}
BEFORE, OPEN = date(2025, 5, 1), date(9999, 12, 31)
THIRTY = Decimal("0.3")


def test_a_weighted_score_is_exact(sql: ScoringSql) -> None:
    # 0.333333 × 3.3333 × 10 has 9 decimals
    scheme = scheme_of(
        line("revenue", weight="0.333333", rule="flat"),
        line("returns", weight="0.666667", rule="flat"),
        rules={"flat": {"kind": "steps", "steps": [[Decimal(0), Decimal("3.3333")]]}},
    )
    rows = Given(("ann",), (assignment("ann"),), contributions=(contribution("ann", "revenue", "5"),))
    (row,) = figures(sql, scheme, rows, "fct_kpi_score", kpi_id="revenue")
    assert row["weighted_score"] == Fraction("11.110988889")


def test_dbt_knows_before_it_runs_which_kpis_a_scheme_may_ask_for(sql: ScoringSql) -> None:
    # which of them it does ask for stands in the scheme's tables, which dbt does not read while it parses
    for model in ("int_year_ago_contribution", "int_miss_contribution", "fct_instant_reward"):
        assert {"kpi_revenue", "kpi_win_rate"} <= sql.reads[model], model


def test_a_denominator_keeps_its_decimals_whatever_else_the_scheme_aggregates(sql: ScoringSql) -> None:
    # beside a mean, whose denominator has 8 decimals, that of a ratio lost its last four
    scheme = scheme_of(line("conversion", weight="1"))
    rows = Given(
        ("ann",),
        (assignment("ann"),),
        contributions=(contribution("ann", "conversion", "1", denominator="0.7", credit="0.33333333"),),
    )
    (row,) = figures(sql, scheme, rows, "fct_kpi_actual", employee_id="ann")
    assert row["denominator"] == Fraction("0.233333331")


def test_who_is_held_back_reads_what_holds_back_and_not_what_else_has_no_data(sql: ScoringSql) -> None:
    asked = {"revenue": "hold", "returns": "exclude", "conversion": "zero"}
    lines = [{**line(kpi, weight="0.3"), "no_data": policy} for kpi, policy in asked.items()]
    scheme = scheme_of(*lines, line("hours", weight="0.1"))
    for kpi, about in scheme["kpis"].items():
        about["name"] = {"zh": f"某{kpi}", "en": kpi}
    rows = Given(("ann",), (assignment("ann"),), contributions=(contribution("ann", "hours", "1"),))
    (held,) = figures(sql, scheme, rows, "fct_evaluation", employee_id="ann")
    assert held["reason"] == "held back: no data for revenue"
    assert held["reason_zh"] == "暂缓评估，缺少数据：某revenue"
    lines[0]["no_data"] = "exclude"
    scheme["evaluation"]["min_coverage"] = Decimal("0.9")
    (missing,) = figures(sql, scheme, rows, "fct_evaluation", employee_id="ann")
    # what counts as zero is covered
    assert missing["reason"].endswith("90.00 % are needed; no data for returns, revenue")


def test_extra_points_count_what_came_in_before_a_transfer(sql: ScoringSql) -> None:
    # the entry is for sellers; ann sold as a buyer until the 15th
    scheme = scheme_of(line("returns", weight="1"), extra_points=[extra("revenue", positions=["seller"])])
    rows = Given(
        ("ann",),
        (assignment("ann", position="buyer", to=date(2026, 3, 15)), assignment("ann", since=date(2026, 3, 16))),
        contributions=(
            contribution("ann", "revenue", "2", on=date(2026, 3, 10)),
            contribution("ann", "revenue", "3", on=date(2026, 3, 20)),
        ),
    )
    (row,) = figures(sql, scheme, rows, "fct_extra_points", employee_id="ann")
    assert (row["actual"], row["times"], row["points"]) == (5, 5, 5)


def test_extra_points_count_all_assignments_also_where_one_of_them_is_measured_by_the_kpi(sql: ScoringSql) -> None:
    scheme = scheme_of(line("revenue", weight="1"), extra_points=[extra("revenue", positions=["seller", "buyer"])])
    scheme["positions"]["buyer"] = [line("returns", weight="1")]
    rows = Given(
        ("ann",),
        (assignment("ann", position="buyer", to=date(2026, 3, 15)), assignment("ann", since=date(2026, 3, 16))),
        contributions=(
            contribution("ann", "revenue", "2", on=date(2026, 3, 10)),
            contribution("ann", "revenue", "3", on=date(2026, 3, 20)),
        ),
    )
    (row,) = figures(sql, scheme, rows, "fct_extra_points", employee_id="ann")
    assert (row["actual"], row["times"], row["points"]) == (5, 5, 5)
    (measured,) = figures(sql, scheme, rows, "fct_kpi_score", kpi_id="revenue")
    assert measured["actual"] == 3


def test_extra_points_of_a_manager_measured_by_the_team_are_the_teams_in_another_position_too(sql: ScoringSql) -> None:
    scheme = scheme_of(line("revenue", weight="1", of="team"), extra_points=[extra("revenue", positions=["buyer"])])
    scheme["positions"]["buyer"] = [line("returns", weight="1")]
    rows = Given(
        ("boss", "ann"),
        (
            assignment("boss", to=date(2026, 3, 15)),
            assignment("boss", position="buyer", since=date(2026, 3, 16)),
            assignment("ann", position="buyer", manager="boss"),
        ),
        contributions=(
            contribution("ann", "revenue", "2", on=date(2026, 3, 10)),
            contribution("ann", "revenue", "3", on=date(2026, 3, 20)),
        ),
    )
    (row,) = figures(sql, scheme, rows, "fct_extra_points", employee_id="boss")
    assert (row["actual"], row["times"], row["points"]) == (5, 5, 5)


def test_raters_may_be_ten_points_from_their_mean(sql: ScoringSql) -> None:
    # 50², with 16 decimals, does not fit 18 digits; it was asked for also where nothing is adjusted
    scheme = scheme_of(line("revenue", weight="1"), feedback={})
    said = {"ann": ("1", "5"), "bea": ("2", "4"), "cem": ("5", "5")}
    rows = Given(
        ("ann", "bea", "cem", "dan"),
        answers=tuple(
            answer(rated, rater, rating, number)
            for rater, ratings in said.items()
            for number, (rated, rating) in enumerate(zip(("dan", "eva"), ratings, strict=True))
        ),
    )
    found = figures(sql, scheme, rows, "fct_feedback_score", relation="manager")
    assert len(found) == 2


def test_heavy_competencies_can_be_weighted(sql: ScoringSql) -> None:
    # 999 × 100 with 14 decimals does not fit 18 digits
    scheme = scheme_of(line("revenue", weight="1"), feedback={"competencies": {"listening": 999, "planning": 1}})
    rows = Given(("dan",), answers=(answer("dan", "ann", "5", 1), answer("dan", "ann", "4.8", 2, "planning")))
    (row,) = figures(sql, scheme, rows, "fct_feedback_score", relation="manager")
    assert row["score"] == Fraction("99.995")


def test_light_competencies_are_weighted_exactly(sql: ScoringSql) -> None:
    # 0.0808 of 913 is 0.00884995 of 100; × 0.000001 it has 14 decimals, of which 12 were kept: 0.0089
    scheme = scheme_of(
        line("revenue", weight="1"), feedback={"scale": [0, 913], "competencies": {"listening": Decimal("0.000001")}}
    )
    rows = Given(("dan",), answers=(answer("dan", "ann", "0.0808", 1),))
    (row,) = figures(sql, scheme, rows, "fct_feedback_score", relation="manager")
    assert row["score"] == Fraction("0.0088")


def test_a_department_too_small_for_a_quota_has_the_bands_grade_by_quota_too(sql: ScoringSql) -> None:
    # a quota of one would give the only one the grade with the largest share
    scheme = scheme_of(line("revenue", weight="1"), grades={"method": "both", "quota_min_headcount": 5})
    rows = Given(("ann",), (assignment("ann"),), contributions=(contribution("ann", "revenue", "100"),))
    (row,) = figures(sql, scheme, rows, "fct_evaluation", period_id=MARCH.id)
    assert (row["grade"], row["quota_grade"]) == ("good", "good")


def test_an_attainment_may_be_as_large_as_it_comes(sql: ScoringSql) -> None:
    # 1,000,000,000 held against 0.00001: × 10 in the linear rule it left the exact division
    scheme = scheme_of(line("returns", weight="1", target="1000000000"))
    rows = Given(
        ("ann",), (assignment("ann"),), contributions=(contribution("ann", "returns", "0.001", credit="0.01"),)
    )
    (row,) = figures(sql, scheme, rows, "fct_kpi_score", period_id=MARCH.id)
    assert (row["attainment"], row["points"]) == (10**14, 12)


def test_extra_points_may_be_given_for_tiny_parts_of_much(sql: ScoringSql) -> None:
    # 10^19 of them; at_most bounds the points, and nothing the count
    scheme = scheme_of(line("returns", weight="1"), extra_points=[extra("revenue", per="0.00000001")])
    rows = Given(("ann",), (assignment("ann"),), contributions=(contribution("ann", "revenue", "100000000000"),))
    (row,) = figures(sql, scheme, rows, "fct_extra_points", period_id=MARCH.id)
    assert row["points"] == 1000


def test_a_week_owes_of_each_month_what_its_days_are_of_it(sql: ScoringSql) -> None:
    # Monday, March 30 to Sunday, April 5: 310 × (2/31 + 5/30) = 20 + 51.6…
    scheme = scheme_of(line("revenue", weight="1", target="310"))
    (row,) = figures(sql, scheme, Given(("ann",), (assignment("ann"),)), "fct_kpi_score", period_id=WEEK.id)
    assert (row["target"], row["prorated_target"]) == (Fraction("71.66666667"), Fraction("71.66666667"))


def test_who_leaves_inside_a_week_owes_the_days_share_of_it_rounded_once(sql: ScoringSql) -> None:
    # 310 × (2/31 + 5/30) × 2/7 = 20.476190…; of 71.66666667 it would be 20.47619048 as well, of 71.67 it would not
    scheme = scheme_of(line("revenue", weight="1", target="310"))
    rows = Given(("ann",), (assignment("ann", to=date(2026, 3, 31)),))
    (row,) = figures(sql, scheme, rows, "fct_kpi_score", period_id=WEEK.id)
    assert (row["active_to"], row["prorated_target"]) == (date(2026, 3, 31), Fraction("20.47619048"))


def test_a_week_is_assessed_by_the_lines_of_its_first_day(sql: ScoringSql) -> None:
    until, since = line("revenue", weight="1", target="310"), line("revenue", weight="1", target="620")
    scheme = scheme_of({**until, "until": date(2026, 3, 31)}, {**since, "from": date(2026, 4, 1)})
    rows = Given(("ann",), (assignment("ann"),))
    for period, target in ((MARCH, 310), (WEEK, Fraction("71.66666667")), (QUARTER, 1860)):
        (row,) = figures(sql, scheme, rows, "fct_kpi_score", period_id=period.id)
        assert row["target"] == target


def test_a_calibration_holds_while_the_computed_grade_is_the_one_that_its_author_saw(sql: ScoringSql) -> None:
    scheme = scheme_of(line("revenue", weight="1"))
    rows = Given(
        ("ann", "bob"),
        (assignment("ann"), assignment("bob")),
        contributions=(contribution("ann", "revenue", "5"), contribution("bob", "revenue", "5")),
    )
    best, *_, worst = (band["grade"] for band in scheme["grades"]["bands"])
    sql.execute(
        "insert into control.calibration values "
        f"('2026-03', 'ann', '{best}', '{worst}', 'Li Na', 'a reason', timestamp '2026-04-02 08:00:00'), "
        f"('2026-03', 'bob', '{worst}', '{best}', 'Li Na', 'a reason', timestamp '2026-04-02 08:00:00')"
    )
    try:
        tables = sql.reviewed(scheme, rows)
    finally:
        sql.execute("delete from control.calibration")
    march = {row["employee_id"]: row for row in tables["fct_evaluation"] if row["period_id"] == "2026-03"}
    assert (march["ann"]["grade"], march["ann"]["grade_before_calibration"]) == (worst, best)
    assert march["ann"]["calibrated_by"] == "Li Na"
    assert (march["bob"]["grade"], march["bob"]["calibrated_by"]) == (best, None)
    assert [row["employee_id"] for row in tables["calibration_stale"]] == ["bob"]


def figures(sql: ScoringSql, scheme: Scheme, rows: Given, table: str, **of: object) -> list[Row]:
    """The rows of a mart that have these values, of March unless told otherwise; the SQL and the reference agree."""
    found = sql.scored(scheme, rows)
    differing = [one for one in differences(scored(SPANS, rows, scheme), found) if one.table == table]
    wanted = {"period_id": MARCH.id, **of}
    asked = [row for row in found[table] if row.items() >= wanted.items()]
    assert not differing, "\n".join(map(str, differing))
    return asked


def scheme_of(
    *lines: Row,
    rules: dict[str, Any] | None = None,
    extra_points: list[Row] | None = None,
    feedback: Row | None = None,
    grades: Row | None = None,
) -> Scheme:
    """A scheme whose sellers are measured by ``lines``; ``feedback`` and ``grades`` are changes of a plain section."""
    kpis = {
        "revenue": ("sum", "higher"),
        "returns": ("sum", "lower"),
        "conversion": ("ratio", "higher"),
        "hours": ("mean", "lower"),
    }
    scheme: Scheme = {
        "scheme": "example",
        "currency": "CNY",
        "kpis": {
            kpi: {"name": LABEL, "unit": "CNY", "aggregation": aggregation, "better": better}
            for kpi, (aggregation, better) in kpis.items()
        },
        "goals": [{"id": "grow", "level": "strategy", "name": LABEL}],
        "positions": {"seller": list(lines)},
        "rules": rules or {"flat": {"kind": "linear", "zero_at": 0, "cap": 12}},
        "extra_points": extra_points or [],
        "evaluation": {"kpi": 1, "min_coverage": 0},
        "grades": {
            "method": "bands",
            "bands": [
                {"grade": "good", "name": LABEL, "at_least": 90, "expected": THIRTY},
                {"grade": "fair", "name": LABEL, "at_least": 0, "expected": 1 - THIRTY},
            ],
            **(grades or {}),
        },
        "bonus": {"cycles": {"month": 1}, "multiplier": {"good": 1, "fair": 1}},
        "review": {"systemic_miss": {"share": Decimal("0.8"), "min_headcount": 3}},
    }
    if feedback is not None:
        scheme["evaluation"] = {"kpi": 1 - THIRTY, "feedback": THIRTY, "min_coverage": 0}
        scheme["feedback"] = {"scale": [1, 5], "weights": {"manager": 1}, **feedback}
    return scheme


def line(kpi: str, *, weight: str, target: str = "1", rule: str = "flat", of: str = "self") -> Row:
    return {"kpi": kpi, "goal": "grow", "weight": Decimal(weight), "target": Decimal(target), "rule": rule, "of": of}


def extra(kpi: str, *, per: str = "1", positions: list[str] | None = None) -> Row:
    entry: Row = {"id": "extra", "name": LABEL, "kpi": kpi, "points": 1, "per": Decimal(per)}
    return entry if positions is None else {**entry, "positions": positions}


def assignment(
    employee: str,
    *,
    position: str = "seller",
    manager: str | None = None,
    since: date = BEFORE,
    to: date = OPEN,
) -> Assignment:
    return Assignment(employee, position, "sales", manager, since, to)


def contribution(
    employee: str,
    kpi: str,
    numerator: str,
    *,
    denominator: str = "1",
    credit: str = "1",
    on: date = date(2026, 3, 20),
) -> Contribution:
    key = f"{employee} {kpi} {on}"
    return Contribution(kpi, employee, on, key, Decimal(numerator), Decimal(denominator), Decimal(credit), key)


def answer(rated: str, rater: str, rating: str, number: int, competency: str = "listening") -> Answer:
    key = f"{rated} {rater} {number}"
    return Answer(key, MARCH.id, rated, rater, "manager", competency, Decimal(rating), date(2026, 4, 2))
