"""The strategy review of a period: how far the goals are, what fails across departments, what pays, what to change.

It names departments, positions and activities, and no employee.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from perf_pipelines.reports import words
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
    quantity,
    share,
)
from perf_pipelines.reports.layout.charts import Bar, bars
from perf_pipelines.wording import number

if TYPE_CHECKING:
    from collections.abc import Sequence

    from perf_pipelines.reports.edition import Edition, Row

_NOTHING_TO_CHANGE = frozenset({"fine", "too_few"})
"""Verdicts on a KPI that are counted and not told one by one."""


def strategy_review(edition: Edition) -> Report:
    """The review of the edition's period."""
    goals = _goals_of(edition)
    findings = _findings_of(edition)
    return Report(
        name="strategy_review",
        language=edition.language,
        title=edition.say(words.STRATEGY_REVIEW),
        subtitle=edition.period_name,
        source=edition.source,
        facts=_facts(edition, goals, findings),
        sections=[
            Section(title=edition.say(words.GOALS), blocks=_goals(edition, goals)),
            Section(title=edition.say(words.SYSTEMIC_MISSES), blocks=_findings(edition, findings)),
            Section(title=edition.say(words.WHAT_MOVED_THEM), blocks=moved(edition, _of_key_results(edition, goals))),
            Section(title=edition.say(words.ACTIVITIES), blocks=_activities(edition)),
            Section(title=edition.say(words.SCHEME_REVIEW), blocks=_scheme(edition)),
            Section(title=edition.say(words.CAPABILITIES), blocks=_capabilities(edition)),
            Section(title=edition.say(words.COURSES), blocks=_courses(edition)),
            Section(title=edition.say(words.FAIRNESS), blocks=_fairness(edition)),
        ],
    )


def _facts(edition: Edition, goals: Sequence[Row], findings: Sequence[Row]) -> Facts:
    results = [row for row in goals if row["level"] == "key_result"]
    reached = [row for row in results if row["progress"] is not None and row["progress"] >= 1]
    strategies = [
        Fact(
            label=edition.named(row, "name"),
            value=str(share(row["progress"], edition.language) or edition.say(words.NO_DATA)),
            remark=edition.say(words.PROGRESS_OF_STRATEGY),
        )
        for row in goals
        if row["level"] == "strategy"
    ]
    return Facts(
        facts=[
            *strategies,
            Fact(
                label=edition.say(words.KEY_RESULTS_REACHED),
                value=edition.say(words.SOME_OF_ALL, some=len(reached), all=len(results)),
            ),
            Fact(
                label=edition.say(words.SYSTEMIC_MISSES),
                value=number(len(findings)),
                tone=Tone.bad if findings else Tone.plain,
            ),
        ]
    )


def _goals_of(edition: Edition) -> list[Row]:
    return edition.rows(
        "fct_goal_progress",
        """
        select
            progress.*,
            goal.sort_order,
            goal.path_zh,
            goal.path_en,
            department.name_zh as department_zh,
            department.name_en as department_en,
            kpi.unit,
            kpi.unit_zh
        from marts.fct_goal_progress as progress
        left join marts.dim_goal as goal on progress.goal_id = goal.goal_id
        left join marts.dim_department as department on goal.department_id = department.department_id
        left join marts.dim_kpi as kpi on progress.kpi_id = kpi.kpi_id
        where progress.period_id = $period
        order by goal.sort_order nulls last, progress.goal_id
        """,
    )


