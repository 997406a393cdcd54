"""A payroll file: what it holds, that it is the same again, and that whatever is changed in it is found."""

from __future__ import annotations

import csv
import hashlib
import io
import zipfile
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

import openpyxl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from perf_pipelines.payroll.cells import amount, decimal_mark, neutralised, original
from perf_pipelines.payroll.files import (
    EXACT_DIGITS,
    PayrollFormat,
    checksum_file,
    to_csv,
    to_xlsx,
    write,
    written,
)
from perf_pipelines.payroll.handed_over import handed_over
from perf_pipelines.payroll.lines import PayrollRefused, newest_revision, payroll_lines, reference
from perf_pipelines.payroll.payables import Payable
from perf_pipelines.payroll.payees import Payee
from perf_pipelines.payroll.reconciliation import reconcile

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from perf_pipelines.payroll.lines import PayrollLine

MARCH = "2026-03"
NAMES = {
    "E001": Payee(name_zh="李娜", name_en="Li Na", department_zh="客服部", department_en="Service"),
    "00123": Payee(name_zh="王伟", name_en="=cmd|' /C calc'!A0", department_zh=None, department_en=None),
}
FORMATS = list(PayrollFormat)


def entry(employee: str = "E001", amount: str = "1234.50", **other: object) -> Payable:
    given: dict[str, object] = {
        "company_id": "acme",
        "period_id": MARCH,
        "revision": 1,
        "employee_id": employee,
        "kind": "bonus",
        "amount": Decimal(amount),
        "currency": "CNY",
        "reason": "bonus of 2026-03",
        "posted_by": "Zhao Min",
        "posted_at": datetime(2026, 4, 3, 9, 30),  # noqa: DTZ001 — UTC, as the ledger keeps it
    }
    return Payable(**{**given, **other})  # type: ignore[arg-type]


LEDGER = (
    entry("E001", "1234.50"),
    entry("00123", "-88.10", kind="clawback", reason="-1 order, refunded"),
    entry("E003", "0.00", reason='the "best", of all\nin two lines'),
    entry("E004", "150000", currency="JPY"),
    entry("E004", "12.345", currency="KWD", kind="reward"),
)


def lines(entries: Sequence[Payable] = LEDGER, revision: int = 1) -> tuple[PayrollLine, ...]:
    return payroll_lines(entries, period=MARCH, revision=revision, payees=NAMES)


def exported(folder: Path, format: PayrollFormat, entries: Sequence[Payable] = LEDGER) -> Path:
    path = folder / f"payroll.{format}"
    write(path, written(lines(entries), format))
    return path


def found(path: Path, entries: Sequence[Payable] = LEDGER, revision: int | None = None) -> list[str]:
    """What is wrong with the file, in words."""
    return [str(problem) for problem in reconcile(path, entries, period=MARCH, revision=revision).problems]


def csv_rows(path: Path) -> list[list[str]]:
    return list(csv.reader(io.StringIO(path.read_bytes().decode("utf-8-sig"), newline="")))


def changed(path: Path, change: Callable[[list[list[str]]], object]) -> Path:
    """The rows of the file changed, in either format, and saved by another program than ours."""
    if path.suffix == ".csv":
        rows = csv_rows(path)
        change(rows)
        text = io.StringIO()
        csv.writer(text, lineterminator="\n").writerows(rows)
        path.write_text(text.getvalue(), encoding="utf-8")
        return path
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[0]
    rows = [list(row) for row in sheet.iter_rows(values_only=True)]
    change(rows)
    sheet.delete_rows(1, sheet.max_row)
    for row in rows:
        sheet.append(row)
    book.save(path)
    return path


