"""What people read: nothing of anybody else, nothing that runs, everything said; made from one closed month."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from html.parser import HTMLParser
from itertools import combinations
from typing import TYPE_CHECKING

import dagster as dg
import duckdb
import openpyxl
import pytest

from perf_pipelines.closing import Closing
from perf_pipelines.defs.companies import read_company
from perf_pipelines.defs.publish.reports import report_assets
from perf_pipelines.defs.site import Site
from perf_pipelines.errors import NotPublished, RunFailed
from perf_pipelines.home import CompanyHome
from perf_pipelines.periods import Cycle
from perf_pipelines.reports import words
from perf_pipelines.reports.drawing import INK, PAPER, QUIET
from perf_pipelines.reports.edition import Edition
from perf_pipelines.reports.folder import RECORD, Format, Kind, reports_of, write_folder
from perf_pipelines.reports.layout import charts
from perf_pipelines.reports.layout.blocks import Picture, Table, Tone
from perf_pipelines.reports.layout.html import to_html
from perf_pipelines.reports.layout.pdf import to_pdf
from perf_pipelines.reports.marts import PublishedMarts
from perf_pipelines.segments import SEGMENTS
from perf_pipelines.sql_text import literal
from perf_pipelines.wording import Language, number
from tests.conftest import PROJECT, Place

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from perf_pipelines.reports.layout.blocks import Report

MONTH = "2017-03"
SCRIPT, FORMULA, LONG = "<script>alert(1)</script>", "=cmd|' /C calc'!A0", "Wolfeschlegelsteinhausenbergerdorff" * 3
NAMES = {"moses_frase": SCRIPT, "darcel_schlecht": FORMULA, "anna_snelling": LONG}
WHO, COLLEAGUE = "moses_frase", "darcel_schlecht"

ODD_NAMES = "".join(
    f"update marts.rpt_score_table set employee_en = {literal(name)}, employee_zh = {literal(name)} "
    f"where employee_id = '{employee}';"
    for employee, name in NAMES.items()
)
FEEDBACK = f"""
insert into marts.fct_feedback_score by name
select '{MONTH}' as period_id, '{WHO}' as employee_id, 'manager' as relation, 0.4 as weight, 1 as raters,
    61.25 as score, true as shown
union all by name
select '{MONTH}' as period_id, '{WHO}' as employee_id, 'peer' as relation, 0.3 as weight, false as shown;
"""


def tell(place: Place, sql: str) -> None:
    """Change what is published by ``sql``; marts that it makes are known to the publication."""
    version = place.published.resolve()
    (version / "marts.duckdb").chmod(0o644)
    with duckdb.connect() as connection:
        connection.execute(f"attach '{version / 'marts.duckdb'}' as published; use published.marts")
        connection.execute(sql)
    record = json.loads((version / "publication.json").read_text())
    for mart in re.findall(r"create or replace table marts\.(\w+)", sql):
        record["files"][mart] = {MONTH: {"rows": 1, "hash": ""}}
    (version / "publication.json").write_text(json.dumps(record))


@pytest.fixture(scope="module")
def sales(_march: Place, tmp_path_factory: pytest.TempPathFactory) -> Place:
    """crm_sales with a month closed, in which people have names of another kind and one has been rated by others."""
    place = _march.copied(tmp_path_factory.mktemp("reports"))
    tell(place, ODD_NAMES + FEEDBACK)
    return place


@pytest.fixture
def marts(sales: Place) -> PublishedMarts:
    return PublishedMarts(CompanyHome(sales.home / sales.name))


@pytest.fixture(params=list(Language))
def edition(request: pytest.FixtureRequest, marts: PublishedMarts) -> Edition:
    return Edition(marts=marts, period=MONTH, language=request.param)


def files(edition: Edition, *kinds: Kind) -> dict[str, Report]:
    return {report.name: report for report in reports_of(edition, kinds or tuple(Kind))}


def texts(value: object) -> Iterator[str]:
    """Every text in a report, wherever it stands."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from texts(item)
    elif hasattr(value, "__dict__"):
        for item in vars(value).values():
            yield from texts(item)


