"""Between approval and posting a process dies at any moment, the disk is full, the database is started again.

Whatever happens, the ledger has all of a proposal or nothing, whoever tries again ends where an undisturbed one would
have ended, and the audit log verifies.
"""

from __future__ import annotations

import multiprocessing
import random
import signal
import time
from datetime import datetime
from typing import TYPE_CHECKING

import pytest

from perf_pipelines.errors import RunFailed
from perf_pipelines.pay.approving import approve
from perf_pipelines.pay.posting import post
from perf_pipelines.records.ledger import LEDGER, LedgerEntry
from perf_pipelines.records.store import Records
from perf_pipelines.records.verification import verify
from tests.records.conftest import a_server
from tests.records.posting import COMPANY, approve_and_post, of_many, post_with_no_room

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from multiprocessing.context import ForkProcess
    from pathlib import Path

NOW = datetime(2026, 4, 2, 8, 30)  # noqa: DTZ001 — UTC without a zone, as it is recorded
FORKING = multiprocessing.get_context("fork")
"""So that a process is killed at its work and not while it imports."""


def begun(url: str, period_id: str) -> ForkProcess:
    """A process that has begun to approve and post."""
    process = FORKING.Process(target=approve_and_post, args=(url, period_id))
    process.start()
    return process


def paid(records: Records, period_id: str) -> dict[str, str]:
    entries = records.ledger(period_id)
    found = {entry.employee_id: str(entry.amount) for entry in entries}
    assert len(found) == len(entries), "somebody is paid twice"
    return found


def proposed(period_id: str) -> dict[str, str]:
    return {payout.employee_id: str(payout.amount) for payout in of_many(period_id).payouts}


@pytest.mark.parametrize("kills", [pytest.param(5, id="5"), pytest.param(50, id="50", marks=pytest.mark.slow)])
def test_killed_at_any_moment_and_given_again_everybody_is_paid_once(url: str, kills: int) -> None:
    chance = random.Random(kills)
    records = Records(url, company_id=COMPANY)
    seconds: list[float] = []
    for undisturbed_id in ("2025-01", "2025-02"):  # the first one also waits until processes can be forked at all
        started = time.monotonic()
        undisturbed = begun(url, undisturbed_id)
        undisturbed.join()
        seconds.append(time.monotonic() - started)
        assert undisturbed.exitcode == 0
    killed = period = 0
    halfway: set[bool] = set()
    while killed < kills:
        period += 1
        period_id = f"2026-W{period:02d}"
        process = begun(url, period_id)
        process.join(chance.uniform(0, min(seconds)))
        process.kill()
        process.join()
        assert process.exitcode in {0, -signal.SIGKILL}
        killed += process.exitcode != 0
        verify(records.database)
        left = paid(records, period_id)
        assert left in ({}, proposed(period_id)), "a part was posted"
        halfway.add(bool(left))
        again = begun(url, period_id)
        again.join()
        assert again.exitcode == 0
        assert paid(records, period_id) == proposed(period_id)
    assert False in halfway
    verify(records.database)


def test_of_two_processes_at_once_one_posts_and_the_other_finds_it_posted(url: str) -> None:
    posting = [begun(url, "2026-03"), begun(url, "2026-03")]
    for process in posting:
        process.join()
    assert [process.exitcode for process in posting] == [0, 0]
    records = Records(url, company_id=COMPANY)
    assert paid(records, "2026-03") == proposed("2026-03")
    verify(records.database)


def test_where_the_disk_is_full_nothing_is_posted_and_with_room_again_everything(tmp_path: Path) -> None:
    file = tmp_path / "records.sqlite"
    records, proposal = Records(f"sqlite:///{file}", company_id=COMPANY), of_many("2026-03")
    for name in ("Li Na", "Wang Wei"):
        approve(records, proposal, by=name)
    before, page = file.stat().st_size, 4096
    for room in (before, before + page, before + 8 * page):
        process = FORKING.Process(target=post_with_no_room, args=(f"sqlite:///{file}", "2026-03", room))
        process.start()
        process.join()
        assert process.exitcode == RunFailed.exit_code
        assert paid(records, "2026-03") == {}
        assert verify(records.database).entries == 2
    post(records, proposal, by="payroll")
    assert paid(records, "2026-03") == proposed("2026-03")
    verify(records.database)


def test_a_server_that_is_started_again_in_the_middle_has_posted_nothing() -> None:
    proposal = of_many("2026-03")
    with a_server() as server:
        records = Records(server.get_uri(), company_id=COMPANY)
        for name in ("Li Na", "Wang Wei"):
            approve(records, proposal, by=name)
        with pytest.raises(RunFailed, match="not recorded"):
            write_while(records, "2026-03", [server.stop, server.start])
        records = Records(server.get_uri(), company_id=COMPANY)
        assert paid(records, "2026-03") == {}
        post(records, proposal, by="payroll")
        assert paid(records, "2026-03") == proposed("2026-03")
        verify(records.database)


def write_while(records: Records, period_id: str, happening: Sequence[Callable[[], None]]) -> None:
    with records.writing() as transaction:
        transaction.append(LEDGER, *an_entry_each(period_id))
        for each in happening:
            each()


def an_entry_each(period_id: str) -> list[LedgerEntry]:
    return [
        LedgerEntry(
            company_id=COMPANY,
            period_id=period_id,
            revision=1,
            employee_id=payout.employee_id,
            kind="bonus",
            amount=payout.amount,
            currency=payout.currency,
            reason="bonus",
            posted_by="payroll",
            posted_at=NOW,
        )
        for payout in of_many(period_id).payouts
    ]
