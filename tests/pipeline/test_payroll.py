"""From the ledger to a payroll file and back by the commands."""

from __future__ import annotations

from typing import TYPE_CHECKING

import openpyxl

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Outcome, Place

MARCH = "2017-03"


def payroll(place: Place, *words: str) -> Outcome:
    return place.call("payroll", *words, "--period", MARCH)


def test_a_posted_month_is_exported_and_reconciled_and_a_changed_amount_is_found(
    closed_march: Place, tmp_path: Path
) -> None:
    csv, xlsx = tmp_path / "march.csv", tmp_path / "march.xlsx"
    refused = payroll(closed_march, "export", "--output", str(csv))
    assert (refused.code, csv.exists()) == (14, False)
    assert "nothing that pays is posted to the ledger" in refused.err
    for words in (("approve", "--by", "Li Na"), ("approve", "--by", "Wang Wei"), ("post", "--by", "payroll")):
        assert closed_march.call("pay", *words, "--period", MARCH).code == 0

    exported = payroll(closed_march, "export", "--output", str(csv))
    assert exported.code == 0, exported.err
    assert "USD  31,500.00  (31 lines)" in exported.out
    again = payroll(closed_march, "export", "--output", str(csv))
    assert "31 lines of revision 1 stand already, byte for byte" in again.out
    assert payroll(closed_march, "export", "--output", str(xlsx)).code == 0
    book = openpyxl.load_workbook(xlsx)
    assert [cell.value for cell in book.worksheets[1][2]] == ["USD", 31, 31500]
    assert {type(row[6]) for row in book.worksheets[0].iter_rows(min_row=2, values_only=True)} == {
        str
    }  # all have names

    nothing_new = payroll(closed_march, "export", "--handed-over", str(csv))
    assert nothing_new.code == 14
    assert "all that is posted was handed over" in nothing_new.err
    for file in (csv, xlsx):
        agreed = payroll(closed_march, "reconcile", str(file))
        assert agreed.code == 0, agreed.err
        assert (agreed.err, f"{file.name}: 31 lines, as in the ledger (revision 1)" in agreed.out) == ("", True)
    book.save(xlsx)
    assert "a program has saved it again; its lines are right" in payroll(closed_march, "reconcile", str(xlsx)).err
    book.worksheets[0]["N3"] = 1
    book.save(xlsx)
    changed = payroll(closed_march, "reconcile", str(xlsx))
    assert changed.code == 14
    assert "the amount is 1.00, the ledger has " in changed.err
    assert payroll(closed_march, "export", "--output", str(xlsx)).code == 14
