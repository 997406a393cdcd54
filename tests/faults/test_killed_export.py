"""A process that writes payroll files is killed: each file is whole or not there, and the next export completes it."""

from __future__ import annotations

import random
import subprocess
import sys
from datetime import datetime
from decimal import Decimal
from itertools import count
from pathlib import Path

import pytest

from perf_pipelines.payroll.files import PayrollFormat, checksum, checksum_file, write, written
from perf_pipelines.payroll.lines import PayrollLine, payroll_lines
from perf_pipelines.payroll.payables import Payable

MOST_SAID = 180


def lines() -> tuple[PayrollLine, ...]:
    entries = [
        Payable(
            company_id="acme",
            period_id="2026-03",
            revision=1,
            employee_id=f"E{number:04}",
            kind="bonus",
            amount=Decimal("1234.50"),
            currency="CNY",
            reason="bonus",
            posted_by="Zhao Min",
            posted_at=datetime(2026, 4, 3, 9, 30),  # noqa: DTZ001 — UTC, as the ledger keeps it
        )
        for number in range(1000)
    ]
    return payroll_lines(entries, period="2026-03", revision=1, payees={})


def export_many(folder: Path) -> None:
    """What is killed: the same file under ever more names, each said when it is there."""
    content = written(lines(), PayrollFormat.csv)
    for number in count():
        write(folder / f"{number:04}.csv", content)
        print(number, flush=True)


def killed_after(said: int, folder: Path) -> None:
    """Start a process that exports, and kill it right after it has said that so many files are there."""
    command = (
        "import sys; from pathlib import Path; from tests.faults.test_killed_export import export_many as export; "
    )
    process = subprocess.Popen(
        [sys.executable, "-c", f"{command}export(Path(sys.argv[1]))", str(folder)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
    )
    assert process.stdout is not None
    for _ in range(said):
        process.stdout.readline()
    process.kill()
    process.wait()
    process.stdout.close()


@pytest.mark.parametrize("seed", [0, *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(1, 50))])
def test_each_file_is_whole_or_not_there_and_the_next_export_completes_it(tmp_path: Path, seed: int) -> None:
    content = written(lines(), PayrollFormat.csv)
    said = random.Random(seed).randrange(1, MOST_SAID)
    killed_after(said, tmp_path)
    there = [path for path in tmp_path.iterdir() if not path.name.startswith(".")]
    exported = [path for path in there if path.suffix == ".csv"]
    assert said <= len(exported)
    for path in exported:
        assert path.read_bytes() == content
    for beside in there:
        if beside.suffix == ".sha256":
            assert beside.read_text() == f"{checksum(content)}  {beside.stem}\n"
    last = tmp_path / f"{len(exported):04}.csv"
    for path in (*exported, last):
        write(path, content)
        assert checksum_file(path).exists()
