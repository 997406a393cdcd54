"""Who is paid: names and departments as the period was published."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from perf_pipelines.reports.marts import PublishedMarts


@dataclass(frozen=True, kw_only=True)
class Payee:
    """An employee's names, and those of the department of the period; ``None`` for who had none in it."""

    name_zh: str
    name_en: str
    department_zh: str | None
    department_en: str | None


def payees(marts: PublishedMarts, period: str) -> dict[str, Payee]:
    """By employee id all whom the published marts know, with the department that the score table of ``period`` names.

    Also who has no line in that score table: a reward or a difference may concern somebody who has left since.
    """
    rows = marts.query(
        """
        with known as (
            select distinct employee_id, name_zh, name_en from marts.dim_employee
        ),

        placed as (
            select employee_id, department_zh, department_en from marts.rpt_score_table where period_id = ?
        )

        select known.employee_id, known.name_zh, known.name_en, placed.department_zh, placed.department_en
        from known
        left join placed on known.employee_id = placed.employee_id
        """,
        [period],
    )
    return {row.pop("employee_id"): Payee(**row) for row in rows}
