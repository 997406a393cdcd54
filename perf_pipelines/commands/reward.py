"""``perf-pipelines reward``: instant rewards, and the ledger in which each is given once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from perf_pipelines.commands.options import ByOption, CompanyOption, LanguageOption, PeriodOption, given
from perf_pipelines.commands.saying import say
from perf_pipelines.currencies import money
from perf_pipelines.periods import Period
from perf_pipelines.wording import Language, number

if TYPE_CHECKING:
    from decimal import Decimal

reward_commands = typer.Typer(no_args_is_help=True, help="Instant rewards: shown, and given once.")


@reward_commands.command()
def show(period: PeriodOption, company: CompanyOption, language: LanguageOption = Language.en) -> None:
    """The instant rewards that are published of a period, and which of them have been given."""
    from perf_pipelines.defs.companies import closing_of
    from perf_pipelines.pay.rewarding import published_rewards
    from perf_pipelines.records.reward_ledger import REWARD_LEDGER

    closing, zh = closing_of(company), language is Language.zh
    rewards = published_rewards(closing.home, Period.parse(period))
    ledger = {(entry.reward_id, entry.subject_id): entry for entry in closing.records.all(REWARD_LEDGER)}
    table = Table(title=f"{period} 即时奖励" if zh else f"{period}, instant rewards", box=SIMPLE_HEAD, pad_edge=False)
    for heading in ("奖励", "对象", "员工") if zh else ("Reward", "For", "Employee"):
        table.add_column(heading, overflow="fold")
    table.add_column("奖励内容" if zh else "Gives", no_wrap=True)
    table.add_column("已发放" if zh else "Given", overflow="fold")
    for reward in rewards:
        entry = ledger.get((reward.reward_id, reward.subject_id))
        # what was given stays, whoever the rows name by now
        what = entry or reward
        table.add_row(
            Text(what.reward_id),
            Text(what.subject_id),
            Text(what.employee_id),
            _gives(what.points, what.amount, what.currency, language),
            Text(f"{entry.period_id}, {entry.posted_at:%Y-%m-%d} {entry.posted_by}" if entry else ""),
        )
    Console().print(table if rewards else "没有奖励" if zh else "no rewards")


@reward_commands.command()
def post(
    period: PeriodOption,
    by: ByOption,
    company: CompanyOption,
) -> None:
    """Enter the rewards of a period into the ledger: all or none, and each for its subject once in all periods.

    Points stay there; money goes into the next payroll file of the period.
    """
    from perf_pipelines.defs.companies import closing_of
    from perf_pipelines.pay.rewarding import post_rewards, published_rewards

    closing, of = closing_of(company), Period.parse(period)
    rewards = published_rewards(closing.home, of)
    posting = post_rewards(closing.records, rewards, period=of, by=given("--by", by))
    for entry in posting.entries:
        gives = _gives(entry.points, entry.amount, entry.currency, Language.en)
        say(f"given: {entry.reward_id} {entry.subject_id} to {entry.employee_id}: {gives}")
    for entry in posting.given_before:
        when = f"in {entry.period_id} to {entry.employee_id}, by {entry.posted_by}"
        say(f"given before, nothing was changed: {entry.reward_id} {entry.subject_id} {when}")
    if not rewards:
        say(f"nothing to give: {period} has no rewards")


def _gives(points: Decimal | None, amount: Decimal | None, currency: str | None, language: Language) -> str:
    parts = [
        f"{number(points)} {'积分' if language is Language.zh else 'points'}" if points is not None else "",
        f"{money(amount, currency)} {currency}" if amount is not None else "",
    ]
    return " + ".join(part for part in parts if part)
