"""Two people approve exactly what is proposed; it is posted once, whole; and a later revision pays the difference."""

from __future__ import annotations

import threading
from collections import defaultdict
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from perf_pipelines.pay.approving import approve, standing_of
from perf_pipelines.pay.posting import Posting, post
from perf_pipelines.pay.proposal import Payout, Proposal
from perf_pipelines.pay.refusal import PayRefused
from perf_pipelines.pay.reopening import reopen, seal
from perf_pipelines.pay.states import State
from perf_pipelines.records.calibrations import Calibration
from perf_pipelines.records.people import People
from perf_pipelines.records.store import Records
from perf_pipelines.records.verification import verify

if TYPE_CHECKING:
    from collections.abc import Mapping


def proposed(revision: int = 1, /, currency: str = "CNY", **amounts: str) -> Proposal:
    payouts = tuple(
        Payout(employee_id=employee, grade="qualified", amount=Decimal(amount), currency=currency)
        for employee, amount in sorted(amounts.items())
    )
    return Proposal(company_id="small_shop", period_id="2026-03", revision=revision, payouts=payouts)


MARCH = proposed(ann="1000.00", bob="500.50", cem="0.00")


def posted(records: Records, proposal: Proposal) -> Posting:
    approve(records, proposal, by="Li Na")
    approve(records, proposal, by="Wang Wei")
    return post(records, proposal, by="payroll")


def sums(records: Records) -> Mapping[str, Decimal]:
    found: dict[str, Decimal] = defaultdict(Decimal)
    for entry in records.ledger("2026-03"):
        found[entry.employee_id] += entry.amount
    return dict(found)


def entries(records: Records) -> list[tuple[int, str, str, str, str]]:
    return [
        (each.revision, each.employee_id, each.kind, str(each.amount), each.reason)
        for each in records.ledger("2026-03")
    ]


def test_nobody_approves_or_posts_what_a_grade_that_was_given_since_is_not_in(records: Records) -> None:
    computed = replace(MARCH, payouts=tuple(replace(each, computed_grade="qualified") for each in MARCH.payouts))
    approve(records, computed, by="Li Na")
    given = Calibration(
        period_id="2026-03",
        employee_id="bob",
        computed_grade="qualified",
        grade="excellent",
        calibrated_by="Chen Jie",
        reason="alone at the counter",
        calibrated_at=datetime(2026, 4, 2, 8, 30),  # noqa: DTZ001 — UTC without a zone, as it is recorded
    )
    approve(records, computed, by="Wang Wei")
    records.calibrate(given)
    with pytest.raises(PayRefused, match="Chen Jie has given the grade `excellent`, and what"):
        post(records, computed, by="payroll")
    with pytest.raises(PayRefused, match="row bob"):
        approve(records, computed, by="Zhao Min")
    assert entries(records) == []
    # it is of another computed grade than there is by now, and void
    records.calibrate(replace(given, computed_grade="unqualified"))
    assert approve(records, computed, by="Zhao Min").state is State.APPROVED
    # it is taken back
    records.calibrate(replace(given, grade="qualified"))
    assert len(post(records, computed, by="payroll").entries) == 2


