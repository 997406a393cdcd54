"""Grades by bands, by quota and after a veto; ranks."""

from __future__ import annotations

from math import floor
from typing import TYPE_CHECKING

from tests.reference.rounding import number

if TYPE_CHECKING:
    from collections.abc import Collection
    from fractions import Fraction

    from tests.reference.given import Row


def band_of(score: Fraction, grades: Row) -> str:
    """The highest band that the score reaches."""
    return next(band["grade"] for band in grades["bands"] if score >= number(band["at_least"]))


def seats(people: int, grades: Row) -> list[int]:
    """Places of each grade, best first: the largest remainders get those that are left, ties to the better grade."""
    exact = [number(band["expected"]) * people for band in grades["bands"]]
    places = [floor(share) for share in exact]
    by_remainder = sorted(range(len(exact)), key=lambda index: (places[index] - exact[index], index))
    for index in by_remainder[: people - sum(places)]:
        places[index] += 1
    return places


def quota_grades(scores: dict[str, Fraction], grades: Row) -> dict[str, str]:
    """Of the evaluated of one department: employee → grade. People tied at a border all get the better grade."""
    if len(scores) < grades.get("quota_min_headcount", 5):
        return {employee: band_of(score, grades) for employee, score in scores.items()}
    places = seats(len(scores), grades)
    given: dict[str, str] = {}
    for employee, score in scores.items():
        better = sum(other > score for other in scores.values())
        given[employee] = next(
            band["grade"] for index, band in enumerate(grades["bands"]) if better < sum(places[: index + 1])
        )
    return given


def vetoed(grade: str, vetoes: list[tuple[str, str]], grades: Row) -> tuple[str, str | None]:
    """The grade that the vetoes (KPI, best grade that it leaves) leave, and the KPI that has lowered it."""
    order = [band["grade"] for band in grades["bands"]]
    worst = min(((-order.index(cap), kpi) for kpi, cap in vetoes), default=None)
    if worst is None or -worst[0] <= order.index(grade):
        return grade, None
    return order[-worst[0]], worst[1]


def dense_rank(score: Fraction, scores: Collection[Fraction]) -> int:
    """1 for the best; equal scores share a rank, and none is left out."""
    return 1 + len({other for other in scores if other > score})
