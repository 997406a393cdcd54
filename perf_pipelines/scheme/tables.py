"""The scheme as tables, for SQL to join. Numbers are the decimals of the file, nothing is rounded."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pyarrow as pa

from perf_pipelines.currencies import units_of
from perf_pipelines.fields import LAST_DAY
from perf_pipelines.periods import Cycle
from perf_pipelines.scheme.feedback import ANONYMOUS
from perf_pipelines.scheme.review import FEWEST_PEERS_TOLD
from perf_pipelines.scheme.validity import changes_inside_periods, stretches, version_stretches

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from perf_pipelines.periods import Period
    from perf_pipelines.scheme.bonus import Bonus
    from perf_pipelines.scheme.feedback import Feedback
    from perf_pipelines.scheme.model import Regulation, Scheme
    from perf_pipelines.scheme.review import Review

_SHARE = pa.decimal128(9, 6)
_AMOUNT = pa.decimal128(28, 8)
_SCORE = pa.decimal128(9, 4)
_ATTAINMENT = pa.decimal128(18, 8)
_MONEY = pa.decimal128(18, 3)


def scheme_tables(scheme: Scheme, periods: Sequence[Period]) -> dict[str, pa.Table]:
    """All tables that SQL joins, by name; those of ``feedback`` are empty where a period has no 360° part.

    What concerns a whole period has a row a period of ``periods``, with what holds on its first day; so no join asks
    for days. ``sort_order`` is the order in the file, from 1. Of ``position_kpi``, ``rule`` and ``extra_points``,
    ``valid_from`` and ``valid_to`` are inclusive, 1900-01-01 stands for the start and 9999-12-31 for an open end.
    ``rule.parameters`` is JSON whose numbers are strings, so that they stay exact.
    """
    regulations = {period.id: scheme.on(period.starts_on) for period in periods}
    rated = {
        period.id: feedback
        for period in periods
        if (feedback := regulations[period.id].feedback)
        # the parts of a mean have their own 360° part: the whole has another one only where the scheme names it
        and period.cycle in (feedback.cycles or set(Cycle) - regulations[period.id].evaluation.mean_of.keys())
    }
    return {
        "scheme": _table(
            {"scheme_id": pa.string(), "currency": pa.string(), "currency_units": pa.int32()},
            [(scheme.scheme, scheme.currency, units_of(scheme.currency))],
        ),
        "kpi": _kpi(scheme),
        "goal": _goal(scheme),
        "position_kpi": _position_kpi(scheme),
        "own_target": _own_target(scheme),
        "position_change": _table(
            {"position_id": pa.string(), "changes_on": pa.date32()},
            [(position, day) for position in scheme.positions for day in changes_inside_periods(scheme, position)],
        ),
        "rule": _rule(scheme),
        "extra_points": _extra_points(scheme),
        "reward": _reward(scheme),
        "daily_goal": _daily_goal(scheme),
        "alert": _table(
            {"below": _SHARE, "after": _SHARE},
            [(scheme.alerts.below, scheme.alerts.after)] if scheme.alerts else [],
        ),
        "evaluation": _evaluation({period: regulations[period.id] for period in periods}),
        **_feedback(rated),
        "grade": _grade(regulations),
        **_bonus({period: regulations[period.id].bonus for period in periods}),
        **_review({period: held.review for period, held in regulations.items()}),
    }


def _evaluation(regulations: Mapping[Period, Regulation]) -> pa.Table:
    return _table(
        {
            "period_id": pa.string(),
            "kpi_weight": _SHARE,
            "feedback_weight": _SHARE,
            "no_feedback": pa.string(),
            "min_coverage": _SHARE,
            "grade_method": pa.string(),
            "quota_min_headcount": pa.int32(),
            "mean_of": pa.string(),
        },
        [
            (
                period.id,
                held.evaluation.kpi,
                held.evaluation.feedback,
                held.evaluation.no_feedback,
                held.evaluation.min_coverage,
                held.grades.method,
                held.grades.quota_min_headcount,
                held.evaluation.mean_of.get(period.cycle),
            )
            for period, held in regulations.items()
        ],
    )


def _bonus(bonuses: Mapping[Period, Bonus]) -> dict[str, pa.Table]:
    """No row of ``pay_curve`` where grades alone pay, and none of ``pool`` in a period that does not pay.

    A curve's ``parameters`` are those of the rule kind in ``kind``; ``last_at`` and ``last_factor`` is its last point.
    ``pool`` has a row a fund, without ``department_id`` that of the company; ``amount``, or ``share`` of the sum of
    ``kpi_id``.
    """
    return {
        "bonus_cycle": _table(
            {"period_id": pa.string(), "cycle": pa.string(), "share": _SHARE, "at_most": _MONEY},
            [
                (period.id, str(cycle), share, bonus.at_most.get(cycle))
                for period, bonus in bonuses.items()
                for cycle, share in bonus.cycles.items()
            ],
        ),
        "pay_curve": _table(
            {
                "period_id": pa.string(),
                "value_of": pa.string(),
                "attainment_cap": _ATTAINMENT,
                "threshold": _ATTAINMENT,
                "kind": pa.string(),
                "parameters": pa.string(),
                "last_at": _ATTAINMENT,
                "last_factor": _SCORE,
                "rate": _SCORE,
                "per": _ATTAINMENT,
                "cap": _SCORE,
            },
            [
                (
                    period.id,
                    curve.of,
                    curve.attainment_cap,
                    curve.threshold,
                    curve.kind,
                    json.dumps(curve.parameters()),
                    *curve.pairs[-1],
                    curve.accelerator and curve.accelerator.rate,
                    curve.accelerator and curve.accelerator.per,
                    curve.cap,
                )
                for period, bonus in bonuses.items()
                if (curve := bonus.curve)
            ],
        ),
        "pool": _table(
            {
                "period_id": pa.string(),
                "department_id": pa.string(),
                "amount": _MONEY,
                "kpi_id": pa.string(),
                "share": _SHARE,
                "scale": pa.string(),
            },
            [
                (
                    period.id,
                    department,
                    fund.amount and fund.amount[period.cycle],
                    fund.kpi,
                    fund.share,
                    bonus.pool.scale,
                )
                for period, bonus in bonuses.items()
                if bonus.pool and period.cycle in bonus.cycles
                for department, fund in bonus.pool.funds.items()
            ],
        ),
    }


def _review(reviews: Mapping[str, Review]) -> dict[str, pa.Table]:
    """One row a period each: from when on the figures of the review are findings."""
    return {
        "review": _table(
            {
                "period_id": pa.string(),
                "systemic_miss_share": _SHARE,
                "systemic_miss_min_headcount": pa.int32(),
                "systemic_miss_error": _SHARE,
                "distribution_p_value": _SHARE,
                "distribution_min_headcount": pa.int32(),
            },
            [
                (
                    period,
                    review.systemic_miss.share,
                    review.systemic_miss.min_headcount,
                    review.systemic_miss.error,
                    review.distribution.p_value,
                    review.distribution.min_headcount,
                )
                for period, review in reviews.items()
            ],
        ),
        "scheme_review": _table(
            {
                "period_id": pa.string(),
                "min_people": pa.int32(),
                "few_reach": _SHARE,
                "close": _SHARE,
                "margin": _SHARE,
                "same_points": _SHARE,
                "points_deviation": _SCORE,
                "min_pairs": pa.int32(),
                "effect": _SHARE,
            },
            [
                (
                    period,
                    review.scheme.min_people,
                    review.scheme.few_reach,
                    review.scheme.close,
                    review.scheme.margin,
                    review.scheme.same_points,
                    review.scheme.points_deviation,
                    review.scheme.min_pairs,
                    review.scheme.effect,
                )
                for period, review in reviews.items()
            ],
        ),
        "activity_review": _table(
            {"period_id": pa.string(), "min_campaigns": pa.int32(), "error": _SHARE},
            [(period, review.activities.min_campaigns, review.activities.error) for period, review in reviews.items()],
        ),
        "capability_review": _table(
            {"period_id": pa.string(), "min_headcount": pa.int32(), "difference": _SCORE},
            [
                (period, review.capability.min_headcount, review.capability.difference)
                for period, review in reviews.items()
            ],
        ),
        "fairness_review": _table(
            {"period_id": pa.string(), "min_people": pa.int32()},
            [(period, review.fairness.min_people) for period, review in reviews.items()],
        ),
        **_growth(reviews),
    }


def _growth(reviews: Mapping[str, Review]) -> dict[str, pa.Table]:
    """Of ``development_rule`` one row a period and kind that the scheme has a rule for."""
    return {
        "strength_review": _table(
            {
                "period_id": pa.string(),
                "false_findings": _SHARE,
                "history_months": pa.int32(),
                "min_weeks": pa.int32(),
                "min_sample": pa.int32(),
                "min_peers": pa.int32(),
                "fewest_peers_told": pa.int32(),
                "margin": _SHARE,
            },
            [
                (
                    period,
                    review.strengths.false_findings,
                    review.strengths.history_months,
                    review.strengths.min_weeks,
                    review.strengths.min_sample,
                    review.strengths.min_peers,
                    FEWEST_PEERS_TOLD,
                    review.strengths.margin,
                )
                for period, review in reviews.items()
            ],
        ),
        "course_review": _table(
            {
                "period_id": pa.string(),
                "false_findings": _SHARE,
                "months": pa.int32(),
                "finished_within": pa.int32(),
                "min_people": pa.int32(),
            },
            [
                (
                    period,
                    review.courses.false_findings,
                    review.courses.months,
                    review.courses.finished_within,
                    review.courses.min_people,
                )
                for period, review in reviews.items()
            ],
        ),
        "development_rule": _table(
            {
                "period_id": pa.string(),
                "kind": pa.string(),
                "grade": pa.string(),
                "share": _SHARE,
                "min_months": pa.int32(),
            },
            [
                (period, kind, rule.grade, rule.share, rule.min_months)
                for period, review in reviews.items()
                for kind, rule in (
                    ("promotion_candidate", review.development.promotion),
                    ("support_plan", review.development.support),
                )
                if rule is not None
            ],
        ),
    }


def _rule(scheme: Scheme) -> pa.Table:
    return _table(
        {
            "rule_id": pa.string(),
            "kind": pa.string(),
            "parameters": pa.string(),
            "valid_from": pa.date32(),
            "valid_to": pa.date32(),
        },
        [
            (rule_id, rule.kind, json.dumps(rule.parameters()), valid_from, valid_to)
            for rule_id, versions in scheme.rules.items()
            for rule, valid_from, valid_to in version_stretches(versions)
        ],
    )


def _kpi(scheme: Scheme) -> pa.Table:
    return _table(
        {
            "kpi_id": pa.string(),
            "name_zh": pa.string(),
            "name_en": pa.string(),
            "unit": pa.string(),
            "unit_zh": pa.string(),
            "aggregation": pa.string(),
            "aggregation_parameter": _AMOUNT,
            "is_sum_like": pa.bool_(),
            "better": pa.string(),
            "competency_id": pa.string(),
        },
        [
            (
                kpi_id,
                kpi.name.zh,
                kpi.name.en,
                kpi.unit.en,
                kpi.unit.zh,
                kpi.aggregation.kind,
                kpi.aggregation.parameter,
                kpi.aggregation.sum_like,
                kpi.better,
                kpi.competency,
            )
            for kpi_id, kpi in scheme.kpis.items()
        ],
    )


def _goal(scheme: Scheme) -> pa.Table:
    return _table(
        {
            "goal_id": pa.string(),
            "level": pa.string(),
            "parent_goal_id": pa.string(),
            "name_zh": pa.string(),
            "name_en": pa.string(),
            "kpi_id": pa.string(),
            "department_id": pa.string(),
            "baseline": _AMOUNT,
            "target": _AMOUNT,
            "sort_order": pa.int32(),
        },
        [
            (
                goal.id,
                str(goal.level),
                goal.parent,
                goal.name.zh,
                goal.name.en,
                goal.kpi,
                goal.department,
                goal.from_,
                goal.to,
                order,
            )
            for order, goal in enumerate(scheme.goals, start=1)
        ],
    )


def _position_kpi(scheme: Scheme) -> pa.Table:
    return _table(
        {
            "position_id": pa.string(),
            "kpi_id": pa.string(),
            "goal_id": pa.string(),
            "scope": pa.string(),
            "weight": _SHARE,
            "target": _AMOUNT,
            "team_target": _AMOUNT,
            "growth": _SHARE,
            "rule_id": pa.string(),
            "no_data": pa.string(),
            "min_sample": pa.int32(),
            "floor": _SCORE,
            "cap": _SCORE,
            "veto_below": _ATTAINMENT,
            "veto_grade": pa.string(),
            "valid_from": pa.date32(),
            "valid_to": pa.date32(),
        },
        [
            (
                position_id,
                stretch.line.kpi,
                stretch.line.goal,
                stretch.line.of,
                stretch.line.weight,
                stretch.line.target.each,
                stretch.line.target.team,
                stretch.line.target.growth,
                stretch.line.rule,
                stretch.line.no_data,
                stretch.line.min_sample,
                stretch.line.floor,
                stretch.line.cap,
                stretch.line.veto and stretch.line.veto.below,
                stretch.line.veto and stretch.line.veto.grade,
                stretch.valid_from,
                stretch.valid_to,
            )
            for position_id, lines in scheme.positions.items()
            for stretch in stretches(lines)
        ],
    )


def _own_target(scheme: Scheme) -> pa.Table:
    """One row a line and department or employee that has a target of its own."""
    return _table(
        {
            "position_id": pa.string(),
            "kpi_id": pa.string(),
            "valid_from": pa.date32(),
            "department_id": pa.string(),
            "employee_id": pa.string(),
            "target": _AMOUNT,
            "team_target": _AMOUNT,
            "growth": _SHARE,
        },
        [
            (
                position_id,
                stretch.line.kpi,
                stretch.valid_from,
                department,
                employee,
                target.each,
                target.team,
                target.growth,
            )
            for position_id, lines in scheme.positions.items()
            for stretch in stretches(lines)
            for department, employee, target in (
                *((department, None, target) for department, target in stretch.line.departments.items()),
                *((None, employee, target) for employee, target in stretch.line.employees.items()),
            )
        ],
    )


def _extra_points(scheme: Scheme) -> pa.Table:
    """One row an entry and position that it is for."""
    return _table(
        {
            "extra_id": pa.string(),
            "name_zh": pa.string(),
            "name_en": pa.string(),
            "position_id": pa.string(),
            "kpi_id": pa.string(),
            "points": _SCORE,
            "per": _AMOUNT,
            "at_most": _SCORE,
            "valid_from": pa.date32(),
            "valid_to": pa.date32(),
        },
        [
            (
                extra.id,
                extra.name.zh,
                extra.name.en,
                position,
                extra.kpi,
                extra.points,
                extra.per,
                extra.at_most,
                extra.begins_on,
                extra.until or LAST_DAY,
            )
            for extra in scheme.extra_points
            for position in extra.positions or scheme.positions
        ],
    )


def _reward(scheme: Scheme) -> pa.Table:
    """``positions`` is null where everybody may have the reward."""
    return _table(
        {
            "reward_id": pa.string(),
            "name_zh": pa.string(),
            "name_en": pa.string(),
            "kpi_id": pa.string(),
            "subject": pa.string(),
            "reaches": _AMOUNT,
            "points": _SCORE,
            "money": _MONEY,
            "positions": pa.list_(pa.string()),
            "valid_from": pa.date32(),
            "valid_to": pa.date32(),
        },
        [
            (
                reward.id,
                reward.name.zh,
                reward.name.en,
                reward.kpi,
                reward.subject,
                reward.reaches,
                reward.points,
                reward.money,
                reward.positions and list(reward.positions),
                reward.begins_on,
                reward.until or LAST_DAY,
            )
            for reward in scheme.rewards
        ],
    )


def _daily_goal(scheme: Scheme) -> pa.Table:
    return _table(
        {
            "position_id": pa.string(),
            "kpi_id": pa.string(),
            "target": _AMOUNT,
            "valid_from": pa.date32(),
            "valid_to": pa.date32(),
        },
        [
            (position, stretch.line.kpi, stretch.line.target, stretch.valid_from, stretch.valid_to)
            for position, lines in scheme.daily_goals.items()
            for stretch in stretches(lines)
        ],
    )


def _feedback(sections: Mapping[str, Feedback]) -> dict[str, pa.Table]:
    """Of each period that has a 360° part; no row of ``feedback_competency`` where all competencies count alike."""
    return {
        "feedback": _table(
            {
                "period_id": pa.string(),
                "scale_low": _SCORE,
                "scale_high": _SCORE,
                "min_raters": pa.int32(),
                "rater_leniency": pa.string(),
                "self_difference": _SCORE,
            },
            [
                (
                    period,
                    *feedback.scale,
                    feedback.min_raters,
                    feedback.rater_leniency,
                    feedback.self_difference,
                )
                for period, feedback in sections.items()
            ],
        ),
        "feedback_relation": _table(
            {"period_id": pa.string(), "relation": pa.string(), "weight": _SHARE, "is_anonymous": pa.bool_()},
            [
                (period, str(relation), weight, relation in ANONYMOUS)
                for period, feedback in sections.items()
                for relation, weight in feedback.weights.items()
            ],
        ),
        "feedback_competency": _table(
            {"period_id": pa.string(), "competency_id": pa.string(), "weight": _SHARE},
            [
                (period, competency, weight)
                for period, feedback in sections.items()
                for competency, weight in (feedback.competencies or {}).items()
            ],
        ),
    }


def _grade(regulations: Mapping[str, Regulation]) -> pa.Table:
    return _table(
        {
            "period_id": pa.string(),
            "grade": pa.string(),
            "name_zh": pa.string(),
            "name_en": pa.string(),
            "at_least": _SCORE,
            "expected": _SHARE,
            "multiplier": _SHARE,
            "sort_order": pa.int32(),
        },
        [
            (
                period,
                band.grade,
                band.name.zh,
                band.name.en,
                band.at_least,
                band.expected,
                held.bonus.multiplier and held.bonus.multiplier[band.grade],
                order,
            )
            for period, held in regulations.items()
            for order, band in enumerate(held.grades.bands, start=1)
        ],
    )


def _table(columns: Mapping[str, pa.DataType], rows: Sequence[tuple[object, ...]]) -> pa.Table:
    arrays = [pa.array([row[index] for row in rows], kind) for index, kind in enumerate(columns.values())]
    return pa.Table.from_arrays(arrays, names=list(columns))
