"""The steps of a score in words, on small cases whose figures are typed by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, cast

import pytest

from tests.properties.test_scoring_examples import MARCH, answer, assignment, contribution, extra, line, scheme_of
from tests.reference.given import Answer, Given

if TYPE_CHECKING:
    from tests.properties.scoring_sql import ScoringSql
    from tests.reference.given import Row, Scheme

ANN = Given(("ann",), (assignment("ann"),), contributions=(contribution("ann", "revenue", "9"),))
NINE_OF_TEN = line("revenue", weight="1", target="10")
BANDS = [
    {"grade": "good", "name": {"zh": "优", "en": "Good"}, "at_least": 90, "expected": Decimal("0.3")},
    {"grade": "fair", "name": {"zh": "可", "en": "Fair"}, "at_least": 0, "expected": Decimal("0.7")},
]


def said(sql: ScoringSql, scheme: Scheme, rows: Given, *kinds: str, language: str = "en", of: str = "ann") -> list[str]:
    """The sentences of these kinds about March."""
    return [
        step[f"text_{language}"]
        for step in sql.in_words(scheme, rows)
        if step["period_id"] == MARCH.id and step["employee_id"] == of and step["kind"] in kinds
    ]


def peers(*ratings: str) -> tuple[Answer, ...]:
    return tuple(
        Answer(f"p{number}", MARCH.id, "ann", f"peer {number}", "peer", "listening", Decimal(rating), date(2026, 4, 2))
        for number, rating in enumerate(ratings)
    )


def with_feedback(no_feedback: str = "kpi_only") -> Scheme:
    weights = {"manager": Decimal("0.6"), "peer": Decimal("0.4")}
    scheme = scheme_of(NINE_OF_TEN, feedback={"weights": weights})
    scheme["evaluation"]["no_feedback"] = no_feedback
    return scheme


@pytest.mark.parametrize(
    ("language", "sentences"),
    [
        (
            "en",
            [
                "360°, manager: mean of 1 of 1 rater = 100 (weight 60 %)",
                "360°, peers: mean of 3 of 3 raters = 58.3333 (weight 40 %)",
                "360° score: 100 × 60 % + 58.3333 × 40 % = 83.3333",
                "final score: 70 % × KPI score 90 + 30 % × 360° score 83.3333 = 88",
            ],
        ),
        (
            "zh",
            [
                "360°，上级：应评 1 人、实评 1 人的平均 = 100（权重 60%）",
                "360°，同事：应评 3 人、实评 3 人的平均 = 58.3333（权重 40%）",
                "360°得分：100 × 60% + 58.3333 × 40% = 83.3333",
                "最终得分：70% × KPI得分 90 + 30% × 360°得分 83.3333 = 88",
            ],
        ),
    ],
)
def test_the_360_score_is_made_of_its_relations(sql: ScoringSql, language: str, sentences: list[str]) -> None:
    rows = replace(ANN, answers=(answer("ann", "boss", "5", 1), *peers("3", "3", "4")))
    found = said(sql, with_feedback(), rows, "feedback_relation", "feedback", "final", language=language)
    assert found == sentences


def test_an_answer_that_names_no_rater_counts_as_it_is(sql: ScoringSql) -> None:
    # least takes null for no bound: without a rater whose leniency is known the answer counted as the best of all
    scheme = with_feedback()
    scheme["feedback"]["rater_leniency"] = "shrink"
    nobodys = replace(answer("ann", "boss", "2", 1), rater=cast("str", None))
    rows = replace(ANN, answers=(nobodys, *peers("3", "3", "4")))
    assert said(sql, scheme, rows, "feedback_relation") == [
        "360°, manager: mean of 1 of 1 rater = 25 (weight 60 %)",
        "360°, peers: mean of 3 of 3 raters = 58.3333 (weight 40 %)",
    ]


def test_of_a_relation_that_may_not_be_shown_no_number_is_said(sql: ScoringSql) -> None:
    rows = replace(ANN, answers=(answer("ann", "boss", "5", 1), *peers("3", "4")))
    _, secret, score = said(sql, with_feedback(), rows, "feedback_relation", "feedback")
    assert secret == "360°, peers: too few answers to be shown; they do not count"
    assert score == "360° score: (100 × 60 %) ÷ 60 % = 100"
    _, in_chinese, _ = said(sql, with_feedback(), rows, "feedback_relation", "feedback", language="zh")
    assert in_chinese == "360°，同事：答卷太少，不予展示，也不计入"


@pytest.mark.parametrize(
    ("policy", "sentences"),
    [
        (
            "kpi_only",
            [
                "360° score: no feedback that may be shown, so that by the policy the KPI score counts alone",
                "final score: KPI score 90 = 90",
            ],
        ),
        (
            "zero",
            [
                "360° score: no feedback that may be shown, which by the policy counts 0",
                "final score: 70 % × KPI score 90 + 30 % × 360° score 0 = 63",
            ],
        ),
        ("hold", ["not evaluated: held back: no 360° feedback that may be shown"]),
    ],
)
def test_a_missing_360_part_is_said_with_the_policy(sql: ScoringSql, policy: str, sentences: list[str]) -> None:
    assert said(sql, with_feedback(policy), ANN, "feedback", "final", "reason") == sentences


@pytest.mark.parametrize(
    ("target", "entry", "sentences"),
    [
        (
            "35",
            {"points": 2, "per": 10},
            [
                "extra points, Some: Some 35 CNY is 3 whole 10 CNY → 3 × 2 = 6 points",
                "final score: KPI score 100 + extra points 6 = 106",
            ],
        ),
        (
            "35",
            {"points": -2, "per": 10, "at_most": 5},
            [
                "extra points, Some: Some 35 CNY is 3 whole 10 CNY, -2 points each, at most 5 up or down → -5 points",
                "final score: KPI score 100 + extra points -5 = 95",
            ],
        ),
        (
            "3500000",
            {"points": -2, "per": 10},
            [
                "extra points, Some: Some 35 CNY is 3 whole 10 CNY → 3 × -2 = -6 points",
                "final score: KPI score 0.001 + extra points -6, never below 0 → 0",
            ],
        ),
        (
            "35",
            {"points": 2, "per": 10, "kpi": "returns"},
            ["extra points, Some: no row of Some counted → 0 points", "final score: KPI score 100 = 100"],
        ),
    ],
)
def test_extra_points_are_counted_in_words(sql: ScoringSql, target: str, entry: Row, sentences: list[str]) -> None:
    scheme = scheme_of(line("revenue", weight="1", target=target), extra_points=[{**extra("revenue"), **entry}])
    rows = replace(ANN, contributions=(contribution("ann", "revenue", "35"),))
    assert said(sql, scheme, rows, "extra_points", "final") == sentences


@pytest.mark.parametrize(
    ("best", "sentence", "in_chinese"),
    [
        ("fair", "Fair instead of Good", "可，否则为优"),
        ("good", "Good at best, which changes nothing", "至多为优，对等级没有影响"),
    ],
)
def test_a_veto_names_its_kpi_and_what_the_grade_would_have_been(
    sql: ScoringSql, best: str, sentence: str, in_chinese: str
) -> None:
    scheme = scheme_of({**NINE_OF_TEN, "veto": {"below": 1, "grade": best}}, grades={"bands": BANDS})
    assert said(sql, scheme, ANN, "grade", "veto") == [
        "grade: 90 ≥ 90 → Good",
        f"veto by Some: attainment 0.9 < 1 → {sentence}",
    ]
    assert said(sql, scheme, ANN, "veto", language="zh") == [f"否决：某达成率 0.9 < 1 → {in_chinese}"]


def test_a_kpi_without_data_says_why_and_what_becomes_of_its_weight(sql: ScoringSql) -> None:
    scheme = scheme_of(
        line("revenue", weight="0.5", target="10"),
        line("returns", weight="0.3"),
        {**line("conversion", weight="0.2"), "no_data": "zero"},
    )
    assert said(sql, scheme, ANN, "kpi", "kpi_score") == [
        "Some: actual 9 CNY ÷ target 10 CNY = attainment 0.9 → missed → 9 points × weight 50 % × 10 = 45",
        "Some (lower is better): no data (no row counted) → left out; its weight of 30 % is spread over the KPIs with "
        "data, 70 % together",
        "Some: no data (no row counted) → by its policy 0 points × weight 20 % × 10 = 0",
        "KPI score: (45 + 0) ÷ weight with data 70 % = 64.2857",
    ]


def test_too_few_rows_hold_a_score_back(sql: ScoringSql) -> None:
    scheme = scheme_of({**NINE_OF_TEN, "no_data": "hold", "min_sample": 10})
    assert said(sql, scheme, ANN, "kpi", "reason") == [
        "Some: no data (1 of at least 10 rows) → held back until there is",
        "not evaluated: held back: no data for Some",
    ]
    assert said(sql, scheme, ANN, "kpi", language="zh") == [
        "某：无数据（计入 1 条记录，至少需要 10 条）→ 有数据之前暂缓评估"
    ]


@pytest.mark.parametrize(
    ("rule", "sentence", "in_chinese"),
    [
        (
            {"kind": "threshold", "missed": 2, "reached": 10, "exceeded": 12, "exceeded_at": Decimal("1.1")},
            "below 1: 2, from 1: 10, from 1.1: 12 → 2 points",
            "低于 1 得 2 分，1 起 10 分，1.1 起 12 分 → 2 分",
        ),
        (
            {"kind": "steps", "steps": [[Decimal("0.8"), 6], [1, 10]]},
            "below 0.8: 0, from 0.8: 6, from 1: 10 → 6 points",
            "低于 0.8 得 0 分，0.8 起 6 分，1 起 10 分 → 6 分",
        ),
        (
            {"kind": "linear", "zero_at": Decimal("0.5"), "cap": 12},
            "a line from 0 at 0.5 to 10 at 1 and on, within 0 to 12: 10 × (0.9 - 0.5) ÷ (1 - 0.5) = 8 → 8 points",
            "达成率 0.5 得 0 分、1 得 10 分的直线，0 至 12 分：10 × (0.9 - 0.5) ÷ (1 - 0.5) = 8 → 8 分",
        ),
        (
            {"kind": "piecewise", "points": [[Decimal("0.8"), 1], [1, 10]]},
            "0.8: 1, 1: 10, straight lines between, level outside; 1 + (10 - 1) × (0.9 - 0.8) ÷ (1 - 0.8) = 5.5 → "
            "5.5 points",
            "0.8 得 1 分，1 得 10 分，其间为直线，两端之外持平：1 + (10 - 1) × (0.9 - 0.8) ÷ (1 - 0.8) = 5.5 → 5.5 分",
        ),
        (
            {"kind": "piecewise", "points": [[0, 0], [Decimal("0.5"), 7]]},
            "0: 0, 0.5: 7, straight lines between, level outside → 7 points",
            "0 得 0 分，0.5 得 7 分，其间为直线，两端之外持平 → 7 分",
        ),
    ],
)
def test_a_rule_says_where_the_attainment_lies_in_it(
    sql: ScoringSql, rule: dict[str, Any], sentence: str, in_chinese: str
) -> None:
    scheme = scheme_of(NINE_OF_TEN, rules={"flat": rule})
    assert said(sql, scheme, ANN, "points") == [f"rule flat: {sentence}"]
    assert said(sql, scheme, ANN, "points", language="zh") == [f"规则 flat：{in_chinese}"]


def test_a_floor_or_cap_is_said_where_it_changed_the_points(sql: ScoringSql) -> None:
    whole = "rule flat: a line from 0 at 0 to 10 at 1 and on, within 0 to 12: 10 × (0.9 - 0) ÷ (1 - 0) = 9 → 9 points"
    for bound, sentence in (
        ({"floor": Decimal("9.5")}, f"{whole}, at least 9.5 → 9.5 points"),
        ({"cap": 6}, f"{whole}, at most 6 → 6 points"),
        ({"floor": 5, "cap": 11}, whole),
    ):
        assert said(sql, scheme_of({**NINE_OF_TEN, **bound}), ANN, "points") == [sentence]


def test_one_of_something_is_told_as_one(sql: ScoringSql) -> None:
    scheme = scheme_of(
        line("revenue", weight="1", target="90"), extra_points=[{**extra("revenue"), "points": 1, "per": 9}]
    )
    found = said(sql, scheme, replace(ANN, contributions=(contribution("ann", "revenue", "9"),)), "kpi", "extra_points")
    assert found == [
        "Some: actual 9 CNY ÷ target 90 CNY = attainment 0.1 → missed → 1 point × weight 100 % × 10 = 10",
        "extra points, Some: Some 9 CNY is 1 whole 9 CNY → 1 × 1 = 1 point",
    ]


def test_lower_is_better_turns_the_division_round_and_nothing_cannot_be_better(sql: ScoringSql) -> None:
    scheme = scheme_of(line("returns", weight="1", target="3"))
    for count, sentences in {
        "4": [
            "Some (lower is better): target 3 CNY ÷ actual 4 CNY = attainment 0.75 → missed → "
            "7.5 points × weight 100 % × 10 = 75",
            "rule flat: a line from 0 at 0 to 10 at 1 and on, within 0 to 12: "
            "10 × (0.75 - 0) ÷ (1 - 0) = 7.5 → 7.5 points",
        ],
        "0": [
            "Some (lower is better): actual 0 CNY, which cannot be better → exceeded → "
            "12 points × weight 100 % × 10 = 120",
            "rule flat: an actual of 0 has the most points → 12 points",
        ],
    }.items():
        rows = replace(ANN, contributions=(contribution("ann", "returns", count),))
        assert said(sql, scheme, rows, "kpi", "points") == sentences


def test_of_several_assignments_each_has_its_score_and_the_mean_goes_by_days(sql: ScoringSql) -> None:
    scheme = scheme_of(NINE_OF_TEN)
    scheme["positions"]["buyer"] = [line("returns", weight="1", target="62")]
    rows = replace(
        ANN,
        assignments=(
            assignment("ann", position="buyer", to=date(2026, 3, 10)),
            assignment("ann", position="idle", since=date(2026, 3, 11), to=date(2026, 3, 11)),
            assignment("ann", since=date(2026, 3, 12)),
        ),
        contributions=(
            contribution("ann", "returns", "25", on=date(2026, 3, 3)),
            contribution("ann", "revenue", "5", on=date(2026, 3, 20)),
        ),
    )
    assert said(sql, scheme, rows, "kpi", "target", "assignment", "kpi_score") == [
        "Some (lower is better): target 20 CNY ÷ actual 25 CNY = attainment 0.8 → missed → "
        "8 points × weight 100 % × 10 = 80",
        "target: 62 CNY a month × 10 ÷ 31 days = 20 CNY",
        "buyer in sales, 2026-03-01 to 2026-03-10 (10 days): 80 = 80",
        "idle in sales, 2026-03-11 to 2026-03-11: no KPI in the scheme, not in the mean",
        "Some: actual 5 CNY ÷ target 6.4516129 CNY = attainment 0.775 → missed → "
        "7.75 points × weight 100 % × 10 = 77.5",
        "target: 10 CNY a month × 20 ÷ 31 days = 6.4516129 CNY",
        "seller in sales, 2026-03-12 to 2026-03-31 (20 days): 77.5 = 77.5",
        "KPI score, the mean by days: (80 × 10 + 77.5 × 20) ÷ 30 days = 78.3333",
    ]


def split_in_march(**both: object) -> Scheme:
    """A target that changes on March 17, inside the month."""
    first = {**line("revenue", weight="1", target="31"), **both}
    return {
        **scheme_of(first, {**first, "target": Decimal(62), "from": date(2026, 3, 17)}),
        "change_inside_period": "split",
    }


def test_the_parts_of_a_split_period_are_told_of_somebody_who_is_not_evaluated_too(sql: ScoringSql) -> None:
    scheme = split_in_march(no_data="hold", min_sample=2)
    rows = replace(
        ANN,
        contributions=(
            contribution("ann", "revenue", "5", on=date(2026, 3, 3)),
            contribution("ann", "revenue", "3", on=date(2026, 3, 4)),
        ),
    )
    assert said(sql, scheme, rows, "kpi", "assignment", "kpi_score", "reason") == [
        "Some: actual 8 CNY ÷ target 16 CNY = attainment 0.5 → missed → 5 points × weight 100 % × 10 = 50",
        "seller in sales, 2026-03-01 to 2026-03-16 (16 days): 50 = 50",
        "Some: no data (0 of at least 2 rows) → held back until there is",
        "seller in sales, 2026-03-17 to 2026-03-31 (15 days): held back, no score",
        "not evaluated: held back: no data for Some",
    ]
    assert said(sql, scheme, rows, "assignment", language="zh") == [
        "seller，sales，2026-03-01 至 2026-03-16（16 天）：50 = 50",
        "seller，sales，2026-03-17 至 2026-03-31（15 天）：暂缓评估，没有得分",
    ]


def test_assignments_without_data_are_told_of_somebody_who_is_not_evaluated_too(sql: ScoringSql) -> None:
    rows = replace(
        ANN,
        assignments=(
            assignment("ann", to=date(2026, 3, 30)),
            assignment("ann", position="idle", since=date(2026, 3, 31)),
        ),
        contributions=(),
    )
    assert said(sql, scheme_of(NINE_OF_TEN), rows, "assignment", "kpi_score") == [
        "seller in sales, 2026-03-01 to 2026-03-30: no data",
        "idle in sales, 2026-03-31 to 2026-03-31: no KPI in the scheme",
    ]


@pytest.mark.parametrize(
    ("own", "sentence", "in_chinese"),
    [
        ({"employees": {"ann": 12}}, "target (the person's own): 12 CNY", "目标（个人目标）：12 CNY"),
        ({"departments": {"sales": 18}}, "target (that of sales): 18 CNY", "目标（sales的目标）：18 CNY"),
        (
            {"employees": {"ann": 12}, "departments": {"sales": 18}},
            "target (the person's own): 12 CNY",
            "目标（个人目标）：12 CNY",
        ),
    ],
)
def test_a_target_of_ones_own_or_of_the_department_is_told_as_that(
    sql: ScoringSql, own: Row, sentence: str, in_chinese: str
) -> None:
    scheme = scheme_of({**NINE_OF_TEN, **own})
    assert said(sql, scheme, ANN, "target") == [sentence]
    assert said(sql, scheme, ANN, "target", language="zh") == [in_chinese]


def test_a_target_of_ones_own_is_prorated_in_the_same_words(sql: ScoringSql) -> None:
    scheme = scheme_of({**NINE_OF_TEN, "employees": {"ann": 31}})
    rows = replace(ANN, assignments=(assignment("ann", since=date(2026, 3, 22)),))
    assert said(sql, scheme, rows, "target") == ["target (the person's own): 31 CNY a month × 10 ÷ 31 days = 10 CNY"]


def test_the_target_that_everybody_in_the_position_has_is_not_told_twice(sql: ScoringSql) -> None:
    scheme = scheme_of({**NINE_OF_TEN, "employees": {"bea": 12}})
    assert said(sql, scheme, ANN, "target") == []


def sellers(**sold: str) -> Given:
    return Given(
        tuple(sold),
        tuple(assignment(name) for name in sold),
        contributions=tuple(contribution(name, "revenue", amount) for name, amount in sold.items()),
    )


def five_sellers() -> Given:
    """ann sells 7, and two each more and less than her; bea and cem the same."""
    return sellers(bea="9", cem="9", ann="7", dan="5", eva="3")


@pytest.mark.parametrize(
    ("grades", "sentences"),
    [
        (
            {"method": "quota"},
            ["grade by quota: the 5 evaluated in sales share out Good 2, Fair 3; 2 have a better score → Fair"],
        ),
        (
            {"method": "quota", "quota_min_headcount": 6},
            ["grade: 5 evaluated in sales, fewer than 6, so by bands: 0 ≤ 70 < 90 → Fair"],
        ),
        (
            {"method": "both"},
            [
                "grade: 0 ≤ 70 < 90 → Fair",
                "for comparison, by quota: the 5 evaluated in sales would share out Good 2, Fair 3; "
                "2 have a better score → Fair",
            ],
        ),
    ],
)
def test_a_quota_says_how_the_grades_are_shared_out(sql: ScoringSql, grades: Row, sentences: list[str]) -> None:
    scheme = scheme_of(NINE_OF_TEN, grades={**grades, "bands": BANDS})
    assert said(sql, scheme, five_sellers(), "grade", "quota") == sentences


@pytest.mark.parametrize(("method", "begins"), [("quota", "grade by quota"), ("both", "for comparison, by quota")])
@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        (sellers(ann="9"), "by the place among the 1 evaluated in sales → Fair"),
        (sellers(ann="9", bea="5"), "by the place among the 2 evaluated in sales → Good"),
        (sellers(bea="9", ann="5"), "by the place among the 2 evaluated in sales → Fair"),
        (sellers(bea="9", ann="5", cem="3"), "by the place among the 3 evaluated in sales → Fair"),
        # all others have the same grade: how many there are of it would be what each has
        (sellers(ann="9", bea="5", cem="4", dan="3"), "by the place among the 4 evaluated in sales → Good"),
        (sellers(bea="9", ann="9", cem="9", dan="9"), "by the place among the 4 evaluated in sales → Good"),
    ],
)
def test_a_quota_gives_no_colleagues_grade_away(
    sql: ScoringSql, rows: Given, sentence: str, method: str, begins: str
) -> None:
    scheme = scheme_of(NINE_OF_TEN, grades={"method": method, "quota_min_headcount": 1, "bands": BANDS})
    assert said(sql, scheme, rows, "quota") == [f"{begins}: {sentence}"]


def test_where_others_have_several_grades_a_quota_says_how_many_have_each(sql: ScoringSql) -> None:
    scheme = scheme_of(NINE_OF_TEN, grades={"method": "quota", "quota_min_headcount": 1, "bands": BANDS})
    rows = sellers(bea="9", ann="5", cem="4", dan="3")
    assert said(sql, scheme, rows, "quota") == [
        "grade by quota: the 4 evaluated in sales share out Good 1, Fair 3; 1 has a better score → Fair"
    ]
    assert said(sql, scheme, rows, "quota", language="zh") == [
        "等级，按配额：sales参评 4 人，分得优 1 人、可 3 人；得分更高者 1 人 → 可"
    ]
    assert said(sql, scheme, rows, "quota", language="zh", of="bea") == [
        "等级，按配额：按在sales参评 4 人中的名次 → 优"
    ]


def test_a_rank_says_with_how_many_it_is_shared(sql: ScoringSql) -> None:
    scheme = scheme_of(NINE_OF_TEN)
    for name, sentence in {
        "bea": "rank: 1 of 5 in sales, shared by 2; 1 in the position, 1 in the company",
        "ann": "rank: 2 of 5 in sales; 2 in the position, 2 in the company",
    }.items():
        assert said(sql, scheme, five_sellers(), "rank", of=name) == [sentence]


def test_somebody_without_an_assignment_has_the_reason_as_the_only_step(sql: ScoringSql) -> None:
    rows = Given(("ann",))
    steps = [step for step in sql.in_words(scheme_of(NINE_OF_TEN), rows) if step["period_id"] == MARCH.id]
    assert [(step["step"], step["kind"], step["text_en"], step["text_zh"]) for step in steps] == [
        (1, "reason", "not evaluated: no assignment in this period", "未评估：本周期内没有任职")
    ]
