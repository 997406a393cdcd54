"""Another scheme tried on a month that is closed: what would have changed, and that nothing has."""

from __future__ import annotations

import hashlib
import tempfile
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING
from xml.etree import ElementTree

import openpyxl
import pytest

from perf_pipelines.publication import open_marts
from perf_pipelines.reports.backtest.comparison import compare

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.conftest import Outcome, Place

GRADES = ["excellent", "qualified", "unqualified"]


@dataclass(frozen=True)
class Tried:
    """A backtest that was run: what it printed and wrote, and the state before and after."""

    place: Place
    outcome: Outcome
    workbook: Path
    picture: Path
    state_before: dict[str, str]
    state_after: dict[str, str]
    left_behind: list[Path]


def state(place: Place) -> dict[str, str]:
    """Every file below PERF_HOME and the company's folder with the hash of its content."""
    return {
        str(path): hashlib.sha256(path.read_bytes()).hexdigest()
        for root in (place.home, place.companies)
        for path in sorted(root.rglob("*"))
        if path.is_file()
    }


def written(path: Path, place: Place, *changes: tuple[str, str]) -> Path:
    """The company's scheme with texts replaced, as a file of its own."""
    text = (place.company / "scheme.yaml").read_text(encoding="utf-8")
    for old, new in changes:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def tried(_march: Place, tmp_path_factory: pytest.TempPathFactory) -> Tried:
    """March 2017 under a scheme that pays more for far exceeded revenue and more for the best grade."""
    root = tmp_path_factory.mktemp("backtest")
    place = _march.copied(root)
    scheme = written(root / "generous.yaml", place, ("cap: 12}", "cap: 15}"), ("excellent: 1.5", "excellent: 2"))
    before = state(place)
    (root / "temporary").mkdir()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tempfile, "tempdir", str(root / "temporary"))
        outcome = place.call(
            *("backtest", "--scheme", str(scheme), "--from", "2017-03", "--to", "2017-03"),
            *("--output", str(root / "tried.xlsx"), "--chart", str(root / "tried.svg")),
        )
    assert outcome.code == 0, outcome.err
    return Tried(
        place=place,
        outcome=outcome,
        workbook=root / "tried.xlsx",
        picture=root / "tried.svg",
        state_before=before,
        state_after=state(place),
        left_behind=list((root / "temporary").iterdir()),
    )


def people(workbook: Path) -> dict[str, dict[str, object]]:
    """The rows of the sheet of people by employee, with the English headings."""
    sheet = openpyxl.load_workbook(workbook)["人员 People"]
    headings, *rows = sheet.iter_rows(values_only=True)
    named = [str(heading).split("\n")[1] for heading in headings]
    return {str(row[3]): dict(zip(named, row, strict=True)) for row in rows}


def test_a_backtest_leaves_every_file_of_the_company_and_its_state_as_it_was(tried: Tried) -> None:
    assert tried.state_after == tried.state_before
    assert tried.left_behind == []


def test_by_the_companys_own_scheme_everybody_gets_what_was_published(tried: Tried) -> None:
    with open_marts(tried.place.published) as marts:
        published = {
            employee: (score, grade, rank, payout)
            for employee, score, grade, rank, payout in marts.execute(
                "select employee_id, final_score, grade_en, rank_in_department, payout from marts.rpt_score_table"
            ).fetchall()
        }
    found = {
        employee: tuple(row[name] for name in ("Score, present", "Grade, present", "Rank, present", "Payout, present"))
        for employee, row in people(tried.workbook).items()
    }
    assert len(found) == 41
    assert found == {
        employee: (None if score is None else float(score), grade, rank, None if payout is None else float(payout))
        for employee, (score, grade, rank, payout) in published.items()
    }


def test_who_gains_gains_by_the_higher_cap_and_the_higher_multiplier_alone(tried: Tried) -> None:
    """Points for revenue are 20 × attainment − 10, cut at 12 before and at 15 after; weight 0.35, managers 0.40."""
    with open_marts(tried.place.published) as marts:
        revenue = marts.execute(
            "select employee_id, weight, attainment from marts.fct_kpi_score "
            "where kpi_id = 'revenue_won' and attainment > 1.1"
        ).fetchall()
    gained = {
        employee: float(round(weight * 10 * (min(Decimal(15), 20 * attainment - 10) - 12), 4))
        for employee, weight, attainment in revenue
    }
    rows = people(tried.workbook)
    found = {employee: row["Change of score"] for employee, row in rows.items() if row["Change of score"]}
    assert found == pytest.approx(gained, abs=0.0001)
    assert found["anna_snelling"] == 10.5  # attainment 2.36: 3 points more × 0.35 × 10
    for row in rows.values():
        if row["Grade, other"] == "Excellent":
            before = {"Excellent": Decimal("1.5"), "Qualified": Decimal(1)}[str(row["Grade, present"])]
            assert Decimal(str(row["Payout, other"])) == Decimal(str(row["Payout, present"])) * 2 / before
        else:
            assert row["Change of payout"] in {0, None}


