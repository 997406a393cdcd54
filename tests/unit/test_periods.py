from __future__ import annotations

from datetime import date

import pytest

from perf_pipelines.errors import PeriodRefused
from perf_pipelines.periods import Cycle, Period, between


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2017-03", date(2017, 3, 1), date(2017, 3, 31)),
        ("2016-02", date(2016, 2, 1), date(2016, 2, 29)),
        ("2017-Q4", date(2017, 10, 1), date(2017, 12, 31)),
        ("2017-H1", date(2017, 1, 1), date(2017, 6, 30)),
        ("2017", date(2017, 1, 1), date(2017, 12, 31)),
    ],
)
def test_a_period_has_the_days_its_name_says_and_keeps_its_name(text: str, first: date, last: date) -> None:
    period = Period.parse(text)
    assert (period.starts_on, period.ends_on) == (first, last)
    assert period.days == (last - first).days + 1
    assert period.id == text


@pytest.mark.parametrize(
    "text", ["", "2017-13", "2017-00", "2017-Q5", "2017-H3", "17-03", "0000", "2017-W14", "2017-3"]
)
def test_what_names_no_period_is_refused(text: str) -> None:
    with pytest.raises(PeriodRefused, match="2017-Q1"):
        Period.parse(text)


@pytest.mark.parametrize("cycle", list(Cycle))
def test_the_months_of_a_period_fill_it_without_gap(cycle: Cycle) -> None:
    period = Period.containing(date(2016, 2, 29), cycle)
    months = period.months_inside()
    assert (months[0].starts_on, months[-1].ends_on) == (period.starts_on, period.ends_on)
    assert sum(month.days for month in months) == period.days
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