def test_a_personal_file_holds_nothing_of_anybody_else(edition: Edition) -> None:
    people = {
        row["employee_id"]: row
        for row in edition.marts.query("select * from marts.rpt_score_table where period_id = ?", [MONTH])
    }
    figures: dict[str, set[str]] = {employee: set() for employee in people}
    for mart, columns in {
        "rpt_score_table": "final_score, kpi_score",
        "fct_kpi_score": "actual, attainment, points, weighted_score",
        "fct_feedback_score": "score",
    }.items():
        for row in edition.marts.query(f"select employee_id, {columns} from marts.{mart} where period_id = ?", [MONTH]):
            found = [value for column, value in row.items() if column != "employee_id" and value is not None]
            # a figure with more decimals than a rule or a target has is somebody's own
            figures[row["employee_id"]] |= {
                said for value in found if value % Decimal("0.01") for said in (number(value, 4), number(value))
            }
    for row in edition.marts.query("select employee_id, final_score from marts.rpt_score_table", []):
        if row["final_score"] is not None and row["final_score"] % 1:
            figures[row["employee_id"]].add(number(row["final_score"], 2))
    assert len(set().union(*figures.values())) > 300
    reports = files(edition, Kind.personal_files)
    assert len(reports) == len(people)
    for employee in people:
        report = reports[f"people/{employee}"]
        said = "\n".join(texts(report)).replace(edition.source, "")
        page = to_html(report)
        for other in people.keys() - {employee}:
            assert not re.search(rf"\b{other}\b", page.replace(edition.source, ""))
            assert people[other]["employee_zh"] not in said
            assert people[other]["employee_en"] not in said
        told = set(re.findall(r"[0-9][0-9,]*\.[0-9]+", said))
        others = set().union(*(figures[other] for other in people if other != employee)) - figures[employee]
        assert not told & others


def test_a_relation_with_too_few_raters_is_told_without_a_number(edition: Edition) -> None:
    report = files(edition, Kind.personal_files)[f"people/{WHO}"]
    [section] = [section for section in report.sections if section.title == edition.say(words.FEEDBACK)]
    table, sentence = section.blocks
    relations = [row[0] for row in table.rows]  # type: ignore[union-attr]
    assert edition.say(words.RELATION["manager"]) in relations
    assert edition.say(words.RELATION["peer"]) not in relations
    assert sentence.text == edition.say(words.WITHHELD, relations=edition.say(words.RELATION["peer"]))  # type: ignore[union-attr]


def test_a_name_is_a_name_whatever_stands_in_it(marts: PublishedMarts, tmp_path: Path) -> None:
    edition = Edition(marts=marts, period=MONTH, language=Language.en)
    folder, formats = tmp_path / "all", (Format.html, Format.xlsx)
    write_folder(reports_of(edition, tuple(Kind)), formats=formats, folder=folder, source=edition.source)
    pages = [path.read_text(encoding="utf-8") for path in folder.rglob("*.html")]
    assert not any("<script" in page for page in pages)
    # where a line may end in a long word does not change the word
    assert sum("&lt;script&gt;alert(1)&lt;/script&gt;" in page.replace("<wbr>", "") for page in pages) == 2
    book = openpyxl.load_workbook(folder / "departments" / "central.xlsx")
    cells = [cell for row in book.worksheets[0].iter_rows() for cell in row]
    assert {cell.value for cell in cells} >= set(NAMES.values())
    assert not [cell for cell in cells if cell.data_type == "f"]
    assert book.worksheets[0].freeze_panes == "B2"
    assert book.worksheets[0].auto_filter.ref
    [score] = [cell for cell in cells if cell.row == 2 and cell.column == 5]
    assert (score.data_type, score.number_format) == ("n", "0.00")
    # the document brings the letters that it uses, and no others
    document = to_pdf(files(edition, Kind.department_summaries)["departments/central"])
    assert b"+NotoSansSC-Regular" in document
    assert len(document) < 500_000


