"""Waivers: a difference between two systems that somebody lets pass, by name and with a reason.

A waiver holds for the two values that the last run read, and is not taken back but followed by another; the newest of a
difference and its two values counts.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import Column, Date, DateTime, Text

from perf_pipelines.records.kinds import Kind, record_table

if TYPE_CHECKING:
    from datetime import date


@dataclass(frozen=True, kw_only=True)
class Waiver:
    """The difference of ``measure`` between two systems on a day, let pass by somebody for a reason.

    It holds while the systems say ``value_a`` and ``value_b``: decimals as gate 1 writes them, ``null`` where a system
    said nothing. A waiver of an older version has ``None`` for both and holds for nothing.
    """

    measure: str
    occurred_on: date
    system_a: str
    value_a: str | None
    system_b: str
    value_b: str | None
    waived_by: str
    reason: str


WAIVERS = Kind(
    table=record_table(
        "waiver",
        Column("measure", Text, nullable=False),
        Column("occurred_on", Date, nullable=False),
        Column("system_a", Text, nullable=False),
        Column("system_b", Text, nullable=False),
        Column("waived_by", Text, nullable=False),
        Column("reason", Text, nullable=False),
        Column("recorded_at", DateTime, nullable=False),
        Column("value_a", Text),
        Column("value_b", Text),
    ),
    record=Waiver,
    action="waive",
    actor="waived_by",
    subject=("measure", "occurred_on", "system_a", "system_b"),
)
