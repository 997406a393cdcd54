"""The mistakes that people make in a company's files, and what they are told: the cause alone, and what to write."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING

import pytest

from perf_pipelines import meant
from perf_pipelines.company import company_folder, company_of, load_scheme, remarks_on
from perf_pipelines.errors import CompanyRefused
from tests.unit.a_company import COMPANY, KPI_MODELS, SCHEME, SOURCES, line_of, load, replaced, write_company

if TYPE_CHECKING:
    from pathlib import Path

FIRST = "weight: 0.6"
"""Where the first line of the position says its weight; most mistakes are made there."""


def told(folder: Path) -> list[str]:
    """The problems of a company's folder, without `companies/acme/` before each."""
    with pytest.raises(CompanyRefused) as caught:
        load(folder)
    return [str(problem).removeprefix("companies/acme/") for problem in caught.value.problems]


def told_of_scheme(root: Path, old: str, new: str) -> list[str]:
    return told(write_company(root, scheme=replaced(SCHEME, old, new)))


@pytest.mark.parametrize(
    ("written", "field", "says"),
    [
        (
            "target: 22,000",
            "target",
            "`22,000` is read as 2 things, because a comma parts them → write 22000",
        ),
        (
            "target: 22,000,000.5",
            "target",
            "`22,000,000.5` is read as 3 things, because a comma parts them → write 22000000.5",
        ),
        (
            "target: 1,5",
            "target",
            "`1,5` is read as 2 things, because a comma parts them → write 1.5",
        ),
        (
            "target: '22,000'",
            "target",
            "`22,000` is not a number → write it without a separator between thousands: 22000",
        ),
        (
            "target: 22 000",
            "target",
            "`22 000` is not a number → write it without a separator between thousands: 22000",
        ),
        (
            "target: 22，000",
            "target",
            "`22，000`, with `，` (full-width comma), is not a number → write it without a separator between "
            "thousands: 22000",
        ),
        ("target: 2.2万", "target", "`2.2万` is not a number → write it in full: 22000"),
        ("target: 100元", "target", "`100元` is not a number → write the number alone: 100"),
        ("target: ￥100", "target", "`￥100` is not a number → write the number alone: 100"),
        ("target: 1e3", "target", "`1e3` is not a number → write it in plain digits: 1000"),
        ("target: 一百", "target", "`一百` is not a number → write it in plain digits, like 12 or 0.35"),
        (
            "target: １00",
            "target",
            "`１00`, with `１` (full-width digit one), is not a number → write it in plain digits and without "
            "quotes: 100",
        ),
    ],
)
def test_a_number_that_is_written_otherwise_is_told_with_the_digits_to_write(
    tmp_path: Path, written: str, field: str, says: str
) -> None:
    assert told_of_scheme(tmp_path, "target: 100", written) == [
        f"scheme.yaml:{line_of(SCHEME, FIRST)} positions.operator[0].{field}: {says}"
    ]


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ("60%", "`60%` is not a number → write it as a share of 1: 0.6"),
        ("60 ％", "`60 ％`, with `％` (full-width percent sign), is not a number → write it as a share of 1: 0.6"),
        ("60", "`60` is out of range → write a number above 0 and at most 1: 0.6 for 60 %"),
        ('"0.6"', "`0.6` is not a number → write it in plain digits and without quotes: 0.6"),
    ],
)
def test_percents_where_a_share_is_read_are_told_with_the_share(tmp_path: Path, written: str, says: str) -> None:
    assert told_of_scheme(tmp_path, FIRST, f"weight: {written}") == [
        f"scheme.yaml:{line_of(SCHEME, FIRST)} positions.operator[0].weight: {says}"
    ]