class TestApproving:
    def test_two_different_people_are_needed(self, records: Records) -> None:
        assert standing_of(records, MARCH).state is State.EVALUATED
        assert approve(records, MARCH, by="Li Na").state is State.EVALUATED
        with pytest.raises(PayRefused, match="Li Na has approved what is proposed now, and 2 different people"):
            post(records, MARCH, by="payroll")
        assert approve(records, MARCH, by="Wang Wei").state is State.APPROVED

    @pytest.mark.parametrize("again", ["Li Na", "li  na", " LI NA ", "Ｌｉ　Ｎａ", "Li\u200b Na"])
    def test_one_person_is_not_two(self, records: Records, again: str) -> None:
        approve(records, MARCH, by="Li Na")
        with pytest.raises(PayRefused, match="Li Na has approved this proposal already → somebody else"):
            approve(records, MARCH, by=again)

    @pytest.mark.parametrize("again", ["LI NA", "li_na", "李娜"])
    def test_one_person_is_not_two_under_another_of_their_names(self, records: Records, again: str) -> None:
        people = People({"li_na": ("李娜", "Li Na"), "wang_wei": ("王伟", "Wang Wei")})
        approve(records, MARCH, by="Li Na")
        with pytest.raises(PayRefused, match="Li Na has approved this proposal already → somebody else"):
            approve(records, replace(MARCH, people=people), by=again)
        # also of what was recorded while it was not known who that is
        approve(records, MARCH, by="Zhao Lei")
        knowing = People({"li_na": ("李娜", "Li Na", "Zhao Lei")})
        assert standing_of(records, replace(MARCH, people=knowing)).state is State.EVALUATED
        with pytest.raises(PayRefused, match="2 different people are needed"):
            post(records, replace(MARCH, people=knowing), by="payroll")
        assert approve(records, replace(MARCH, people=people), by="王伟").state is State.APPROVED

    def test_a_changed_proposal_voids_the_approvals_in_words(self, records: Records) -> None:
        approve(records, MARCH, by="Li Na")
        approve(records, MARCH, by="Wang Wei")
        changed = proposed(ann="1000.01", bob="500.50", cem="0.00")
        assert standing_of(records, changed).state is State.EVALUATED
        with pytest.raises(PayRefused) as refused:
            post(records, changed, by="payroll")
        assert [problem.what.partition(" (")[0] for problem in refused.value.problems] == [
            "nobody has approved what is proposed now, and 2 different people are needed",
            "Li Na has approved another proposal",
            "Wang Wei has approved another proposal",
        ]
        assert records.ledger("2026-03") == ()
        # closed again from what it was before, it is what they have agreed to
        assert standing_of(records, MARCH).state is State.APPROVED

    def test_only_what_was_seen_is_approved(self, records: Records) -> None:
        with pytest.raises(PayRefused, match="it has changed since"):
            approve(records, MARCH, by="Li Na", seen="0123456789ab")
        for too_short in ("", "  ", MARCH.hash[:11]):
            with pytest.raises(PayRefused, match="give all 12 digits that"):
                approve(records, MARCH, by="Li Na", seen=too_short)
        assert standing_of(records, MARCH).approvals == ()
        approve(records, MARCH, by="Li Na", seen=MARCH.hash[:12].upper())


class TestPosting:
    def test_the_ledger_is_the_proposal_to_the_cent(self, records: Records) -> None:
        posting = posted(records, MARCH)
        assert posting.is_new
        bonus = "2026-03 绩效奖金 performance bonus"
        assert entries(records) == [(1, "ann", "bonus", "1000.00", bonus), (1, "bob", "bonus", "500.50", bonus)]
        assert standing_of(records, MARCH).state is State.POSTED
        # an approval of each of the two, two entries, and that it is posted
        assert verify(records.database).entries == 5

    def test_posting_again_changes_nothing(self, records: Records) -> None:
        first = posted(records, MARCH)
        again = post(records, MARCH, by="somebody else")
        assert again == replace(first, is_new=False)
        assert verify(records.database).entries == 5
        with pytest.raises(PayRefused, match="revision 1 is posted already"):
            approve(records, MARCH, by="Zhao Lei")

    def test_of_two_at_once_one_posts(self, url: str) -> None:
        records = Records(url, company_id="small_shop")
        approve(records, MARCH, by="Li Na")
        approve(records, MARCH, by="Wang Wei")
        postings: list[Posting] = []
        together = threading.Barrier(4)

        def post_at_once() -> None:
            other = Records(url, company_id="small_shop")
            together.wait()
            postings.append(post(other, MARCH, by="payroll"))

        posters = [threading.Thread(target=post_at_once) for _ in range(4)]
        for poster in posters:
            poster.start()
        for poster in posters:
            poster.join()
        assert sorted(posting.is_new for posting in postings) == [False, False, False, True]
        assert sums(records) == {"ann": Decimal("1000.00"), "bob": Decimal("500.50")}
        verify(records.database)

    @pytest.mark.parametrize(("currency", "amount"), [("JPY", "1000"), ("CNY", "1000.10"), ("KWD", "1000.125")])
    def test_an_amount_has_the_decimals_of_its_currency(self, records: Records, currency: str, amount: str) -> None:
        posted(records, proposed(currency=currency, ann=amount))
        [entry] = records.ledger("2026-03")
        assert (str(entry.amount), entry.currency) == (amount, currency)


