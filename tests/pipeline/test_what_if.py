"""What a score and a pay would be, by the rules that closed the period, with nothing written."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from perf_pipelines.closing import Closing
from perf_pipelines.defs.companies import read_company
from perf_pipelines.errors import NotPublished
from perf_pipelines.home import company_home
from perf_pipelines.periods import Period
from perf_pipelines.what_if import WhatIf, WhatIfRefused, what_if

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.conftest import Place

AGENT = "darcel_schlecht"


def asked(place: Place, employee: str = AGENT, **actuals: str) -> WhatIf:
    with pytest.MonkeyPatch.context() as patch:
        for name, value in place.environment.items():
            patch.setenv(name, value)
        closing = Closing(company=read_company(place.name), home=company_home(place.name))
    return what_if(
        closing,
        period=Period.parse("2017-03"),
        employee=employee,
        actuals={kpi: Decimal(value) for kpi, value in actuals.items()},
    )


def files(root: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in sorted(root.rglob("*")) if path.is_file()}


def test_the_actual_that_is_there_gives_what_is_published_and_nothing_is_written(closed_march: Place) -> None:
    before = files(closed_march.home)
    [change] = asked(closed_march, revenue_won="1").changes
    assert change.before is not None
    answer = asked(closed_march, revenue_won=str(change.before))
    assert answer.after == answer.before
    assert files(closed_march.home) == before


def test_a_higher_actual_gives_the_score_and_the_pay_that_the_rules_give(closed_march: Place) -> None:
    answer = asked(closed_march, revenue_won="0")
    higher = asked(closed_march, revenue_won="1000000")
    # `gradual` gives from 0 points to 12: the weight of 35 % × 12 × 10
    assert higher.after.evaluation["kpi_score"] - answer.after.evaluation["kpi_score"] == 42
    for outcome in (answer.after, higher.after):
        assert outcome.payout is not None
        factor = {"excellent": Decimal("1.5"), "qualified": Decimal(1), "unqualified": Decimal(0)}
        base, grade = outcome.payout["bonus_base"], outcome.evaluation["grade"]
        assert outcome.payout["amount"] == base * factor[grade]
        assert any(step.en.startswith(("proposed payout", "Revenue")) for step in outcome.steps)
    assert answer.before == higher.before
    assert answer.held_fixed[0].en.startswith("the actuals and scores of everybody else stay")


@pytest.mark.parametrize(
    ("employee", "actuals", "said"),
    [
        (AGENT, {"revenue": "1"}, "revenue: does not measure this person → did you mean `revenue_won`?"),
        (AGENT, {"revenue_won": "NaN"}, "NaN is no actual"),
        (AGENT, {}, "no other actual is given"),
        ("darcel_schlech", {"revenue_won": "1"}, "nobody has this id → did you mean `darcel_schlecht`?"),
    ],
)
def test_what_cannot_be_asked_is_refused(
    closed_march: Place, employee: str, actuals: dict[str, str], said: str
) -> None:
    with pytest.raises(WhatIfRefused) as refused:
        asked(closed_march, employee, **actuals)
    assert said in str(refused.value)


def test_percents_in_place_of_a_share_are_answered_with_a_remark(closed_march: Place) -> None:
    [remark] = asked(closed_march, win_rate="60", revenue_won="60").remarks
    assert remark.en == "Win rate is a share, of which 60 is 6,000 %: write win_rate=0.6 if 60 % is meant"
    assert remark.zh == "赢单率以比率计，60 即 6,000%；若指 60%，请写 win_rate=0.6"
    assert asked(closed_march, win_rate="0.6").remarks == ()
    question = ("what-if", "--period", "2017-03", "--employee", AGENT, "--set", "win_rate=60")
    assert "! Win rate is a share" in closed_march.call(*question).err


def test_a_scheme_that_has_changed_since_is_not_answered_by(
    closed_march: Place, change: Callable[[Path, str, str], None]
) -> None:
    change(closed_march.company / "scheme.yaml", "{excellent: 1.5,", "{excellent: 2.5,")
    with pytest.raises(NotPublished, match="have changed since it was published"):
        asked(closed_march, revenue_won="1")


def test_without_the_warehouse_the_period_has_to_be_closed_again(closed_march: Place) -> None:
    (closed_march.home / closed_march.name / "warehouse.duckdb").unlink()
    with pytest.raises(NotPublished, match="the warehouse has been deleted → close it again"):
        asked(closed_march, revenue_won="1")


def test_the_command_compares_what_is_with_what_would_be(closed_march: Place) -> None:
    question = ("what-if", "--period", "2017-03", "--employee", AGENT, "--set", "revenue_won=1,000,000")
    outcome = closed_march.call(*question, "--language", "zh")
    assert outcome.code == 0, outcome.err
    assert "拟发奖金" in outcome.out
    assert "保持不变" in outcome.out
    for no_number in ("revenue_won", "win_rate=0,35"):
        assert closed_march.call(*question[:-1], no_number).code == 2
