"""What one person's score and pay would be if some of the actuals were others.

No rule stands here. The SELECTs that dbt compiled when the period was closed are run again, in a database in memory
under the warehouse's name: once as it was, which has to give what is published, and once with the other actuals. What
they read and do not make themselves are views there on the real warehouse, which is opened for reading alone. A portal
may call :func:`what_if`; docs/what-if.md says what is held fixed.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Any, ClassVar

import duckdb
import pyarrow as pa

from perf_pipelines.documents import nearest
from perf_pipelines.errors import Busy, NotPublished, PerfError, Problem
from perf_pipelines.fields import Label, plain
from perf_pipelines.reports.marts import PublishedMarts
from perf_pipelines.scheme.oddities import is_in_percents
from perf_pipelines.sql_text import identifier, literal
from perf_pipelines.warehouse.engine import memory_limit, replace_table, tables_of_periods
from perf_pipelines.wording import Language, percentage

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Mapping, Sequence

    from perf_pipelines.closing import Closing
    from perf_pipelines.periods import Period
    from perf_pipelines.scheme.model import Kpi
    from perf_pipelines.warehouse.dbt import CompiledModel

_SCORED, _SAID = ("fct_evaluation", "fct_payout"), ("fct_score_step",)
_SAID_BY_OTHERS = "fct_feedback_score"
"""What is not computed again, though a stage of scoring builds it."""

_FINEST = Decimal("0.00000001")
_LARGEST = Decimal(10) ** 14
"""Where exact division ends (macro exact_ratio)."""


class WhatIfRefused(PerfError):
    """The question cannot be answered as it was asked."""

    exit_code: ClassVar[int] = 16


@dataclass(frozen=True, kw_only=True)
class Change:
    """A KPI of which another actual is supposed; ``before`` is the published one, None without data."""

    kpi_id: str
    name: Label
    unit: Label
    before: Decimal | None
    after: Decimal


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """A score and what it pays.

    ``evaluation`` is the person's row of ``fct_evaluation``, ``payout`` that of ``fct_payout``, None where nothing is
    paid; ``steps`` are the sentences of ``fct_score_step``.
    """

    evaluation: Mapping[str, Any]
    payout: Mapping[str, Any] | None
    steps: tuple[Label, ...]


@dataclass(frozen=True, kw_only=True)
class WhatIf:
    """The answer: what is published, what would be, in words what was held fixed, and the names of the grades.

    ``remarks``: what may be asked and hardly anybody means, like 60 for 60 %.
    """

    period_id: str
    employee_id: str
    employee: Label
    currency: str
    changes: tuple[Change, ...]
    before: Outcome
    after: Outcome
    grades: Mapping[str, Label]
    held_fixed: tuple[Label, ...]
    remarks: tuple[Label, ...]


def what_if(closing: Closing, *, period: Period, employee: str, actuals: Mapping[str, Decimal]) -> WhatIf:
    """What ``employee`` (an id) would have for ``period`` with these ``actuals`` by KPI, in the KPIs' units.

    Of several assignments measured by a KPI each has the actual; that of a sum is divided among them by days. Nothing
    is written. :class:`WhatIfRefused` for a KPI that does not measure this person, :class:`NotPublished` for a period
    that is not published or no longer in the warehouse, :class:`~perf_pipelines.errors.Busy` while one is being closed.
    """
    marts = PublishedMarts(closing.home)
    marts.require(period.id, mart="fct_score_step")
    if closing.company.parts_of(period):
        raise WhatIfRefused(
            f"{period} is the mean of shorter periods",
            [Problem(field="period", what="its score does not come of its own KPIs", todo="ask about one of these")],
        )
    lines = _lines(marts, period=period, employee=employee)
    asked = _asked(lines, actuals, headline=f"what if of `{employee}` in {period}")
    trial = _Trial(closing, period=period)
    with trial.opened():
        trial.score(employee, asked=())
        _compare_with_published(trial, marts, period=period, company=closing.company.id)
        # as it is, everything is published
        before = _outcome(marts.query, "marts", period=period, employee=employee)
        trial.score(employee, asked=asked)
        trial.say()
        after = _outcome(trial.rows, "warehouse.marts", period=period, employee=employee)
    [person] = marts.query(
        "select * from marts.rpt_score_table where period_id = ? and employee_id = ?", [period.id, employee]
    )
    return WhatIf(
        period_id=period.id,
        employee_id=employee,
        employee=Label(zh=person["employee_zh"], en=person["employee_en"]),
        currency=closing.company.currency,
        changes=tuple(_changes(lines, actuals)),
        before=before,
        after=after,
        grades={band.grade: band.name for band in closing.company.scheme.on(period.starts_on).grades.bands},
        held_fixed=tuple(_held_fixed(before)),
        remarks=tuple(_remarks(closing.company.scheme.kpis, actuals)),
    )


def _lines(marts: PublishedMarts, *, period: Period, employee: str) -> list[dict[str, Any]]:
    """A row each KPI that counts for the person, by assignment; without assignment for extra points alone."""
    lines = marts.query(
        """
        with counted as (
            select employee_id, kpi_id, position_id, department_id, active_from, actual,
                cast(active_to - active_from + 1 as integer) as days
            from marts.fct_kpi_score where period_id = $period_id and employee_id = $employee_id
            union all
            select employee_id, kpi_id, null, null, null, actual, 0
            from marts.fct_extra_points where period_id = $period_id and employee_id = $employee_id
        )

        select counted.*, actual.actual as whole, kpi.name_zh, kpi.name_en, kpi.unit, kpi.unit_zh, kpi.aggregation
        from counted
        inner join marts.dim_kpi as kpi on counted.kpi_id = kpi.kpi_id
        left join marts.fct_kpi_actual as actual
            on actual.period_id = $period_id
            and counted.employee_id = actual.employee_id
            and counted.kpi_id = actual.kpi_id
        order by counted.kpi_id, counted.active_from, counted.position_id, counted.department_id
        """,
        {"period_id": period.id, "employee_id": employee},
    )
    if lines:
        return lines
    known = marts.query("select employee_id from marts.rpt_score_table where period_id = ?", [period.id])
    ids = [row["employee_id"] for row in known]
    is_known = employee in ids
    raise WhatIfRefused(
        f"what if of `{employee}` in {period}",
        [
            Problem(
                field="employee",
                what="no KPI measures this person in the period" if is_known else "nobody has this id",
                todo="ask about another period" if is_known else nearest(employee, ids),
            )
        ],
    )


def _asked(
    lines: Sequence[Mapping[str, Any]], actuals: Mapping[str, Decimal], *, headline: str
) -> tuple[tuple[Any, ...], ...]:
    """The actual of each assignment and changed KPI, and the whole one: rows of the table ``asked``."""
    kpis = {line["kpi_id"] for line in lines}
    problems = [
        Problem(field=kpi, what="does not measure this person", todo=nearest(kpi, kpis))
        for kpi in actuals
        if kpi not in kpis
    ]
    problems += [
        Problem(field=kpi, what=f"{value} is no actual", todo="write a number below 10^14 with at most 8 decimals")
        for kpi, value in actuals.items()
        if not value.is_finite() or abs(value) >= _LARGEST or value != value.quantize(_FINEST)
    ]
    if not actuals:
        problems = [Problem(what="no other actual is given", todo="say which, like revenue=20000")]
    if problems:
        raise WhatIfRefused(headline, problems)
    rows: list[tuple[Any, ...]] = []
    for kpi, value in actuals.items():
        measured = [line for line in lines if line["kpi_id"] == kpi]
        days = sum(line["days"] for line in measured)
        left = value
        for index, line in enumerate(measured):
            is_last = index == len(measured) - 1
            part = value
            if line["aggregation"] in {"sum", "count_distinct"} and days:
                part = left if is_last else (value * line["days"] / days).quantize(_FINEST, ROUND_HALF_UP)
                left -= part
            rows.append((kpi, line["position_id"], line["department_id"], line["active_from"], part, value))
    return tuple(rows)


def _changes(lines: Sequence[Mapping[str, Any]], actuals: Mapping[str, Decimal]) -> Generator[Change]:
    for kpi, value in actuals.items():
        measured = [line for line in lines if line["kpi_id"] == kpi]
        line = measured[0]
        yield Change(
            kpi_id=kpi,
            name=Label(zh=line["name_zh"], en=line["name_en"]),
            unit=Label(zh=line["unit_zh"], en=line["unit"]),
            before=line["actual"] if len(measured) == 1 else line["whole"],
            after=value,
        )


def _remarks(kpis: Mapping[str, Kpi], actuals: Mapping[str, Decimal]) -> Generator[Label]:
    for kpi_id, value in actuals.items():
        kpi = kpis.get(kpi_id)
        if kpi and is_in_percents(value, kpi):
            yield Label(
                zh=f"{kpi.name.zh}以比率计，{plain(value)} 即 {percentage(value, Language.zh)}；"
                f"若指 {plain(value)}%，请写 {kpi_id}={plain(value / 100)}",
                en=f"{kpi.name.en} is a share, of which {plain(value)} is {percentage(value, Language.en)}: "
                f"write {kpi_id}={plain(value / 100)} if {plain(value)} % is meant",
            )


def _held_fixed(before: Outcome) -> Generator[Label]:
    yield Label(
        zh="其他人的数据与得分不变；名次以及按比例评定的等级重新排定",
        en="the actuals and scores of everybody else stay; ranks, and grades by quota, are given anew",
    )
    yield Label(
        zh="目标值、权重、360°反馈与任职天数不变", en="targets, weights, 360° feedback and days in the position stay"
    )
    if before.evaluation["calibrated_by"] is not None:
        yield Label(
            zh="等级校准只在计算等级与校准时相同的情况下保留",
            en="a calibrated grade holds only while the computed grade is the one that was calibrated",
        )
    if before.payout and before.payout["pool_id"] is not None:
        yield Label(
            zh="奖金池的金额不变，即使它按某指标提取；其中的分配重新计算",
            en="what the pool holds stays, even if it is a share of a KPI; how it is divided is computed anew",
        )


def _outcome(
    rows: Callable[[str, Mapping[str, object]], list[dict[str, Any]]], marts: str, *, period: Period, employee: str
) -> Outcome:
    """The one person's outcome of the ``marts`` that ``rows`` reads from."""
    of = {"period_id": period.id, "employee_id": employee}
    own = "period_id = $period_id and employee_id = $employee_id"
    [evaluation] = rows(f"select * from {marts}.fct_evaluation where {own}", of)
    payouts = rows(f"select * from {marts}.fct_payout where {own}", of)
    steps = rows(f"select text_zh, text_en from {marts}.fct_score_step where {own} order by step", of)
    return Outcome(
        evaluation=evaluation,
        payout=payouts[0] if payouts else None,
        steps=tuple(Label(zh=step["text_zh"], en=step["text_en"]) for step in steps),
    )


