from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest

from perf_pipelines.errors import PeriodRefused
from perf_pipelines.periods import Cycle, Period, Sprints, between


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2017-03", date(2017, 3, 1), date(2017, 3, 31)),
        ("2016-02", date(2016, 2, 1), date(2016, 2, 29)),
        ("2017-Q4", date(2017, 10, 1), date(2017, 12, 31)),
        ("2017-H1", date(2017, 1, 1), date(2017, 6, 30)),
        ("2017", date(2017, 1, 1), date(2017, 12, 31)),
        ("2017-W13", date(2017, 3, 27), date(2017, 4, 2)),
        ("2026-W01", date(2025, 12, 29), date(2026, 1, 4)),
        ("2026-W53", date(2026, 12, 28), date(2027, 1, 3)),
        ("2017-03-20-14d", date(2017, 3, 20), date(2017, 4, 2)),
        ("2016-02-29-1d", date(2016, 2, 29), date(2016, 2, 29)),
        ("9999-12", date(9999, 12, 1), date(9999, 12, 31)),
    ],
)
def test_a_period_has_the_days_its_name_says_and_keeps_its_name(text: str, first: date, last: date) -> None:
    period = Period.parse(text)
    assert (period.starts_on, period.ends_on) == (first, last)
    assert period.days == (last - first).days + 1
    assert period.id == text


@pytest.mark.parametrize(
    "text",
    [
        *("", "2017-13", "2017-00", "2017-Q5", "2017-H3", "17-03", "0000", "2017-3", "２０１７-03"),
        # 2025 has 52 weeks; the last week of 9999 does not end
        *("2025-W53", "2017-W00", "2017-W1", "2017-W54", "0000-W01", "9999-W52"),
        *("2017-02-29-14d", "2017-03-20-0d", "2017-03-20-014d", "2017-03-20-100d", "2017-03-20", "9999-12-31-2d"),
    ],
)
def test_what_names_no_period_is_refused(text: str) -> None:
    with pytest.raises(PeriodRefused, match="2017-Q1"):
        Period.parse(text)


@pytest.mark.parametrize("cycle", [cycle for cycle in Cycle if cycle.months])
def test_the_months_of_a_period_fill_it_without_gap(cycle: Cycle) -> None:
    period = Period.containing(date(2016, 2, 29), cycle)
    months = period.months_inside()
    assert (months[0].starts_on, months[-1].ends_on) == (period.starts_on, period.ends_on)
    assert sum(month.days for month in months) == period.days
    assert period.months == len(months) == cycle.months
    assert period.next().starts_on > period.ends_on
    assert period.next().previous() == period
    assert period.cycle is cycle


def test_a_range_includes_both_ends_and_crosses_the_year() -> None:
    months = between(first=Period.parse("2016-11"), last=Period.parse("2017-02"))
    assert [month.id for month in months] == ["2016-11", "2016-12", "2017-01", "2017-02"]


@pytest.mark.parametrize(("first", "last"), [("2017-03", "2017-Q1"), ("2017-03", "2017-02")])
def test_a_range_of_two_cycles_or_backwards_is_refused(first: str, last: str) -> None:
    with pytest.raises(PeriodRefused):
        between(first=Period.parse(first), last=Period.parse(last))


def test_a_week_goes_from_monday_to_sunday_and_the_next_begins_the_day_after() -> None:
    week = Period.containing(date(2025, 12, 31), Cycle.WEEK)
    assert (week.id, week.starts_on.isoweekday(), week.ends_on.isoweekday()) == ("2026-W01", 1, 7)
    assert Period.containing(week.starts_on, Cycle.WEEK) == Period.containing(week.ends_on, Cycle.WEEK) == week
    assert [week.previous().id, week.next().id] == ["2025-W52", "2026-W02"]
    assert week.months_inside() == ()


@pytest.mark.parametrize("day", [date(2026, 1, 5), date(2026, 1, 18), date(2026, 1, 11)])
def test_a_sprint_is_where_the_companys_sprints_lie_and_says_itself_how_long_it_is(day: date) -> None:
    sprints = Sprints(days=14, begins_on=date(2026, 1, 5))
    sprint = sprints.containing(day)
    assert sprint == Period.parse("2026-01-05-14d")
    assert (sprint.previous().id, sprint.next().id) == ("2025-12-22-14d", "2026-01-19-14d")
    assert sprints.containing(date(2025, 12, 31)) == sprint.previous()


@pytest.mark.parametrize(
    ("period", "months"),
    [
        ("2017-W13", Fraction(5, 31) + Fraction(2, 30)),
        ("2017-W11", Fraction(7, 31)),
        ("2016-02-29-1d", Fraction(1, 29)),
        ("2026-01-30-60d", Fraction(2, 31) + 1 + Fraction(30, 31)),
    ],
)
def test_a_period_of_days_is_as_many_months_long_as_its_days_are_parts_of_their_months(
    period: str, months: Fraction
) -> None:
    assert Period.parse(period).months == months


@pytest.mark.parametrize(
    ("period", "zh", "en"),
    [
        ("2026-W14", "2026年第14周", "Week 14 of 2026"),
        ("2026-W01", "2026年第1周", "Week 1 of 2026"),
        ("2026-01-19-14d", "2026年1月19日起14天迭代", "Sprint of 14 days from 19 January 2026"),
        ("2026-03", "2026年3月", "March 2026"),
        ("2026-H2", "2026年下半年", "H2 2026"),
    ],
)
def test_a_period_has_a_name_in_both_languages(period: str, zh: str, en: str) -> None:
    assert (Period.parse(period).name_zh, Period.parse(period).name_en) == (zh, en)


def test_periods_are_in_the_order_of_their_days_and_shorter_ones_come_first() -> None:
    names = ["2026", "2026-W27", "2026-07-01-14d", "2026-07", "2026-Q3", "2026-H1", "2026-07-01-7d"]
    assert [period.id for period in sorted(map(Period.parse, names))] == [
        *("2026-H1", "2026", "2026-W27", "2026-07-01-7d", "2026-07-01-14d", "2026-07", "2026-Q3"),
    ]


@pytest.mark.parametrize("cycle", [Cycle.WEEK, Cycle.SPRINT])
def test_ids_of_weeks_and_sprints_sort_like_their_days(cycle: Cycle) -> None:
    period = Period.parse("2019-W50" if cycle is Cycle.WEEK else "2019-12-09-14d")
    periods = [period := period.next() for _ in range(120)]
    assert sorted(one.id for one in periods) == [one.id for one in periods]
    assert all(Period.parse(one.id) == one for one in periods)


def test_a_range_of_weeks_crosses_the_year() -> None:
    weeks = between(first=Period.parse("2026-W52"), last=Period.parse("2027-W02"))
    assert [week.id for week in weeks] == ["2026-W52", "2026-W53", "2027-W01", "2027-W02"]


@pytest.mark.parametrize("last", ["2026-01-20-14d", "2026-01-19-7d", "2026-W04", "2025-12-22-14d", "9999-12-01-14d"])
def test_a_range_of_sprints_ends_with_one_that_follows_its_first(last: str) -> None:
    with pytest.raises(PeriodRefused, match="same cycle"):
        between(first=Period.parse("2026-01-05-14d"), last=Period.parse(last))
