"""Tracking: how far periods that are running have come, and who is told that a KPI has fallen behind (R5).

A running period is computed as the period up to the last whole day: by the facts, the pace and the attainment of a
closing, behind the same gates. Of it nothing is published but its progress and its alerts (docs/tracking.md).
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING

from perf_pipelines.errors import PeriodRefused, Problem
from perf_pipelines.fields import Label
from perf_pipelines.periods import by_cycle
from perf_pipelines.plan import by_period
from perf_pipelines.records.alerts import ALERTS, Alert
from perf_pipelines.records.moment import this_moment

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from perf_pipelines.closing import Closing
    from perf_pipelines.periods import Cycle, Period
    from perf_pipelines.publication import Publication
    from perf_pipelines.records.store import Records

_log = logging.getLogger(__name__)

_BY = "perf-pipelines track"
"""Whose act an alert is: the rule's in the scheme, which nobody has to confirm."""

_BEHIND = """
    select
        is_to_be_told, period_id, employee_id, position_id, department_id, kpi_id, manager_id, as_of as raised_on,
        paced_target, actual, ratio, segment, segment_value, effect, sentence_zh, sentence_en
    from marts.fct_kpi_progress
    where is_behind and period_id in (select period_id from control.period)
    order by period_id, manager_id, employee_id, position_id, department_id, kpi_id, active_from
"""


@dataclass(frozen=True, kw_only=True)
class Running:
    """The periods that are running on the day ``up_to``, shorter ones first; ``closed`` are those closed already."""

    up_to: date
    periods: tuple[Period, ...]
    closed: tuple[Period, ...]


@dataclass(frozen=True, kw_only=True)
class Tracked:
    """What came of tracking: the alerts that are new, and those raised before of who is behind still.

    ``not_told`` are no alerts, because it is too early, or because who is behind has left the position. ``names`` are
    those of managers by id; ``publication`` is ``None`` where no period was running. Of a trial nothing is recorded or
    published, and ``raised`` are those that would be.
    """

    running: Running
    raised: tuple[Alert, ...] = ()
    raised_before: tuple[Alert, ...] = ()
    not_told: tuple[Alert, ...] = ()
    names: Mapping[str, Label] = field(default_factory=dict[str, Label])
    publication: Publication | None = None
    is_trial: bool = False


def running_on(closing: Closing, on: date | None = None, *, cycles: Collection[Cycle] = ()) -> Running:
    """The company's periods (of ``cycles`` alone, if any is given) that contain the day ``on``, or else yesterday.

    :class:`~perf_pipelines.errors.PeriodRefused` for a day that is not over, in which nothing is assessed yet, and for
    a cycle that the company does not have.
    """
    company, today = closing.company, closing.today.date()
    up_to = on or today - timedelta(days=1)
    strange = [cycle for cycle in cycles if cycle not in company.cycles]
    if strange:
        what, todo = f"{company.id} does not assess a {strange[0]}", f"choose among {', '.join(company.cycles)}"
        raise PeriodRefused("nothing is tracked", [Problem(field="cycle", what=what, todo=todo)])
    if up_to >= today:
        what = f"{up_to} is not over yet: today is {today} in {company.timezone.key}"
        raise PeriodRefused("nothing is tracked", [Problem(field="on", what=what, todo="give a day that is over")])
    lying = [company.containing(up_to, cycle) for cycle in company.cycles if not cycles or cycle in cycles]
    assessed = [period for period in lying if period.starts_on >= company.first(period.cycle).starts_on]
    if not assessed or up_to < company.first_period.starts_on:
        what = f"on {up_to} no period is assessed yet: the first one is {company.first_period}"
        raise PeriodRefused("nothing is tracked", [Problem(field="on", what=what, todo="give a later day")])
    ordered = sorted(assessed, key=by_cycle)
    closed = [period for period in ordered if period.id in closing.closed_periods or closing.paid([period])]
    return Running(
        up_to=up_to, periods=tuple(period for period in ordered if period not in closed), closed=tuple(closed)
    )


