"""The grammar of scheme.yaml, field by field. What must hold between fields stands in consistency.py."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from perf_pipelines.fields import (
    Currency,
    Day,
    Entry,
    Exactly,
    Identifier,
    Label,
    LabelOrText,
    Share,
    Text,
    Whole,
    refusal,
    shown,
)
from perf_pipelines.periods import Cycle
from perf_pipelines.scheme.aggregations import Aggregation
from perf_pipelines.scheme.rules import Rule

__all__ = [
    "Band",
    "Bonus",
    "Evaluation",
    "Goal",
    "Grades",
    "Kpi",
    "Label",
    "Level",
    "PositionKpi",
    "Review",
    "Scheme",
    "SystemicMiss",
]

Amount = Annotated[Decimal, Exactly(precision=28, scale=8, at_least=-10_000_000_000, at_most=10_000_000_000)]
Target = Annotated[Decimal, Exactly(precision=28, scale=8, above=0, at_most=10_000_000_000)]
"""Bounded because the exact division in SQL (macro exact_ratio) takes numbers below 10^14, and a target is multiplied
by months and days before it is divided."""


class Level(StrEnum):
    """How high a goal stands: a strategy is carried by objectives, an objective by key results."""

    STRATEGY = "strategy"
    OBJECTIVE = "objective"
    KEY_RESULT = "key_result"


class Kpi(Entry):
    """A KPI that this company uses; what counts stands in its SQL model ``kpi_<id>``."""

    name: Label
    unit: LabelOrText
    aggregation: Aggregation
    better: Literal["higher", "lower"]


class Goal(Entry):
    """A goal. A key result says which KPI is to move from where to where (per month where the KPI is a sum)."""

    id: Identifier
    level: Level
    parent: Identifier | None = None
    department: Text | None = None
    name: Label
    kpi: Identifier | None = None
    from_: Amount | None = Field(default=None, alias="from")
    to: Amount | None = None


class PositionKpi(Entry):
    """One KPI of a position, from a day on. ``of: team`` measures the manager by the team's actual.

    ``no_data``: ``exclude`` spreads the weight over the other KPIs, ``zero`` gives 0 points, ``hold`` leaves the
    employee unevaluated until there is data.
    """

    kpi: Identifier
    goal: Identifier
    weight: Annotated[Decimal, Exactly(precision=9, scale=6, above=0, at_most=1)]
    target: Target
    rule: Identifier
    of: Literal["self", "team"] = "self"
    no_data: Literal["exclude", "zero", "hold"] = "exclude"
    from_: Day | None = Field(default=None, alias="from")
    until: Day | None = None


def _kpi_only(value: object) -> Decimal:
    if isinstance(value, (int, Decimal)) and not isinstance(value, bool) and value == 1:
        return Decimal(1)
    raise refusal(
        f"{shown(value)} leaves a part for 360° feedback, which is not part of this version",
        "write 1.0: the KPI score is the whole score",
    )


class Evaluation(Entry):
    """How KPI scores become a final score. Covered weight below ``min_coverage``: not evaluated."""

    kpi: Annotated[Decimal, BeforeValidator(_kpi_only)]
    min_coverage: Share


class Band(Entry):
    """A grade for scores from ``at_least`` up to the next band; ``expected`` is the share of people it should have."""

    grade: Identifier
    name: Label
    at_least: Annotated[Decimal, Exactly(precision=9, scale=4, at_least=0)]
    expected: Share | None = None


class Grades(Entry):
    """Grades by bands of the score, the best first."""

    method: Literal["bands"]
    bands: tuple[Band, ...] = Field(min_length=1)


class Bonus(Entry):
    """Which share of the bonus base each cycle pays, and by which factor each grade multiplies it."""

    cycles: dict[Cycle, Annotated[Decimal, Exactly(precision=9, scale=6, above=0, at_most=1)]]
    multiplier: dict[Identifier, Annotated[Decimal, Exactly(precision=9, scale=6, at_least=0)]]


class SystemicMiss(Entry):
    """A KPI is missed systemically when ``share`` of a department's measured employees (at least so many) miss it."""

    share: Annotated[Decimal, Exactly(precision=9, scale=6, above=0, at_most=1)]
    min_headcount: Annotated[int, Whole(at_least=1)]


class Review(Entry):
    """The thresholds of the strategy review."""

    systemic_miss: SystemicMiss


class Scheme(Entry):
    """A whole scheme.yaml; ``scheme`` is its id."""

    scheme: Text
    currency: Currency
    kpis: dict[Identifier, Kpi] = Field(min_length=1)
    goals: tuple[Goal, ...] = Field(min_length=1)
    positions: dict[Identifier, Annotated[tuple[PositionKpi, ...], Field(min_length=1)]] = Field(min_length=1)
    rules: dict[Identifier, Rule] = Field(min_length=1)
    evaluation: Evaluation
    grades: Grades
    bonus: Bonus
    review: Review
