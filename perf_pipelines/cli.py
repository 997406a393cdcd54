"""``perf-pipelines``: closing periods and reading what came of it, from a terminal.

Modules that are slow to import are imported by the commands that need them.
"""

from __future__ import annotations

import os
import sys
import warnings
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from perf_pipelines.commands.appeal import appeal_commands
from perf_pipelines.commands.dbt import dbt
from perf_pipelines.commands.note import note_commands
from perf_pipelines.commands.options import (
    CompanyOption,
    LanguageOption,
    PeriodOption,
    given,
)
from perf_pipelines.commands.pay import pay_commands
from perf_pipelines.commands.payroll import payroll_commands
from perf_pipelines.commands.progress import progress_shown
from perf_pipelines.commands.records import records_commands
from perf_pipelines.commands.report import report
from perf_pipelines.commands.reward import reward_commands
from perf_pipelines.commands.saying import remark
from perf_pipelines.commands.seal import seal_commands
from perf_pipelines.commands.track import track
from perf_pipelines.commands.what_if import what_if
from perf_pipelines.currencies import money
from perf_pipelines.errors import CompanyRefused, PerfError
from perf_pipelines.garbage import collect_seldom
from perf_pipelines.home import company_home, served_companies
from perf_pipelines.periods import Period, between
from perf_pipelines.wording import Language, number

_EXIT_CODES = """
Exit codes: 0 done · 2 wrong use of the command · 3 the company's folder (or a gate's suite) is wrong · 4 a source
delivered something unusable · 5 the period cannot be closed · 6 a gate is closed · 7 another process is closing this
company · 8 nothing is published for this · 9 the machine or the code failed · 10 nothing is waived, calibrated or noted
as asked · 11 nothing is approved, posted, reopened or answered as asked · 12 the records are not what was recorded · 14
payroll file and ledger do not agree · 15 a period cannot be sealed, or its seal is broken or gives other results · 16 a
what-if cannot be answered.
"""

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
    help=f"""
A performance assessment (考核) as one gated pipeline: business systems → KPI facts → scores → payout and review.

A company is a folder under `companies/`. Closing a period extracts its rows, computes its scores behind four gates and
publishes marts that BI and HR read. State stands under `PERF_HOME` (default `.perf/`).

First steps:

1. `perf-pipelines check --company crm_sales` — is the folder right?
2. `perf-pipelines run --company crm_sales --period 2017-03` — close a month
3. `perf-pipelines table --company crm_sales --period 2017-03` — its score table
4. `perf-pipelines explain --company crm_sales --period 2017-03 --employee moses_frase` — one score, down to the rows

{_EXIT_CODES}
""",
)


class TableFormat(StrEnum):
    """How a score table is written."""

    screen = "screen"
    csv = "csv"
    xlsx = "xlsx"


class GoalFormat(StrEnum):
    """How the cascade of goals is drawn."""

    tree = "tree"
    mermaid = "mermaid"


AsOfOption = Annotated[
    str | None, typer.Option("--as-of", help="Read the lake as it was after this load id; nothing is extracted.")
]

AnewOption = Annotated[
    bool, typer.Option("--anew", help="Compute everything, also where nothing is new since it was published.")
]


@app.command()
def check(company: CompanyOption) -> None:
    """Read a company's folder and say everything that is wrong with it, with file, line and field."""
    from perf_pipelines.company import remarks_on
    from perf_pipelines.defs.companies import read_company

    found = read_company(company)
    scheme = found.scheme
    remarks = remarks_on(found, today=datetime.now(UTC))
    mark = "[yellow]![/yellow]" if remarks else "[green]✓[/green]"
    _out().print(
        f"{mark} {company}: scheme {scheme.scheme}, {len(scheme.goals)} goals, {len(scheme.kpis)} KPIs, "
        f"{len(scheme.positions)} positions, {len(found.sources.systems)} systems; "
        f"first period {found.first_period}, cycles {', '.join(found.cycles)}."
    )
    for said in remarks:
        _out().print(Text(f"! {said}", style="yellow"), soft_wrap=True)


