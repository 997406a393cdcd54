"""Posting instant rewards to the reward ledger: each reward and subject once, whichever period it is found in again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from perf_pipelines.currencies import in_units
from perf_pipelines.records.moment import this_moment
from perf_pipelines.records.period_steps import PERIOD_STEPS, revision_after
from perf_pipelines.records.reward_ledger import REWARD_LEDGER, RewardEntry
from perf_pipelines.reports.marts import PublishedMarts

if TYPE_CHECKING:
    from collections.abc import Sequence
    from decimal import Decimal

    from perf_pipelines.home import CompanyHome
    from perf_pipelines.periods import Period
    from perf_pipelines.records.store import Records


@dataclass(frozen=True, kw_only=True)
class Reward:
    """A row of ``fct_instant_reward``: ``points``, ``amount`` with the decimals of ``currency``, or both."""

    reward_id: str
    subject_id: str
    employee_id: str
    points: Decimal | None
    amount: Decimal | None
    currency: str | None
    sentence_zh: str
    sentence_en: str


@dataclass(frozen=True, kw_only=True)
class RewardPosting:
    """``entries`` are new; ``given_before`` stand for rewards that the ledger had already, and say what it has."""

    entries: tuple[RewardEntry, ...]
    given_before: tuple[RewardEntry, ...]


def published_rewards(home: CompanyHome, period: Period) -> tuple[Reward, ...]:
    """What is published of ``period``, by reward and subject; :class:`~perf_pipelines.errors.NotPublished`."""
    marts = PublishedMarts(home)
    marts.require(period.id)
    rows = marts.query(
        """
        select reward_id, subject_id, employee_id, points, amount, currency, sentence_zh, sentence_en
        from marts.fct_instant_reward where period_id = ? order by reward_id, subject_id
        """,
        [period.id],
    )
    for row in rows:
        if row["amount"] is not None:
            row["amount"] = in_units(row["amount"], row["currency"])
    return tuple(Reward(**row) for row in rows)


def post_rewards(records: Records, rewards: Sequence[Reward], *, period: Period, by: str) -> RewardPosting:
    """Write an entry for each reward of ``period`` that was not given for its subject before; all of them or none.

    Who was given a reward keeps it: that rows which came later name another day, employee or amount changes nothing.
    The rule of the scheme has promised it, so nobody has to approve it a second time.
    """
    with records.writing() as transaction:
        known = {(entry.reward_id, entry.subject_id): entry for entry in transaction.all(REWARD_LEDGER)}
        made_at, revision = this_moment(), revision_after(transaction.all(PERIOD_STEPS, period_id=period.id))
        entries = tuple(
            RewardEntry(
                company_id=records.company_id,
                reward_id=reward.reward_id,
                subject_id=reward.subject_id,
                period_id=period.id,
                revision=revision,
                employee_id=reward.employee_id,
                points=reward.points,
                amount=reward.amount,
                currency=reward.currency,
                reason=f"{reward.sentence_zh} {reward.sentence_en}",
                posted_by=by,
                posted_at=made_at,
            )
            for reward in rewards
            if (reward.reward_id, reward.subject_id) not in known
        )
        transaction.append(REWARD_LEDGER, *entries)
    given_before = (known.get((reward.reward_id, reward.subject_id)) for reward in rewards)
    return RewardPosting(entries=entries, given_before=tuple(entry for entry in given_before if entry))
