"""Calibrations as they are recorded."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from perf_pipelines.records.calibrations import Calibration
from perf_pipelines.records.store import Records

if TYPE_CHECKING:
    from pathlib import Path

CALIBRATION = Calibration(
    period_id="2026-03",
    employee_id="ann",
    computed_grade="qualified",
    grade="excellent",
    calibrated_by="Li Na",
    reason="carried the launch alone",
    calibrated_at=datetime(2026, 4, 2, 8, 30),  # noqa: DTZ001 — UTC without a zone, as it is recorded
)


def test_without_records_nobody_is_calibrated_and_no_file_is_made(tmp_path: Path) -> None:
    assert Records(tmp_path / "records").calibrations() == ()
    assert not (tmp_path / "records").exists()


def test_of_the_calibrations_of_an_employee_in_a_period_the_newest_counts(tmp_path: Path) -> None:
    records = Records(tmp_path)
    back = replace(CALIBRATION, grade="qualified", reason="a mistake")
    april = replace(CALIBRATION, period_id="2026-04")
    for calibration in (CALIBRATION, april, back):
        records.calibrate(calibration)
    assert records.calibrations() == (back, april)