class TestTheFile:
    def test_csv_is_utf8_with_its_mark_crlf_and_rows_of_one_length(self, tmp_path: Path) -> None:
        content = to_csv(lines())
        assert content.startswith(b"\xef\xbb\xbfline,reference,company_id,period_id,revision,employee_id,")
        rows = csv_rows(exported(tmp_path, PayrollFormat.csv))
        assert {len(row) for row in rows} == {18}
        assert content.count(b"\r\n") == len(rows)
        assert content.endswith(b"\r\n")

    def test_a_line_an_employee_and_kind_then_the_control_totals(self, tmp_path: Path) -> None:
        rows = csv_rows(exported(tmp_path, PayrollFormat.csv))
        header, *others = rows
        shown = [
            tuple(row[header.index(name)] for name in ("line", "employee_id", "kind", "amount", "currency"))
            for row in others
        ]
        assert shown == [
            ("1", "00123", "clawback", "-88.10", "CNY"),
            ("2", "E001", "bonus", "1234.50", "CNY"),
            ("3", "E003", "bonus", "0.00", "CNY"),
            ("4", "E004", "bonus", "150000", "JPY"),
            ("5", "E004", "reward", "12.345", "KWD"),
            ("3", "", "", "1146.40", "CNY"),
            ("1", "", "", "150000", "JPY"),
            ("1", "", "", "12.345", "KWD"),
        ]
        assert [row[1] for row in others[-3:]] == ["TOTAL"] * 3
        assert others[1][6:13] == ["李娜", "Li Na", "客服部", "Service", "bonus", "奖金", "Bonus"]

    def test_no_text_begins_like_a_formula_and_negative_amounts_stay_numbers(self, tmp_path: Path) -> None:
        header, first, *_ = csv_rows(exported(tmp_path, PayrollFormat.csv))
        row = dict(zip(header, first, strict=True))
        assert row["employee_en"] == "'=cmd|' /C calc'!A0"
        assert row["reason"] == "'-1 order, refunded"
        assert row["amount"] == "-88.10"

    def test_a_workbook_has_numbers_with_the_decimals_of_their_currency_a_frozen_header_and_a_filter(
        self, tmp_path: Path
    ) -> None:
        book = openpyxl.load_workbook(exported(tmp_path, PayrollFormat.xlsx))
        assert book.sheetnames == ["发放 Payroll", "控制合计 Control totals"]
        payroll, totals = book.worksheets
        amounts = payroll["N"][1:]
        assert [(cell.value, cell.number_format) for cell in amounts] == [
            (-88.1, "#,##0.00"),
            (1234.5, "#,##0.00"),
            (0, "#,##0.00"),
            (150000, "#,##0"),
            (12.345, "#,##0.000"),
        ]
        assert payroll.freeze_panes == "C2"
        assert payroll.auto_filter.ref == "A1:R6"
        assert [[cell.value for cell in row] for row in totals.iter_rows(min_row=2)] == [
            ["CNY", 3, 1146.4],
            ["JPY", 1, 150000],
            ["KWD", 1, 12.345],
        ]

    def test_a_workbook_says_nothing_of_when_it_was_written(self) -> None:
        with zipfile.ZipFile(io.BytesIO(to_xlsx(lines()))) as package:
            assert {part.date_time[0] for part in package.infolist()} == {1980}
            assert b"2026-04-03T09:30:00Z" in package.read("docProps/core.xml")

    def test_an_amount_that_a_workbook_would_round_is_refused_and_csv_keeps_it(self, tmp_path: Path) -> None:
        much = (entry("E001", "12345678901234.56"),)
        with pytest.raises(PayrollRefused, match=r"E001: 12,345,678,901,234\.56 has more than the 15 digits"):
            exported(tmp_path, PayrollFormat.xlsx, much)
        assert list(tmp_path.iterdir()) == []
        assert found(exported(tmp_path, PayrollFormat.csv, much), much) == []

    @pytest.mark.parametrize("format", FORMATS)
    def test_written_again_it_is_the_same_and_in_whatever_order_the_entries_come(
        self, tmp_path: Path, format: PayrollFormat
    ) -> None:
        path = exported(tmp_path, format)
        before = {file.name: file.read_bytes() for file in tmp_path.iterdir()}
        assert write(path, written(lines(LEDGER[::-1]), format)) is False
        assert {file.name: file.read_bytes() for file in tmp_path.iterdir()} == before
        assert before[f"{path.name}.sha256"].decode().split() == [
            hashlib.sha256(before[path.name]).hexdigest(),
            path.name,
        ]

    def test_a_file_with_another_content_is_never_overwritten(self, tmp_path: Path) -> None:
        path = exported(tmp_path, PayrollFormat.csv)
        before = path.read_bytes()
        with pytest.raises(PayrollRefused, match="holds something else"):
            exported(tmp_path, PayrollFormat.csv, LEDGER[:2])
        assert path.read_bytes() == before
        assert sorted(file.name for file in tmp_path.iterdir()) == ["payroll.csv", "payroll.csv.sha256"]

    def test_a_missing_checksum_is_written_when_the_file_is_exported_again(self, tmp_path: Path) -> None:
        path = exported(tmp_path, PayrollFormat.csv)
        checksum_file(path).unlink()
        assert reconcile(path, LEDGER, period=MARCH).as_exported is None
        exported(tmp_path, PayrollFormat.csv)
        assert reconcile(path, LEDGER, period=MARCH).as_exported is True

    def test_a_revision_has_a_file_of_its_own(self) -> None:
        both = (*LEDGER, entry("E001", "-10.00", revision=2, kind="restatement"))
        assert [line.entry.amount for line in lines(both, 2)] == [Decimal("-10.00")]
        assert len(lines(both, 1)) == len(LEDGER)
        assert len({line.reference for revision in (1, 2) for line in lines(both, revision)}) == len(both)

    def test_a_revision_that_pays_nothing_is_the_newest_all_the_same(self) -> None:
        assert newest_revision(LEDGER, [1, 2], period=MARCH) == 2
        assert newest_revision(LEDGER, [], period=MARCH) == 1
        with pytest.raises(PayrollRefused, match="there is no payroll of 2026-03"):
            newest_revision((), [], period=MARCH)

    def test_where_nothing_is_posted_no_file_is_written(self) -> None:
        with pytest.raises(PayrollRefused, match="nothing that pays is posted to the ledger"):
            lines(LEDGER, 2)

    def test_a_ledger_that_holds_an_entry_twice_is_refused(self) -> None:
        with pytest.raises(PayrollRefused, match="E001: the ledger holds its bonus of revision 1 more than once"):
            lines((*LEDGER, entry("E001", "1.00")))