@pytest.mark.parametrize(
    ("old", "new", "field", "says"),
    [
        (FIRST, "wieght: 0.6", "positions.operator[0].wieght", "did you mean `weight`?"),
        (FIRST, "Weight: 0.6", "positions.operator[0].Weight", "did you mean `weight`?"),
        (FIRST, "权重: 0.6", "positions.operator[0].权重", "did you mean `weight`?"),
        ("bound: 2", "buond: 2", "kpis.repurchase_rate.aggregation.buond", "did you mean `bound`?"),
        ("{kind: linear,", "{knid: linear,", "rules.gradual.knid", "did you mean `kind`?"),
        ("positions:\n", "postions:\n", "postions", "did you mean `positions`?"),
        ("grades:\n", "grade:\n", "grade", "did you mean `grades`?"),
        ("  bands:\n", "  band:\n", "grades.band", "did you mean `bands`?"),
    ],
)
def test_a_misspelt_key_is_the_only_thing_told_and_not_that_it_is_missing(
    tmp_path: Path, old: str, new: str, field: str, says: str
) -> None:
    scheme = replaced(SCHEME, old, new)
    key = field.rpartition(".")[2]
    assert told(write_company(tmp_path, scheme=scheme)) == [
        f"scheme.yaml:{line_of(scheme, new.strip())} {field}: `{key}` is not known here → {says}"
    ]


def test_a_kpi_that_is_misspelt_where_it_stands_is_told_there_and_not_wherever_it_is_named(tmp_path: Path) -> None:
    assert told_of_scheme(tmp_path, "  revenue: {", "  revenu: {") == [
        "scheme.yaml:4 kpis.revenu: no SQL model says what counts for `revenu` → write models/kpis/kpi_revenu.sql; or "
        "did you mean `revenue`?"
    ]


def test_what_is_misspelt_and_what_is_missing_besides_are_both_told(tmp_path: Path) -> None:
    found = told_of_scheme(tmp_path, "weight: 0.6, target: 100,", "wieght: 0.6,")
    assert [problem.partition(" → ")[2] for problem in found] == ["add `target:`", "did you mean `weight`?"]


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        (
            FIRST,
            "weight：0.6",
            "18 positions.operator[0].weight：0.6: `weight：0.6`, with `：` (full-width colon), has nothing behind it "
            "→ write `weight: 0.6`",
        ),
        (
            FIRST,
            "weight:0.6",
            "18 positions.operator[0].weight:0.6: `weight:0.6` has nothing behind it → write `weight: 0.6`",
        ),
        (
            FIRST,
            "weight: “0.6”",
            "18 positions.operator[0].weight: `“0.6”`, with `“` (left double quotation mark), `”` (right double "
            "quotation mark), is not a number → write it in plain digits and without quotes: 0.6",
        ),
        (
            FIRST,
            "weight:\u30000.6",
            "18 positions.operator[0].weight: 0.6: the key has U+3000 (ideographic space) → write ordinary spaces, and "
            "nothing that cannot be seen",
        ),
        (
            "  operator:",
            "\u00a0\u00a0operator:",
            "17 operator: the key has U+00A0 (no-break space) → write ordinary spaces, and nothing that cannot be seen",
        ),
        (
            FIRST,
            "w\u0435ight: 0.6",
            "18 positions.operator[0].w\u0435ight: `w\u0435ight`, with `\u0435` (cyrillic small letter ie), is not "
            "known here → did you mean `weight`?",
        ),
        (
            "  bands:\n",
            "  bands：\n",
            "28: the line has `：` (full-width colon), which is an ordinary letter here and parts nothing → write `: ` "
            "in its place, or put the text that it belongs to in quotes",
        ),
        (
            "weight: 0.6, target",
            "weight: 0.6，target",
            "18: the line has `，` (full-width comma), which is an ordinary letter here and parts nothing → write `, ` "
            "in its place, or put the text that it belongs to in quotes",
        ),
        (
            "{kpi: revenue, goal: kr_revenue, weight: 0.6",
            "｛kpi: revenue, goal: kr_revenue, weight: 0.6",
            "18: the line has `｛` (full-width left curly bracket), which is an ordinary letter here and parts nothing "
            "→ write `{` in its place, or put the text that it belongs to in quotes",
        ),
        (
            "  revenue: {",
            "  ｒevenue: {",
            "4 kpis.ｒevenue: `ｒevenue`, with `ｒ` (full-width latin small letter r), cannot be used as an id → use "
            "small letters a–z, digits and underscores, beginning with a letter, like `revenue`",
        ),
    ],
)
def test_a_character_that_only_looks_like_another_is_named_with_its_line(
    tmp_path: Path, old: str, new: str, says: str
) -> None:
    assert told_of_scheme(tmp_path, old, new)[0] == f"scheme.yaml:{says}"