def track(closing: Closing, on: date | None = None, *, cycles: Collection[Cycle] = ()) -> Tracked:
    """Extract, pass gates 1 and 2, and track: see :func:`running_on` and :func:`track_running`.

    With a day ``on`` it is a trial: what is told cannot be taken back, and nobody was told on a day of the past.
    :class:`~perf_pipelines.errors.Busy` when another process holds the company; here it is held alone meanwhile.
    """
    with closing.alone():
        running = running_on(closing, on, cycles=cycles)
        if not running.periods:
            return Tracked(running=running)
        for system, snapshots in closing.extract_all():
            _log.info("extract from %s: %s rows", system, sum(snapshot.rows for snapshot in snapshots))
        closing.prepare()
        closing.pass_stages(closing.plan.shared)
        return track_running(closing, running, is_trial=on is not None)


def track_running(closing: Closing, running: Running, *, is_trial: bool = False) -> Tracked:
    """Compute how far the periods have come, and but for a trial raise the alerts that are new, and publish both.

    On the shared stages of a company that the caller holds alone. :class:`~perf_pipelines.errors.GateFailed` leaves
    what was published as it was. Whatever happens, the gates are shut for these periods afterwards: what was checked is
    a part of them.
    """
    if not running.periods:
        return Tracked(running=running)
    closing.name_running(running.periods, up_to=running.up_to)
    try:
        closing.pass_stages(by_period(closing.plan.tracking))
        behind = _behind(closing)
        due = [alert for is_due, alert in behind if is_due]
        stand = {alert.subject: alert for alert in closing.records.alerts()}
        raised, publication = _new(due, stand), None
        if not is_trial:
            raised = raise_alerts(closing.records, due)
            closing.warehouse.tell_alerts(closing.records.alerts())
            closing.build_alerts()
            publication = closing.publish_running(running.periods, up_to=running.up_to)
    finally:
        closing.shut_running(running.periods, up_to=running.up_to)
    names = ", ".join(period.id for period in running.periods)
    _log.info("tracked %s up to %s: %s new alert(s)", names, running.up_to, len(raised))
    known = {**stand, **{alert.subject: alert for alert in raised}}
    subjects = dict.fromkeys(alert.subject for _, alert in behind)
    return Tracked(
        running=running,
        raised=raised,
        raised_before=tuple(stand[subject] for subject in subjects if subject in stand),
        not_told=tuple(alert for _, alert in behind if alert.subject not in known),
        names=_names(closing),
        publication=publication,
        is_trial=is_trial,
    )


def _behind(closing: Closing) -> list[tuple[bool, Alert]]:
    """Who is behind, as an alert would tell it, after whether it is to be told."""
    with closing.warehouse.connect() as connection:
        rows = connection.execute(_BEHIND).to_arrow_table().to_pylist()
    made_at = this_moment()
    return [
        (
            row.pop("is_to_be_told"),
            Alert(company_id=closing.company.id, **row, raised_by=_BY, raised_at=made_at),
        )
        for row in rows
    ]


def _names(closing: Closing) -> Mapping[str, Label]:
    with closing.warehouse.connect() as connection:
        rows = connection.execute("select employee_id, name_zh, name_en from inputs.employees").fetchall()
    return {employee: Label(zh=zh or employee, en=en or employee) for employee, zh, en in rows}


def raise_alerts(records: Records, found: Sequence[Alert]) -> tuple[Alert, ...]:
    """Record the alerts of ``found`` about which none was raised before, all or none of them; returns those."""
    with records.writing() as transaction:
        fresh = _new(found, {alert.subject: alert for alert in transaction.all(ALERTS)})
        transaction.append(ALERTS, *fresh)
    return fresh


def _new(found: Sequence[Alert], known: Mapping[tuple[str, ...], Alert]) -> tuple[Alert, ...]:
    # somebody may hold a position twice at once
    return tuple({alert.subject: alert for alert in reversed(found) if alert.subject not in known}.values())[::-1]
