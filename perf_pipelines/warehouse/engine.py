"""The warehouse: a DuckDB file built from the lake and the scheme, written by one process at a time.

Before dbt runs, :meth:`Warehouse.prepare` puts three things into it: views on the lake's snapshots (schema ``raw``),
the scheme as tables (``scheme``), and what is to be closed and what people have decided (``control``). The period
stands in a control table and not in dbt's ``--vars``, because changed vars make dbt parse the whole project again.
"""

from __future__ import annotations

import hashlib
import os
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import duckdb
import pyarrow as pa

from perf_pipelines.errors import Problem, RunFailed
from perf_pipelines.periods import Cycle, Period
from perf_pipelines.scheme.tables import scheme_tables
from perf_pipelines.segments import SEGMENTS, VALUES
from perf_pipelines.sql_text import literal

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Generator, Iterable, Mapping, Sequence
    from datetime import date
    from pathlib import Path

    from perf_pipelines.company import Company
    from perf_pipelines.records.alerts import Alert
    from perf_pipelines.records.calibrations import Calibration
    from perf_pipelines.records.store import Records
    from perf_pipelines.records.waivers import Waiver
    from perf_pipelines.sources.lake import Lake, Snapshot

PART_EVALUATION = pa.schema(
    {
        "part_period_id": pa.string(),
        "employee_id": pa.string(),
        "status": pa.string(),
        "final_score": pa.decimal128(9, 4),
    }
)
"""Shape of what is known of the periods whose mean another one is."""

LOOKED_BACK = 6
"""How many periods before a systemic miss are looked at: half a year of months."""

MONTH_GRADE = pa.schema(
    {"period_id": pa.string(), "month_id": pa.string(), "employee_id": pa.string(), "grade": pa.string()}
)
"""Shape of what is known of the months of a longer period."""

_HEAD = 3 * 4096
"""Bytes of the three headers at the beginning of a DuckDB file (its storage format)."""

_FIGURE = pa.decimal128(28, 8)
_SCHEMAS = ("inputs", "marts", "gates")
_MEMORY = "6GB"
_BEING_CLOSED = " where period_id in (select period_id from control.period)"
_TO_PASS = """
    select period_id || case when is_running then ' up to ' || ends_on else '' end as period_id from control.period
"""
"""The periods for which a gate is opened or shut: what it was open for while a period was running is not the whole."""


def memory_limit() -> str:
    """How much memory DuckDB may take in this process before it writes to disk; ``PERF_MEMORY`` says otherwise."""
    return os.environ.get("PERF_MEMORY", _MEMORY)


@dataclass(frozen=True, kw_only=True)
class Profile:
    """A table at a glance: how many rows, and the first of them as text by column."""

    rows: int
    first: tuple[dict[str, str], ...]


