"""Approvals: that somebody has seen a proposal of payouts and agrees, by name.

An approval is bound to the hash of the proposal; to a proposal that has changed nobody has agreed.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

import regex
from sqlalchemy import Column, DateTime, Integer, Text

from perf_pipelines.records.kinds import Kind, record_table

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(frozen=True, kw_only=True)
class Approval:
    """Of the proposal with the SHA-256 ``proposal``; ``approved_at`` is UTC without a zone."""

    period_id: str
    revision: int
    proposal: str
    approved_by: str
    approved_at: datetime


APPROVALS = Kind(
    table=record_table(
        "pay_approval",
        Column("period_id", Text, nullable=False),
        Column("revision", Integer, nullable=False),
        Column("proposal", Text, nullable=False),
        Column("approved_by", Text, nullable=False),
        Column("approved_at", DateTime, nullable=False),
    ),
    record=Approval,
    action="approve",
    actor="approved_by",
    subject=("period_id", "revision"),
)


def same_person(name: str, other: str) -> bool:
    """Whether two names are written for one person: case, width of letters, spaces and what is not seen do not count.

    Strict on purpose: two people called Li Na and Lina have to say more of their names.
    """
    return _plain(name) == _plain(other)


def says_something(text: str) -> bool:
    """Whether a reader sees anything of it."""
    return bool(_seen(text))


def _plain(name: str) -> str:
    # without the unseen at first, because what stands between a letter and its accent keeps the two from being one;
    # folding a letter's case may make another form of it, and another form may have spaces in it
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", _seen(name)).casefold())
    return unicodedata.normalize("NFKC", _seen(folded))


def _seen(text: str) -> str:
    return _UNSEEN.sub("", text)


_UNSEEN = regex.compile(r"[\p{C}\p{Z}\p{Default_Ignorable_Code_Point}\u2800\U00013441\U00013442\U00016FE4\U0001D159]")
"""Controls, formats, separators and what Unicode says to ignore by default: selectors of variants, fillers.

By Unicode's newest version, which knows rare letters of names that Python's own tables may lack. Those by number are
letters and symbols by category and blank by name: a Braille pattern, two hieroglyphs, a filler of the Khitan script, a
note without a head (https://www.unicode.org/Public/UCD/latest/ucd/UnicodeData.txt).
"""