@app.command()
def run(
    period: Annotated[
        list[str], typer.Option("--period", "-p", help="Like 2017-03, 2017-Q1 or 2017-W14; may be repeated.")
    ],
    company: CompanyOption,
    as_of: AsOfOption = None,
    anew: AnewOption = False,
) -> None:
    """Close one or several periods: extract, four gates, scores, payout, review, publish.

    Months come before quarters; a quarter needs its months, a week or sprint nothing. What was published before stays
    as it is when a gate is closed, and when nothing is new since.
    """
    _close(company, [Period.parse(text) for text in period], as_of=as_of, anew=anew)


@app.command()
def backfill(
    first: Annotated[str, typer.Option("--from", help="First period of the range.")],
    last: Annotated[str, typer.Option("--to", help="Last period of the range, of the same cycle.")],
    company: CompanyOption,
    as_of: AsOfOption = None,
    longer: Annotated[
        bool, typer.Option("--longer", help="Then also the quarters, half-years and years that consist of these.")
    ] = False,
    anew: AnewOption = False,
) -> None:
    """Close every period of a range in one run."""
    from perf_pipelines.defs.companies import closing_of

    periods = between(first=Period.parse(first), last=Period.parse(last))
    also = closing_of(company).company.made_of(periods) if longer else ()
    _close(company, [*periods, *also], as_of=as_of, anew=anew)


@app.command()
def compact(company: CompanyOption) -> None:
    """Make one file of the many that loads leave of each table in the lake; `--as-of` reads as before."""
    from perf_pipelines.defs.companies import closing_of

    made = closing_of(company).compact()
    for (system, table), count in made.items():
        _out().print(f"{system}.{table}: {count} files are one")
    if not made:
        _out().print("nothing to do: no table has more than one file")


@app.command()
def waive(
    measure: Annotated[str, typer.Option("--measure", help="As fct_reconciliation and gate 1 name it.")],
    day: Annotated[datetime, typer.Option("--day", formats=["%Y-%m-%d"], help="The day on which they differ.")],
    system_a: Annotated[str, typer.Option("--system-a", help="The one, like shop.orders.")],
    system_b: Annotated[str, typer.Option("--system-b", help="The other.")],
    by: Annotated[str, typer.Option("--by", help="Your name; it stands beside the difference in every report.")],
    reason: Annotated[str, typer.Option("--reason", help="Why the difference may pass.")],
    company: CompanyOption,
) -> None:
    """Let a difference between two systems pass gate 1, by name and with a reason; it stays in fct_reconciliation.

    It holds for the two values that the last run read. When one of them changes, gate 1 is closed again.
    """
    from perf_pipelines.defs.companies import closing_of
    from perf_pipelines.waiving import waive as waive_difference

    waiver = waive_difference(
        closing_of(company),
        measure=measure,
        day=day.date(),
        system_a=system_a,
        system_b=system_b,
        waived_by=given("--by", by),
        reason=given("--reason", reason),
    )
    _out().print(
        Text(
            f"waived: {measure} of {waiver.occurred_on}, {system_a} {waiver.value_a} against "
            f"{system_b} {waiver.value_b}, by {waiver.waived_by}; it counts from the next run on"
        ),
        soft_wrap=True,
    )


