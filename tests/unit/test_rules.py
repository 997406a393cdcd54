from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from perf_pipelines.scheme.aggregations import Aggregation
from perf_pipelines.scheme.rules import Linear, Piecewise, Rule, Steps, Threshold

D = Decimal
RULE: TypeAdapter[Threshold | Linear | Steps | Piecewise] = TypeAdapter(Rule)
AGGREGATION: TypeAdapter[Any] = TypeAdapter(Aggregation)

THRESHOLD: dict[str, object] = {
    "kind": "threshold",
    "missed": 0,
    "reached": 10,
    "exceeded": 12,
    "exceeded_at": D("1.10"),
}


@pytest.mark.parametrize(
    ("rule", "parameters"),
    [
        (THRESHOLD, {"missed": "0", "reached": "10", "exceeded": "12", "exceeded_at": "1.1"}),
        ({"kind": "linear", "zero_at": D("0.5"), "cap": 12}, {"zero_at": "0.5", "cap": "12"}),
        ({"kind": "steps", "steps": [[D("0.8"), 6], [D("1.0"), 10]]}, {"steps": [["0.8", "6"], ["1", "10"]]}),
        ({"kind": "piecewise", "points": [[D("0.90"), 0], [1, 10]]}, {"points": [["0.9", "0"], ["1", "10"]]}),
    ],
)
def test_a_rule_gives_sql_its_parameters_as_plain_strings(rule: object, parameters: object) -> None:
    assert RULE.validate_python(rule).parameters() == parameters


@pytest.mark.parametrize(
    ("rule", "place"),
    [
        ({**THRESHOLD, "exceeded_at": 1}, ("exceeded_at",)),
        ({**THRESHOLD, "missed": -1}, ("missed",)),
        ({**THRESHOLD, "missed": 11}, ()),
        ({"kind": "linear", "zero_at": 1, "cap": 12}, ("zero_at",)),
        ({"kind": "linear", "zero_at": D("-0.1"), "cap": 12}, ("zero_at",)),
        ({"kind": "linear", "zero_at": 0, "cap": D("9.9")}, ("cap",)),
        ({"kind": "linear", "zero_at": D("0.123456789"), "cap": 12}, ("zero_at",)),
        ({"kind": "steps", "steps": []}, ("steps",)),
        ({"kind": "steps", "steps": [[1]]}, ("steps", 0, 1)),
        ({"kind": "steps", "steps": [[1, "ten"]]}, ("steps", 0, 1)),
        ({"kind": "piecewise", "points": [[1, 10]]}, ("points",)),
    ],
)
def test_a_rule_refuses_its_own_nonsense(rule: object, place: tuple[str | int, ...]) -> None:
    with pytest.raises(ValidationError) as caught:
        RULE.validate_python(rule)
    assert caught.value.errors()[0]["loc"] == place


@pytest.mark.parametrize("pairs", [[[1, 10], [1, 12]], [[1, 10], [D("0.9"), 12]], [[1, 10], [2, 9]]])
@pytest.mark.parametrize(("kind", "field"), [("steps", "steps"), ("piecewise", "points")])
def test_attainment_must_rise_and_points_must_not_fall(kind: str, field: str, pairs: object) -> None:
    with pytest.raises(ValidationError, match="does not rise"):
        RULE.validate_python({"kind": kind, field: pairs})


def test_a_rule_kind_outside_the_list_is_refused() -> None:
    with pytest.raises(ValidationError):
        RULE.validate_python({"kind": "exponential"})


@pytest.mark.parametrize(
    ("written", "kind", "parameter", "sum_like"),
    [
        ("sum", "sum", None, True),
        ("count_distinct", "count_distinct", None, True),
        ("ratio", "ratio", None, False),
        ({"kind": "median"}, "median", None, False),
        ("mean", "mean", None, False),
        ({"kind": "percentile", "at": D("0.9")}, "percentile", D("0.9"), False),
        ({"kind": "share_of_units", "bound": 2}, "share_of_units", D(2), False),
    ],
)
def test_an_aggregation_is_a_name_or_a_block(written: object, kind: str, parameter: object, sum_like: bool) -> None:
    aggregation = AGGREGATION.validate_python(written)
    assert (aggregation.kind, aggregation.parameter, aggregation.sum_like) == (kind, parameter, sum_like)


@pytest.mark.parametrize(
    "written", ["percentile", "average", 3, {"kind": "percentile", "at": 2}, {"kind": "sum", "at": 1}]
)
def test_an_aggregation_outside_the_list_or_without_its_number_is_refused(written: object) -> None:
    with pytest.raises(ValidationError):
        AGGREGATION.validate_python(written)