def test_the_terminal_says_first_what_it_costs_then_why_then_where_and_for_whom(tried: Tried) -> None:
    said = tried.outcome.out
    places = [
        said.index(words)
        for words in (
            "Payouts of 2017-03: USD ",
            "people",
            "What the other scheme changes",
            "rule gradual: cap 12 → 15",
            "bonus: multiplier of Excellent 1.5 → 2",
            "Department",
            "Evaluations",
            "Who gains most",
        )
    ]
    assert places == sorted(places)
    assert "Who loses most" not in said


def test_the_workbook_has_numbers_frozen_headers_and_sums_that_agree(tried: Tried) -> None:
    book = openpyxl.load_workbook(tried.workbook)
    assert book.sheetnames == ["汇总 Summary", "部门 Departments", "人员 People", "方案差异 Schemes"]
    changes = {
        name: [row[4] for row in book[name].iter_rows(min_row=2, values_only=True)]
        for name in ("汇总 Summary", "部门 Departments")
    }
    by_person = [row["Change of payout"] or 0 for row in people(tried.workbook).values()]
    total = changes["汇总 Summary"][0]
    assert total > 0
    assert changes["汇总 Summary"] == [total, total]  # the whole company, and its only period
    assert sum(changes["部门 Departments"]) == pytest.approx(total)
    assert sum(by_person) == pytest.approx(total)
    assert book["人员 People"].freeze_panes == "G2"
    assert [row[1].value for row in book["方案差异 Schemes"].iter_rows(min_row=2)] == [
        "rule gradual: cap 12 → 15",
        "bonus: multiplier of Excellent 1.5 → 2",
    ]


def test_the_picture_names_every_department_and_its_change(tried: Tried) -> None:
    texts = [element.text for element in ElementTree.parse(tried.picture).iter("{http://www.w3.org/2000/svg}text")]
    assert {"Central", "East", "West"} <= set(texts)
    assert "Payout by department, USD" in texts


def test_the_same_marts_differ_in_nothing(tried: Tried) -> None:
    version = tried.place.published.resolve()
    assert compare(before=version, after=version, grades_before=GRADES, grades_after=GRADES).changes_nothing


def test_a_scheme_that_is_wrong_is_refused_with_file_line_and_field_before_anything_runs(tried: Tried) -> None:
    wrong = written(
        tried.workbook.with_name("wrong.yaml"),
        tried.place,
        ("weight: 0.40, target: 110000", "weight: 0.45, target: 110000"),
    )
    for command in (
        ("backtest", "--scheme", str(wrong), "--from", "2017-03", "--to", "2017-03"),
        ("scheme", "diff", str(tried.place.company / "scheme.yaml"), str(wrong)),
    ):
        outcome = tried.place.call(*command)
        assert outcome.code == 3
        assert "wrong.yaml:33 positions.sales_manager: the weights of `sales_manager` sum to 1.05" in outcome.err


def test_a_period_that_could_not_be_closed_is_refused(tried: Tried) -> None:
    own = str(tried.place.company / "scheme.yaml")
    outcome = tried.place.call("backtest", "--scheme", own, "--from", "2017-Q2", "--to", "2017-Q2")
    assert outcome.code == 5
    assert "--from 2017-04 --to 2017-06" in outcome.err


def test_a_closed_gate_is_told_with_the_scheme_under_which_it_closed(
    closed_march: Place, change: Callable[[Path, str, str], None], tmp_path: Path
) -> None:
    sound = written(tmp_path / "sound.yaml", closed_march)
    change(closed_march.company / "scheme.yaml", "  sales_manager:  ", "  sales_boss:  ")
    before = state(closed_march)
    outcome = closed_march.call("backtest", "--scheme", str(sound), "--from", "2017-03", "--to", "2017-03")
    assert outcome.code == 6
    assert "by the company's own scheme `crm-sales-2017`: " in outcome.err
    assert "sales_boss" in outcome.err
    assert state(closed_march) == before


@pytest.mark.parametrize(("language", "nothing"), [("en", "no difference"), ("zh", "没有不同")])
def test_two_equal_schemes_differ_in_nothing(tried: Tried, language: str, nothing: str) -> None:
    own = str(tried.place.company / "scheme.yaml")
    outcome = tried.place.call("scheme", "diff", own, own, "--language", language)
    assert (outcome.code, outcome.out.strip()) == (0, nothing)


def test_positions_are_called_by_their_names(tried: Tried) -> None:
    stricter = written(
        tried.workbook.with_name("stricter.yaml"),
        tried.place,
        ("weight: 0.20, target: 12,", "weight: 0.20, target: 14,"),
    )
    own = str(tried.place.company / "scheme.yaml")
    outcome = tried.place.call("scheme", "diff", own, str(stricter), "--language", "zh")
    assert outcome.out.strip() == "销售代表：赢单数的目标值 12 单 → 14 单"