class TestWhatWasHandedOver:
    """A reward is posted after the first file of the revision went to payroll."""

    LATER = (*LEDGER, entry("E001", "50.00", kind="reward", about=("referral", "C-7")))

    def second(self, folder: Path, first: Path) -> Path:
        elsewhere = handed_over([first], self.LATER, revision=1)
        kept = payroll_lines(self.LATER, period=MARCH, revision=1, payees=NAMES, handed_over=elsewhere)
        path = folder / "second.csv"
        write(path, written(kept, PayrollFormat.csv))
        return path

    def compared(self, path: Path, *earlier: Path) -> list[str]:
        return [str(problem) for problem in reconcile(path, self.LATER, period=MARCH, earlier=earlier).problems]

    @pytest.mark.parametrize("format", FORMATS)
    def test_the_second_file_has_the_reward_alone_and_both_together_agree(
        self, tmp_path: Path, format: PayrollFormat
    ) -> None:
        first = exported(tmp_path, format)
        second = self.second(tmp_path, first)
        assert [row[13] for row in csv_rows(second)[1:]] == ["50.00", "50.00"]  # the line, and its total
        assert self.compared(second, first) == []
        assert self.compared(first, second) == []
        assert any("the reward of E001, 50.00 CNY, is missing" in said for said in self.compared(first))

    def test_a_line_in_both_files_is_named_with_both(self, tmp_path: Path) -> None:
        first = exported(tmp_path, PayrollFormat.csv)
        second = changed(self.second(tmp_path, first), lambda rows: rows.insert(1, csv_rows(first)[1]))
        again, *_ = self.compared(second, first)
        assert f"second.csv:2 (row {reference(LEDGER[1])} 00123): it stands in payroll.csv already" in again

    def test_a_file_of_another_revision_is_not_taken_for_what_was_handed_over(self, tmp_path: Path) -> None:
        first = exported(tmp_path, PayrollFormat.csv)
        with pytest.raises(PayrollRefused, match="none of its lines is posted with revision 2"):
            handed_over([first], (*LEDGER, entry("E001", "1.00", revision=2)), revision=2)

    def test_where_all_was_handed_over_there_is_no_second_file(self, tmp_path: Path) -> None:
        elsewhere = handed_over([exported(tmp_path, PayrollFormat.csv)], LEDGER, revision=1)
        with pytest.raises(PayrollRefused, match="all that is posted was handed over"):
            payroll_lines(LEDGER, period=MARCH, revision=1, payees=NAMES, handed_over=elsewhere)