def test_full_width_characters_in_a_name_are_no_mistake(tmp_path: Path) -> None:
    scheme = replaced(SCHEME, "zh: 增长,", "zh: 增长（新）：“双十一”，１００％,")
    assert load(write_company(tmp_path, scheme=scheme)).scheme.goals[0].name.zh == "增长（新）：“双十一”，１００％"


@pytest.mark.parametrize(
    ("written", "instead"),
    [
        ("2026/4/1", "write 2026-04-01"),
        ("2026-4-1", "write 2026-04-01"),
        ("2026.04.01", "write 2026-04-01"),
        ("20260401", "write 2026-04-01"),
        ("2026年4月1日", "write 2026-04-01"),
        ("1.4.2026", "write 2026-04-01"),
        ("2026-04", "write the day too, like 2026-04-01"),
        ("2026年4月", "write the day too, like 2026-04-01"),
        ("2026-04-31", "write a day that the calendar has"),
        ("01/04/2026", "write year-month-day, like 2017-07-01"),
        ("next month", "write year-month-day, like 2017-07-01"),
    ],
)
def test_a_day_that_is_written_otherwise_is_told_as_the_day_to_write(
    tmp_path: Path, written: str, instead: str
) -> None:
    old = "target: 110, rule: standard, from: 2026-04-01"
    assert told_of_scheme(tmp_path, old, f"target: 110, rule: standard, from: {written}") == [
        f"scheme.yaml:19 positions.operator[1].from: `{written}` is not a day of the calendar → {instead}"
    ]


@pytest.mark.parametrize("written", ["2026/02", "2026-2", "2026年2月", "202602", "2026-02-01"])
def test_a_month_that_is_written_otherwise_is_told_as_the_month_to_write(tmp_path: Path, written: str) -> None:
    company = replaced(COMPANY, "first_period: 2026-02", f"first_period: {written}")
    assert told(write_company(tmp_path, company=company)) == [
        f"company.yaml:5 first_period: `{written}` is not a month → write 2026-02"
    ]


@pytest.mark.parametrize(("written", "instead"), [("yes", "true"), ("是", "true"), ("no", "false"), ("x", "true or f")])
def test_yes_and_no_are_told_as_true_and_false(tmp_path: Path, written: str, instead: str) -> None:
    columns = "columns: [order_id, amount]\n"
    sources = replaced(SOURCES, columns, f"{columns}        may_be_empty: {written}\n")
    [problem] = told(write_company(tmp_path, sources=sources))
    assert f"may_be_empty: `{written}` is neither true nor false → write {instead}" in problem


