"""A file is read as it is written, or refused with its name, line and column."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from perf_pipelines.errors import Problem, SourceRefused
from perf_pipelines.sources.config import Table
from perf_pipelines.sources.files import PROBLEMS_SHOWN, FileRows, SourceFile, fingerprint, read_file

if TYPE_CHECKING:
    from pathlib import Path

COLUMNS = ("order_id", "amount", "note")
GOOD = "order_id,amount,note\n1,10.50,first\n2,,second\n"


def source(
    folder: Path, content: str | bytes | None = None, *, file: str = "orders.csv", **settings: Any
) -> SourceFile:
    company = folder / "companies" / "acme"
    (company / "data").mkdir(parents=True, exist_ok=True)
    if content is not None:
        (company / "data" / file).write_bytes(content.encode() if isinstance(content, str) else content)
    table = Table.model_validate({"file": file, "description": "Orders.", "columns": COLUMNS, **settings})
    return SourceFile(company_folder=company, path=f"data/{file}", table=table)


def read(folder: Path, content: str | bytes, **settings: Any) -> FileRows:
    return read_file(source(folder, content, **settings))


def rows(result: FileRows) -> list[tuple[Any, ...]]:
    return [tuple(row.values()) for row in result.rows.to_pylist()]


def problems(folder: Path, content: str | bytes | None, **settings: Any) -> tuple[Problem, ...]:
    with pytest.raises(SourceRefused) as refused:
        read_file(source(folder, content, **settings))
    assert all(problem.file == "companies/acme/data/orders.csv" for problem in refused.value.problems)
    return refused.value.problems


def problem(folder: Path, content: str | bytes | None, **settings: Any) -> Problem:
    [only] = problems(folder, content, **settings)
    return only


def test_every_field_is_text_as_written_and_an_empty_one_is_null(tmp_path: Path) -> None:
    result = read(tmp_path, 'order_id,amount,note\n007,1e3, spaces \n2,"",NULL\n')
    assert result.columns == COLUMNS
    assert rows(result) == [
        ("007", "1e3", " spaces ", "data/orders.csv", 2),
        ("2", None, "NULL", "data/orders.csv", 3),
    ]
    assert [str(field.type) for field in result.rows.schema] == ["string", "string", "string", "string", "int64"]


def test_a_column_without_any_value_is_still_text(tmp_path: Path) -> None:
    result = read(tmp_path, "order_id,amount,note\n1,2,\n")
    assert str(result.rows.schema.field("note").type) == "string"
    assert result.rows["note"].to_pylist() == [None]


def test_columns_come_in_their_declared_order_and_undeclared_ones_after_them(tmp_path: Path) -> None:
    result = read(tmp_path, "shop, note ,amount,order_id,客户\nA,n,5,1,王\n")
    assert result.columns == ("order_id", "amount", "note", "shop", "客户")
    assert result.extra_columns == ("shop", "客户")
    assert rows(result) == [("1", "5", "n", "A", "王", "data/orders.csv", 2)]


@pytest.mark.parametrize(
    "same",
    [
        GOOD.replace("\n", "\r\n").encode(),
        GOOD.replace("\n", "\r").encode(),
        b"\xef\xbb\xbf" + GOOD.encode(),
        GOOD.rstrip("\n").encode(),
        (GOOD + "\n\r\n\n").encode(),
        (GOOD + "  \n").encode(),
        GOOD.replace("first", '"first"').encode(),
    ],
    ids=["CRLF", "CR", "BOM", "no newline at the end", "blank lines at the end", "spaces at the end", "quotes"],
)
def test_how_a_program_saves_the_file_changes_its_fingerprint_and_no_value(tmp_path: Path, same: bytes) -> None:
    usual = source(tmp_path / "usual", GOOD)
    other = source(tmp_path / "other", same)
    assert rows(read_file(other)) == rows(read_file(usual))
    assert fingerprint(other) != fingerprint(usual)


def test_a_byte_order_mark_before_a_quoted_header_is_no_part_of_the_name(tmp_path: Path) -> None:
    assert read(tmp_path, b'\xef\xbb\xbf"order_id","amount","note"\n1,2,3\n').columns == COLUMNS


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_a_row_is_numbered_by_the_line_it_starts_on_also_after_quoted_newlines(tmp_path: Path, line_end: str) -> None:
    text = 'order_id,amount,note\n1,5,"two\nlines"\n2,6,"and\n\nthree"\n3,7,x\n'.replace("\n", line_end)
    assert rows(read(tmp_path, text)) == [
        ("1", "5", "two\nlines", "data/orders.csv", 2),
        ("2", "6", "and\n\nthree", "data/orders.csv", 4),
        ("3", "7", "x", "data/orders.csv", 7),
    ]


def test_rows_are_numbered_rightly_over_many_blocks(tmp_path: Path) -> None:
    text = "order_id,amount,note\n" + "".join(f'{number},1,"a\nb"\n' for number in range(12_001))
    result = read(tmp_path, text)
    assert result.rows["_source_row"].to_pylist() == [2 + 2 * number for number in range(12_001)]
    assert result.rows["order_id"].to_pylist() == [str(number) for number in range(12_001)]


def test_other_encodings_and_delimiters_are_read_when_declared(tmp_path: Path) -> None:
    text = "order_id;amount;note\n1;10,50;北京\n"
    for encoding in ("gb18030", "utf-16"):
        result = read(tmp_path, text.encode(encoding), encoding=encoding, delimiter=";")
        assert rows(result) == [("1", "10,50", "北京", "data/orders.csv", 2)]


def test_a_header_without_rows_is_read_when_the_table_may_be_empty(tmp_path: Path) -> None:
    result = read(tmp_path, "order_id,amount,note\n", may_be_empty=True)
    assert rows(result) == []
    assert result.rows.schema.names == [*COLUMNS, "_source_file", "_source_row"]


def test_the_fingerprint_changes_with_what_the_reader_is_told(tmp_path: Path) -> None:
    usual = fingerprint(source(tmp_path, GOOD))
    assert fingerprint(source(tmp_path, GOOD)) == usual
    assert fingerprint(source(tmp_path, GOOD, encoding="cp1252")) != usual
    assert fingerprint(source(tmp_path, GOOD, columns=["order_id", "amount"])) != usual


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    assert problem(tmp_path, None).what == "the file is missing"
    with pytest.raises(SourceRefused, match=r"acme/data/orders\.csv: the file is missing"):
        fingerprint(source(tmp_path))


def test_a_folder_is_refused(tmp_path: Path) -> None:
    source(tmp_path)
    (tmp_path / "companies" / "acme" / "data" / "orders.csv").mkdir()
    assert problem(tmp_path, None).what == "this is a folder"


def test_a_file_of_no_bytes_is_refused_even_when_the_table_may_be_empty(tmp_path: Path) -> None:
    assert problem(tmp_path, "", may_be_empty=True).what == "the file is empty"


def test_a_blank_first_line_is_refused(tmp_path: Path) -> None:
    found = problem(tmp_path, "\n" + GOOD)
    assert (found.line, found.what) == (1, "the first line is blank")


def test_a_header_without_rows_is_refused(tmp_path: Path) -> None:
    assert problem(tmp_path, "order_id,amount,note\n\n").what == "the file has a header and no rows"


def test_a_missing_column_is_refused_by_name(tmp_path: Path) -> None:
    found = problem(tmp_path, "order_id,amount\n1,2\n")
    assert (found.line, found.field, found.what) == (1, "note", "the column is missing")


@pytest.mark.parametrize("now", ["amounts", "Amount"])
def test_a_renamed_column_is_refused_with_its_new_name(tmp_path: Path, now: str) -> None:
    found = problem(tmp_path, f"order_id,{now},note\n1,2,3\n")
    assert (found.line, found.field) == (1, "amount")
    assert f"renamed to `{now}`?" in found.what


def test_another_delimiter_is_one_problem_and_is_proposed(tmp_path: Path) -> None:
    found = problem(tmp_path, "order_id;amount;note\n1;2;3\n")
    assert found.line == 1
    assert 'delimiter: ";"' in found.todo


@pytest.mark.parametrize("again", ["amount", "Amount"])
def test_a_name_that_stands_twice_in_the_header_is_refused(tmp_path: Path, again: str) -> None:
    found = problem(tmp_path, f"order_id,amount,note,{again}\n1,2,3,4\n")
    assert (found.line, found.field) == (1, again)
    assert "columns 2 and 4 are both named `amount`" in found.what


@pytest.mark.parametrize("name", ["_source_row", "_dlt_load_id"])
def test_names_of_the_lakes_own_columns_are_refused(tmp_path: Path, name: str) -> None:
    found = problem(tmp_path, f"order_id,amount,note,{name}\n1,2,3,4\n")
    assert (found.line, found.field) == (1, name)


def test_a_quote_in_a_header_becomes_an_underscore_and_must_not_meet_another_name(tmp_path: Path) -> None:
    assert read(tmp_path, "order_id,amount,note,shop's\n1,2,3,4\n").extra_columns == ("shop_s",)
    found = problem(tmp_path, "order_id,amount,note,shop's,shop_s\n1,2,3,4,5\n")
    assert found.field == "shop_s"


def test_a_column_without_a_name_is_refused(tmp_path: Path) -> None:
    found = problem(tmp_path, "order_id,amount,note,\n1,2,3,\n")
    assert (found.line, found.what) == (1, "column 4 has no name")


def test_a_row_with_too_few_fields_is_refused_with_its_line_and_content(tmp_path: Path) -> None:
    found = problem(tmp_path, 'order_id,amount,note\n1,2,"a\nb"\n7,8\n')
    assert (found.line, found.field, found.row) == (4, "note", "`7,8`")
    assert "2 fields, the header 3" in found.what


def test_a_row_with_too_many_fields_is_refused_with_its_line_and_content(tmp_path: Path) -> None:
    found = problem(tmp_path, "order_id,amount,note\n1,2,3\n7,1,200,x\n")
    assert (found.line, found.field, found.row) == (3, "note", "`7,1,200,x`")
    assert "double quotes" in found.todo


def test_a_blank_line_between_rows_is_refused(tmp_path: Path) -> None:
    found = problem(tmp_path, "order_id,amount,note\n1,2,3\n\n4,5,6\n")
    assert (found.line, found.what) == (3, "the line is blank")


def test_a_quote_that_is_never_closed_is_refused_with_the_line_of_its_row(tmp_path: Path) -> None:
    found = problem(tmp_path, 'order_id,amount,note\n1,2,3\n4,5,"open\n6,7,8\n')
    assert found.line == 3
    assert "never closed" in found.what


def test_text_after_a_closing_quote_is_refused(tmp_path: Path) -> None:
    found = problem(tmp_path, 'order_id,amount,note\n1,2,"5" disk"\n')
    assert found.line == 2
    assert "closing double quote" in found.what


def test_a_field_of_unlikely_length_is_refused(tmp_path: Path) -> None:
    found = problem(tmp_path, 'order_id,amount,note\n1,2,3\n4,5,"' + "x\n" * 100_000)
    assert found.line == 3
    assert "never closed" in found.what


def test_nul_bytes_are_refused_with_their_line(tmp_path: Path) -> None:
    found = problem(tmp_path, "order_id,amount,note\n1,2,3\n4,\0,6\n")
    assert (found.line, found.what) == (3, "the line has NUL bytes")


def test_utf_16_without_its_mark_is_recognised(tmp_path: Path) -> None:
    assert "utf-16-le" in problem(tmp_path, GOOD.encode("utf-16-le")).todo


@pytest.mark.parametrize(("actual", "text"), [("gb18030", "北京"), ("cp1252", "Zürich"), ("utf-16", "北京")])
def test_a_wrong_encoding_is_refused_and_the_right_one_proposed(tmp_path: Path, actual: str, text: str) -> None:
    found = problem(tmp_path, f"order_id,amount,note\r\n1,2,3\r\n4,5,{text}\r\n".encode(actual))
    assert found.line == (1 if actual == "utf-16" else 3)
    assert actual in found.todo
    if actual != "utf-16":
        assert text in found.todo


def test_a_wrong_encoding_is_refused_with_the_place_of_the_bytes(tmp_path: Path) -> None:
    found = problem(tmp_path, b"order_id,amount,note\n1,2,\xff\xfe\n")
    assert found.line == 2
    assert found.what == "byte 25 is not utf-8: ff fe 0a"


def test_all_problems_of_a_file_are_told_at_once_but_not_without_end(tmp_path: Path) -> None:
    few = problems(tmp_path, "order_id,amount,remark\n1,2\n3,4,5,6\n")
    assert [(found.line, found.field) for found in few] == [(1, "note"), (2, "remark"), (3, "remark")]
    assert len(problems(tmp_path, "order_id,amount,note\n" + "1,2\n" * 50)) == PROBLEMS_SHOWN


def test_messages_hold_no_path_of_this_machine(tmp_path: Path) -> None:
    with pytest.raises(SourceRefused) as refused:
        read_file(source(tmp_path, "order_id\n1\n"))
    assert str(tmp_path) not in str(refused.value)
