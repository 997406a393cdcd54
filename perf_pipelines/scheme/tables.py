"""The scheme as tables, for SQL to join. Numbers are the decimals of the file, nothing is rounded."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pyarrow as pa

from perf_pipelines.fields import FIRST_DAY, LAST_DAY
from perf_pipelines.scheme.feedback import ANONYMOUS
from perf_pipelines.scheme.validity import stretches

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from perf_pipelines.scheme.feedback import Feedback
    from perf_pipelines.scheme.model import Scheme
    from perf_pipelines.scheme.review import Review

_SHARE = pa.decimal128(9, 6)
_AMOUNT = pa.decimal128(28, 8)
_SCORE = pa.decimal128(9, 4)
_ATTAINMENT = pa.decimal128(18, 8)


def scheme_tables(scheme: Scheme) -> dict[str, pa.Table]:
    """All tables that SQL joins, by name; those of ``feedback`` are empty where the scheme has no 360° part.

    ``sort_order`` is the order in the file, from 1. Of ``position_kpi``, ``valid_from`` and ``valid_to`` are
    inclusive, 1900-01-01 stands for the start and 9999-12-31 for an open end. ``rule.parameters`` is JSON whose
    numbers are strings, so that they stay exact.
    """
    return {
        "scheme": _table(
            {
                "scheme_id": pa.string(),
                "currency": pa.string(),
                "kpi_weight": _SHARE,
                "feedback_weight": _SHARE,
                "no_feedback": pa.string(),
                "min_coverage": _SHARE,
                "grade_method": pa.string(),
                "quota_min_headcount": pa.int32(),
            },
            [
                (
                    scheme.scheme,
                    scheme.currency,
                    scheme.evaluation.kpi,
                    scheme.evaluation.feedback,
                    scheme.evaluation.no_feedback,
                    scheme.evaluation.min_coverage,
                    scheme.grades.method,
                    scheme.grades.quota_min_headcount,
                )
            ],
        ),
        "kpi": _kpi(scheme),
        "goal": _goal(scheme),
        "position_kpi": _position_kpi(scheme),
        "rule": _table(
            {"rule_id": pa.string(), "kind": pa.string(), "parameters": pa.string()},
            [(rule_id, rule.kind, json.dumps(rule.parameters())) for rule_id, rule in scheme.rules.items()],
        ),
        "extra_points": _extra_points(scheme),
        **_feedback(scheme.feedback),
        "grade": _grade(scheme),
        "bonus_cycle": _table(
            {"cycle": pa.string(), "share": _SHARE},
            [(str(cycle), share) for cycle, share in scheme.bonus.cycles.items()],
        ),
        "review": _table(
            {
                "systemic_miss_share": _SHARE,
                "systemic_miss_min_headcount": pa.int32(),
                "distribution_p_value": _SHARE,
                "distribution_min_headcount": pa.int32(),
            },
            [
                (
                    scheme.review.systemic_miss.share,
                    scheme.review.systemic_miss.min_headcount,
                    scheme.review.distribution.p_value,
                    scheme.review.distribution.min_headcount,
                )
            ],
        ),
        **_review(scheme.review),
    }


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
                stretch.line.target,
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
                extra.from_ or FIRST_DAY,
                extra.until or LAST_DAY,
            )
            for extra in scheme.extra_points
            for position in extra.positions or scheme.positions
        ],
    )


def _feedback(feedback: Feedback | None) -> dict[str, pa.Table]:
    """``feedback_competency`` is empty where all competencies count alike, ``feedback.cycles`` null for all cycles."""
    return {
        "feedback": _table(
            {
                "scale_low": _SCORE,
                "scale_high": _SCORE,
                "min_raters": pa.int32(),
                "rater_leniency": pa.string(),
                "self_difference": _SCORE,
                "cycles": pa.list_(pa.string()),
            },
            [
                (
                    *feedback.scale,
                    feedback.min_raters,
                    feedback.rater_leniency,
                    feedback.self_difference,
                    None if feedback.cycles is None else [str(cycle) for cycle in feedback.cycles],
                )
            ]
            if feedback
            else [],
        ),
        "feedback_relation": _table(
            {"relation": pa.string(), "weight": _SHARE, "is_anonymous": pa.bool_()},
            [(str(relation), weight, relation in ANONYMOUS) for relation, weight in feedback.weights.items()]
            if feedback
            else [],
        ),
        "feedback_competency": _table(
            {"competency_id": pa.string(), "weight": _SHARE},
            [*(feedback.competencies or {}).items()] if feedback else [],
        ),
    }


def _review(review: Review) -> dict[str, pa.Table]:
    """One row each: when a KPI of a position, a capability of a department or a difference of ratings is a finding."""
    return {
        "scheme_review": _table(
            {
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
                    review.scheme.min_people,
                    review.scheme.few_reach,
                    review.scheme.close,
                    review.scheme.margin,
                    review.scheme.same_points,
                    review.scheme.points_deviation,
                    review.scheme.min_pairs,
                    review.scheme.effect,
                )
            ],
        ),
        "capability_review": _table(
            {"min_headcount": pa.int32(), "difference": _SCORE},
            [(review.capability.min_headcount, review.capability.difference)],
        ),
        "fairness_review": _table({"min_people": pa.int32()}, [(review.fairness.min_people,)]),
    }


def _grade(scheme: Scheme) -> pa.Table:
    return _table(
        {
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
                band.grade,
                band.name.zh,
                band.name.en,
                band.at_least,
                band.expected,
                scheme.bonus.multiplier[band.grade],
                order,
            )
            for order, band in enumerate(scheme.grades.bands, start=1)
        ],
    )


def _table(columns: Mapping[str, pa.DataType], rows: Sequence[tuple[object, ...]]) -> pa.Table:
    arrays = [pa.array([row[index] for row in rows], kind) for index, kind in enumerate(columns.values())]
    return pa.Table.from_arrays(arrays, names=list(columns))
