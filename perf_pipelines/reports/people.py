"""Who is meant by an id or a name that somebody has typed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from perf_pipelines.errors import Problem

if TYPE_CHECKING:
    from perf_pipelines.reports.marts import PublishedMarts


def person_called(marts: PublishedMarts, employee: str, *, period: str) -> dict[str, Any] | Problem:
    """The row of ``rpt_score_table`` of who has this id in ``period``, or else this name; or why that is nobody.

    Names are those in Chinese or English, the latter in small or capital letters.
    """
    found = marts.query(
        """
        select * from marts.rpt_score_table
        where period_id = ? and (employee_id = ? or lower(employee_en) = lower(?) or employee_zh = ?)
        order by employee_id
        """,
        [period, employee, employee, employee],
    )
    by_id = [row for row in found if row["employee_id"] == employee]
    if len(by_id or found) == 1:
        return (by_id or found)[0]
    if found:
        ids = ", ".join(row["employee_id"] for row in found)
        return Problem(
            field="employee", what=f"{len(found)} employees are called `{employee}`", todo=f"give the id, one of {ids}"
        )
    near = marts.query(
        """
        select employee_id from marts.rpt_score_table where period_id = $period
        order by
            greatest(
                jaro_winkler_similarity(employee_id, lower($employee)),
                jaro_winkler_similarity(lower(employee_en), lower($employee)),
                jaro_winkler_similarity(employee_zh, $employee)
            ) desc,
            employee_id
        limit 3
        """,
        {"period": period, "employee": employee},
    )
    return Problem(
        field="employee",
        what=f"nobody in {period} has the id or name `{employee}`",
        todo=f"near are {', '.join(row['employee_id'] for row in near)}",
    )
