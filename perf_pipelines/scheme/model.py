"""The grammar of scheme.yaml, field by field. What must hold between fields stands in consistency.py."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Literal, Self

from pydantic import Field, model_validator

from perf_pipelines.fields import (
    Called,
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
    plain,
    refusal,
)
from perf_pipelines.periods import Cycle
from perf_pipelines.scheme.aggregations import Aggregation
from perf_pipelines.scheme.alerts import Alerts
from perf_pipelines.scheme.bonus import Bonus
from perf_pipelines.scheme.feedback import Feedback
from perf_pipelines.scheme.review import Review
from perf_pipelines.scheme.rewards import DailyGoal, InstantReward
from perf_pipelines.scheme.rules import Attainment, Points, Rule
from perf_pipelines.scheme.targets import Amount, NumberOrTarget
from perf_pipelines.scheme.versions import Dated, Versions, in_force

if TYPE_CHECKING:
    from datetime import date

__all__ = [
    "Band",
    "Bonus",
    "Evaluation",
    "ExtraPoints",
    "Goal",
    "Grades",
    "Kpi",
    "Label",
    "Level",
    "PositionKpi",
    "Regulation",
    "Review",
    "Scheme",
    "Veto",
    "spoken",
]

GoalValue = Annotated[Decimal, Exactly(precision=28, scale=8, at_least=-10_000_000_000, at_most=10_000_000_000)]


def spoken(word: Level | Cycle) -> str:
    """As it is said in a sentence."""
    return str(word).replace("_", " ")


class Level(StrEnum):
    """How high a goal stands: a strategy is carried by objectives, an objective by key results."""

    STRATEGY = "strategy"
    OBJECTIVE = "objective"
    KEY_RESULT = "key_result"


class Kpi(Entry):
    """A KPI that this company uses; what counts stands in its SQL model ``kpi_<id>``.

    ``competency``: what it shows of people, by the id of the input ``competencies``; its courses are proposed to those
    who miss the target.
    """

    name: Label
    unit: LabelOrText
    aggregation: Aggregation
    better: Literal["higher", "lower"]
    competency: Text | None = None


class Goal(Entry):
    """A goal. A key result says which KPI is to move from where to where (per month where the KPI is a sum)."""

    id: Identifier
    level: Level
    parent: Identifier | None = None
    department: Text | None = None
    name: Label
    kpi: Identifier | None = None
    from_: Annotated[GoalValue | None, Called("起点", "baseline")] = Field(default=None, alias="from")
    to: GoalValue | None = None


class Veto(Entry):
    """An attainment below ``below`` leaves the employee at ``grade`` at best, whatever the score."""

    below: Attainment = Decimal(1)
    grade: Annotated[Identifier, Called("至多", "at best")]


class PositionKpi(Dated):
    """One KPI of a position, from a day on. ``of: team`` measures the manager by the team's actual.

    ``target`` holds for all in the position but those of ``departments``, with the departments below them, and
    ``employees``, by their ids; a person's own comes first, then that of the nearest department.
    ``no_data``: ``exclude`` spreads the weight over the other KPIs, ``zero`` gives 0 points, ``hold`` leaves the
    employee unevaluated until there is data. Fewer contributions than ``min_sample`` are no data. ``floor`` and ``cap``
    bound the points that the rule gives.
    """

    kpi: Identifier
    goal: Identifier
    weight: Annotated[Decimal, Exactly(precision=9, scale=6, above=0, at_most=1)]
    target: NumberOrTarget
    departments: dict[Text, NumberOrTarget] = Field(default_factory=dict)
    employees: dict[Text, NumberOrTarget] = Field(default_factory=dict)
    rule: Identifier
    of: Literal["self", "team"] = "self"
    no_data: Literal["exclude", "zero", "hold"] = "exclude"
    min_sample: Annotated[int, Whole(at_least=1)] = 1
    floor: Points | None = None
    cap: Points | None = None
    veto: Veto | None = None
    until: Day | None = None

    @model_validator(mode="after")
    def _bounds(self) -> Self:
        if self.floor is not None and self.cap is not None and self.floor > self.cap:
            raise refusal(
                f"the floor of {plain(self.floor)} points lies above the cap of {plain(self.cap)}",
                "write a floor that is at most the cap",
                at=("floor",),
            )
        return self


class ExtraPoints(Dated):
    """Points outside the weights: ``points`` for each whole ``per`` of the actual, at most ``at_most`` up or down.

    Of employees in ``positions``, or in all. They are added to the final score, or taken from it when negative.
    """

    id: Identifier
    name: Label
    kpi: Identifier
    positions: Annotated[tuple[Identifier, ...] | None, Called("岗位", "positions")] = Field(default=None, min_length=1)
    points: Annotated[Decimal, Exactly(precision=9, scale=4, at_least=-1000, at_most=1000)]
    per: Amount
    at_most: Annotated[Decimal, Exactly(precision=9, scale=4, above=0, at_most=1000)] = Decimal(1000)
    until: Day | None = None


class Evaluation(Dated):
    """How the parts become a final score: ``kpi`` and ``feedback`` are their weights and sum to 1.

    Covered weight of KPIs below ``min_coverage``: not evaluated. ``no_feedback``, of somebody without a 360° part:
    ``kpi_only`` takes the KPI score as it is, ``hold`` does not evaluate, ``zero`` counts the part as 0.
    ``mean_of``, a cycle → a shorter one: in place of the KPI score of contributions stands the mean of the published
    final scores of those shorter periods, weighted by days; the coverage is then the share of days evaluated.
    """

    kpi: Annotated[Share, Called("KPI得分的权重", "weight of the KPI score")]
    feedback: Annotated[Share, Called("360°反馈的权重", "weight of the 360° feedback")] = Decimal(0)
    no_feedback: Literal["kpi_only", "hold", "zero"] = "kpi_only"
    min_coverage: Share
    mean_of: dict[Cycle, Cycle] = Field(default_factory=dict[Cycle, Cycle])

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.kpi + self.feedback != 1:
            raise refusal(
                f"the parts kpi and feedback sum to {plain(self.kpi + self.feedback)}", "let them sum to 1", at=("kpi",)
            )
        if self.kpi == 0:
            raise refusal("the KPIs count for nothing", "give `kpi` a weight above 0", at=("kpi",))
        for whole, part in self.mean_of.items():
            if not 0 < part.months < whole.months:
                raise refusal(
                    f"a {spoken(whole)} cannot be the mean of its {spoken(part)}s",
                    "name a shorter cycle of whole months: month, quarter or half_year",
                    at=("mean_of", str(whole)),
                )
        return self


class Band(Entry):
    """A grade for scores from ``at_least`` up to the next band; ``expected`` is the share of people it should have."""

    grade: Identifier
    name: Label
    at_least: Annotated[Decimal, Exactly(precision=9, scale=4, at_least=0)]
    expected: Share | None = None


class Grades(Dated):
    """Grades, the best first: by ``bands`` of the score, or by ``quota``, each its expected share of a department.

    ``both``: by bands, and the grade that a quota would have given is told beside it. A department of fewer than
    ``quota_min_headcount`` evaluated employees is graded by bands.
    """

    method: Literal["bands", "quota", "both"]
    quota_min_headcount: Annotated[int, Whole(at_least=1)] = 5
    bands: tuple[Band, ...] = Field(min_length=1)


@dataclass(frozen=True, kw_only=True)
class Regulation:
    """The parts of a scheme that concern a whole period, each in one version; ``feedback`` only where it counts."""

    evaluation: Evaluation
    feedback: Feedback | None
    grades: Grades
    bonus: Bonus
    review: Review


class Scheme(Entry):
    """A whole scheme.yaml; ``scheme`` is its id.

    ``change_inside_period``: ``refuse`` lets lines and rules change where periods begin; ``split`` anywhere, and a
    period in which they change is assessed in parts, like the period of somebody who changes the position.
    """

    scheme: Text
    currency: Currency
    kpis: dict[Identifier, Kpi] = Field(min_length=1)
    goals: tuple[Goal, ...] = Field(min_length=1)
    positions: dict[Identifier, Annotated[tuple[PositionKpi, ...], Field(min_length=1)]] = Field(min_length=1)
    rules: dict[Identifier, Versions[Rule]] = Field(min_length=1)
    change_inside_period: Literal["refuse", "split"] = "refuse"
    extra_points: tuple[ExtraPoints, ...] = ()
    rewards: tuple[InstantReward, ...] = ()
    daily_goals: dict[Identifier, Annotated[tuple[DailyGoal, ...], Field(min_length=1)]] = Field(
        default_factory=dict[Identifier, tuple[DailyGoal, ...]]
    )
    alerts: Alerts | None = None
    evaluation: Versions[Evaluation]
    feedback: Versions[Feedback] | None = None
    grades: Versions[Grades]
    bonus: Versions[Bonus]
    review: Versions[Review]

    def on(self, day: date) -> Regulation:
        """What holds on ``day`` for a whole period."""
        evaluation = in_force(self.evaluation, day)
        return Regulation(
            evaluation=evaluation,
            feedback=in_force(self.feedback, day) if self.feedback and evaluation.feedback > 0 else None,
            grades=in_force(self.grades, day),
            bonus=in_force(self.bonus, day),
            review=in_force(self.review, day),
        )
