"""Two published versions of the same periods, held against each other: one by a scheme, one by another."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Any

import duckdb
import pyarrow as pa

from perf_pipelines.fields import Label
from perf_pipelines.periods import Period, by_cycle
from perf_pipelines.sql_text import literal

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

Row = dict[str, Any]

_SCORE = Decimal("0.0001")


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """What differs; ``…_before`` is by the one scheme, ``…_after`` by the other.

    ``evaluations`` has a row an employee and period: score, grade, rank in the department and payout before and after,
    and their differences. ``grade_change`` is ``better``, ``worse``, ``same``, ``other`` (the schemes do not agree
    which of the two is better), ``only_before``, ``only_after`` (evaluated by one scheme alone) or None (by neither).

    ``people`` has a row an employee with the payouts of all periods, who gains most first. ``company`` is the sum of
    all, ``departments`` and ``periods`` have a row each: payouts, people with more, less and the same, evaluations,
    mean score, changes of grade. A mean is rounded to 4 decimals, half away from zero. Money is in ``currency``; a
    payout is None where no evaluation was paid.

    ``grades`` counts evaluations by level (``company``, ``department``, ``period``), member and grade, best first.
    """

    evaluations: list[Row]
    people: list[Row]
    company: Row
    departments: list[Row]
    periods: list[Row]
    grades: list[Row]
    positions: dict[str, Label]
    currency: str

    @property
    def changes_nothing(self) -> bool:
        """Whether every score, grade, rank and payout is the same."""
        return all(
            row["grade_change"] in {"same", None}
            and not row["score_difference"]
            and not row["ranks_gained"]
            and not row["payout_difference"]
            for row in self.evaluations
        )

    @property
    def pays(self) -> bool:
        """Whether any of the periods pays."""
        return self.company["payout_difference"] is not None


def compare(*, before: Path, after: Path, grades_before: Sequence[str], grades_after: Sequence[str]) -> Comparison:
    """Compare two published versions (folders with ``marts.duckdb``); the grades of both schemes, best first."""
    with duckdb.connect() as connection:
        connection.execute(f"attach {literal(before / 'marts.duckdb')} as one (read_only)")
        connection.execute(f"attach {literal(after / 'marts.duckdb')} as other (read_only)")
        connection.register("grade_order", _grade_order(grades_before, grades_after))
        connection.execute(_DIFFERENCE)
        connection.execute(_EVALUATION)
        connection.execute(_MEMBER)
        groups = [_with_means(row) for row in _rows(connection, _GROUPS)]
        return Comparison(
            evaluations=_rows(connection, _EVALUATIONS),
            people=_rows(connection, _PEOPLE),
            company=next(row for row in groups if row["level"] == "company"),
            departments=[row for row in groups if row["level"] == "department"],
            periods=sorted(
                (row for row in groups if row["level"] == "period"),
                key=lambda row: by_cycle(Period.parse(row["member_id"])),
            ),
            grades=_rows(connection, _GRADES),
            positions={
                row["position_id"]: Label(zh=row["name_zh"], en=row["name_en"])
                for row in _rows(connection, "select position_id, name_zh, name_en from other.marts.dim_position")
            },
            currency=next((row["currency"] for row in groups if row["currency"]), ""),
        )


def _grade_order(before: Sequence[str], after: Sequence[str]) -> pa.Table:
    """Every grade in the order in which it is shown, with its place where both schemes order the grades alike."""
    common = [grade for grade in after if grade in before]
    agreed = common == [grade for grade in before if grade in after]
    every = list(dict.fromkeys([*after, *before]))
    places = [common.index(grade) if agreed and grade in common else None for grade in every]
    return pa.table(
        {
            "grade": pa.array(every, pa.string()),
            "place": pa.array(places, pa.int32()),
            "shown": pa.array(range(len(every)), pa.int32()),
        }
    )


def _rows(connection: duckdb.DuckDBPyConnection, query: str) -> list[Row]:
    result = connection.execute(query)
    columns = [column[0] for column in result.description or ()]
    return [dict(zip(columns, row, strict=True)) for row in result.fetchall()]


def _with_means(row: Row) -> Row:
    before, after = (_mean(row[f"score_{side}"], row[f"evaluated_{side}"]) for side in ("before", "after"))
    difference = None if before is None or after is None else after - before
    return {**row, "mean_before": before, "mean_after": after, "mean_difference": difference}


def _mean(total: Decimal | None, count: int) -> Decimal | None:
    return None if total is None else (total / count).quantize(_SCORE, ROUND_HALF_UP)


_DIFFERENCE = """
create temp macro difference(value_before, value_after) as
    case
        when value_before is not null or value_after is not null
            then coalesce(value_after, 0) - coalesce(value_before, 0)
    end