@app.command()
def calibrate(
    period: PeriodOption,
    employee: Annotated[str, typer.Option("--employee", "-e", help="Employee id or name.")],
    grade: Annotated[str, typer.Option("--grade", help="The grade that counts, as scheme.yaml names it.")],
    by: Annotated[str, typer.Option("--by", help="Your name; it stands beside the grade in every report.")],
    reason: Annotated[str, typer.Option("--reason", help="Why the computed grade is not the right one.")],
    company: CompanyOption,
) -> None:
    """Give somebody another grade than the computed one, by name and with a reason; scores and ranks stay.

    It holds while the computed grade is the one that is published now. The computed grade itself takes it back.
    """
    from perf_pipelines.calibrating import calibrate as calibrate_grade
    from perf_pipelines.defs.companies import closing_of

    calibration = calibrate_grade(
        closing_of(company),
        period=Period.parse(period),
        employee=employee,
        grade=grade,
        calibrated_by=given("--by", by),
        reason=given("--reason", reason),
    )
    _out().print(
        Text(
            f"calibrated: {calibration.employee_id} in {calibration.period_id}, "
            f"{calibration.computed_grade} → {calibration.grade}, by {calibration.calibrated_by}; "
            f"it counts from the next `perf-pipelines run --company {company} --period {calibration.period_id}` on"
        ),
        soft_wrap=True,
    )


@app.command()
def status(company: CompanyOption) -> None:
    """What is published: periods, when, from which loads, and the content hash."""
    from perf_pipelines.publication import read_publication

    home = company_home(company)
    publication = read_publication(home)
    table = Table("period", "published (UTC)", "scheme", "newest load (UTC)")
    for period, record in publication.periods.items():
        newest = datetime.fromtimestamp(max(float(load) for load in record.loads.values()), UTC)
        table.add_row(period, record.published_at[:16].replace("T", " "), record.scheme, f"{newest:%Y-%m-%d %H:%M}")
    _out().print(table)
    for period, record in publication.running.items():
        _out().print(f"running, tracked up to {record.as_of}: {period}")
    _out().print(f"content hash {publication.content_hash}")
    _say_where(company)


@app.command()
def table(
    period: PeriodOption,
    company: CompanyOption,
    format: Annotated[TableFormat, typer.Option("--format", "-f", help="screen, csv or xlsx.")] = TableFormat.screen,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="File to write; csv goes to the terminal without it.")
    ] = None,
    language: LanguageOption = Language.en,
) -> None:
    """The score table of a period (月度考核结果汇总表). CSV and XLSX carry both languages."""
    from perf_pipelines.reports.marts import PublishedMarts
    from perf_pipelines.reports.score_table import score_table, to_csv, to_xlsx

    if output is not None:
        if not output.parent.is_dir():
            raise typer.BadParameter(f"there is no folder {output.parent} to write {output.name} into")
        if format is TableFormat.screen:
            if output.suffix not in {".csv", ".xlsx"}:
                raise typer.BadParameter("say --format csv or --format xlsx")
            format = TableFormat(output.suffix.removeprefix("."))
    rows = score_table(PublishedMarts(company_home(company)), Period.parse(period).id)
    if format is TableFormat.xlsx:
        path = output or Path(f"{company}-{period}.xlsx")
        to_xlsx(rows, path=path, title=period)
        _out().print(f"{len(rows)} employees written to {path}")
    elif format is TableFormat.csv:
        text = to_csv(rows)
        if output:
            output.write_text(text, encoding="utf-8", newline="")
            _out().print(f"{len(rows)} employees written to {output}")
        else:
            sys.stdout.write(text)
    else:
        _print_score_table(rows, period=period, language=language)


@app.command()
def explain(
    period: PeriodOption,
    employee: Annotated[str, typer.Option("--employee", "-e", help="Employee id or name.")],
    company: CompanyOption,
    rows: Annotated[int, typer.Option("--rows", help="Rows of evidence a KPI.", min=0)] = 3,
    language: LanguageOption = Language.en,
) -> None:
    """One score step by step in words, each to be checked by hand, down to the rows that counted."""
    from perf_pipelines.reports.explanation import explain as explanation_of
    from perf_pipelines.reports.explanation_tree import explanation_tree
    from perf_pipelines.reports.marts import PublishedMarts

    marts = PublishedMarts(company_home(company))
    explanation = explanation_of(marts, period=Period.parse(period).id, employee=employee, rows=rows)
    _out().print(explanation_tree(explanation, language))


