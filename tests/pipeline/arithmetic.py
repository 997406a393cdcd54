"""The equations in a sentence, computed a second time from its own words."""

from __future__ import annotations

import re
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

_NUMBER = r"-?\d[\d,]*(?:\.\d+)?(?![\d°])(?:\s?%)?"  # 360° is a word
_TOKEN = re.compile(rf"{_NUMBER}|(?<=[ (])-(?= )|[()+×÷]")


class Equation(NamedTuple):
    """What the left side comes to, exactly, and what the sentence says that it comes to."""

    left: Fraction
    right: Decimal
    says: str

    def holds(self, decimals: int) -> bool:
        """Whether the right is the left, rounded half away from zero to so many decimals."""
        scaled = abs(self.left) * 10**decimals
        rounded = Fraction(int(scaled + Fraction(1, 2)), 10**decimals)
        return Fraction(self.right) == (rounded if self.left >= 0 else -rounded)


def equations(sentence: str) -> list[Equation]:
    """Those of ``a × b = c``; words and units are passed over, a percentage is a hundredth."""
    found: list[Equation] = []
    for part in re.split(r"→|[:：;；] ?|，(?=\D)", sentence):
        left, equals, right = part.partition(" = ")
        if equals:
            result = re.search(_NUMBER, right)
            assert result, sentence
            found.append(Equation(_computed(_TOKEN.findall(left)), _value(result.group()), sentence))
    return found


def last_number(sentence: str) -> Decimal:
    """What the sentence comes to."""
    return _value(re.findall(_NUMBER, sentence)[-1])


def _value(text: str) -> Decimal:
    number = Decimal(text.rstrip("% ").replace(",", ""))
    return number / 100 if text.endswith("%") else number


def _computed(tokens: list[str]) -> Fraction:
    total, rest = _sum(tokens)
    assert not rest, tokens
    return total


def _sum(tokens: list[str]) -> tuple[Fraction, list[str]]:
    total, tokens = _product(tokens)
    while tokens and tokens[0] in {"+", "-"}:
        term, rest = _product(tokens[1:])
        total = total + term if tokens[0] == "+" else total - term
        tokens = rest
    return total, tokens


def _product(tokens: list[str]) -> tuple[Fraction, list[str]]:
    total, tokens = _factor(tokens)
    while tokens and tokens[0] in {"×", "÷"}:
        factor, rest = _factor(tokens[1:])
        total = total * factor if tokens[0] == "×" else total / factor
        tokens = rest
    return total, tokens


def _factor(tokens: list[str]) -> tuple[Fraction, list[str]]:
    if tokens[0] != "(":
        return Fraction(_value(tokens[0])), tokens[1:]
    total, rest = _sum(tokens[1:])
    assert rest[0] == ")", tokens
    return total, rest[1:]
