"""The data-quality page of a period: what was loaded, what disagrees, what was refused and why, what has no data."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from perf_pipelines.reports import words
from perf_pipelines.reports.layout.blocks import (
    Block,
    Column,
    Fact,
    Facts,
    Report,
    Section,
    Sentence,
    Table,
    Tone,
    count,
    quantity,
    share,
)
from perf_pipelines.wording import number

if TYPE_CHECKING:
    from collections.abc import Sequence

    from perf_pipelines.fields import Label
    from perf_pipelines.reports.edition import Edition, Row


def data_quality(edition: Edition) -> Report:
    """The page of the edition's period."""
    reconciled = _reconciled(edition)
    refused = _refused(edition)
    without = _without_data(edition)
    left_out = _left_out(edition)
    return Report(
        name="data_quality",
        language=edition.language,
        title=edition.say(words.DATA_QUALITY),
        subtitle=edition.period_name,
        source=edition.source,
        facts=Facts(
            facts=[
                _fact(edition, words.OUTSIDE_TOLERANCE, sum(not row["within_tolerance"] for row in reconciled)),
                _fact(edition, words.REFUSED_ROWS, sum(row["refused"] for row in refused), tone=Tone.plain),
                _fact(edition, words.KPIS_WITHOUT_DATA, sum(row["without_data"] for row in without)),
                _fact(edition, words.NOT_EVALUATED, sum(row["people"] for row in left_out)),
            ]
        ),
        sections=[
            Section(title=edition.say(words.RECONCILIATION), blocks=_reconciliation(edition, reconciled)),
            Section(title=edition.say(words.REFUSED_ROWS), blocks=_refusals(edition, refused)),
            Section(title=edition.say(words.COVERAGE), blocks=_coverage(edition, without)),
            Section(title=edition.say(words.NOT_EVALUATED), blocks=_reasons(edition, left_out)),
            Section(title=edition.say(words.NOBODYS), blocks=_nobodys(edition)),
            Section(title=edition.say(words.LOADS), blocks=_loads(edition)),
        ],
    )


def _fact(edition: Edition, label: Label, value: int, *, tone: Tone = Tone.bad) -> Fact:
    return Fact(label=edition.say(label), value=number(value), tone=tone if value else Tone.plain)


def _reconciled(edition: Edition) -> list[Row]:
    return edition.rows(
        "fct_reconciliation",
        """
        select * from marts.fct_reconciliation where period_id = $period
        order by within_tolerance, measure, system_a, system_b, resolution
        """,
    )


def _reconciliation(edition: Edition, found: Sequence[Row]) -> Sequence[Block]:
    table = Table(
        title=edition.say(words.RECONCILIATION_SAID),
        columns=(
            Column(heading=words.MEASURE, width=14),
            Column(heading=words.ONE_SYSTEM, width=19),
            Column(heading=words.VALUE_OF_ONE, numeric=True, width=13),
            Column(heading=words.OTHER_SYSTEM, width=22),
            Column(heading=words.VALUE_OF_OTHER, numeric=True, width=13),
            Column(heading=words.DIFFERENCE, numeric=True, width=13),
            Column(heading=words.DAYS_OUTSIDE, numeric=True, width=12),
            Column(heading=words.SETTLED, width=18),
        ),
        rows=[
            (
                edition.called(row["measure"], words.RECONCILED),
                row["system_a"],
                quantity(row["value_a"], None, edition.language),
                row["system_b"],
                quantity(row["value_b"], None, edition.language),
                quantity(row["difference"], None, edition.language),
                count(row["days_outside_tolerance"]),
                _settled(edition, row),
            )
            for row in found
        ],
    )
    return edition.or_missing([table] if found else [], mart="fct_reconciliation", otherwise=words.NO_RECONCILIATION)


def _settled(edition: Edition, row: Row) -> str:
    if row["within_tolerance"]:
        return edition.say(words.WITHIN_TOLERANCE)
    said = [row["resolution"], row["waived_by"]]
    return edition.listed(each for each in said if each) or edition.say(words.OPEN)


def _refused(edition: Edition) -> list[Row]:
    return edition.rows(
        "fct_rejected_row",
        """
        select
            source_system || '.' || source_table as source,
            rule,
            count(*) as refused,
            bool_or(closes_the_gate) as closes_the_gate,
            min_by(reason, row(coalesce(source_row, 0), source_key)) as example
        from marts.fct_rejected_row
        group by all
        order by source, refused desc, rule
        """,
    )


def _refusals(edition: Edition, found: Sequence[Row]) -> Sequence[Block]:
    if not found:
        return [edition.missing("fct_rejected_row", words.NO_REFUSED_ROW)]
    return [
        Table(
            title=edition.say(words.REFUSED_SAID),
            columns=(
                Column(heading=words.SOURCE_TABLE, width=20),
                Column(heading=words.RULE, width=24),
                Column(heading=words.ROWS, numeric=True, width=9),
                Column(heading=words.EXAMPLE, width=44),
            ),
            rows=[
                (
                    row["source"],
                    edition.called(row["rule"], words.REFUSAL),
                    count(row["refused"]),
                    row["example"],
                )
                for row in found
            ],
        ),
        Sentence(text=edition.say(words.REFUSED_OF_ALL_PERIODS), tone=Tone.quiet),
    ]


