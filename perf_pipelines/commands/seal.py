"""``perf-pipelines seal``: keeping what a period was computed from, and computing it again."""

from __future__ import annotations

import warnings
from typing import Annotated

import typer
from rich.console import Console

from perf_pipelines.commands.options import CompanyOption, PeriodOption, given
from perf_pipelines.commands.saying import remark
from perf_pipelines.home import company_home
from perf_pipelines.periods import Period

seal_commands = typer.Typer(no_args_is_help=True, help="Periods sealed with all that they were computed from.")


@seal_commands.command()
def create(
    period: PeriodOption,
    by: Annotated[str, typer.Option("--by", help="Your name; it stands in the records.")],
    company: CompanyOption,
) -> None:
    """Seal the posted revision of a period: inputs, facts, scores, evaluation, payout, scheme, versions of the code.

    It is sealed only if computing it again from the seal gives what is published. Sealing it twice changes nothing.
    """
    from perf_pipelines.defs.companies import closing_of
    from perf_pipelines.sealing import seal_period

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # dbt's notes on itself
        seal, fresh = seal_period(closing_of(company), Period.parse(period), by=given("--by", by))
    console = Console()
    said = "sealed" if fresh else "is sealed already, with the same results"
    console.print(f"[green]✓[/green] {seal.period} revision {seal.revision} {said}: {seal.folder}", soft_wrap=True)
    console.print(f"hash of the seal {seal.hash}", soft_wrap=True)


@seal_commands.command()
def verify(
    period: PeriodOption,
    company: CompanyOption,
    revision: Annotated[
        int | None, typer.Option("--revision", "-r", min=1, help="Which one; the newest that is sealed without it.")
    ] = None,
) -> None:
    """Compute a sealed revision again, from the seal alone with the code at hand, and compare every row and byte.

    The records tell that it is the seal that was made, and `records verify` that they are what was recorded.
    """
    from perf_pipelines.records.store import Records
    from perf_pipelines.sealing import read_seal, recorded_hash
    from perf_pipelines.sealing import verify as verify_seal

    home = company_home(company)
    seal = read_seal(home, Period.parse(period), revision=revision)
    recorded = recorded_hash(Records(home.records_url, company_id=company), seal)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        verified = verify_seal(seal, recorded=recorded)
    console = Console()
    console.print(
        f"[green]✓[/green] {seal.period} revision {seal.revision}, sealed {seal.sealed_at}: "
        f"{verified.rows:,} rows computed again, all as sealed",
        soft_wrap=True,
    )
    console.print(f"hash of the seal {seal.hash}", soft_wrap=True)
    if recorded is None:
        remark("the records know no hash of this seal: compare it with the one that was noted when it was made")
    if verified.code_changes:
        remark(f"the code has changed since, without effect here: {', '.join(verified.code_changes)}")
