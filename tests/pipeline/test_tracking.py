"""A shop in April, tracked on some of its days: who falls behind is told once, and closing knows nothing of it."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from perf_pipelines.closing import EXPECTATIONS, Closing
from perf_pipelines.defs.companies import read_company
from perf_pipelines.errors import GateFailed
from perf_pipelines.home import company_home
from perf_pipelines.periods import Period
from perf_pipelines.plan import PLAN, by_period
from perf_pipelines.publication import OF_RUNNING, open_marts, read_publication
from perf_pipelines.records.alerts import ALERTS
from perf_pipelines.records.verification import verify
from perf_pipelines.reports import words
from perf_pipelines.reports.edition import Edition
from perf_pipelines.reports.folder import Kind, reports_of
from perf_pipelines.reports.marts import PublishedMarts
from perf_pipelines.tracking import Tracked, running_on, track_running
from perf_pipelines.wording import Language
from tests.conftest import Outcome, Place, replace_once
from tests.pipeline.a_small_shop import a_small_shop

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

APRIL = "2026-04"
SCHEME = """\
scheme: small-shop
currency: CNY
kpis:
  revenue: {name: {zh: 营收, en: Revenue}, unit: CNY, aggregation: sum, better: higher}
goals:
  - {id: grow, level: strategy, name: {zh: 增长, en: Grow}}
  - {id: sell, level: objective, parent: grow, name: {zh: 卖, en: Sell}}
  - {id: kr_revenue, level: key_result, parent: sell, name: {zh: 营收, en: Revenue}, kpi: revenue, from: 100, to: 200}
positions:
  seller:
    - {kpi: revenue, goal: kr_revenue, weight: 1, target: 1200, rule: gradual, min_sample: 2}
rules:
  gradual: {kind: linear, zero_at: 0, cap: 12}
alerts: {below: 0.70, after: 0.20}
evaluation: {kpi: 1.0, min_coverage: 0.5}
grades:
  method: bands
  bands:
    - {grade: good, name: {zh: 优, en: Good}, at_least: 90, expected: 0.3}
    - {grade: fair, name: {zh: 可, en: Fair}, at_least: 0, expected: 0.7}
bonus:
  cycles: {month: 1.0}
  multiplier: {good: 1.5, fair: 1.0}
review:
  systemic_miss: {share: 0.80, min_headcount: 3}
