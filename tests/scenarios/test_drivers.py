"""What moved an actual, in the year of XX e-commerce: the planted sinks are found, and the effects are the change."""

from __future__ import annotations

import itertools
from collections import defaultdict
from fractions import Fraction
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from business_systems import World
from perf_pipelines.publication import open_marts

if TYPE_CHECKING:
    from collections.abc import Mapping
    from decimal import Decimal

    from tests.conftest import Place

MONTHS = [f"2025-{month:02}" for month in range(1, 13)]


class Part(NamedTuple):
    """What a value of a segment has of a KPI in a month."""

    numerator: Fraction
    denominator: Fraction


NOTHING = Part(Fraction(), Fraction())


@pytest.fixture(scope="module")
def sinks() -> dict[str, dict[str, str]]:
    """By KPI: period, segment and value of what was planted."""
    return {sink["kpi"]: sink for sink in World().truth()["sinks"]}


def of(place: Place, sql: str) -> list[tuple[Any, ...]]:
    with open_marts(place.published) as marts:
        return marts.execute(sql).fetchall()


def drivers(place: Place, *, kpi: str, segment: str, period: str) -> dict[str, tuple[Decimal, Decimal]]:
    """By segment value: mix effect and rate effect on the company's actual."""
    found = of(
        place,
        f"select segment_value, mix_effect, rate_effect from marts.fct_kpi_driver where level = 'company' "
        f"and kpi_id = '{kpi}' and segment = '{segment}' and period_id = '{period}'",
    )
    return {value: (mix, rate) for value, mix, rate in found}


@pytest.mark.parametrize("kpi", ["conversion_rate", "benefit_use_rate"])
def test_the_planted_sink_of_one_value_is_the_most_negative_driver_of_its_month(
    year: Place, sinks: dict[str, dict[str, str]], kpi: str
) -> None:
    sink = sinks[kpi]
    found = drivers(year, kpi=kpi, segment=sink["segment"], period=sink["period"])
    change = sum(mix + rate for mix, rate in found.values())
    assert change < 0
    assert min(found, key=lambda value: sum(found[value])) == sink["value"]
    assert min(found, key=lambda value: found[value][1]) == sink["value"]


def test_the_planted_sink_of_all_shops_is_a_rate_that_fell_in_each_of_them(
    year: Place, sinks: dict[str, dict[str, str]]
) -> None:
    sink = sinks["returning_viewer_share"]
    assert sink["value"] == "all"
    for kpi in (sink["kpi"], "sales_per_stream"):
        found = drivers(year, kpi=kpi, segment=sink["segment"], period=sink["period"])
        assert set(found) == {"shop_a", "shop_b"}
        assert all(rate < 0 for _, rate in found.values())
        assert abs(sum(mix for mix, _ in found.values())) < abs(sum(rate for _, rate in found.values())) / 10


def test_the_effects_of_every_segment_sum_to_the_published_change_of_every_member(year: Place) -> None:
    # of months, because of the year before 2025 no actual is published
    differing = of(
        year,
        """
        with explained as (
            select period_id, previous_period_id, level, member_id, kpi_id, segment, sum(total_effect) as change
            from marts.fct_kpi_driver where reason is null and period_id between '2025-02' and '2025-12' group by all
        )
        select explained.*, now.actual, previous.actual
        from explained
        inner join marts.dim_kpi as kpi using (kpi_id)
        left join marts.agg_kpi_actual as now using (period_id, level, member_id, kpi_id)
        left join marts.agg_kpi_actual as previous
            on previous.period_id = explained.previous_period_id and previous.level = explained.level
            and previous.member_id = explained.member_id and previous.kpi_id = explained.kpi_id
        where explained.change is distinct from
            case when kpi.aggregation = 'sum' then coalesce(now.actual, 0) - coalesce(previous.actual, 0)
            else now.actual - previous.actual end
        """,
    )
    assert differing == []


