"""The company's records: what people have decided, append-only and told by the audit log."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, insert, select

from perf_pipelines.records.calibrations import CALIBRATIONS, Calibration
from perf_pipelines.records.chain import AUDIT, BEGINNING, AuditEntry, payload_of
from perf_pipelines.records.database import Database
from perf_pipelines.records.waivers import WAIVERS, Waiver

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection

    from perf_pipelines.records.kinds import Kind, Record


class Records:
    """The records of ``company_id`` at ``url``, of which nothing need exist yet."""

    def __init__(self, url: str, *, company_id: str) -> None:
        self.database = Database(url, company_id=company_id)

    def waive(self, waiver: Waiver) -> None:
        """Record it, with the moment (UTC)."""
        self._record(WAIVERS, waiver)

    def waivers(self) -> tuple[Waiver, ...]:
        """The newest waiver of each difference and its two values, in a fixed order."""
        return self._newest(WAIVERS, "measure", "occurred_on", "system_a", "system_b", "value_a", "value_b")

    def calibrate(self, calibration: Calibration) -> None:
        """Record it."""
        self._record(CALIBRATIONS, calibration)

    def calibrations(self) -> tuple[Calibration, ...]:
        """The newest calibration of each period and employee, in a fixed order."""
        return self._newest(CALIBRATIONS, "period_id", "employee_id")

    def _record(self, kind: Kind[Record], record: Record) -> None:
        with self.database.writing() as connection:
            append(connection, kind, [record], company_id=self.database.company_id)

    def _newest(self, kind: Kind[Record], *subject: str) -> tuple[Record, ...]:
        """Of the records about the same subject the last one; nothing where there are none yet."""
        if not self.database.exists:
            return ()
        table = kind.table
        order = [table.c[name] for name in subject]
        of_company = table.c.company_id == self.database.company_id
        last = select(func.max(table.c.number)).where(of_company).group_by(*order)
        with self.database.reading() as connection:
            found = connection.execute(select(table).where(of_company, table.c.number.in_(last))).mappings()
            rows = [dict(row) for row in found]
        # sorted here, because databases sort texts by the rules of a language
        rows.sort(key=lambda row: [(row[name] is not None, row[name]) for name in subject])
        return tuple(kind.read(row) for row in rows)


def append(connection: Connection, kind: Kind[Record], records: Sequence[Record], *, company_id: str) -> Sequence[int]:
    """Write records and their entries, on a connection that writes alone; the numbers that they were given."""
    written_at = datetime.now(UTC).replace(tzinfo=None)
    last = connection.execute(
        select(AUDIT.c.number, AUDIT.c.hash)
        .where(AUDIT.c.company_id == company_id)
        .order_by(AUDIT.c.number.desc())
        .limit(1)
    ).first()
    before, previous = (last.number, last.hash) if last else (0, BEGINNING)
    rows: list[dict[str, Any]] = []
    entries: list[dict[str, Any]] = []
    for number, record in enumerate(records, start=before + 1):
        row: dict[str, Any] = vars(record) | {"company_id": company_id, "number": number}
        if "recorded_at" in kind.table.c:
            row["recorded_at"] = written_at
        entry = AuditEntry(
            company_id=company_id,
            number=number,
            at=written_at,
            actor=row[kind.actor],
            action=kind.action,
            subject=kind.subject_of(row),
            payload=payload_of(row),
            previous_hash=previous,
        )
        rows.append(row)
        entries.append(entry.row)
        previous = entry.hash
    if rows:
        connection.execute(insert(kind.table), rows)
        connection.execute(insert(AUDIT), entries)
    return [row["number"] for row in rows]
