"""The year of XX e-commerce, read from its running systems: what was planted is found, and nothing else."""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Any

import duckdb
import pytest

from business_systems import Systems, World, running
from perf_pipelines.closing import Closing
from perf_pipelines.company import load_company
from perf_pipelines.home import CompanyHome
from perf_pipelines.plan import PLAN
from perf_pipelines.publication import open_marts
from perf_pipelines.warehouse.dbt import DBT_PROJECT, input_models, kpi_models
from tests.conftest import PROJECT, Place

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    import pandas as pd

COMPANY = PROJECT / "companies" / "xx_ecommerce"
INPUTS = PLAN.stage("inputs")
FEBRUARY = datetime(2025, 2, 5, tzinfo=UTC)
APRIL = datetime(2025, 4, 5, tzinfo=UTC)
JANUARY = "ordered_on between '2025-01-01' and '2025-01-31'"


def a_closing(root: Path) -> Closing:
    company = load_company(COMPANY, kpi_models=kpi_models(DBT_PROJECT / "models" / "kpis"), inputs=input_models())
    return Closing(company=company, home=CompanyHome(root / "state"))


def extract(closing: Closing, systems: Systems) -> str:
    """Load what is new in all systems; the newest load's id."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in systems.environment.items():
            patch.setenv(name, value)
        for system in closing.company.sources.systems:
            closing.extract(system)
    return closing.lake.loads()[0].load_id


def build_inputs(closing: Closing, *, as_of: str | None = None) -> None:
    closing.prepare(periods=[], as_of=as_of)
    broken = [result.test.name for result in closing.build(INPUTS).failed]
    assert not broken


def rows(closing: Closing, sql: str) -> list[tuple[Any, ...]]:
    with closing.warehouse.connect() as connection:
        return connection.execute(sql).fetchall()


def set_aside(world: World) -> set[tuple[str, str, str, str]]:
    return {(row["system"], row["table"], row["key"], row["rule"]) for row in world.truth()["rejected"]}


@dataclass(frozen=True)
class Shop:
    """Orders that count and their refunds, taken from the world and its truth: day in Shanghai, shop, amount."""

    orders: pd.DataFrame
    refunds: pd.DataFrame

    @classmethod
    def of(cls, world: World) -> Shop:
        refused = {(table, key) for system, table, key, _ in set_aside(world) if system == "shop"}
        orders, refunds = (_counting(world, name, refused) for name in ("orders", "refunds"))
        orders["day"] = _shanghai_day(orders["placed_at"])
        refunds["day"] = _shanghai_day(refunds["refunded_at"])
        shops = orders.set_index("id")["shop_id"]
        return cls(orders=orders, refunds=refunds.assign(shop_id=refunds["order_id"].map(shops)))

    def revenue(self, shop: str, first: date, last: date) -> Decimal:
        ordered, refunded = (
            sum(frame[(frame["shop_id"] == shop) & frame["day"].between(first, last)]["amount"], Decimal(0))
            for frame in (self.orders, self.refunds)
        )
        return ordered - refunded


def _counting(world: World, table: str, refused: set[tuple[str, str]]) -> pd.DataFrame:
    frame: pd.DataFrame = world.table("shop", table).to_pandas()
    return frame[[(table, str(key)) not in refused for key in frame["id"]]].copy()


def _shanghai_day(moments: pd.Series[Any]) -> pd.Series[Any]:
    return moments.dt.tz_convert("Asia/Shanghai").dt.date


def test_every_planted_defect_is_found_nothing_else_is_and_the_year_comes_out_to_the_cent(
    year: Place, tmp_path: Path
) -> None:
    closing = a_closing(tmp_path)
    closing.home.root.mkdir(parents=True)
    # of its own, because the year's file is open to one process at a time
    shutil.copy(CompanyHome(year.home / year.name).warehouse, closing.home.warehouse)
    hold_what_was_planted(World(), closing)


@pytest.mark.slow
@pytest.mark.parametrize("seed", [2, 3])
def test_in_another_year_every_planted_defect_is_found_too(seed: int, tmp_path: Path) -> None:
    world, closing = World(seed=seed), a_closing(tmp_path)
    with running(world, folder=tmp_path / "files") as systems:
        extract(closing, systems)
    build_inputs(closing)
    hold_what_was_planted(world, closing)


def hold_what_was_planted(world: World, closing: Closing) -> None:
    assert closing.check(INPUTS).passed

    refused = "select source_system, source_table, source_key, rule from inputs.staged_rows where rule is not null"
    found = rows(closing, refused)
    assert len(found) == len(set(found))
    assert set(found) == set_aside(world)

    merged = dict(
        rows(closing, "select customer_id, person_id from staging.stg_shop__customers where customer_id <> person_id")
    )
    assert merged == world.truth()["duplicate_person_of"]

    [*years] = rows(
        closing,
        """
        with bought as (
            select year(ordered_on) as year, customer_id, count(*) as orders, sum(amount) as amount
            from inputs.orders group by all
        ),
        taken_back as (select year(refunded_on) as year, sum(amount) as amount from inputs.refunds group by all)
        select bought.year, count(*), count(*) filter (orders >= 2), sum(bought.amount) - any_value(taken_back.amount)
        from bought inner join taken_back using (year) group by bought.year
        """,
    )
    assert {str(year): (buyers, again, revenue) for year, buyers, again, revenue in years} == {
        year: (planted["buyers"], planted["bought_again"], Decimal(planted["revenue"]))
        for year, planted in world.truth()["outcome"].items()
    }
    year_before, year = (Decimal(world.truth()["outcome"][year]["revenue"]) for year in ("2024", "2025"))
    assert year == year_before * Decimal("1.45")

    contradictory = world.truth()["contradictory"]
    differing = rows(
        closing,
        "select measure, cast(occurred_on as varchar), value_a, value_b from inputs.reconciliations "
        "where value_a <> value_b",
    )
    assert set(differing) == {
        (row["measure"], row["day"], Decimal(row["value_a"]), Decimal(row["value_b"])) for row in contradictory
    }


@pytest.mark.slow
def test_two_systems_that_contradict_each_other_close_the_first_gate_with_the_days(tmp_path: Path) -> None:
    world, closing = World(contradict=True), a_closing(tmp_path)
    with running(world, folder=tmp_path / "files") as systems:
        extract(closing, systems)
    build_inputs(closing)
    gate = closing.check(INPUTS)
    assert not gate.passed
    days = [row["day"] for row in world.truth()["contradictory"] if not row["within_tolerance"]]
    said = [problem.row or "" for problem in gate.failure().problems]
    assert len(days) == len(said)
    assert all(any(day in row for row in said) for day in days)


@pytest.mark.slow
def test_orders_that_come_late_count_in_their_month_and_not_as_of_a_load_before_them(tmp_path: Path) -> None:
    world, closing = World(), a_closing(tmp_path)
    orders = Shop.of(world).orders
    january = orders[orders["day"].between(date(2025, 1, 1), date(2025, 1, 31))]
    known = {str(key) for key in january[january["updated_at"] <= FEBRUARY]["id"]}
    late = {str(key) for key in january[january["updated_at"] > FEBRUARY]["id"]}
    assert late

    def read() -> tuple[set[str], list[tuple[Any, ...]]]:
        ids = {key for (key,) in rows(closing, f"select order_id from inputs.orders where {JANUARY}")}
        return ids, rows(closing, "from inputs.orders order by order_id")

    with running(world, folder=tmp_path / "files", clock=FEBRUARY) as systems:
        first_load = extract(closing, systems)
        build_inputs(closing)
        # finance, too, knows nothing yet of what comes late
        assert closing.check(INPUTS).passed
        in_february, all_in_february = read()
        systems.advance(APRIL)
        extract(closing, systems)
    build_inputs(closing)
    in_april, _ = read()
    build_inputs(closing, as_of=first_load)
    as_of_february, all_as_of_february = read()

    assert in_february == known
    assert in_april == known | late
    assert as_of_february == known
    assert all_as_of_february == all_in_february


@pytest.fixture(scope="session")
def shop() -> Shop:
    return Shop.of(World())


def of(place: Place, sql: str) -> list[tuple[Any, ...]]:
    with open_marts(place.published) as marts:
        return marts.execute(sql).fetchall()


def one(place: Place, sql: str) -> Any:
    [(value,)] = of(place, sql)
    return value


def rounded(value: Decimal, decimals: int = 8) -> Decimal:
    return value.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)


def test_the_year_is_published_with_the_planted_repurchase_rate_and_revenue(year: Place) -> None:
    planted = World().truth()["outcome"]["2025"]
    figures = dict(
        of(year, "select kpi_id, actual from marts.agg_kpi_actual where period_id = '2025' and level = 'company'")
    )
    assert figures["repurchase_rate"] == Decimal("0.35")
    assert figures["revenue"] == Decimal(planted["revenue"])
    reached = dict(of(year, "select goal_id, progress from marts.fct_goal_progress where period_id = '2025'"))
    assert reached["kr_repurchase"] == Decimal("1.5")
    assert reached["kr_revenue"] > 1


def test_sales_of_somebody_lent_to_another_shop_count_where_they_were_made(year: Place, shop: Shop) -> None:
    stretches = of(
        year,
        "select active_from, active_to, department_id, actual from marts.fct_kpi_score where period_id = '2025-10' "
        "and employee_id = 'E013' and kpi_id = 'shop_revenue' order by active_from",
    )
    lent, back = date(2025, 10, 13), date(2025, 10, 27)
    at_home, until = date(2025, 10, 1), date(2025, 10, 31)
    assert stretches == [
        (
            at_home,
            lent - timedelta(1),
            "shop_b",
            rounded(shop.revenue("shop_b", at_home, lent - timedelta(1)) * 33 / 100),
        ),
        (lent, back - timedelta(1), "shop_a", rounded(shop.revenue("shop_a", lent, back - timedelta(1)) / 2)),
        (back, until, "shop_b", rounded(shop.revenue("shop_b", back, until) * 33 / 100)),
    ]
    of_shops = dict(
        of(
            year,
            "select member_id, actual from marts.agg_kpi_actual where period_id = '2025-10' and level = 'department' "
            "and kpi_id = 'shop_revenue' and member_id like 'shop_%'",
        )
    )
    assert of_shops == {name: shop.revenue(name, at_home, until) for name in ("shop_a", "shop_b")}


def test_a_transfer_inside_a_month_gives_a_score_for_each_shop_and_their_mean_by_days(year: Place, shop: Shop) -> None:
    first, moved, last = date(2025, 6, 1), date(2025, 6, 16), date(2025, 6, 30)
    assert of(
        year,
        "select department_id, actual from marts.fct_kpi_score where period_id = '2025-06' and employee_id = 'E012' "
        "and kpi_id = 'shop_revenue' order by active_from",
    ) == [
        ("shop_a", rounded(shop.revenue("shop_a", first, moved - timedelta(1)) / 2)),
        ("shop_b", rounded(shop.revenue("shop_b", moved, last) * 34 / 100)),
    ]
    scores = of(
        year,
        "select sum(weighted_score) from marts.fct_kpi_score where period_id = '2025-06' and employee_id = 'E012' "
        "group by active_from",
    )
    [(final, status)] = of(
        year,
        "select final_score, status from marts.fct_evaluation where period_id = '2025-06' and employee_id = 'E012'",
    )
    # 15 days each
    assert (status, final) == ("evaluated", rounded(sum((score for (score,) in scores), Decimal(0)) / 2, 4))


def test_whoever_is_transferred_on_the_first_of_a_month_leaves_the_customers_behind(year: Place) -> None:
    assert of(
        year,
        "select distinct period_id, position_id from marts.fct_kpi_score "
        "where employee_id = 'E007' and period_id in ('2025-03', '2025-04') order by 1",
    ) == [("2025-03", "user_operations"), ("2025-04", "campaign_operations")]
    assert one(
        year,
        "select max(occurred_on) from marts.fct_kpi_contribution where employee_id = 'E007' and kpi_id = 'revenue'",
    ) == date(2025, 3, 31)


@pytest.mark.parametrize(
    ("employee", "month", "kpi", "monthly", "hours"),
    [
        pytest.param("E017", "2025-07", "tickets_handled", 30, (1, 2), id="part-timer"),
        pytest.param("E006", "2025-03", "revenue", 21_000, (6, 21), id="three weeks of leave"),
        pytest.param("E018", "2025-08", "tickets_handled", 30, (11, 21), id="leaver"),
        pytest.param("E021", "2025-09", "tickets_handled", 30, (12, 22), id="joiner"),
        pytest.param("E016", "2025-09", "tickets_handled", 30, (1, 1), id="full time"),
    ],
)
def test_a_target_that_grows_with_time_is_prorated_by_the_hours_worked(
    year: Place, employee: str, month: str, kpi: str, monthly: int, hours: tuple[int, int]
) -> None:
    worked, standard = hours
    assert one(
        year,
        f"select prorated_target from marts.fct_kpi_score where period_id = '{month}' "
        f"and employee_id = '{employee}' and kpi_id = '{kpi}'",
    ) == rounded(Decimal(monthly) * worked / standard)


def test_what_belongs_to_nobody_is_shown_and_counts_for_the_company(year: Place) -> None:
    credited = one(
        year,
        "select sum(numerator * credit) from marts.fct_kpi_contribution "
        "where period_id = '2025-10' and kpi_id = 'revenue' and employee_id is not null",
    )
    by_level = dict(
        of(
            year,
            "select level, actual from marts.agg_kpi_actual where period_id = '2025-10' and kpi_id = 'revenue' "
            "and level in ('company', 'nobody')",
        )
    )
    assert by_level["nobody"] > 0
    assert by_level["company"] == credited + by_level["nobody"]


def changes(place: Place, kpi: str, segment: str, before: str, after: str) -> dict[str, Decimal]:
    """By segment value: the actual of one month by that of the month before."""
    found = of(
        place,
        f"select segment_value, period_id, actual from marts.agg_kpi_segment where kpi_id = '{kpi}' "
        f"and segment = '{segment}' and period_id in ('{before}', '{after}')",
    )
    actual = {(value, period): number for value, period, number in found}
    return {value: actual[value, after] / actual[value, before] for value in _values(found)}


def _values(found: Iterable[tuple[Any, ...]]) -> set[str]:
    return {value for value, *_ in found}


def test_the_sinks_show_in_the_segments_in_which_they_were_planted(year: Place) -> None:
    conversion = changes(year, "conversion_rate", "customers", "2025-07", "2025-08")
    assert conversion["new"] < Decimal("0.7")
    assert conversion["returning"] > Decimal("0.9")

    benefits = changes(year, "benefit_use_rate", "benefit", "2025-04", "2025-05")
    assert benefits.pop("coupon_b") < Decimal("0.5")
    assert all(change > Decimal("0.7") for change in benefits.values())

    for kpi in ("returning_viewer_share", "sales_per_stream"):
        assert all(change < Decimal("0.7") for change in changes(year, kpi, "shop", "2025-10", "2025-11").values())


def test_everybody_who_works_there_is_evaluated_in_the_year(year: Place) -> None:
    found = of(year, "select employee_id, status from marts.fct_evaluation where period_id = '2025'")
    assert len(found) == 21
    assert [employee for employee, status in found if status != "evaluated"] == []


def readme(language: str) -> list[str]:
    """The code blocks of the README in one language."""
    text = (PROJECT / "README.md").read_text(encoding="utf-8")
    fence = "`" * 3
    return re.findall(fence + language + r"\n(.*?)" + fence, text, flags=re.DOTALL)


def test_every_command_of_the_readme_works(year: Place, tmp_path: Path) -> None:
    commands = [line.split("#")[0].split() for block in readme("sh") for line in block.splitlines()]
    own = [words[1:] for words in commands if words and words[0].endswith("perf-pipelines")]
    assert len(own) >= 5
    for words in own:
        arguments = [str(tmp_path / word) if word.endswith(".xlsx") else word for word in words]
        outcome = year.call(*arguments)
        assert outcome.code == 0, outcome.err
    targets = {words[1] for words in commands if words and words[0] == "make"}
    makefile = (PROJECT / "Makefile").read_text(encoding="utf-8")
    assert all(re.search(rf"^{target}:", makefile, flags=re.MULTILINE) for target in targets)


def test_the_readmes_way_into_the_marts_works_for_an_analyst(year: Place) -> None:
    [sql] = readme("sql")
    with duckdb.connect() as connection:
        rows = connection.execute(sql.replace(".perf/xx_ecommerce/published", str(year.published))).fetchall()
    assert len(rows) == 21


def test_the_readmes_picture_of_the_goals_is_what_the_command_draws(year: Place) -> None:
    drawn = year.call("goals", "--format", "mermaid").out
    assert f"mermaid\n{drawn}{chr(96) * 3}" in (COMPANY / "README.md").read_text(encoding="utf-8")
