"""Campaigns, who runs them, and what they cost a day."""

from __future__ import annotations

import datetime as dt

import pandas as pd

from business_systems.year.chance import stream
from business_systems.year.people import CAMPAIGN_OPERATORS, TRANSFER_OF_USER_OPERATOR

_KINDS = (("ads", "广告投放", "Advertising"), ("referral", "老带新", "Referral"), ("sale", "促销", "Sale"))
_COST_A_DAY = {"ads": 60_000, "referral": 22_000, "sale": 35_000}


def campaigns() -> pd.DataFrame:
    """One campaign of each kind in every month, three weeks long; ordered by first day."""
    rows: list[dict[str, object]] = []
    for year in (2024, 2025):
        for number in range(1, 13):
            for place, (kind, zh, en) in enumerate(_KINDS):
                starts_on = dt.date(year, number, 1 + 3 * place)
                # who came over from user operations runs campaigns from then on
                operators = [*CAMPAIGN_OPERATORS, *(["E007"] if starts_on >= TRANSFER_OF_USER_OPERATOR else [])]
                rows.append(
                    {
                        "campaign_id": f"K{year}{number:02d}{place + 1}",
                        "name_zh": f"{year}年{number}月{zh}",
                        "name_en": f"{en} {year}-{number:02d}",
                        "kind": kind,
                        "owner_id": operators[(number + place) % len(operators)],
                        "starts_on": starts_on,
                        "ends_on": starts_on + dt.timedelta(days=20),
                    }
                )
    return pd.DataFrame(rows)


def campaign_costs(seed: int, made: pd.DataFrame, *, orders: int) -> pd.DataFrame:
    """Cost of each campaign a day, in cents; it grows with the company."""
    rng = stream(seed, "costs")
    scale = max(1, orders // 12_000)
    rows = [
        (row.campaign_id, row.name_zh, row.starts_on + dt.timedelta(days=day), cost)
        for row in made.itertuples()
        for day, cost in enumerate(_COST_A_DAY[str(row.kind)] * scale + rng.integers(0, 5_000, 21))
    ]
    return pd.DataFrame(rows, columns=["campaign_id", "campaign_name", "spent_on", "cost"])
