"""An appeal has a number, a deadline and an answer by somebody else; accepted, it is a reason to reopen its period."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from perf_pipelines.pay.appealing import answer_appeal, appeals, reason_of
from perf_pipelines.pay.refusal import PayRefused
from perf_pipelines.records.appeals import APPEALS, Appeal
from perf_pipelines.records.people import People
from perf_pipelines.records.progress_notes import PROGRESS_NOTES, ProgressNote
from perf_pipelines.records.verification import verify

if TYPE_CHECKING:
    from perf_pipelines.records.store import Records

NOW = datetime(2026, 4, 2, 8, 30)  # noqa: DTZ001 — UTC without a zone, as it is recorded
APPEAL = Appeal(
    period_id="2026-03",
    employee_id="ann",
    objection="订单 o11 没有计入",
    answer_by=date(2026, 4, 16),
    filed_by="Zhou Min",
    filed_at=NOW,
)
PEOPLE = People({"ann": ("李安", "Ann Lee"), "zhou": ("周敏", "Zhou Min")})


@pytest.fixture
def number(records: Records) -> int:
    """The number of an appeal that nobody has answered."""
    with records.writing() as transaction:
        [given] = transaction.append(APPEALS, APPEAL)
    return given


def test_it_is_overdue_after_its_last_day_until_it_is_answered(records: Records, number: int) -> None:
    [filed] = appeals(records)
    assert (filed.number, filed.appeal, filed.answer) == (number, APPEAL, None)
    assert not filed.is_overdue(APPEAL.answer_by)
    later = APPEAL.answer_by + timedelta(days=1)
    assert filed.is_overdue(later)
    answer_appeal(records, number=number, accepted=False, reason="it was refunded", answered_by="Li Na", people=PEOPLE)
    [answered] = appeals(records)
    assert not answered.is_overdue(later)


@pytest.mark.parametrize("by", ["ANN", "ann  lee", "李安", "ZHOU MIN", "周敏"])
def test_nobody_answers_their_own_by_whatever_name(records: Records, number: int, by: str) -> None:
    with pytest.raises(PayRefused, match="have it answered by somebody else"):
        answer_appeal(records, number=number, accepted=True, reason="of course", answered_by=by, people=PEOPLE)


def test_it_is_answered_once(records: Records, number: int) -> None:
    answer_appeal(records, number=number, accepted=False, reason="it was refunded", answered_by="Li Na", people=PEOPLE)
    with pytest.raises(PayRefused, match="Li Na has rejected it already"):
        answer_appeal(records, number=number, accepted=True, reason="it was not", answered_by="Wang Wei", people=PEOPLE)
    with pytest.raises(PayRefused, match="there is no appeal 99; filed are those numbered 1"):
        answer_appeal(records, number=99, accepted=True, reason="it was not", answered_by="Wang Wei", people=PEOPLE)


def test_only_an_accepted_one_is_a_reason_and_only_for_its_period(records: Records, number: int) -> None:
    with pytest.raises(PayRefused, match="not answered yet"):
        reason_of(records, number=number, period_id="2026-03")
    answer_appeal(records, number=number, accepted=True, reason="o11 counts", answered_by="Li Na", people=PEOPLE)
    with pytest.raises(PayRefused, match="is against 2026-03"):
        reason_of(records, number=number, period_id="2026-04")
    assert reason_of(records, number=number, period_id="2026-03") == "appeal 1 of ann: o11 counts"
    assert verify(records.database).entries == 2


def test_a_note_of_progress_is_kept_as_it_was_written(records: Records) -> None:
    note = ProgressNote(
        employee_id="ann",
        written_on=date(2026, 3, 20),
        text="策划老带新活动，新增用户500人",
        noted_by="Ann Lee",
        noted_at=NOW,
    )
    with records.writing() as transaction:
        transaction.append(PROGRESS_NOTES, note)
    assert records.all(PROGRESS_NOTES, employee_id="ann") == [note]
    assert records.all(PROGRESS_NOTES, employee_id="bob") == []
