"""The personal file of a period (个人考核档案): what an employee sees of the own progress, score, rank and history.

It holds nothing of anybody else: own rows, counts ("3 of 12"), and the progress of goals, which everybody may see (R2).
"""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from typing import TYPE_CHECKING

from perf_pipelines.reports import words
from perf_pipelines.reports.alerts import alerts_told
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
from perf_pipelines.reports.layout.charts import Bar, bars, line
from perf_pipelines.reports.layout.names import file_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from perf_pipelines.reports.edition import Edition, Row

AT_ONCE = 1_000
"""Employees whose rows are read together: a few queries for all of them, and never one an employee."""

_BENEATH_A_KPI = frozenset({"target", "points"})
"""Kinds of steps that say more of the KPI before them."""

_OF = "employee_id in (select unnest($employees))"

_QUERIES: Mapping[str, tuple[str, str]] = {
    "evaluation": (
        "rpt_score_table",
        f"""
        select
            score.*,
            evaluation.rank_in_company,
            evaluation.extra_points
        from marts.rpt_score_table as score
        inner join marts.fct_evaluation as evaluation
            on score.period_id = evaluation.period_id and score.employee_id = evaluation.employee_id
        where score.period_id = $period and score.{_OF}
        """,
    ),
    "kpis": (
        "fct_kpi_score",
        f"""
        select
            score.*,
            coalesce(kpi.name_zh, score.kpi_id) as kpi_zh,
            coalesce(kpi.name_en, score.kpi_id) as kpi_en,
            kpi.unit,
            kpi.unit_zh,
            kpi.better,
            coalesce(position.name_zh, score.position_id) as position_zh,
            coalesce(position.name_en, score.position_id) as position_en,
            coalesce(department.name_zh, score.department_id) as department_zh,
            coalesce(department.name_en, score.department_id) as department_en,
            coalesce(goal.path_zh, score.goal_id) as path_zh,
            coalesce(goal.path_en, score.goal_id) as path_en,
            goal.sort_order,
            progress.progress
        from marts.fct_kpi_score as score
        left join marts.dim_kpi as kpi on score.kpi_id = kpi.kpi_id
        left join marts.dim_position as position on score.position_id = position.position_id
        left join marts.dim_department as department on score.department_id = department.department_id
        left join marts.dim_goal as goal on score.goal_id = goal.goal_id
        left join marts.fct_goal_progress as progress
            on score.period_id = progress.period_id and score.goal_id = progress.goal_id
        where score.period_id = $period and score.{_OF}
        order by score.active_from, score.position_id, score.weight desc, score.kpi_id
        """,
    ),
    "steps": (
        "fct_score_step",
        f"select * from marts.fct_score_step where period_id = $period and {_OF} order by step",
    ),
    "feedback": (
        "fct_feedback_score",
        f"""
        select * from marts.fct_feedback_score where period_id = $period and {_OF}
        order by weight desc, relation
        """,
    ),
    "strengths": (
        "fct_strength",
        f"""
        select
            strength.*,
            kpi.unit,
            kpi.unit_zh,
            -- a competency is named in no mart but this reason, which begins with its name
            coalesce(kpi.name_zh, regexp_extract(strength.reason_zh, '^「(.+)」', 1)) as subject_zh,
            coalesce(kpi.name_en, regexp_extract(strength.reason_en, '^"(.+)":', 1)) as subject_en
        from marts.fct_strength as strength
        left join marts.dim_kpi as kpi on strength.subject_kind = 'kpi' and strength.subject_id = kpi.kpi_id
        where strength.period_id = $period and strength.{_OF}
        order by strength.subject_kind desc, strength.subject_id
        """,
    ),
    "training": (
        "fct_training_recommendation",
        f"""
        select * from marts.fct_training_recommendation where period_id = $period and {_OF}
        order by rank, course_id
        """,
    ),
    "development": (
        "fct_development",
        f"select * from marts.fct_development where period_id = $period and {_OF} order by kind",
    ),
    "rewards": (
        "fct_instant_reward",
        f"""
        select reward.*
        from marts.fct_instant_reward as reward
        inner join marts.dim_period as this on this.period_id = $period
        where reward.occurred_on between this.starts_on and this.ends_on and {_OF}
        order by reward.occurred_on, reward.reward_id, reward.subject_id
        """,
    ),
    "days": (
        "fct_daily_goal",
        f"""
        select
            employee_id,
            kpi_id,
            count(*) as days,
            count(*) filter (is_reached) as reached,
            arg_max(sentence_zh, occurred_on) as sentence_zh,
            arg_max(sentence_en, occurred_on) as sentence_en
        from marts.fct_daily_goal as goal
        inner join marts.dim_period as this on this.period_id = $period
        where goal.occurred_on between this.starts_on and this.ends_on and {_OF}
        group by employee_id, kpi_id
        order by kpi_id
        """,
    ),
    "alerts": (
        "fct_kpi_alert",
        f"select * from marts.fct_kpi_alert where period_id = $period and {_OF} order by raised_on, kpi_id",
    ),
    "history": (
        "rpt_score_table",
        f"""
        select
            score.*,
            period.name_zh as period_zh,
            period.name_en as period_en
        from marts.rpt_score_table as score
        inner join marts.dim_period as period on score.period_id = period.period_id
        inner join marts.dim_period as this on this.period_id = $period
        where period.cycle = this.cycle and period.ends_on <= this.ends_on and score.{_OF}
        order by period.ends_on
        """,
    ),
}
"""What a file is made of: the mart without which there is none of it, and the rows of many employees at once."""


