"""An instant reward is given once for its subject, whichever period it is found in; its money goes to payroll."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from perf_pipelines.errors import RunFailed
from perf_pipelines.pay.rewarding import Reward, RewardPosting, post_rewards
from perf_pipelines.payroll.lines import payroll_lines, reference
from perf_pipelines.payroll.payables import payables
from perf_pipelines.periods import Period
from perf_pipelines.records.ledger import LEDGER
from perf_pipelines.records.reward_ledger import REWARD_LEDGER
from perf_pipelines.records.store import Records
from perf_pipelines.records.verification import verify
from tests.records.test_faults import an_entry_each

if TYPE_CHECKING:
    from collections.abc import Sequence

MARCH, APRIL = Period.parse("2026-03"), Period.parse("2026-04")
CROWD = Reward(
    reward_id="crowd",
    subject_id="friends",
    employee_id="H01",
    points=Decimal("50.0000"),
    amount=Decimal("200.00"),
    currency="CNY",
    sentence_zh="苏娜：千人拉新。",
    sentence_en="Su Na: a thousand new customers.",
)
ADS = replace(CROWD, subject_id="ads", amount=Decimal("120.00"))
STAR = replace(CROWD, reward_id="star", amount=None, currency=None)


def given(records: Records, rewards: Sequence[Reward], period: Period = MARCH, by: str = "Li Na") -> RewardPosting:
    return post_rewards(records, rewards, period=period, by=by)


def ledger(records: Records) -> list[tuple[str, str, str, str, Decimal | None]]:
    return [
        (each.reward_id, each.subject_id, each.period_id, each.employee_id, each.amount)
        for each in records.all(REWARD_LEDGER)
    ]


def test_what_is_found_again_in_another_period_or_for_somebody_else_is_not_given_again(records: Records) -> None:
    assert [entry.subject_id for entry in given(records, [CROWD]).entries] == ["friends"]
    again = given(records, [replace(CROWD, employee_id="H02", amount=Decimal("900.00")), ADS], APRIL, by="Wang Wei")
    assert [entry.subject_id for entry in again.entries] == ["ads"]
    assert [(entry.period_id, entry.employee_id, entry.posted_by) for entry in again.given_before] == [
        ("2026-03", "H01", "Li Na")
    ]
    assert ledger(records) == [
        ("crowd", "friends", "2026-03", "H01", Decimal("200.00")),
        ("crowd", "ads", "2026-04", "H01", Decimal("120.00")),
    ]
    assert verify(records.database).entries == 2


def test_the_same_subject_may_have_several_rewards_and_the_same_reward_several_subjects(records: Records) -> None:
    assert len(given(records, [CROWD, ADS, STAR]).entries) == 3


def test_nothing_to_give_records_nothing(records: Records) -> None:
    given(records, [])
    assert ledger(records) == []


def test_two_who_give_at_once_give_once(url: str, records: Records) -> None:
    given(records, [STAR])
    together = threading.Barrier(8)

    def give(name: str) -> RewardPosting:
        own = Records(url, company_id=records.company_id)
        together.wait()
        return given(own, [CROWD, ADS], by=name)

    with ThreadPoolExecutor(8) as hands:
        postings = list(hands.map(give, [f"hand {number}" for number in range(8)]))
    assert sorted(len(posting.entries) for posting in postings) == [0] * 7 + [2]
    assert [row[:2] for row in ledger(records)[1:]] == [("crowd", "friends"), ("crowd", "ads")]
    assert len({entry.posted_by for entry in records.all(REWARD_LEDGER)[1:]}) == 1
    verify(records.database)


def test_the_database_itself_refuses_a_second_entry_and_a_change(records: Records) -> None:
    [entry] = given(records, [CROWD]).entries
    with pytest.raises(RunFailed), records.writing() as transaction:
        transaction.append(REWARD_LEDGER, replace(entry, period_id="2026-04"))
    with pytest.raises(RunFailed, match="append-only"), records.database.writing() as connection:
        connection.execute(sa.text("update reward_entry set amount = '900'"))
    assert ledger(records) == [("crowd", "friends", "2026-03", "H01", Decimal("200.00"))]


def test_money_is_a_payroll_line_beside_the_bonus_and_points_alone_are_none(records: Records) -> None:
    [bonus, *_] = an_entry_each("2026-03")
    with records.writing() as transaction:
        transaction.append(LEDGER, replace(bonus, employee_id="H01"))
    given(records, [CROWD, ADS, STAR])
    given(records, [replace(ADS, subject_id="late")], APRIL)
    lines = payroll_lines(payables(records, "2026-03"), period="2026-03", revision=1, payees={})
    assert [(line.entry.kind, line.entry.about, line.entry.amount) for line in lines] == [
        ("bonus", (), bonus.amount),
        ("reward", ("crowd", "ads"), Decimal("120.00")),
        ("reward", ("crowd", "friends"), Decimal("200.00")),
    ]
    assert len({line.reference for line in lines}) == 3


def test_the_reference_of_a_payout_is_what_it_was_before_there_were_rewards(records: Records) -> None:
    [entry, *_] = an_entry_each("2026-03")
    with records.writing() as transaction:
        transaction.append(LEDGER, entry)
    assert [reference(each) for each in payables(records, "2026-03")] == ["P7E9FFF57C29C6F98"]