@pytest.mark.parametrize(
    ("old", "new", "line", "says"),
    [
        ("  operator:", "\toperator:", 17, "a tab stands here → write spaces in its place"),
        ("zh: 增长", 'zh: "增长', 11, "a quote is opened here and never closed → write the closing quote"),
        ("weight: 0.6, target", "weight: 0.6 target", 18, "something stands here where the { of line 18 needs a comma"),
        ("standard, from: 2026-04-01}", "standard, from: 2026-04-01", 20, "the { of line 19 needs a comma or its clos"),
        ("currency: CNY", "currency:CNY", 2, "the key has no colon behind it → write `key: value`, with a space"),
        ("  method: bands", "   method: bands", 28, "the line is indented otherwise than those it belongs to"),
        ("scheme: acme-2026", "scheme: acme: 2026", 1, "there is a colon too many"),
        ("scheme: acme-2026", "scheme: @acme", 1, "a text begins with a sign that has a meaning of its own"),
        ("scheme: acme-2026", 'scheme: "c:\\people"', 1, "a backslash inside double quotes has a meaning of its own"),
        (
            "scheme: acme-2026",
            'scheme: "\\UFFFFFFFF"',
            1,
            "a backslash inside double quotes names a character that does",
        ),
        ("[shop]", "[shop", 2, "the [ of line 1 needs a comma or its closing ]"),
    ],
)
def test_what_is_no_yaml_is_told_without_the_words_of_yaml(
    tmp_path: Path, old: str, new: str, line: int, says: str
) -> None:
    text = "a: [shop]\nb: 1\nc: 2\n" if old == "[shop]" else SCHEME
    [problem] = told(write_company(tmp_path, scheme=replaced(text, old, new)))
    assert problem.startswith(f"scheme.yaml:{line}: ")
    assert says in problem


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "1: the file is empty"),
        (SCHEME.encode("gb18030"), "4: the text is not UTF-8; it seems to be GBK (ANSI in a Chinese Windows)"),
        (SCHEME.encode("utf-16"), "1: the text is not UTF-8; it seems to be UTF-16"),
        (b"PK\x03\x04\xff\xfe", "1: this is a workbook or a document and no text → save it as plain text (UTF-8)"),
        (b"\x00\x00", "1: there is a character that cannot be seen"),
        (b"scheme: &x acme\n", "1 scheme: anchors (&) and aliases (*) are not used here"),
        (b"rules:\n  <<: *x\n", "2 rules.<<: anchors (&) and aliases (*) are not used here"),
        (b"x" * 1_000_001, " the file is larger than 1 MB"),
    ],
)
def test_a_file_of_another_kind_is_told_as_what_it_seems_to_be(tmp_path: Path, content: bytes, says: str) -> None:
    folder = write_company(tmp_path)
    (folder / "scheme.yaml").write_bytes(content)
    assert told(folder)[0].startswith(f"scheme.yaml:{says}")


def test_of_very_many_faults_the_first_hundred_are_told_with_short_names(tmp_path: Path) -> None:
    text = "".join(f"{'k' * 200}{number}: 1\n" for number in range(4000))
    found = told(write_company(tmp_path, scheme=text))
    assert len(found) == 101
    assert found[-1].endswith("there are more faults → mend these first")
    assert max(map(len, found)) < 400


def test_a_day_inside_several_periods_is_told_once_with_the_days_that_suit_all(tmp_path: Path) -> None:
    scheme = SCHEME.replace("from: 2026-04-01", "from: 2026-05-12").replace("until: 2026-03-31", "until: 2026-05-11")
    found = told(write_company(tmp_path, scheme=scheme))
    assert found == [
        "scheme.yaml:19 positions.operator[1].from: 2026-05-12 lies inside 2026-05 and 2026-Q2, which are each "
        "assessed by one scheme → move it to 2026-04-01 or 2026-07-01, where each of them begins, or write "
        "`change_inside_period: split`",
        "scheme.yaml:20 positions.operator[2].until: 2026-05-11 lies inside 2026-05 and 2026-Q2, which are each "
        "assessed by one scheme → move it to 2026-03-31 or 2026-06-30, where each of them ends, or write "
        "`change_inside_period: split`",
        "scheme.yaml:21 positions.operator[3].from: 2026-05-12 lies inside 2026-05 and 2026-Q2, which are each "
        "assessed by one scheme → move it to 2026-04-01 or 2026-07-01, where each of them begins, or write "
        "`change_inside_period: split`",
    ]


def remarks(folder: Path) -> list[str]:
    found = remarks_on(load(folder), today=date(2026, 5, 1))
    return [str(problem).removeprefix("companies/acme/") for problem in found]


def test_a_company_as_it_should_be_has_no_remarks(tmp_path: Path) -> None:
    assert remarks(write_company(tmp_path)) == []


@pytest.mark.parametrize(
    ("year", "says"),
    [
        ("2025", "2025-04-01 lies before 2026-01-01, the first day that is assessed → correct the year if it is"),
        ("2206", "2206-04-01 is more than two years ahead → correct the year if it is mistyped"),
    ],
)
def test_a_year_that_is_probably_mistyped_is_told_and_not_refused(tmp_path: Path, year: str, says: str) -> None:
    scheme = SCHEME.replace("from: 2026-04-01", f"from: {year}-04-01")
    scheme = replaced(scheme, "until: 2026-03-31", f"until: {year}-03-31")
    found = remarks(write_company(tmp_path, scheme=scheme))
    assert f"scheme.yaml:19 positions.operator[1].from: {says}" in found[0]
    assert any("positions.operator[2].until: 2025-03-31 lies before" in remark for remark in found) == (year == "2025")