@pytest.mark.parametrize("format", FORMATS)
class TestReconciling:
    """Columns as they are exported: 1 reference, 5 employee_id, 13 amount, 14 currency."""

    def test_what_was_exported_agrees(self, tmp_path: Path, format: PayrollFormat) -> None:
        path = exported(tmp_path, format)
        agreed = reconcile(path, LEDGER, period=MARCH)
        assert (agreed.problems, agreed.lines, agreed.as_exported) == ((), 5, True)

    def test_saved_again_by_another_program_it_still_agrees(self, tmp_path: Path, format: PayrollFormat) -> None:
        path = changed(exported(tmp_path, format), lambda rows: None)
        agreed = reconcile(path, LEDGER, period=MARCH)
        assert (agreed.problems, agreed.as_exported) == ((), False)

    def test_sorted_otherwise_it_still_agrees(self, tmp_path: Path, format: PayrollFormat) -> None:
        def backwards(rows: list[list[str]]) -> None:
            rows[1:] = reversed(rows[1:])

        assert found(changed(exported(tmp_path, format), backwards)) == []

    def test_a_missing_line_is_named(self, tmp_path: Path, format: PayrollFormat) -> None:
        path = changed(exported(tmp_path, format), lambda rows: rows.pop(2))
        missing, total = found(path)
        assert "the bonus of E001, 1,234.50 CNY, is missing" in missing
        assert "the lines in CNY sum to -88.10, the control total says 1,146.40" in total

    def test_a_line_that_is_there_twice_is_named_with_both_places(self, tmp_path: Path, format: PayrollFormat) -> None:
        path = changed(exported(tmp_path, format), lambda rows: rows.insert(3, rows[2]))
        twice, total = found(path)
        assert f"payroll.{format}:4 (row {reference(LEDGER[0])} E001): it stands in the file twice" in twice
        assert "first in line 3" in twice
        assert "2,380.90" in total

    def test_a_changed_amount_is_named_with_both_and_the_difference(
        self, tmp_path: Path, format: PayrollFormat
    ) -> None:
        def more(rows: list[list[str]]) -> None:
            rows[2][13] = "1334.50"

        amount, total = found(changed(exported(tmp_path, format), more))
        assert "amount" in amount
        assert "the amount is 1,334.50, the ledger has 1,234.50 (difference +100.00)" in amount
        assert "sum to 1,246.40" in total

    def test_two_amounts_exchanged_are_found_though_the_total_stays(
        self, tmp_path: Path, format: PayrollFormat
    ) -> None:
        def exchanged(rows: list[list[str]]) -> None:
            rows[1][13], rows[2][13] = rows[2][13], rows[1][13]

        assert len(found(changed(exported(tmp_path, format), exchanged))) == 2

    def test_an_amount_that_is_no_number_is_named(self, tmp_path: Path, format: PayrollFormat) -> None:
        def unreadable(rows: list[list[str]]) -> None:
            rows[2][13] = "#VALUE!"

        assert "the amount `#VALUE!` is no number" in found(changed(exported(tmp_path, format), unreadable))[0]

    def test_a_line_that_nobody_posted_is_named(self, tmp_path: Path, format: PayrollFormat) -> None:
        def invented(rows: list[list[str]]) -> None:
            rows.append(["6", "P0123456789ABCDEF", *rows[1][2:5], "E999", *rows[1][6:]])

        assert "the ledger has no posting `P0123456789ABCDEF`" in "\n".join(
            found(changed(exported(tmp_path, format), invented))
        )

    def test_another_payee_is_named_and_zeros_that_a_spreadsheet_took_off(
        self, tmp_path: Path, format: PayrollFormat
    ) -> None:
        def other(rows: list[list[str]]) -> None:
            rows[1][5], rows[2][5] = "123", "E002"

        zeros, payee = found(changed(exported(tmp_path, format), other))
        assert "it is `123`, the ledger has `00123` → a spreadsheet has taken zeros off" in zeros
        assert "it is `E002`, the ledger has `E001`" in payee

    def test_a_line_of_another_company_period_or_revision_is_named(self, tmp_path: Path, format: PayrollFormat) -> None:
        def told_otherwise(rows: list[list[str]]) -> None:
            rows[1][2:5] = ["other", "2026-04", "7"]

        company, period, revision = found(changed(exported(tmp_path, format), told_otherwise))
        assert "company_id (row" in company
        assert "it is `2026-04`, the ledger has `2026-03`" in period
        assert "it is `7`, the ledger has `1`" in revision

    def test_a_changed_control_total_is_named(self, tmp_path: Path, format: PayrollFormat) -> None:
        path = exported(tmp_path, format)
        if format is PayrollFormat.csv:

            def other(rows: list[list[str]]) -> None:
                rows[6][13] = "1146.41"

            changed(path, other)
        else:
            book = openpyxl.load_workbook(path)
            book.worksheets[1]["C2"] = 1146.41
            book.save(path)
        assert (
            "the control total of CNY says 3 lines and 1,146.41, the ledger has 3 lines and 1,146.40" in found(path)[0]
        )

    def test_the_file_of_a_revision_is_held_against_that_revision(self, tmp_path: Path, format: PayrollFormat) -> None:
        second = entry("E001", "-10.00", revision=2, kind="restatement")
        both = (*LEDGER, second)
        path = exported(tmp_path, format)
        agreed = reconcile(path, both, period=MARCH)
        assert (agreed.revision, agreed.problems) == (1, ())
        against_second = found(path, both, revision=2)
        assert "it belongs to revision 1, the file to revision 2" in against_second[0]
        assert any("the restatement of E001, -10.00 CNY, is missing" in problem for problem in against_second)

    def test_a_file_without_the_needed_columns_is_refused(self, tmp_path: Path, format: PayrollFormat) -> None:
        path = changed(exported(tmp_path, format), lambda rows: [row.pop(13) for row in rows])
        with pytest.raises(PayrollRefused, match="its first line does not name amount"):
            reconcile(path, LEDGER, period=MARCH)


