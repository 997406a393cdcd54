"""The company's records: what people have decided, append-only and told by the audit log."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import groupby
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, select

from perf_pipelines.errors import Problem
from perf_pipelines.records.alerts import ALERTS, SUBJECT, Alert
from perf_pipelines.records.calibrations import CALIBRATIONS, Calibration
from perf_pipelines.records.chain import AUDIT, BEGINNING, AuditEntry, payload_of
from perf_pipelines.records.database import Database
from perf_pipelines.records.ledger import LEDGER, LedgerEntry
from perf_pipelines.records.period_steps import PERIOD_STEPS, PeriodStep, revision_after
from perf_pipelines.records.verification import RecordsBroken
from perf_pipelines.records.waivers import WAIVERS, Waiver

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping, Sequence

    from sqlalchemy import Connection

    from perf_pipelines.records.kinds import Kind, Record


class Records:
    """The records of ``company_id`` at ``url``, of which nothing need exist yet."""

    def __init__(self, url: str, *, company_id: str) -> None:
        self.company_id = company_id
        self.database = Database(url, company_id=company_id)

    @contextmanager
    def writing(self) -> Generator[Transaction]:
        """Read and write with nobody else writing; all that was appended is recorded at the end, or nothing."""
        with self.database.writing() as connection:
            yield Transaction(connection, company_id=self.company_id)

    def all(self, kind: Kind[Record], **fields: object) -> Sequence[Record]:
        """The records of a kind whose ``fields`` have these values, in the order in which they were recorded."""
        return [record for _, record in self.numbered(kind, **fields)]

    def numbered(self, kind: Kind[Record], **fields: object) -> Sequence[tuple[int, Record]]:
        """The same, each after its number."""
        if not self.database.exists:
            return []
        with self.database.reading() as connection:
            return Transaction(connection, company_id=self.company_id).numbered(kind, **fields)

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

    def alerts(self) -> tuple[Alert, ...]:
        """All alerts, in a fixed order."""
        return self._newest(ALERTS, *SUBJECT)

    def ledger(self, period_id: str) -> tuple[LedgerEntry, ...]:
        """What was posted of a period, by revision, employee and kind."""
        entries = self.all(LEDGER, period_id=period_id)
        return tuple(sorted(entries, key=lambda entry: (entry.revision, entry.employee_id, entry.kind)))

    def period_steps(self) -> Mapping[str, Sequence[PeriodStep]]:
        """The steps of pay that were made of each period, in order; a period of which none was made is not there."""
        steps = sorted(self.all(PERIOD_STEPS), key=lambda step: step.period_id)  # stable: the order stays
        return {period: list(made) for period, made in groupby(steps, key=lambda step: step.period_id)}

    def revisions(self) -> Mapping[str, int]:
        """The revision that each period is in; a period that is not there is in its first."""
        return {period: revision_after(steps) for period, steps in self.period_steps().items()}

    def _record(self, kind: Kind[Record], record: Record) -> None:
        with self.writing() as transaction:
            transaction.append(kind, record)

    def _newest(self, kind: Kind[Record], *subject: str) -> tuple[Record, ...]:
        """Of the records about the same subject the last one."""
        # not by the database, which sorts texts by the rules of a language
        newest = {tuple(getattr(record, name) for name in subject): record for record in self.all(kind)}
        ordered = sorted(newest, key=lambda about: [(value is not None, value) for value in about])
        return tuple(newest[about] for about in ordered)


class Transaction:
    """Records read, and written if nobody else may write, on one connection."""

    def __init__(self, connection: Connection, *, company_id: str) -> None:
        self._connection = connection
        self._company_id = company_id

    def all(self, kind: Kind[Record], **fields: object) -> Sequence[Record]:
        """As :meth:`Records.all`."""
        return [record for _, record in self.numbered(kind, **fields)]

    def numbered(self, kind: Kind[Record], **fields: object) -> Sequence[tuple[int, Record]]:
        """As :meth:`Records.numbered`; :class:`RecordsBroken` where something stands that nobody has recorded."""
        table = kind.table
        asked = [table.c[name] == value for name, value in fields.items()]
        query = select(table).where(table.c.company_id == self._company_id, *asked).order_by(table.c.number)
        try:
            rows = self._connection.execute(query).mappings().all()
        except (ValueError, TypeError, ArithmeticError) as error:
            todo = f"`perf-pipelines records verify --company {self._company_id}` names the rows"
            raise RecordsBroken(
                f"the records of {self._company_id} are not what was recorded",
                [Problem(file=table.name, what=f"a value is none of its column's ({error})", todo=todo)],
            ) from error
        return [(row["number"], kind.read(dict(row))) for row in rows]

    def append(self, kind: Kind[Record], *records: Record) -> Sequence[int]:
        """Write records and the entries that tell them; the numbers that they were given."""
        written_at = datetime.now(UTC).replace(tzinfo=None)
        before, previous = self._end_of_chain()
        rows: list[dict[str, Any]] = []
        entries: list[dict[str, Any]] = []
        for number, record in enumerate(records, start=before + 1):
            row: dict[str, Any] = vars(record) | {"company_id": self._company_id, "number": number}
            if "recorded_at" in kind.table.c:
                row["recorded_at"] = written_at
            entry = AuditEntry(
                company_id=self._company_id,
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
            self._connection.execute(insert(kind.table), rows)
            self._connection.execute(insert(AUDIT), entries)
        return [row["number"] for row in rows]

    def _end_of_chain(self) -> tuple[int, str]:
        of_company = select(AUDIT.c.number, AUDIT.c.hash).where(AUDIT.c.company_id == self._company_id)
        last = self._connection.execute(of_company.order_by(AUDIT.c.number.desc()).limit(1)).first()
        return (last.number, last.hash) if last else (0, BEGINNING)
