"""Cells of a payroll file: texts that no spreadsheet runs, and amounts as spreadsheets write them back."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Sequence

_RUN_AS_FORMULA = "=+\\-@\t\r\n＝＋－＠"
"""What a cell begins with that a spreadsheet takes for a formula (OWASP, CSV injection), full width included."""

_DANGEROUS = re.compile(f"'*[{_RUN_AS_FORMULA}]")
_NEUTRALISED = re.compile(f"'+[{_RUN_AS_FORMULA}]")
_SPACES = re.compile(r"[\s\u00a0\u202f]")

Mark = Literal[".", ","]
"""What stands before the decimals."""

_MARKS: tuple[Mark, ...] = (".", ",")

_FIGURE: dict[Mark, re.Pattern[str]] = {
    ".": re.compile(r"[+-]?(\d+|\d{1,3}(,\d{3})+)(\.\d+)?"),
    ",": re.compile(r"[+-]?(\d+|\d{1,3}(\.\d{3})+)(,\d+)?"),
}


def neutralised(text: str) -> str:
    """``text`` with an apostrophe before it where a spreadsheet would run it; :func:`original` takes it off again."""
    return f"'{text}" if _DANGEROUS.match(text) else text


def original(cell: str) -> str:
    """The text of which :func:`neutralised` made ``cell``."""
    return cell[1:] if _NEUTRALISED.match(cell) else cell


def decimal_mark(figures: Sequence[str], *, likely: Mark) -> Mark:
    """The mark before the decimals, which is the same in a whole file; ``likely`` where the figures allow either.

    ``1,234`` alone is one thousand or one and a bit: what it is, the other figures say, or the delimiter of the file.
    """
    possible: list[Mark] = [
        mark for mark in _MARKS if all(_FIGURE[mark].fullmatch(_without_spaces(each)) for each in figures)
    ]
    return possible[0] if len(possible) == 1 else likely


def amount(figure: str, mark: Mark) -> Decimal | None:
    """A figure as a spreadsheet writes it, with or without separators between thousands; ``None`` if it is none."""
    text = _without_spaces(figure)
    if not _FIGURE[mark].fullmatch(text):
        return None
    return Decimal(text.replace("," if mark == "." else ".", "").replace(mark, "."))


def _without_spaces(figure: str) -> str:
    # a true minus sign is what some programs write for the hyphen
    return _SPACES.sub("", figure).replace("−", "-")