def _goals(edition: Edition, goals: Sequence[Row]) -> Sequence[Block]:
    if not goals:
        return [edition.missing("fct_goal_progress", words.NO_GOAL)]
    return [
        bars(
            [
                Bar(
                    label=edition.named(row, "name"),
                    value=row["progress"],
                    said=str(share(row["progress"], edition.language) or edition.say(words.NO_DATA)),
                    tone=_tone(row),
                )
                for row in goals
                if row["level"] == "key_result"
            ],
            key="goals",
            language=edition.language,
            title=edition.say(words.KEY_RESULTS_PICTURE),
            reference=(Decimal(1), edition.say(words.TARGET_LINE)),
        ),
        Table(
            title=edition.say(words.GOALS_SAID),
            columns=(
                Column(heading=words.GOAL, width=32),
                Column(heading=words.LEVEL, width=14),
                Column(heading=words.DEPARTMENT, width=13),
                Column(heading=words.BASELINE, numeric=True, width=17),
                Column(heading=words.TARGET, numeric=True, width=17),
                Column(heading=words.ACTUAL, numeric=True, width=17),
                Column(heading=words.GOAL_PROGRESS, numeric=True, width=11),
            ),
            rows=[
                (
                    edition.named(row, "name"),
                    edition.say(words.GOAL_LEVEL[row["level"]]),
                    edition.named(row, "department"),
                    edition.in_unit(row["baseline"], row),
                    edition.in_unit(row["target"], row),
                    edition.in_unit(row["actual"], row),
                    share(row["progress"], edition.language, tone=_tone(row)),
                )
                for row in goals
            ],
        ),
        Sentence(text=edition.say(words.PROGRESS_SAID), tone=Tone.quiet),
    ]


def _tone(goal: Row) -> Tone:
    if goal["progress"] is None:
        return Tone.quiet
    return Tone.good if goal["progress"] >= 1 else Tone.bad if goal["progress"] < 0 else Tone.plain


def _findings_of(edition: Edition) -> list[Row]:
    return edition.rows(
        "fct_strategy_finding",
        """
        select
            finding.*,
            coalesce(department.name_zh, finding.department_id) as department_zh,
            coalesce(department.name_en, finding.department_id) as department_en,
            coalesce(kpi.name_zh, finding.kpi_id) as kpi_zh,
            coalesce(kpi.name_en, finding.kpi_id) as kpi_en,
            kpi.unit,
            kpi.unit_zh
        from marts.fct_strategy_finding as finding
        left join marts.dim_department as department on finding.department_id = department.department_id
        left join marts.dim_kpi as kpi on finding.kpi_id = kpi.kpi_id
        where finding.period_id = $period
        order by finding.share_missed desc, finding.median_attainment, finding.department_id, finding.kpi_id
        """,
    )


def _findings(edition: Edition, findings: Sequence[Row]) -> Sequence[Block]:
    if not findings:
        return [edition.missing("fct_strategy_finding", words.NO_FINDING)]
    judged = any(row.get("verdict") for row in findings)
    recommended = f"recommendation_{edition.language}"
    return [
        Table(
            title=edition.say(words.FINDINGS_SAID),
            columns=(
                Column(heading=words.DEPARTMENT, width=18),
                Column(heading=words.KPI, width=20),
                Column(heading=words.MISSED, numeric=True, width=12),
                Column(heading=words.MEASURED, numeric=True, width=11),
                Column(heading=words.MEDIAN_ATTAINMENT, numeric=True, width=16),
                *([Column(heading=words.VERDICT, width=14), Column(heading=words.SINCE, width=12)] if judged else []),
            ),
            rows=[
                (
                    edition.named(row, "department"),
                    edition.named(row, "kpi"),
                    count(row["employees_missed"]),
                    count(row["employees_measured"]),
                    share(row["median_attainment"], edition.language),
                    *(
                        [
                            edition.say(words.MISS_VERDICT[row["verdict"]]) if row["verdict"] else None,
                            row.get("since_period_id"),
                        ]
                        if judged
                        else []
                    ),
                )
                for row in findings
            ],
        ),
        Steps(
            steps=[
                Step(text=edition.named(row, "finding"), details=[row[recommended]] if row.get(recommended) else [])
                for row in findings
            ]
        ),
    ]


def _of_key_results(edition: Edition, goals: Sequence[Row]) -> list[Row]:
    """What moved the KPIs of the key results; the others are told to their departments."""
    measured = {row["kpi_id"] for row in goals}
    return [row for row in moving(edition, level="company") if row["kpi_id"] in measured]


