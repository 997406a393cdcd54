"""360° feedback: who rates, on which scale, and how much it counts (docs/feedback.md)."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from perf_pipelines.fields import Exactly, Text, Whole, plain, refusal
from perf_pipelines.periods import Cycle
from perf_pipelines.scheme.versions import Dated

FEWEST_RATERS = 3
"""Of two raters each knows the other's answer from the mean and the own."""


class Relation(StrEnum):
    """Who rates, seen from the rated."""

    MANAGER = "manager"
    PEER = "peer"
    REPORT = "report"
    SELF = "self"


ANONYMOUS = (Relation.PEER, Relation.REPORT)
"""Relations of which nothing is shown that fewer than ``min_raters`` have said."""

_Rating = Annotated[Decimal, Exactly(precision=9, scale=4, at_least=0, at_most=1000)]
_Weight = Annotated[Decimal, Exactly(precision=9, scale=6, above=0, at_most=1000)]


class Feedback(Dated):
    """The 360° part of an evaluation.

    ``weights`` of the relations sum to 1; those of the ``competencies`` need not, and without them all count alike.
    ``cycles``: the periods that have it, all without them. A self-rating that differs from what the others say by more
    than ``self_difference`` (points of 100) is an outlier.
    """

    scale: tuple[_Rating, _Rating]
    weights: dict[Relation, Annotated[Decimal, Exactly(precision=9, scale=6, above=0, at_most=1)]] = Field(min_length=1)
    competencies: dict[Text, _Weight] | None = None
    min_raters: Annotated[int, Whole(at_least=FEWEST_RATERS)] = FEWEST_RATERS
    rater_leniency: Literal["none", "shrink"] = "none"
    self_difference: Annotated[Decimal, Exactly(precision=9, scale=4, above=0, at_most=100)] = Decimal(30)
    cycles: tuple[Cycle, ...] | None = None

    @model_validator(mode="after")
    def _sound(self) -> Self:
        low, high = self.scale
        if low >= high:
            raise refusal(f"the scale goes from {plain(low)} to {plain(high)}", "write the worst and the best answer")
        total = sum(self.weights.values(), Decimal(0))
        if total != 1:
            raise refusal(f"the weights of the relations sum to {plain(total)}", "let them sum to 1", at=("weights",))
        return self
