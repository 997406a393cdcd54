"""Giving somebody another grade than the computed one: of who is evaluated, and a grade that the period's scheme has.

What is calibrated is what the last publication shows, so that the author has seen it; it counts from the next run on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from perf_pipelines.documents import nearest
from perf_pipelines.errors import PerfError, Problem
from perf_pipelines.records.calibrations import Calibration
from perf_pipelines.records.moment import this_moment
from perf_pipelines.records.people import People
from perf_pipelines.reports.marts import PublishedMarts, employee_names
from perf_pipelines.reports.people import person_called

if TYPE_CHECKING:
    from perf_pipelines.closing import Closing
    from perf_pipelines.periods import Period


class CalibrationRefused(PerfError):
    """The grade cannot be given; nothing was recorded."""

    exit_code: ClassVar[int] = 10


def calibrate(
    closing: Closing, *, period: Period, employee: str, grade: str, calibrated_by: str, reason: str
) -> Calibration:
    """Record that ``employee`` (an id or a name) has ``grade`` in a published period, whatever was computed.

    The computed grade itself takes an earlier calibration back. :class:`CalibrationRefused` for a period that is paid,
    whom is not evaluated, by whom it is about, a grade that the period does not have, and one that the employee has
    already; :class:`NotPublished`; :class:`~perf_pipelines.errors.Busy` while somebody closes or pays.
    """
    # alone, so that nobody posts what is calibrated while it is looked at
    with closing.alone():
        return _calibrate(
            closing, period=period, employee=employee, grade=grade, calibrated_by=calibrated_by, reason=reason
        )


def _calibrate(
    closing: Closing, *, period: Period, employee: str, grade: str, calibrated_by: str, reason: str
) -> Calibration:
    marts = PublishedMarts(closing.home)
    marts.require(period.id)
    headline = f"the grade of `{employee}` in {period} stays as it is"
    # what people are paid by could not be computed from the records any more
    if paid := closing.paid([period]):
        raise CalibrationRefused(headline, paid.values())
    person = person_called(marts, employee, period=period.id)
    if isinstance(person, Problem):
        raise CalibrationRefused(headline, [person])
    employee_id: str = person["employee_id"]
    if People(employee_names(closing.home)).are_one(employee_id, calibrated_by):
        raise CalibrationRefused(
            headline,
            [Problem(field="by", what="nobody gives themselves a grade", todo="have it given by somebody else")],
        )
    [row] = marts.query(
        "select grade, grade_before_calibration, status, reason from marts.fct_evaluation "
        "where period_id = ? and employee_id = ?",
        [period.id, employee_id],
    )
    if row["status"] != "evaluated":
        raise CalibrationRefused(
            headline,
            [Problem(field="employee", what=f"not evaluated: {row['reason']}", todo="mend that and close it again")],
        )
    grades = [band.grade for band in closing.company.scheme.on(period.starts_on).grades.bands]
    if grade not in grades:
        raise CalibrationRefused(
            headline, [Problem(field="grade", what=f"there is no grade `{grade}`", todo=nearest(grade, grades))]
        )
    computed = row["grade_before_calibration"]
    recorded = {
        (one.period_id, one.employee_id, one.computed_grade): one.grade for one in closing.records.calibrations()
    }
    # what was recorded since the last run counts, also where it is to be taken back
    if grade == recorded.get((period.id, employee_id, computed), row["grade"]):
        raise CalibrationRefused(
            headline, [Problem(field="grade", what=f"it is `{grade}` already", todo="nothing has to be done")]
        )
    calibration = Calibration(
        period_id=period.id,
        employee_id=employee_id,
        computed_grade=computed,
        grade=grade,
        calibrated_by=calibrated_by,
        reason=reason,
        calibrated_at=this_moment(),
    )
    closing.records.calibrate(calibration)
    return calibration
