from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from perf_pipelines.documents import parse_document, read_document
from perf_pipelines.errors import CompanyRefused, Problem

if TYPE_CHECKING:
    from pathlib import Path

FILE = "companies/acme/scheme.yaml"


def refused(text: str) -> Problem:
    with pytest.raises(CompanyRefused) as caught:
        parse_document(text, file=FILE)
    return caught.value.problems[0]


def test_numbers_are_read_from_their_text_and_stay_exact() -> None:
    document = parse_document("a: 0.1\nb: 1.10\nc: -3\nd: .5", file=FILE)
    assert document.data == {"a": Decimal("0.1"), "b": Decimal("1.10"), "c": -3, "d": Decimal("0.5")}
    assert all(isinstance(value, (int, Decimal)) for value in document.data.values())


@pytest.mark.parametrize(
    "text", [".nan", ".inf", "-.inf", "1e5", "1_000", "010", "0x1F", "1:30", "0.35", "2017-03", "yes", "no", "on"]
)
def test_what_only_looks_like_a_number_or_a_switch_stays_text(text: str) -> None:
    if text == "0.35":
        text = "０.３５"
    assert parse_document(f"a: {text}", file=FILE).data == {"a": text}


def test_days_are_days_and_impossible_days_stay_text() -> None:
    document = parse_document('a: 2017-07-01\nb: 2017-02-30\nc: "2017-07-01"', file=FILE)
    assert document.data == {"a": date(2017, 7, 1), "b": "2017-02-30", "c": "2017-07-01"}


def test_every_place_knows_its_line() -> None:
    document = parse_document("# a comment\na:\n  - {x: 1}\n  -\n    y: 2\nb: 3\n", file=FILE)
    assert document.line(("a", 0, "x")) == 3
    assert document.line(("a", 1, "y")) == 5
    assert document.line(("b",)) == 6


def test_a_place_that_is_missing_has_the_line_of_what_it_is_missing_from() -> None:
    assert parse_document("a:\n  b: {x: 1}\n", file=FILE).line(("a", "b", "y", 3)) == 2


def test_a_key_that_stands_twice_is_refused_at_its_second_place() -> None:
    problem = refused("a:\n  b: 1\n  b: 2\n")
    assert (problem.file, problem.line, problem.field) == (FILE, 3, "a.b")


def test_anchors_and_aliases_are_refused() -> None:
    bomb = "a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n"
    problem = refused(bomb)
    assert (problem.line, problem.field) == (1, "a")


def test_tags_are_refused() -> None:
    assert refused("a: !!python/object/apply:os.system [ls]").field == "a"


def test_bad_syntax_is_refused_with_its_line() -> None:
    assert refused("a: 1\nb: [1, 2\nc: 3\n").line == 3


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("", "the file is empty"),
        ("# only a comment\n", "the file is empty"),
        ("- a\n- b\n", "the file is a list, and no block of `key: value`"),
        ("just words", "the file is `just words`, and no block of `key: value`"),
        ("42", "the file is `42`, and no block of `key: value`"),
    ],
)
def test_a_document_that_is_no_block_is_refused(text: str, what: str) -> None:
    assert (refused(text).what, refused(text).line) == (what, 1)


@pytest.mark.parametrize(
    "text",
    [
        "a: 1\n---\nb: 2\n",
        "? [a, b]\n: 1\n",
        'a: "\\UFFFFFFFF"',
        'a: "\\ud800"',
        'a: "\\0"',
        "a: \x07",
        "\ta: 1",
        "[" * 3000,
        "a: " + "{b: " * 500,
        "%YAML 9999999.1\n---\na: 1",
        "a: *nothing",
    ],
)
def test_no_text_can_do_worse_than_be_refused(text: str) -> None:
    assert str(refused(text))


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CompanyRefused) as caught:
        read_document(tmp_path / "acme" / "scheme.yaml")
    assert caught.value.problems[0].file == f"{tmp_path.name}/acme/scheme.yaml"


def test_a_folder_in_the_place_of_the_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CompanyRefused, match="this is a folder and no file"):
        read_document(tmp_path)


def test_text_in_another_encoding_is_refused_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "scheme.yaml"
    path.write_bytes("a: 1\nb: 优秀\n".encode("gb18030"))
    with pytest.raises(CompanyRefused) as caught:
        read_document(path)
    assert caught.value.problems[0].line == 2
    assert "UTF-8" in caught.value.problems[0].what


def test_a_byte_order_mark_does_no_harm(tmp_path: Path) -> None:
    path = tmp_path / "scheme.yaml"
    path.write_bytes("a: 优秀\n".encode("utf-8-sig"))
    assert read_document(path).data == {"a": "优秀"}