def _activities(edition: Edition) -> Sequence[Block]:
    found = edition.rows(
        "fct_activity_return",
        "select * from marts.fct_activity_return where period_id = $period order by roi desc nulls last, activity_type",
    )
    if not found:
        return [edition.missing("fct_activity_return", words.NO_ACTIVITY)]
    shifts = edition.rows("fct_spending_shift", "select * from marts.fct_spending_shift where period_id = $period")
    return [
        Table(
            title=edition.say(words.ACTIVITIES_SAID),
            columns=(
                Column(heading=words.ACTIVITY, width=16),
                Column(heading=words.COST, numeric=True, width=14),
                Column(heading=words.NEW_USERS, numeric=True, width=11),
                Column(heading=words.REVENUE, numeric=True, width=14),
                Column(heading=words.ROI, numeric=True, width=12),
                Column(heading=words.ROI_INTERVAL, width=14),
                Column(heading=words.RECOMMENDATION, width=14),
            ),
            rows=[
                (
                    row["activity_type"],
                    money(row["cost"], edition.currency),
                    quantity(row["new_users"], None, edition.language),
                    money(row["revenue"], edition.currency),
                    quantity(row["roi"], None, edition.language),
                    f"{number(row['roi_low'], 2)} – {number(row['roi_high'], 2)}"
                    if row["roi_low"] is not None
                    else None,
                    edition.say(words.MOVE[row["recommendation"]]),
                )
                for row in found
            ],
        ),
        Steps(steps=[Step(text=edition.named(row, "sentence")) for row in [*found, *shifts]]),
    ]


def _scheme(edition: Edition) -> Sequence[Block]:
    found = edition.rows(
        "fct_scheme_review",
        "select * from marts.fct_scheme_review where period_id = $period order by position_id, weight desc, kpi_id",
    )
    if not found:
        return [edition.missing("fct_scheme_review", words.NO_SCHEME_REVIEW)]
    told = [Step(text=edition.named(row, "verdict")) for row in found if row["verdict"] not in _NOTHING_TO_CHANGE]
    counted = {verdict: sum(row["verdict"] == verdict for row in found) for verdict in sorted(_NOTHING_TO_CHANGE)}
    return [
        *([Steps(steps=told)] if told else [Sentence(text=edition.say(words.NOTHING_TO_CHANGE))]),
        Sentence(text=edition.say(words.SCHEME_COUNTED, all=len(found), **counted), tone=Tone.quiet),
    ]


def _capabilities(edition: Edition) -> Sequence[Block]:
    found = edition.rows(
        "fct_capability",
        """
        select * from marts.fct_capability
        where period_id = $period and finding is not null
        order by finding desc, kind, capability_id, department_id
        """,
    )
    steps = [Step(text=edition.named(row, "finding")) for row in found]
    return edition.or_missing(
        [Steps(steps=steps)] if steps else [], mart="fct_capability", otherwise=words.NO_CAPABILITY
    )


def _courses(edition: Edition) -> Sequence[Block]:
    found = edition.rows(
        "fct_course_effect",
        "select * from marts.fct_course_effect where period_id = $period order by course_id, kpi_id",
    )
    steps = [Step(text=edition.named(row, "reason")) for row in found]
    return edition.or_missing(
        [Steps(steps=steps)] if steps else [], mart="fct_course_effect", otherwise=words.NO_COURSE
    )


def _fairness(edition: Edition) -> Sequence[Block]:
    """Departments whose grades, and groups whose ratings, differ by more than chance."""
    grades = edition.rows(
        "fct_grade_distribution",
        """
        select
            distribution.finding,
            coalesce(department.name_zh, distribution.department_id) as department_zh,
            coalesce(department.name_en, distribution.department_id) as department_en
        from marts.fct_grade_distribution as distribution
        left join marts.dim_department as department on distribution.department_id = department.department_id
        where distribution.period_id = $period and distribution.finding is not null
        order by distribution.department_id, distribution.finding
        """,
    )
    ratings = edition.rows(
        "fct_rating_fairness",
        """
        select * from marts.fct_rating_fairness
        where period_id = $period and differs
        order by side, dimension, group_id
        """,
    )
    said = [
        edition.say(
            words.NAMED, name=edition.named(row, "department"), said=edition.say(words.GRADE_FINDING[row["finding"]])
        )
        for row in grades
    ]
    said += [edition.named(row, "finding") for row in ratings]
    steps = [Step(text=text) for text in said]
    return edition.or_missing(
        [Steps(steps=steps)] if steps else [], mart="fct_rating_fairness", otherwise=words.NO_UNFAIRNESS
    )
