"""Decimals as people write them."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

from perf_pipelines.reports.language import Language

SHARE = "share"
"""The unit whose values are shown as percentages."""


def number(value: Decimal | None, decimals: int | None = None) -> str:
    """Thousands separated, without zeros at the end or with ``decimals`` decimals; empty for None."""
    if value is None:
        return ""
    if decimals is not None:
        return f"{rounded(value, decimals):,f}"
    text = f"{value:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def rounded(value: Decimal, decimals: int) -> Decimal:
    """Half away from zero."""
    return value.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)


def percentage(share: Decimal, language: Language) -> str:
    """A share of 1 as a percentage, as it is written in the language."""
    return f"{number(share * 100)}{'%' if language is Language.zh else ' %'}"


def in_unit(value: Decimal, unit: str | None, language: Language) -> str:
    """A value with the unit of its KPI."""
    if unit == SHARE:
        return percentage(value, language)
    return f"{number(value)} {unit}" if unit else number(value)
