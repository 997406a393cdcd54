"""Instant rewards and daily goals: what is told, or given, on the day on which it is reached (docs/rewards.md)."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Self

from pydantic import Field, model_validator

from perf_pipelines.currencies import FINEST
from perf_pipelines.fields import Called, Day, Exactly, Identifier, Label, refusal
from perf_pipelines.scheme.targets import Amount
from perf_pipelines.scheme.versions import Dated

UNIT = "unit"
"""The subject of a reward that is what the KPI counts (an order, a deal), and not a value of one of its segments."""


class InstantReward(Dated):
    """What an employee gets, once per ``subject``, when all of it that counts since ``from`` comes to ``reaches``.

    ``subject``: ``unit``, which is what the KPI counts, or one of its segments, like ``campaign``. ``points`` are a
    currency of their own and no part of a score; ``money`` is in the scheme's currency, with no more decimals than that
    has. Of employees who hold one of ``positions`` on the day, or of all.
    """

    id: Identifier
    name: Label
    kpi: Identifier
    subject: Identifier = UNIT
    reaches: Amount
    points: Annotated[Annotated[Decimal, Exactly(precision=9, scale=4, above=0)] | None, Called("积分", "points")] = (
        None
    )
    money: Annotated[Decimal, Exactly(precision=18, scale=FINEST, above=0, at_most=10_000_000)] | None = None
    positions: Annotated[tuple[Identifier, ...] | None, Called("岗位", "positions")] = Field(default=None, min_length=1)
    until: Day | None = None

    @model_validator(mode="after")
    def _gives_something(self) -> Self:
        if self.points is None and self.money is None:
            raise refusal(
                f"the reward `{self.id}` gives nothing", "write `points:` or `money:`, or take the reward out"
            )
        return self


class DailyGoal(Dated):
    """What somebody in a position is to reach in a KPI on each day; it ends where the next line of that KPI begins."""

    kpi: Identifier
    target: Amount
    until: Day | None = None