def _without_data(edition: Edition) -> list[Row]:
    return edition.rows(
        "fct_kpi_score",
        """
        select
            score.kpi_id,
            coalesce(any_value(kpi.name_zh), score.kpi_id) as kpi_zh,
            coalesce(any_value(kpi.name_en), score.kpi_id) as kpi_en,
            count(*) as lines,
            count(*) filter (score.status = 'no_data') as without_data,
            cast(sum(score.contributions) as bigint) as contributions
        from marts.fct_kpi_score as score
        left join marts.dim_kpi as kpi on score.kpi_id = kpi.kpi_id
        where score.period_id = $period
        group by score.kpi_id
        order by without_data desc, score.kpi_id
        """,
    )


def _coverage(edition: Edition, found: Sequence[Row]) -> Sequence[Block]:
    table = Table(
        title=edition.say(words.COVERAGE_SAID),
        columns=(
            Column(heading=words.KPI, width=30),
            Column(heading=words.SCORE_LINES, numeric=True, width=14),
            Column(heading=words.WITHOUT_DATA, numeric=True, width=14),
            Column(heading=words.SHARE_WITHOUT_DATA, numeric=True, width=16),
            Column(heading=words.ROWS_COUNTED, numeric=True, width=16),
        ),
        rows=[
            (
                edition.named(row, "kpi"),
                count(row["lines"]),
                count(row["without_data"]),
                share(_part(row["without_data"], row["lines"]), edition.language),
                count(row["contributions"]),
            )
            for row in found
        ],
    )
    return edition.or_missing([table] if found else [], mart="fct_kpi_score", otherwise=words.NO_KPI)


def _part(some: int, whole: int) -> Decimal:
    return Decimal(some) / whole


def _left_out(edition: Edition) -> list[Row]:
    return edition.rows(
        "rpt_score_table",
        """
        select status, reason_zh, reason, count(*) as people
        from marts.rpt_score_table
        where period_id = $period and status <> 'evaluated'
        group by all
        order by people desc, reason
        """,
    )


def _reasons(edition: Edition, found: Sequence[Row]) -> Sequence[Block]:
    table = Table(
        title=edition.say(words.NOT_EVALUATED_SAID),
        columns=(
            Column(heading=words.WHY, width=64),
            Column(heading=words.STATUS_OF, width=16),
            Column(heading=words.PEOPLE, numeric=True, width=10),
        ),
        rows=[
            (row[words.REASON[edition.language]], edition.say(words.STATUS[row["status"]]), count(row["people"]))
            for row in found
        ],
    )
    return edition.or_missing([table] if found else [], mart="rpt_score_table", otherwise=words.ALL_EVALUATED)


def _nobodys(edition: Edition) -> Sequence[Block]:
    found = edition.rows(
        "agg_kpi_actual",
        """
        select
            whole.kpi_id,
            coalesce(kpi.name_zh, whole.kpi_id) as kpi_zh,
            coalesce(kpi.name_en, whole.kpi_id) as kpi_en,
            kpi.unit,
            kpi.unit_zh,
            whole.actual,
            whole.contributions
        from marts.agg_kpi_actual as whole
        left join marts.dim_kpi as kpi on whole.kpi_id = kpi.kpi_id
        where whole.period_id = $period and whole.level = 'nobody' and whole.contributions > 0
        order by whole.contributions desc, whole.kpi_id
        """,
    )
    table = Table(
        title=edition.say(words.NOBODYS_SAID),
        columns=(
            Column(heading=words.KPI, width=34),
            Column(heading=words.ROWS_COUNTED, numeric=True, width=16),
            Column(heading=words.ACTUAL, numeric=True, width=20),
        ),
        rows=[
            (edition.named(row, "kpi"), count(row["contributions"]), edition.in_unit(row["actual"], row))
            for row in found
        ],
    )
    return edition.or_missing([table] if found else [], mart="agg_kpi_actual", otherwise=words.NOTHING_NOBODYS)


def _loads(edition: Edition) -> Sequence[Block]:
    together: dict[tuple[str, str], list[str]] = {}
    for source, load in sorted(edition.marts.record(edition.period).loads.items()):
        system, table = source.split(".", 1)
        loaded_at = f"{datetime.fromtimestamp(float(load), UTC):%Y-%m-%d %H:%M} UTC"
        together.setdefault((system, loaded_at), []).append(table)
    return [
        Table(
            title=edition.say(words.LOADS_SAID),
            columns=(
                Column(heading=words.SYSTEM, width=14),
                Column(heading=words.LOADED_AT, width=20),
                Column(heading=words.TABLES, width=50),
            ),
            rows=[
                (system, loaded_at, edition.listed(tables)) for (system, loaded_at), tables in sorted(together.items())
            ],
        )
    ]