class TestRestating:
    def test_a_period_that_is_not_posted_is_not_opened_again(self, records: Records) -> None:
        with pytest.raises(PayRefused, match="revision 1 is not posted, so that it is open"):
            reopen(records, period_id="2026-03", by="Li Na", reason="late refund")

    def test_the_difference_is_paid_with_its_reason_and_nothing_where_there_is_none(self, records: Records) -> None:
        posted(records, proposed(ann="1000.00", bob="500.50", cem="0.00", dan="7.00", eve="80.00"))
        assert reopen(records, period_id="2026-03", by="Li Na", reason="late refund of o11").revision == 2
        # as published before it was closed again
        with pytest.raises(PayRefused, match="opened again as revision 2, and published is revision 1"):
            approve(records, MARCH, by="Li Na")
        # dan has gone, cem and fay are paid now
        second = proposed(2, ann="880.25", bob="500.50", cem="10.00", eve="80.01", fay="3.00")
        assert standing_of(records, second).state is State.EVALUATED
        posted(records, second)
        assert sums(records) == {
            **{each.employee_id: each.amount for each in second.payouts},
            "dan": Decimal(0),
        }
        assert entries(records)[4:] == [
            (2, employee, "restatement", amount, "late refund of o11")
            for employee, amount in [
                ("ann", "-119.75"),
                ("cem", "10.00"),
                ("dan", "-7.00"),
                ("eve", "0.01"),
                ("fay", "3.00"),
            ]
        ]
        # and back again: each revision is measured by all that was posted before
        reopen(records, period_id="2026-03", by="Li Na", reason="there was no refund")
        third = proposed(3, ann="1000.00", bob="500.50")
        posted(records, third)
        wanted = {each.employee_id: each.amount for each in third.payouts}
        assert {who: amount for who, amount in sums(records).items() if amount} == wanted
        verify(records.database)

    def test_a_revision_that_changes_nothing_is_posted_without_entries(self, records: Records) -> None:
        posted(records, MARCH)
        reopen(records, period_id="2026-03", by="Li Na", reason="a doubt")
        assert posted(records, proposed(2, ann="1000.00", bob="500.50", cem="0.00")).entries == ()
        assert len(records.ledger("2026-03")) == 2
        assert records.revisions() == {"2026-03": 2}

    def test_approvals_of_the_revision_before_do_not_count(self, records: Records) -> None:
        posted(records, MARCH)
        reopen(records, period_id="2026-03", by="Li Na", reason="a doubt")
        with pytest.raises(PayRefused, match="nobody has approved what is proposed now"):
            post(records, proposed(2, ann="1000.00"), by="payroll")

    def test_another_currency_than_the_posted_one_is_refused_with_the_name(self, records: Records) -> None:
        posted(records, MARCH)
        reopen(records, period_id="2026-03", by="Li Na", reason="moved to Tokyo")
        with pytest.raises(PayRefused, match=r"row ann.*paid in one currency"):
            posted(records, proposed(2, currency="JPY", ann="20000"))
        assert len(records.ledger("2026-03")) == 2

    def test_a_sealed_period_is_posted_and_can_be_opened_again(self, records: Records) -> None:
        with pytest.raises(PayRefused, match="revision 1 is not posted"):
            seal(records, period_id="2026-03", revision=1, hash="ab12", by="Li Na")
        posted(records, MARCH)
        sealed = seal(records, period_id="2026-03", revision=1, hash="ab12", by="Li Na")
        assert seal(records, period_id="2026-03", revision=1, hash="cd34", by="Wang Wei") == sealed
        assert sealed.seal == "ab12"
        verify(records.database)
        assert standing_of(records, MARCH).state is State.SEALED
        assert not post(records, MARCH, by="payroll").is_new
        reopen(records, period_id="2026-03", by="Li Na", reason="a doubt")
        with pytest.raises(PayRefused, match="or was opened again"):
            seal(records, period_id="2026-03", revision=2, hash="ef56", by="Li Na")
