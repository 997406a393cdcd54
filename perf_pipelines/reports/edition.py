"""Which period of which published version a report is of, in which language; what all reports read and say alike."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from perf_pipelines.reports import words
from perf_pipelines.reports.layout.blocks import Figure, Sentence, Tone, change, quantity
from perf_pipelines.wording import Language

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from decimal import Decimal

    from perf_pipelines.fields import Label
    from perf_pipelines.reports.layout.blocks import Block
    from perf_pipelines.reports.marts import PublishedMarts

Row = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Edition:
    """A published period in a language. :class:`NotPublished` when it is not published."""

    marts: PublishedMarts
    period: str
    language: Language

    def __post_init__(self) -> None:
        self.marts.require(self.period, mart="fct_score_step")

    def say(self, label: Label, **figures: object) -> str:
        """A sentence of the catalogue with its figures."""
        return self.language.of(label).format(**figures) if figures else self.language.of(label)

    def called(self, id: str, among: Mapping[str, Label]) -> str:
        """What the catalogue calls an id; the id itself where a company has one of its own."""
        return self.say(among[id]) if id in among else id

    def listed(self, items: Iterable[str]) -> str:
        """One after the other, as the language separates them."""
        return ("、" if self.language is Language.zh else ", ").join(items)

    def named(self, row: Mapping[str, Any], of: str) -> str:
        """The name of ``of`` in this language; nothing where the row has none."""
        return row[f"{of}_{self.language}"] or ""

    def rows(self, mart: str, sql: str, **parameters: object) -> list[Row]:
        """The rows that ``sql`` finds, for ``$period`` if it says so; none where the version does not have ``mart``."""
        if not self.marts.knows(mart):
            return []
        period = {"period": self.period} if "$period" in sql else {}
        return self.marts.query(sql, {**period, **parameters})

    def missing(self, mart: str, otherwise: Label) -> Sentence:
        """Why a section has no rows: the version has no such mart, or there is ``otherwise`` nothing to tell."""
        said = otherwise if self.marts.knows(mart) else words.NOT_MADE_YET
        return Sentence(text=self.say(said, mart=mart), tone=Tone.quiet)

    def or_missing(self, blocks: Sequence[Block], *, mart: str, otherwise: Label) -> Sequence[Block]:
        """``blocks``, or the sentence that says why there are none: a section is never left out."""
        return blocks or [self.missing(mart, otherwise)]

    def in_unit(self, value: Decimal | None, row: Mapping[str, Any]) -> Figure | None:
        """A value in the unit of the KPI of ``row``."""
        return quantity(value, row["unit_zh" if self.language is Language.zh else "unit"], self.language)

    def change(self, value: Decimal, row: Mapping[str, Any]) -> str:
        """How much a value went up or down, in the unit of the KPI of ``row``."""
        return change(value, row["unit_zh" if self.language is Language.zh else "unit"], self.language)

    @cached_property
    def period_row(self) -> Row:
        """The row of ``dim_period``."""
        return self.rows("dim_period", "select * from marts.dim_period where period_id = $period")[0]

    @property
    def period_name(self) -> str:
        """What the period is called."""
        return self.named(self.period_row, "name")

    @cached_property
    def currency(self) -> str | None:
        """The company's currency, as its payouts have it; None where nothing is paid."""
        found = self.rows(
            "rpt_score_table",
            "select max(currency) as currency from marts.rpt_score_table where period_id = $period",
        )
        return found[0]["currency"]

    @property
    def source(self) -> str:
        """What a report was made from, for its last line: the same bytes come of the same hash."""
        return self.say(
            words.SOURCE,
            company=self.marts.company,
            period=self.period,
            scheme=self.marts.record(self.period).scheme,
            hash=self.marts.hash_of(self.period)[:12],
        )
