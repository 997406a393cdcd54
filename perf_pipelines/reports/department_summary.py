"""The summary of a department and period (月度考核结果汇总表): who reached what, by which KPIs, and what stands out."""

from __future__ import annotations

from collections import Counter, defaultdict
from decimal import Decimal
from typing import TYPE_CHECKING

from perf_pipelines.reports import words
from perf_pipelines.reports.alerts import alerts_told
from perf_pipelines.reports.drivers import moved, moving
from perf_pipelines.reports.layout.blocks import (
    Block,
    Column,
    Fact,
    Facts,
    Report,
    Section,
    Sentence,
    Step,
    Steps,
    Table,
    Tone,
    count,
    money,
    score,
    share,
)
from perf_pipelines.reports.layout.charts import Bar, bars
from perf_pipelines.reports.layout.names import file_name
from perf_pipelines.wording import number

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from perf_pipelines.reports.edition import Edition, Row

_NOBODYS = "without_department"
"""Name of the file of those who are in no department in the period."""

_QUERIES: Mapping[str, tuple[str, str]] = {
    "people": (
        "rpt_score_table",
        """
        select score.*
        from marts.rpt_score_table as score
        where score.period_id = $period
        order by score.final_score desc nulls last, score.employee_en, score.employee_id
        """,
    ),
    "kpis": (
        "fct_kpi_score",
        """
        select
            score.department_id,
            score.kpi_id,
            coalesce(any_value(kpi.name_zh), score.kpi_id) as kpi_zh,
            coalesce(any_value(kpi.name_en), score.kpi_id) as kpi_en,
            any_value(kpi.unit) as unit,
            any_value(kpi.unit_zh) as unit_zh,
            any_value(whole.actual) as actual,
            count(distinct score.employee_id) as people,
            count(distinct score.employee_id) filter (score.status in ('exceeded', 'reached')) as reached,
            count(distinct score.employee_id) filter (score.status = 'missed') as missed,
            count(distinct score.employee_id) filter (score.status = 'no_data') as without_data,
            sum(score.points) as points,
            count(score.points) as with_points
        from marts.fct_kpi_score as score
        left join marts.dim_kpi as kpi on score.kpi_id = kpi.kpi_id
        left join marts.agg_kpi_actual as whole
            on
                score.period_id = whole.period_id
                and score.kpi_id = whole.kpi_id
                and score.department_id = whole.member_id
                and whole.level = 'department'
        where score.period_id = $period
        group by score.department_id, score.kpi_id
        order by score.kpi_id
        """,
    ),
    "grades": (
        "fct_grade_distribution",
        """
        select
            distribution.*,
            coalesce(named.grade_zh, distribution.grade) as grade_zh,
            coalesce(named.grade_en, distribution.grade) as grade_en
        from marts.fct_grade_distribution as distribution
        left join (
            select
                grade,
                any_value(grade_zh) as grade_zh,
                any_value(grade_en) as grade_en,
                max(final_score) as best
            from marts.rpt_score_table where grade is not null group by grade
        ) as named on distribution.grade = named.grade
        where distribution.period_id = $period
        order by named.best desc nulls first, distribution.grade
        """,
    ),
    "goals": (
        "fct_goal_progress",
        """
        select distinct
            served.department_id,
            goal.sort_order,
            goal.path_zh,
            goal.path_en,
            progress.baseline,
            progress.target,
            progress.actual,
            progress.progress,
            kpi.unit,
            kpi.unit_zh
        from marts.fct_goal_progress as progress
        inner join marts.dim_goal as goal on progress.goal_id = goal.goal_id
        inner join marts.fct_kpi_score as served
            on progress.period_id = served.period_id and progress.goal_id = served.goal_id
        left join marts.dim_kpi as kpi on progress.kpi_id = kpi.kpi_id
        where progress.period_id = $period
        order by goal.sort_order
        """,
    ),
    "findings": (
        "fct_strategy_finding",
        "select * from marts.fct_strategy_finding where period_id = $period order by kpi_id",
    ),
    "capabilities": (
        "fct_capability",
        """
        select * from marts.fct_capability
        where period_id = $period and finding is not null
        order by finding, kind, capability_id
        """,
    ),
    "alerts": (
        "fct_kpi_alert",
        "select * from marts.fct_kpi_alert where period_id = $period order by raised_on, employee_id, kpi_id",
    ),
}
"""What a summary is made of: the mart without which there is none of it, and the rows of all departments."""


