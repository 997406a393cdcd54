"""Where a line may end in a text: within a long word where that reads well, and never before the unit of a figure."""

from __future__ import annotations

import re

_LONG_WORD = re.compile(r"[!-~]{13,}")
_LETTERS = re.compile(r"[^_./-]{1,12}[_./-]*|[_./-]+")
"""What stays together of a long word: up to 12 letters, and what joins them to the next."""

_UNIT = re.compile(r"(?<=\d) (?=%|[A-Z]{3}\b)")
"""The space between a figure and its percent sign or currency."""


def with_units(text: str) -> str:
    """``text`` with a space that cannot be broken between a figure and its percent sign or currency."""
    return _UNIT.sub("\u00a0", text)


def pieces(text: str) -> list[str]:
    """``text`` in pieces between which a line may end though no space stands there; one where no word is long."""
    found = [""]
    last = 0
    for word in _LONG_WORD.finditer(text):
        found[-1] += text[last : word.start()]
        first, *rest = _LETTERS.findall(word[0])
        found[-1] += first
        found += rest
        last = word.end()
    found[-1] += text[last:]
    return found