class Warehouse:
    """The DuckDB file at ``path``. It may be deleted at any time: the next run builds it again."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._keep_open = False
        self._kept: duckdb.DuckDBPyConnection | None = None

    @contextmanager
    def kept_open(self) -> Generator[None]:
        """Open the file once for all that is done meanwhile, by dbt too: opening and closing cost more than most steps.

        To be entered by who may write alone: another process finds the file locked.
        """
        self._keep_open = True
        try:
            yield
        finally:
            self._keep_open = False
            self._let_go()

    def written_by_others(self) -> bool:
        """Whether the file is another than :meth:`mark_written` saw last, or was never seen."""
        if not self.path.exists():
            return False
        try:
            return self._mark.read_text(encoding="utf-8") != self._stamp()
        except FileNotFoundError:
            return True

    def mark_written(self) -> None:
        """Remember the file as it is now, closed: what changes it afterwards has passed no gate."""
        if self.path.exists():
            self._mark.write_text(self._stamp(), encoding="utf-8")

    @property
    def _mark(self) -> Path:
        return self.path.with_name(f"{self.path.name}.mark")

    def _stamp(self) -> str:
        # DuckDB counts in the head of the file how often it has written it; what is not in it yet stands in the log
        log = self.path.with_name(f"{self.path.name}.wal")
        with self.path.open("rb") as file:
            head = hashlib.sha256(file.read(_HEAD)).hexdigest()
        return f"{head} {self.path.stat().st_size} {log.stat().st_size if log.exists() else 0}"

    @contextmanager
    def connect(self) -> Generator[duckdb.DuckDBPyConnection]:
        """A connection that is closed again.

        Never read-only: within a process DuckDB wants one mode for a file, and dbt writes.
        """
        if self._keep_open and self._kept is None:
            self._kept = self._opened()
        connection = self._kept.cursor() if self._kept else self._opened()
        try:
            yield connection
        finally:
            connection.close()

    def _opened(self) -> duckdb.DuckDBPyConnection:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        connection = duckdb.connect(str(self.path))
        connection.execute(f"set memory_limit = {literal(memory_limit())}")
        return connection

    def _let_go(self) -> None:
        if self._kept is not None:
            self._kept.close()
            self._kept = None

    def prepare(
        self,
        *,
        company: Company,
        periods: Sequence[Period],
        lake: Lake,
        snapshots: Mapping[tuple[str, str], Snapshot],
        tables: Mapping[str, pa.Table],
        build: str,
    ) -> None:
        """Say what is to be closed and from which rows; ``tables`` are those of :func:`tables_of_run`.

        ``build`` identifies the models' code: a warehouse that other code has built is thrown away first, because its
        tables may have another shape.
        """
        if self.path.exists() and self.build() != build:
            self._let_go()
            self.path.unlink()
        with self.connect() as connection:
            connection.begin()
            connection.execute("drop schema if exists raw cascade")  # no view on a later load may stay
            for schema in ("control", "raw", "scheme"):
                connection.execute(f"create schema if not exists {schema}")
            connection.execute("create or replace table control.open_gate (gate text, period_id text)")
            connection.execute("create table if not exists control.built_stage (stage text primary key, read text)")
            connection.execute("update control.built_stage set read = ''")  # views stand, what they show has changed
            for name, table in tables.items():
                replace_table(connection, name, table)
            replace_table(connection, "control.build", pa.table({"build": [build]}))
            for snapshot in snapshots.values():
                view = f'raw."{snapshot.system}__{snapshot.table}"'
                connection.execute(f"create or replace view {view} as {lake.relation_sql(snapshot)}")
            connection.commit()
        self.close_periods(company=company, periods=periods)

    def close_periods(
        self,
        *,
        company: Company,
        periods: Sequence[Period],
        revisions: Mapping[str, int] | None = None,
        parts: Mapping[Period, Sequence[Period]] | None = None,
        evaluations: pa.Table | None = None,
        month_grades: pa.Table | None = None,
        up_to: date | None = None,
    ) -> None:
        """Name the periods that the following stages compute, and the scheme that holds in them.

        Of a period that is a mean of shorter ones, ``parts`` are these and ``evaluations`` what was published of them
        (:func:`~perf_pipelines.publication.part_evaluations`); ``month_grades`` are those of a longer period's months
        (:func:`~perf_pipelines.publication.month_grades`). A period that is not in ``revisions`` (by id) is in its
        first. Other periods' rows stay as they are.

        ``up_to``, a day inside all of them, makes them running: of each only the days up to that one are computed, and
        of the periods with which it is compared as many.
        """
        with self.connect() as connection:
            connection.begin()
            for schema in ("control", "scheme"):
                connection.execute(f"create schema if not exists {schema}")
            tables = tables_of_periods(
                company,
                periods,
                revisions=revisions,
                parts=parts,
                evaluations=evaluations,
                month_grades=month_grades,
                up_to=up_to,
            )
            for name, table in tables.items():
                replace_table(connection, name, table)
            connection.commit()

    def tell_alerts(self, alerts: Sequence[Alert]) -> None:
        """Say which alerts were raised, these among them since :meth:`prepare`."""
        with self.connect() as connection:
            replace_table(connection, "control.alert", _alert_table(alerts))

    def open_gate(self, gate: str) -> None:
        """Remember that ``gate`` is open for the periods being closed, or for all if it stands before the periods."""
        with self.connect() as connection:
            connection.execute(
                f"""
                insert into control.open_gate
                select ?, period_id from ({_TO_PASS})
                union all
                select ?, '' where not exists (select 1 from control.period)
                """,
                [gate, gate],
            )

    def is_open_for_all(self, gate: str) -> bool:
        """Whether ``gate`` is open for all periods, as one that stands before the periods can be."""
        with self.connect() as connection:
            found = connection.execute("select 1 from control.open_gate where gate = ? and period_id = ''", [gate])
            return found.fetchone() is not None

    def distrust(self) -> None:
        """Forget that any gate is open, and that any stage was built: its views may be those of other models."""
        with self.connect() as connection:
            for name in ("open_gate", "built_stage"):
                if _has_table(connection, "control", name):
                    connection.execute(f"delete from control.{name}")

    def prepared_of(self) -> str:
        """The hash of what :meth:`prepare` has put here; empty where that is not known."""
        with self.connect() as connection:
            if not _has_table(connection, "control", "prepared"):
                return ""
            row = connection.execute("select read from control.prepared").fetchone()
        return str(row[0]) if row else ""

    def record_prepared(self, read: str) -> None:
        """Remember the hash of what was put here for all periods of a run."""
        with self.connect() as connection:
            replace_table(connection, "control.prepared", pa.table({"read": [read]}))

    def read_of(self, periods: Collection[str]) -> dict[str, str]:
        """By period the hash of what its first stage was built of; periods without one are left out."""
        with self.connect() as connection:
            if not _has_table(connection, "control", "period_read"):
                return {}
            found = connection.execute(
                "select period_id, read from control.period_read where list_contains(?, period_id)", [list(periods)]
            )
            return {str(period): str(read) for period, read in found.fetchall()}

    def record_read(self, reads: Mapping[str, str]) -> None:
        """Remember by period a hash of what it is computed from."""
        if not reads:  # of running periods nothing is published that could stand
            return
        with self.connect() as connection:
            connection.execute("create table if not exists control.period_read (period_id text primary key, read text)")
            connection.executemany("insert or replace into control.period_read values (?, ?)", [*reads.items()])

    def shut_gates(self, gates: Sequence[str]) -> None:
        """Forget that ``gates`` are open for the periods being closed."""
        with self.connect() as connection:
            connection.execute(
                f"""
                delete from control.open_gate
                where list_contains(?, gate) and period_id in (
                    -- the facts of a running period stand under the name of the whole one, and take its place
                    {_TO_PASS} union all select period_id from control.period union all select ''
                )
                """,
                [list(gates)],
            )

    def shut_for(self, gate: str) -> tuple[str, ...]:
        """The periods being closed for which ``gate`` is not open; ``("",)`` where it stands before the periods."""
        with self.connect() as connection:
            rows = connection.execute(
                f"""
                with wanted as (
                    {_TO_PASS}
                    union all
                    select '' where not exists (select 1 from control.period)
                )
                select wanted.period_id from wanted
                where not exists (
                    select 1 from control.open_gate as passed
                    where passed.gate = ? and passed.period_id in (wanted.period_id, '')
                )
                order by 1
                """,
                [gate],
            ).fetchall()
        return tuple(str(row[0]) for row in rows)

    def has_views(self, stage: str) -> bool:
        """Whether the views of a stage were created, by the models that :meth:`prepare` was told of."""
        return self._built_of(stage) is not None

    def stands_for(self, stage: str) -> str | None:
        """What a stage was built of when it was built last (:meth:`record_built`); ``None`` where that is not known."""
        return self._built_of(stage) or None

    def _built_of(self, stage: str) -> str | None:
        with self.connect() as connection:
            if not _has_table(connection, "control", "built_stage"):
                return None
            row = connection.execute("select read from control.built_stage where stage = ?", [stage]).fetchone()
        return None if row is None else str(row[0])

    def record_built(self, stage: str, *, read: str) -> None:
        """Remember that a stage was built with all its views, and a hash of what its tables were made of."""
        with self.connect() as connection:
            connection.execute("create schema if not exists control")
            connection.execute("create table if not exists control.built_stage (stage text primary key, read text)")
            connection.execute("insert or replace into control.built_stage values (?, ?)", [stage, read])

    def closed_periods(self) -> frozenset[str]:
        """Ids of the periods whose rows stand here."""
        with self.connect() as connection:
            if not all(_has_table(connection, "marts", name) for name in ("dim_period", "fct_evaluation")):
                return frozenset()
            found = connection.execute(
                "select period_id from marts.dim_period where period_id in (select period_id from marts.fct_evaluation)"
            ).fetchall()
        return frozenset(str(period) for (period,) in found)

    def build(self) -> str | None:
        """Which code built this file; ``None`` when it does not exist or does not say."""
        if not self.path.exists():
            return None
        with self.connect() as connection:
            known = _has_table(connection, "control", "build")
            row = connection.execute("select build from control.build").fetchone() if known else None
        return str(row[0]) if row else None

    def tables(self, relations: Iterable[str]) -> dict[str, pa.Table]:
        """Relations of the inputs, marts or gates with their rows in order and exact decimals, by name.

        Of a relation that holds periods only the rows of those being closed.
        """
        with self.connect() as connection:
            columns = connection.execute(
                """
                select table_name, table_schema, bool_or(column_name = 'period_id')
                from information_schema.columns
                where list_contains(?, table_schema)
                group by table_name, table_schema
                """,
                [list(_SCHEMAS)],
            ).fetchall()
            known: dict[str, tuple[str, bool]] = {name: (schema, by_period) for name, schema, by_period in columns}
            tables: dict[str, pa.Table] = {}
            for name in relations:
                if name not in known:
                    raise RunFailed(
                        f"the warehouse has no relation `{name}`",
                        [Problem(field=name, what="it has not been built", todo="run the whole job of the period")],
                    )
                schema, by_period = known[name]
                condition = _BEING_CLOSED if by_period else ""
                rows = connection.execute(f'select * from {schema}."{name}"{condition} order by all')
                tables[name] = rows.to_arrow_table()
        return tables

    def rows(self, relation: str, *, limit: int) -> tuple[dict[str, str], ...]:
        """The first rows of ``relation`` (a quoted name with schema, or a query in brackets) as text by column."""
        with self.connect() as connection:
            return _texts(connection.execute(f"select * from {relation} order by all limit {limit}"))

    def profiles(self, relations: Mapping[str, str], *, limit: int = 5) -> dict[str, Profile]:
        """Row count and first rows of those ``relations`` (name → quoted, with schema) that are tables, not views.

        Of a table that holds periods only the rows of those being closed.
        """
        profiles: dict[str, Profile] = {}
        with self.connect() as connection:
            tables: dict[str, bool] = dict(
                connection.execute(
                    """
                    select table_name, bool_or(column_name = 'period_id')
                    from information_schema.columns
                    inner join information_schema.tables using (table_schema, table_name)
                    where table_type = 'BASE TABLE'
                    group by table_name
                    """
                ).fetchall()
            )
            for name in tables.keys() & relations.keys():
                rows = f"{relations[name]}{_BEING_CLOSED if tables[name] else ''}"
                counted = connection.execute(f"select count(*) from {rows}").fetchone()
                first = connection.execute(f"select * from {rows} order by all limit {limit}")
                profiles[name] = Profile(rows=int(counted[0]) if counted else 0, first=_texts(first))
        return profiles


def _has_table(connection: duckdb.DuckDBPyConnection, schema: str, name: str) -> bool:
    found = connection.execute(
        "select 1 from information_schema.tables where table_schema = ? and table_name = ?", [schema, name]
    )
    return found.fetchone() is not None


def _texts(result: duckdb.DuckDBPyConnection) -> tuple[dict[str, str], ...]:
    columns = [column[0] for column in result.description or ()]
    rows = (["" if value is None else str(value) for value in row] for row in result.fetchall())
    return tuple(dict(zip(columns, row, strict=True)) for row in rows)


def tables_of_run(
    company: Company, snapshots: Mapping[tuple[str, str], Snapshot], records: Records
) -> dict[str, pa.Table]:
    """Everything in the schema ``control`` that holds for all periods of a run, by name with schema."""
    return {
        "control.company": _company_table(company),
        "control.source_snapshot": _snapshot_table(snapshots.values()),
        "control.waiver": _waiver_table(records.waivers()),
        "control.calibration": _calibration_table(records.calibrations()),
        "control.alert": _alert_table(records.alerts()),
        "control.segment_name": _segment_names(),
    }


def tables_of_periods(
    company: Company,
    periods: Sequence[Period],
    *,
    revisions: Mapping[str, int] | None = None,
    parts: Mapping[Period, Sequence[Period]] | None = None,
    evaluations: pa.Table | None = None,
    month_grades: pa.Table | None = None,
    up_to: date | None = None,
) -> dict[str, pa.Table]:
    """Everything in the schemas ``control`` and ``scheme`` that says which periods are computed, by name with schema.

    The arguments are those of :meth:`Warehouse.close_periods`.
    """
    return {
        "control.period": _period_table(company, periods, revisions or {}, up_to),
        # with earlier periods only reviews compare, of which a running one has none
        "control.compared_period": compared_periods(periods if up_to is None else (), first=company.first),
        "control.part": _part_table(parts or {}),
        "control.part_evaluation": PART_EVALUATION.empty_table() if evaluations is None else evaluations,
        "control.month_grade": MONTH_GRADE.empty_table() if month_grades is None else month_grades,
        **{f"scheme.{name}": table for name, table in scheme_tables(company.scheme, periods).items()},
    }


def replace_table(connection: duckdb.DuckDBPyConnection, name: str, table: pa.Table) -> None:
    """Make ``name`` (with schema) the table, in place of what it was."""
    connection.register("incoming", table)
    connection.execute(f"create or replace table {name} as select * from incoming")
    connection.unregister("incoming")


def _period_table(
    company: Company, periods: Sequence[Period], revisions: Mapping[str, int], up_to: date | None
) -> pa.Table:
    def parent(period: Period) -> str | None:
        if not period.cycle.months:
            return None
        longer = [cycle for cycle in company.cycles if cycle.months > period.cycle.months]
        return Period.containing(period.starts_on, min(longer, key=lambda cycle: cycle.months)).id if longer else None

    def before(period: Period) -> Period | None:
        return period.previous() if period > company.first(period.cycle) else None

    def rewards_from(period: Period) -> date | None:
        if period.cycle is not company.reward_cycle:
            return None
        # the first week or sprint also tells of the days between the company's first and its own
        return company.first_period.starts_on if before(period) is None else period.starts_on

    def passed(compared: Period, *, of: Period) -> Period:
        # as many days as have passed of a running period, so that like is compared with like
        if up_to is None or up_to >= of.ends_on:
            return compared
        return compared.first_days((up_to - of.starts_on).days + 1)

    ordered = sorted(set(periods))
    year_ago = [period.year_before() for period in ordered]
    previous = [before(period) for period in ordered]
    previous_ends_on = [
        earlier and passed(earlier, of=period).ends_on for period, earlier in zip(ordered, previous, strict=True)
    ]
    year_ago_ends_on = [passed(ago, of=period).ends_on for period, ago in zip(ordered, year_ago, strict=True)]
    counted = [passed(period, of=period) for period in ordered]
    assessed = [company.months_assessed(period) for period in counted]
    return pa.table(
        {
            "period_id": pa.array([period.id for period in ordered], pa.string()),
            "kind": pa.array([str(period.cycle) for period in ordered], pa.string()),
            "starts_on": pa.array([period.starts_on for period in ordered], pa.date32()),
            "ends_on": pa.array([period.ends_on for period in counted], pa.date32()),
            "month_parts": pa.array([period.months.numerator for period in counted], pa.int32()),
            "month_whole": pa.array([period.months.denominator for period in counted], pa.int32()),
            "assessed_month_parts": pa.array([months.numerator for months in assessed], pa.int32()),
            "assessed_month_whole": pa.array([months.denominator for months in assessed], pa.int32()),
            "days": pa.array([period.days for period in counted], pa.int32()),
            "is_running": pa.array([up_to is not None for _ in ordered], pa.bool_()),
            "whole_days": pa.array([period.days for period in ordered], pa.int32()),
            "whole_month_parts": pa.array([period.months.numerator for period in ordered], pa.int32()),
            "whole_month_whole": pa.array([period.months.denominator for period in ordered], pa.int32()),
            "name_zh": pa.array([period.name_zh for period in ordered], pa.string()),
            "name_en": pa.array([period.name_en for period in ordered], pa.string()),
            "parent_period_id": pa.array([parent(period) for period in ordered], pa.string()),
            "previous_period_id": pa.array([period and period.id for period in previous], pa.string()),
            "previous_starts_on": pa.array([period and period.starts_on for period in previous], pa.date32()),
            "previous_ends_on": pa.array(previous_ends_on, pa.date32()),
            "year_ago_period_id": pa.array([period.id for period in year_ago], pa.string()),
            "year_ago_starts_on": pa.array([period.starts_on for period in year_ago], pa.date32()),
            "year_ago_ends_on": pa.array(year_ago_ends_on, pa.date32()),
            "revision": pa.array([revisions.get(period.id, 1) for period in ordered], pa.int32()),
            "rewards_from": pa.array([rewards_from(period) for period in ordered], pa.date32()),
        }
    )


def compared_periods(periods: Sequence[Period], *, first: Callable[[Cycle], Period]) -> pa.Table:
    """Each period with itself (``steps`` 0), those before it, :data:`LOOKED_BACK` at most, and a year ago.

    ``first`` says of a cycle before which period there is none.
    """
    rows: list[tuple[Period, Period, int, bool]] = []
    for period in sorted(set(periods)):
        rows += [(period, period, 0, False), (period, period.year_before(), 0, True)]
        earlier = period
        for steps in range(1, LOOKED_BACK + 1):
            if earlier <= first(period.cycle):
                break
            earlier = earlier.previous()
            rows.append((period, earlier, steps, False))
    return pa.table(
        {
            "period_id": pa.array([period.id for period, *_ in rows], pa.string()),
            "compared_period_id": pa.array([compared.id for _, compared, *_ in rows], pa.string()),
            "steps": pa.array([steps for *_, steps, _ in rows], pa.int32()),
            "is_year_ago": pa.array([year_ago for *_, year_ago in rows], pa.bool_()),
            "starts_on": pa.array([compared.starts_on for _, compared, *_ in rows], pa.date32()),
            "ends_on": pa.array([compared.ends_on for _, compared, *_ in rows], pa.date32()),
            "days": pa.array([compared.days for _, compared, *_ in rows], pa.int32()),
            "days_now": pa.array([period.days for period, *_ in rows], pa.int32()),
        }
    )


def _part_table(parts: Mapping[Period, Sequence[Period]]) -> pa.Table:
    listed = [(period, part) for period, made_of in parts.items() for part in made_of]
    return pa.table(
        {
            "period_id": pa.array([period.id for period, _ in listed], pa.string()),
            "part_period_id": pa.array([part.id for _, part in listed], pa.string()),
            "starts_on": pa.array([part.starts_on for _, part in listed], pa.date32()),
            "ends_on": pa.array([part.ends_on for _, part in listed], pa.date32()),
            "name_zh": pa.array([part.name_zh for _, part in listed], pa.string()),
            "name_en": pa.array([part.name_en for _, part in listed], pa.string()),
        }
    )


def _company_table(company: Company) -> pa.Table:
    return pa.table(
        {
            "company_id": [company.id],
            "currency": [company.currency],
            "timezone": [company.timezone.key],
            "rejected_share": pa.array([company.rejected_share], pa.decimal128(9, 6)),
            "refunds_count_on": [str(company.refunds_count_on)],
            "assessed_from": pa.array([company.first_period.starts_on], pa.date32()),
        }
    )


def _waiver_table(waivers: Iterable[Waiver]) -> pa.Table:
    listed = list(waivers)
    return pa.table(
        {
            "measure": pa.array([waiver.measure for waiver in listed], pa.string()),
            "occurred_on": pa.array([waiver.occurred_on for waiver in listed], pa.date32()),
            "system_a": pa.array([waiver.system_a for waiver in listed], pa.string()),
            "value_a": pa.array([waiver.value_a for waiver in listed], pa.string()),
            "system_b": pa.array([waiver.system_b for waiver in listed], pa.string()),
            "value_b": pa.array([waiver.value_b for waiver in listed], pa.string()),
            "waived_by": pa.array([waiver.waived_by for waiver in listed], pa.string()),
            "reason": pa.array([waiver.reason for waiver in listed], pa.string()),
        }
    )


def _calibration_table(calibrations: Sequence[Calibration]) -> pa.Table:
    return pa.table(
        {
            "period_id": pa.array([one.period_id for one in calibrations], pa.string()),
            "employee_id": pa.array([one.employee_id for one in calibrations], pa.string()),
            "computed_grade": pa.array([one.computed_grade for one in calibrations], pa.string()),
            "grade": pa.array([one.grade for one in calibrations], pa.string()),
            "calibrated_by": pa.array([one.calibrated_by for one in calibrations], pa.string()),
            "reason": pa.array([one.reason for one in calibrations], pa.string()),
            "calibrated_at": pa.array([one.calibrated_at for one in calibrations], pa.timestamp("us")),
        }
    )


def _segment_names() -> pa.Table:
    named = [(segment, "", label) for segment, label in SEGMENTS.items()]
    named += [(segment, value, label) for segment, values in VALUES.items() for value, label in values.items()]
    return pa.table(
        {
            "segment": pa.array([segment for segment, _, _ in named], pa.string()),
            "segment_value": pa.array([value for _, value, _ in named], pa.string()),
            "name_zh": pa.array([label.zh for _, _, label in named], pa.string()),
            "name_en": pa.array([label.en for _, _, label in named], pa.string()),
        }
    )


def _alert_table(alerts: Sequence[Alert]) -> pa.Table:
    return pa.table(
        {
            "period_id": pa.array([one.period_id for one in alerts], pa.string()),
            "employee_id": pa.array([one.employee_id for one in alerts], pa.string()),
            "position_id": pa.array([one.position_id for one in alerts], pa.string()),
            "department_id": pa.array([one.department_id for one in alerts], pa.string()),
            "kpi_id": pa.array([one.kpi_id for one in alerts], pa.string()),
            "manager_id": pa.array([one.manager_id for one in alerts], pa.string()),
            "raised_on": pa.array([one.raised_on for one in alerts], pa.date32()),
            "paced_target": pa.array([one.paced_target for one in alerts], _FIGURE),
            "actual": pa.array([one.actual for one in alerts], _FIGURE),
            "ratio": pa.array([one.ratio for one in alerts], _FIGURE),
            "segment": pa.array([one.segment for one in alerts], pa.string()),
            "segment_value": pa.array([one.segment_value for one in alerts], pa.string()),
            "effect": pa.array([one.effect for one in alerts], _FIGURE),
            "sentence_zh": pa.array([one.sentence_zh for one in alerts], pa.string()),
            "sentence_en": pa.array([one.sentence_en for one in alerts], pa.string()),
        }
    )


def _snapshot_table(snapshots: Iterable[Snapshot]) -> pa.Table:
    ordered = sorted(snapshots, key=lambda snapshot: (snapshot.system, snapshot.table))
    return pa.table(
        {
            "source_system": pa.array([snapshot.system for snapshot in ordered], pa.string()),
            "source_table": pa.array([snapshot.table for snapshot in ordered], pa.string()),
            "load_id": pa.array([snapshot.load_id for snapshot in ordered], pa.string()),
            "rows_loaded": pa.array([snapshot.rows for snapshot in ordered], pa.int64()),
        }
    )
