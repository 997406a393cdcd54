"""Approvals: that somebody has seen a proposal of payouts and agrees, by name.

An approval is bound to the hash of the proposal; to a proposal that has changed nobody has agreed.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

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


def _plain(name: str) -> str:
    # folding a letter's case may make another form of it
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())
    return "".join(letter for letter in folded if unicodedata.category(letter)[0] not in _UNSEEN)


_UNSEEN = ("C", "Z")
"""Unicode categories of controls, formats and separators."""
