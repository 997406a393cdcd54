"""What a report is made of: sections of facts, tables, steps, pictures and sentences.

A report says what stands in it, once and in one language; `html.py`, `sheets.py` and `pdf.py` say how it looks.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, ClassVar

from perf_pipelines import currencies
from perf_pipelines.wording import SHARE, Language, in_unit, number, percentage, rounded, signed

if TYPE_CHECKING:
    from collections.abc import Sequence
    from decimal import Decimal

    from perf_pipelines.fields import Label


class Tone(StrEnum):
    """Whether something is good or bad news; it is said in words as well, never by colour alone."""

    plain = "plain"
    good = "good"
    bad = "bad"
    quiet = "quiet"


@dataclass(frozen=True, kw_only=True)
class Figure:
    """A number: its value, how it is written for people, and its number format in a workbook."""

    value: Decimal | int
    said: str
    number_format: str
    tone: Tone = Tone.plain

    def __post_init__(self) -> None:
        if self.said.startswith("-"):  # a hyphen, which is narrower than a digit and may end a line; a minus is neither
            object.__setattr__(self, "said", f"−{self.said[1:]}")

    def __str__(self) -> str:
        return self.said


Cell = str | Figure | None
"""What stands in a table; on a page and in a document nothing is shown as :data:`NOTHING`."""

NOTHING = "–"
"""So that an empty cell is seen to be meant."""

_SHORT = 12
"""Rows of a table that fits beside something else on a sheet of paper and so is not parted between two."""


def count(value: int | None) -> Figure | None:
    """How many."""
    return None if value is None else Figure(value=value, said=number(value), number_format="#,##0")


def score(value: Decimal | None, *, tone: Tone = Tone.plain) -> Figure | None:
    """A score or points, to two decimals."""
    return None if value is None else Figure(value=value, said=number(value, 2), number_format="0.00", tone=tone)


def money(value: Decimal | None, currency: str | None) -> Figure | None:
    """An amount with its currency, to the decimals of that."""
    if value is None:
        return None
    said, form = currencies.money(value, currency), currencies.number_format(currency)
    if currency is None:
        return Figure(value=value, said=said, number_format=form)
    return Figure(value=value, said=f"{said} {currency}", number_format=f'{form}" {currency}"')


def share(value: Decimal | None, language: Language, *, decimals: int = 1, tone: Tone = Tone.plain) -> Figure | None:
    """A share of 1 as percents."""
    if value is None:
        return None
    said = percentage(rounded(value, decimals + 2), language, decimals)
    return Figure(value=value, said=said, number_format=f"0.{'0' * decimals}%" if decimals else "0%", tone=tone)


def quantity(value: Decimal | None, unit: str | None, language: Language) -> Figure | None:
    """A value in the unit of its KPI, to two decimals (of a percentage: two of the percents); in full in the steps."""
    if value is None:
        return None
    if unit == SHARE:
        return Figure(value=value, said=in_unit(rounded(value, 4), unit, language), number_format="0.00%")
    quoted = f'" {unit.replace(chr(34), "")}"' if unit else ""
    places = "" if value == rounded(value, 0) else ".00"
    return Figure(value=value, said=in_unit(rounded(value, 2), unit, language), number_format=f"#,##0{places}{quoted}")


def change(value: Decimal, unit: str | None, language: Language) -> str:
    """How much a value in the unit of its KPI went up or down; a share in percentage points."""
    if unit == SHARE:
        points = _changed(value * 100)
        return f"{points} 个百分点" if language is Language.zh else f"{points} percentage points"
    return f"{_changed(value)} {unit}" if unit else _changed(value)


def _changed(value: Decimal) -> str:
    return signed(value, 2 if value % 1 else 0)


@dataclass(frozen=True, kw_only=True)
class Fact:
    """A figure that is to be seen first, what it is, and a remark below it."""

    label: str
    value: str
    remark: str = ""
    tone: Tone = Tone.plain


@dataclass(frozen=True, kw_only=True)
class Facts:
    """Facts side by side."""

    kind: ClassVar[str] = "facts"
    facts: Sequence[Fact]


@dataclass(frozen=True, kw_only=True)
class Column:
    """A column of a table: what it is called in both languages, whether it holds numbers, its share of the width."""

    heading: Label
    numeric: bool = False
    width: int = 10


@dataclass(frozen=True, kw_only=True)
class Table:
    """Rows of cells below columns; the first cell of a row says what the row is about."""

    kind: ClassVar[str] = "table"
    title: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Cell]]

    @property
    def width(self) -> int:
        """The widths of its columns together."""
        return sum(column.width for column in self.columns)

    @property
    def is_short(self) -> bool:
        """Whether it stays whole on paper."""
        return len(self.rows) <= _SHORT


@dataclass(frozen=True, kw_only=True)
class Step:
    """A sentence, and sentences that say more of it."""

    text: str
    details: Sequence[str] = ()


@dataclass(frozen=True, kw_only=True)
class Steps:
    """Sentences in their order."""

    kind: ClassVar[str] = "steps"
    steps: Sequence[Step]


@dataclass(frozen=True, kw_only=True)
class Sentence:
    """A paragraph."""

    kind: ClassVar[str] = "sentence"
    text: str
    tone: Tone = Tone.plain


@dataclass(frozen=True, kw_only=True)
class Picture:
    """A picture as SVG, which carries its title and description, and these again for who reads neither."""

    kind: ClassVar[str] = "picture"
    svg: str
    title: str
    description: str


Block = Facts | Table | Steps | Sentence | Picture


@dataclass(frozen=True, kw_only=True)
class Section:
    """A heading with blocks below it. ``starts_a_page`` on paper."""

    title: str
    blocks: Sequence[Block]
    starts_a_page: bool = False


@dataclass(frozen=True, kw_only=True)
class Report:
    """One report in one language. ``name`` is its file without the suffix, ``source`` what it was made from."""

    name: str
    language: Language
    title: str
    subtitle: str
    source: str
    sections: Sequence[Section]
    facts: Facts = field(default_factory=lambda: Facts(facts=()))
