"""Objecting to a result: filed by or for an employee, answered by somebody else, and accepted a reason to reopen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from perf_pipelines.documents import nearest
from perf_pipelines.errors import Problem
from perf_pipelines.pay.refusal import PayRefused
from perf_pipelines.records.appeals import APPEAL_ANSWERS, APPEALS, Appeal, AppealAnswer
from perf_pipelines.records.moment import this_moment
from perf_pipelines.reports.marts import PublishedMarts

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from perf_pipelines.closing import Closing
    from perf_pipelines.periods import Period
    from perf_pipelines.records.people import People
    from perf_pipelines.records.store import Records, Transaction


@dataclass(frozen=True, kw_only=True)
class FiledAppeal:
    """An appeal with its number and, once there is one, its answer."""

    number: int
    appeal: Appeal
    answer: AppealAnswer | None

    def is_overdue(self, today: date) -> bool:
        """Whether nobody has answered it by its deadline."""
        return self.answer is None and self.appeal.answer_by < today


def file_appeal(closing: Closing, *, period: Period, employee: str, objection: str, filed_by: str) -> FiledAppeal:
    """Record the objection to a published result; :class:`PayRefused` of whom is not in it, or has one open.

    It is to be answered within the days that company.yaml gives (``appeals.answer_within_days``).
    """
    marts = PublishedMarts(closing.home)
    marts.require(period.id)
    rows = marts.query("select employee_id from marts.fct_evaluation where period_id = ?", [period.id])
    employees = [row["employee_id"] for row in rows]
    headline = f"no appeal of `{employee}` against {period} is filed"
    if employee not in employees:
        todo = nearest(employee, employees)
        raise PayRefused(headline, [Problem(field="employee", what="nobody has this id", todo=todo)])
    answer_by = closing.today.date() + timedelta(days=closing.company.appeal_days)
    with closing.records.writing() as transaction:
        for filed in appeals(transaction):
            if (filed.appeal.period_id, filed.appeal.employee_id) == (period.id, employee) and filed.answer is None:
                raise PayRefused(
                    headline,
                    [Problem(what=f"appeal {filed.number} is open", todo="have that one answered first")],
                )
        appeal = Appeal(
            period_id=period.id,
            employee_id=employee,
            objection=objection,
            answer_by=answer_by,
            filed_by=filed_by,
            filed_at=this_moment(),
        )
        [number] = transaction.append(APPEALS, appeal)
    return FiledAppeal(number=number, appeal=appeal, answer=None)


def answer_appeal(
    records: Records,
    *,
    number: int,
    accepted: bool,
    reason: str,
    answered_by: str,
    people: People,
) -> FiledAppeal:
    """Record the answer; :class:`PayRefused` by who objects, and where it is answered already or unknown.

    ``people`` are the employees: an appeal names its own by id, and who answers gives a name.
    """
    headline = f"appeal {number} is not answered"
    with records.writing() as transaction:
        filed = _known(transaction, number, headline)
        if filed.answer is not None:
            what = f"{filed.answer.answered_by} has {_word(filed.answer)} it already"
            raise PayRefused(headline, [Problem(what=what, todo="file another appeal against the new result")])
        for name in (filed.appeal.employee_id, filed.appeal.filed_by):
            if people.are_one(name, answered_by):
                raise PayRefused(
                    headline,
                    [Problem(field="by", what=f"{name} objects", todo="have it answered by somebody else")],
                )
        answer = AppealAnswer(
            appeal=number,
            accepted=accepted,
            reason=reason,
            answered_by=answered_by,
            answered_at=this_moment(),
        )
        transaction.append(APPEAL_ANSWERS, answer)
    return FiledAppeal(number=number, appeal=filed.appeal, answer=answer)


def reason_of(records: Records, *, number: int, period_id: str) -> str:
    """Why a period is opened again for an accepted appeal, with its number; :class:`PayRefused` for any other."""
    headline = f"{period_id} is not opened again"
    filed = _known(records, number, headline)
    if filed.appeal.period_id != period_id:
        what = f"appeal {number} is against {filed.appeal.period_id}"
        raise PayRefused(headline, [Problem(field="appeal", what=what, todo="name the period that it is against")])
    if filed.answer is None or not filed.answer.accepted:
        what = f"appeal {number} is {_word(filed.answer)}"
        raise PayRefused(headline, [Problem(field="appeal", what=what, todo="only an accepted one changes a result")])
    return f"appeal {number} of {filed.appeal.employee_id}: {filed.answer.reason}"


def appeals(records: Records | Transaction) -> Sequence[FiledAppeal]:
    """All appeals in the order in which they were filed."""
    answers = {answer.appeal: answer for answer in records.all(APPEAL_ANSWERS)}
    return [
        FiledAppeal(number=number, appeal=appeal, answer=answers.get(number))
        for number, appeal in records.numbered(APPEALS)
    ]


def _known(records: Records | Transaction, number: int, headline: str) -> FiledAppeal:
    filed = {each.number: each for each in appeals(records)}
    if number not in filed:
        known = ", ".join(map(str, filed)) or "none"
        what = f"there is no appeal {number}; filed are those numbered {known}"
        raise PayRefused(headline, [Problem(field="appeal", what=what, todo="look with `perf-pipelines appeal list`")])
    return filed[number]


def _word(answer: AppealAnswer | None) -> str:
    return "not answered yet" if answer is None else "accepted" if answer.accepted else "rejected"
