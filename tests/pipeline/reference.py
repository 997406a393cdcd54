"""crm_sales computed a second time, in plain pandas and exact fractions, from the CSV files and nothing else.

It shares no code with the pipeline: no SQL, no scheme reader, no KPI model. What both get wrong, both would have to get
wrong in the same way.
"""

from __future__ import annotations

import itertools
import re
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from statistics import median
from typing import TYPE_CHECKING, NamedTuple

import pandas as pd

if TYPE_CHECKING:
    from pathlib import Path

MONTHS = [f"2017-{month:02d}" for month in range(3, 13)]
QUARTERS = {f"2017-Q{q}": [f"2017-{m:02d}" for m in range(3 * q - 2, 3 * q + 1)] for q in range(1, 5)}
PERIODS = {**{month: [month] for month in MONTHS}, **QUARTERS}


class Actual(NamedTuple):
    """What an employee reached in a KPI; ``value`` is None without rows."""

    value: Fraction | None
    numerator: Fraction | None
    denominator: Fraction | None
    rows: int


def slug(name: str) -> str:
    return re.sub("[^a-z0-9]+", "_", name.lower()).strip("_")


def closed_deals(data: Path) -> pd.DataFrame:
    """One row a closed opportunity, with manager, list price and the month of its closing."""
    pipeline = pd.read_csv(data / "sales_pipeline.csv", dtype=str, keep_default_na=False)
    teams = pd.read_csv(data / "sales_teams.csv", dtype=str)
    products = pd.read_csv(data / "products.csv", dtype=str)
    pipeline["product"] = pipeline["product"].replace({"GTXPro": "GTX Pro"})
    deals = pipeline[pipeline["deal_stage"].isin(["Won", "Lost"])].merge(teams, on="sales_agent")
    deals = deals.merge(products, on="product")
    closed = pd.to_datetime(deals["close_date"], format="%m/%d/%Y")
    deals["days"] = (closed - pd.to_datetime(deals["engage_date"], format="%m/%d/%Y")).dt.days
    deals["month"] = closed.dt.strftime("%Y-%m")
    return deals


def people(data: Path) -> dict[str, tuple[str, str]]:
    """Employee id → (column of the deals that is the employee's, name in it)."""
    teams = pd.read_csv(data / "sales_teams.csv", dtype=str)
    agents = {slug(name): ("sales_agent", name) for name in teams["sales_agent"]}
    managers = {slug(name): ("manager", name) for name in teams["manager"]}
    return {**agents, **managers}


def actuals(data: Path) -> dict[tuple[str, str, str], Actual]:
    """(period, employee, KPI) → actual, for all periods, agents and managers."""
    deals = closed_deals(data)
    result: dict[tuple[str, str, str], Actual] = {}
    for period, months in PERIODS.items():
        inside = deals[deals["month"].isin(months)]
        for employee, (column, name) in people(data).items():
            for kpi, actual in _kpis(inside[inside[column] == name]).items():
                result[period, employee, kpi] = actual
    return result


def rounded(value: Fraction | None, decimals: int) -> Decimal | None:
    """Half away from zero, once."""
    if value is None:
        return None
    scaled = abs(value) * 10**decimals
    whole = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
    return (Decimal(whole if value >= 0 else -whole) / 10**decimals).quantize(
        Decimal(1).scaleb(-decimals), ROUND_HALF_UP
    )


