"""From a final score down to the rows that counted, so that an employee can check it by hand.

The sentences are those of ``fct_score_step``; here they are put in a tree, with the evidence of each KPI.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from perf_pipelines.errors import NotPublished, Problem
from perf_pipelines.fields import blocks_by_kind
from perf_pipelines.reports.people import person_called
from perf_pipelines.scheme.aggregations import Aggregation

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from decimal import Decimal

    from perf_pipelines.reports.marts import PublishedMarts

_BENEATH_A_KPI = frozenset({"target", "points"})
"""Kinds of steps that say more of the KPI before them."""


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """What a KPI's actual is made of, and what the KPI is for.

    ``goal`` has ``path_zh`` and ``path_en``, the way from the strategy down. ``rows`` are those of
    ``fct_kpi_contribution`` that counted, the largest numerators first; ``contributions`` is how many there are,
    ``zeros`` how many of them have the numerator 0, like a deal that was lost. A row's ``credit`` is 1 where the KPI
    takes rows whole, and its ``denominator`` null where that has no part in it. ``numerator`` and ``denominator`` are
    what all that counted come to, with their credits; null unless the KPI is one by the other.
    """

    goal: dict[str, Any]
    rows: list[dict[str, Any]]
    contributions: int
    zeros: int
    numerator: Decimal | None = None
    denominator: Decimal | None = None


@dataclass(frozen=True, kw_only=True)
class Step:
    """A row of ``fct_score_step``, the rows that say more of it, and of a KPI its evidence."""

    said: dict[str, Any]
    details: Sequence[dict[str, Any]] = ()
    evidence: Evidence | None = None


@dataclass(frozen=True, kw_only=True)
class Explanation:
    """The row of ``rpt_score_table`` of an employee and period, and its steps in reading order."""

    evaluation: dict[str, Any]
    steps: list[Step]


def explain(marts: PublishedMarts, *, period: str, employee: str, rows: int) -> Explanation:
    """The explanation of one employee's published period, with at most ``rows`` rows of evidence a KPI.

    ``employee`` is an id or a name. :class:`NotPublished` when the period is not published, or by a version that did
    not write down the steps, or when nobody is called so.
    """
    marts.require(period, mart="fct_score_step")
    evaluation = person_called(marts, employee, period=period)
    if isinstance(evaluation, Problem):
        raise NotPublished(f"nobody to explain: `{employee}` in {period}", [evaluation])
    employee_id = evaluation["employee_id"]
    steps = marts.query(
        "select * from marts.fct_score_step where period_id = ? and employee_id = ? order by step",
        [period, employee_id],
    )
    scores = {
        _line(score): score
        for score in marts.query(
            """
            select
                score.*,
                kpi.aggregation,
                coalesce(goal.path_zh, score.goal_id) as path_zh,
                coalesce(goal.path_en, score.goal_id) as path_en
            from marts.fct_kpi_score as score
            left join marts.dim_kpi as kpi on score.kpi_id = kpi.kpi_id
            left join marts.dim_goal as goal on score.goal_id = goal.goal_id
            where score.period_id = ? and score.employee_id = ?
            """,
            [period, employee_id],
        )
    }
    return Explanation(
        evaluation=evaluation,
        steps=[
            Step(
                said=said,
                details=details,
                evidence=_evidence(marts, score=scores[_line(said)], rows=rows) if said["kind"] == "kpi" else None,
            )
            for said, details in _with_details(steps)
        ],
    )


def _line(row: Mapping[str, Any]) -> tuple[Any, ...]:
    """What tells the KPIs of an employee's period apart."""
    return tuple(row[column] for column in ("position_id", "department_id", "active_from", "kpi_id"))


def _with_details(steps: Sequence[dict[str, Any]]) -> list[tuple[dict[str, Any], list[dict[str, Any]]]]:
    grouped: list[tuple[dict[str, Any], list[dict[str, Any]]]] = []
    for step in steps:
        if step["kind"] in _BENEATH_A_KPI:
            grouped[-1][1].append(step)
        else:
            grouped.append((step, []))
    return grouped


def _evidence(marts: PublishedMarts, *, score: dict[str, Any], rows: int) -> Evidence:
    found = marts.query(
        """
        with recursive team (employee_id, valid_from, valid_to) as (
            select employee_id, valid_from, valid_to
            from marts.dim_employee where manager_id = $employee_id and $scope = 'team'
            union
            select
                report.employee_id,
                greatest(team.valid_from, report.valid_from),
                least(team.valid_to, report.valid_to)
            from team inner join marts.dim_employee as report
                on report.manager_id = team.employee_id
                and report.valid_from <= team.valid_to and report.valid_to >= team.valid_from
        ),

        counted as (
            select contribution.*
            from marts.fct_kpi_contribution as contribution
            where
                contribution.period_id = $period_id
                and contribution.kpi_id = $kpi_id
                and contribution.occurred_on between $active_from and $active_to
                and case
                    when $scope = 'team' then exists (
                        select 1 from team
                        where
                            team.employee_id = contribution.employee_id
                            and contribution.occurred_on between team.valid_from and team.valid_to
                    )
                    else contribution.employee_id = $employee_id
                end
        ),

        -- no window over all rows: of few rows DuckDB 1.5.5 fails in it now and then (duckdb/duckdb issue 25713)
        of_all as (
            select
                count(*) filter (where numerator = 0) as zeros,
                sum(numerator * credit) as numerators,
                sum(denominator * credit) as denominators
            from counted
        )

        select
            counted.*,
            of_all.*
        from counted
        cross join of_all
        order by counted.numerator desc, counted.occurred_on, counted.source_key
        limit greatest($rows, 1)
        """,
        {
            "employee_id": score["employee_id"],
            "period_id": score["period_id"],
            "kpi_id": score["kpi_id"],
            "scope": score["scope"],
            "active_from": score["active_from"],
            "active_to": score["active_to"],
            "rows": rows,
        },
    )
    # each row says the same of all
    of_all = [(row.pop("zeros"), row.pop("numerators"), row.pop("denominators")) for row in found]
    zeros, *totals = of_all[0] if of_all else (0, None, None)
    credited = _credited(score["aggregation"])
    numerator, denominator = totals if "denominator" in credited else (None, None)
    return Evidence(
        goal={"path_zh": score["path_zh"], "path_en": score["path_en"]},
        rows=[
            {
                **row,
                "credit": row["credit"] if "numerator" in credited else 1,
                "denominator": row["denominator"] if "denominator" in credited else None,
            }
            for row in found[:rows]
        ],
        contributions=score["contributions"],
        zeros=zeros,
        numerator=numerator,
        denominator=denominator,
    )


def _credited(aggregation: str | None) -> tuple[str, ...]:
    if aggregation is None:  # the KPI has left the scheme since
        return ("numerator", "denominator")
    return cast("Mapping[str, Any]", blocks_by_kind(Aggregation))[aggregation].credited
