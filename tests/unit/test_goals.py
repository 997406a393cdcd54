"""What a line of a position asks, in the words of the cascade."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from perf_pipelines.reports.goals import asked
from perf_pipelines.wording import Language

LINE: dict[str, Any] = {
    "target": None,
    "team_target": None,
    "growth": None,
    "unit": "CNY",
    "unit_zh": "元",
    "aggregation": "sum",
}


@pytest.mark.parametrize(
    ("target", "en", "zh"),
    [
        ({"target": Decimal(20000)}, "20,000 CNY a month", "每月 20,000 元"),
        ({"team_target": Decimal(60000)}, "60,000 CNY of the team together a month", "每月 团队共 60,000 元"),
        ({"growth": Decimal("0.1")}, "10 % on a year ago", "比去年同期 10%"),
        ({"target": Decimal("0.3"), "unit": "share", "unit_zh": "share", "aggregation": "ratio"}, "30 %", "30%"),
    ],
)
def test_a_target_is_said_whatever_it_is(target: dict[str, Any], en: str, zh: str) -> None:
    assert [asked({**LINE, **target}, language) for language in (Language.en, Language.zh)] == [en, zh]