class _Trial:
    """The stages from the scores to the pay of one period, computed beside the warehouse."""

    def __init__(self, closing: Closing, *, period: Period) -> None:
        self._closing = closing
        self._period = period
        self._scoring: tuple[CompiledModel, ...] = ()
        self._wording: tuple[CompiledModel, ...] = ()
        self._connection = duckdb.connect(config={"memory_limit": memory_limit()})

    @contextmanager
    def opened(self) -> Generator[None]:
        """Read the warehouse as long as this lasts."""
        try:
            self._attach()
            self._fill()
            yield
        finally:
            self._connection.close()

    def score(self, employee: str, *, asked: Sequence[tuple[Any, ...]]) -> None:
        """Compute everybody's score and pay, with these actuals of the one person."""
        self._suppose(employee, asked)
        self._build(self._scoring)

    def say(self) -> None:
        """Put what was scored into words."""
        self._build(self._wording)

    def rows(self, query: str, parameters: Mapping[str, object] | None = None) -> list[dict[str, Any]]:
        """Rows as dictionaries by column."""
        result = self._connection.execute(query, dict(parameters or {}))
        names = [column[0] for column in result.description or ()]
        return [dict(zip(names, row, strict=True)) for row in result.fetchall()]

    def _attach(self) -> None:
        path = self._closing.warehouse.path
        if not path.exists():
            raise self._gone("the warehouse has been deleted")
        self._connection.execute("set TimeZone = 'UTC'")
        try:
            self._connection.execute(f"attach {literal(str(path))} as kept (read_only)")
        except duckdb.IOException as locked:
            raise Busy(
                f"{self._closing.company.id} is being closed by another process",
                [Problem(what="its warehouse cannot be read meanwhile", todo="ask again when it has ended")],
            ) from locked
        [built] = self.rows("select build from kept.control.build")
        if built["build"] != self._closing.dbt.build_id:
            raise self._gone("the models have changed since")
        [counted] = self.rows(
            f"select count(*) as rows from kept.marts.fct_evaluation where period_id = {literal(self._period.id)}"
        )
        if not counted["rows"]:
            raise self._gone("the warehouse does not hold it any more")
        try:
            given = {_SAID_BY_OTHERS, *(name for _, name in _SUPPOSED), _YEAR_AGO}
            stages = self._closing.plan.scoring
            self._scoring = self._closing.dbt.compiled(_SCORED, stages=stages, given=given)
            given |= {model.name for model in self._scoring}
            self._wording = self._closing.dbt.compiled(_SAID, stages=stages, given=given)
        except FileNotFoundError as deleted:
            raise self._gone("what dbt compiled has been deleted") from deleted

    def _gone(self, why: str) -> NotPublished:
        return NotPublished(
            f"what if in {self._period} of {self._closing.company.id} cannot be computed",
            [
                Problem(
                    field="period",
                    what=why,
                    todo=f"close it again: `perf-pipelines run --company {self._closing.company.id} "
                    f"--period {self._period}`",
                )
            ],
        )

    def _fill(self) -> None:
        connection, company, period = self._connection, self._closing.company, self._period
        models = (*self._scoring, *self._wording)
        connection.execute("attach ':memory:' as warehouse")
        connection.execute("use warehouse")
        read = {(relation.schema, relation.name) for model in models for relation in model.reads}
        made = {(model.schema, model.name) for model in models}
        for schema in sorted({"control", "scheme", "intermediate", "marts", *(schema for schema, _ in read | made)}):
            connection.execute(f"create schema {identifier(schema)}")
        for name, table in tables_of_periods(company, [period]).items():
            replace_table(connection, name, table)
            made.add((name.partition(".")[0], name.partition(".")[2]))
        of_period = f"where period_id = {literal(period.id)}"
        connection.execute(
            f"""
            create table intermediate.{_YEAR_AGO} as
            select period_id, employee_id, position_id, department_id, active_from, kpi_id, year_ago_actual as actual
            from kept.marts.fct_kpi_score {of_period} and year_ago_actual is not null
            """
        )
        made |= {("intermediate", _YEAR_AGO), *_SUPPOSED}
        for schema, name in sorted(read - made):
            relation = f"{identifier(schema)}.{identifier(name)}"
            connection.execute(f"create view {relation} as select * from kept.{relation}")

    def _build(self, models: Sequence[CompiledModel]) -> None:
        for model in models:
            name = f"{identifier(model.schema)}.{identifier(model.name)}"
            self._connection.execute(f"create or replace table warehouse.{name} as {model.select}")

    def _suppose(self, employee: str, asked: Sequence[tuple[Any, ...]]) -> None:
        """The actuals of the period with those that are asked about in place of the person's own."""
        rows = [dict(zip(_ASKED.names, row, strict=True)) for row in asked]
        replace_table(self._connection, "control.asked", pa.Table.from_pylist(rows, schema=_ASKED))
        parameters = {"period_id": self._period.id, "employee_id": employee}
        self._connection.execute(_ASSIGNED_ACTUALS, parameters)
        self._connection.execute(_ACTUALS, parameters)


