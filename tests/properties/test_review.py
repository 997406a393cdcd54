"""The review's SQL against a second computation, its verdicts in words, and attacks on the anonymity of answers."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import product
from random import Random
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from tests.properties.scoring_sql import SPANS
from tests.properties.test_scoring_examples import LABEL, assignment, contribution, line, scheme_of
from tests.reference.evaluation import scored
from tests.reference.feedback import feedback_scores, has_feedback, told_answers
from tests.reference.given import Answer, Assignment, Contribution, Given
from tests.reference.review import capabilities, rated_competencies, rating_fairness, reviewed

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from tests.properties.scoring_sql import ScoringSql
    from tests.reference.evaluation import Tables
    from tests.reference.given import Row, Scheme

MARCH = SPANS[0]
BEFORE, OPEN, SURVEYED = date(2025, 5, 1), date(9999, 12, 31), date(2026, 4, 2)
D = Decimal
KEYS = {
    "fct_scheme_review": ("period_id", "position_id", "kpi_id"),
    "fct_capability": ("period_id", "department_id", "kind", "capability_id"),
    "fct_rating_fairness": ("period_id", "side", "dimension", "group_id"),
}
ROUNDED_ONCE = {"points_deviation", "correlation", "low", "high"}
"""Statistics: binary floating point on both sides, and an approximation of Student's t on one."""


@pytest.mark.parametrize("seed", range(6))
def test_every_figure_of_the_review_equals_the_second_computation(sql: ScoringSql, seed: int) -> None:
    random = Random(seed)
    scheme = a_scheme(random)
    rows = a_company(random, scheme)
    expected = scored(SPANS, rows, scheme)
    found = sql.reviewed(scheme, rows)
    for table, wanted in reviewed(SPANS, rows, scheme, expected).items():
        assert wanted, f"nothing to compare in {table}"
        agree(table, wanted, found[table])


def agree(table: str, expected: list[Row], found: list[Row]) -> None:
    mine, theirs = ({tuple(row[key] for key in KEYS[table]): row for row in rows} for rows in (expected, found))
    assert mine.keys() == theirs.keys()
    for key, row in mine.items():
        for column, value in row.items():
            if column in ROUNDED_ONCE and value is not None:
                width = float(row["high"]) - float(row["low"]) if "high" in row else 0
                assert float(theirs[key][column]) == pytest.approx(value, abs=0.0001 + 0.001 * width), (key, column)
            else:
                assert theirs[key][column] == value, (key, column)


def a_scheme(random: Random) -> Scheme:
    """Two positions; KPIs that serve a key result of their own, that of another KPI, an objective or a strategy."""
    goals = ["kr_revenue", "kr_hours", "sell", "grow"]
    positions = {
        position: [
            {**line(kpi, weight="0.25", target="10", rule=rule), "goal": goal}
            for kpi, rule, goal in zip(
                ("revenue", "returns", "conversion", "hours"),
                random.choices(["flat", "reached"], k=4),
                random.choices(goals, k=4) if position == "buyer" else goals,
                strict=True,
            )
        ]
        for position in ("seller", "buyer")
    }
    if random.random() < 0.5:
        positions["seller"][0]["of"] = "team"
    rules = {
        "flat": {"kind": "linear", "zero_at": 0, "cap": 12},
        "reached": {"kind": "threshold", "missed": 0, "reached": 10, "exceeded": 12, "exceeded_at": D("1.1")},
    }
    feedback = {
        "weights": {"manager": D("0.4"), "peer": D("0.3"), "report": D("0.2"), "self": D("0.1")},
        "rater_leniency": random.choice(["none", "shrink"]),
        "competencies": random.choice([{"listening": 1, "planning": 2}, {"listening": 1}]),
    }
    scheme = with_goals(scheme_of(*positions["seller"], rules=rules, feedback=feedback))
    scheme["positions"] = positions
    scheme["grades"]["method"] = random.choice(["bands", "both", "quota"])
    scheme["review"] |= {"scheme": {"min_pairs": random.choice([3, 10])}, "capability": {"difference": D("2.5")}}
    return scheme