def test_a_quarter_begins_before_the_first_month_and_so_may_what_holds_in_it(tmp_path: Path) -> None:
    scheme = SCHEME.replace("from: 2026-04-01", "from: 2026-01-01").replace("until: 2026-03-31", "until: 2026-12-31")
    scheme = replaced(scheme, ", until: 2026-12-31", "")
    assert remarks(write_company(tmp_path, scheme=scheme)) == []


def test_a_decimal_comma_is_no_separator_between_thousands() -> None:
    assert meant.number("0,125") == "write it with a point: 0.125"
    assert meant.number("1,234") == "write it without a separator between thousands: 1234"


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        (
            "weight: 0.4, target: 0.25",
            "weight: 0.4, target: 25",
            "20 positions.operator[2].target: the KPI is a share, of which 25 is 2,500 % → write 0.25 if 25 % is meant",
        ),
        (
            "from: 0.2, to: 0.3",
            "from: 0.2, to: 30",
            "15 goals[3].to: the KPI is a share, of which 30 is 3,000 % → write 0.3 if 30 % is meant",
        ),
        (
            "target: 100",
            "target: {growth: 10}",
            "18 positions.operator[0].target.growth: 10 asks 1,000 % more than a year ago → write 0.1 if 10 % is meant",
        ),
    ],
)
def test_percents_in_a_target_are_told_and_not_refused(tmp_path: Path, old: str, new: str, says: str) -> None:
    assert remarks(write_company(tmp_path, scheme=replaced(SCHEME, old, new))) == [f"scheme.yaml:{says}"]


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        (
            "exceeded_at: 1.10",
            "exceeded_at: 110",
            "rules.standard[0].exceeded_at: an attainment of 110 is 11,000 % of the target → write 1.1 if 110 % "
            "is meant",
        ),
        (
            "reached: 10, exceeded: 12",
            "reached: 10, exceeded: 120",
            "rules.standard[0].exceeded: 120 points are 12 times what just reaching the target usually gives, 10 → "
            "write 12 if a score of 120 is meant",
        ),
        (
            "kind: linear, zero_at: 0.5, cap: 12",
            "kind: steps, steps: [[0.8, 6], [100, 100]]",
            "rules.gradual[0].steps[1]: an attainment of 100 is 10,000 % of the target → write 1 if 100 % is meant",
        ),
        (
            "weight: 0.4, target: 0.25",
            "weight: 0.4, target: 0.25, veto: {below: 80, grade: fair}",
            "positions.operator[2].veto.below: an attainment of 80 is 8,000 % of the target → write 0.8 if 80 % is "
            "meant",
        ),
        (
            "name: {zh: 优, en: Good}, at_least: 90",
            "name: {zh: 优, en: Good}, at_least: 0.9",
            "grades.bands[0].at_least: a score of 0.9 is hardly any: just reaching every target gives 100 → "
            "write 90 if 90 % is meant",
        ),
        (
            "good: 1.5",
            "good: 150",
            "bonus.multiplier.good: 150 pays 150 times the bonus base → write 1.5 if 150 % is meant",
        ),
    ],
)
def test_percents_in_a_rule_and_scores_in_place_of_points_are_told_and_not_refused(
    tmp_path: Path, old: str, new: str, says: str
) -> None:
    found = remarks(write_company(tmp_path, scheme=replaced(SCHEME, old, new)))
    assert says in [re.sub(r"^scheme\.yaml:\d+ ", "", remark) for remark in found]