def test_the_same_marts_give_the_same_bytes(marts: PublishedMarts, tmp_path: Path) -> None:
    edition = Edition(marts=marts, period=MONTH, language=Language.zh)
    kinds = (Kind.department_summaries, Kind.strategy_review, Kind.data_quality)
    for name in ("one", "other", "one"):  # the third time over what is there
        write_folder(reports_of(edition, kinds), formats=tuple(Format), folder=tmp_path / name, source="source")
    one, other = (
        {str(path.relative_to(tmp_path / name)): path.read_bytes() for path in (tmp_path / name).rglob("*.*")}
        for name in ("one", "other")
    )
    assert one == other
    assert len(json.loads(one[RECORD])["files"]) == len(one) - 1 == 3 * 5
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_a_folder_is_written_whole_or_stays_as_it_was(marts: PublishedMarts, tmp_path: Path) -> None:
    edition = Edition(marts=marts, period=MONTH, language=Language.en)

    def breaks_off() -> Iterator[Report]:
        yield from reports_of(edition, (Kind.data_quality,))
        raise KeyboardInterrupt

    folder = tmp_path / "reports"
    write_folder(reports_of(edition, (Kind.strategy_review,)), formats=(Format.html,), folder=folder, source="first")
    with pytest.raises(KeyboardInterrupt):
        write_folder(breaks_off(), formats=(Format.html,), folder=folder, source="second")
    assert sorted(path.name for path in folder.iterdir()) == [RECORD, "strategy_review.html"]
    assert [path.name for path in tmp_path.iterdir()] == ["reports"]
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "cat.png").touch()
    with pytest.raises(RunFailed, match="no reports have made it"):
        write_folder(breaks_off(), formats=(Format.html,), folder=tmp_path / "photos", source="third")


class Page(HTMLParser):
    """What a page is made of, refused where somebody could not read it."""

    VOID = frozenset({"meta", "col", "rect", "line", "circle", "wbr"})

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.found: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for found, attributes in self.found if found == tag]


def test_a_page_stands_alone_and_can_be_read_aloud(edition: Edition) -> None:
    for report in files(edition).values():
        text = to_html(report)
        page = Page()
        page.feed(text)
        assert page.open == []
        assert page.all("html") == [{"lang": {"zh": "zh-Hans", "en": "en"}[edition.language]}]
        assert not {"script", "link", "img", "iframe", "a"} & {tag for tag, _ in page.found}
        assert not re.search(r"url\(|@import|(?<!xmlns=\")https?://", text)
        assert all(heading.get("scope") in {"col", "row"} for heading in page.all("th"))
        ids = [attributes["id"] for _, attributes in page.found if "id" in attributes]
        assert len(ids) == len(set(ids))
        for picture in page.all("svg"):
            assert picture["role"] == "img"
            assert set(str(picture["aria-labelledby"]).split()) <= set(ids)
        assert len(page.all("h1")) == 1
        assert len(page.all("caption")) == len(page.all("table"))


def test_a_picture_is_read_aloud_in_the_language_of_its_report(edition: Edition) -> None:
    read = [attributes for report in files(edition).values() for attributes in _pictures(report)]
    assert len(read) > 10
    for said in read:
        assert bool(re.search(r"[;:] ", said)) == (edition.language is Language.en), said


def _pictures(report: Report) -> list[str]:
    return [block.description for section in report.sections for block in section.blocks if isinstance(block, Picture)]


def test_chinese_stands_between_chinese_punctuation(marts: PublishedMarts) -> None:
    edition = Edition(marts=marts, period=MONTH, language=Language.zh)
    for report in files(edition).values():
        for said in texts(report):
            assert not re.search(r"[\u4e00-\u9fff] ?[,;:!?()]|[,;:!?()] ?[\u4e00-\u9fff]", said), said


def test_what_the_pipeline_names_itself_has_a_name_in_both_languages() -> None:
    models = [*PROJECT.glob("dbt_project/**/*.sql")]
    told = "\n".join(path.read_text(encoding="utf-8") for path in models)
    segments = {key for block in re.findall(r"segments=\{(.*?)\}", told, re.DOTALL) for key in _keys(block)}
    assert len(segments) > 5
    assert segments <= SEGMENTS.keys()
    rules = {path.stem for path in PROJECT.glob("dbt_project/macros/cleaning/*.sql")} - {"cleaned"}
    rules |= set(re.findall(r"': \('(\w+)', 'is [^']+', 'must [^']+'\)", told))
    assert {"bot", "value_missing"} <= rules
    assert rules <= words.REFUSAL.keys()


def _keys(block: str) -> list[str]:
    return re.findall(r"'(\w+)': ", block)