@app.command()
def goals(
    company: CompanyOption,
    period: Annotated[
        str | None, typer.Option("--period", "-p", help="With each goal's progress, and who is measured.")
    ] = None,
    format: Annotated[GoalFormat, typer.Option("--format", "-f", help="tree or mermaid.")] = GoalFormat.tree,
    language: LanguageOption = Language.en,
) -> None:
    """The cascade: strategy, objectives, key results, KPIs, positions and their people."""
    from perf_pipelines.reports.goal_pictures import goal_tree, mermaid
    from perf_pipelines.reports.goals import cascade
    from perf_pipelines.reports.marts import PublishedMarts

    strategies = cascade(
        PublishedMarts(company_home(company)), period=Period.parse(period).id if period else None, language=language
    )
    if format is GoalFormat.mermaid:
        print(mermaid(strategies, language), end="")
    else:
        _out().print(goal_tree(strategies, language))


@app.command(name="hash")
def content_hash(
    company: CompanyOption,
    period: Annotated[str | None, typer.Option("--period", "-p", help="Only this period's rows.")] = None,
    marts: Annotated[bool, typer.Option("--marts", help="Also one line a mart.")] = False,
) -> None:
    """Hash of the published content, independent of row order, file layout and time of publishing.

    The same inputs give the same hash: on another machine, after a crash, after deleting the warehouse.
    """
    from perf_pipelines.publication import hash_of, read_publication
    from perf_pipelines.reports.marts import PublishedMarts

    home = company_home(company)
    publication = read_publication(home)
    if period:
        PublishedMarts(home).require(Period.parse(period).id)
        print(hash_of(home, period=Period.parse(period).id))
        return
    if marts:
        for mart, value in sorted(publication.hashes.items()):
            print(f"{value}  {mart} ({publication.rows[mart]} rows)")
    print(publication.content_hash)


app.command()(track)
app.command()(dbt)
app.command(name="what-if")(what_if)

scheme_commands = typer.Typer(no_args_is_help=True, help="Schemes that are not in force yet.")
app.add_typer(scheme_commands, name="scheme")
app.add_typer(pay_commands, name="pay")
app.add_typer(appeal_commands, name="appeal")
app.add_typer(note_commands, name="note")
app.add_typer(payroll_commands, name="payroll")
app.add_typer(reward_commands, name="reward")
app.add_typer(records_commands, name="records")
app.add_typer(seal_commands, name="seal")


@scheme_commands.command(name="diff")
def scheme_diff(
    before: Annotated[Path, typer.Argument(metavar="A", help="A scheme.yaml.")],
    after: Annotated[Path, typer.Argument(metavar="B", help="Another one for the same company.")],
    company: CompanyOption,
    language: LanguageOption = Language.en,
) -> None:
    """What differs between two schemes, in words. Both are checked as the company's own is."""
    from perf_pipelines.company import company_of
    from perf_pipelines.defs.companies import read_company, read_scheme
    from perf_pipelines.reports.marts import position_names
    from perf_pipelines.scheme.difference import differences

    known = read_company(company)
    for path in (before, after):
        if (owner := company_of(path)) not in {None, company}:
            said = (
                f"{path} 是公司 {owner} 的方案，以下按公司 {company} 的方案来读"
                if language is Language.zh
                else f"{path} is the scheme of the company {owner}; here it is read as one of {company}"
            )
            remark(said)
    schemes = [read_scheme(path, known) for path in (before, after)]
    found = differences(*schemes, language=language, positions=position_names(company_home(company)))
    for sentence in found or ["没有不同" if language is Language.zh else "no difference"]:
        _out().print(Text(sentence), soft_wrap=True)


