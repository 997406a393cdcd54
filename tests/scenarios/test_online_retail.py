"""Real dirt, and no code of its own: every line of the UCI file is used or set aside, and the money is right."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

import pandas as pd
import pytest

from perf_pipelines.publication import open_marts
from tests.conftest import PROJECT

if TYPE_CHECKING:
    from tests.conftest import Place

FILE = PROJECT / "companies" / "online_retail" / "data" / "online_retail.parquet"
ROWS = 240_007
MONTHS = ["2010-12", "2011-01", "2011-02", "2011-03", "2011-04", "2011-05"]

# of shared/data/README.md
COUNTED = {
    "exact duplicate lines": 1_970,
    "cancellation lines": 4_350,
    "without customer": 67_225,
    "price not above 0": 1_413,
    "no goods": 1_456,
}
SET_ASIDE = {
    "no_goods": 1_456,
    "not_a_number": 1,
    "no_price": 1_408,
    "unknown_country": 1,
    "exact_duplicate": 1_966,
    "cancellation_of_nobody": 115,
    "cancellation_without_order": 918,
    "cancellation_above_order": 25,
}
NO_GOODS = r"(?:POST|DOT|[Mm]|C2|D|S|AMAZONFEE|BANK CHARGES|gift_.*)"


@dataclass(frozen=True)
class Reference:
    """The file cleaned a second time, in pandas and whole pence."""

    raw: pd.DataFrame
    orders: pd.DataFrame
    refunds: pd.DataFrame

    def revenue(self, month: str) -> Decimal:
        ordered = int(self.orders.loc[self.orders.month == month, "pence"].sum())
        refunded = int(self.refunds.loc[self.refunds.month == month, "pence"].sum())
        return Decimal(ordered - refunded) / 100


@pytest.fixture(scope="module")
def expected() -> Reference:
    raw = pd.read_parquet(FILE)
    lines = raw.drop_duplicates().reset_index(names="row")
    lines = lines[~lines.StockCode.str.fullmatch(NO_GOODS) & (lines.UnitPrice >= 0.01) & (lines.Country != "Unit")]
    lines["pence"] = (lines.UnitPrice * 100).round().astype("int64")
    lines["at"] = pd.to_datetime(lines.InvoiceDate, format="%m/%d/%y %H:%M")
    lines["month"] = lines["at"].dt.strftime("%Y-%m")
    cancels = lines.InvoiceNo.str.startswith("C")
    orders = lines[~cancels].assign(pence=lines.pence * lines.Quantity)
    return Reference(raw=raw, orders=orders, refunds=_refunds(lines[~cancels], lines[cancels]))


def _refunds(ordered: pd.DataFrame, cancelled: pd.DataFrame) -> pd.DataFrame:
    """The cancellation lines that take back an order line, with that order, in the order of time."""
    bought: dict[tuple[object, ...], list[tuple[pd.Timestamp, int, int, str]]] = {}
    for line in ordered[ordered.CustomerID.notna()].itertuples():
        key = (line.CustomerID, line.StockCode, line.pence)
        bought.setdefault(key, []).append((line.at, line.row, line.Quantity, line.InvoiceNo))
    taken: Counter[int] = Counter()
    found = []
    for line in cancelled[cancelled.CustomerID.notna()].sort_values(["at", "row"]).itertuples():
        choices = bought.get((line.CustomerID, line.StockCode, line.pence), [])
        fitting = [choice for choice in choices if choice[0] <= line.at and choice[2] >= -line.Quantity]
        if fitting:
            _, row, quantity, order = max(fitting)
            taken[row] -= line.Quantity
            if taken[row] <= quantity:
                found.append((line.InvoiceNo, order, line.month, -line.Quantity * line.pence))
    return pd.DataFrame(found, columns=["cancellation", "order", "month", "pence"])


def rows(place: Place, sql: str) -> list[tuple[object, ...]]:
    with open_marts(place.published) as marts:
        return marts.execute(sql).fetchall()


def test_the_quirks_of_the_file_are_as_its_description_says(expected: Reference) -> None:
    raw = expected.raw
    assert len(raw) == ROWS
    assert {
        "exact duplicate lines": int(raw.duplicated().sum()),
        "cancellation lines": int((raw.InvoiceNo.str.startswith("C") & (raw.Quantity < 0)).sum()),
        "without customer": int(raw.CustomerID.isna().sum()),
        "price not above 0": int((raw.UnitPrice <= 0).sum()),
        "no goods": int(raw.StockCode.str.fullmatch(NO_GOODS).sum()),
    } == COUNTED


def test_a_quirk_meets_the_rule_that_is_meant_for_it_or_an_earlier_one(online_retail: Place) -> None:
    """What is set aside, counted by condition: with the rows that an earlier rule took, each is the whole quirk."""
    [(no_goods, no_price, both)] = rows(
        online_retail,
        "select count(*) filter (rule = 'no_goods'), count(*) filter (rule = 'no_price'), "
        "count(*) filter (rule = 'no_goods' and (row ->> '$.UnitPrice')::double <= 0) "
        "from marts.fct_rejected_row where source_table = 'lines'",
    )
    assert no_goods == COUNTED["no goods"]
    assert no_price + both == COUNTED["price not above 0"]
    # a copy that an earlier rule took is not called a copy, though it is set aside all the same
    [(copies, copies_refused_before)] = rows(
        online_retail,
        """
        with refused as (
            select rule, row_number() over (
                partition by row ->> '$.InvoiceNo', row ->> '$.StockCode', row ->> '$.Description',
                    row ->> '$.Quantity', row ->> '$.InvoiceDate', row ->> '$.UnitPrice', row ->> '$.CustomerID',
                    row ->> '$.Country', rule
                order by source_row
            ) as copy
            from marts.fct_rejected_row where source_table = 'lines'
        )
        select
            count(*) filter (rule = 'exact_duplicate'),
            count(*) filter (rule in ('no_goods', 'no_price') and copy > 1)
        from refused
        """,
    )
    assert copies + copies_refused_before == COUNTED["exact duplicate lines"]


def test_every_line_is_used_or_set_aside_by_its_rule(online_retail: Place, expected: Reference) -> None:
    found = dict(
        rows(online_retail, "select rule, count(*) from marts.fct_rejected_row where source_table = 'lines' group by 1")
    )
    assert found == SET_ASIDE
    assert len(expected.orders) + len(expected.refunds) + sum(found.values()) == ROWS
    assert rows(online_retail, "select count(*) from marts.fct_rejected_row where source_system = 'staff'") == [(0,)]


def test_a_reason_names_what_was_found(online_retail: Place) -> None:
    reasons = {
        (rule, row): reason
        for rule, row, reason in rows(
            online_retail, "select rule, source_row, reason from marts.fct_rejected_row where source_table = 'lines'"
        )
    }
    # the header is line 1 of every file
    assert reasons["unknown_country", ROWS + 1] == "country `Unit` is in no territory of territories.csv"
    assert reasons["exact_duplicate", 519] == "the same stands in row `data/online_retail.parquet:496`"
    assert reasons["cancellation_without_order", 156] == (
        "customer `15311` has no earlier order of `35004C` at 4.65 in at least this quantity"
    )
    assert reasons["not_a_number", 157_197] == "UnitPrice `0.001` is no amount in pounds and pence"


def test_revenue_of_each_month_is_what_pandas_computes(online_retail: Place, expected: Reference) -> None:
    found = dict(
        rows(
            online_retail,
            "select period_id, actual from marts.agg_kpi_actual where kpi_id = 'revenue' and level = 'company'",
        )
    )
    assert found == {month: expected.revenue(month) for month in MONTHS}


def test_orders_and_refunds_are_those_of_pandas_to_the_penny(online_retail: Place, expected: Reference) -> None:
    found = dict(
        rows(
            online_retail,
            "select source_key || '>' || unit_id, sum(numerator * credit) from marts.fct_kpi_contribution "
            "where kpi_id = 'revenue' group by all",
        )
    )
    ordered = expected.orders[expected.orders.month.isin(MONTHS)].groupby("InvoiceNo").pence.sum()
    refunds = expected.refunds[expected.refunds.month.isin(MONTHS)]
    refunded = refunds.groupby(["cancellation", "order"]).pence.sum()
    wanted = {f"{order}>{order}": Decimal(int(pence)) / 100 for order, pence in ordered.items()}
    wanted |= {f"{key[0]}>{key[1]}": Decimal(-int(pence)) / 100 for key, pence in refunded.items()}
    assert found == wanted


def test_no_order_is_refunded_beyond_what_was_paid_for_it(online_retail: Place) -> None:
    beyond = rows(
        online_retail,
        "select unit_id, sum(numerator * credit) from marts.fct_kpi_contribution where kpi_id = 'revenue' "
        "group by unit_id having sum(numerator * credit) < 0",
    )
    assert beyond == []


def test_dates_are_read_month_first(online_retail: Place) -> None:
    assert rows(
        online_retail,
        "select min(occurred_on)::varchar, max(occurred_on)::varchar from marts.fct_kpi_contribution",
    ) == [("2010-12-01", "2011-05-31")]


def test_shared_credit_for_the_united_kingdom_sums_to_the_whole(online_retail: Place, expected: Reference) -> None:
    found = rows(
        online_retail,
        "select employee_id, sum(actual) from marts.fct_kpi_actual "
        "where kpi_id = 'revenue' and employee_id in ('oliver_grant', 'priya_nair') group by 1 order by 1",
    )
    orders = expected.orders.sort_values(["at", "row"])
    country = orders.groupby("CustomerID").Country.first()
    at_home = set(country.index[country == "United Kingdom"])
    customer = orders.groupby("InvoiceNo").CustomerID.first()
    ordered = orders[orders.CustomerID.isin(at_home) & orders.month.isin(MONTHS)].pence.sum()
    refunds = expected.refunds[expected.refunds.month.isin(MONTHS)]
    refunded = refunds[refunds.order.map(customer).isin(at_home)].pence.sum()
    half = Decimal(int(ordered - refunded)) / 200
    assert found == [("oliver_grant", half), ("priya_nair", half)]
    assert rows(
        online_retail,
        "select sum(actual) from marts.agg_kpi_actual "
        "where kpi_id = 'revenue' and level = 'department' and member_id = 'sales_home'",
    ) == [(half * 2,)]


def test_what_nobody_owns_is_shown_and_the_company_is_complete(online_retail: Place, expected: Reference) -> None:
    found = rows(
        online_retail,
        """
        select
            period_id,
            sum(actual) filter (level = 'nobody') as nobody,
            sum(actual) filter (level = 'company') as company,
            sum(actual) filter (level = 'position' and member_id <> 'sales_head') as owned
        from marts.agg_kpi_actual
        where kpi_id = 'revenue'
        group by period_id
        order by period_id
        """,
    )
    assert [period for period, *_ in found] == MONTHS
    orders = expected.orders[expected.orders.CustomerID.isna()]
    assert len(orders) == 65_086  # of 67,225 lines without customer; the others are refused for something else
    for period, nobody, company, owned in found:
        without_customer = Decimal(int(orders.loc[orders.month == period, "pence"].sum())) / 100
        assert nobody > without_customer > 0  # and the customers of countries that nobody owns
        assert nobody + owned == company


def test_the_head_answers_for_all_who_report_to_her_and_not_for_nobody(online_retail: Place) -> None:
    differing = rows(
        online_retail,
        """
        select period_id from marts.fct_kpi_actual where kpi_id = 'revenue' group by period_id
        having sum(actual) filter (employee_id = 'margaret_hale') <> sum(actual) filter (employee_id <> 'margaret_hale')
        """,
    )
    assert differing == []


def test_customers_handed_over_count_for_the_owner_of_the_day(online_retail: Place) -> None:
    assert rows(
        online_retail,
        "select period_id, status from marts.fct_evaluation where employee_id = 'sofia_almeida' order by 1 limit 3",
    ) == [("2010-12", "excluded"), ("2011-01", "excluded"), ("2011-02", "evaluated")]
    found = rows(
        online_retail,
        """
        with customer as (
            select distinct unit_id from marts.fct_kpi_contribution
            where kpi_id = 'repurchase_rate' and employee_id = 'sofia_almeida'
        )
        select employee_id, min(occurred_on) >= date '2011-02-01', max(occurred_on) < date '2011-02-01'
        from marts.fct_kpi_contribution
        where kpi_id = 'repurchase_rate' and unit_id in (select unit_id from customer)
        group by employee_id
        order by employee_id
        """,
    )
    assert found == [("claire_moreau", False, True), ("sofia_almeida", True, False)]


def test_scores_spread(online_retail: Place) -> None:
    grades = {grade for (grade,) in rows(online_retail, "select distinct grade from marts.fct_evaluation")}
    assert {"excellent", "qualified", "unqualified"} <= grades


def test_orders_without_customer_are_neither_of_new_nor_of_returning_customers(
    online_retail: Place, expected: Reference
) -> None:
    found = dict(
        rows(
            online_retail,
            "select period_id, actual from marts.agg_kpi_segment where kpi_id = 'revenue' "
            "and segment = 'customers' and segment_value = 'unknown'",
        )
    )
    orders = expected.orders[expected.orders.CustomerID.isna()]
    assert found == {month: Decimal(int(orders.loc[orders.month == month, "pence"].sum())) / 100 for month in MONTHS}


@pytest.mark.parametrize(
    ("language", "only", "each"), [("en", ", in the numerator only", ", each"), ("zh", "，只计入分子", "，各")]
)
def test_explain_says_what_counts_of_a_shared_row_and_where(
    online_retail: Place, expected: Reference, language: str, only: str, each: str
) -> None:
    said = online_retail.call(
        "explain", "--period", "2011-03", "--employee", "oliver_grant", "--rows", "300", "--language", language
    ).out
    # of the return rate: the month's largest refund, and its first order, by customers whom two people own by half
    assert f"C548532 oliver_grant: 1,170 × 0.5 = 585{only}" in said
    assert f"545220 oliver_grant: 0 / 235.35{each} × 0.5 = 0 / 117.675" in said
    assert int(expected.refunds.loc[expected.refunds.cancellation == "C548532", "pence"].sum()) == 117_000
    assert int(expected.orders.loc[expected.orders.InvoiceNo == "545220", "pence"].sum()) == 23_535
