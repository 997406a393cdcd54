"""The scheme as tables, for SQL to join. Numbers are the decimals of the file, nothing is rounded."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pyarrow as pa

from perf_pipelines.scheme.validity import stretches

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from perf_pipelines.scheme.model import Scheme

_SHARE = pa.decimal128(9, 6)
_AMOUNT = pa.decimal128(28, 8)
_SCORE = pa.decimal128(9, 4)


def scheme_tables(scheme: Scheme) -> dict[str, pa.Table]:
    """``scheme``, ``kpi``, ``goal``, ``position_kpi``, ``rule``, ``grade``, ``bonus_cycle`` and ``review``.

    ``sort_order`` is the order in the file, from 1. Of ``position_kpi``, ``valid_from`` and ``valid_to`` are
    inclusive, 1900-01-01 stands for the start and 9999-12-31 for an open end. ``rule.parameters`` is JSON whose
    numbers are strings, so that they stay exact.
    """
    return {
        "scheme": _table(
            {"scheme_id": pa.string(), "currency": pa.string(), "min_coverage": _SHARE},
            [(scheme.scheme, scheme.currency, scheme.evaluation.min_coverage)],
        ),
        "kpi": _kpi(scheme),
        "goal": _goal(scheme),
        "position_kpi": _position_kpi(scheme),
        "rule": _table(
            {"rule_id": pa.string(), "kind": pa.string(), "parameters": pa.string()},
            [(rule_id, rule.kind, json.dumps(rule.parameters())) for rule_id, rule in scheme.rules.items()],
        ),
        "grade": _grade(scheme),
        "bonus_cycle": _table(
            {"cycle": pa.string(), "share": _SHARE},
            [(str(cycle), share) for cycle, share in scheme.bonus.cycles.items()],
        ),
        "review": _table(
            {"systemic_miss_share": _SHARE, "systemic_miss_min_headcount": pa.int32()},
            [(scheme.review.systemic_miss.share, scheme.review.systemic_miss.min_headcount)],
        ),
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
                stretch.valid_from,
                stretch.valid_to,
            )
            for position_id, lines in scheme.positions.items()
            for stretch in stretches(lines)
        ],
    )


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