def department_summaries(edition: Edition, departments: Sequence[str | None]) -> Iterator[Report]:
    """The summaries of ``departments``: ids in rpt_score_table of the period, None for who is in none."""
    found = {name: _by_department(edition.rows(mart, sql)) for name, (mart, sql) in _QUERIES.items()}
    found["drivers"] = _by_department(moving(edition, level="department"), by="member_id")
    for department in departments:
        yield _summary(edition, {name: rows.get(department, []) for name, rows in found.items()})


def _by_department(rows: Sequence[Row], *, by: str = "department_id") -> Mapping[str | None, list[Row]]:
    grouped: defaultdict[str | None, list[Row]] = defaultdict(list)
    for row in rows:
        grouped[row[by]].append(row)
    return grouped


def _summary(edition: Edition, of: Mapping[str, list[Row]]) -> Report:
    people = of["people"]
    department = people[0]["department_id"]
    name = edition.named(people[0], "department") or edition.say(words.WITHOUT_DEPARTMENT)
    return Report(
        name=f"departments/{_NOBODYS if department is None else file_name(department)}",
        language=edition.language,
        title=edition.say(words.DEPARTMENT_SUMMARY),
        subtitle=f"{name} · {edition.period_name}",
        source=edition.source,
        facts=_facts(edition, people),
        sections=[
            Section(title=edition.say(words.RESULTS), blocks=_people(edition, people)),
            Section(title=edition.say(words.GRADES), blocks=_grades(edition, of["grades"])),
            Section(title=edition.say(words.KPIS_OF_THE_DEPARTMENT), blocks=_kpis(edition, of["kpis"])),
            Section(title=edition.say(words.WHAT_MOVED_THEM), blocks=moved(edition, of["drivers"])),
            Section(title=edition.say(words.GOALS_SERVED), blocks=_goals(edition, of["goals"])),
            Section(title=edition.say(words.WHAT_STANDS_OUT), blocks=_findings(edition, of)),
            *alerts_told(edition, of["alerts"]),
        ],
    )


def _facts(edition: Edition, people: Sequence[Row]) -> Facts:
    scores = [row["final_score"] for row in people if row["final_score"] is not None]
    facts = [
        Fact(
            label=edition.say(words.EVALUATED),
            value=edition.say(words.OF_PEOPLE, some=len(scores), people=len(people)),
        )
    ]
    if scores:
        mean = sum(scores, Decimal(0)) / len(scores)
        facts.append(Fact(label=edition.say(words.MEAN_SCORE), value=number(mean, 2)))
    amounts: defaultdict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for row in people:
        if row["payout"] is not None:
            amounts[row["currency"], row["payout_status"]] += row["payout"]
    facts += [
        Fact(
            label=edition.say(words.PAYOUT_TOGETHER),
            value=str(money(amount, currency)),
            remark=edition.say(words.PAYOUT_STATUS[status]),
        )
        for (currency, status), amount in sorted(amounts.items())
    ]
    return Facts(facts=facts)


def _people(edition: Edition, people: Sequence[Row]) -> Sequence[Block]:
    with_feedback = any(row["feedback_score"] is not None for row in people)
    columns = [
        Column(heading=words.NAME, width=17),
        Column(heading=words.EMPLOYEE_ID, width=15),
        Column(heading=words.POSITION, width=15),
        Column(heading=words.KPI_SCORE, numeric=True, width=10),
        *([Column(heading=words.FEEDBACK_SCORE, numeric=True, width=10)] if with_feedback else []),
        Column(heading=words.FINAL_SCORE, numeric=True, width=10),
        Column(heading=words.GRADE, width=13),
        Column(heading=words.RANK, numeric=True, width=7),
        Column(heading=words.PAYOUT, numeric=True, width=15),
    ]
    rows = [
        (
            edition.named(row, "employee"),
            row["employee_id"],
            edition.named(row, "position"),
            score(row["kpi_score"]),
            *([score(row["feedback_score"])] if with_feedback else []),
            score(row["final_score"]),
            edition.named(row, "grade") or edition.say(words.STATUS[row["status"]]),
            count(row["rank_in_department"]),
            money(row["payout"], row["currency"]),
        )
        for row in people
    ]
    remarks = [_remark(edition, row) for row in people]
    steps = [Step(text=remark) for remark in remarks if remark]
    blocks: list[Block] = [Table(title=edition.say(words.RESULTS_SAID), columns=columns, rows=rows)]
    return [*blocks, Sentence(text=edition.say(words.REMARKS)), Steps(steps=steps)] if steps else blocks


