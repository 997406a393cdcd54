"""Figures as people read them, in both languages."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from perf_pipelines.fields import Label

SHARE = "share"
"""The unit whose values are shown as percentages."""


class Language(StrEnum):
    """Language of names and sentences."""

    zh = "zh"
    en = "en"

    def of(self, label: Label) -> str:
        """The one of its two names."""
        return label.zh if self is Language.zh else label.en


def number(value: Decimal | int | None, decimals: int | None = None) -> str:
    """With commas between thousands; in full, or to so many decimals. Nothing is written as nothing."""
    if value is None:
        return ""
    if decimals is not None:
        return f"{rounded(Decimal(value), decimals):,f}"
    text = f"{value:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def rounded(value: Decimal, decimals: int) -> Decimal:
    """Half away from zero."""
    return value.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)


def signed(value: Decimal, decimals: int) -> str:
    """With its sign, which 0 has not."""
    return f"{'+' if value > 0 else '−' if value < 0 else ''}{number(abs(value), decimals)}"


def percentage(share: Decimal, language: Language, decimals: int | None = None) -> str:
    """A share of 1 as percents: ``30 %``, in Chinese ``30%``."""
    return f"{number(share * 100, decimals)}{'%' if language is Language.zh else ' %'}"


def on_a_year_ago(growth: Decimal, language: Language) -> str:
    """A target that is so much more than the actual of a year ago."""
    share = percentage(growth, language)
    return f"比去年同期 {share}" if language is Language.zh else f"{share} on a year ago"


def of_the_team(figure: str, language: Language) -> str:
    """A target that a team reaches together."""
    return f"团队共 {figure}" if language is Language.zh else f"{figure} of the team together"


def in_unit(value: Decimal, unit: str | None, language: Language) -> str:
    """A value with the unit of its KPI."""
    if unit == SHARE:
        return percentage(value, language)
    return f"{number(value)} {unit}" if unit else number(value)
