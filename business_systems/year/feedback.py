"""360° answers, courses, enrolments and progress notes."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pyarrow as pa

from business_systems.year.calendar import DAY, midnight
from business_systems.year.chance import stream
from business_systems.year.columns import moments as moments_of

if TYPE_CHECKING:
    from collections.abc import Sequence

_COMPETENCIES = (
    ("communication", "沟通协作", "Communication"),
    ("execution", "执行力", "Execution"),
    ("analysis", "数据分析", "Data analysis"),
    ("customer_focus", "客户导向", "Customer focus"),
)
_COURSES = (
    ("user_behaviour_analysis", "用户行为分析", "User behaviour analysis", "analysis"),
    ("campaign_planning", "活动策划", "Campaign planning", "execution"),
    ("service_language", "客服话术", "Language of service", "customer_focus"),
    ("live_selling", "直播带货", "Selling live", "communication"),
    ("sql_basics", "SQL 入门", "SQL basics", "analysis"),
)
_PEERS = 3


def survey(seed: int, assignments: pd.DataFrame) -> dict[tuple[str, str], pa.Table]:
    """Each quarter of 2025: everybody by the manager, three peers of the position, and themselves."""
    rng = stream(seed, "survey")
    rows: list[tuple[object, ...]] = []
    for quarter in range(1, 5):
        asked = dt.date(2025, 3 * quarter, 20)
        active = assignments[
            (assignments["valid_from"] <= asked) & (assignments["valid_to"].isna() | (assignments["valid_to"] >= asked))
        ]
        everybody = active["employee_id"].tolist()
        for number, row in enumerate(active.itertuples()):
            peers = [everybody[(number + 1 + place) % len(everybody)] for place in range(_PEERS)]
            raters = [("self", row.employee_id), *(("peer", peer) for peer in peers)]
            if isinstance(row.manager_id, str):
                raters.append(("manager", row.manager_id))
            for relation, rater in raters:
                for competency, _, _ in _COMPETENCIES:
                    rating = int(np.clip(np.rint(rng.normal(3.8 if relation != "self" else 4.2, 0.7)), 1, 5))
                    rows.append(
                        (f"2025-Q{quarter}", row.employee_id, rater, relation, competency, rating, midnight(asked))
                    )
    names = ["cycle", "employee_id", "rater_id", "relation", "competency", "rating", "at"]
    frame = pd.DataFrame(rows, columns=names)
    at = moments_of(frame["at"].to_numpy())
    answers = pa.table(
        {
            "id": pa.array(np.arange(1, len(frame) + 1)),
            **{name: pa.array(frame[name].tolist()) for name in names[:-1]},
            "answered_at": at,
            "updated_at": at,
        }
    )
    competencies = _listed(_COMPETENCIES, ["competency_id", "name_zh", "name_en"])
    return {("survey", "answers"): answers, ("survey", "competencies"): competencies}


def learning_and_notes(seed: int, trained: Sequence[str]) -> dict[tuple[str, str], pa.Table]:
    """The catalogue, who took which course, and what people handed in as progress."""
    rng = stream(seed, "learning")
    ends = dt.date(2025, 6, 30)
    # those beyond the first two come behind the others, who keep their numbers
    enrolments: list[tuple[object, ...]] = [
        (f"N{number:03d}", employee, "user_behaviour_analysis", dt.date(2025, 6, 2), ends)
        for number, employee in zip([1, 2, *range(16, 14 + len(trained))], trained, strict=True)
    ]
    for number in range(3, 16):
        begins = dt.date(2025, 1, 6) + dt.timedelta(days=int(rng.integers(0, 300)))
        course = _COURSES[1 + int(rng.integers(0, 4))][0]
        enrolments.append((f"N{number:03d}", f"E{4 + number:03d}", course, begins, begins + dt.timedelta(days=21)))
    notes = [
        (
            f"P{number:03d}",
            f"E{4 + number % 14:03d}",
            dt.date(2025, 1 + number % 12, 10 + number % 18),
            f"老带新活动，新增用户 {50 + number * 7} 人",
        )
        for number in range(1, 61)
    ]
    return {
        ("learning", "courses"): _listed(_COURSES, ["course_id", "name_zh", "name_en", "competency_id"]),
        ("learning", "enrolments"): _listed(
            sorted(enrolments, key=lambda enrolment: str(enrolment[0])),
            ["enrolment_id", "employee_id", "course_id", "started_on", "finished_on"],
            day=4,
        ),
        ("forms", "progress_notes"): _listed(notes, ["note_id", "employee_id", "written_at", "text"], day=2),
    }


def _listed(rows: Sequence[Sequence[object]], names: list[str], *, day: int | None = None) -> pa.Table:
    first = midnight(dt.date(2024, 1, 1))
    known = [midnight(row[day]) + DAY if day is not None and isinstance(row[day], dt.date) else first for row in rows]
    columns = {name: pa.array([row[place] for row in rows]) for place, name in enumerate(names)}
    return pa.table({**columns, "updated_at": moments_of(np.array(known))})
