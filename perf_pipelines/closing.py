"""Closing periods: the steps that Dagster orders, each a plain function of a company and its state.

Extract, pass the stages of the plan (:mod:`~perf_pipelines.plan`) with their gates, publish. Dagster's assets call
these methods and nothing else; they can be called without Dagster.
"""

from __future__ import annotations

import hashlib
import logging
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cached_property
from itertools import groupby
from typing import TYPE_CHECKING, Any

from filelock import FileLock, Timeout

from perf_pipelines import plan
from perf_pipelines.code_version import code_hash
from perf_pipelines.errors import Busy, GateFailed, PeriodRefused, Problem, SourceRefused
from perf_pipelines.gate_process import gate_process
from perf_pipelines.gates import GateResult, load_gate
from perf_pipelines.home import PROJECT, CompanyHome
from perf_pipelines.periods import by_cycle
from perf_pipelines.plan import Plan, Stage, gates_of
from perf_pipelines.publication import (
    PeriodRecord,
    Publication,
    RunningRecord,
    month_grades,
    part_evaluations,
    publish,
    publish_running,
    read_publication,
)
from perf_pipelines.records.period_steps import Step
from perf_pipelines.records.store import Records
from perf_pipelines.scheme.model import spoken
from perf_pipelines.sources.extract import extract_system
from perf_pipelines.sources.lake import Lake, Snapshot
from perf_pipelines.warehouse.data_tests import DataTestResult, data_tests_failed, run_data_tests
from perf_pipelines.warehouse.dbt import Built, Dbt
from perf_pipelines.warehouse.engine import Warehouse, tables_of_periods, tables_of_run
from perf_pipelines.warehouse.table_hash import hash_of_tables

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
    from datetime import date

    import pyarrow as pa

    from perf_pipelines.company import Company
    from perf_pipelines.periods import Period

_log = logging.getLogger(__name__)

EXPECTATIONS = PROJECT / "expectations"

_RULES_COUNTED = 1_000
_ALERTS = "fct_kpi_alert"


@dataclass(frozen=True, kw_only=True)
class StageResult:
    """What came of building a stage: its models, and its data tests.

    ``stands`` when nothing was built, because what it was built of before has not changed; both are empty then.
    """

    built: tuple[Built, ...] = ()
    tests: tuple[DataTestResult, ...] = ()
    stands: bool = False

    @property
    def failed(self) -> tuple[DataTestResult, ...]:
        """The data tests that have failed."""
        return tuple(result for result in self.tests if result.has_failed)