@app.command()
def backtest(
    scheme: Annotated[Path, typer.Option("--scheme", "-s", help="The scheme.yaml to try.")],
    first: Annotated[str, typer.Option("--from", help="First period of the range.")],
    last: Annotated[str, typer.Option("--to", help="Last period of the range, of the same cycle.")],
    company: CompanyOption,
    longer: Annotated[
        bool, typer.Option("--longer", help="Also the quarters, half-years and years that consist of these.")
    ] = False,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Write everything to this XLSX file.")] = None,
    chart: Annotated[Path | None, typer.Option("--chart", help="Draw it into this SVG file.")] = None,
    language: LanguageOption = Language.en,
) -> None:
    """What another scheme would have changed: scores, grades, ranks and payouts of periods that are over.

    Closes them twice, by the company's scheme and by the other, over the rows that the lake has now. Nothing is
    extracted, published or written under PERF_HOME.
    """
    from perf_pipelines.defs.companies import closing_of, read_scheme
    from perf_pipelines.reports.backtest.screen import screen
    from perf_pipelines.scheme.difference import differences

    for path, suffix in ((output, ".xlsx"), (chart, ".svg")):
        if path is not None and path.suffix != suffix:
            raise typer.BadParameter(f"{path} does not end in {suffix}")
        if path is not None and not path.parent.is_dir():
            raise typer.BadParameter(f"there is no folder {path.parent} to write {path.name} into")
    closing = closing_of(company)
    other = read_scheme(scheme, closing.company)
    periods = between(first=Period.parse(first), last=Period.parse(last))
    also = closing.company.made_of(periods) if longer else ()
    with progress_shown(), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # dbt's and Great Expectations' notes on themselves
        from perf_pipelines.backtesting import backtest as close_by_both

        comparison = close_by_both(closing, scheme=other, called=str(scheme), periods=[*periods, *also])
    said = {
        each: differences(closing.company.scheme, other, language=each, positions=comparison.positions)
        for each in Language
    }
    for part in screen(comparison, differences=said[language], language=language):
        _out().print(part)
    if output is not None:
        from perf_pipelines.reports.backtest.workbook import to_xlsx

        to_xlsx(comparison, differences=list(zip(said[Language.zh], said[Language.en], strict=True)), path=output)
        _out().print(f"written to {output}")
    if chart is not None:
        from perf_pipelines.reports.backtest.picture import to_svg

        chart.write_text(to_svg(comparison, language=language), encoding="utf-8")
        _out().print(f"drawn into {chart}")


app.command()(report)


@app.command()
def ui(
    port: Annotated[int, typer.Option("--port", help="Port on this machine.")] = 3000,
    host: Annotated[str, typer.Option("--host", help="Address to listen on.")] = "127.0.0.1",
) -> None:
    """Start the Dagster UI and its daemon on this company's state (`PERF_COMPANY` chooses which are served)."""
    from perf_pipelines.defs.companies import read_company
    from perf_pipelines.defs.instance import prepare_dagster_home, write_workspace

    home = prepare_dagster_home()
    names = served_companies()
    for name in names:
        try:
            read_company(name)
        except CompanyRefused as refused:  # its code location shows it too; the others are served
            if len(names) == 1:
                raise
            _print_refusal(refused)
    workspace = write_workspace(home, names)
    os.chdir(home)  # the dagster.yaml there counts, and not the template in the checkout
    dagster = Path(sys.executable).with_name("dagster")
    arguments = ["dev", "--workspace", str(workspace), "--host", host, "--port", str(port)]
    os.execv(str(dagster), [str(dagster), *arguments])


def main() -> None:
    """Run a command; a refusal is printed with all its problems and ends with its own exit code."""
    collect_seldom()
    try:
        app()
    except PerfError as refusal:
        _print_refusal(refusal)
        raise SystemExit(refusal.exit_code) from None


