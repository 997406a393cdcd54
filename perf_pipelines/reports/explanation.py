"""From a final score down to the rows that counted, so that an employee can check it by hand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from perf_pipelines.errors import NotPublished, Problem
from perf_pipelines.fields import blocks_by_kind
from perf_pipelines.scheme.aggregations import Aggregation

if TYPE_CHECKING:
    from collections.abc import Mapping

    from perf_pipelines.reports.marts import PublishedMarts


@dataclass(frozen=True, kw_only=True)
class KpiExplanation:
    """One KPI of a score: the row of ``fct_kpi_score`` with names and the way to the strategy, and its evidence.

    ``evidence`` are the first rows of ``fct_kpi_contribution`` that counted; ``contributions`` is how many there are.
    A row's ``credit`` is 1 where the KPI takes rows whole, and its ``denominator`` null where that has no part in it.
    """

    score: dict[str, Any]
    evidence: list[dict[str, Any]]
    contributions: int


@dataclass(frozen=True, kw_only=True)
class Explanation:
    """The row of ``rpt_score_table`` of an employee and period, its payout if any, and its KPIs."""

    evaluation: dict[str, Any]
    payout: dict[str, Any] | None
    kpis: list[KpiExplanation]


def explain(marts: PublishedMarts, *, period: str, employee: str, rows: int) -> Explanation:
    """The explanation of one employee's published period, with at most ``rows`` rows of evidence a KPI.

    ``employee`` is an id or a name. :class:`NotPublished` when the period is not published or nobody is called so.
    """
    marts.require(period)
    evaluation = _evaluation(marts, period=period, employee=employee)
    employee_id = evaluation["employee_id"]
    scores = marts.query(
        """
        select
            score.*,
            coalesce(kpi.name_zh, score.kpi_id) as name_zh,
            coalesce(kpi.name_en, score.kpi_id) as name_en,
            kpi.* exclude (kpi_id, name_zh, name_en),
            goal.path_zh,
            goal.path_en
        from marts.fct_kpi_score as score
        left join marts.dim_kpi as kpi on score.kpi_id = kpi.kpi_id
        left join marts.dim_goal as goal on score.goal_id = goal.goal_id
        where score.period_id = ? and score.employee_id = ?
        order by score.active_from, score.weight desc, score.kpi_id
        """,
        [period, employee_id],
    )
    payouts = marts.query(
        "select * from marts.fct_payout where period_id = ? and employee_id = ?", [period, employee_id]
    )
    return Explanation(
        evaluation=evaluation,
        payout=payouts[0] if payouts else None,
        kpis=[
            KpiExplanation(
                # what an older version has published has one unit for both languages
                score={"unit_zh": score["unit"], **score},
                evidence=_evidence(marts, score=score, rows=rows),
                contributions=score["contributions"],
            )
            for score in scores
        ],
    )


def _evaluation(marts: PublishedMarts, *, period: str, employee: str) -> dict[str, Any]:
    found = marts.query(
        """
        select * from marts.rpt_score_table
        where period_id = ? and (employee_id = ? or lower(employee_en) = lower(?) or employee_zh = ?)
        """,
        [period, employee, employee, employee],
    )
    if len(found) == 1:
        return found[0]
    near = marts.query(
        """
        select employee_id from marts.rpt_score_table where period_id = ?
        order by jaro_winkler_similarity(employee_id, lower(?)) desc, employee_id limit 3
        """,
        [period, employee],
    )
    raise NotPublished(
        f"nobody to explain: `{employee}` in {period}",
        [
            Problem(
                field="employee",
                what=f"`{employee}` names {len(found)} employees",
                todo=f"give the id; near are {', '.join(row['employee_id'] for row in near)}",
            )
        ],
    )


def _evidence(marts: PublishedMarts, *, score: dict[str, Any], rows: int) -> list[dict[str, Any]]:
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
        )

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
        order by contribution.numerator desc, contribution.occurred_on, contribution.source_key
        limit $rows
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
    credited = _credited(score["aggregation"])
    return [
        {
            **row,
            "credit": row["credit"] if "numerator" in credited else 1,
            "denominator": row["denominator"] if "denominator" in credited else None,
        }
        for row in found
    ]


def _credited(aggregation: str | None) -> tuple[str, ...]:
    if aggregation is None:  # the KPI has left the scheme since
        return ("numerator", "denominator")
    return cast("Mapping[str, Any]", blocks_by_kind(Aggregation))[aggregation].credited
