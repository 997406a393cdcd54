"""What becomes of bad input: refused with file, row and column, or set aside with its reason.

In every case the month that was published before stays byte for byte as it was.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest

from perf_pipelines.publication import open_marts

if TYPE_CHECKING:
    from tests.conftest import Outcome, Place

Change = Callable[[Path, str, str], None]

A_ROW = "Z063OYW0,Darcel Schlecht,GTXPro,Isdom,Won,10/25/2016,3/11/2017,4514"


@pytest.fixture
def april(closed_march: Place) -> Iterator[Callable[[], Outcome]]:
    """Close 2017-04 after whatever the test did to the company; it has to fail, and March to stand as it stood."""
    before = closed_march.published_bytes()
    outcomes: list[Outcome] = []

    def close() -> Outcome:
        outcomes.append(closed_march.attempt("2017-04"))
        return outcomes[-1]

    yield close
    after = closed_march.published_bytes()
    assert outcomes
    assert all(outcome.code for outcome in outcomes)
    assert after == before


def test_a_missing_file_is_refused_by_name(closed_march: Place, april: Callable[[], Outcome]) -> None:
    (closed_march.data / "accounts.csv").unlink()
    outcome = april()
    assert outcome.code == 4
    assert "crm_sales/data/accounts.csv" in outcome.err


def test_an_empty_file_is_refused_by_name(closed_march: Place, april: Callable[[], Outcome]) -> None:
    (closed_march.data / "products.csv").write_text("")
    outcome = april()
    assert outcome.code == 4
    assert "crm_sales/data/products.csv" in outcome.err


def test_a_missing_column_is_refused_by_name(closed_march: Place, april: Callable[[], Outcome]) -> None:
    path = closed_march.data / "products.csv"
    path.write_text("\n".join(line.rsplit(",", 1)[0] for line in path.read_text().splitlines()) + "\n")
    outcome = april()
    assert outcome.code == 4
    assert "sales_price" in outcome.err


def test_a_renamed_column_is_refused_with_the_name_it_may_have_now(
    closed_march: Place, april: Callable[[], Outcome], change: Change
) -> None:
    change(closed_march.data / "products.csv", "sales_price", "sale_price")
    outcome = april()
    assert outcome.code == 4
    assert "sales_price" in outcome.err
    assert "sale_price" in outcome.err.replace("sales_price", "")


class Fault(NamedTuple):
    """One field of a won opportunity made unusable, and what has to be said of the row."""

    column: int
    value: str
    rule: str
    said: str


FAULTS = {
    "a text in a number": Fault(7, "about 4514", "not_a_number", "close_value `about 4514`"),
    "NaN": Fault(7, "NaN", "not_a_number", "close_value `NaN`"),
    "infinity": Fault(7, "inf", "not_a_number", "close_value `inf`"),
    "a negative value": Fault(7, "-4514", "negative_value", "close_value `-4514`"),
    "a day that does not exist": Fault(6, "2/30/2017", "not_a_date", "close_date `2/30/2017`"),
    "closed before it began": Fault(6, "10/1/2016", "impossible_dates", "close_date 10/1/2016"),
    "a day that has not come": Fault(6, "3/11/2107", "in_the_future", "close_date 3/11/2107"),
    "no closing date": Fault(6, "", "value_missing", "needs engage_date, close_date and close_value"),
    "an agent who is in no team": Fault(1, "Nobody Known", "unknown_employee", "`Nobody Known`"),
    "an unknown stage": Fault(4, "Signed", "unknown_stage", "deal_stage `Signed`"),
    "an unknown product": Fault(2, "GTX Ultra", "unknown_product", "`GTX Ultra`"),
    "an unknown customer": Fault(3, "Acme Cellar", "unknown_customer", "`Acme Cellar`"),
}


@pytest.fixture(scope="module")
def set_aside(_march: Place, tmp_path_factory: pytest.TempPathFactory) -> dict[int, tuple[str, str, str]]:
    """Line → (file, rule, reason) after one closing of April with every fault in a row of its own, and one row twice.

    The faults stand in lines 2, 3, …; the repeated row is the last line.
    """
    place = _march.copied(tmp_path_factory.mktemp("set_aside"))
    before = place.published_bytes()
    path = place.data / "sales_pipeline.csv"
    header, *lines = path.read_text().splitlines()
    won = [line for line in lines if ",Won," in line and ",," not in line]
    rest = [line for line in lines if line not in won[: len(FAULTS)]]
    broken = []
    for line, fault in zip(won, FAULTS.values(), strict=False):
        fields = line.split(",")
        fields[fault.column] = fault.value
        broken.append(",".join(fields))
    path.write_text("\n".join([header, *broken, *rest, rest[0]]) + "\n")
    place.close("2017-04", reviewed=False)
    after = place.published_bytes()
    march = {name for name in before if name.endswith("2017-03.parquet")}
    assert march
    assert {name: after[name] for name in march} == {name: before[name] for name in march}
    with open_marts(place.published) as marts:
        rows = marts.execute("select source_row, source_file, rule, reason from marts.fct_rejected_row").fetchall()
    assert len(rows) == len(FAULTS) + 1
    return {line: (file, rule, reason) for line, file, rule, reason in rows}


@pytest.mark.parametrize("fault", FAULTS)
def test_an_unusable_row_is_set_aside_with_its_line_and_reason(
    set_aside: dict[int, tuple[str, str, str]], fault: str
) -> None:
    expected = FAULTS[fault]
    file, rule, reason = set_aside[2 + list(FAULTS).index(fault)]
    assert (file, rule) == ("data/sales_pipeline.csv", expected.rule)
    assert expected.said in reason


def test_an_opportunity_twice_counts_once_and_the_second_line_is_set_aside(
    set_aside: dict[int, tuple[str, str, str]],
) -> None:
    assert set_aside[max(set_aside)][1] == "duplicate_row"
    assert max(set_aside) == 8802


def test_one_opportunity_with_two_contents_closes_gate_1(
    closed_march: Place, april: Callable[[], Outcome], change: Change
) -> None:
    change(closed_march.data / "sales_pipeline.csv", A_ROW, A_ROW + "\n" + A_ROW.replace("4514", "5000"))
    outcome = april()
    assert outcome.code == 6
    assert "Z063OYW0" in outcome.err


def test_an_employee_in_two_teams_closes_gate_1_and_is_named(
    closed_march: Place, april: Callable[[], Outcome], change: Change
) -> None:
    line = "Anna Snelling,Dustin Brinkmann,Central"
    change(closed_march.data / "sales_teams.csv", line, f"{line}\nAnna Snelling,Cara Losch,East")
    outcome = april()
    assert outcome.code == 6
    assert "Anna Snelling" in outcome.err


def test_an_employee_twice_in_the_same_team_counts_once_but_is_too_much_of_a_small_table(
    closed_march: Place, april: Callable[[], Outcome], change: Change
) -> None:
    line = "Anna Snelling,Dustin Brinkmann,Central"
    change(closed_march.data / "sales_teams.csv", line, f"{line}\n{line}")
    outcome = april()
    assert outcome.code == 6
    assert "sales_teams" in outcome.err


def test_more_unusable_rows_than_tolerated_close_gate_1(closed_march: Place, april: Callable[[], Outcome]) -> None:
    path = closed_march.data / "sales_pipeline.csv"
    lines = path.read_text().splitlines()
    lines[1:201] = [line.replace(",Won,", ",Signed,").replace(",Lost,", ",Signed,") for line in lines[1:201]]
    path.write_text("\n".join(lines) + "\n")
    outcome = april()
    assert outcome.code == 6
    assert "sales_pipeline" in outcome.err


def test_a_wrong_encoding_is_refused_with_its_line(
    closed_march: Place, april: Callable[[], Outcome], change: Change
) -> None:
    path = closed_march.data / "sales_teams.csv"
    path.write_bytes(path.read_bytes().replace(b"Anna Snelling", "Anna Snölling".encode("latin-1")))
    outcome = april()
    assert outcome.code == 4
    assert "crm_sales/data/sales_teams.csv:2" in outcome.err


@pytest.mark.slow
def test_crlf_line_ends_change_nothing(closed_march: Place) -> None:
    before = closed_march.call("hash").out
    for path in closed_march.data.glob("*.csv"):
        path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    closed_march.close("2017-03")
    assert closed_march.call("hash").out == before


@pytest.mark.parametrize("period", ["2999-01", "2017-02", "2017-H1", "2017-13", "2017-Q2"])
def test_a_period_that_cannot_be_closed_is_refused_before_anything_is_read(closed_march: Place, period: str) -> None:
    before = closed_march.published_bytes()
    outcome = closed_march.call("run", "--period", period)
    assert outcome.code == 5
    assert period in outcome.err
    assert closed_march.published_bytes() == before