def personal_files(edition: Edition, employees: Sequence[str]) -> Iterator[Report]:
    """The files of ``employees``, ids in rpt_score_table of the period, in their order."""
    for first in range(0, len(employees), AT_ONCE):
        together = list(employees[first : first + AT_ONCE])
        found = {
            name: _by_employee(edition.rows(mart, sql, employees=together)) for name, (mart, sql) in _QUERIES.items()
        }
        for employee in together:
            yield _file(edition, {name: rows.get(employee, []) for name, rows in found.items()})


def _by_employee(rows: Sequence[Row]) -> Mapping[str, list[Row]]:
    grouped: defaultdict[str, list[Row]] = defaultdict(list)
    for row in rows:
        grouped[row["employee_id"]].append(row)
    return grouped


def _file(edition: Edition, of: Mapping[str, list[Row]]) -> Report:
    (person,) = of["evaluation"]
    names = [edition.named(person, name) for name in ("department", "position")]
    subtitle = [edition.named(person, "employee"), person["employee_id"], *names, edition.period_name]
    return Report(
        name=f"people/{file_name(person['employee_id'])}",
        language=edition.language,
        title=edition.say(words.PERSONAL_FILE),
        subtitle=" · ".join(part for part in subtitle if part),
        source=edition.source,
        facts=_facts(edition, person),
        sections=[
            Section(title=edition.say(words.PROGRESS), blocks=_progress(edition, of["kpis"])),
            *alerts_told(edition, of["alerts"]),
            Section(title=edition.say(words.STEP_BY_STEP), blocks=_steps(edition, of["steps"])),
            Section(title=edition.say(words.STRENGTHS), blocks=_strengths(edition, of["strengths"])),
            Section(title=edition.say(words.GOALS_SERVED), blocks=_goals(edition, of["kpis"])),
            Section(title=edition.say(words.FEEDBACK), blocks=_feedback(edition, of["feedback"], of["strengths"])),
            Section(title=edition.say(words.RECOMMENDATIONS), blocks=_recommendations(edition, of)),
            Section(title=edition.say(words.GOOD_NEWS), blocks=_good_news(edition, of)),
            Section(title=edition.say(words.HISTORY), blocks=_history(edition, of["history"])),
        ],
    )


def _facts(edition: Edition, person: Row) -> Facts:
    if person["status"] != "evaluated":
        why = person[words.REASON[edition.language]] or ""
        status = edition.say(words.STATUS[person["status"]])
        return Facts(facts=[Fact(label=edition.say(words.STATUS_OF), value=status, remark=why, tone=Tone.bad)])
    facts = [
        Fact(
            label=edition.say(words.FINAL_SCORE),
            value=str(score(person["final_score"])),
            remark=_parts(edition, person),
        ),
        Fact(
            label=edition.say(words.GRADE), value=edition.named(person, "grade"), remark=_calibration(edition, person)
        ),
        Fact(
            label=edition.say(words.RANK_IN_DEPARTMENT),
            value=edition.say(words.RANK_OF, rank=person["rank_in_department"], people=person["department_headcount"]),
        ),
    ]
    if person["payout"] is not None:
        facts.append(
            Fact(
                label=edition.say(words.PAYOUT),
                value=str(money(person["payout"], person["currency"])),
                remark=edition.say(words.PAYOUT_STATUS[person["payout_status"]]),
            )
        )
    return Facts(facts=facts)


def _parts(edition: Edition, person: Row) -> str:
    if person["feedback_score"] is None:
        return ""
    return edition.say(words.PARTS, kpi=score(person["kpi_score"]), feedback=score(person["feedback_score"]))


def _calibration(edition: Edition, person: Row) -> str:
    if person["calibrated_by"] is None:
        return ""
    return edition.say(words.CALIBRATED, computed=edition.named(person, "computed_grade"))