@pytest.mark.parametrize(
    ("encoding", "delimiter", "comma"),
    [
        ("utf-8", ",", False),
        ("utf-8-sig", ";", True),
        ("gb18030", ",", False),
        ("utf-16", "\t", False),
        ("utf-16", "\t", True),
    ],
)
def test_a_csv_as_spreadsheets_of_other_countries_save_it_agrees(
    tmp_path: Path, encoding: str, delimiter: str, comma: bool
) -> None:
    path = exported(tmp_path, PayrollFormat.csv)
    rows = csv_rows(path)
    for row in rows[1:]:
        # as shown with separators between thousands, and without zeros at the end
        shown = f"{Decimal(row[13]).normalize():,f}"
        row[13] = shown.translate(str.maketrans(",.", ".,")) if comma else shown
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter, lineterminator="\r\n").writerows(rows)
    path.write_bytes(text.getvalue().encode(encoding))
    assert found(path) == []


def test_what_is_no_workbook_or_no_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.xlsx").write_bytes(b"no zip")
    (tmp_path / "a.csv").write_bytes(b"\xff\x00\xff\x81")
    for name in ("a.xlsx", "a.csv", "none.csv"):
        with pytest.raises(PayrollRefused, match="cannot be read as a payroll file"):
            reconcile(tmp_path / name, LEDGER, period=MARCH)


@given(st.text())
@example("=1+1")
@example("''@x")
@example("\t=x")
@example("＝1")
def test_neutralising_can_be_undone_and_leaves_nothing_to_run(text: str) -> None:
    cell = neutralised(text)
    assert original(cell) == text
    assert cell[:1] not in set("=+-@\t\r\n＝＋－＠")


@given(st.decimals(allow_nan=False, allow_infinity=False, places=2, max_value=10**12, min_value=-(10**12)))
def test_a_figure_with_separators_is_read_as_the_number_it_is(value: Decimal) -> None:
    point = f"{value:,f}"
    comma = point.translate(str.maketrans(",.", ".,"))
    assert amount(point, decimal_mark([point], likely=",")) == value
    assert amount(comma, decimal_mark([comma], likely=".")) == value


NAME = st.text(
    st.characters(exclude_categories=("Cs", "Cc", "Zs", "Zl", "Zp")) | st.sampled_from("=+-@\"',; "), min_size=1
)
DECIMALS = {"CNY": 2, "JPY": 0, "KWD": 3}


@st.composite
def ledgers(draw: st.DrawFn) -> tuple[Payable, ...]:
    """Entries of one period and revision, each employee and kind once, of amounts that a workbook keeps."""
    keys = draw(
        st.lists(
            st.tuples(NAME.filter(str.strip), st.sampled_from(["bonus", "reward"])), min_size=1, max_size=6, unique=True
        )
    )
    entries: list[Payable] = []
    for employee, kind in keys:
        currency = draw(st.sampled_from(sorted(DECIMALS)))
        units = draw(st.integers(-(10 ** (EXACT_DIGITS - 1)) + 1, 10 ** (EXACT_DIGITS - 1) - 1))
        figure = Decimal(units).scaleb(-DECIMALS[currency])
        reason = draw(NAME)
        entries.append(replace(entry(employee), kind=kind, amount=figure, currency=currency, reason=reason))
    return tuple(entries)


@settings(max_examples=40, deadline=None)
@given(ledger=ledgers(), format=st.sampled_from(FORMATS), data=st.data())
def test_whatever_is_exported_agrees_and_one_amount_changed_does_not(
    tmp_path_factory: pytest.TempPathFactory,
    ledger: tuple[Payable, ...],
    format: PayrollFormat,
    data: st.DataObject,
) -> None:
    path = exported(tmp_path_factory.mktemp("payroll"), format, ledger)
    assert found(path, ledger) == []
    assert found(changed(path, lambda rows: None), ledger) == []
    other = data.draw(st.sampled_from(ledger))
    one_unit = Decimal(1).scaleb(-DECIMALS[other.currency])
    altered = tuple(replace(each, amount=each.amount + one_unit) if each is other else each for each in ledger)
    assert any("the amount is" in problem for problem in found(path, altered))
