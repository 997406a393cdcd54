"""Closing periods: the steps that Dagster orders, each a plain function of a company and its state.

extract → build inputs → gate 1 → build KPIs → build facts → gate 2 → evaluation → gate 3 → payout → gate 4
→ review → publish. Dagster's assets call these methods and nothing else; they can be called without Dagster.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from itertools import groupby
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout

from perf_pipelines.errors import Busy, GateFailed, PeriodRefused, Problem, SourceRefused
from perf_pipelines.gates import OFFENDING_ROWS_KEPT, GateResult, load_gate, run_gate
from perf_pipelines.home import PROJECT, CompanyHome
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
from perf_pipelines.warehouse.dbt import Dbt, Floor, NodeResult
from perf_pipelines.warehouse.engine import Warehouse

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping, Sequence
    from datetime import date

    from perf_pipelines.company import Company
    from perf_pipelines.periods import Period

EXPECTATIONS = PROJECT / "expectations"

GATES: Mapping[Floor, str] = {
    Floor.INPUTS: "gate_1_inputs",
    Floor.FACTS: "gate_2_facts",
    Floor.EVALUATION: "gate_3_evaluation",
    Floor.PAYOUT: "gate_4_payout",
}
"""The gate behind each floor that has one; its suite is ``expectations/<gate>.yaml``."""

_ORDER = tuple(Floor)
_RULES_COUNTED = 1_000


@dataclass(frozen=True)
class BrokenPromise:
    """A dbt test that failed, with the first rows that broke it."""

    test: NodeResult
    rows: tuple[dict[str, str], ...]


class Closing:
    """One company's periods being closed. Steps have to be called in order; the caller holds :meth:`alone`."""

    def __init__(self, *, company: Company, home: CompanyHome) -> None:
        self.company = company
        self.home = home
        self.lake = Lake(home.lake)
        self.warehouse = Warehouse(home.warehouse)
        self.dbt = Dbt(company=company, home=home)
        self.records = Records(home.records_url, company_id=company.id)

    @contextmanager
    def alone(self) -> Generator[None]:
        """Hold the company's lock, and its warehouse open; :class:`Busy` at once when another process holds it."""
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
            with self.warehouse.kept_open():
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

    def prepare(self, *, periods: Sequence[Period], as_of: str | None = None) -> None:
        """Put the scheme, the raw rows and the periods into the warehouse."""
        self.warehouse.prepare(
            company=self.company,
            periods=periods,
            lake=self.lake,
            snapshots=self._snapshots(as_of),
            records=self.records,
            build=self.dbt.build_id,
        )

    def begin(self, periods: Sequence[Period]) -> None:
        """Refuse a period that cannot be closed, and name the periods that the next floors compute."""
        for period in periods:
            self.check_closable(period)
        self.check_not_posted(periods)
        self.name(periods)

    def name(self, periods: Sequence[Period]) -> None:
        """Name the periods that the next floors compute, with what was published of those that they are made of."""
        parts = {period: self.company.parts_of(period) for period in periods}
        months = {period: self.company.months_of(period) for period in periods if period.cycle.months > 1}
        self.warehouse.close_periods(
            company=self.company,
            periods=periods,
            revisions=self.records.revisions(),
            parts=parts,
            evaluations=part_evaluations(self.home, parts),
            month_grades=month_grades(self.home, months),
        )

    def name_running(self, periods: Sequence[Period], *, up_to: date) -> None:
        """Name periods that are running for the facts and their tracking, of each the days up to ``up_to`` alone."""
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

    def build(self, floor: Floor) -> tuple[NodeResult, ...]:
        """Build and test a floor with dbt; failed tests are in the result, not raised.

        :class:`GateFailed` when the gates below are not open for the periods being closed, as when somebody
        materializes one asset alone. The gates from here on are shut until they have been run again.
        """
        below = self._gates_below(floor)
        self._demand_open(below, behind=f"the floor `{floor}`")
        self.warehouse.shut_gates([gate for gate in GATES.values() if gate not in below])
        return self.dbt.build(floor)

    def broken_promises(self, results: Sequence[NodeResult]) -> tuple[BrokenPromise, ...]:
        """The failed tests among ``results``, each with its offending rows."""
        return tuple(
            BrokenPromise(
                test=result,
                rows=self.warehouse.rows(result.relation, limit=OFFENDING_ROWS_KEPT) if result.relation else (),
            )
            for result in results
            if result.is_test and result.status == "fail"
        )

    def check(self, floor: Floor) -> GateResult:
        """Run the gate behind a floor on the periods being closed."""
        gate = load_gate(EXPECTATIONS / f"{GATES[floor]}.yaml")
        result = run_gate(gate, self.warehouse.frames(gate.tables))
        if result.passed:
            self.warehouse.open_gate(GATES[floor])
        return result

    def pass_floor(self, floor: Floor) -> None:
        """Build a floor, keep its promises and open the gate behind it; :class:`GateFailed` otherwise."""
        self.keep_promises(floor, self.build(floor))
        if floor in GATES:
            self.open(floor)

    def keep_promises(self, floor: Floor, results: Sequence[NodeResult]) -> None:
        """:class:`GateFailed` when a test among the ``results`` of a floor has failed."""
        broken = self.broken_promises(results)
        if broken:
            raise promises_broken(floor, broken)

    def open(self, floor: Floor) -> None:
        """Open the gate behind a floor that stands already; :class:`GateFailed` when it stays shut."""
        result = self.check(floor)
        if not result.passed:
            raise result.failure()

    def set_aside(self) -> tuple[dict[str, str], ...]:
        """What was set aside of the loads being read: for each table and rule how many rows, the first and why."""
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

    def publish(self, periods: Sequence[Period], *, as_of: str | None = None) -> Publication:
        """Publish the marts with the rows of ``periods`` replaced; :class:`GateFailed` unless all gates are open."""
        self.name(periods)
        self._demand_open(list(GATES.values()), behind="publication")
        record = self._record(as_of)
        return publish(
            company=self.company.id,
            home=self.home,
            warehouse=self.warehouse,
            periods={period.id: record for period in periods},
            descriptions=self._mart_descriptions,
        )

    def publish_running(self, periods: Sequence[Period], *, up_to: date) -> Publication:
        """Publish how far running ``periods`` have come; :class:`GateFailed` unless gates 1 and 2 are open for them.

        What was published of closed periods stays as it is.
        """
        self.name_running(periods, up_to=up_to)
        self._demand_open(self._gates_below(Floor.TRACKING), behind="publication")
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
        self.warehouse.shut_gates([gate for floor, gate in GATES.items() if floor is not Floor.INPUTS])
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

    @staticmethod
    def _gates_below(floor: Floor) -> list[str]:
        return [gate for other, gate in GATES.items() if _ORDER.index(other) < _ORDER.index(floor)]

    def _demand_open(self, gates: Sequence[str], *, behind: str) -> None:
        for gate in gates:
            shut = self.warehouse.shut_for(gate)
            if shut:
                periods = ", ".join(period for period in shut if period)
                raise GateFailed(
                    f"{behind} is not entered: {gate} is not open{f' for {periods}' if periods else ''}",
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


def promises_broken(floor: Floor, broken: Sequence[BrokenPromise]) -> GateFailed:
    """The refusal for failed dbt tests: each test with up to three of its rows."""
    return GateFailed(
        f"the floor `{floor}` breaks {len(broken)} of its promises",
        [
            Problem(
                file=promise.test.file,
                field=promise.test.name,
                row="; ".join(", ".join(f"{k}={v}" for k, v in row.items()) for row in promise.rows[:3]) or None,
                what=f"{promise.test.failures} row(s) break it",
                todo="mend the source or the staging model, then run again",
            )
            for promise in broken
        ],
    )
