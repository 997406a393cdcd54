"""A process that replaces a folder of reports is killed before each of its steps: no reports are lost."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import subprocess
import sys
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from perf_pipelines.reports.folder import RECORD, Format, write_folder
from perf_pipelines.reports.layout.blocks import Report
from perf_pipelines.wording import Language

if TYPE_CHECKING:
    from collections.abc import Iterator

STEPS = {"open", "os.mkdir", "os.remove", "os.rename", "os.rmdir", "shutil.rmtree"}
"""What Python tells its audit hooks before it does it."""
OLD, NEW, NEXT = "old", "new", "next"


def reports(edition: str) -> Iterator[Report]:
    for name in (f"people/{edition}", "strategy_review"):
        yield Report(name=name, language=Language.en, title=edition, subtitle="", source=edition, sections=())


def breaking_off() -> Iterator[Report]:
    yield from reports(NEXT)
    raise KeyboardInterrupt


def write(folder: Path, edition: str) -> None:
    write_folder(reports(edition), formats=(Format.html,), folder=folder, source=edition)


def die_before_each_step(root: Path) -> None:
    """In ``root/<n>`` what is left by a process that has died before its step ``n``; the last one has lived."""
    for step in count():
        folder = root / f"{step:03}" / "reports"
        write(folder, OLD)
        child = os.fork()
        if not child:
            taken = count()

            def die(event: str, _: tuple[object, ...], *, taken: count[int] = taken, last: int = step) -> None:
                if event in STEPS and next(taken) == last:
                    os.kill(os.getpid(), signal.SIGKILL)

            sys.addaudithook(die)
            write(folder, NEW)
            os._exit(0)
        if os.waitpid(child, 0)[1] == 0:
            return


@pytest.fixture(scope="module")
def killed(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Folders whose replacement was broken off, each a step later than the one before."""
    root = tmp_path_factory.mktemp("killed")
    command = "import sys; from pathlib import Path; from tests.faults.test_killed_reports import *; "
    subprocess.run(
        [sys.executable, "-c", f"{command}die_before_each_step(Path(sys.argv[1]))", str(root)],
        check=True,
        cwd=Path(__file__).parents[2],
    )
    return [place / "reports" for place in sorted(root.iterdir())]


def edition_of(folder: Path) -> str:
    """Which edition stands there, whole and nothing else."""
    record = json.loads((folder / RECORD).read_text(encoding="utf-8"))
    there = {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file() and path.name != RECORD
    }
    assert there == record["files"]
    return record["source"]


def test_killed_before_any_step_the_old_reports_or_the_new_ones_can_be_had(killed: list[Path]) -> None:
    standing = [edition_of(folder) if folder.exists() else None for folder in killed]
    # between two renames neither has the name
    assert sorted(set(standing), key=standing.index) == [OLD, None, NEW]
    for folder, before in zip(killed, standing, strict=True):
        with pytest.raises(KeyboardInterrupt):
            write_folder(breaking_off(), formats=(Format.html,), folder=folder, source=NEXT)
        assert edition_of(folder) == (before or OLD)
        assert [path.name for path in folder.parent.iterdir()] == ["reports"]
        write(folder, NEXT)
        assert edition_of(folder) == NEXT
        assert [path.name for path in folder.parent.iterdir()] == ["reports"]


@pytest.mark.parametrize("failing", [1, 2])
def test_where_a_rename_fails_the_old_reports_stay(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failing: int
) -> None:
    folder = tmp_path / "reports"
    write(folder, OLD)
    renamed, rename = count(1), Path.rename

    def fail(path: Path, target: Path) -> Path:
        if next(renamed) == failing:
            raise OSError(28, "No space left on device")
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", fail)
    with pytest.raises(OSError, match="No space left"):
        write(folder, NEW)
    assert edition_of(folder) == OLD
    assert [path.name for path in tmp_path.iterdir()] == ["reports"]


def test_what_another_process_is_making_is_left_alone(tmp_path: Path) -> None:
    (making := tmp_path / f".reports-making-{os.getppid()}").mkdir()
    write(tmp_path / "reports", OLD)
    assert edition_of(tmp_path / "reports") == OLD
    assert making.exists()


def stop_before_the_second_rename(event: str, _: tuple[object, ...], *, renamed: count[int] = count(1)) -> None:  # noqa: B008
    if event == "os.rename" and next(renamed) == 2:
        os.kill(os.getpid(), signal.SIGSTOP)


def in_another_process(folder: Path, edition: str, *, first: str = "pass") -> subprocess.Popen[bytes]:
    command = f"import sys; from tests.faults.test_killed_reports import *; {first}; "
    return subprocess.Popen(
        [sys.executable, "-c", f"{command}write(Path(sys.argv[1]), sys.argv[2])", str(folder), edition],
        cwd=Path(__file__).parents[2],
    )


def test_a_second_process_waits_while_the_first_exchanges_the_folders(tmp_path: Path) -> None:
    folder = tmp_path / "reports"
    write(folder, OLD)
    first = in_another_process(folder, NEW, first="sys.addaudithook(stop_before_the_second_rename)")
    assert os.WIFSTOPPED(os.waitpid(first.pid, os.WUNTRACED)[1])
    assert not folder.exists()  # the old ones are aside, the new ones not there yet
    second = in_another_process(folder, NEXT)
    with pytest.raises(subprocess.TimeoutExpired):
        second.wait(timeout=5)
    first.send_signal(signal.SIGCONT)
    assert [first.wait(), second.wait()] == [0, 0]
    assert edition_of(folder) == NEXT
    assert [path.name for path in tmp_path.iterdir()] == ["reports"]
