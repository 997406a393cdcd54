"""The audit log: an entry for each record, written in the same transaction, and each entry holding the last one's hash.

Whoever changes a record has to change its entry, and then every entry after it; whoever keeps the number and the hash
of one entry somewhere else (an anchor) knows that nothing up to it was changed.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sqlalchemy import Column, DateTime, Text

from perf_pipelines.records.kinds import record_table

if TYPE_CHECKING:
    from collections.abc import Mapping

BEGINNING = "0" * 64
"""What stands in the place of the last entry's hash in the first one."""

AUDIT = record_table(
    "audit_entry",
    Column("at", DateTime, nullable=False),
    Column("actor", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("payload", Text, nullable=False),
    Column("previous_hash", Text, nullable=False),
    Column("hash", Text, nullable=False),
)


@dataclass(frozen=True, kw_only=True)
class AuditEntry:
    """Who did what, when (UTC without a zone) and about what; ``payload`` is the record as canonical JSON."""

    company_id: str
    number: int
    at: datetime
    actor: str
    action: str
    subject: str
    payload: str
    previous_hash: str

    @property
    def hash(self) -> str:
        """SHA-256 of all that the entry says, in hexadecimal digits."""
        return hashlib.sha256(canonical(vars(self)).encode()).hexdigest()

    @property
    def row(self) -> dict[str, Any]:
        """As it stands in the table."""
        return vars(self) | {"hash": self.hash}


def payload_of(row: Mapping[str, Any]) -> str:
    """A record's row as its entry tells it: all but whose and which it is, which the entry says itself."""
    return canonical({name: value for name, value in row.items() if name not in {"company_id", "number"}})


def canonical(values: Mapping[str, Any]) -> str:
    """JSON that is the same for the same values: keys in order, moments to the microsecond, decimals as written.

    Never to be changed: every hash there is was made of it.
    """
    return json.dumps(
        {name: _plain(value) for name, value in values.items()},
        sort_keys=True,
        ensure_ascii=False,
        separators=(",", ":"),
    )


def _plain(value: object) -> object:
    match value:
        case datetime():
            return value.isoformat(timespec="microseconds")
        case date():
            return value.isoformat()
        case Decimal():
            return str(value)
        case None | str() | int():
            return value
        case _:
            raise TypeError(f"a record holds texts, whole numbers, decimals and moments, and no {type(value).__name__}")
