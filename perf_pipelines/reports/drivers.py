"""What moved the KPIs of a department or the company since the period before, those that moved most first."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from perf_pipelines.reports import words
from perf_pipelines.reports.layout.blocks import Sentence, Step, Steps, Tone
from perf_pipelines.segments import SEGMENTS, VALUES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from perf_pipelines.reports.edition import Edition, Row
    from perf_pipelines.reports.layout.blocks import Block

_TOLD = 3
"""Segment values told of each KPI: those with the largest effect."""


def moving(edition: Edition, *, level: str) -> list[Row]:
    """The rows of ``fct_kpi_driver`` of a level that are told, with their KPIs; the effects of 0 are not."""
    return edition.rows(
        "fct_kpi_driver",
        """
        select
            driver.*,
            coalesce(kpi.name_zh, driver.kpi_id) as kpi_zh,
            coalesce(kpi.name_en, driver.kpi_id) as kpi_en,
            kpi.unit,
            kpi.unit_zh,
            coalesce(shop.name_zh, driver.segment_value) as value_zh,
            coalesce(shop.name_en, driver.segment_value) as value_en
        from marts.fct_kpi_driver as driver
        left join marts.dim_kpi as kpi on driver.kpi_id = kpi.kpi_id
        left join marts.dim_department as shop
            on driver.segment = 'shop' and driver.segment_value = shop.department_id
        where driver.period_id = $period and driver.level = $level and driver.total_effect <> 0
        qualify
            -- one value alone explains nothing: it is the whole
            count(*) over (partition by driver.member_id, driver.kpi_id, driver.segment) > 1
            and row_number() over (
                partition by driver.member_id, driver.kpi_id
                order by abs(driver.total_effect) desc, driver.segment, driver.segment_value
            ) <= $told
        order by driver.member_id, driver.kpi_id, abs(driver.total_effect) desc, driver.segment, driver.segment_value
        """,
        level=level,
        told=_TOLD,
    )


def moved(edition: Edition, drivers: Sequence[Row]) -> Sequence[Block]:
    """A step for each KPI of one member, and below it the segment values that moved it."""
    steps: list[Step] = []
    for _, segments in groupby(drivers, key=lambda row: row["kpi_id"]):
        told = list(segments)
        before, now = (edition.in_unit(told[0][column], told[0]) for column in ("previous_actual", "actual"))
        steps.append(
            Step(
                text=edition.say(words.FROM_TO, kpi=edition.named(told[0], "kpi"), before=before, now=now),
                details=[
                    edition.say(
                        words.EFFECT_OF,
                        segment=edition.called(row["segment"], SEGMENTS),
                        value=_value(edition, row),
                        effect=edition.change(row["total_effect"], row),
                    )
                    for row in told
                ],
            )
        )
    blocks: Sequence[Block] = (
        [Sentence(text=edition.say(words.DRIVERS_SAID), tone=Tone.quiet), Steps(steps=steps)] if steps else []
    )
    return edition.or_missing(blocks, mart="fct_kpi_driver", otherwise=words.NO_DRIVER)


def _value(edition: Edition, row: Row) -> str:
    """A shop that is a department has its name; another value is told as the business system writes it."""
    if row["segment"] in VALUES:
        return edition.called(row["segment_value"], VALUES[row["segment"]])
    return edition.named(row, "value")
