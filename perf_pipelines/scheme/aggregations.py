"""Aggregations: from a KPI's contributions to its actual, for any period and any group of people.

An aggregation is one class here, added to :data:`Aggregation`, and one macro ``aggregation_<kind>`` in
dbt_project/macros/aggregations/. ``called`` is what people call it. ``sum_like`` ones grow with time: their target is
meant per month and is prorated. ``parameter`` is the one number that an aggregation may need. ``credited`` names the
parts of a contribution that enter times its credit; where it is empty the numerator enters whole.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, ClassVar, Literal

from perf_pipelines.fields import ByKind, Called, Entry, Exactly


class Sum(Entry):
    """Sum of the credited numerators."""

    called: ClassVar[Called] = Called("求和", "sum")
    kind: Literal["sum"]
    sum_like: ClassVar[bool] = True
    credited: ClassVar[tuple[str, ...]] = ("numerator",)
    parameter: ClassVar[Decimal | None] = None


class CountDistinct(Entry):
    """How many different units contributed."""

    called: ClassVar[Called] = Called("去重计数", "distinct count")
    kind: Literal["count_distinct"]
    sum_like: ClassVar[bool] = True
    credited: ClassVar[tuple[str, ...]] = ()
    parameter: ClassVar[Decimal | None] = None


class Ratio(Entry):
    """Sum of the numerators by sum of the denominators."""

    called: ClassVar[Called] = Called("比率", "ratio")
    kind: Literal["ratio"]
    sum_like: ClassVar[bool] = False
    credited: ClassVar[tuple[str, ...]] = ("numerator", "denominator")
    parameter: ClassVar[Decimal | None] = None


class Mean(Entry):
    """Mean of the numerators, weighted by credit."""

    called: ClassVar[Called] = Called("平均值", "mean")
    kind: Literal["mean"]
    sum_like: ClassVar[bool] = False
    credited: ClassVar[tuple[str, ...]] = ("numerator",)
    parameter: ClassVar[Decimal | None] = None


class Median(Entry):
    """Median of the numerators."""

    called: ClassVar[Called] = Called("中位数", "median")
    kind: Literal["median"]
    sum_like: ClassVar[bool] = False
    credited: ClassVar[tuple[str, ...]] = ()
    parameter: ClassVar[Decimal | None] = None


class Percentile(Entry):
    """The smallest value that the share ``at`` of the numerators do not exceed (nearest rank)."""

    called: ClassVar[Called] = Called("分位数", "percentile")
    kind: Literal["percentile"]
    at: Annotated[Decimal, Exactly(precision=28, scale=8, above=0, at_most=1), Called("分位", "percentile")]
    sum_like: ClassVar[bool] = False
    credited: ClassVar[tuple[str, ...]] = ()

    @property
    def parameter(self) -> Decimal | None:
        """``at``."""
        return self.at


class ShareOfUnits(Entry):
    """Share of the units whose sum reaches ``bound`` (repurchase rate: 2 orders); credit plays no part."""

    called: ClassVar[Called] = Called("达标单位占比", "share of units")
    kind: Literal["share_of_units"]
    bound: Annotated[Decimal, Exactly(precision=28, scale=8, above=0, at_most=10_000_000_000), Called("界值", "bound")]
    sum_like: ClassVar[bool] = False
    credited: ClassVar[tuple[str, ...]] = ()

    @property
    def parameter(self) -> Decimal | None:
        """``bound``."""
        return self.bound


Aggregation = Annotated[
    Sum | CountDistinct | Ratio | Mean | Median | Percentile | ShareOfUnits,
    ByKind(by_name=True),
]