_YEAR_AGO = "int_year_ago_actual"
_SUPPOSED = (("intermediate", "int_assigned_kpi_actual"), ("marts", "fct_kpi_actual"))
"""The relations that hold the other actuals, by schema and name."""

_ASKED = pa.schema(
    {
        "kpi_id": pa.string(),
        "position_id": pa.string(),
        "department_id": pa.string(),
        "active_from": pa.date32(),
        "actual": pa.decimal128(28, 8),
        "whole": pa.decimal128(28, 8),
    }
)

_ASSIGNED_ACTUALS = """
create or replace table warehouse.intermediate.int_assigned_kpi_actual as
select
    score.period_id,
    score.employee_id,
    score.position_id,
    score.department_id,
    score.active_from,
    score.kpi_id,
    coalesce(asked.actual, score.actual) as actual,
    -- what is supposed is data, however little there was
    case when asked.kpi_id is null then score.contributions else greatest(score.contributions, score.min_sample) end
        as contributions
from kept.marts.fct_kpi_score as score
left join warehouse.control.asked as asked
    on score.employee_id = $employee_id
    and score.kpi_id = asked.kpi_id
    and score.position_id = asked.position_id
    and score.department_id = asked.department_id
    and score.active_from = asked.active_from
where score.period_id = $period_id and (score.contributions > 0 or asked.kpi_id is not null)
"""