def test_a_workbook_shows_its_headings_whole_and_its_numbers_below_them(marts: PublishedMarts, tmp_path: Path) -> None:
    edition = Edition(marts=marts, period=MONTH, language=Language.zh)
    write_folder(reports_of(edition, tuple(Kind)), formats=(Format.xlsx,), folder=tmp_path / "all", source="source")
    for path in (tmp_path / "all").rglob("*.xlsx"):
        for sheet in openpyxl.load_workbook(path).worksheets:
            if sheet.max_row == 1 and sheet["A1"].value is None:
                continue  # a report without tables
            assert sheet.oddHeader.left.text
            assert (sheet.page_setup.paperSize, sheet.page_setup.fitToHeight) == (9, 0)
            for heading, cell in zip(sheet[1], sheet[2], strict=True):
                side = "right" if isinstance(cell.value, int | float) else "left"
                assert cell.value is None or heading.alignment.horizontal == side, heading.value
                [width] = [
                    each.width for each in sheet.column_dimensions.values() if each.min <= heading.column <= each.max
                ]
                lines = [-(-len(said) // int(width)) for said in str(heading.value).splitlines()]
                assert sheet.row_dimensions[1].height >= 15 * sum(lines), heading.value


def test_every_letter_stands_out_from_what_is_behind_it() -> None:
    style = (PROJECT / "perf_pipelines/reports/layout/templates/report.css").read_text(encoding="utf-8")
    colours = dict(re.findall(r"--(\w+): (#[0-9a-f]{6})", style))
    for letters in ("ink", "quiet", "accent", "good", "bad"):
        for behind in ("#ffffff", colours["shade"]):
            assert _contrast(colours[letters], behind) >= 4.5, letters
    for drawn in (INK, QUIET, *(charts.COLOURS[tone] for tone in (Tone.plain, Tone.good, Tone.bad))):
        assert _contrast(drawn, PAPER) >= 4.5, drawn


def _contrast(one: str, other: str) -> float:
    """Ratio of the relative luminances (WCAG 2.2, 1.4.3)."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return sum(weight * c for weight, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def test_both_languages_of_the_catalogue_say_the_same_figures() -> None:
    from perf_pipelines.fields import Label

    catalogue = [value for value in vars(words).values() if isinstance(value, Label)]
    for listed in vars(words).values():
        if isinstance(listed, dict):
            catalogue += [value for value in listed.values() if isinstance(value, Label)]
    assert len(catalogue) > 150
    for label in catalogue:
        assert set(re.findall(r"{(\w+)}", label.zh)) == set(re.findall(r"{(\w+)}", label.en)), label.en
        assert not re.search(r"[\u4e00-\u9fff]", label.en)


def test_what_the_published_version_has_not_is_said(edition: Edition) -> None:
    missing = edition.missing("fct_of_tomorrow", words.NO_REWARD)
    assert "fct_of_tomorrow" in missing.text
    assert edition.rows("fct_of_tomorrow", "select 1") == []
    titles = [section.title for section in files(edition, Kind.personal_files)[f"people/{WHO}"].sections]
    assert len(titles) == 8
    for report in files(edition).values():
        assert all(section.blocks for section in report.sections)


GROWTH = f"""
create or replace table marts.fct_strength as
select * from (values
    ('{MONTH}', '{WHO}', 'kpi', 'win_rate', 'strength', '与三位同事相比更高', 'higher than three peers'),
    ('{MONTH}', '{WHO}', 'competency', 'listening', 'strength', '倾听突出', 'listens well')
) as strength (period_id, employee_id, subject_kind, subject_id, standing, reason_zh, reason_en);
create or replace table marts.fct_training_recommendation as
select '{MONTH}' as period_id, '{WHO}' as employee_id, 'course' as course_id, 1 as rank, '推荐谈判课' as reason_zh,
    'take the course on negotiating' as reason_en;
create or replace table marts.fct_development as
select '{MONTH}' as period_id, '{WHO}' as employee_id, 'promotion_candidate' as kind, '可考虑晋升' as reason_zh,
    'a candidate for promotion' as reason_en;
create or replace table marts.fct_instant_reward as
select '{MONTH}' as period_id, 'r' as reward_id, 's' as subject_id, '{WHO}' as employee_id,
    date '2017-03-09' as occurred_on, 5.0::decimal(9, 4) as points, 100.00::decimal(18, 2) as amount,
    'CNY' as currency, '首单' as sentence_zh, 'first sale' as sentence_en;
create or replace table marts.fct_daily_goal as
select '{MONTH}' as period_id, date '2017-03-01' + day::integer as occurred_on, '{WHO}' as employee_id,
    'revenue_won' as kpi_id, day = 1 as is_reached, '恭喜' as sentence_zh, 'well done' as sentence_en
from range(3) as days (day);
"""


def test_strengths_recommendations_and_rewards_stand_in_the_file_once_there_are_any(
    sales: Place, tmp_path: Path
) -> None:
    place = sales.copied(tmp_path)
    tell(place, GROWTH)
    edition = Edition(marts=PublishedMarts(CompanyHome(place.home / place.name)), period=MONTH, language=Language.en)
    said = list(texts(files(edition, Kind.personal_files)[f"people/{WHO}"]))
    for sentence in ("higher than three peers", "listens well", "take the course on negotiating"):
        assert sentence in said
    assert {"a candidate for promotion", "first sale", "well done", "100.00 CNY"} <= set(said)
    assert edition.say(words.DAYS_REACHED, days=3, reached=1) in said
    assert edition.missing("fct_development", words.NO_DEVELOPMENT).text in texts(
        files(edition, Kind.personal_files)[f"people/{COLLEAGUE}"]
    )


TRANSFER = f"""
insert into marts.fct_kpi_score
select * replace ('west' as department_id, date '2017-03-16' as active_from)
from marts.fct_kpi_score where period_id = '{MONTH}' and employee_id = '{WHO}';
"""


def test_of_somebody_transferred_each_line_says_of_which_department_it_is(sales: Place, tmp_path: Path) -> None:
    place = sales.copied(tmp_path)
    tell(place, TRANSFER)
    edition = Edition(marts=PublishedMarts(CompanyHome(place.home / place.name)), period=MONTH, language=Language.en)
    progress = files(edition, Kind.personal_files)[f"people/{WHO}"].sections[0]
    [table] = [block for block in progress.blocks if isinstance(block, Table)]
    named = [str(row[0]) for row in table.rows]
    assert len(set(named)) == len(named) > 2
    assert {name.split(" · ")[-1] for name in named} == {"Central", "West"}


def test_one_person_or_one_department_alone(sales: Place, tmp_path: Path) -> None:
    report = ("report", "--period", MONTH, "--to", str(tmp_path / "out"))
    assert sales.call(*report, "--employee", SCRIPT, "--language", "zh").code == 0
    assert _found(tmp_path / "out") == [f"people/{WHO}.html", RECORD]
    assert sales.call(*report, "--department", "west", "--format", "html,xlsx").code == 0
    assert "departments/west.xlsx" in _found(tmp_path / "out")
    assert "strategy_review.html" not in _found(tmp_path / "out")
    nobody = sales.call(*report, "--employee", "E99")
    assert (nobody.code, "nobody in 2017-03 has the id or name `E99`" in nobody.err) == (NotPublished.exit_code, True)
    nowhere = sales.call(*report, "--department", "moon")
    assert (nowhere.code, "give one of " in nowhere.err) == (NotPublished.exit_code, True)
    assert sales.call(*report, "--format", "docx").code == 2
    assert sales.call("report", "--period", MONTH, "--to", str(sales.company)).code == 2


def _found(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_an_asset_each_of_what_is_published_and_of_nothing_else(
    sales: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = sales.copied(tmp_path)
    for name, value in place.environment.items():
        monkeypatch.setenv(name, value)
    home = CompanyHome(place.home / place.name)
    company = read_company(place.name)
    site = Site(company=company, closing=Closing(company=company, home=home))
    [assets] = [each for each in report_assets(site) if site.key(Kind.data_quality, cycle=Cycle.MONTH) in each.keys]
    made = dg.materialize([assets], partition_key=MONTH)
    assert {key.path[-1] for key in assets.keys} == set(Kind)
    assert made.success
    pages = _found(home.reports / MONTH)
    assert {path.split("/")[0] for path in pages} == set(Kind)
    assert f"personal_files/zh/people/{WHO}.html" in pages
    # a gate that is closed in April leaves nothing published of it, and so nothing to read
    refused = dg.materialize([assets], partition_key="2017-04", raise_on_error=False)
    assert not refused.success
    assert _found(home.reports) == [f"{MONTH}/{path}" for path in pages]


def test_ids_that_are_no_file_names_are_told_apart() -> None:
    from perf_pipelines.reports.layout.names import file_name

    ids = ["E01", "张伟", "a/b", "a:b", "../a", "..", "x" * 200, "x" * 201, ""]
    names = [file_name(each) for each in ids]
    assert names[:2] == ids[:2]
    assert all(one != other for one, other in combinations(names, 2))
    assert all(re.fullmatch(r"[\w-][\w.-]{0,120}", name) for name in names)