def _kpis(deals: pd.DataFrame) -> dict[str, Actual]:
    won = deals[deals["deal_stage"] == "Won"]
    revenue = sum((Fraction(value) for value in won["close_value"]), Fraction(0))
    listed = sum((Fraction(value) for value in won["sales_price"]), Fraction(0))
    count, wins = len(deals), len(won)
    days = sorted(int(value) for value in won["days"])
    middle = Fraction(days[(wins - 1) // 2] + days[wins // 2]) if days else None
    assert not days or middle == 2 * Fraction(median(days))
    none = Actual(None, None, None, 0)
    return {
        "revenue_won": Actual(revenue, revenue, None, count) if count else none,
        "deals_won": Actual(Fraction(wins), Fraction(wins), None, count) if count else none,
        "win_rate": Actual(Fraction(wins, count), Fraction(wins), Fraction(count), count) if count else none,
        "sales_cycle_days": Actual(middle / 2, middle, Fraction(2), wins) if middle is not None else none,
        "price_realisation": Actual(revenue / listed, revenue, listed, wins) if wins else none,
    }


def _threshold(attainment: Fraction) -> Fraction:
    return Fraction(0) if attainment < 1 else Fraction(12) if attainment >= Fraction(11, 10) else Fraction(10)


def _gradual(attainment: Fraction) -> Fraction:
    return max(Fraction(0), min(Fraction(12), 10 * (attainment - Fraction(1, 2)) / Fraction(1, 2)))


def _staircase(attainment: Fraction) -> Fraction:
    return max(
        (points for at, points in ((Fraction(8, 10), 6), (1, 10), (Fraction(12, 10), 12)) if attainment >= at),
        default=0,
    )


def _curve(attainment: Fraction) -> Fraction:
    points = [(Fraction(90, 100), 0), (Fraction(98, 100), 8), (Fraction(1), 10), (Fraction(102, 100), 12)]
    if attainment <= points[0][0]:
        return Fraction(0)
    for (x0, y0), (x1, y1) in itertools.pairwise(points):
        if attainment <= x1:
            return y0 + (y1 - y0) * (attainment - x0) / (x1 - x0)
    return Fraction(12)


# position → KPI → weight, monthly or absolute target until June and from July on, rule; typed by hand
SCHEME = {
    "sales_agent": {
        "revenue_won": (Fraction(35, 100), Fraction(20000), Fraction(22000), _gradual),
        "deals_won": (Fraction(20, 100), Fraction(12), Fraction(12), _threshold),
        "win_rate": (Fraction(20, 100), Fraction(60, 100), Fraction(62, 100), _threshold),
        "sales_cycle_days": (Fraction(15, 100), Fraction(60), Fraction(60), _staircase),
        "price_realisation": (Fraction(10, 100), Fraction(98, 100), Fraction(98, 100), _curve),
    },
    "sales_manager": {
        "revenue_won": (Fraction(40, 100), Fraction(110000), Fraction(121000), _gradual),
        "deals_won": (Fraction(10, 100), Fraction(60), Fraction(60), _threshold),
        "win_rate": (Fraction(30, 100), Fraction(60, 100), Fraction(60, 100), _threshold),
        "sales_cycle_days": (Fraction(10, 100), Fraction(60), Fraction(60), _staircase),
        "price_realisation": (Fraction(10, 100), Fraction(98, 100), Fraction(98, 100), _curve),
    },
}
BONUS_BASE = {"sales_agent": Fraction(1200), "sales_manager": Fraction(2400)}
SUMS = {"revenue_won", "deals_won"}


class Evaluation(NamedTuple):
    """Final score (4 decimals), grade and payout (2 decimals); all None without data."""

    score: Decimal | None
    grade: str | None
    payout: Decimal | None


def evaluations(data: Path) -> dict[tuple[str, str], Evaluation]:
    """(period, employee) → evaluation. Assignments begin on 2017-03-01, so Q1 counts 31 of its 90 days."""
    found = actuals(data)
    result: dict[tuple[str, str], Evaluation] = {}
    for period, months in PERIODS.items():
        share = Fraction(31, 90) if period == "2017-Q1" else Fraction(1)
        for employee, (column, _) in people(data).items():
            position = "sales_agent" if column == "sales_agent" else "sales_manager"
            score = _score(found, period=period, months=months, employee=employee, position=position, share=share)
            grade = (
                None if score is None else "excellent" if score >= 95 else "qualified" if score >= 70 else "unqualified"
            )
            multiplier = {"excellent": Fraction(3, 2), "qualified": Fraction(1), "unqualified": Fraction(0)}
            result[period, employee] = Evaluation(
                score,
                grade,
                None
                if grade is None
                else rounded(BONUS_BASE[position] * len(months) / 2 * multiplier[grade] * share, 2),
            )
    return result


def _score(
    found: dict[tuple[str, str, str], Actual],
    *,
    period: str,
    months: list[str],
    employee: str,
    position: str,
    share: Fraction,
) -> Decimal | None:
    total, covered = Fraction(0), Fraction(0)
    for kpi, (weight, before, after, rule) in SCHEME[position].items():
        target = after if months[0] >= "2017-07" else before
        if kpi in SUMS:
            target = Fraction(rounded(target * len(months) * share, 8) or 0)
        value = found[period, employee, kpi].value
        if value is None:
            continue
        actual = Fraction(rounded(value, 8) or 0)
        attainment = target / actual if kpi == "sales_cycle_days" else actual / target
        points = Fraction(rounded(rule(Fraction(rounded(attainment, 8) or 0)), 4) or 0)
        total += weight * points * 10
        covered += weight
    return rounded(total / covered, 4) if covered >= Fraction(60, 100) else None


KEY_RESULTS = {
    "kr_revenue": ("revenue_won", Fraction(800000), Fraction(1000000)),
    "kr_deals": ("deals_won", Fraction(400), Fraction(450)),
    "kr_win_rate": ("win_rate", Fraction(60, 100), Fraction(65, 100)),
    "kr_cycle": ("sales_cycle_days", Fraction(60), Fraction(50)),
    "kr_price": ("price_realisation", Fraction(98, 100), Fraction(1)),
}


def progress(data: Path) -> dict[tuple[str, str], Decimal | None]:
    """(period, key result) → progress of the whole company; a sum's baseline and target count per assessed month."""
    deals = closed_deals(data)
    result: dict[tuple[str, str], Decimal | None] = {}
    for period, months in PERIODS.items():
        company = _kpis(deals[deals["month"].isin(months)])
        assessed = len([month for month in months if month in MONTHS])
        for goal, (kpi, baseline, target) in KEY_RESULTS.items():
            factor = assessed if kpi in SUMS else 1
            actual = Fraction(rounded(company[kpi].value, 8) or 0)
            result[period, goal] = rounded((actual - baseline * factor) / ((target - baseline) * factor), 8)
    return result