def with_goals(scheme: Scheme) -> Scheme:
    """With an objective and key results by revenue and hours below the strategy."""
    scheme["goals"] += [
        {"id": "sell", "level": "objective", "parent": "grow", "name": LABEL},
        *(
            {"id": f"kr_{kpi}", "level": "key_result", "parent": "sell", "name": LABEL, "kpi": kpi, "from": 1, "to": 2}
            for kpi in ("revenue", "hours")
        ),
    ]
    return scheme


def a_company(random: Random, scheme: Scheme) -> Given:
    """Thirty people of two positions in three departments, with contributions and answers."""
    people = [f"e{number:02}" for number in range(30)]
    assignments: list[Assignment] = []
    for number, employee in enumerate(people):
        position, department = ("seller", "buyer")[number % 2], ("north", "north", "south", "west")[number % 4]
        boss = people[number // 10] if number > 5 else None
        fte = D(random.choice(["1", "1", "0.5"]))
        moved = date(2026, 3, random.randint(2, 30)) if random.random() < 0.2 else OPEN
        assignments.append(Assignment(employee, position, department, boss, BEFORE, moved, fte))
        if moved != OPEN:
            assignments.append(Assignment(employee, position, "west", boss, date(2026, 4, 1), OPEN, fte))
    contributions = tuple(
        Contribution(kpi, employee, day, "u", amount, D(random.choice(["1", "2"])), D(1), f"{employee} {kpi} {day}")
        for employee, kpi, day in product(people, scheme["kpis"], (date(2026, 3, 1), date(2026, 5, 4)))
        for amount in [D(random.choice(["0", "2", "6", "9", "10", "11", "14", "14", "40"]))]
        if random.random() < 0.8
    )
    return Given(tuple(people), tuple(assignments), (), contributions, tuple(answers_of(random, people)))


def answers_of(random: Random, people: Sequence[str]) -> Iterable[Answer]:
    number = 0
    for place, rated in enumerate(people):
        peers = [people[(place + 2 * step) % len(people)] for step in range(1, random.choice([2, 3, 4, 5, 7]))]
        reports = [people[(place + 1 + step) % len(people)] for step in range(random.choice([0, 0, 2, 3]))]
        raters = [("self", rated), ("manager", people[place % 7])]
        raters += [("peer", rater) for rater in peers] + [("report", rater) for rater in reports]
        silent = random.random() < 0.3
        for (relation, rater), competency in product(raters, ("listening", "planning")):
            number += 1
            quiet = silent and random.random() < 0.2
            rating = None if quiet else D(random.randint(100, 500)) / 100
            yield Answer(f"a{number}", MARCH.id, rated, rater, relation, competency, rating, SURVEYED)


def attained(attainments: Sequence[str]) -> Given:
    """Sellers who attain so much of a target of 1 in March."""
    people = tuple(f"e{number}" for number in range(len(attainments)))
    return Given(
        people,
        tuple(assignment(employee) for employee in people),
        contributions=tuple(
            contribution(employee, "revenue", reached) for employee, reached in zip(people, attainments, strict=True)
        ),
    )


def the_review(sql: ScoringSql, scheme: Scheme, rows: Given, **of: object) -> Row:
    [row] = [
        row
        for row in sql.reviewed(scheme, rows)["fct_scheme_review"]
        if row.items() >= {"period_id": MARCH.id, **of}.items()
    ]
    return row


@pytest.mark.parametrize(
    ("attainments", "verdict", "zh", "en"),
    [
        pytest.param(
            ["0.9"] * 4,
            "too_few",
            "seller「某」：只有 4 人有数据，至少 5 人才能下结论。",
            'seller, "Some": 4 with data; a verdict needs 5 people.',
            id="four people",
        ),
        pytest.param(
            ["0.70", "0.71", "0.72", "0.73", "0.74", "0.75", "0.76", "0.78", "0.80", "1.02"],
            "target_too_high",
            "seller「某」：10 人中 1 人达标（10.0%），达成率下四分位 72.0%、上四分位 78.0%，彼此接近：目标可能过高。",
            'seller, "Some": 1 of 10 reached the target (10.0 %), quartiles of the attainments 72.0 % and 78.0 %, '
            "close together: the target is probably too high.",
            id="nearly nobody reaches it and all are close together",
        ),
        pytest.param(
            ["1.2", "1.3", "1.4", "1.5", "1.6", "1.7", "1.8", "1.9", "2.0", "0.5"],
            "no_discrimination",
            "seller「某」：10 人中 9 人同为 12.00 分，标准差 2.10 分：这一指标区分不出人。",
            'seller, "Some": 9 of 10 people have 12.00 points, standard deviation 2.10: the KPI does not '
            "tell people apart.",
            id="nine of ten have the same points",
        ),
        pytest.param(
            ["0.3", "0.4", "0.5", "0.9", "0.95", "1.0", "1.05", "1.2", "1.3", "1.4"],
            "skill_gap",
            "seller「某」：10 人中 5 人达标（50.0%），达成率下四分位 50.0%、上四分位 120.0%："
            "目标有人明显达到、有人明显未达到，差距可能在能力。",
            'seller, "Some": 5 of 10 reached the target (50.0 %), quartiles of the attainments 50.0 % and 120.0 %: '
            "some reach it clearly and others miss it clearly, so the gap is probably one of skill.",
            id="some reach it clearly and others miss it clearly",
        ),
        pytest.param(
            ["0.1", "0.2", "0.3", "0.4", "0.5", "0.6", "0.7", "0.8", "0.9", "0.95"],
            "unclear",
            "seller「某」：10 人中 0 人达标（0.0%），达成率下四分位 30.0%、上四分位 80.0%，相差较大："
            "仅凭数字分不清是目标过高还是能力不足。",
            'seller, "Some": 0 of 10 reached the target (0.0 %), quartiles of the attainments 30.0 % and 80.0 %, far '
            "apart: figures alone do not tell whether target or skill is to blame.",
            id="nobody reaches it and all are far apart",
        ),
        pytest.param(
            ["0.8", "0.92", "0.94", "0.96", "0.98", "1.0", "1.02", "1.04", "1.06", "1.2"],
            "fine",
            "seller「某」：10 人中 5 人达标（50.0%），达成率下四分位 94.0%、上四分位 104.0%：未见异常。",
            'seller, "Some": 5 of 10 reached the target (50.0 %), quartiles of the attainments 94.0 % and 104.0 %: '
            "nothing unusual.",
            id="about the target",
        ),
    ],
)
def test_a_verdict_says_in_both_languages_what_it_rests_on(
    sql: ScoringSql, attainments: list[str], verdict: str, zh: str, en: str
) -> None:
    row = the_review(sql, scheme_of(line("revenue", weight="1")), attained(attainments))
    assert (row["verdict"], row["verdict_zh"], row["verdict_en"]) == (verdict, zh, en)


@pytest.mark.parametrize(
    ("revenue", "correlation", "verdict"),
    [
        ([1, 2, 3, 4, 5, 6, 7, 8, 9, 10], 1, "fine"),
        ([10, 9, 8, 7, 6, 5, 4, 3, 2, 1], -1, "no_effect"),
        # equals share the mean of their ranks: 5.5 and 5.5 for the two in the middle
        ([1, 2, 3, 4, 5, 5, 7, 8, 9, 10], Fraction("0.9970"), "fine"),
        ([4, 4, 4, 4, 4, 4, 4, 4, 4, 4], None, "fine"),
    ],
)
def test_a_kpi_that_does_not_go_with_its_key_result_has_no_effect(
    sql: ScoringSql, revenue: list[int], correlation: object, verdict: str
) -> None:
    measure = {**line("conversion", weight="1"), "goal": "kr_revenue"}
    rows = attained([str(amount) for amount in revenue])
    conversion = tuple(
        contribution(employee, "conversion", f"{80 + 4 * place}", denominator="100")
        for place, employee in enumerate(rows.employees)
    )
    scheme = with_goals(scheme_of(measure))
    row = the_review(sql, scheme, replace(rows, contributions=rows.contributions + conversion))
    assert (row["correlation"], row["verdict"], row["outcome_kpi_id"]) == (correlation, verdict, "revenue")
    if verdict == "no_effect":
        assert (
            row["verdict_zh"] == "seller「某」：10 人的达成率与「某」的秩相关系数为 -1.00：看不出这一指标带动了结果。"
        )
        assert row["verdict_en"] == (
            'seller, "Some": of 10 people attainment and "Some" have a rank correlation of -1.00: no sign that the KPI '
            "moves the result."
        )


def test_a_weight_is_as_important_as_the_grades_that_it_changes(sql: ScoringSql) -> None:
    # good from 90: ann has 12 and 6 points, bea 6 and 12, cem 9 and 9, dan 11 and 0
    scheme = scheme_of(line("revenue", weight="0.5"), line("hours", weight="0.5"))
    scheme["kpis"]["hours"]["better"] = "higher"
    reached = {"ann": ("1.2", "0.6"), "bea": ("0.6", "1.2"), "cem": ("0.9", "0.9"), "dan": ("1.1", "0")}
    rows = Given(
        tuple(reached),
        tuple(assignment(employee) for employee in reached),
        contributions=tuple(
            contribution(employee, kpi, amount)
            for employee, amounts in reached.items()
            for kpi, amount in zip(("revenue", "hours"), amounts, strict=True)
        ),
    )
    row = the_review(sql, scheme, rows, kpi_id="revenue")
    # without: ann 60, bea 120, cem 90, dan 0; ann loses her grade
    # doubled: ann 100, bea 80, cem 90, dan 73.3; bea loses hers
    assert (row["grades_changed_without"], row["grades_changed_doubled"]) == (1, 1)
    by_quota = {**scheme, "grades": {**scheme["grades"], "method": "quota"}}
    row = the_review(sql, by_quota, rows, kpi_id="revenue")
    assert (row["grades_changed_without"], row["grades_changed_doubled"]) == (None, None)


SECTION = {"weights": {"manager": D("0.5"), "peer": D("0.5")}}


def rated(scheme: Scheme, people: Mapping[str, str], answers: Iterable[tuple[str, str, str, str, str | None]]) -> Given:
    """People by department, and answers: rated, relation, rater, competency, rating."""
    assert has_feedback(MARCH, scheme)
    return Given(
        tuple(people),
        tuple(Assignment(who, "seller", department, None, BEFORE, OPEN) for who, department in people.items()),
        answers=tuple(
            Answer(
                f"a{number}",
                MARCH.id,
                who,
                rater,
                relation,
                competency,
                D(rating) if rating else None,
                SURVEYED,
            )
            for number, (who, relation, rater, competency, rating) in enumerate(answers)
        ),
    )


def by_peers(who: str, raters: str, *, skips: str = "") -> Iterable[tuple[str, str, str, str, str | None]]:
    """Peers rate listening and planning; those in ``skips`` leave planning out."""
    for place, rater in enumerate(raters):
        for competency in ("listening", "planning"):
            if competency == "listening" or rater not in skips:
                yield who, "peer", rater, competency, str(1 + (len(who) + 3 * place + len(competency)) % 5)


def test_a_department_with_fewer_than_three_rated_people_is_in_no_figure_of_a_competency(sql: ScoringSql) -> None:
    scheme = scheme_of(line("revenue", weight="1"), feedback=SECTION)
    people = dict.fromkeys("abcdef", "north") | dict.fromkeys("xy", "south")
    answers = [answer for who in "abcdef" for answer in by_peers(who, "abcdef".replace(who, ""))]
    alone = [answer for who in "xy" for answer in by_peers(who, "abc")]
    everywhere, in_the_north = (
        sql.reviewed(scheme, rated(scheme, people, said))["fct_capability"] for said in ([*answers, *alone], answers)
    )
    assert {row["department_id"] for row in everywhere} == {"north"}
    assert sorted(map(str, everywhere)) == sorted(map(str, in_the_north))


def test_changing_answers_that_are_hidden_changes_nothing_that_is_published(sql: ScoringSql) -> None:
    random = Random(17)
    scheme = a_scheme(random)
    scheme["feedback"] |= {"rater_leniency": "shrink"}
    rows = a_company(random, scheme)
    told = told_answers(MARCH, rows, scheme["feedback"])
    hidden = {
        answer.id
        for answer in rows.answers
        if (answer.employee, answer.relation, answer.rater, answer.competency) not in told and answer.rating is not None
    }
    assert len(hidden) > 20
    other = replace(
        rows,
        answers=tuple(
            replace(answer, rating=D(6) - answer.rating)
            if answer.id in hidden and answer.rating is not None
            else answer
            for answer in rows.answers
        ),
    )
    assert sorted_rows(sql.reviewed(scheme, rows)) == sorted_rows(sql.reviewed(scheme, other))


def sorted_rows(tables: Tables) -> dict[str, list[str]]:
    return {name: sorted(map(str, rows)) for name, rows in tables.items()}


@pytest.mark.filterwarnings("ignore:Precision loss:RuntimeWarning")  # scipy, of groups in which all have the same
def test_no_single_answer_can_be_computed_from_all_published_figures(sql: ScoringSql) -> None:
    """Whoever knows every published figure has as many linear equations; none of their combinations is one answer."""
    scheme = scheme_of(line("revenue", weight="1"), feedback=SECTION)
    people = {"a": "west"} | dict.fromkeys("bcdefgh", "north") | dict.fromkeys("stuvw", "south")
    answers = [
        # b leaves one competency out: a's score less a's means by competency would be b's other answer
        *by_peers("a", "bcde", skips="b"),
        *(answer for who in "bcdefgh" for answer in by_peers(who, "abcdefgh".replace(who, ""))),
        *(answer for who in "stuvw" for answer in by_peers(who, "stuvwa".replace(who, ""))),
        *((who, "manager", "a", competency, "4") for who in "bcd" for competency in ("listening", "planning")),
    ]
    rows = rated(scheme, people, answers)
    tables = scored(SPANS, rows, scheme)
    found = sql.reviewed(scheme, rows)
    for table, expected in reviewed(SPANS, rows, scheme, tables).items():
        agree(table, expected, found[table])
    assert {row["department_id"] for row in found["fct_capability"]} == {"north", "south"}
    assert found["fct_rating_fairness"]

    before = published(scheme, rows, tables)
    moved = [published(scheme, with_rating(rows, place, D(4)), tables) - before for place in range(len(answers))]
    equations = np.array(moved).T
    known = np.linalg.matrix_rank(equations, tol=0.01)
    for place, answer in enumerate(answers):
        others = np.delete(equations, place, axis=1)
        assert np.linalg.matrix_rank(others, tol=0.01) == known, f"known: {answer}"


def with_rating(rows: Given, place: int, more: Decimal) -> Given:
    answer = rows.answers[place]
    assert answer.rating is not None
    changed = replace(answer, rating=answer.rating + more)
    return replace(rows, answers=(*rows.answers[:place], changed, *rows.answers[place + 1 :]))


def published(scheme: Scheme, rows: Given, tables: Tables) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Every published figure that answers enter in a linear way."""
    march = {name: [row for row in of if row["period_id"] == MARCH.id] for name, of in tables.items()}
    march["fct_feedback_score"] = list(feedback_scores(MARCH, rows, scheme).values())
    figures = [row["score"] for row in march["fct_feedback_score"]]
    for row in capabilities(MARCH, rows, scheme, march):
        figures += [row["score"], row["company_score"]]
    for row in rating_fairness(MARCH, rows, scheme, march):
        figures += [row["mean"], row["rest_mean"]]
    # of fct_strength, also those that have no peers
    figures += [score for _, _, score in rated_competencies(MARCH, rows, scheme, march)]
    return np.array([float(figure or 0) for figure in figures])


def test_somebody_who_rates_himself_unlike_all_others_is_an_outlier(sql: ScoringSql) -> None:
    scheme = scheme_of(
        line("revenue", weight="1"),
        feedback={"weights": {"manager": D("0.6"), "peer": D("0.2"), "self": D("0.2")}},
    )
    rows = rated(
        scheme,
        {"ann": "north", "bea": "north"},
        [
            ("ann", "self", "ann", "listening", "5"),
            ("ann", "manager", "boss", "listening", "3"),
            # two peers are too few: what they say is not told, here neither
            ("ann", "peer", "x", "listening", "5"),
            ("ann", "peer", "y", "listening", "5"),
            ("bea", "self", "bea", "listening", "4"),
            ("bea", "manager", "boss", "listening", "3"),
            ("bea", "manager", "chief", "listening", None),
        ],
    )
    found = {(row["employee_id"], row["relation"]): row for row in sql.scored(scheme, rows)["fct_feedback_score"]}
    ann, bea = found["ann", "self"], found["bea", "self"]
    assert (ann["others_score"], ann["self_difference"], ann["is_self_outlier"]) == (50, 50, True)
    assert (bea["others_score"], bea["self_difference"], bea["is_self_outlier"]) == (50, 25, False)
    assert found["ann", "peer"]["response_rate"] is None
    assert found["bea", "manager"]["response_rate"] == Fraction(1, 2)


def test_departments_and_groups_are_compared_in_both_languages(sql: ScoringSql) -> None:
    scheme = scheme_of(line("revenue", weight="1"), feedback=SECTION)
    people = dict.fromkeys("abcde", "north") | dict.fromkeys("vwxyz", "south")
    answers = [
        (who, "peer", rater, "listening", "5" if department == "north" else "3")
        for who, department in people.items()
        for rater in people
        if rater != who and people[rater] == department
    ]
    found = sql.reviewed(scheme, rated(scheme, people, answers))
    [north, south] = sorted(found["fct_capability"], key=lambda row: row["department_id"])
    assert (north["finding"], south["finding"]) == ("strong", "weak")
    assert north["finding_zh"] == "north「listening」100.0 分，全公司 75.0 分（5 人）：强项。"
    assert south["finding_en"] == 'south, "listening": 50.0 points, company 75.0 points (5 people): a weakness.'
    compared = {(row["side"], row["dimension"], row["group_id"]): row for row in found["fct_rating_fairness"]}
    assert set(compared) == {(side, "department", group) for side in ("rater", "rated") for group in ("north", "south")}
    # nobody differs within a group: the difference is what it is
    assert compared["rated", "department", "north"]["finding_zh"] == (
        "被评价人「north」平均 100.0，其余 50.0，差 50.0（95% 置信区间 50.0 至 50.0）：值得询问原因，不能据此下结论。"
    )
    assert compared["rater", "department", "south"]["finding_en"] == (
        "Raters: south 50.0 on average, the rest 100.0, difference -50.0 (95 % confidence interval -50.0 to -50.0): "
        "worth asking why, no proof of anything."
    )


def test_an_answer_off_the_scale_is_named_for_the_gate_without_who_or_what(sql: ScoringSql) -> None:
    scheme = scheme_of(line("revenue", weight="1"), feedback=SECTION)
    ratings = ["5", "5.0001", "1", "0.9999", None]
    said = [("ann", "manager", f"boss{place}", "listening", rating) for place, rating in enumerate(ratings)]
    found = sql.reviewed(scheme, rated(scheme, {"ann": "north"}, said))["rating_off_scale"]
    assert sorted(row["feedback_id"] for row in found) == ["a1", "a3"]
    assert not {"rater_id", "employee_id", "rating"} & found[0].keys()
    assert not sql.reviewed(scheme_of(line("revenue", weight="1")), rated(scheme, {"ann": "north"}, said))[
        "rating_off_scale"
    ]