def _progress(edition: Edition, kpis: Sequence[Row]) -> Sequence[Block]:
    if not kpis:
        return [edition.missing("fct_kpi_score", words.NO_KPI)]
    told_apart = _told_apart(kpis)
    measured = [(row, _called(edition, row, told_apart)) for row in kpis]
    return [
        bars(
            [
                Bar(
                    label=called,
                    value=row["attainment"],
                    said=str(
                        share(row["attainment"], edition.language) or edition.say(words.KPI_STATUS[row["status"]])
                    ),
                    tone=words.KPI_TONE[row["status"]],
                )
                for row, called in measured
            ],
            key="attainment",
            language=edition.language,
            title=edition.say(words.ATTAINMENT_PICTURE),
            reference=(Decimal(1), edition.say(words.TARGET_LINE)),
        ),
        Table(
            title=edition.say(words.KPIS_OF_THE_PERIOD),
            columns=(
                Column(heading=words.KPI, width=24),
                Column(heading=words.WEIGHT, numeric=True, width=9),
                Column(heading=words.TARGET, numeric=True, width=14),
                Column(heading=words.ACTUAL, numeric=True, width=14),
                Column(heading=words.ATTAINMENT, numeric=True, width=11),
                Column(heading=words.POINTS, numeric=True, width=9),
                Column(heading=words.RESULT, width=10),
            ),
            rows=[
                (
                    called,
                    share(row["weight"], edition.language, decimals=0),
                    edition.in_unit(row["prorated_target"], row),
                    edition.in_unit(row["actual"], row),
                    share(row["attainment"], edition.language, tone=words.KPI_TONE[row["status"]]),
                    score(row["points"]),
                    edition.say(words.KPI_STATUS[row["status"]]),
                )
                for row, called in measured
            ],
        ),
        Sentence(text=edition.say(words.POINTS_SAID), tone=Tone.quiet),
    ]


def _told_apart(kpis: Sequence[Row]) -> Sequence[str]:
    """What tells somebody's assignments from each other: position and department where they differ, else the day."""
    names = [name for name in ("position", "department") if len({row[f"{name}_id"] for row in kpis}) > 1]
    assignments = {(row["position_id"], row["department_id"], row["active_from"]) for row in kpis}
    named = {tuple(row[f"{name}_id"] for name in names) for row in kpis}
    return names if len(named) == len(assignments) else [*names, "active_from"]


def _called(edition: Edition, row: Row, told_apart: Sequence[str]) -> str:
    called = edition.named(row, "kpi")
    if row["better"] == "lower":
        called = edition.say(words.LOWER_IS_BETTER, kpi=called)
    if row["scope"] == "team":
        called = edition.say(words.OF_THE_TEAM, kpi=called)
    which = (
        edition.say(words.FROM_DAY, day=row[name]) if name == "active_from" else edition.named(row, name)
        for name in told_apart
    )
    return " · ".join([called, *which])


def _steps(edition: Edition, steps: Sequence[Row]) -> Sequence[Block]:
    shown: list[tuple[str, list[str]]] = []
    for step in steps:
        if step["kind"] in _BENEATH_A_KPI:
            shown[-1][1].append(edition.named(step, "text"))
        else:
            shown.append((edition.named(step, "text"), []))
    return [Steps(steps=[Step(text=text, details=details) for text, details in shown])]


def _strengths(edition: Edition, strengths: Sequence[Row]) -> Sequence[Block]:
    found = [row for row in strengths if row["standing"] in words.STANDING]
    rows = [
        (
            edition.named(row, "subject") or row["subject_id"],
            edition.say(words.STANDING[row["standing"]]),
            edition.named(row, "reason"),
        )
        for row in sorted(found, key=lambda row: words.STANDING_ORDER[row["standing"]])
    ]
    table = Table(
        title=edition.say(words.STRENGTHS_SAID),
        columns=(
            Column(heading=words.SUBJECT, width=22),
            Column(heading=words.STANDING_OF, width=12),
            Column(heading=words.WHY, width=60),
        ),
        rows=rows,
    )
    return edition.or_missing([table] if rows else [], mart="fct_strength", otherwise=words.NO_STRENGTH)


def _goals(edition: Edition, kpis: Sequence[Row]) -> Sequence[Block]:
    goals: dict[str, list[Row]] = {}
    for row in sorted(kpis, key=lambda row: (row["sort_order"] is None, row["sort_order"], row["kpi_id"])):
        goals.setdefault(edition.named(row, "path"), []).append(row)
    rows = [
        (
            path,
            edition.listed(dict.fromkeys(edition.named(row, "kpi") for row in served)),
            share(served[0]["progress"], edition.language),
        )
        for path, served in goals.items()
    ]
    table = Table(
        title=edition.say(words.GOALS_SAID),
        columns=(
            Column(heading=words.GOAL_PATH, width=50),
            Column(heading=words.BY_KPIS, width=28),
            Column(heading=words.GOAL_PROGRESS, numeric=True, width=16),
        ),
        rows=rows,
    )
    return edition.or_missing([table] if rows else [], mart="fct_kpi_score", otherwise=words.NO_KPI)