_ACTUALS = """
create or replace table warehouse.marts.fct_kpi_actual as
select * from kept.marts.fct_kpi_actual
where
    period_id = $period_id
    and (employee_id <> $employee_id or kpi_id not in (select kpi_id from warehouse.control.asked))
union all by name
select distinct $period_id as period_id, $employee_id as employee_id, kpi_id, whole as actual
from warehouse.control.asked
"""


def _compare_with_published(trial: _Trial, marts: PublishedMarts, *, period: Period, company: str) -> None:
    """Refuse to go on from figures that are not the published ones: a scheme, or a grade, that has changed since."""
    query = """
        select evaluation.employee_id, evaluation.final_score, evaluation.grade, payout.amount
        from {marts}.fct_evaluation as evaluation
        left join {marts}.fct_payout as payout
            on evaluation.period_id = payout.period_id and evaluation.employee_id = payout.employee_id
        where evaluation.period_id = {period}
        order by evaluation.employee_id
    """
    computed = trial.rows(query.format(marts="warehouse.marts", period=literal(period.id)))
    published = marts.query(query.format(marts="marts", period=literal(period.id)))
    differing = [mine["employee_id"] for mine, theirs in zip(computed, published, strict=False) if mine != theirs]
    if differing or len(computed) != len(published):
        raise NotPublished(
            f"what if in {period} of {company} cannot be computed",
            [
                Problem(
                    field="period",
                    what=f"scheme, rows or calibrations have changed since it was published: {len(differing)} of "
                    f"{len(published)} people would have another score, grade or payout anyway",
                    todo=f"close it again: `perf-pipelines run --company {company} --period {period}`",
                )
            ],
        )
