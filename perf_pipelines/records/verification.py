"""Whether the records are what was recorded: the chain link by link, and each record against its entry."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar

from sqlalchemy import select, type_coerce
from sqlalchemy.types import NullType

from perf_pipelines.errors import PerfError, Problem
from perf_pipelines.records.chain import AUDIT, BEGINNING, AuditEntry, payload_of
from perf_pipelines.records.every_kind import EVERY_KIND

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlalchemy import Column, Connection, Dialect, Table

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
    told = _rows(connection, AUDIT, company_id)
    entries = {row["number"]: row for row in told if isinstance(row["number"], int)}
    records = {
        (kind.table.name, row["number"]): row
        for kind in EVERY_KIND
        for row in _rows(connection, kind.table, company_id)
    }
    problems = [*_chain(entries), *_anchored(entries, anchor)]
    for number, entry in entries.items():
        table = str(entry["subject"]).partition("/")[0]
        problems += _told_otherwise(entry, records.pop((table, number), None))
    problems += [
        replace(_broken(row["number"], "this is no number of an entry"), field="number")
        for row in told
        if not isinstance(row["number"], int)
    ]
    problems += [
        Problem(row=f"{table} {number}", what="the audit log has no entry for this record", todo=_FROM_BACKUP)
        for table, number in sorted(records, key=lambda key: (isinstance(key[1], str), key[1]))
    ]
    last = max(entries, default=0)
    return Anchor(last, entries[last]["hash"] if last else BEGINNING), problems


def _rows(connection: Connection, table: Table, company_id: str) -> list[dict[str, Any]]:
    """A table's rows of the company by number; what is no value of its column's type stands there as a text.

    SQLite takes any value in any column.
    """
    rows = select(table).where(table.c.company_id == company_id).order_by(table.c.number)
    try:
        found = [dict(row) for row in connection.execute(rows).mappings()]
    except (ValueError, TypeError, ArithmeticError):
        raw = rows.with_only_columns(*(type_coerce(column, NullType()).label(column.name) for column in table.c))
        read = {column.name: _reader(column, connection.dialect) for column in table.c}
        found = [{name: read[name](value) for name, value in row.items()} for row in connection.execute(raw).mappings()]
    return [
        {name: repr(value) if isinstance(value, (bytes, float)) else value for name, value in row.items()}
        for row in found
    ]


def _reader(column: Column[Any], dialect: Dialect) -> Callable[[Any], Any]:
    """What makes a value of what the database holds in ``column``, or leaves it as it is when it is none."""
    made = column.type.dialect_impl(dialect).result_processor(dialect, None)

    def read(value: Any) -> Any:
        try:
            return made(value) if made else value
        except (ValueError, TypeError, ArithmeticError):
            return value

    return read


def _chain(entries: dict[int, dict[str, Any]]) -> Iterator[Problem]:
    previous, expected = BEGINNING, 1
    for number, row in entries.items():
        entry = AuditEntry(**{name: row[name] for name in AuditEntry.__dataclass_fields__})
        if number != expected:
            gone = f"{expected}" if number == expected + 1 else f"{expected} … {number - 1}"
            yield _broken(expected, f"audit entry {gone} is gone")
        elif entry.previous_hash != previous:
            yield _broken(number, "it does not follow from the entry before: one of the two was changed or put in")
        if not isinstance(row["at"], datetime):
            yield replace(_broken(number, f"`{row['at']}` stands where a moment was recorded"), field="at")
        elif entry.hash != row["hash"]:
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
    at = f"{entry['at']:%Y-%m-%d %H:%M}" if isinstance(entry["at"], datetime) else entry["at"]
    told, place = entry["payload"], f"{entry['subject']} (recorded by {entry['actor']}, {at})"
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


def _broken(number: int | str, what: str) -> Problem:
    return Problem(row=f"audit entry {number}", what=what, todo=_FROM_BACKUP)
