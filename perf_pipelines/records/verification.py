"""Whether the records are what was recorded: the chain link by link, and each record against its entry."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from sqlalchemy import select

from perf_pipelines.errors import PerfError, Problem
from perf_pipelines.records.chain import AUDIT, BEGINNING, AuditEntry, payload_of
from perf_pipelines.records.every_kind import EVERY_KIND

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection

    from perf_pipelines.records.database import Database

_PROBLEMS_TOLD = 10
_FROM_BACKUP = "find out who changed the database; `perf-pipelines records restore` brings a backup into empty records"


class RecordsBroken(PerfError):
    """The records are not what was recorded; the first problem names the first broken place."""

    exit_code: ClassVar[int] = 12


@dataclass(frozen=True)
class Anchor:
    """How many entries the audit log has and the hash of the last one: to be kept where the database is not."""

    entries: int
    hash: str

    @classmethod
    def parse(cls, text: str) -> Anchor | None:
        """The anchor that :meth:`__str__` has written; ``None`` for what is none."""
        match = re.fullmatch(r"(\d+):([0-9a-f]{64})", text.strip())
        return cls(int(match[1]), match[2]) if match else None

    def __str__(self) -> str:
        return f"{self.entries}:{self.hash}"


def verify(database: Database, *, anchor: Anchor | None = None) -> Anchor:
    """The records' own anchor; :class:`RecordsBroken` unless all of them are what was recorded.

    Entries and records that were both cut off at the end leave a whole chain, which only an earlier ``anchor`` tells.
    """
    if not database.exists:
        found, problems = Anchor(0, BEGINNING), _anchored({}, anchor)
    else:
        with database.reading() as connection:
            found, problems = examine(connection, company_id=database.company_id, anchor=anchor)
    if problems:
        more = len(problems) - _PROBLEMS_TOLD
        raise RecordsBroken(
            f"the records of {database.company_id} are not what was recorded"
            + (f"; the first {_PROBLEMS_TOLD} of {len(problems)} places:" if more > 0 else ""),
            problems[:_PROBLEMS_TOLD],
        )
    return found


def examine(connection: Connection, *, company_id: str, anchor: Anchor | None = None) -> tuple[Anchor, list[Problem]]:
    """The anchor of the records that ``connection`` sees, and what is broken in them, in the order of entries."""
    entries = {
        row["number"]: dict(row)
        for row in connection.execute(
            select(AUDIT).where(AUDIT.c.company_id == company_id).order_by(AUDIT.c.number)
        ).mappings()
    }
    records = {
        (kind.table.name, row["number"]): dict(row)
        for kind in EVERY_KIND
        for row in connection.execute(select(kind.table).where(kind.table.c.company_id == company_id)).mappings()
    }
    problems = [*_chain(entries), *_anchored(entries, anchor)]
    for number, entry in entries.items():
        table = entry["subject"].partition("/")[0]
        problems += _told_otherwise(entry, records.pop((table, number), None))
    problems += [
        Problem(row=f"{table} {number}", what="the audit log has no entry for this record", todo=_FROM_BACKUP)
        for table, number in sorted(records, key=lambda key: key[1])
    ]
    last = max(entries, default=0)
    return Anchor(last, entries[last]["hash"] if last else BEGINNING), problems


def _chain(entries: dict[int, dict[str, Any]]) -> Iterator[Problem]:
    previous, expected = BEGINNING, 1
    for number, row in entries.items():
        entry = AuditEntry(**{name: row[name] for name in AuditEntry.__dataclass_fields__})
        if number != expected:
            gone = f"{expected}" if number == expected + 1 else f"{expected} … {number - 1}"
            yield _broken(expected, f"audit entry {gone} is gone")
        elif entry.previous_hash != previous:
            yield _broken(number, "it does not follow from the entry before: one of the two was changed or put in")
        if entry.hash != row["hash"]:
            yield _broken(number, "what it says is not what its hash was made of")
        previous, expected = row["hash"], number + 1


def _anchored(entries: dict[int, dict[str, Any]], anchor: Anchor | None) -> list[Problem]:
    if anchor is None or anchor.entries == 0:
        return []
    if anchor.entries not in entries:
        what = f"the anchor knows {anchor.entries} entries, here are {len(entries)}: the last ones were cut off"
        return [_broken(len(entries) + 1, what)]
    if entries[anchor.entries]["hash"] != anchor.hash:
        return [_broken(anchor.entries, "its hash is not the anchor's: it, or one before it, was written again")]
    return []


def _told_otherwise(entry: dict[str, Any], record: dict[str, Any] | None) -> list[Problem]:
    told, place = entry["payload"], f"{entry['subject']} (recorded by {entry['actor']}, {entry['at']:%Y-%m-%d %H:%M})"
    if record is None:
        return [_broken(entry["number"], f"the record {place} is gone")]
    before = _fields(told)
    # a column that came later is told by no entry of before, and nothing stands in it
    stands = payload_of({name: value for name, value in record.items() if name in before or value is not None})
    if stands == told:
        return []
    now = _fields(stands)
    changed = [f"{name} was {before.get(name)!r}, is {now[name]!r}" for name in now if now[name] != before.get(name)]
    return [_broken(entry["number"], f"the record {place} was changed: {'; '.join(changed)}")]


def _fields(payload: str) -> dict[str, Any]:
    try:
        return dict(json.loads(payload))
    except (TypeError, ValueError):  # somebody has written into it what no record is
        return {}


def _broken(number: int, what: str) -> Problem:
    return Problem(row=f"audit entry {number}", what=what, todo=_FROM_BACKUP)