class Closing:
    """One company's periods being closed. Steps have to be called in order; the caller holds :meth:`alone`."""

    def __init__(self, *, company: Company, home: CompanyHome) -> None:
        self.plan: Plan = plan.PLAN
        self.company = company
        self.home = home
        self.lake = Lake(home.lake)
        self.warehouse = Warehouse(home.warehouse)
        self.dbt = Dbt(company=company, home=home)
        self.records = Records(home.records_url, company_id=company.id)
        self._as_of: str | None = None
        self._named: tuple[Period, ...] = ()

    @contextmanager
    def alone(self) -> Generator[None]:
        """Hold the company's lock, and its warehouse open; :class:`Busy` at once when another process holds it.

        When anybody else has written the warehouse meanwhile, as a bare dbt command does, all gates are shut, and all
        is built again.
        """
        with self.locked():
            if self.warehouse.written_by_others():
                self.warehouse.distrust()
            try:
                with self.warehouse.kept_open():
                    yield
            finally:
                self.warehouse.mark_written()

    @contextmanager
    def locked(self) -> Generator[None]:
        """Hold the company's lock alone; :class:`Busy` at once when another process holds it."""
        self.home.records.mkdir(parents=True, exist_ok=True)
        lock = FileLock(self.home.lock, timeout=0)
        try:
            lock.acquire()
        except Timeout as timeout:
            raise Busy(
                f"{self.company.id} is being closed by another process",
                [Problem(what="only one process may write a company's warehouse", todo="wait until it has ended")],
            ) from timeout
        try:
            yield
        finally:
            lock.release()

    def extract(self, system: str, *, as_of: str | None = None) -> tuple[Snapshot, ...]:
        """Load what has changed in a system into the lake, and return its tables' snapshots.

        With ``as_of`` nothing is loaded; the snapshots are those that were current after that load.
        """
        if as_of is None:
            extract_system(
                company_folder=self.company.folder,
                company_id=self.company.id,
                system_id=system,
                system=self.company.sources.systems[system],
                lake=self.lake,
                state_dir=self.home.extraction,
            )
        return tuple(snapshot for snapshot in self._snapshots(as_of).values() if snapshot.system == system)

    def compact(self) -> Mapping[tuple[str, str], int]:
        """Make one file of the many of each table in the lake; how many there were, by (system, table)."""
        with self.alone():
            return self.lake.compact()

    def extract_all(self) -> Iterator[tuple[str, tuple[Snapshot, ...]]]:
        """:meth:`extract` of each system of sources.yaml, by its name."""
        for system in self.company.sources.systems:
            yield system, self.extract(system)

    def prepare(self, *, periods: Sequence[Period] = (), as_of: str | None = None, anew: bool = False) -> None:
        """Put the scheme, the raw rows and the periods into the warehouse.

        Where the stages that all periods share stand already for these rows, they and their gates stay as they are,
        unless ``anew``.
        """
        gate_process()  # it gets ready while the first stage is built
        self.home.mark_last_run()
        self.dbt.link_project()
        self._as_of = as_of
        snapshots = self._snapshots(as_of)
        tables = tables_of_run(self.company, snapshots, self.records)
        if not anew and self.shared_stand(as_of):
            self.name(periods)
        else:
            self.warehouse.prepare(
                company=self.company,
                periods=periods,
                lake=self.lake,
                snapshots=snapshots,
                tables=tables,
                build=self.dbt.build_id,
            )
        self.warehouse.record_prepared(self._read_by_run(tables))

    def shared_stand(self, as_of: str | None = None) -> bool:
        """Whether the stages that all periods share were built of what would be read now, and their gates are open."""
        return self._shared_stand_for(self._read_by_shared(as_of))

    def _shared_stand_for(self, read: str) -> bool:
        return self.warehouse.build() == self.dbt.build_id and all(
            self.warehouse.stands_for(stage.name) == read
            and (stage.gate is None or self.warehouse.is_open_for_all(stage.gate))
            for stage in self.plan.shared
        )

    def _read_by_shared(self, as_of: str | None) -> str:
        """Hash of all that the shared stages are made of and judged by."""
        snapshots = self._snapshots(as_of)
        return hash_of_tables(
            {**tables_of_run(self.company, snapshots, self.records), **tables_of_periods(self.company, ())},
            self.dbt.build_id,
            _hash_of_gates(),
            *(self.lake.relation_sql(snapshot) for _, snapshot in sorted(snapshots.items())),
        )

    def _read_by_run(self, tables: Mapping[str, pa.Table]) -> str:
        """Hash of what a run puts into the warehouse for all its periods, by which code, and judged by."""
        return hash_of_tables(tables, self.dbt.build_id, code_hash(), _hash_of_gates())

    def _read_by(self, periods: Sequence[Period], *, run: str) -> dict[str, str]:
        """By id of a period the hash of all that it is computed from: the same, and closing it again changes nothing.

        ``run`` is the hash of what the run has read for all periods.
        """
        return {
            period.id: hash_of_tables(tables_of_periods(self.company, [period], **self._made_of([period])), run)
            for period in periods
        }

    def stand_published(self, periods: Sequence[Period], *, as_of: str | None = None) -> bool:
        """Whether closing ``periods`` now could change nothing: they are published, of what would be read now.

        Not where the warehouse or what dbt has compiled was deleted: a what-if reads both, and closing the periods
        again brings them back.
        """
        if not self.home.published.exists() or not self.shared_stand(as_of):
            return False
        if not all(self.dbt.has_compiled(stage, self.plan) for stage in self.plan.closing):
            return False
        published = read_publication(self.home).periods
        kept = self.warehouse.closed_periods()
        run = self._read_by_run(tables_of_run(self.company, self._snapshots(as_of), self.records))
        return all(
            period in kept and period in published and published[period].read == read
            for period, read in self._read_by(periods, run=run).items()
        )

    def begin(self, periods: Sequence[Period]) -> None:
        """Refuse a period that cannot be closed, and name the periods that the next stages compute."""
        for period in periods:
            self.check_closable(period)
        self.check_not_posted(periods)
        self.name(periods)

    def name(self, periods: Sequence[Period]) -> None:
        """Name the periods that the next stages compute, with what was published of those that they are made of."""
        self._named = tuple(periods)
        self.warehouse.close_periods(company=self.company, periods=periods, **self._made_of(periods))

    def _made_of(self, periods: Sequence[Period]) -> dict[str, Any]:
        """What the tables of ``periods`` hold beside their days: revisions, and what was published of their parts."""
        parts = {period: self.company.parts_of(period) for period in periods}
        months = {period: self.company.months_of(period) for period in periods if period.cycle.months > 1}
        revisions = self.records.revisions() if periods else dict[str, int]()
        return {
            "revisions": revisions,
            "parts": parts,
            "evaluations": part_evaluations(self.home, parts),
            "month_grades": month_grades(self.home, months),
        }

    def name_running(self, periods: Sequence[Period], *, up_to: date) -> None:
        """Name periods that are running for the facts and their tracking, of each the days up to ``up_to`` alone."""
        self._named = ()
        self.warehouse.close_periods(company=self.company, periods=periods, up_to=up_to)

    def check_closable(self, period: Period, *, together_with: Sequence[Period] = ()) -> None:
        """:class:`PeriodRefused` unless ``period`` is over and what it is made of is closed, or being closed with it.

        A longer period is made of its months, and of the shorter periods whose mean it is by the scheme.
        """
        self.company.closable(period, today=self.today)
        closed = self.closed_periods | {other.id for other in together_with}
        made_of = dict.fromkeys([*self.company.months_of(period), *self.company.parts_of(period)])
        for _, same_cycle in groupby(made_of, key=lambda part: part.cycle):
            missing = [part for part in same_cycle if part != period and part.id not in closed]
            if missing:
                cycle = missing[0].cycle
                raise PeriodRefused(
                    f"{period} cannot be closed yet",
                    [
                        Problem(
                            field="period",
                            what=f"of its {spoken(cycle)}s {', '.join(map(str, missing))} "
                            f"{'is' if len(missing) == 1 else 'are'} not closed",
                            todo=f"run `perf-pipelines backfill --company {self.company.id} "
                            f"--from {missing[0]} --to {missing[-1]}` first",
                        )
                    ],
                )

    def check_not_posted(self, periods: Sequence[Period]) -> None:
        """:class:`PeriodRefused` when one of the periods was paid, and not opened again since."""
        paid = self.paid(periods)
        if paid:
            are = "is" if len(paid) == 1 else "are"
            raise PeriodRefused(f"{', '.join(map(str, paid))} {are} not closed again", paid.values())

    def paid(self, periods: Sequence[Period]) -> Mapping[Period, Problem]:
        """Those of the periods that were paid, and not opened again since, with how to correct them."""
        steps = self.records.period_steps()
        last = {period: steps[period.id][-1] for period in periods if period.id in steps}
        return {
            period: Problem(
                field="period",
                what=f"revision {step.revision} of {period} was {step.step} by {step.made_by} on "
                f"{step.made_at:%Y-%m-%d}; people are paid by it",
                todo=f"to correct it, `perf-pipelines pay reopen --company {self.company.id} --period {period} "
                "--by … --reason …`, then close it: the difference is paid",
            )
            for period, step in last.items()
            if step.step != Step.REOPENED
        }

    @property
    def today(self) -> datetime:
        """Now, in the company's time zone."""
        return datetime.now(UTC).astimezone(self.company.timezone)

    @property
    def closed_periods(self) -> frozenset[str]:
        """Ids of the periods that are published."""
        return frozenset(read_publication(self.home).periods) if self.home.published.exists() else frozenset()

    def build(self, stage: Stage) -> StageResult:
        """Build a stage with dbt and run its data tests; failed tests are in the result, not raised.

        :class:`GateFailed` when the gates below are not open for the periods being closed, as when somebody
        materializes one asset alone. The gates from here on are shut until they have been run again. A shared stage
        that stands already (:meth:`prepare`) is not built.
        """
        self._demand_open(gates_of(self.plan.below(stage)), behind=f"stage `{stage}`")
        read = "" if stage.by_period else self._read_by_shared(self._as_of)
        if read and self._shared_stand_for(read):
            return StageResult(stands=True)
        self.warehouse.shut_gates(self.plan.shut_by(stage))
        has_views = self.warehouse.has_views(stage.name) and self.dbt.has_compiled(stage, self.plan, views=True)
        if has_views:
            self.warehouse.record_built(stage.name, read="")  # what follows may end anywhere
        if stage.by_period:
            self._record_read(stage)
        built = self.dbt.build(stage, plan=self.plan, views=not has_views)
        tests = run_data_tests(self.warehouse, self.dbt.data_tests(stage, self.plan))
        result = StageResult(built=built, tests=tests)
        self.warehouse.record_built(stage.name, read="" if result.failed else read)
        return result

    def _record_read(self, stage: Stage) -> None:
        """Remember what the periods being closed are computed from; nothing where that has changed since the facts."""
        run = self.warehouse.prepared_of()
        read = self._read_by([period for period in self._named if run], run=run)
        if any(below.by_period for below in self.plan.below(stage)):
            known = self.warehouse.read_of(read)
            read = {period: now if known.get(period) == now else "" for period, now in read.items()}
        self.warehouse.record_read(read)

    def check(self, stage: Stage) -> GateResult:
        """Run the gate behind a stage on the periods being closed; ``ValueError`` for a stage without a gate."""
        if stage.gate is None:
            raise ValueError(f"stage {stage} has no gate")
        gate = load_gate(EXPECTATIONS / f"{stage.gate}.yaml")
        result = gate_process().run(gate, self.warehouse.tables(gate.tables))
        if result.passed:
            self.warehouse.open_gate(stage.gate)
        return result

    def pass_stage(self, stage: Stage) -> None:
        """Build a stage, run its data tests and open the gate behind it; :class:`GateFailed` otherwise."""
        result = self.build(stage)
        if result.failed:
            raise data_tests_failed(stage.name, result.failed)
        if stage.gate and not result.stands:
            self.open(stage)

    def pass_stages(self, stages: Iterable[Stage]) -> None:
        """Pass stages one after the other, in the order of the plan."""
        for stage in stages:
            self.pass_stage(stage)
            _log.info("%s: built and checked", stage)

    def close(self, periods: Iterable[Period], *, stages: Sequence[Stage], as_of: str | None = None) -> None:
        """Close periods without Dagster, shorter ones first, by those of ``stages`` that are built by period.

        What they share has been passed before. :class:`PeriodRefused` or :class:`GateFailed` leaves published what was.
        """
        for _, same_cycle in groupby(sorted(periods, key=by_cycle), key=lambda period: period.cycle):
            together = list(same_cycle)
            self.begin(together)
            self.pass_stages(plan.by_period(stages))
            self.publish(together, as_of=as_of)

    def build_alerts(self) -> None:
        """Build the mart of alerts again, from the alerts that the warehouse was told of since its stage was built."""
        self.dbt.build_mart(_ALERTS)
        tests = {
            test.id: test
            for stage in self.plan.stages
            for test in self.dbt.data_tests(stage, self.plan)
            if test.model and test.model.endswith(f".{_ALERTS}")
        }
        failed = [result for result in run_data_tests(self.warehouse, [*tests.values()]) if result.has_failed]
        if failed:
            raise data_tests_failed(_ALERTS, failed)

    def open(self, stage: Stage) -> None:
        """Open the gate behind a stage that stands already; :class:`GateFailed` when it stays shut."""
        result = self.check(stage)
        if not result.passed:
            raise result.failure()

    def quarantined(self) -> tuple[dict[str, str], ...]:
        """What was quarantined of the loads being read: for each table and rule how many rows, the first and why."""
        return self.warehouse.rows(
            """(
                select
                    source_system || '.' || source_table as source_table,
                    rule,
                    count(*) as rows,
                    min_by(source_key, row(coalesce(source_row, 0), source_key)) as first_row,
                    min_by(reason, row(coalesce(source_row, 0), source_key)) as reason
                from inputs.staged_rows where rule is not null group by all
            )""",
            limit=_RULES_COUNTED,
        )

    def publish(self, periods: Sequence[Period], *, as_of: str | None = None, run: str = "") -> Publication:
        """Publish the marts with the rows of ``periods`` replaced; :class:`GateFailed` unless all gates are open.

        ``run`` is the id of the run that publishes, which the publication's record names.
        """
        self.name(periods)
        self._demand_open(self.plan.gates, behind="publication")
        record = self._record(as_of)
        known = self.warehouse.read_of([period.id for period in periods])
        now = self._read_by(periods, run=self.warehouse.prepared_of())
        return publish(
            company=self.company.id,
            home=self.home,
            warehouse=self.warehouse,
            periods={
                period: replace(record, run=run, read=read if known.get(period) == read else "")
                for period, read in now.items()
            },
            descriptions=self._mart_descriptions,
        )

    def publish_running(self, periods: Sequence[Period], *, up_to: date) -> Publication:
        """Publish how far running ``periods`` have come; :class:`GateFailed` unless gates 1 and 2 are open for them.

        What was published of closed periods stays as it is.
        """
        self.name_running(periods, up_to=up_to)
        self._demand_open(gates_of(self.plan.tracking), behind="publication")
        record = RunningRecord(**vars(self._record()), as_of=up_to.isoformat())
        return publish_running(
            company=self.company.id,
            home=self.home,
            warehouse=self.warehouse,
            running={period.id: record for period in periods},
            descriptions=self._mart_descriptions,
        )

    def shut_running(self, periods: Sequence[Period], *, up_to: date) -> None:
        """Shut the gates of running ``periods``, and name none: what comes next names its own."""
        self.name_running(periods, up_to=up_to)
        self.warehouse.shut_gates([stage.gate for stage in self.plan.stages if stage.by_period and stage.gate])
        self.name(())

    @cached_property
    def _mart_descriptions(self) -> Mapping[str, Mapping[str, str]]:
        return {
            node["name"]: {
                "": node["description"],
                **{column["name"]: column["description"] for column in node["columns"].values()},
            }
            for node in self.dbt.manifest()["nodes"].values()
            if node["resource_type"] == "model" and node["schema"] == "marts"
        }

    def _record(self, as_of: str | None = None) -> PeriodRecord:
        return PeriodRecord(
            published_at=datetime.now(UTC).isoformat(timespec="seconds"),
            loads={f"{s.system}.{s.table}": s.load_id for s in self._snapshots(as_of).values()},
            scheme=self.company.scheme.scheme,
        )

    def _demand_open(self, gates: Sequence[str], *, behind: str) -> None:
        for gate in gates:
            shut = self.warehouse.shut_for(gate)
            if shut:
                periods = ", ".join(period for period in shut if period)
                raise GateFailed(
                    f"{behind} is blocked: {gate} is not open{f' for {periods}' if periods else ''}",
                    [
                        Problem(
                            what="what stands in the warehouse has not been checked, or not since it changed",
                            todo="run the whole job of the period (`perf-pipelines run`, or the job in the UI)",
                        )
                    ],
                )

    def _snapshots(self, as_of: str | None) -> Mapping[tuple[str, str], Snapshot]:
        declared = {
            (system, table) for system, source in self.company.sources.systems.items() for table in source.tables
        }
        known = {key: snapshot for key, snapshot in self.lake.snapshots(as_of).items() if key in declared}
        if as_of is not None and declared - known.keys():
            raise SourceRefused(
                f"nothing can be read as of the load {as_of}",
                [
                    Problem(
                        field=f"{system}.{table}",
                        what="the lake held no load of this table at that moment",
                        todo="choose a later load: systems are loaded one after the other",
                    )
                    for system, table in sorted(declared - known.keys())
                ],
            )
        return known


def _hash_of_gates() -> str:
    """Hash of the suites of all gates."""
    digest = hashlib.sha256()
    for path in sorted(EXPECTATIONS.glob("*.yaml")):
        digest.update(f"{path.name}\0".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()
