"""When a figure of the review is a finding (docs/review.md)."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from perf_pipelines.fields import Called, Entry, Exactly, Identifier, Share, Whole
from perf_pipelines.scheme.feedback import FEWEST_RATERS
from perf_pipelines.scheme.versions import Dated

FEWEST_COMPARED = FEWEST_RATERS + 1
"""Of a group its mean and its spread are told: whoever knows one of three values could compute the other two. The
approximation of Student's t needs as many (macro student_t_975)."""

FEWEST_PEERS_TOLD = FEWEST_RATERS
"""Of two peers each could tell the other's figure from their mean and the own, and one peer's is the mean: with fewer
no sentence says what the peers reach."""


class SystemicMiss(Entry):
    """A KPI is missed systemically when ``share`` of a department's measured employees (at least so many) miss it.

    In ``error`` of all periods at most a reason is given where there is none but chance.
    """

    share: Annotated[Decimal, Exactly(precision=9, scale=6, above=0, at_most=1)]
    min_headcount: Annotated[int, Whole(at_least=1)]
    error: Annotated[Decimal, Exactly(precision=9, scale=6, above=0, at_most=Decimal("0.5"))] = Decimal("0.05")


class Distribution(Entry):
    """When a department has too many of a grade: chance alone gives as many in fewer than ``p_value`` of all cases.

    Departments of fewer than ``min_headcount`` evaluated employees are not judged.
    """

    p_value: Annotated[Decimal, Exactly(precision=9, scale=6, above=0, below=1)] = Decimal("0.05")
    min_headcount: Annotated[int, Whole(at_least=1)] = 5


class SchemeReview(Entry):
    """The verdict on a KPI of a position with data of ``min_people`` at least.

    Too high a target: at most ``few_reach`` reach it, and the quartiles of the attainments differ by at most ``close``
    of their sum. A gap in skill: the upper quartile reaches the target by ``margin``, the lower one misses it by as
    much. No discrimination: ``same_points`` of the people have the same points, or the standard deviation of the points
    is below ``points_deviation``. No effect: over ``min_pairs`` people at least, the rank correlation with the key
    result is below ``effect``.
    """

    min_people: Annotated[int, Whole(at_least=2)] = 5
    few_reach: Share = Decimal("0.10")
    close: Share = Decimal("0.10")
    margin: Share = Decimal("0.10")
    same_points: Annotated[Decimal, Exactly(precision=9, scale=6, above=0, at_most=1)] = Decimal("0.90")
    points_deviation: Annotated[Decimal, Exactly(precision=9, scale=4, at_least=0, at_most=1000)] = Decimal("0.5")
    min_pairs: Annotated[int, Whole(at_least=3)] = 10
    effect: Share = Decimal("0.10")


class ActivityReview(Entry):
    """Types of activities are compared from ``min_campaigns`` on; of all periods ``error`` may advise wrongly."""

    min_campaigns: Annotated[int, Whole(at_least=FEWEST_COMPARED)] = FEWEST_COMPARED
    error: Annotated[Decimal, Exactly(precision=9, scale=6, above=0, at_most=Decimal("0.5"))] = Decimal("0.05")


class CapabilityReview(Entry):
    """A department of ``min_headcount`` people is strong or weak from ``difference`` points off the company on."""

    min_headcount: Annotated[int, Whole(at_least=FEWEST_RATERS)] = FEWEST_RATERS
    difference: Annotated[Decimal, Exactly(precision=9, scale=4, above=0, at_most=1000)] = Decimal(5)


class FairnessReview(Entry):
    """Groups are compared from ``min_people`` raters and rated people on, or from one more than ``min_raters``."""

    min_people: Annotated[int, Whole(at_least=FEWEST_COMPARED)] = 5


_Rate = Annotated[Decimal, Exactly(precision=9, scale=6, above=0, below=1)]


class StrengthReview(Entry):
    """When somebody is strong or weak in a KPI or a competency (docs/growth.md).

    Compared week by week in the period and ``history_months`` before it, with ``min_peers`` at least in the same
    position, else with the target. Fewer than ``min_weeks`` weeks or ``min_sample`` contributions: not enough data. Of
    what is found in a period at most the share ``false_findings`` is expected to be false. A difference of less than
    ``margin`` is none.
    """

    false_findings: _Rate = Decimal("0.05")
    history_months: Annotated[int, Whole(at_least=0, at_most=24)] = 3
    min_weeks: Annotated[int, Whole(at_least=4)] = 8
    min_sample: Annotated[int, Whole(at_least=1)] = 30
    min_peers: Annotated[int, Whole(at_least=2)] = 2
    margin: Share = Decimal("0.05")


class CourseReview(Entry):
    """What a course changed: ``months`` before it against as many after it, in people and in others of their position.

    Courses finished in the ``finished_within`` months before the period's end are looked at. Fewer than ``min_people``
    on either side: not enough data. ``false_findings`` as in :class:`StrengthReview`.
    """

    false_findings: _Rate = Decimal("0.05")
    months: Annotated[int, Whole(at_least=1, at_most=24)] = 6
    finished_within: Annotated[int, Whole(at_least=1, at_most=36)] = 12
    min_people: Annotated[int, Whole(at_least=FEWEST_COMPARED)] = 5


class GradeOfMonths(Entry):
    """``grade`` in at least ``share`` of a longer period's evaluated months, which are ``min_months`` at least."""

    grade: Identifier
    share: Annotated[
        Decimal, Exactly(precision=9, scale=6, above=0, at_most=1), Called("月份占比", "share of months")
    ] = Decimal("0.75")
    min_months: Annotated[int, Whole(at_least=1, at_most=12)] = 3


class Development(Entry):
    """Who is proposed for what: ``promotion`` from that grade up, ``support`` from that grade down."""

    promotion: GradeOfMonths | None = None
    support: GradeOfMonths | None = None


class Review(Dated):
    """The thresholds of the reviews."""

    systemic_miss: SystemicMiss
    distribution: Distribution = Distribution()
    activities: ActivityReview = ActivityReview()
    scheme: Annotated[SchemeReview, Called("方案复盘", "review of the scheme")] = SchemeReview()
    capability: CapabilityReview = CapabilityReview()
    fairness: FairnessReview = FairnessReview()
    strengths: StrengthReview = StrengthReview()
    courses: CourseReview = CourseReview()
    development: Development = Development()
