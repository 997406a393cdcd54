"""From an attainment to points."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING

from tests.reference.rounding import number, rounded

if TYPE_CHECKING:
    from tests.reference.given import Row

BEYOND = Fraction(1_000_000_000)
"""What an actual of 0 attains where lower is better: as much as the rule gives."""


def points(attainment: Fraction, rule: Row, line: Row) -> Fraction:
    """Points by the rule within the line's bounds; 4 decimals."""
    given = rounded(_by_rule(attainment, rule), 4)
    bounded = max(given, number(line["floor"])) if line.get("floor") is not None else given
    return min(bounded, number(line["cap"])) if line.get("cap") is not None else bounded


def _by_rule(attainment: Fraction, rule: Row) -> Fraction:
    match rule["kind"]:
        case "threshold":
            word = "missed" if attainment < 1 else "exceeded" if attainment >= rule["exceeded_at"] else "reached"
            return number(rule[word])
        case "steps":
            return max((number(gives) for bound, gives in rule["steps"] if attainment >= bound), default=Fraction(0))
        case "linear":
            zero_at = number(rule["zero_at"])
            return min(number(rule["cap"]), max(Fraction(0), 10 * (attainment - zero_at) / (1 - zero_at)))
        case _:
            return curve(attainment, [(number(x), number(y)) for x, y in rule["points"]])


def curve(attainment: Fraction, corners: list[tuple[Fraction, Fraction]]) -> Fraction:
    """Straight lines between the corners, level outside."""
    if attainment <= corners[0][0]:
        return corners[0][1]
    for (x0, y0), (x1, y1) in pairwise(corners):
        if attainment <= x1:
            return y0 + (y1 - y0) * (attainment - x0) / (x1 - x0)
    return corners[-1][1]
