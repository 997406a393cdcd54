"""``perf-pipelines pay``: from proposed payouts to the ledger."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from perf_pipelines.commands.options import ByOption, CompanyOption, LanguageOption, PeriodOption, given
from perf_pipelines.commands.saying import beside_the_computed, remark, say
from perf_pipelines.periods import Period
from perf_pipelines.wording import Language

if TYPE_CHECKING:
    from collections.abc import Generator
    from datetime import datetime

    from perf_pipelines.closing import Closing
    from perf_pipelines.pay.proposal import Proposal

pay_commands = typer.Typer(
    no_args_is_help=True,
    help="Payouts: two people approve what is proposed, it is posted to the ledger once, and a correction pays the "
    "difference.",
)

_STATES = {
    "open": ("未关账", "open"),
    "evaluated": ("已评估，待批准", "evaluated, to be approved"),
    "approved": ("已批准，待过账", "approved, to be posted"),
    "posted": ("已过账", "posted"),
    "sealed": ("已封存", "sealed"),
}


@pay_commands.command()
def show(period: PeriodOption, company: CompanyOption, language: LanguageOption = Language.en) -> None:
    """What is proposed for a period, what of it is posted, and who has approved it."""
    from perf_pipelines.defs.companies import closing_of
    from perf_pipelines.pay.approving import shown, standing_of
    from perf_pipelines.pay.proposal import published_proposal

    closing, zh = closing_of(company), language is Language.zh
    proposal = published_proposal(closing.home, company_id=company, period=Period.parse(period))
    now, posted = standing_of(closing.records, proposal), closing.records.ledger(proposal.period_id)
    said = f"{period} 奖金方案" if zh else f"{period}, proposed payouts"
    table = Table(title=said, box=SIMPLE_HEAD, title_justify="left", pad_edge=False)
    for heading in ("员工", "等级") if zh else ("Employee", "Grade"):
        table.add_column(heading, overflow="fold")
    for heading in ("拟发金额", "已过账") if zh else ("Proposed", "Posted"):
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column("币种" if zh else "Currency", no_wrap=True)
    proposed = {(each.employee_id, each.currency): each for each in proposal.payouts}
    everybody = sorted({*proposed, *((entry.employee_id, entry.currency) for entry in posted)})
    for employee, currency in everybody:
        payout = proposed.get((employee, currency))
        sums = [each.amount for each in posted if (each.employee_id, each.currency) == (employee, currency)]
        table.add_row(
            Text(employee),
            Text(beside_the_computed(payout.grade or "", payout.computed_grade, language) if payout else ""),
            f"{payout.amount:,}" if payout else "",
            f"{sum(sums[1:], sums[0]):,}" if sums else "",
            currency,
        )
    Console().print(table)
    say(("方案 " if zh else "proposal ") + shown(proposal.hash) + _totals(proposal, language))
    revision = f"第{now.revision}版" if zh else f"revision {now.revision}"
    say(f"{revision}：{_STATES[now.state][0]}" if zh else f"{revision}: {_STATES[now.state][1]}")
    for each in now.approvals:
        at = _moment(each.approved_at)
        say(f"{each.approved_by} 已批准（{at}）" if zh else f"approved by {each.approved_by}, {at}")
    for each in now.void:
        at = _moment(each.approved_at)
        say(
            f"{each.approved_by} 批准的是另一方案（{at}），方案已变，该批准作废"
            if zh
            else f"{each.approved_by} approved another proposal, {at}; it has changed since and the approval is void"
        )


@pay_commands.command()
def approve(
    period: PeriodOption,
    by: ByOption,
    company: CompanyOption,
    proposal: Annotated[
        str | None,
        typer.Option("--proposal", help="The proposal that you have seen, as `pay show` names it; else that of now."),
    ] = None,
) -> None:
    """Approve what is proposed for a period; two different people have to. It is void when the proposal changes."""
    from perf_pipelines.pay.approving import approve as approve_proposal
    from perf_pipelines.pay.approving import shown
    from perf_pipelines.pay.states import PEOPLE_NEEDED, State

    with _proposed(company, period) as (closing, proposed):
        now = approve_proposal(closing.records, proposed, by=given("--by", by), seen=proposal)
    say(f"approved: {period}, proposal {shown(proposed.hash)}{_totals(proposed, Language.en)}")
    names = ", ".join(each.approved_by for each in now.approvals)
    if now.state is State.APPROVED:
        say(f"by {names}: it can be posted with `perf-pipelines pay post --company {company} --period {period} --by …`")
    else:
        say(f"by {names}: {PEOPLE_NEEDED - len(now.approvals)} more has to approve it")
    for own in proposed.paid_to(by):
        remark(f"{by} is paid {own.amount:,} {own.currency} by it; the audit log says who approved")


@pay_commands.command()
def post(period: PeriodOption, by: ByOption, company: CompanyOption) -> None:
    """Post an approved proposal to the ledger: all or nothing, and never twice; of a correction the difference."""
    from perf_pipelines.pay.posting import post as post_proposal

    with _proposed(company, period) as (closing, proposed):
        posting = post_proposal(closing.records, proposed, by=given("--by", by))
    sums = {
        currency: sum((each.amount for each in posting.entries if each.currency == currency), start=0)
        for currency in sorted({each.currency for each in posting.entries})
    }
    said = ", ".join(f"{amount:,} {currency}" for currency, amount in sums.items()) or "nothing to pay"
    what = f"{period}, revision {posting.step.revision}: {len(posting.entries)} entries, {said}"
    when = f"by {posting.step.made_by}, {_moment(posting.step.made_at)}"
    say(f"posted: {what}, {when}" if posting.is_new else f"posted already, nothing was changed: {what}, {when}")


@pay_commands.command()
def reopen(
    period: PeriodOption,
    by: ByOption,
    company: CompanyOption,
    reason: Annotated[
        str | None, typer.Option("--reason", help="Why; it stands beside every amount that changes.")
    ] = None,
    appeal: Annotated[
        int | None, typer.Option("--appeal", help="Number of the accepted appeal that is the reason.")
    ] = None,
) -> None:
    """Open a posted or sealed period again as its next revision; closed, approved and posted, that pays the rest."""
    from perf_pipelines.defs.companies import closing_of
    from perf_pipelines.pay.appealing import reason_of
    from perf_pipelines.pay.reopening import reopen as reopen_period

    if (reason is None) == (appeal is None):
        raise typer.BadParameter("say why: either --reason, or --appeal with the number of an accepted one")
    closing, period_id = closing_of(company), Period.parse(period).id
    with closing.alone():
        if appeal is not None:
            why = reason_of(closing.records, number=appeal, period_id=period_id)
        else:
            why = given("--reason", reason or "")
        step = reopen_period(closing.records, period_id=period_id, by=given("--by", by), reason=why)
    say(
        f"{step.period_id} is open as revision {step.revision}: close it with `perf-pipelines run --company {company} "
        f"--period {step.period_id}`, then two people approve it and it is posted"
    )


@contextmanager
def _proposed(company: str, period: str) -> Generator[tuple[Closing, Proposal]]:
    """What is published, while no run can publish something else."""
    from perf_pipelines.defs.companies import closing_of
    from perf_pipelines.pay.proposal import published_proposal

    closing = closing_of(company)
    with closing.alone():
        yield closing, published_proposal(closing.home, company_id=company, period=Period.parse(period))


def _totals(proposal: Proposal, language: Language) -> str:
    sums = [f"{amount:,} {currency}" for currency, amount in proposal.totals.items()]
    people = len(proposal.payouts)
    if language is Language.zh:
        return f"：{people} 人，{'、'.join(sums) or '无应付金额'}"
    return f": {people} {'person' if people == 1 else 'people'}, {', '.join(sums) or 'nothing to pay'}"


def _moment(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"
