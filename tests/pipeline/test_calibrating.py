"""A manager's grade in place of the computed one: recorded, shown beside it, paid by, and never in the score."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from perf_pipelines.publication import open_marts

if TYPE_CHECKING:
    from tests.conftest import Outcome, Place

WHO = "moses_frase"
MONTH = "2017-03"


def test_a_calibrated_grade_counts_beside_the_computed_one(closed_march: Place) -> None:
    before = evaluated(closed_march)
    assert before["grade"] == before["grade_before_calibration"]
    other = "excellent" if before["grade"] != "excellent" else "qualified"

    unknown = calibrate(closed_march, employee="Moses Fras")
    assert "nobody in 2017-03 has the id or name `Moses Fras` → near are moses_frase, " in unknown.err
    assert unknown.code == 10
    assert "there is no grade `excelent`" in calibrate(closed_march, grade="excelent").err
    assert "already" in calibrate(closed_march, grade=str(before["grade"])).err
    refused = calibrate(closed_march, employee=one_not_evaluated(closed_march), grade=other)
    assert refused.code == 10
    assert "not evaluated: " in refused.err
    # given by mistake and taken back before the next run, then given again
    assert "calibrated: moses_frase in" in calibrate(closed_march, employee="moses Frase", grade=other).out
    assert "already" in calibrate(closed_march, grade=other).err
    assert calibrate(closed_march, grade=str(before["grade"])).code == 0
    assert calibrate(closed_march, grade=other).code == 0

    closed_march.close(MONTH, reviewed=False)
    after = evaluated(closed_march)
    assert after["grade"] == other
    assert {name: after[name] for name in ("grade_before_calibration", "calibrated_by", "calibration_reason")} == {
        "grade_before_calibration": before["grade"],
        "calibrated_by": "Li Na",
        "calibration_reason": "carried the launch alone",
    }
    unchanged = ("kpi_score", "final_score", "rank_in_department", "rank_in_company")
    assert [after[name] for name in unchanged] == [before[name] for name in unchanged]
    factors = {"excellent": Decimal("1.5"), "qualified": Decimal(1), "unqualified": Decimal(0)}
    assert after["multiplier"] == factors[other]
    table = closed_march.call("table", "--period", MONTH).out
    assert f"by Li Na (computed: {str(before['grade']).capitalize()}): carried the launch alone" in table


def calibrate(place: Place, *, employee: str = WHO, grade: str = "excellent") -> Outcome:
    given = {"--period": MONTH, "--employee": employee, "--grade": grade, "--by": "Li Na"}
    words = [word for option in given.items() for word in option]
    return place.call("calibrate", *words, "--reason", "carried the launch alone")


def evaluated(place: Place) -> dict[str, object]:
    with open_marts(place.published) as marts:
        found = marts.execute(
            """
            select evaluation.*, payout.multiplier
            from marts.fct_evaluation as evaluation
            inner join marts.fct_payout as payout using (period_id, employee_id)
            where period_id = ? and employee_id = ?
            """,
            [MONTH, WHO],
        )
        names = [column[0] for column in found.description or ()]
        [row] = found.fetchall()
    return dict(zip(names, row, strict=True))


def one_not_evaluated(place: Place) -> str:
    with open_marts(place.published) as marts:
        [who] = marts.execute(
            "select employee_id from marts.fct_evaluation where status <> 'evaluated' order by employee_id limit 1"
        ).fetchone() or ("",)
    return who