@pytest.mark.parametrize(
    ("old", "new", "key", "block"),
    [
        ("  bands:\n", "bands:\n", "bands", "grades"),
        ("  multiplier: {", "multiplier: {", "multiplier", "bonus"),
        ("  operator:\n", "operator:\n", "operator", "positions"),
        ("  method: bands\n", "", "bands", "grades"),
        (
            "weight: 0.6, target: 100,",
            "weight: 0.6, target: 100, veto: {below: 0.8}, grade: fair,",
            "grade",
            "positions.operator[0].veto",
        ),
    ],
)
def test_a_key_that_stands_beside_its_block_is_told_to_belong_inside_it(
    tmp_path: Path, old: str, new: str, key: str, block: str
) -> None:
    scheme = replaced(SCHEME, old, new)
    if not new:
        # behind everything else, and not below the block that lacks it
        bands = scheme[scheme.index("  bands:\n") : scheme.index("bonus:\n")]
        scheme = replaced(scheme, bands, "  method: bands\n") + bands.replace("  ", "", 1)
    above, _, name = block.rpartition(".")
    [problem] = told(write_company(tmp_path, scheme=scheme))
    assert problem.partition(" ")[2] == (
        f"{f'{above}.' if above else ''}{key}: `{key}` stands beside `{name}` and belongs inside it → indent it "
        f"further than `{name}`, with all that belongs to it, or move it between the {{ and }} of `{name}`"
    )


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        (
            "en: Grow}",
            "en: Grow, and more}",
            "11 goals[0].name.en: `Grow, and more` is read as 2 things, because a comma parts them → put the text in "
            'quotes: "Grow, and more"',
        ),
        (
            "zh: 增长,",
            "zh: 增长, 利润, 口碑,",
            "11 goals[0].name.zh: `增长, 利润, 口碑` is read as 3 things, because a comma parts them → put the text in "
            'quotes: "增长, 利润, 口碑"',
        ),
        (
            "target: 100,",
            "target: 22,000 CNY,",
            "18 positions.operator[0].target: `22,000 CNY` is read as 2 things, because a comma parts them → write the "
            "number alone: 22000",
        ),
        (
            "target: 100,",
            "target: ¥22,000,",
            "18 positions.operator[0].target: `¥22,000` is read as 2 things, because a comma parts them → write the "
            "number alone: 22000",
        ),
        (
            "en: Grow}",
            "en: Grow: more}",
            "11: something stands here where the { of line 11 needs a comma or its closing } → write {key: value, key: "
            "value}, with a comma between two keys and a } at the end; a text with a colon or a comma in it needs "
            "quotes",
        ),
        (
            "en: Grow}",
            "en: Grow #1}",
            "11: a comment begins at the #, so that the bracket behind it closes nothing → put the text with the # in "
            "quotes, or take the comment out",
        ),
        (
            "    unit: share\n",
            "    unit: #1\n",
            "7 kpis.repurchase_rate.unit: nothing is read here, because what stands behind a # is a comment → put the "
            'text in quotes: "#1"; or take the # out',
        ),
    ],
)
def test_a_text_with_a_sign_of_yaml_in_it_is_told_to_need_quotes(tmp_path: Path, old: str, new: str, says: str) -> None:
    assert told_of_scheme(tmp_path, old, new) == [f"scheme.yaml:{says}"]


def test_a_comma_that_is_forgotten_behind_a_key_without_value_is_no_text_with_a_comma(tmp_path: Path) -> None:
    found = told_of_scheme(tmp_path, "weight: 0.6, target: 100,", "wieght, target: 100,")
    assert found == ["scheme.yaml:18 positions.operator[0].wieght: `wieght` is not known here → did you mean `weight`?"]


@pytest.mark.parametrize("dash", ["–", "—", "−"])
def test_a_dash_that_begins_no_entry_is_named_with_its_line(tmp_path: Path, dash: str) -> None:
    [problem] = told_of_scheme(tmp_path, "  - {id: loyalty,", f"  {dash} {{id: loyalty,")
    assert problem.startswith(f"scheme.yaml:12: the line begins with `{dash}` (")
    assert problem.endswith("which begins no entry of a list → write `- ` in its place")