"""
"""Of amounts: what is not paid is 0, unless neither is."""

_EVALUATION = """
create temp table evaluation as
select
    period_id,
    employee_id,
    coalesce(after.employee_zh, before.employee_zh) as employee_zh,
    coalesce(after.employee_en, before.employee_en) as employee_en,
    coalesce(after.department_id, before.department_id) as department_id,
    coalesce(after.department_zh, before.department_zh) as department_zh,
    coalesce(after.department_en, before.department_en) as department_en,
    coalesce(after.position_zh, before.position_zh) as position_zh,
    coalesce(after.position_en, before.position_en) as position_en,
    before.final_score as score_before,
    after.final_score as score_after,
    after.final_score - before.final_score as score_difference,
    before.grade as grade_before,
    after.grade as grade_after,
    before.grade_zh as grade_before_zh,
    before.grade_en as grade_before_en,
    after.grade_zh as grade_after_zh,
    after.grade_en as grade_after_en,
    case
        when before.grade is null and after.grade is null then null
        when before.grade is null then 'only_after'
        when after.grade is null then 'only_before'
        when before.grade = after.grade then 'same'
        when order_after.place < order_before.place then 'better'
        when order_after.place > order_before.place then 'worse'
        else 'other'
    end as grade_change,
    before.rank_in_department as rank_before,
    after.rank_in_department as rank_after,
    before.rank_in_department - after.rank_in_department as ranks_gained,
    before.payout as payout_before,
    after.payout as payout_after,
    difference(before.payout, after.payout) as payout_difference,
    coalesce(after.currency, before.currency) as currency,
    coalesce(after.reason_zh, before.reason_zh) as reason_zh,
    coalesce(after.reason, before.reason) as reason
from one.marts.rpt_score_table as before
full join other.marts.rpt_score_table as after using (period_id, employee_id)
left join grade_order as order_before on before.grade = order_before.grade
left join grade_order as order_after on after.grade = order_after.grade
"""

_EVALUATIONS = """
select * from evaluation
order by period_id, department_en nulls last, payout_difference desc nulls last, score_difference desc, employee_en
"""

_PEOPLE = """
select
    employee_id,
    any_value(employee_zh) as employee_zh,
    any_value(employee_en) as employee_en,
    arg_max(department_zh, period_id) as department_zh,
    arg_max(department_en, period_id) as department_en,
    sum(payout_before) as payout_before,
    sum(payout_after) as payout_after,
    difference(sum(payout_before), sum(payout_after)) as payout_difference,
    count(*) filter (grade_change = 'better') as better,
    count(*) filter (grade_change = 'worse') as worse
from evaluation
group by employee_id
order by payout_difference desc nulls last, better - worse desc, employee_en
"""

_MEMBER = """
create temp table member as
select 'company' as level, '' as member_id, null as name_zh, null as name_en, evaluation.* from evaluation
union all
select 'department', coalesce(department_id, ''), department_zh, department_en, evaluation.* from evaluation
union all
select 'period', period_id, period_id, period_id, evaluation.* from evaluation
"""
"""Each evaluation as often as there are groups that it counts in."""

_GROUPS = """
with person as (
    select level, member_id, employee_id, sum(coalesce(payout_difference, 0)) as payout_difference
    from member
    group by level, member_id, employee_id
),

moved as (
    select
        level,
        member_id,
        count(*) as people,
        count(*) filter (payout_difference > 0) as people_with_more,
        count(*) filter (payout_difference < 0) as people_with_less,
        count(*) filter (payout_difference = 0) as people_with_the_same
    from person
    group by level, member_id
),

summed as (
    select
        level,
        member_id,
        any_value(name_zh) as name_zh,
        any_value(name_en) as name_en,
        any_value(currency) as currency,
        sum(payout_before) as payout_before,
        sum(payout_after) as payout_after,
        difference(sum(payout_before), sum(payout_after)) as payout_difference,
        count(score_before) as evaluated_before,
        count(score_after) as evaluated_after,
        sum(score_before) as score_before,
        sum(score_after) as score_after,
        count(*) filter (grade_change = 'better') as better,
        count(*) filter (grade_change = 'worse') as worse,
        count(*) filter (grade_change = 'same') as same,
        count(*) filter (grade_change = 'other') as other,
        count(*) filter (grade_change = 'only_after') as only_after,
        count(*) filter (grade_change = 'only_before') as only_before
    from member
    group by level, member_id
)

select summed.*, moved.* exclude (level, member_id)
from summed inner join moved using (level, member_id)
order by level, abs(payout_difference) desc nulls last, name_en
"""

_GRADES = """
with graded as (
    select
        level,
        member_id,
        grade_before as grade,
        grade_before_zh as name_zh,
        grade_before_en as name_en,
        1 as before,
        0 as after
    from member
    union all
    select
        level,
        member_id,
        grade_after,
        grade_after_zh,
        grade_after_en,
        0,
        1
    from member
)

select
    level,
    member_id,
    graded.grade,
    any_value(name_zh) as name_zh,
    any_value(name_en) as name_en,
    sum(before) as before,
    sum(after) as after
from graded inner join grade_order on graded.grade = grade_order.grade
group by level, member_id, graded.grade, grade_order.shown
order by level, member_id, grade_order.shown
"""
