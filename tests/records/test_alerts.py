"""An alert is raised once, whoever finds it again, and says for ever what was known then."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from perf_pipelines.errors import RunFailed
from perf_pipelines.records.alerts import ALERTS, Alert
from perf_pipelines.records.backup import back_up, restore
from perf_pipelines.records.store import Records
from perf_pipelines.records.verification import verify
from perf_pipelines.tracking import raise_alerts

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

COMPANY = "small_shop"
ANN = Alert(
    company_id=COMPANY,
    period_id="2026-04",
    employee_id="ann",
    position_id="seller",
    department_id="a",
    kpi_id="revenue",
    manager_id="eve",
    raised_on=date(2026, 4, 6),
    paced_target=Decimal("240.00000000"),
    actual=Decimal("0.00000000"),
    ratio=Decimal("0.00000000"),
    segment="customers",
    segment_value="returning",
    effect=Decimal("-200.00000000"),
    sentence_zh="ann的营收落后。",
    sentence_en="ann is behind in Revenue.",
    raised_by="perf-pipelines track",
    raised_at=datetime(2026, 4, 7, 5, 0),  # noqa: DTZ001 — UTC without a zone, as it is recorded
)
BOB = replace(ANN, employee_id="bob", manager_id=None, segment=None, segment_value=None, effect=None)


def test_what_was_told_is_not_told_again_on_another_day_or_with_other_figures(records: Records) -> None:
    assert raise_alerts(records, [ANN]) == (ANN,)
    later = replace(ANN, raised_on=date(2026, 4, 9), actual=Decimal(170), sentence_en="late rows", manager_id="li")
    assert raise_alerts(records, [later, BOB]) == (BOB,)
    assert records.alerts() == (ANN, BOB)
    assert verify(records.database).entries == 2


def test_another_period_position_department_or_kpi_is_another_alert(records: Records) -> None:
    others = [replace(ANN, **{name: "another"}) for name in ("period_id", "position_id", "department_id", "kpi_id")]
    assert raise_alerts(records, [ANN, *others]) == (ANN, *others)


def test_somebody_who_holds_a_position_twice_at_once_is_told_of_once(records: Records) -> None:
    assert raise_alerts(records, [ANN, replace(ANN, actual=Decimal(5))]) == (ANN,)


def test_two_that_track_at_once_raise_it_once(url: str, records: Records) -> None:
    raise_alerts(records, [BOB])
    together = threading.Barrier(8)

    def found(_: int) -> int:
        own = Records(url, company_id=COMPANY)
        together.wait()
        return len(raise_alerts(own, [ANN]))

    with ThreadPoolExecutor(8) as hands:
        assert sorted(hands.map(found, range(8))) == [0] * 7 + [1]
    assert len(records.all(ALERTS)) == 2
    verify(records.database)


def test_the_database_itself_refuses_a_second_one_and_a_change(records: Records) -> None:
    raise_alerts(records, [ANN])
    with pytest.raises(RunFailed), records.writing() as transaction:
        transaction.append(ALERTS, replace(ANN, raised_on=date(2026, 4, 9)))
    with pytest.raises(RunFailed, match="append-only"), records.database.writing() as connection:
        connection.execute(sa.text("update kpi_alert set ratio = '0.9'"))
    assert records.alerts() == (ANN,)


def test_alerts_are_backed_up_and_restored(records: Records, new_url: Callable[[], str], tmp_path: Path) -> None:
    raise_alerts(records, [ANN, BOB])
    anchor = back_up(records.database, tmp_path / "backup.sqlite")
    restored = Records(new_url(), company_id=COMPANY)
    assert restore(tmp_path / "backup.sqlite", restored.database) == anchor
    assert restored.alerts() == (ANN, BOB)
