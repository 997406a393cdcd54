"""The cascade: strategy, objectives, key results, the KPIs that serve them, the positions and people measured by these.

Made of ``dim_goal`` and ``dim_position_kpi``, and of a period of ``fct_goal_progress`` and ``fct_kpi_score``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

from perf_pipelines.fields import LAST_DAY, blocks_by_kind
from perf_pipelines.periods import Period
from perf_pipelines.scheme.aggregations import Aggregation
from perf_pipelines.wording import SHARE, Language, in_unit, of_the_team, on_a_year_ago, percentage, rounded

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from perf_pipelines.reports.marts import PublishedMarts


_FIGURES = (("period_baseline", "起点", "baseline"), ("period_target", "目标", "target"), ("actual", "实际", "actual"))
"""Of a key result in a period, by column."""


@dataclass(frozen=True, kw_only=True)
class Link:
    """A member of the cascade with what it carries to the one above, both in words, and the links below it.

    ``kind`` is strategy, objective, key_result, kpi or position. ``id`` is the same wherever the member stands: a
    position stands below each KPI that measures it. ``weight`` is that of a KPI for a position.
    """

    kind: str
    id: str
    name: str
    remarks: tuple[str, ...] = ()
    weight: str | None = None
    people: tuple[str, ...] = ()
    below: list[Link] = field(default_factory=list["Link"])

    def walk(self) -> Iterator[tuple[Link, Link]]:
        """Each pair of a link and one directly below it, from the top down."""
        for link in self.below:
            yield self, link
            yield from link.walk()


def cascade(marts: PublishedMarts, *, period: str | None, language: Language) -> list[Link]:
    """The strategies with all below them, in the order of scheme.yaml; KPIs and positions by their ids.

    With a published ``period``: its lines, each goal's progress and who is measured. Without: the lines that have no
    end. :class:`NotPublished` when the period is not published.
    """
    if period is not None:
        marts.require(period)
    goals = _goals(marts, period=period)
    links = {row["goal_id"]: _goal_link(row, language, with_progress=period is not None) for row in goals}
    for row in goals:
        if row["parent_goal_id"] in links:
            links[row["parent_goal_id"]].below.append(links[row["goal_id"]])
    people = _people(marts, period=period, language=language) if period else {}
    kpis: dict[tuple[str, str], Link] = {}
    for line in _lines(marts, period=period):
        key = (line["goal_id"], line["kpi_id"])
        if key not in kpis:
            kpis[key] = Link(kind="kpi", id="__".join(key), name=line[f"kpi_{language}"])
            links[line["goal_id"]].below.append(kpis[key])
        kpis[key].below.append(_position_link(line, language, people=people.get(line["position_id"], ())))
    return [links[row["goal_id"]] for row in goals if row["parent_goal_id"] is None]


def _goals(marts: PublishedMarts, *, period: str | None) -> list[dict[str, Any]]:
    return marts.query(
        """
        select
            goal.*,
            department.name_zh as department_zh,
            department.name_en as department_en,
            kpi.unit,
            kpi.unit_zh,
            progress.baseline as period_baseline,
            progress.target as period_target,
            progress.actual,
            progress.progress
        from marts.dim_goal as goal
        left join marts.dim_department as department on goal.department_id = department.department_id
        left join marts.dim_kpi as kpi on goal.kpi_id = kpi.kpi_id
        left join marts.fct_goal_progress as progress
            on goal.goal_id = progress.goal_id and progress.period_id = ?
        order by goal.sort_order
        """,
        [period],
    )


def _lines(marts: PublishedMarts, *, period: str | None) -> list[dict[str, Any]]:
    return marts.query(
        """
        select
            line.*,
            kpi.name_zh as kpi_zh,
            kpi.name_en as kpi_en,
            kpi.unit,
            kpi.unit_zh,
            kpi.aggregation,
            coalesce(position.name_zh, line.position_id) as position_zh,
            coalesce(position.name_en, line.position_id) as position_en
        from marts.dim_position_kpi as line
        inner join marts.dim_kpi as kpi on line.kpi_id = kpi.kpi_id
        left join marts.dim_position as position on line.position_id = position.position_id
        where ? between line.valid_from and line.valid_to
        order by line.kpi_id, line.position_id
        """,
        [Period.parse(period).starts_on if period else LAST_DAY],
    )


def _people(marts: PublishedMarts, *, period: str, language: Language) -> dict[str, tuple[str, ...]]:
    """Who is measured in each position."""
    rows = marts.query(
        f"""
        select
            score.position_id,
            list(distinct person.employee_{language} order by person.employee_{language}) as people
        from marts.fct_kpi_score as score
        inner join marts.rpt_score_table as person
            on score.period_id = person.period_id and score.employee_id = person.employee_id
        where score.period_id = ?
        group by score.position_id
        """,
        [period],
    )
    return {row["position_id"]: tuple(row["people"]) for row in rows}


def _goal_link(row: Mapping[str, Any], language: Language, *, with_progress: bool) -> Link:
    remarks = [row[f"department_{language}"]]
    if with_progress:
        remarks += _progress(row, language)
    return Link(
        kind=row["level"],
        id=row["goal_id"],
        name=row[f"name_{language}"],
        remarks=tuple(remark for remark in remarks if remark),
    )


def _progress(row: Mapping[str, Any], language: Language) -> Iterator[str]:
    """Where a key result starts, is to get and has got in the period, all for its length, and how far that is."""
    zh = language is Language.zh
    for column, in_chinese, in_english in _FIGURES:
        if row[column] is not None:
            # two decimals of a percentage or of anything else: the picture is no place to check a figure
            figure = rounded(row[column], 4 if row["unit"] == SHARE else 2)
            yield f"{in_chinese if zh else in_english} {in_unit(figure, row['unit_zh' if zh else 'unit'], language)}"
    if row["progress"] is None:
        yield "无数据" if zh else "no data"
    else:
        yield f"{'进度' if zh else 'progress'} {percentage(rounded(row['progress'], 3), language)}"


def asked(line: Mapping[str, Any], language: Language) -> str:
    """The target of a row of ``dim_position_kpi`` with its KPI's unit and aggregation."""
    zh = language is Language.zh
    if line["growth"] is not None:
        return on_a_year_ago(line["growth"], language)
    shared = line["team_target"] is not None
    figure = in_unit(line["team_target"] if shared else line["target"], line["unit_zh" if zh else "unit"], language)
    if shared:
        figure = of_the_team(figure, language)
    if _is_sum_like(line["aggregation"]):
        return f"每月 {figure}" if zh else f"{figure} a month"
    return figure


def _position_link(line: Mapping[str, Any], language: Language, *, people: tuple[str, ...]) -> Link:
    zh = language is Language.zh
    target = asked(line, language)
    weight = percentage(line["weight"], language)
    scope = [] if line["scope"] == "self" else ["团队" if zh else "team"]
    return Link(
        kind="position",
        id=line["position_id"],
        name=line[f"position_{language}"],
        remarks=(
            f"权重 {weight}" if zh else f"weight {weight}",
            f"目标 {target}" if zh else f"target {target}",
            *scope,
        ),
        weight=weight,
        people=people,
    )


def _is_sum_like(aggregation: str) -> bool:
    return cast("Mapping[str, Any]", blocks_by_kind(Aggregation))[aggregation].sum_like