def _remark(edition: Edition, row: Row) -> str:
    """Why somebody is not evaluated, or who has given a grade in place of the computed one."""
    name = edition.named(row, "employee")
    if row["status"] != "evaluated":
        return edition.say(words.NAMED, name=name, said=row[words.REASON[edition.language]] or "")
    if row["calibrated_by"] is not None:
        said = edition.say(
            words.CALIBRATED_BY,
            grade=edition.named(row, "grade"),
            computed=edition.named(row, "computed_grade"),
            by=row["calibrated_by"],
            reason=row["calibration_reason"],
        )
        return edition.say(words.NAMED, name=name, said=said)
    return ""


def _grades(edition: Edition, grades: Sequence[Row]) -> Sequence[Block]:
    if not grades:
        return [edition.missing("fct_grade_distribution", words.NO_GRADES)]
    findings = Counter(row["finding"] for row in grades if row["finding"])
    return [
        bars(
            [
                Bar(
                    label=edition.named(row, "grade"),
                    value=Decimal(row["people"]),
                    said=edition.say(
                        words.PEOPLE_AND_EXPECTED,
                        people=row["people"],
                        expected=share(row["expected_share"], edition.language, decimals=0) or "–",
                    ),
                )
                for row in grades
            ],
            key="grades",
            language=edition.language,
            title=edition.say(words.GRADES_PICTURE),
        ),
        *(Sentence(text=edition.say(words.GRADE_FINDING[finding]), tone=Tone.bad) for finding in sorted(findings)),
    ]


def _kpis(edition: Edition, kpis: Sequence[Row]) -> Sequence[Block]:
    table = Table(
        title=edition.say(words.KPIS_SAID),
        columns=(
            Column(heading=words.KPI, width=26),
            Column(heading=words.ACTUAL_OF_THE_DEPARTMENT, numeric=True, width=18),
            Column(heading=words.MEASURED, numeric=True, width=10),
            Column(heading=words.REACHED, numeric=True, width=10),
            Column(heading=words.MISSED, numeric=True, width=12),
            Column(heading=words.WITHOUT_DATA, numeric=True, width=10),
            Column(heading=words.MEAN_POINTS, numeric=True, width=11),
        ),
        rows=[
            (
                edition.named(row, "kpi"),
                edition.in_unit(row["actual"], row),
                count(row["people"]),
                count(row["reached"]),
                count(row["missed"]),
                count(row["without_data"]),
                score(row["points"] / row["with_points"]) if row["with_points"] else None,
            )
            for row in kpis
        ],
    )
    return edition.or_missing([table] if kpis else [], mart="fct_kpi_score", otherwise=words.NO_KPI)


def _goals(edition: Edition, goals: Sequence[Row]) -> Sequence[Block]:
    table = Table(
        title=edition.say(words.GOALS_SAID),
        columns=(
            Column(heading=words.GOAL_PATH, width=44),
            Column(heading=words.BASELINE, numeric=True, width=15),
            Column(heading=words.TARGET, numeric=True, width=15),
            Column(heading=words.ACTUAL, numeric=True, width=15),
            Column(heading=words.GOAL_PROGRESS, numeric=True, width=12),
        ),
        rows=[
            (
                edition.named(row, "path"),
                edition.in_unit(row["baseline"], row),
                edition.in_unit(row["target"], row),
                edition.in_unit(row["actual"], row),
                share(row["progress"], edition.language),
            )
            for row in goals
        ],
    )
    return edition.or_missing([table] if goals else [], mart="fct_goal_progress", otherwise=words.NO_GOAL)


def _findings(edition: Edition, of: Mapping[str, list[Row]]) -> Sequence[Block]:
    steps = [
        Step(text=edition.named(row, "finding"), details=[row[said]] if row.get(said) else [])
        for row in of["findings"]
        for said in [f"recommendation_{edition.language}"]
    ]
    steps += [Step(text=edition.named(row, "finding")) for row in of["capabilities"]]
    return edition.or_missing(
        [Steps(steps=steps)] if steps else [], mart="fct_strategy_finding", otherwise=words.NOTHING_OUTSTANDING
    )
