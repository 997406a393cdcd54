"""What differs between two schemes, said so that nobody needs to read either file."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Literal, get_args, get_origin

import pytest

from perf_pipelines.documents import parse_document
from perf_pipelines.fields import Entry, Label
from perf_pipelines.scheme.difference import differences
from perf_pipelines.scheme.labels import is_labelled, is_spoken
from perf_pipelines.scheme.model import Scheme
from perf_pipelines.wording import Language
from tests.unit.a_company import SCHEME, replaced

if TYPE_CHECKING:
    from collections.abc import Iterator

OPERATOR = {"operator": Label(zh="运营", en="Operator")}
FIRST_LINE = "    - {kpi: revenue, goal: kr_revenue, weight: 0.6, target: 100, rule: standard}\n"
SECOND_LINE = "    - {kpi: revenue, goal: kr_revenue, weight: 0.5, target: 110, rule: standard, from: 2026-04-01}\n"
THIRD_LINE = (
    "    - {kpi: repurchase_rate, goal: kr_repurchase, weight: 0.4, target: 0.25, rule: gradual, until: 2026-03-31}\n"
)
EVALUATION = "evaluation: {kpi: 1.0, min_coverage: 0.60}\n"


def scheme(*changes: tuple[str, str]) -> Scheme:
    text = SCHEME
    for old, new in changes:
        text = replaced(text, old, new)
    return parse_document(text, file="scheme.yaml").validated(Scheme)


def said(after: Scheme, before: Scheme | None = None, *, language: Language = Language.en) -> tuple[str, ...]:
    return differences(before or scheme(), after, language=language, positions=OPERATOR)


@pytest.mark.parametrize(
    ("old", "new", "en", "zh"),
    [
        (
            "target: 110,",
            "target: 120,",
            "Operator: target of Revenue 110 CNY → 120 CNY from 2026-04-01",
            "运营：营收的目标值 110 CNY → 120 CNY，自 2026-04-01 起",
        ),
        (
            SECOND_LINE,
            SECOND_LINE + SECOND_LINE.replace("0.5", "0.3").replace("2026-04", "2026-07"),
            "Operator: weight of Revenue 50 % → 30 % from 2026-07-01",
            "运营：营收的权重 50% → 30%，自 2026-07-01 起",
        ),
        (
            SECOND_LINE,
            "",
            "Operator: weight of Revenue 50 % → 60 % from 2026-04-01\n"
            "Operator: target of Revenue 110 CNY → 100 CNY from 2026-04-01",
            "运营：营收的权重 50% → 60%，自 2026-04-01 起\n运营：营收的目标值 110 CNY → 100 CNY，自 2026-04-01 起",
        ),
        (
            THIRD_LINE,
            THIRD_LINE.replace("0.25", "0.3"),
            "Operator: target of Repurchase rate 25 % → 30 %",
            "运营：复购率的目标值 25% → 30%",
        ),
        (
            FIRST_LINE,
            FIRST_LINE.replace("}", ", no_data: hold, cap: 11, veto: {below: 0.8, grade: fair}}"),
            "Operator: treatment of missing data of Revenue left out, its weight spread over the others → "
            "not evaluated until it is there\n"
            "Operator: cap of Revenue none → 11\n"
            "Operator: veto of Revenue added: attainment below 0.8, at best Fair",
            "运营：营收的无数据时的处理 剔除并分摊权重 → 暂缓评估\n运营：营收的封顶分 无 → 11\n"
            "运营：新增营收的一票否决：达成率低于 0.8，至多 可",
        ),
        ("cap: 12", "cap: 15", "rule gradual: cap 12 → 15", "规则 gradual：封顶分 12 → 15"),
        (
            "{kind: linear, zero_at: 0.5, cap: 12}",
            "{kind: steps, steps: [[0.8, 6], [1.0, 10]]}",
            "rule gradual: kind linear, no points at an attainment of 0.5, cap 12 → "
            "kind steps, steps [0.8, 6], [1, 10]",
            "规则 gradual：类型 线性，零分点 0.5，封顶分 12 → 类型 阶梯，阶梯 [0.8，6]、[1，10]",
        ),
        ("good: 1.5", "good: 2", "bonus: multiplier of Good 1.5 → 2", "奖金：优的奖金系数 1.5 → 2"),
        ("{month: 0.5,", "{month: 0.4,", "bonus: paid share of month 50 % → 40 %", "奖金：月的发放比例 50% → 40%"),
        ("at_least: 90", "at_least: 95", "grades: lowest score of Good 90 → 95", "等级：优的最低分 90 → 95"),
        ("method: bands", "method: quota", "grades: method by score → by quota", "等级：评级方法 按分数段 → 按比例"),
        ("to: 140", "to: 150", "goal R: target 140 CNY → 150 CNY", "目标 收：目标值 140 CNY → 150 CNY"),
        (
            "en: Repurchase rate}",
            "en: Returning customers}",
            "KPI Returning customers: name (in English) Repurchase rate → Returning customers",
            "指标 复购率：名称（英文） Repurchase rate → Returning customers",
        ),
        (
            "bound: 2",
            "bound: 3",
            "KPI Repurchase rate: aggregation (bound) 2 → 3",
            "指标 复购率：汇总方式（界值） 2 → 3",
        ),
        (
            "share: 0.80",
            "share: 0.70",
            "review: systemic miss (share of people) 80 % → 70 %",
            "复盘：普遍未达成（人数占比） 80% → 70%",
        ),
        (
            "goals:\n",
            "  basket: {name: {zh: 客单价, en: Basket}, unit: CNY, aggregation: mean, better: higher}\ngoals:\n",
            "KPI Basket added: unit CNY, aggregation (kind mean), better higher",
            "新增指标 客单价：单位 CNY，汇总方式（类型 平均值），更优方向 越高越好",
        ),
        (
            "  - {id: kr_revenue, level: key_result, parent: loyalty, name: {zh: 收, en: R}, kpi: revenue, from: 100, "
            "to: 140}\n",
            "",
            "goal R taken out",
            "删去目标 收",
        ),
        (
            EVALUATION,
            "evaluation: {kpi: 0.7, feedback: 0.3, min_coverage: 0.60}\n"
            "feedback: {scale: [1, 5], weights: {manager: 0.6, peer: 0.4}}\n",
            "evaluation: weight of the KPI score 100 % → 70 %\n"
            "evaluation: weight of the 360° feedback 0 % → 30 %\n"
            "360° feedback added: scale 1, 5, weight (manager 60 %, peer 40 %)",
            "评估：KPI得分的权重 100% → 70%\n评估：360°反馈的权重 0% → 30%\n"
            "新增360°反馈：评分尺度 1、5，权重（上级 60%，同事 40%）",
        ),
        (
            "  multiplier: {good: 1.5, fair: 1.0}\n",
            "  multiplier: {good: 1.5, fair: 1.0}\n  pool: {departments: {sales: {kpi: revenue, share: 0.03}}}\n",
            "bonus: pool added: department (sales (taken of Revenue, share taken 3 %))",
            "奖金：新增奖金池：部门（sales（取自指标 营收，提取比例 3%））",
        ),
        (
            "evaluation:",
            "extra_points:\n  - {id: praised, name: {zh: 好评, en: Praised}, kpi: revenue, points: 2, per: 100}\n"
            "evaluation:",
            "extra points Praised added: KPI Revenue, points 2, counted for each 100 CNY",
            "新增加减分 好评：指标 营收，分值 2，计分单位 100 CNY",
        ),
        (
            "rules:\n",
            "rewards:\n  - {id: crowd, name: {zh: 达人, en: Crowd}, kpi: revenue, reaches: 100, points: 5, money: 8}\n"
            "rules:\n",
            "instant reward Crowd added: KPI Revenue, reaches 100 CNY, points 5, money 8",
            "新增即时奖励 达人：指标 营收，达到 100 CNY，积分 5，奖金 8",
        ),
        (
            "rules:\n",
            "rules:\n  curved: {kind: piecewise, points: [[0.5, 0], [1, 10]]}\n",
            "rule curved added: kind piecewise linear, points of the line [0.5, 0], [1, 10]",
            "新增规则 curved：类型 折线，折线点 [0.5，0]、[1，10]",
        ),
        (
            "rules:\n",
            "rules:\n  two:\n    - {kind: linear, zero_at: 0, cap: 12}\n"
            "    - {kind: linear, zero_at: 0, cap: 15, from: 2026-04-01}\n",
            "rule two added: kind linear, no points at an attainment of 0, cap 12; "
            "first day 2026-04-01, kind linear, no points at an attainment of 0, cap 15",
            "新增规则 two：类型 线性，零分点 0，封顶分 12；首日 2026-04-01，类型 线性，零分点 0，封顶分 15",
        ),
        (
            THIRD_LINE,
            THIRD_LINE.replace("0.25,", "0.25, employees: {E1: 0.3}, departments: {sales: 0.2},"),
            "Operator: target of department of Repurchase rate, sales added: 20 %\n"
            "Operator: target of employee of Repurchase rate, E1 added: 30 %",
            "运营：新增复购率·sales的部门目标：20%\n运营：新增复购率·E1的个人目标：30%",
        ),
        (
            "rules:\n",
            "daily_goals:\n  operator:\n    - {kpi: revenue, target: 100}\nrules:\n",
            "daily goal Operator added: Revenue (target 100 CNY)",
            "新增每日目标 运营：营收（目标值 100 CNY）",
        ),
        (
            "rules:\n",
            "  host:\n" + FIRST_LINE.replace("0.6", "1.0") + "rules:\n",
            "position Host added: Revenue (goal R, weight 100 %, target 100 CNY, rule standard)",
            "新增岗位 host：营收（目标链 收，权重 100%，目标值 100 CNY，计分规则 standard）",
        ),
    ],
)
def test_a_change_is_said_in_words_and_units(old: str, new: str, en: str, zh: str) -> None:
    after = scheme((old, new))
    assert "\n".join(said(after)) == en
    assert "\n".join(said(after, language=Language.zh)) == zh


def test_a_fund_of_a_department_is_called_by_the_department() -> None:
    multiplier = "  multiplier: {good: 1.5, fair: 1.0}\n"
    pool = "  pool: {departments: {sales: {kpi: revenue, share: 0.03}}}\n"
    more = (multiplier, multiplier + pool.replace("0.03", "0.04"))
    assert said(scheme(more), scheme((multiplier, multiplier + pool))) == (
        "bonus: pool (department) (share taken) of sales 3 % → 4 %",
    )


@pytest.mark.parametrize("language", Language)
def test_no_sentence_has_two_spaces_or_in_chinese_a_comma_of_the_other_kind(language: Language) -> None:
    richer = scheme(
        ("rules:\n", "rules:\n  steppy: {kind: steps, steps: [[0.8, 6], [1, 10]]}\n"),
        (
            EVALUATION,
            "evaluation: {kpi: 0.7, feedback: 0.3, min_coverage: 0.60}\nfeedback: {scale: [1, 5], "
            "weights: {manager: 0.6, peer: 0.4}, cycles: [month, quarter], competencies: {a: 1, b: 2}}\n",
        ),
        (FIRST_LINE, FIRST_LINE.replace("target: 100", "target: {team: 100}, employees: {E1: 5}")),
    )
    both = (*said(richer, language=language), *said(scheme(), richer, language=language))
    assert len(both) > 8
    assert not [sentence for sentence in both if "  " in sentence]
    if language is Language.zh:
        assert not [sentence for sentence in both if ", " in sentence]


def test_what_is_said_of_the_way_back_is_the_reverse() -> None:
    richer = scheme(("cap: 12", "cap: 15"), ("good: 1.5", "good: 2"))
    assert said(scheme(), richer) == ("rule gradual: cap 15 → 12", "bonus: multiplier of Good 2 → 1.5")


def test_equal_schemes_differ_in_nothing() -> None:
    assert said(scheme()) == ()


def test_a_line_that_says_again_what_holds_already_is_no_difference() -> None:
    again = FIRST_LINE.replace("}", ", from: 2026-03-01}")
    assert said(scheme((FIRST_LINE, FIRST_LINE + again))) == ()


def test_a_kpi_that_begins_later_is_said_to_be_missing_until_then() -> None:
    later = scheme((FIRST_LINE, ""))
    assert said(later) == ("Operator: Revenue taken out until 2026-03-31",)
    assert said(scheme(), later) == (
        "Operator: Revenue added until 2026-03-31: goal R, weight 60 %, target 100 CNY, rule standard",
    )


def test_a_kpi_that_ends_is_said_with_its_last_day() -> None:
    ends = SECOND_LINE.replace("}", ", until: 2026-12-31}")
    assert said(scheme((SECOND_LINE, ends))) == ("Operator: last day of Revenue none → 2026-12-31 from 2026-04-01",)


def test_a_position_without_a_known_name_is_called_by_its_id() -> None:
    after = scheme((THIRD_LINE, THIRD_LINE.replace("0.25", "0.3")))
    assert differences(scheme(), after, language=Language.en) == ("Operator: target of Repurchase rate 25 % → 30 %",)
    assert differences(scheme(), after, language=Language.zh) == ("operator：复购率的目标值 25% → 30%",)


def everything_in(annotation: object) -> Iterator[object]:
    """The annotation and all that it is made of, down to the fields of its blocks."""
    yield annotation
    for part in get_args(annotation):
        yield from everything_in(part)
    if isinstance(annotation, type) and issubclass(annotation, Entry):
        for field in annotation.model_fields.values():
            yield from everything_in(field.annotation)


def test_every_field_of_the_grammar_has_a_label() -> None:
    entries = {each for each in everything_in(Scheme) if isinstance(each, type) and issubclass(each, Entry)}
    unlabelled = [
        f"{entry.__name__}.{field.alias or name}"
        for entry in entries
        for name, field in entry.model_fields.items()
        if not is_labelled(entry, field.alias or name)
    ]
    assert {"PositionKpi", "Veto", "Linear", "Percentile", "Band"} <= {entry.__name__ for entry in entries}
    assert sorted(unlabelled) == []


def test_every_word_of_the_grammars_closed_lists_is_spoken_in_both_languages() -> None:
    every = list(everything_in(Scheme))
    words = {word for each in every if get_origin(each) is Literal for word in get_args(each)}
    words |= {str(word) for each in every if isinstance(each, type) and issubclass(each, StrEnum) for word in each}
    assert {"exclude", "linear", "key_result", "peer"} <= words
    assert sorted(word for word in words if not is_spoken(word)) == []