def _feedback(edition: Edition, feedback: Sequence[Row], strengths: Sequence[Row]) -> Sequence[Block]:
    shown = [row for row in feedback if row["shown"]]
    withheld = [edition.say(words.RELATION[row["relation"]]) for row in feedback if not row["shown"]]
    themes = [
        edition.named(row, "reason")
        for row in strengths
        if row["subject_kind"] == "competency" and row["standing"] in {"strength", "weakness"}
    ]
    blocks: list[Block] = []
    if shown:
        blocks.append(
            Table(
                title=edition.say(words.FEEDBACK_SAID),
                columns=(
                    Column(heading=words.RELATION_OF, width=20),
                    Column(heading=words.SCORE_OF_100, numeric=True, width=16),
                    Column(heading=words.RATERS, numeric=True, width=16),
                    Column(heading=words.WEIGHT, numeric=True, width=16),
                ),
                rows=[
                    (
                        edition.say(words.RELATION[row["relation"]]),
                        score(row["score"]),
                        count(row["raters"]),
                        share(row["weight"], edition.language, decimals=0),
                    )
                    for row in shown
                ],
            )
        )
    if withheld:
        text = edition.say(words.WITHHELD, relations=edition.listed(withheld))
        blocks.append(Sentence(text=text, tone=Tone.quiet))
    if themes:
        blocks += [Sentence(text=edition.say(words.THEMES)), Steps(steps=[Step(text=theme) for theme in themes])]
    return edition.or_missing(blocks, mart="fct_feedback_score", otherwise=words.NO_FEEDBACK)


def _recommendations(edition: Edition, of: Mapping[str, list[Row]]) -> Sequence[Block]:
    blocks: list[Block] = []
    for name, mart, heading, none in (
        ("development", "fct_development", words.DEVELOPMENT_SAID, words.NO_DEVELOPMENT),
        ("training", "fct_training_recommendation", words.TRAINING_SAID, words.NO_TRAINING),
    ):
        steps = [Step(text=edition.named(row, "reason")) for row in of[name]]
        if steps:
            blocks += [Sentence(text=edition.say(heading)), Steps(steps=steps)]
        else:
            blocks.append(edition.missing(mart, none))
    return blocks


def _good_news(edition: Edition, of: Mapping[str, list[Row]]) -> Sequence[Block]:
    rewards = Table(
        title=edition.say(words.REWARDS_SAID),
        columns=(
            Column(heading=words.DAY, width=14),
            Column(heading=words.WHAT_FOR, width=56),
            Column(heading=words.REWARD_POINTS, numeric=True, width=12),
            Column(heading=words.AMOUNT, numeric=True, width=16),
        ),
        rows=[
            (
                str(row["occurred_on"]),
                edition.named(row, "sentence"),
                score(row["points"]),
                money(row["amount"], row["currency"]),
            )
            for row in of["rewards"]
        ],
    )
    days = [
        Step(
            text=edition.say(words.DAYS_REACHED, days=row["days"], reached=row["reached"]),
            details=[edition.named(row, "sentence")],
        )
        for row in of["days"]
    ]
    return [
        *edition.or_missing([rewards] if rewards.rows else [], mart="fct_instant_reward", otherwise=words.NO_REWARD),
        *edition.or_missing([Steps(steps=days)] if days else [], mart="fct_daily_goal", otherwise=words.NO_DAILY_GOAL),
    ]


def _history(edition: Edition, history: Sequence[Row]) -> Sequence[Block]:
    drawn = [(row["period_id"], row["final_score"]) for row in history if row["final_score"] is not None]
    title = edition.say(words.HISTORY_PICTURE)
    picture = [line(drawn, key="history", title=title, language=edition.language)] if len(drawn) > 1 else []
    table = Table(
        title=edition.say(words.HISTORY_SAID),
        columns=(
            Column(heading=words.PERIOD, width=20),
            Column(heading=words.FINAL_SCORE, numeric=True, width=14),
            Column(heading=words.GRADE, width=16),
            Column(heading=words.RANK_IN_DEPARTMENT, width=18),
            Column(heading=words.PAYOUT, numeric=True, width=18),
        ),
        rows=[
            (
                edition.named(row, "period"),
                score(row["final_score"]),
                " · ".join(filter(None, [edition.named(row, "grade"), _calibration(edition, row)]))
                or edition.say(words.STATUS[row["status"]]),
                _rank(edition, row),
                money(row["payout"], row["currency"]),
            )
            for row in history
        ],
    )
    return [*picture, table]


def _rank(edition: Edition, row: Row) -> str:
    if row["rank_in_department"] is None:
        return ""
    return edition.say(words.RANK_OF, rank=row["rank_in_department"], people=row["department_headcount"])