"""
SALES = """\
m0 c1 2026-02-10 10
r1 c1 2026-03-02 300
m2 c1 2026-03-03 100
r3 c1 2026-03-10 500
m4 c1 2026-03-10 300
r5 c1 2026-03-20 5000
r6 c1 2026-04-02 100
m7 c1 2026-04-03 30
m8 c1 2026-04-10 250
m9 c2 2026-04-01 130
m10 c2 2026-04-06 100
m11 c2 2026-04-14 220
m12 c3 2026-04-03 10
m13 c4 2026-04-02 200
m14 c4 2026-04-05 40
"""
"""Order, customer, day, amount; ann has c1, bob c2, cid c3, hal c4. An `r` is of somebody who has bought before."""


def orders(sales: str) -> str:
    rows = ["id,order_no,customer_id,placed_at,paid_at,status,amount,is_test"]
    for number, sale in enumerate(sales.splitlines()):
        order, customer, day, amount = sale.split()
        rows.append(f"{number},{order},{customer},{day}T10:00:00+08:00,{day}T10:01:00+08:00,paid,{amount},false")
    return "\n".join(rows) + "\n"


DATA: Mapping[str, str] = {
    "customers.csv": "customer_id,phone,email,device,registered_at,is_test\n"
    + "".join(f"c{n},1380013800{n},{n}@x.cn,d{n},2026-01-01T08:00:00+08:00,false\n" for n in (1, 2, 3, 4)),
    "orders.csv": orders(SALES),
    "refunds.csv": "id,order_id,refunded_at,amount\nr1,0,2026-02-11T10:00:00+08:00,1.00\n",
    "traffic.csv": "id,day,agent,visits,views\nt1,2026-03-02,Mozilla/5.0,100,400\n",
    "staff.csv": "employee_id,department_id,valid_from,valid_to\n"
    + "".join(f"{name},a,2026-01-01,\n" for name in ("ann", "bob", "cid", "eve", "hal")),
    "owners.csv": "customer_id,employee_id,share,valid_from,valid_to\n"
    + "".join(f"{customer},{name},1,2026-01-01,\n" for customer, name in
              (("c1", "ann"), ("c2", "bob"), ("c3", "cid"), ("c4", "hal"))),
    # hal works half of each day
    "attendance.csv": "employee_id,day,standard_hours,worked_hours\n"
    + "".join(f"hal,2026-04-{day:02},8,{4 if day < 15 else 8}\n" for day in (1, 2, 3, 16)),
    "ledger.csv": "day,revenue\n2026-03-02,300.00\n",
}  # fmt: skip


class Shop(Place):
    """The place, and what can be asked of it."""

    def rows(self, sql: str) -> list[tuple[object, ...]]:
        with open_marts(self.published) as marts:
            return marts.execute(sql).fetchall()

    @property
    def closing(self) -> Closing:
        with pytest.MonkeyPatch.context() as patch:
            for name, value in self.environment.items():
                patch.setenv(name, value)
            return Closing(company=read_company(self.name), home=company_home(self.name))

    def track(self, day: date, *, is_trial: bool = False) -> Tracked:
        """What came of tracking on the shared stages as they stand, without the seconds of extraction and inputs."""
        closing = self.closing
        with closing.alone():
            return track_running(closing, running_on(closing, day), is_trial=is_trial)

    def close_april(self) -> None:
        """Close on the shared stages as they stand."""
        closing, closed = self.closing, [Period.parse(APRIL)]
        with closing.alone():
            closing.begin(closed)
            closing.pass_stages(by_period(closing.plan.closing))
            closing.publish(closed)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    """A shop in which everybody but eve reports to her, with all that is built before any period is named."""
    shop = Shop(**vars(a_small_shop(tmp_path_factory.mktemp("tracked"), DATA)))
    (shop.company / "scheme.yaml").write_text(SCHEME, encoding="utf-8")
    inputs = shop.company / "models" / "inputs"
    replace_once(
        inputs / "company_assignments.sql",
        "cast(null as varchar) as manager_id",
        "case when employee_id <> 'eve' then 'eve' end as manager_id",
    )
    replace_once(inputs / "company_orders.sql", "false as is_returning", "starts_with(order_no, 'r') as is_returning")
    closing = shop.closing
    with closing.alone():
        for system in closing.company.sources.systems:
            closing.extract(system)
        closing.prepare(periods=())
        closing.pass_stages(closing.plan.shared)
    return shop


@pytest.fixture(scope="module")
def untracked(built: Shop, tmp_path_factory: pytest.TempPathFactory) -> Shop:
    """The same before anything is tracked."""
    home = tmp_path_factory.mktemp("untracked") / "state"
    shutil.copytree(built.home, home, symlinks=True)
    return Shop(companies=built.companies, home=home, name=built.name)


@dataclass(frozen=True)
class Days:
    """What came of the fifth and the sixth of April, of the sixth again, and what the command says of it as a trial."""

    fifth: Tracked
    sixth: Tracked
    again: Tracked
    tried: Outcome


@pytest.fixture(scope="module")
def days(built: Shop, untracked: Shop) -> Days:
    """Before the sixth is tracked again, what was published is lost, as if the process had died before publishing."""
    fifth, sixth = (built.track(date(2026, 4, day)) for day in (5, 6))
    built.published.unlink()
    again = built.track(date(2026, 4, 6))
    published = built.published_bytes()
    tried = built.call("track", "--company", "small_shop", "--on", "2026-04-06")
    assert built.published_bytes() == published
    return Days(fifth, sixth, again, tried)


@pytest.fixture(scope="module")
def shop(built: Shop, days: Days) -> Shop:
    """The shop after these days."""
    return built


def test_who_falls_below_the_bound_is_told_on_the_first_day_on_which_anybody_is_and_then_not_again(days: Days) -> None:
    # five of thirty days are less than a fifth
    assert ([alert.employee_id for alert in days.fifth.not_told], days.fifth.raised) == (["ann"], ())
    [alert] = days.sixth.raised
    assert alert.sentence_en == (
        "ann is behind in Revenue: 130 CNY up to 2026-04-06 (20 % of April 2026 has passed), where the target is "
        "240 CNY by now; the attainment is 54.16 %, below 70 %. Against 2026-03-01 to 2026-03-06 it changed by "
        '-270 CNY; the likely cause is Customers "returning" (-200 CNY).'
    )
    assert alert.sentence_zh == (
        "ann的营收落后：截至 2026-04-06（2026年4月已过 20%）为 130 CNY，按进度目标为 240 CNY，达成率 54.16%，低于 70%。"
        "与 2026-03-01 至 2026-03-06 相比变化 -270 CNY，可能的原因：客户「老客」（影响 -200 CNY）。"
    )
    assert (days.again.raised, days.again.raised_before, days.again.not_told) == ((), (alert,), ())
    said = f"tracked: 2026-04, up to 2026-04-06\ntold before · eve\n  2026-04-06  {alert.sentence_en}\n"
    assert (days.tried.code, days.tried.out) == (0, said)


def test_a_target_is_paced_by_days_and_by_hours_and_too_few_rows_are_no_data(shop: Shop) -> None:
    found = shop.rows(
        "select employee_id, elapsed_share, target, paced_target, actual, ratio, status, is_behind "
        "from fct_kpi_progress order by employee_id"
    )
    a_fifth, whole, paced = Decimal("0.2"), Decimal(1200), Decimal(240)
    assert found == [
        ("ann", a_fifth, whole, paced, Decimal(130), Decimal("0.54166667"), "missed", True),
        ("bob", a_fifth, whole, paced, Decimal(230), Decimal("0.95833333"), "missed", False),
        ("cid", a_fifth, whole, paced, Decimal(10), Decimal("0.04166667"), "no_data", False),
        ("eve", a_fifth, whole, paced, None, None, "no_data", False),
        # 1200 × 6/30 × 12 of 24 hours; what is planned for the sixteenth is of no account yet
        ("hal", a_fifth, whole, Decimal(120), Decimal(240), Decimal("2.00000000"), "exceeded", False),
    ]
    assert shop.rows("select distinct as_of from fct_kpi_progress") == [(date(2026, 4, 6),)]


def test_an_alert_says_what_was_known_when_it_was_raised_and_comes_of_the_records(
    shop: Shop,
) -> None:
    columns = "employee_id, kpi_id, manager_id, raised_on, paced_target, actual, ratio, segment, segment_value, effect"
    assert shop.rows(f"select {columns} from fct_kpi_alert") == [
        *[("ann", "revenue", "eve", date(2026, 4, 6), 240, 130, Decimal("0.54166667"), "customers", "returning", -200)]
    ]
    records = shop.closing.records
    assert [alert.subject for alert in records.all(ALERTS)] == [(APRIL, "ann", "seller", "a", "revenue")]
    assert verify(records.database).entries == 1


def test_a_running_period_is_kept_apart_and_no_gate_of_it_stays_open(shop: Shop) -> None:
    publication = read_publication(shop.closing.home)
    assert (list(publication.periods), {name: each.as_of for name, each in publication.running.items()}) == (
        [], {APRIL: "2026-04-06"},
    )  # fmt: skip
    assert {mart for mart, files in publication.files.items() if APRIL in files} == set(OF_RUNNING)
    assert shop.call("table", "--company", "small_shop", "--period", APRIL).code == 8
    closing, april = shop.closing, [Period.parse(APRIL)]
    with closing.alone():
        closing.begin(april)
        with pytest.raises(GateFailed, match=f"gate_2_facts is not open for {APRIL}"):
            closing.build(PLAN.stage("evaluation"))
        with pytest.raises(GateFailed):
            closing.publish(april)
        with pytest.raises(GateFailed):
            closing.publish_running(april, up_to=date(2026, 4, 6))


def test_a_closed_gate_leaves_what_was_published_as_it_was(
    shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = shop.published_bytes()
    stricter = tmp_path / "expectations"
    shutil.copytree(EXPECTATIONS, stricter)
    replace_once(
        stricter / "gate_2_facts.yaml",
        "min_value: 1\n        because: {zh: 至少有一个",
        "min_value: 2\n        because: {zh: 至少有两个",
    )
    monkeypatch.setattr("perf_pipelines.closing.EXPECTATIONS", stricter)
    with pytest.raises(GateFailed, match="gate_2_facts"):
        shop.track(date(2026, 4, 20))
    assert shop.published_bytes() == before


def test_a_period_in_which_nothing_has_come_in_yet_is_tracked_and_nobody_is_told(shop: Shop) -> None:
    before = shop.published_bytes()
    quiet = shop.track(date(2026, 5, 20), is_trial=True)
    assert (quiet.raised, quiet.not_told, quiet.publication) == ((), (), None)
    assert shop.published_bytes() == before


def test_a_gate_that_was_open_for_the_whole_period_is_shut_by_tracking_a_part_of_it(shop: Shop) -> None:
    closing, april = shop.closing, [Period.parse(APRIL)]
    with closing.alone():
        closing.begin(april)
        closing.pass_stage(PLAN.stage("facts"))
    tried = shop.track(date(2026, 4, 6), is_trial=True)
    assert (tried.raised, [alert.employee_id for alert in tried.raised_before]) == ((), ["ann"])
    with closing.alone():
        closing.begin(april)
        with pytest.raises(GateFailed, match=f"gate_2_facts is not open for {APRIL}"):
            closing.pass_stage(PLAN.stage("evaluation"))


def test_closing_what_was_tracked_gives_what_closing_alone_gives(shop: Shop, untracked: Shop) -> None:
    for place in (shop, untracked):
        place.close_april()
    tracked, other = (read_publication(place.closing.home) for place in (shop, untracked))
    assert (list(tracked.periods), tracked.running) == ([APRIL], {})
    assert tracked.files.keys() == other.files.keys()
    assert "fct_kpi_progress" not in tracked.files
    assert {mart for mart in tracked.files if tracked.files[mart] != other.files[mart]} == {"fct_kpi_alert"}
    files, others = shop.published_bytes(), untracked.published_bytes()
    differing = {name.split("/")[1] for name in files if name.endswith(".parquet") and files[name] != others[name]}
    assert differing == {"fct_kpi_alert"}
    assert [place.rows("select count(*) from fct_kpi_alert") for place in (shop, untracked)] == [[(1,)], [(0,)]]
    again = shop.track(date(2026, 4, 15))
    assert ([period.id for period in again.running.closed], again.publication) == ([APRIL], None)
    # and who reads of April reads of the alert
    for language in Language:
        edition = Edition(marts=PublishedMarts(shop.closing.home), period=APRIL, language=language)
        alerts = edition.say(words.ALERTS)
        files = {each.name: each for each in reports_of(edition, (Kind.personal_files, Kind.department_summaries))}
        told = {name for name, each in files.items() if alerts in [section.title for section in each.sections]}
        assert told == {"people/ann", "departments/a"}


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--on", "2026-02-20"], "no period is assessed yet"),
        (["--on", "2999-01-01"], "is not over yet"),
        (["--on", "2026-04-15", "--cycle", "week"], "does not assess a week"),
    ],
)
def test_a_day_or_cycle_that_cannot_be_tracked_is_refused(built: Shop, arguments: list[str], says: str) -> None:
    refused = built.call("track", "--company", "small_shop", *arguments)
    assert (refused.code, says in refused.err) == (5, True)