@pytest.mark.parametrize(
    ("written", "line", "marker"),
    [
        ("<<<<<<< HEAD\nEVALUATION=======\nEVALUATION>>>>>>> other\n", 25, "<<<<<<<"),
        ("EVALUATION=======\r\nEVALUATION", 26, "======="),
        ("EVALUATION>>>>>>> other\n", 26, ">>>>>>>"),
    ],
)
def test_what_is_left_of_a_merge_is_told_as_that(tmp_path: Path, written: str, line: int, marker: str) -> None:
    evaluation = "evaluation: {kpi: 1.0, min_coverage: 0.60}\n"
    assert told_of_scheme(tmp_path, evaluation, written.replace("EVALUATION", evaluation)) == [
        f"scheme.yaml:{line}: `{marker}` is left of a merge of two versions of the file, which stand below each other "
        "here → keep one of them, and take out the lines <<<<<<<, ======= and >>>>>>>"
    ]


@pytest.mark.parametrize("written", ["[months]", "[months, quarter]", "[monthly, quarter]"])
def test_cycles_in_the_plural_are_told_as_the_cycle_that_is_meant(tmp_path: Path, written: str) -> None:
    [problem] = told(write_company(tmp_path, company=replaced(COMPANY, "[month, quarter]", written)))
    assert problem.startswith("company.yaml:6 cycles[0]: ")
    assert problem.endswith("is not known here → did you mean `month`?")


@pytest.mark.parametrize("name", ["scheme.yml", "scheme.yaml.txt", "scheme.YAML"])
def test_a_file_that_is_called_otherwise_is_told_to_be_renamed(tmp_path: Path, name: str) -> None:
    folder = write_company(tmp_path)
    (folder / "scheme.yaml").rename(folder / name)
    assert told(folder) == [f"scheme.yaml: the file is missing, but there is {name} → rename it to scheme.yaml"]


def test_a_company_whose_file_is_called_otherwise_is_found_all_the_same(tmp_path: Path) -> None:
    folder = write_company(tmp_path)
    (folder / "company.yaml").rename(folder / "company.yml")
    with pytest.raises(CompanyRefused, match=r"but there is company\.yml → rename it to company\.yaml"):
        company_folder(tmp_path / "companies", "acme")


def test_a_folder_in_place_of_a_scheme_is_told_as_a_folder(tmp_path: Path) -> None:
    folder = write_company(tmp_path)
    with pytest.raises(CompanyRefused) as caught:
        load_scheme(folder, company=load(folder), kpi_models=KPI_MODELS)
    [problem] = caught.value.problems
    assert (problem.what, problem.todo) == (
        "this is a folder and no file",
        "name the file that lies in it, like scheme.yaml",
    )


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        (
            "weight: 0.4, target: 0.25",
            "weight: 0.4, target: 0.25, veto: {below: 0.8, grade: good}",
            "20 positions.operator[2].veto.grade: `good` is the best grade of all, so that the veto lowers nobody's → "
            "write the best grade that it is to leave, like `fair`",
        ),
        (
            "    unit: share\n",
            "    unit: share #1\n",
            "7 kpis.repurchase_rate.unit: `share` is all that is read of the text: what stands behind the # is a "
            'comment → put the text in quotes if the # belongs to it: "share #1"',
        ),
    ],
)
def test_what_has_no_effect_and_what_is_cut_off_is_told_and_not_refused(
    tmp_path: Path, old: str, new: str, says: str
) -> None:
    assert remarks(write_company(tmp_path, scheme=replaced(SCHEME, old, new))) == [f"scheme.yaml:{says}"]


def test_a_comment_behind_a_name_is_no_mistake(tmp_path: Path) -> None:
    scheme = replaced(SCHEME, "    unit: share\n", "    unit: share  # of the customers\n")
    assert remarks(write_company(tmp_path, scheme=scheme)) == []


def test_a_scheme_is_known_by_the_company_in_whose_folder_it_lies(tmp_path: Path) -> None:
    folder = write_company(tmp_path)
    assert company_of(folder / "scheme.yaml") == "acme"
    assert company_of(tmp_path / "new.yaml") is None


def test_a_first_period_far_ahead_is_told(tmp_path: Path) -> None:
    folder = write_company(tmp_path, company=replaced(COMPANY, "first_period: 2026-02", "first_period: 2062-02"))
    assert remarks(folder)[0] == (
        "company.yaml:5 first_period: nothing can be closed before 2062-02 is over → correct the year if it is mistyped"
    )