def test_every_member_with_an_actual_has_drivers_or_the_reason_why_not(year: Place) -> None:
    without = of(
        year,
        """
        select distinct kpi_id from marts.agg_kpi_actual
        anti join marts.fct_kpi_driver using (period_id, level, member_id, kpi_id)
        """,
    )
    segmented = of(
        year, "select distinct kpi_id from marts.fct_kpi_contribution where cardinality(segments) > 0 order by 1"
    )
    assert not set(without) & set(segmented)
    reasons = dict(of(year, "select kpi_id, max(reason) from marts.fct_kpi_driver where level = 'company' group by 1"))
    assert {kpi: reason for kpi, reason in reasons.items() if reason} == {"repurchase_rate": "values_overlap"}


def parts(year: Place, kpi: str, aggregation: str) -> dict[tuple[str, str], dict[str, Part]]:
    """By month and segment: the company's parts by value, added up here from the contributions; 1 below a sum."""
    found: dict[tuple[str, str], dict[str, Part]] = defaultdict(lambda: defaultdict(lambda: NOTHING))
    rows = of(
        year,
        "select period_id, segments, numerator, denominator, credit from marts.fct_kpi_contribution "
        f"where kpi_id = '{kpi}' and period_id like '2025-__'",
    )
    for segment in {name for _, segments, *_ in rows for name in segments}:
        for month, segments, numerator, denominator, credit in rows:
            below = {"ratio": denominator * credit, "mean": credit, "sum": 0}[aggregation]
            value = segments.get(segment) or "unknown"
            part = found[month, segment][value]
            found[month, segment][value] = Part(
                part.numerator + Fraction(numerator) * Fraction(credit), part.denominator + Fraction(below)
            )
    return found


def split(before: Mapping[str, Part], now: Mapping[str, Part]) -> dict[str, tuple[Fraction, Fraction]]:
    """Mix and rate effect of each value, without rounding, by docs/drivers.md."""
    whole = [Part(*map(sum, zip(*side.values(), strict=True))) for side in (before, now)]
    effects: dict[str, tuple[Fraction, Fraction]] = {}
    for value in before.keys() | now.keys():
        sides = [side.get(value, NOTHING) for side in (before, now)]
        if not any(total.denominator for total in whole):
            effects[value] = sides[1].numerator - sides[0].numerator, Fraction()
            continue
        weights = [side.denominator / total.denominator for side, total in zip(sides, whole, strict=True)]
        known = [side.numerator / side.denominator if side.denominator else None for side in sides]
        rates = [rate if rate is not None else (known[1 - at] or Fraction()) for at, rate in enumerate(known)]
        loose = [
            side.numerator / total.denominator if not side.denominator else Fraction()
            for side, total in zip(sides, whole, strict=True)
        ]
        middle = sum(total.numerator / total.denominator for total in whole) / 2
        effects[value] = (
            (weights[1] - weights[0]) * (sum(rates) / 2 - middle),
            sum(weights) / 2 * (rates[1] - rates[0]) + loose[1] - loose[0],
        )
    return effects


@pytest.mark.parametrize(
    ("kpi", "aggregation"),
    [
        ("revenue", "sum"),
        ("conversion_rate", "ratio"),
        ("shop_return_rate", "ratio"),
        ("sales_per_stream", "ratio"),
        ("campaign_roi", "ratio"),
        ("basket_value", "mean"),
        ("response_minutes", "mean"),
    ],
)
def test_the_effects_are_those_of_a_second_computation_in_fractions(year: Place, kpi: str, aggregation: str) -> None:
    added_up = parts(year, kpi, aggregation)
    compared = 0
    for segment in {segment for _, segment in added_up}:
        for before, now in itertools.pairwise(MONTHS):
            expected = split(added_up[before, segment], added_up[now, segment])
            found = drivers(year, kpi=kpi, segment=segment, period=now)
            assert found.keys() == expected.keys()
            # a rate is rounded to 8 decimals, a weight to 10
            size = max(abs(Fraction(effect)) for effects in found.values() for effect in effects)
            for value, effects in expected.items():
                for published, exact in zip(found[value], effects, strict=True):
                    assert abs(Fraction(published) - exact) < Fraction(1, 10**7) * (1 + size)
            compared += len(expected)
    assert compared >= 11 * 2
