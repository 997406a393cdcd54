"""Rounding, the one way in which published figures are rounded."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from decimal import Decimal


def rounded(value: Fraction, decimals: int) -> Fraction:
    """Half away from zero, once."""
    scaled = abs(value) * 10**decimals
    whole = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
    return Fraction(whole if value >= 0 else -whole, 10**decimals)


def rounded_or_none(value: Fraction | None, decimals: int) -> Fraction | None:
    """The same, of what may not be known."""
    return None if value is None else rounded(value, decimals)


def ratio(upper: Fraction | None, lower: Fraction | None, decimals: int) -> Fraction | None:
    """``upper`` ÷ ``lower``; None where one is not known or the lower is 0."""
    return None if upper is None or lower is None or lower == 0 else rounded(upper / lower, decimals)


def total(values: list[Fraction]) -> Fraction:
    """Their sum, exactly."""
    return sum(values, Fraction(0))


def number(value: Decimal | int) -> Fraction:
    """A number of a scheme or a row, exactly."""
    return Fraction(value)
