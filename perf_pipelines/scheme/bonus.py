"""How much a score pays: by the grade, by a curve, at most so much a person, out of a pool."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from perf_pipelines.currencies import FINEST
from perf_pipelines.fields import Called, Entry, Exactly, Identifier, Text, plain, refusal
from perf_pipelines.periods import Cycle
from perf_pipelines.scheme.rules import Attainment, Pair, Parameters, Points, refuse_falling
from perf_pipelines.scheme.versions import Dated

Money = Annotated[Decimal, Exactly(precision=18, scale=FINEST, above=0, at_most=1_000_000_000_000)]
"""An amount in the scheme's currency."""

Factor = Points
"""Of the bonus base; it has the decimals of points, because the macros of the rules compute it."""


class Accelerator(Entry):
    """Beyond the last point or step of a curve: ``rate`` more for each ``per``, in a straight line."""

    rate: Annotated[Decimal, Exactly(precision=9, scale=4, above=0, at_most=1000)]
    per: Annotated[
        Decimal, Exactly(precision=18, scale=8, above=0, at_most=1000), Called("加速单位", "each so much")
    ] = Decimal(1)


class Curve(Entry):
    """Which factor of the bonus base a final score or a weighted attainment pays.

    Either ``points`` [score, factor] with straight lines between them, level outside, or ``steps`` [score, factor], of
    which the highest one reached pays. Below ``threshold``: nothing. Beyond the last of them the ``accelerator``, and
    never more than ``cap``. Of attainments, none counts as more than ``attainment_cap``.
    """

    of: Annotated[Literal["final_score", "attainment"], Called("依据", "measured by")] = "final_score"
    threshold: Attainment | None = None
    points: Annotated[
        Annotated[tuple[Pair, ...], Field(min_length=2)] | None,
        Called("折线点（分数与系数）", "points of score and factor"),
    ] = None
    steps: Annotated[
        Annotated[tuple[Pair, ...], Field(min_length=1)] | None,
        Called("阶梯（分数与系数）", "steps of score and factor"),
    ] = None
    accelerator: Accelerator | None = None
    cap: Annotated[Factor | None, Called("系数封顶", "largest factor")] = None
    attainment_cap: Annotated[Decimal, Exactly(precision=18, scale=8, above=0, at_most=1000)] = Decimal(2)

    @model_validator(mode="after")
    def _sound(self) -> Self:
        if (self.points is None) == (self.steps is None):
            raise refusal(
                "it has both `points` and `steps`" if self.points else "it has neither `points` nor `steps`",
                "write `points: [[80, 0.5], [100, 1]]` for straight lines between them, or `steps: …` for levels",
            )
        refuse_falling("points" if self.points else "steps", self.pairs, of="score", gives="the factor never falls")
        at, factor = self.pairs[-1]
        if self.threshold is not None and self.threshold > at:
            raise refusal(
                f"the threshold of {plain(self.threshold)} lies beyond the last point, {plain(at)}",
                "write a threshold that the curve reaches",
                at=("threshold",),
            )
        if self.cap is not None and self.cap < factor:
            raise refusal(
                f"the cap of {plain(self.cap)} lies below the factor {plain(factor)} at {plain(at)}",
                "write a cap that is at least the largest factor",
                at=("cap",),
            )
        if self.accelerator is not None and self.cap is None:
            raise refusal("the curve rises without end", "add `cap:`, the largest factor", at=("cap",))
        return self

    @property
    def pairs(self) -> tuple[Pair, ...]:
        """The points or steps."""
        return self.points or self.steps or ()

    @property
    def kind(self) -> Literal["piecewise", "steps"]:
        """The rule kind by whose macro SQL computes it."""
        return "piecewise" if self.points else "steps"

    def parameters(self) -> Parameters:
        """What the macro of the rule kind reads."""
        word = "points" if self.points else "steps"
        return {word: [[plain(at), plain(factor)] for at, factor in self.pairs]}


class Fund(Entry):
    """What a pool holds: an ``amount`` for each cycle that pays, or a ``share`` of a sum that ``kpi`` counts.

    The share is of the sum of the same period, and times the share of the base that its cycle pays.
    """

    amount: Annotated[dict[Cycle, Money], Field(min_length=1)] | None = None
    kpi: Annotated[Identifier | None, Called("取自指标", "taken of")] = None
    share: Annotated[
        Annotated[Decimal, Exactly(precision=9, scale=6, above=0, at_most=1)] | None, Called("提取比例", "share taken")
    ] = None

    @model_validator(mode="after")
    def _is_one(self) -> Self:
        by_kpi = self.kpi is not None and self.share is not None
        if by_kpi == (self.amount is not None) or (self.kpi is None) != (self.share is None):
            raise refusal(
                "it does not say what the pool holds, or says it twice",
                "write `amount: {month: 200000}`, or `kpi: revenue` and `share: 0.03`",
            )
        return self


class Pool(Entry):
    """Payouts of one period that together come to a fund.

    A fund of ``departments`` is for those in it and below it, up to a department that has its own; that of the
    ``company`` is for all others. ``scale: down`` pays less where more is due than there is, ``up_and_down`` pays the
    fund whatever is due.
    """

    company: Fund | None = None
    departments: Annotated[dict[Text, Fund], Called("部门", "department")] = Field(default_factory=dict[str, Fund])
    scale: Annotated[Literal["down", "up_and_down"], Called("调整方向", "scaled")] = "down"

    @model_validator(mode="after")
    def _holds_something(self) -> Self:
        if not self.funds:
            raise refusal("the pool has no fund", "write `company: …`, `departments: …`, or leave `pool` out")
        return self

    @property
    def funds(self) -> dict[str | None, Fund]:
        """By department; that of the company by None."""
        of_company: dict[str | None, Fund] = {None: self.company} if self.company else {}
        return of_company | dict(self.departments.items())


class Bonus(Dated):
    """Which share of the bonus base each cycle pays, and how much of it.

    ``multiplier``: the factor of each grade. ``curve``: the factor of a score. Where both are there, their product.
    ``at_most``: most that one person gets in a period of the cycle.
    """

    cycles: Annotated[
        dict[Cycle, Annotated[Decimal, Exactly(precision=9, scale=6, above=0, at_most=1)]],
        Called("发放比例", "paid share"),
    ]
    multiplier: dict[Identifier, Annotated[Decimal, Exactly(precision=9, scale=6, at_least=0)]] | None = None
    curve: Curve | None = None
    at_most: Annotated[dict[Cycle, Money], Called("每人上限", "most for one person")] = Field(
        default_factory=dict[Cycle, Decimal]
    )
    pool: Pool | None = None

    @model_validator(mode="after")
    def _pays(self) -> Self:
        if self.multiplier is None and self.curve is None:
            raise refusal(
                "nothing says how much of the bonus base is paid",
                "add `multiplier:` with a factor for each grade, or `curve:`, or both",
            )
        return self
