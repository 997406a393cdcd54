"""What a line of a position asks: a number, the share of a team's number, or more than a year ago."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any, Self, cast

from pydantic import BeforeValidator, model_validator

from perf_pipelines.fields import Entry, Exactly, refusal

_AMOUNT = Exactly(precision=28, scale=8, above=0, at_most=10_000_000_000)
Amount = Annotated[Decimal, _AMOUNT]
"""Bounded because the exact division in SQL (macro exact_ratio) takes numbers below 10^14, and a target is multiplied
by months and days before it is divided."""


class Target(Entry):
    """Exactly one of the three.

    ``each``: of everybody, in the KPI's unit (of a sum: per month). ``team``: of all who share it together, by
    full-time share and days. ``growth``: the same person's actual of the same days a year ago, and this share of it
    more.
    """

    each: Amount | None = None
    team: Amount | None = None
    growth: Annotated[Decimal, Exactly(precision=9, scale=6, above=-1, below=1000)] | None = None

    @model_validator(mode="after")
    def _is_one(self) -> Self:
        said = [name for name, value in self if value is not None]
        if len(said) != 1:
            raise refusal(
                f"it says {' and '.join(said) or 'nothing'}, where one target is wanted",
                "write a number, {team: …} or {growth: …}",
            )
        return self


def _number_or_block(value: object) -> object:
    if isinstance(value, (dict, Target)):
        return cast("dict[str, Any] | Target", value)
    return {"each": _AMOUNT.checked(value)}


NumberOrTarget = Annotated[Target, BeforeValidator(_number_or_block)]
"""A bare number is asked of everybody."""