def _close(company: str, periods: list[Period], *, as_of: str | None, anew: bool) -> None:
    with progress_shown(), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Dagster's notes on its own beta features are not for whom this is for
        from perf_pipelines.defs.launch import close_periods

        closed = close_periods(company, periods, as_of=as_of, anew=anew)
    for these, what in (
        (closed.published, "closed and published"),
        (closed.unchanged, "unchanged: nothing is new since it was published"),
    ):
        if these:
            _out().print(f"[green]✓[/green] {company}: {', '.join(period.id for period in these)} {what}.")
    _remark_on(company)
    _say_where(company)


def _remark_on(company: str) -> None:
    """Say what `check` would remark on: whoever has seen it before knows that it is meant."""
    from perf_pipelines.company import remarks_on
    from perf_pipelines.defs.companies import read_company

    for said in remarks_on(read_company(company), today=datetime.now(UTC)):
        remark(str(said))


def _out() -> Console:
    return Console()


def _say_where(company: str) -> None:
    home = company_home(company)
    _out().print(f"Marts for BI: {home.published}/marts.duckdb and {home.published}/parquet/", soft_wrap=True)


def _print_refusal(refusal: PerfError) -> None:
    console = Console(stderr=True)
    console.print(Text(f"✗ {refusal.headline}", style="bold red"))
    for problem in refusal.problems:
        console.print(Text(f"  {problem}"), soft_wrap=True)


def _print_score_table(rows: list[dict[str, Any]], *, period: str, language: Language) -> None:
    from perf_pipelines.reports.words import STATUS

    zh = language is Language.zh
    currency = next((row["currency"] for row in rows if row["currency"]), "")
    title = f"{period} 考核结果汇总表" if zh else f"{period} score table"
    if currency:  # none where nobody is paid
        title += f"（奖金单位：{currency}）" if zh else f", payout in {currency}"
    table = Table(title=title, box=SIMPLE_HEAD, title_justify="left", padding=(0, 1, 0, 0), pad_edge=False)
    # where it is too wide names are broken, and figures never
    table.add_column("姓名" if zh else "Name", overflow="fold")
    table.add_column("岗位" if zh else "Position", overflow="fold")
    table.add_column("得分" if zh else "Score", justify="right", no_wrap=True)
    table.add_column("等级" if zh else "Grade", overflow="fold")
    table.add_column("部门排名" if zh else "Rank", justify="right", no_wrap=True)
    table.add_column("拟发奖金" if zh else "Payout", justify="right", no_wrap=True)
    department = None
    for row in rows:
        if row["department_id"] != department:
            department = row["department_id"]
            table.add_section()
            table.add_row(Text(row[f"department_{language}"] or "–", style="bold"))
        rank = row["rank_in_department"]
        table.add_row(
            row[f"employee_{language}"],
            row[f"position_{language}"] or "",
            number(row["final_score"], 4),
            row[f"grade_{language}"] or getattr(STATUS[row["status"]], language),
            f"{rank}/{row['department_headcount']}" if rank else "",
            money(row["payout"], row["currency"]),
        )
    _out().print(table)
    reasons: dict[str, list[str]] = {}
    for row in rows:
        if row["calibrated_by"]:
            name, grade, computed = (row[f"{word}_{language}"] for word in ("employee", "grade", "computed_grade"))
            said = (
                f"由 {row['calibrated_by']} 校准为{grade}（计算等级：{computed}）：{row['calibration_reason']}"
                if zh
                else f"{grade} by {row['calibrated_by']} (computed: {computed}): {row['calibration_reason']}"
            )
            reasons.setdefault(said, []).append(name)
        if row["reason"]:
            reasons.setdefault(row["reason_zh" if zh else "reason"], []).append(row[f"employee_{language}"])
    for reason, names in sorted(reasons.items()):
        _out().print(Text(f"{'、'.join(names)}：{reason}" if zh else f"{', '.join(names)}: {reason}"))


if __name__ == "__main__":
    main()
