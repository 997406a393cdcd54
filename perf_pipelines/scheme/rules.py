"""Rule kinds: from attainment (actual / target; 1 = just reached) to points (10 = just reached).

A rule kind is one class here, added to :data:`Rule`, and one macro ``rule_<kind>`` in dbt_project/macros/rules/.
``called`` is what people call the kind.
"""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal, Self

from pydantic import Field, model_validator

from perf_pipelines.fields import ByKind, Called, Exactly, plain, refusal
from perf_pipelines.scheme.versions import Dated

if TYPE_CHECKING:
    from collections.abc import Iterator

Attainment = Annotated[Decimal, Exactly(precision=18, scale=8, at_least=0, at_most=1000)]
Points = Annotated[Decimal, Exactly(precision=9, scale=4, at_least=0, at_most=1000)]
"""Not negative: a score below 0 would lie below the lowest grade."""

Pair = tuple[Attainment, Points]
Figure = tuple[tuple[str | int, ...], Decimal | None, Decimal | None]
"""Where in the rule it stands, and the attainment or the points that it is, or both."""

Parameters = dict[str, str | list[list[str]]]
"""What the SQL macro reads: decimals as plain strings, pairs as lists of two."""


class Threshold(Dated):
    """Below 1 ``missed``, from 1 ``reached``, from ``exceeded_at`` ``exceeded`` points."""

    called: ClassVar[Called] = Called("门槛", "threshold")
    kind: Literal["threshold"]
    missed: Annotated[Points, Called("未达成得分", "points when missed")]
    reached: Annotated[Points, Called("达成得分", "points when reached")]
    exceeded: Annotated[Points, Called("超额得分", "points when exceeded")]
    exceeded_at: Annotated[
        Decimal,
        Exactly(precision=18, scale=8, above=1, at_most=1000),
        Called("超额起点", "exceeded from an attainment of"),
    ]

    @model_validator(mode="after")
    def _better_pays_more(self) -> Self:
        if not self.missed <= self.reached <= self.exceeded:
            raise refusal("the points fall from missed to reached to exceeded", "let them rise")
        return self

    def parameters(self) -> Parameters:
        """``missed``, ``reached``, ``exceeded``, ``exceeded_at``."""
        return {
            "missed": plain(self.missed),
            "reached": plain(self.reached),
            "exceeded": plain(self.exceeded),
            "exceeded_at": plain(self.exceeded_at),
        }

    def figures(self) -> Iterator[Figure]:
        """The attainment and the points that it names."""
        yield ("exceeded_at",), self.exceeded_at, None
        for word in ("missed", "reached", "exceeded"):
            yield (word,), None, getattr(self, word)


class Linear(Dated):
    """0 points at ``zero_at``, 10 at 1, on along the same line up to ``cap``."""

    called: ClassVar[Called] = Called("线性", "linear")
    kind: Literal["linear"]
    zero_at: Annotated[
        Decimal, Exactly(precision=18, scale=8, at_least=0, below=1), Called("零分点", "no points at an attainment of")
    ]
    cap: Annotated[Decimal, Exactly(precision=9, scale=4, at_least=10, at_most=1000)]

    def parameters(self) -> Parameters:
        """``zero_at``, ``cap``."""
        return {"zero_at": plain(self.zero_at), "cap": plain(self.cap)}

    def figures(self) -> Iterator[Figure]:
        """The attainment and the points that it names."""
        yield ("zero_at",), self.zero_at, None
        yield ("cap",), None, self.cap


class Steps(Dated):
    """The points of the highest step [attainment, points] that is reached; 0 below the first."""

    called: ClassVar[Called] = Called("阶梯", "steps")
    kind: Literal["steps"]
    steps: Annotated[tuple[Pair, ...], Called("阶梯", "steps")] = Field(min_length=1)

    @model_validator(mode="after")
    def _ascending(self) -> Self:
        refuse_falling("steps", self.steps)
        return self

    def parameters(self) -> Parameters:
        """``steps``."""
        return {"steps": [[plain(attainment), plain(points)] for attainment, points in self.steps]}

    def figures(self) -> Iterator[Figure]:
        """The attainments and the points that it names."""
        for index, (attainment, points) in enumerate(self.steps):
            yield ("steps", index), attainment, points


class Piecewise(Dated):
    """Straight lines between the given points [attainment, points]; level before the first and after the last."""

    called: ClassVar[Called] = Called("折线", "piecewise linear")
    kind: Literal["piecewise"]
    points: Annotated[tuple[Pair, ...], Called("折线点", "points of the line")] = Field(min_length=2)

    @model_validator(mode="after")
    def _ascending(self) -> Self:
        refuse_falling("points", self.points)
        return self

    def parameters(self) -> Parameters:
        """``points``."""
        return {"points": [[plain(attainment), plain(points)] for attainment, points in self.points]}

    def figures(self) -> Iterator[Figure]:
        """The attainments and the points that it names."""
        for index, (attainment, points) in enumerate(self.points):
            yield ("points", index), attainment, points


Rule = Annotated[Threshold | Linear | Steps | Piecewise, ByKind()]


def refuse_falling(
    name: str, pairs: tuple[Pair, ...], *, of: str = "attainment", gives: str = "points never fall"
) -> None:
    """Refuse pairs in the field ``name`` unless the first of each rises and the second never falls."""
    for index, (before, after) in enumerate(pairwise(pairs), start=1):
        if after[0] <= before[0] or after[1] < before[1]:
            raise refusal(
                f"[{plain(after[0])}, {plain(after[1])}] does not rise above [{plain(before[0])}, {plain(before[1])}]",
                f"order them so that {of} rises and {gives}",
                at=(name, index),
            )
